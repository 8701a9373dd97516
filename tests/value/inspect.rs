//! Looking at data, and changing it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use pickle::value::{Bytes, Change, Dict, GlobalRef, Opaque, Text};
use pickle::{ErrorKind, Pickle, Unpickler, Value, dumps, loads, value};

fn shareable<T: Send + Sync + 'static>() {}

#[test]
fn values_go_to_other_threads() {
    shareable::<Value>();
    let value = value!([{"a": (1, 2)}]);
    let clone = value.clone();
    let shown = std::thread::spawn(move || clone.to_string())
        .join()
        .unwrap();
    assert_eq!(shown, value.to_string());
}

fn order() -> Opaque {
    let mut order = Opaque::instance(GlobalRef::new("shop", "Order"), (1, "x"));
    order.set_attribute("id", 7).unwrap();
    order.change(Change::Items(vec!["first".into(), "second".into()]));
    order.change(Change::Pairs(vec![
        ("k".into(), 1.into()),
        ("k".into(), 2.into()),
    ]));
    order
}

#[test]
fn a_path_leads_to_any_part() {
    let value = value!({
        "orders": [(order()), {"a.b": {1, 2}, (1, (b"x\0", -2.5)): [None]}],
        "it's": {None: {True: "deep"}},
        "plain": [(1, (2, 3))],
    });
    for (path, expected) in [
        ("$.orders[0].id", "7"),
        ("$['orders'][0].id", "7"),
        ("orders[-2].id", "7"),
        ("$.orders[0].args", "(1, 'x')"),
        ("$.orders[0].args[1]", "'x'"),
        ("$.orders[0].__dict__", "{'id': 7}"),
        ("$.orders[0].__dict__['id']", "7"),
        ("$.orders[0][1]", "'second'"),
        ("$.orders[0]['k']", "2"),
        ("$.orders[1]['a.b'][1]", "2"),
        (r"$.orders[1]['a\x2eb']", "{1, 2}"),
        (r"$.orders[1][(1, (b'x\x00', -2.5))][0]", "None"),
        ("$[\"it's\"][None][True]", "'deep'"),
        (r"$['it\'s'][None][1]", "'deep'"),
        ("$.plain[0][1][-1]", "3"),
    ] {
        assert_eq!(value.path(path).unwrap().to_string(), expected, "{path}");
    }
    assert!(value.path("$").unwrap().is(&value));
    for (path, kind, message) in [
        ("$.ordres", "KeyError", "'ordres'\n  in $.ordres"),
        (
            "$.plain[7].x",
            "IndexError",
            "list index out of range\n  in $.plain[7]",
        ),
        (
            "$.plain[0][2]",
            "IndexError",
            "tuple index out of range\n  in $.plain[0][2]",
        ),
        (
            "$.plain.x",
            "AttributeError",
            "'list' object has no attribute 'x'\n  in $.plain.x",
        ),
        (
            "$.orders[0].nr",
            "AttributeError",
            "'Order' object has no attribute 'nr'\n  in $.orders[0].nr",
        ),
        (
            "$.plain['x']",
            "TypeError",
            "'list' object has no such item\n  in $.plain['x']",
        ),
    ] {
        let error = value.path(path).unwrap_err();
        assert_eq!((error.python_type(), &*error.to_string()), (kind, message));
        let error = value.clone().path_mut(path).unwrap_err();
        assert_eq!((error.python_type(), &*error.to_string()), (kind, message));
    }
    for path in [
        "$.",
        "$[",
        "$[1",
        "$['x]",
        "$[x]",
        "$[(1 2)]",
        "$a..b",
        "$['\\q']",
        "$[b'\\u0100']",
        "$[]",
    ] {
        let error = value.path(path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Literal, "{path}");
    }
    let deep = format!("$[{}1{}]", "(".repeat(100_000), ",)".repeat(100_000));
    assert!(value.path(&deep).is_err());
}

#[test]
fn the_path_of_an_error_leads_to_the_place() {
    #[derive(Debug, Pickle)]
    #[pickle(dict)]
    struct Line {
        amount: u8,
    }
    let value = value!({"lines": [{"amount": 1}, {"amount": "two"}]});
    let error = loads::<BTreeMap<String, Vec<Line>>>(&dumps(&value).unwrap()).unwrap_err();
    assert_eq!(value.path(&error.path()).unwrap(), "two");
}

