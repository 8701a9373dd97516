//! What becomes what.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use pickle::serde::{DeOptions, SerOptions, Serde, from_slice, from_value, to_value, to_vec};
use pickle::{ErrorKind, Pickle, Protocol, Value, dumps, loads, value};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// That a value is this in Python, and comes back from it.
#[track_caller]
fn is<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T, shown: &str) {
    assert_eq!(to_value(&value).unwrap().to_string(), shown);
    for protocol in Protocol::ALL {
        let bytes = to_vec(&value, SerOptions::new().with_protocol(protocol)).unwrap();
        assert_eq!(from_slice::<T>(&bytes, DeOptions::new()).unwrap(), value);
    }
    let bytes = to_vec(&value, SerOptions::new().compat_enum_repr()).unwrap();
    assert_eq!(from_slice::<T>(&bytes, DeOptions::new()).unwrap(), value);
}

#[derive(Serialize, Deserialize, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    Empty,
    Circle(u8),
    Box(u8, u8),
    Named { name: String },
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
struct Unit;

#[derive(Serialize, Deserialize, Debug, PartialEq)]
struct Newtype(Vec<u8>);

#[derive(Serialize, Deserialize, Debug, PartialEq)]
struct Pair(i8, String);

#[test]
fn every_shape_of_serde_has_one_of_python() {
    is(
        (true, -1_i8, u64::MAX, 1.5_f32),
        "(True, -1, 18446744073709551615, 1.5)",
    );
    is(
        (i128::MIN, u128::MAX),
        &format!("({}, {})", i128::MIN, u128::MAX),
    );
    is(('é', "text".to_owned()), "('é', 'text')");
    is((Some(1), None::<u8>), "(1, None)");
    is(((), Unit), "(None, None)");
    is(Newtype(vec![1, 2]), "[1, 2]");
    is(serde_bytes::ByteBuf::from(*b"ab"), "b'ab'");
    is(Pair(1, "x".to_owned()), "(1, 'x')");
    is([1_u8, 2], "(1, 2)");
    is(vec![vec![0.0], vec![]], "[[0.0], []]");
    is(BTreeSet::from([1, 2]), "[1, 2]");
    is(BTreeMap::from([((1, 'x'), Unit)]), "{(1, 'x'): None}");
    is(BTreeMap::from([(None, 1), (Some(2), 3)]), "{None: 1, 2: 3}");
    is(
        vec![
            Shape::Empty,
            Shape::Circle(1),
            Shape::Box(1, 2),
            Shape::Named { name: "x".into() },
        ],
        "['Empty', {'Circle': 1}, {'Box': [1, 2]}, {'Named': {'name': 'x'}}]",
    );
    let compat = SerOptions::new().compat_enum_repr();
    let bytes = to_vec(&[Shape::Empty, Shape::Box(1, 2)], compat).unwrap();
    assert_eq!(
        loads::<Value>(&bytes).unwrap().to_string(),
        "(('Empty',), ('Box', [1, 2]))"
    );
}

#[test]
fn bytes_and_text_are_borrowed() {
    let bytes = to_vec(
        &("text", serde_bytes::Bytes::new(b"data")),
        SerOptions::new(),
    )
    .unwrap();
    let (text, data): (&str, &[u8]) = from_slice(&bytes, DeOptions::new()).unwrap();
    assert_eq!((text, data), ("text", &b"data"[..]));
    assert!(bytes.as_ptr_range().contains(&text.as_ptr()));
}

#[test]
fn values_are_data_of_serde() {
    let value = value!([None, True, 1, 1.5, "x", b"y", (1, 2), {"a": [], (1, 2): {3}}]);
    assert_eq!(from_value::<Value>(value.clone()).unwrap(), value);
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Holder {
        any: Value,
        more: Vec<Value>,
    }
    let holder = Holder {
        any: value.clone(),
        more: vec![value!((1,)), value!({ 2 }), Value::None],
    };
    let bytes = to_vec(&holder, SerOptions::new()).unwrap();
    assert_eq!(
        from_slice::<Holder>(&bytes, DeOptions::new()).unwrap(),
        holder
    );
    // In another format: what that can hold.
    let json = serde_json::to_string(&value!([1, {"a": (None, 2.5)}, {7}])).unwrap();
    assert_eq!(json, r#"[1,{"a":[null,2.5]},[7]]"#);
    let back: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(back, value!([1, {"a": [None, 2.5]}, [7]]));
    let huge: Value = pickle::value::Int::from(num_bigint::BigInt::from(1) << 200).into();
    assert_eq!(from_value::<Value>(huge.clone()).unwrap(), huge);
    assert!(serde_json::to_string(&huge).unwrap().starts_with('"'));
}

#[test]
fn a_python2_str_is_text_or_bytes() {
    let pickle = b"(S'na\\xc3\\xafve'\nS'x'\nt.";
    let (text, byte): (String, serde_bytes::ByteBuf) =
        from_slice(pickle, DeOptions::new()).unwrap();
    assert_eq!((&*text, &byte[..]), ("naïve", &b"x"[..]));
    let options = DeOptions::new().decode_strings();
    let value = pickle::serde::value_from_slice(pickle, options).unwrap();
    assert_eq!(value, value!(("naïve", "x")));
    let value = pickle::serde::value_from_slice(pickle, DeOptions::new()).unwrap();
    assert_eq!(value, value!((b"na\xc3\xafve", b"x")));
}

#[test]
fn errors_say_where() {
    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "the error is what matters")]
    struct Order {
        lines: Vec<(String, u8)>,
    }
    let bytes = dumps(&value!([{"lines": [("tea", 1), ("cups", 300)]}])).unwrap();
    let error = from_slice::<Vec<Order>>(&bytes, DeOptions::new()).unwrap_err();
    assert_eq!(error.path(), "$[0]['lines'][1][1]");
    assert!(
        error.message().contains("invalid value: integer `300`"),
        "{error}"
    );
    let bytes = dumps(&value!((1, 2, 3))).unwrap();
    let error = from_slice::<(u8, u8)>(&bytes, DeOptions::new()).unwrap_err();
    assert_eq!(error.message(), "expected 2 items, found 3");
    let error = from_slice::<u8>(b"K\x01.K\x02.", DeOptions::new()).unwrap_err();
    assert!(error.message().ends_with("and 3 bytes follow"), "{error}");
    let int = (1_i64 << 53) + 1;
    assert!(from_slice::<f64>(&dumps(&int).unwrap(), DeOptions::new()).is_err());
    let system = b"cos\nsystem\n.";
    let error = from_slice::<Option<u8>>(system, DeOptions::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    let options = DeOptions::new().replace_unresolved_globals();
    assert_eq!(from_slice::<()>(system, options).unwrap(), ());
}

#[test]
fn serde_types_are_fields_of_derived_ones() {
    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(module = "drawings")]
    struct Drawing {
        shapes: Vec<Serde<Shape>>,
    }
    let drawing = Drawing {
        shapes: vec![Serde(Shape::Circle(3)), Serde(Shape::Empty)],
    };
    let bytes = dumps(&drawing).unwrap();
    assert_eq!(loads::<Drawing>(&bytes).unwrap(), drawing);
    let mut unpickler = pickle::Unpickler::new(&bytes[..]).with_opaque(true);
    let Serde(shapes) = unpickler
        .load::<Serde<BTreeMap<String, Vec<Shape>>>>()
        .unwrap();
    assert_eq!(shapes["shapes"].len(), 2);
}
