//! Pickles that nest, repeat or contain themselves without end.

use std::collections::BTreeMap;

use pickle::serde::{DeOptions, SerOptions, from_slice, to_vec};
use pickle::{ErrorKind, Limits, Value, dumps, value};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Debug, PartialEq)]
#[serde(transparent)]
struct List(Vec<List>);

#[derive(Serialize, Deserialize, Debug, PartialEq)]
enum Chain {
    End,
    Link(Box<Chain>),
}

fn on_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(test);
    thread.unwrap().join().unwrap();
}

#[test]
fn depth_is_limited() {
    on_small_stack(|| {
        let lists = |depth: usize| ["]".repeat(depth), "a".repeat(depth - 1), ".".into()].concat();
        assert!(from_slice::<List>(lists(Limits::DEPTH).as_bytes(), DeOptions::new()).is_ok());
        for depth in [Limits::DEPTH + 1, 100_000] {
            let error = from_slice::<List>(lists(depth).as_bytes(), DeOptions::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Depth);
            let options = DeOptions::new();
            let error = from_slice::<serde_json::Value>(lists(depth).as_bytes(), options);
            assert_eq!(error.unwrap_err().kind(), ErrorKind::Depth);
        }
        let chain =
            |depth: usize| (0..depth).fold(Chain::End, |inner, _| Chain::Link(inner.into()));
        let bytes = to_vec(&chain(400), SerOptions::new()).unwrap();
        assert_eq!(
            from_slice::<Chain>(&bytes, DeOptions::new()).unwrap(),
            chain(400)
        );
        let error = to_vec(&chain(600), SerOptions::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Depth);
        let nested = (0..600).fold(value!("End"), |inner, _| value!({"Link": inner}));
        let error = from_slice::<Chain>(&dumps(&nested).unwrap(), DeOptions::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Depth);
        // Calls of calls.
        let calls = [
            "cf\nf\n(".repeat(50_000),
            "K\x01".into(),
            "tR".repeat(50_000),
            ".".into(),
        ];
        let bytes = calls.concat();
        assert_eq!(
            from_slice::<u8>(bytes.as_bytes(), DeOptions::new()).unwrap(),
            1
        );
        let error = from_slice::<serde_json::Value>(bytes.as_bytes(), DeOptions::new());
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Depth);
    });
}

#[test]
fn what_is_shared_costs_for_each_place() {
    let doubled = (0..60).fold(value!([1]), |inner, _| {
        Value::from(vec![inner.clone(), inner])
    });
    let bytes = dumps(&doubled).unwrap();
    let error = from_slice::<serde_json::Value>(&bytes, DeOptions::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert!(from_slice::<Value>(&bytes, DeOptions::new()).is_ok());
}

#[test]
fn cycles_are_errors_or_none() {
    // l = []; l.append(l)
    let list = b"]q\0h\0a.";
    // o.self = o
    let object = b"\x80\x02cm\nC\n)\x81q\0}X\x04\0\0\0selfh\0sb.";
    // d = {}; d['Link'] = d
    let dict = b"}q\0X\x04\0\0\0Linkh\0s.";
    let error = from_slice::<List>(list, DeOptions::new()).unwrap_err();
    assert_eq!((error.kind(), &*error.path()), (ErrorKind::Cycle, "$[0]"));
    let error = from_slice::<serde_json::Value>(object, DeOptions::new()).unwrap_err();
    assert_eq!((error.kind(), &*error.path()), (ErrorKind::Cycle, "$.self"));
    let error = from_slice::<Chain>(dict, DeOptions::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cycle);
    assert!(from_slice::<Value>(list, DeOptions::new()).is_err());
    let options = DeOptions::new().replace_recursive_structures();
    assert_eq!(
        from_slice::<Vec<Option<u8>>>(list, options).unwrap(),
        [None]
    );
    let object: BTreeMap<String, serde_json::Value> = from_slice(object, options).unwrap();
    assert!(object["self"].is_null());
}