#[test]
fn a_change_leaves_clones_as_they_were() {
    let mut value = value!({"orders": [(order())], "pair": (1, [2])});
    let before = value.clone();
    let shown = before.to_string();
    *value.path_mut("$.orders[0].id").unwrap() = 8.into();
    *value.path_mut("$.pair[1][0]").unwrap() = "two".into();
    assert_eq!(value.path("$.orders[0].id").unwrap(), &8);
    assert_eq!(value["pair"], value!((1, ["two"])));
    assert_eq!(before.to_string(), shown);
    assert_eq!(before.path("$.orders[0].id").unwrap(), &7);
    // A tuple that was a key before keeps its hash there, and has another one afterwards.
    let key = value!((1, 2));
    let mut dict = Dict::new();
    dict.try_insert(&key, "old").unwrap();
    let mut changed = key.clone();
    *changed.get_mut(0).unwrap() = 3.into();
    dict.try_insert(&changed, "new").unwrap();
    assert_eq!(dict.get(value!((3, 2))).unwrap(), "new");
    assert_eq!(dict.get(value!((1, 2))).unwrap(), "old");
}

#[test]
fn unknown_instances_can_be_changed_in_every_part() {
    // class Order: __slots__ = 'id',; o = Order(); o.id = 7
    let bytes = b"\x80\x04\x95#\0\0\0\0\0\0\0\x8c\x04shop\x94\x8c\x05Order\x94\x93\x94)\x81\x94N}\x94\x8c\x02id\x94K\x07s\x86\x94b.";
    let mut unpickler = Unpickler::from_slice(bytes).with_opaque(true);
    let mut value: Value = unpickler.load().unwrap();
    assert_eq!(dumps(&value).unwrap(), bytes);
    *value.path_mut("$.id").unwrap() = 8.into();
    let mut expected = bytes.to_vec();
    let at = expected.windows(2).position(|w| w == b"K\x07").unwrap();
    expected[at + 1] = 8;
    assert_eq!(dumps(&value).unwrap(), expected);

    let instance = value.as_opaque_mut().unwrap();
    assert_eq!(instance.set_attribute("id", 9), Ok(Some(8.into())));
    assert_eq!(instance.set_attribute("note", "x"), Ok(None));
    assert_eq!(
        instance.state().unwrap(),
        &value!(({"note": "x"}, {"id": 9}))
    );
    instance.set_callable(GlobalRef::new("shop", "Other"));
    instance.set_args((1,));
    instance.set_kwargs(Some(Dict::from([("k", 2)])));
    instance
        .changes_mut()
        .push(Change::Additions(vec![5.into()]));
    *instance.state_mut().unwrap() = value!([1]);
    assert_eq!(instance.set_attribute("id", 1), Err(1.into()));
    assert_eq!(instance.items().collect::<Vec<_>>(), [&value!(5)]);
    let other: Value = loads_opaque(&dumps(&value).unwrap());
    assert_eq!(other, value);
    let instance = other.as_opaque().unwrap();
    assert_eq!(instance.kwargs().unwrap().get("k").unwrap(), &2);
    assert!(instance.class().unwrap().is("shop", "Other"));
}

fn loads_opaque(bytes: &[u8]) -> Value {
    Unpickler::from_slice(bytes)
        .with_opaque(true)
        .load()
        .unwrap()
}

#[test]
fn more_of_rust_is_a_value() {
    assert_eq!(
        Value::from((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)).len(),
        Some(12)
    );
    assert_eq!(Value::from(VecDeque::from([1, 2])), value!([1, 2]));
    let shared: Arc<str> = "x".into();
    assert_eq!(
        value!([(shared), (Box::<str>::from("y"))]),
        value!(["x", "y"])
    );
    assert_eq!(Vec::<i32>::try_from(value!((1, 2))).unwrap(), [1, 2]);
    assert_eq!(Vec::<u8>::try_from(value!(b"ab")).unwrap(), b"ab");
    let error = Vec::<Vec<i32>>::try_from(value!([[1], ["a"]])).unwrap_err();
    assert_eq!(error.to_string(), "expected int, found str\n  in $[1][0]");
    assert_eq!(char::try_from(value!("é")).unwrap(), 'é');
    assert!(char::try_from(value!("ab")).is_err());
    assert_eq!(value!(u64::MAX).as_u64(), Some(u64::MAX));
    assert_eq!(value!(-1).as_u64(), None);
    assert_eq!(value!(-1), -1_i8);
    assert_eq!(value!("naïve").len(), Some(5));
    assert_eq!(value!({1, 2}).iter().count(), 2);
    assert_eq!(value!(None).iter().count(), 0);
    assert_eq!(Bytes::from(*b"x").len(), 1);
    assert_eq!(Text::from("x"), "x");
}

#[test]
fn typed_values_come_and_go() {
    let map = BTreeMap::from([("a".to_owned(), vec![Some(1), None])]);
    let value = Value::of(&map).unwrap();
    assert_eq!(value, value!({"a": [1, None]}));
    assert_eq!(
        value.to::<BTreeMap<String, Vec<Option<i32>>>>().unwrap(),
        map
    );
    let error = value.to::<Vec<String>>().unwrap_err();
    assert_eq!(error.message(), "expected list, found dict");
}
