//! A program that used serde-pickle uses this library after a change of its imports, and reads what it
//! could not read before.

use pickle::serde::{DeOptions, from_slice, value_from_slice, value_to_vec};
use serde::Deserialize;

use pickle::{Protocol, Value};

mod before {
    include!("program.rs");
}

mod after {
    use pickle::serde as serde_pickle;

    include!("program.rs");
}

#[test]
fn either_program_reads_what_the_other_has_written() {
    let (old, new) = (
        before::save(&before::albums()),
        after::save(&after::albums()),
    );
    assert_eq!(after::load(&old), after::albums());
    assert_eq!(after::load(&new), after::albums());
    assert_eq!(before::load(&new), before::albums());
    let old = before::save_as_before_0_6(&before::albums());
    let new = after::save_as_before_0_6(&after::albums());
    assert_eq!(after::load(&old), after::albums());
    assert_eq!(before::load(&new), before::albums());
}

#[test]
fn both_write_the_same_data() {
    let options = DeOptions::new();
    let old = value_from_slice(&before::save(&before::albums()), options).unwrap();
    let new = value_from_slice(&after::save(&after::albums()), options).unwrap();
    assert_eq!(old, new);
    let old = value_from_slice(&before::save_as_before_0_6(&before::albums()), options).unwrap();
    let new = value_from_slice(&after::save_as_before_0_6(&after::albums()), options).unwrap();
    assert_eq!(old, new);
}

// `pickle.dumps(…, protocol)` of CPython 3.13:
//
// class Point(namedtuple('Point', 'x y')); p = Point(1, 2); [p, p]
// class Config(dict); c = Config(a=1); c.extra = 'kept'
// class Slotted: __slots__ = 'a', 'b'; s.a, s.b = 1, 'x'
// class Order; o.id, o.lines = 7, [('tea', 2)]; [o, o]
// class Names(list); Names(['a', 'b'])
// class Color(Enum); [Color.RED, Color.BLUE]
// Decimal('1.50'); Meters(2.5); OrderedDict(a=1, b=2); Counter('aab'); deque([1, 2], 5)
// class Pair, with __getnewargs__; class Kw, with __getnewargs_ex__; UUID(int=5); defaultdict(list, a=[1])
include!("pickles.rs");

#[derive(Deserialize, Debug, PartialEq)]
struct Point {
    x: i64,
    y: i64,
}

#[derive(Deserialize, Debug, PartialEq)]
struct Config {
    a: i64,
}

#[derive(Deserialize, Debug, PartialEq)]
struct Order {
    id: u64,
    lines: Vec<(String, u8)>,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Color {
    Red,
    Blue,
}

fn load<'de, T: Deserialize<'de>>(pickle: &'de [u8]) -> T {
    from_slice(pickle, DeOptions::new()).unwrap()
}

#[test]
fn what_serde_pickle_loses_is_loaded() {
    for pickle in [POINT_0, POINT_2, POINT_4] {
        assert!(serde_pickle::from_slice::<Vec<Point>>(pickle, Default::default()).is_err());
        assert_eq!(
            load::<[Point; 2]>(pickle),
            [Point { x: 1, y: 2 }, Point { x: 1, y: 2 }]
        );
        assert_eq!(load::<Vec<(u8, f64)>>(pickle), [(1, 2.0), (1, 2.0)]);
    }
    for pickle in [CONFIG_0, CONFIG_2, CONFIG_4] {
        assert!(serde_pickle::from_slice::<Config>(pickle, Default::default()).is_err());
        assert_eq!(load::<Config>(pickle), Config { a: 1 });
    }
    for pickle in [NAMES_0, NAMES_2, NAMES_4] {
        assert!(serde_pickle::from_slice::<Vec<String>>(pickle, Default::default()).is_err());
        assert_eq!(load::<Vec<&str>>(pickle), ["a", "b"]);
    }
    assert_eq!(load::<[Color; 2]>(COLOR_4), [Color::Red, Color::Blue]);
    assert_eq!(load::<String>(DECIMAL_4), "1.50");
    assert_eq!(load::<f32>(METERS_4), 2.5);
    assert_eq!(load::<(u8, char)>(PAIR_4), (1, 'x'));
    assert_eq!(load::<Config>(KW_4), Config { a: 1 });
    let lines = vec![("tea".to_owned(), 2)];
    assert_eq!(load::<Vec<Order>>(SHARED_4)[1], Order { id: 7, lines });
    type Map<V> = std::collections::BTreeMap<char, V>;
    assert_eq!(load::<Map<u8>>(ODICT_4), Map::from([('a', 1), ('b', 2)]));
    assert_eq!(load::<Map<u8>>(COUNTER_4), Map::from([('a', 2), ('b', 1)]));
    assert_eq!(load::<Map<Vec<u8>>>(DD_4), Map::from([('a', vec![1])]));
    assert_eq!(load::<Vec<u8>>(DEQUE_4), [1, 2]);
    assert_eq!(
        load::<std::collections::BTreeMap<char, Value>>(SLOTTED_4)[&'b'],
        "x"
    );
    #[derive(Deserialize)]
    struct Uuid {
        int: u128,
    }
    assert_eq!(load::<Uuid>(UUID_4).int, 5);
}

#[test]
fn a_value_keeps_classes_and_sharing() {
    let shared = value_from_slice(SHARED_4, DeOptions::new()).unwrap();
    assert!(shared[0].is(&shared[1]));
    assert_eq!(shared.path("$[1].lines[0][0]").unwrap(), "tea");
    let options = pickle::serde::SerOptions::new().with_protocol(Protocol::V4);
    for pickle in [POINT_4, CONFIG_4, SHARED_4, NAMES_4, COUNTER_4, KW_4] {
        let value: Value = value_from_slice(pickle, DeOptions::new()).unwrap();
        assert_eq!(value_to_vec(&value, options).unwrap(), pickle);
        // As part of a serde type, too.
        let (value,): (Value,) = load(&tuple_of(pickle));
        assert_eq!(value_to_vec(&value, options).unwrap(), pickle);
        assert_eq!(pickle::serde::to_vec(&value, options).unwrap(), pickle);
    }
}

/// The pickle of a tuple around what a pickle of protocol 4 holds.
fn tuple_of(pickle: &[u8]) -> Vec<u8> {
    [b"\x80\x04", &pickle[11..pickle.len() - 1], b"\x85."].concat()
}
