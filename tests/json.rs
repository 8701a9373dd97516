//! Values as JSON: plain, with what is lost, and tagged, with nothing lost.

use num_bigint::BigInt;
use pickle::json::{from_tagged, to_string, to_tagged};
use pickle::value::{ByteArray, Change, Dict, FrozenSet, GlobalRef, Int, Opaque, Text};
use pickle::{ErrorKind, Pickle, Value, dumps, value};

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(module = "jsontest")]
struct Place {
    name: String,
    x: f64,
}

fn place() -> Place {
    Place {
        name: "home".into(),
        x: 1.5,
    }
}

fn order() -> Opaque {
    let mut order = Opaque::instance(GlobalRef::new("shop", "Order"), ());
    order.set_attribute("id", 7).unwrap();
    order
}

fn losses(value: &Value) -> Vec<String> {
    to_string(value)
        .losses
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn json_has_its_own_as_it_is() {
    let value = value!({"b": [1, -2.5, None, True, False, "é\n"], "a": {}});
    let plain = to_string(&value);
    assert_eq!(plain.text, r#"{"b":[1,-2.5,null,true,false,"é\n"],"a":{}}"#);
    assert!(plain.losses.is_empty());
    assert_eq!(to_tagged(&value).unwrap(), plain.text);
}

#[test]
fn plain_json_reports_what_it_cannot_express() {
    let surrogate = Text::from_wtf8(b"x\xed\xa0\x80".to_vec()).unwrap();
    for (value, text, lost) in [
        (
            value!([(1, 2)]),
            "[[1,2]]",
            vec!["$[0]: a tuple is an array"],
        ),
        (value!({1, 2}), "[1,2]", vec!["$: a set is an array"]),
        (
            FrozenSet::from([1]).into(),
            "[1]",
            vec!["$: a frozenset is an array"],
        ),
        (
            value!({"b": b"x\0"}),
            r#"{"b":"b'x\\x00'"}"#,
            vec!["$['b']: bytes are the text of their repr"],
        ),
        (
            value!([f64::NAN]),
            r#"["nan"]"#,
            vec!["$[0]: a float that is no number is text"],
        ),
        (
            value!(u128::MAX),
            r#""340282366920938463463374607431768211455""#,
            vec!["$: an int of more than 64 bits is text"],
        ),
        (value!(u64::MAX), "18446744073709551615", vec![]),
        (
            surrogate.into(),
            "\"x\u{fffd}\"",
            vec!["$: a surrogate is U+FFFD"],
        ),
        (
            value!({1: 2, "1": 3, True: 4}),
            r#"{"1":4,"1":3}"#,
            vec![
                "$[1]: a key is text",
                "$['1']: another key has the same text",
            ],
        ),
        (
            value!({(1, 2): 3}),
            r#"{"(1, 2)":3}"#,
            vec!["$[(1, 2)]: a key is text"],
        ),
        (
            value!([(GlobalRef::new("os", "system"))]),
            r#"["os.system"]"#,
            vec!["$[0]: a class or function is its name"],
        ),
        (
            value!([(order())]),
            r#"[{"id":7}]"#,
            vec!["$[0]: an instance is the object of its attributes"],
        ),
        (
            value!([(place())]),
            r#"[{"name":"home","x":1.5}]"#,
            vec!["$[0]: an instance is the object of its attributes"],
        ),
        (
            Opaque::call(GlobalRef::new("decimal", "Decimal"), ("1.5",)).into(),
            r#"["1.5"]"#,
            vec!["$: an instance is the array of what it was made from"],
        ),
    ] {
        let plain = to_string(&value);
        assert_eq!(plain.text, text, "{value}");
        assert_eq!(losses(&value), lost, "{value}");
    }
}

#[test]
fn plain_json_of_too_much_ends() {
    let deep = (0..100_000).fold(Value::None, |inner, _| value!([inner]));
    assert_eq!(losses(&deep).len(), 1);
    serde_json::from_str::<serde_json::Value>(&to_string(&deep).text).unwrap();
    let doubled = (0..60).fold(value!([1]), |inner, _| {
        Value::from(vec![inner.clone(), inner])
    });
    let plain = to_string(&doubled);
    assert!(plain.text.len() < 20 << 20 && !plain.losses.is_empty());
    let many = value!(vec![f64::NAN; 1500]);
    let plain = to_string(&many);
    assert_eq!((plain.losses.len(), plain.more_losses), (1000, 500));
}

/// Everything that a value can be, each under its name.
fn everything() -> Value {
    let mut instance = Opaque::instance_with(
        GlobalRef::new("m", "C"),
        (1, "x"),
        Dict::from([("k", vec![2])]),
    );
    for change in [
        Change::State(value!((None, {"a": 1}))),
        Change::Items(vec![1.into(), value!((2,))]),
        Change::Additions(vec![3.into()]),
        Change::Pairs(vec![(value!((1, 2)), 4.into())]),
        Change::Setter {
            function: GlobalRef::new("m", "setter").into(),
            state: value!([5]),
        },
    ] {
        instance.change(change);
    }
    let shared = value!(["shared"]);
    let big = BigInt::from(-1) << 200;
    let huge = BigInt::from(1) << 20_000;
    let surrogate = Text::from_wtf8(b"x\xed\xa0\x80\xed\xb0\x80".to_vec()).unwrap();
    let numbers: Vec<Value> = vec![
        (1_i64 << 53).into(),
        ((1_i64 << 53) + 1).into(),
        i64::MIN.into(),
        u64::MAX.into(),
        Int::from(big).into(),
        Int::from(huge).into(),
        0.1.into(),
        (-0.0).into(),
        1.0.into(),
        1e300.into(),
        5e-324.into(),
        f64::INFINITY.into(),
        f64::NEG_INFINITY.into(),
    ];
    value!({
        "numbers": numbers,
        "text": ["", "é", (surrogate)],
        "bytes": [b"", b"\x00\xff", (ByteArray::from(*b"ab"))],
        "tuples": [(), (1,), (1, (2, []))],
        "sets": [{1, "a"}, (FrozenSet::from([2])), (FrozenSet::new())],
        "dicts": [{}, {"$int": 1}, {1: 2, None: 3, "x": 4}, {"b": 1, "a": 2}],
        "globals": [(GlobalRef::new("os", "system")), (GlobalRef::new("builtins", "Ellipsis"))],
        "instances": [
            (order()),
            (instance),
            (Opaque::call(GlobalRef::new("decimal", "Decimal"), ("1.5",))),
            (Opaque::old_style(GlobalRef::new("m", "Old"), (1,))),
        ],
        "objects": [(place())],
        "shared": [(shared.clone()), (shared.clone()), {"again": shared}],
    })
}

#[test]
fn tagged_json_reads_back_to_an_equal_value() {
    let value = everything();
    let text = to_tagged(&value).unwrap();
    let back = from_tagged(&text).unwrap();
    for (key, part) in value.as_dict().unwrap() {
        assert_eq!(&back[key], part);
        assert_eq!(back[key].to_string(), part.to_string());
    }
    assert_eq!(back, value);
    assert_eq!(back.to_string(), value.to_string());
    assert_eq!(to_tagged(&back).unwrap(), text);
    assert_eq!(dumps(&back).unwrap(), dumps(&value).unwrap());
    // What is one object stays one, what is not does not become one.
    assert!(
        back.path("$.shared[0]")
            .unwrap()
            .is(back.path("$.shared[2].again").unwrap())
    );
    assert_eq!(back["objects"][0].downcast_ref(), Some(&place()));
    serde_json::from_str::<serde_json::Value>(&text).unwrap();
}

#[test]
fn the_bits_of_a_nan_are_kept() {
    for bits in [
        0x7FF8_0000_0000_0001_u64,
        0xFFF8_0000_0000_0000,
        0x7FF0_0000_0000_0007,
    ] {
        let text = to_tagged(&Value::Float(f64::from_bits(bits))).unwrap();
        let Value::Float(back) = from_tagged(&text).unwrap() else {
            panic!("{text}");
        };
        assert_eq!(back.to_bits(), bits);
    }
}

#[test]
fn what_is_shared_is_written_once() {
    let doubled = || {
        (0..40).fold(value!([1]), |inner, _| {
            Value::from(vec![inner.clone(), inner])
        })
    };
    let text = to_tagged(&doubled()).unwrap();
    assert!(text.len() < 2000, "{text}");
    assert_eq!(from_tagged(&text).unwrap(), doubled());
    let deep = (0..1000).fold(Value::None, |inner, _| value!([inner]));
    assert!(to_tagged(&deep).is_err());
    let deep = (0..40).fold(Value::None, |inner, _| value!((inner, {1: None})));
    assert_eq!(from_tagged(&to_tagged(&deep).unwrap()).unwrap(), deep);
}

#[test]
fn what_is_no_tagged_json_is_refused() {
    for text in [
        "",
        "[",
        "[1] 2",
        r#"{"$tuple":1}"#,
        r#"{"$what":1}"#,
        r#"{"$int":"0x"}"#,
        r#"{"$int":"1.5"}"#,
        r#"{"$float":"1.5"}"#,
        r#"{"$bytes":"0"}"#,
        r#"{"$bytes":"zz"}"#,
        r#"{"$bytes":1}"#,
        r#"{"$str":"ff"}"#,
        r#"{"$ref":1}"#,
        r#"{"$id":1}"#,
        r#"{"$id":"x","$value":1}"#,
        r#"{"$tuple":[],"more":1}"#,
        r#"{"$dict":[[1]]}"#,
        r#"{"$dict":[[[],1]]}"#,
        r#"{"$set":[[]]}"#,
        r#"{"$global":["m"]}"#,
        r#"{"$instance":{}}"#,
        r#"{"$instance":{"how":"magic","callable":1,"args":{"$tuple":[]}}}"#,
        r#"{"$instance":{"how":"call","callable":1,"args":[]}}"#,
        r#"{"$object":{"$instance":{"how":"new","callable":{"$global":["jsontest","Nobody"]},"args":{"$tuple":[]}}}}"#,
    ] {
        assert!(from_tagged(text).is_err(), "{text}");
    }
    let digits = format!(r#"{{"$int":"{}"}}"#, "9".repeat(100_000));
    assert_eq!(from_tagged(&digits).unwrap_err().kind(), ErrorKind::Literal);
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(from_tagged(&deep).is_err());
}
