//! Python's semantics, on trees deeper than any stack and graphs wider than any tree.

mod dump;
mod repr;

use num_bigint::BigInt;

use super::*;
use crate::value;

/// Some twenty bytes of stack for a level, if there were recursion.
const DEEP: usize = 100_000;

/// On a thread with the stack that Rust gives by default, whatever the test runner has.
fn on_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(test);
    thread.unwrap().join().unwrap();
}

fn nested(depth: usize, wrap: impl Fn(Value) -> Value) -> Value {
    (0..depth).fold(Value::None, |inner, _| wrap(inner))
}

type Wrap = fn(Value) -> Value;

fn wrappers() -> [(&'static str, Wrap); 8] {
    [
        ("list", |inner| Value::List(vec![inner].into())),
        ("tuple", |inner| Value::Tuple(vec![inner].into())),
        ("dict", |inner| Dict::from([(1, inner)]).into()),
        ("frozenset", |inner| {
            let mut set = Set::new();
            set.try_insert(inner).unwrap();
            FrozenSet::from(set).into()
        }),
        ("key", |inner| {
            let mut dict = Dict::new();
            let key = if inner.is_container() {
                0.into()
            } else {
                inner.clone()
            };
            dict.try_insert(key, inner).unwrap();
            dict.into()
        }),
        ("args", |inner| {
            Opaque::instance(GlobalRef::new("m", "C"), (inner,)).into()
        }),
        ("state", |inner| {
            let mut instance = Opaque::instance(GlobalRef::new("m", "C"), ());
            instance.change(Change::State(inner));
            instance.into()
        }),
        ("callable", |inner| Opaque::call(inner, ()).into()),
    ]
}

#[test]
fn what_is_held_twice_falls_apart_without_recursion() {
    on_small_stack(|| {
        let wraps: [Wrap; 4] = [
            |inner| Value::List(vec![inner.clone(), inner].into()),
            |inner| Value::Tuple(vec![inner.clone(), inner].into()),
            |inner| Dict::from([(1, inner.clone()), (2, inner)]).into(),
            |inner| {
                let mut instance = Opaque::instance(GlobalRef::new("m", "C"), ());
                instance.change(Change::Items(vec![inner.clone(), inner]));
                instance.into()
            },
        ];
        for wrap in wraps {
            drop(nested(DEEP, wrap));
        }
    });
}

#[test]
fn keys_are_found_with_and_without_an_index() {
    let mut dict = Dict::new();
    for number in 0..100_i64 {
        assert_eq!(dict.insert(number, number), None);
        assert_eq!(dict.insert(0.0, number), Some((number - 1).max(0).into()));
        assert!((0..=number).all(|key| dict.contains_key(key)));
        assert!(!dict.contains_key(number + 1));
    }
    for number in (0..100).rev().filter(|number| number % 3 > 0) {
        assert!(dict.remove(number).is_some());
    }
    let left: Vec<i64> = dict.keys().filter_map(Value::as_i64).collect();
    assert_eq!(left, (0..100).step_by(3).collect::<Vec<_>>());
    assert!(left.iter().all(|key| dict.contains_key(*key)));
}

#[test]
fn the_only_change_is_one_of_several() {
    let mut instance = Opaque::instance(GlobalRef::new("m", "C"), ());
    assert_eq!(instance.changes(), []);
    instance.set_attribute("x", 1).unwrap();
    let bytes = crate::dumps(&Value::from(instance)).unwrap();
    let mut value: Value = Unpickler::from_slice(&bytes)
        .with_opaque(true)
        .load()
        .unwrap();
    let loaded = value.as_opaque_mut().unwrap();
    assert_eq!(loaded.attribute("x"), Some(&1.into()));
    loaded.set_attribute("x", 2).unwrap();
    loaded.change(Change::Items(vec![3.into()]));
    let [Change::State(state), Change::Items(items)] = loaded.changes() else {
        panic!("{:?}", loaded.changes());
    };
    assert_eq!((state, items), (&value!({"x": 2}), &vec![3.into()]));
}

#[test]
fn a_value_is_two_words_wide() {
    assert_eq!(size_of::<Value>(), 16);
    assert_eq!(size_of::<Option<Value>>(), 16);
    fn shareable<T: Send + Sync + 'static>() {}
    shareable::<Value>();
}

#[test]
fn depth_needs_no_stack() {
    on_small_stack(|| {
        for (name, wrap) in wrappers() {
            let (a, b) = (nested(DEEP, wrap), nested(DEEP, wrap));
            assert!(a == b, "{name}");
            assert!(a != nested(DEEP - 1, wrap), "{name}");
            // Of an instance, only the class is shown.
            let hidden = matches!(name, "args" | "state");
            assert_eq!(a.to_string().len() < DEEP, hidden, "{name}");
            assert!(format!("{a:?}").len() >= 12, "{name}");
            let mut set = Set::new();
            if set.try_insert(a.clone()).is_ok() {
                let found = set.contains(&b);
                assert_eq!(found, matches!(name, "tuple" | "frozenset"), "{name}");
            }
            drop(set);
            drop((a, b));
        }
    });
}

/// 60 levels, in each of which the one below stands twice: as a tree, 2^60 nodes.
fn doubled(wrap: impl Fn(Value) -> Value) -> Value {
    (0..60).fold(value!((1, "x")), |inner, _| wrap(inner))
}

#[test]
fn what_is_reached_over_many_ways_is_seen_once() {
    let tuple = || doubled(|inner| (inner.clone(), inner).into());
    let list = || doubled(|inner| vec![inner.clone(), inner].into());
    let sets = || {
        doubled(|inner| {
            let pairs = [(1, inner.clone()), (2, inner)];
            let mut set = Set::new();
            for pair in pairs {
                set.try_insert(pair).unwrap();
            }
            FrozenSet::from(set).into()
        })
    };
    let dict = || doubled(|inner| Dict::from([(1, inner.clone()), (2, inner)]).into());
    let instance = || doubled(|inner| Opaque::call(inner.clone(), (inner.clone(), inner)).into());
    assert_eq!(tuple(), tuple());
    assert_eq!(list(), list());
    assert_eq!(sets(), sets());
    assert_eq!(dict(), dict());
    assert_eq!(instance(), instance());
    assert_ne!(tuple(), list());
    let mut keys = Set::new();
    assert!(keys.try_insert(tuple()).unwrap());
    assert!(!keys.try_insert(tuple()).unwrap());
    assert!(keys.try_insert(sets()).unwrap());
    assert!(keys.contains(sets()));
    let unhashable = doubled(|inner| (inner.clone(), inner, List::new()).into());
    assert!(keys.try_insert(unhashable).is_err());
}

#[test]
fn shared_parts_are_shown_again_up_to_a_limit() {
    let tuple = doubled(|inner| (inner.clone(), inner).into());
    let text = tuple.to_string();
    assert!(text.contains("((1, 'x'), (1, 'x'))") && text.contains("(...)"));
    assert!(text.len() < 20 << 20);
    let long = Value::from("long ".repeat(1000));
    let list = Value::List(vec![long; 10_000].into());
    assert!(list.to_string().len() < 20 << 20);
}

#[test]
fn nodes_that_are_all_equal_are_not_compared_with_each_other() {
    // Every node of a layer has every node of the layer below: pairs of nodes would be quadratic.
    let layers = || {
        (0..3).fold(vec![value!((0,)); 400], |below, _| {
            let layer = Tuple::from(below);
            (0..400)
                .map(|_| Value::List(layer.to_vec().into()))
                .collect::<Vec<_>>()
        })
    };
    assert!(Value::from(layers()) == Value::from(layers()));
}

#[test]
fn numbers_are_equal_across_types() {
    let big = |shift: u32| Value::from(BigInt::from(1) << shift);
    for (a, b) in [
        (value!(1), value!(1.0)),
        (value!(1), value!(True)),
        (value!(0.0), value!(False)),
        (value!(0), value!(-0.0)),
        (big(100), Value::Float(2f64.powi(100))),
        (big(63), Value::Float(2f64.powi(63))),
        (value!((1, 2.0)), value!((True, 2))),
        (Bytes::from(*b"a").into(), ByteArray::from(*b"a").into()),
        (Set::from([1, 2]).into(), FrozenSet::from([2.0, 1.0]).into()),
        (value!({"a": 1, "b": 2}), value!({"b": 2, "a": True})),
    ] {
        assert!(a == b, "{a} == {b}");
        assert!(b == a, "{b} == {a}");
        let mut dict = Dict::new();
        if dict.try_insert(a.clone(), "first").is_ok() && hash::key(&b).is_ok() {
            assert_eq!(
                dict.get(&b).map(|value| value == "first"),
                Some(true),
                "{a}, {b}"
            );
        }
    }
    for (a, b) in [
        (value!(1), value!("1")),
        (value!([1]), value!((1,))),
        (value!(f64::NAN), value!(f64::NAN)),
        (
            (Value::from((1_i64 << 53) + 1)),
            Value::Float(2f64.powi(53)),
        ),
        (Value::from(i64::MAX), Value::Float(2f64.powi(63))),
        (
            Value::from((BigInt::from(1) << 100) + 1),
            Value::Float(2f64.powi(100)),
        ),
        (big(1024), value!(f64::INFINITY)),
        (value!("a"), Bytes::from(*b"a").into()),
        (value!(None), value!(False)),
        (value!({ 1 }), value!({1: 1})),
        (value!({1: 2}), value!({1: 3})),
        (value!({1: 2}), value!({3: 2})),
        (value!([]), value!(())),
    ] {
        assert!(a != b, "{a} != {b}");
        assert!(b != a, "{b} != {a}");
    }
}

#[test]
fn the_first_key_and_the_last_value_stay() {
    let dict = value!({1: "a", 1.0: "b", True: "c", 2: None});
    assert_eq!(dict.to_string(), "{1: 'c', 2: None}");
    let set = value!({True, 1, 0.0, False});
    assert_eq!(set.to_string(), "{True, 0.0}");
}

#[test]
fn a_nan_is_equal_to_none_but_its_own_container() {
    let nan = Value::Float(f64::NAN);
    let mut dict = Dict::new();
    assert_eq!(dict.try_insert(&nan, 1).unwrap(), None);
    assert_eq!(dict.try_insert(&nan, 2).unwrap(), None);
    assert_eq!(dict.len(), 2);
    assert!(!dict.contains_key(f64::NAN));
    let list = value!([nan]);
    assert!(list == list.clone() && list != value!([f64::NAN]));
    // As a key, the same tuple is found, another one is not.
    let tuple = value!((f64::NAN,));
    dict.try_insert(&tuple, 3).unwrap();
    assert!(dict.contains_key(&tuple) && !dict.contains_key(value!((f64::NAN,))));
    assert!(value!({(tuple.clone()): 1}) == value!({ tuple: 1 }));
}

#[test]
fn what_can_change_is_no_key() {
    for (key, name) in [
        (value!([]), "list"),
        (value!({}), "dict"),
        (Set::new().into(), "set"),
        (ByteArray::default().into(), "bytearray"),
        (value!((1, (2, []))), "list"),
        (value!(((), {}, [])), "dict"),
    ] {
        let error = Dict::new().try_insert(key.clone(), 1).unwrap_err();
        assert_eq!(error.message(), format!("unhashable type: '{name}'"));
        assert_eq!(error.python_type(), "TypeError");
        assert_eq!(Dict::from([(1, 1)]).get(&key), None);
    }
    assert!(
        Dict::new()
            .try_insert(Opaque::instance(GlobalRef::new("m", "C"), ([1],)), 1)
            .is_ok()
    );
}

#[test]
fn instances_are_keys_by_identity_and_equal_by_content() {
    let instance = || Value::from(Opaque::instance(GlobalRef::new("m", "C"), (1,)));
    let (a, b) = (instance(), instance());
    assert!(a == b);
    let two = |a: &Value, b: &Value, x: i32, y: i32| {
        let mut dict = Dict::new();
        dict.try_insert(a, x).unwrap();
        dict.try_insert("other", 0).unwrap();
        dict.try_insert((b.clone(), 1), y).unwrap();
        assert_eq!(dict.try_insert(a, x).unwrap(), Some(x.into()));
        assert_eq!(dict.len(), 3);
        dict
    };
    let mut set = Set::new();
    assert!(set.try_insert(&a).unwrap() && set.try_insert(&b).unwrap());
    assert!(!set.try_insert(&a).unwrap());
    assert_eq!(two(&a, &b, 1, 2), two(&instance(), &instance(), 1, 2));
    assert_ne!(two(&a, &b, 1, 2), two(&instance(), &instance(), 2, 1));
}

#[test]
fn clones_are_one_object_until_one_changes() {
    let mut a = value!([{"x": 1}, 2]);
    let b = a.clone();
    assert_eq!(
        a.container().map(|(at, _)| at),
        b.container().map(|(at, _)| at)
    );
    let list = a.as_list_mut().unwrap();
    list[0].as_dict_mut().unwrap().insert("x", 5);
    list.push(None::<i32>);
    assert_eq!(a.to_string(), "[{'x': 5}, 2, None]");
    assert_eq!(b.to_string(), "[{'x': 1}, 2]");
}

#[test]
fn entries_go_and_come_in_tables_of_any_size() {
    for size in [1, 8, 9, 40, 1000] {
        let mut dict: Dict = (0..size).map(|n| (n, n.to_string())).collect();
        for n in (0..size).step_by(3) {
            assert_eq!(dict.remove(n).unwrap(), n.to_string());
            assert_eq!(dict.remove(n), None);
        }
        for n in (0..size).step_by(6) {
            assert_eq!(dict.insert(n, "again"), None);
        }
        let (left, back) = ((0..size).filter(|n| n % 3 != 0), (0..size).step_by(6));
        assert!(dict.keys().zip(left.chain(back)).all(|(key, n)| *key == n));
        assert!((0..size).all(|n| dict.contains_key(n) == (n % 3 != 0 || n % 6 == 0)));
        if let Some(value) = dict.get_mut(1) {
            *value = "one".into();
            assert_eq!(dict.get(1.0).unwrap(), "one");
        }
        dict.clear();
        assert!(dict.is_empty() && !dict.contains_key(1));
    }
}

#[test]
fn indices_count_from_the_end_as_well() {
    let value = value!([1, (2, 3), {"a": b"b", -1: "minus"}]);
    assert_eq!(value[-1]["a"].as_bytes(), Some(b"b".as_slice()));
    assert_eq!(value[2][-1], "minus");
    assert_eq!(value[1][1], 3);
    assert_eq!(value[u64::MAX], Value::None);
    assert_eq!(value[-4], Value::None);
    assert_eq!(value["a"][0], Value::None);
    assert_eq!(value.get(value!(0)).unwrap(), &1);
}

#[test]
fn rust_types_become_values_and_come_back() {
    use std::collections::{BTreeMap, BTreeSet, HashMap};
    assert_eq!(Value::from(vec![1_u8, 2]).to_string(), r"b'\x01\x02'");
    assert_eq!(Value::from([1_u16, 2]).to_string(), "[1, 2]");
    assert_eq!(Value::from(b"ab").to_string(), "b'ab'");
    assert_eq!(
        Value::from(vec![Some("a"), None]).to_string(),
        "['a', None]"
    );
    assert_eq!(Value::from(vec![vec![0_u8]]).to_string(), r"[b'\x00']");
    assert_eq!(Value::from((1, "b", [2.5])).to_string(), "(1, 'b', [2.5])");
    assert_eq!(
        Value::from(BTreeMap::from([("a", vec![1])])).to_string(),
        "{'a': [1]}"
    );
    assert_eq!(
        Value::from(HashMap::from([((1, 'x'), ())].map(|(k, ())| (k, 2)))),
        value!({(1, "x"): 2})
    );
    assert_eq!(Value::from(BTreeSet::from([2, 1])).to_string(), "{1, 2}");
    assert_eq!(i32::try_from(value!(7)).unwrap(), 7);
    assert_eq!(u64::try_from(value!(u64::MAX)).unwrap(), u64::MAX);
    assert_eq!(f64::try_from(value!(7)).unwrap(), 7.0);
    assert_eq!(String::try_from(value!("a")).unwrap(), "a");
    assert_eq!(List::try_from(value!([1])).unwrap().len(), 1);
    let error = i32::try_from(value!("a")).unwrap_err();
    assert_eq!(error.message(), "expected int, found str");
    assert_eq!(
        i8::try_from(value!(300)).unwrap_err().message(),
        "300 does not fit in i8"
    );
}

#[test]
fn literals_are_spelled_as_in_python() {
    let name = "key";
    let one = 1;
    let value = value!({
        "a": [1, -2, 3.5, one + 1, (one + 1) * 3],
        name: (None, True, False, (), (1,), (one), (one + 1)),
        -1: {},
        ("compound".len()): {"set", 1},
        (1, 2): {None: []},
    });
    assert_eq!(
        value.to_string(),
        "{'a': [1, -2, 3.5, 2, 6], 'key': (None, True, False, (), (1,), 1, 2), -1: {}, \
         8: {'set', 1}, (1, 2): {None: []}}"
    );
    assert_eq!(value!(vec!["x"]).to_string(), "['x']");
    assert_eq!(
        value!([[1, 2], (3, 4), {5: 6}]).to_string(),
        "[[1, 2], (3, 4), {5: 6}]"
    );
}

#[test]
#[should_panic = "TypeError: unhashable type: 'list'"]
fn a_literal_with_a_list_as_key_panics() {
    let _ = value!({[1]: 2});
}
