//! The same value, the same bytes.

use std::collections::HashMap;
use std::rc::Rc;

use crate::error::{ErrorKind, Result};
use crate::protocol::Protocol;
use crate::read::{Document, Unpickler};
use crate::registry::Global;
use crate::value::{Change, Dict, GlobalRef, Opaque, Set, Value};
use crate::write::{Encoder, Pickle, Pickler};

fn canonical<T: Pickle + ?Sized>(value: &T, protocol: Protocol) -> Result<Vec<u8>> {
    let mut pickler = Pickler::new(Vec::new())
        .with_protocol(protocol)
        .with_canonical(true);
    pickler.dump(value)?;
    Ok(pickler.into_inner())
}

#[track_caller]
fn same(one: &dyn Pickle, other: &dyn Pickle) {
    for protocol in Protocol::ALL {
        let bytes = canonical(one, protocol).unwrap();
        assert_eq!(
            bytes.escape_ascii().to_string(),
            canonical(other, protocol)
                .unwrap()
                .escape_ascii()
                .to_string()
        );
        let loaded: Value = Unpickler::from_slice(&bytes)
            .with_opaque(true)
            .load()
            .unwrap();
        assert_eq!(canonical(&loaded, protocol).unwrap(), bytes, "{protocol:?}");
    }
}

#[test]
fn what_is_shared_does_not_matter() {
    let shared = Rc::new(vec!["tea".to_owned(), "a".to_owned()]);
    let separate = vec![Rc::clone(&shared).to_vec(), shared.to_vec()];
    same(&vec![Rc::clone(&shared), shared], &separate);
    same(&(b"", b"", ""), &(Vec::<u8>::new(), b"", ""));
}

#[test]
fn the_order_of_what_has_none_does_not_matter() {
    let forwards: HashMap<i64, String> = (0..3000).map(|n| (n, n.to_string())).collect();
    let backwards: HashMap<i64, String> = (0..3000).rev().map(|n| (n, n.to_string())).collect();
    same(&forwards, &backwards);

    let dict = |keys: [&str; 3]| -> Value {
        let entries = keys.map(|key| (key, Dict::from(keys.map(|key| (key, key.len())))));
        Dict::from(entries).into()
    };
    same(&dict(["a", "bc", ""]), &dict(["bc", "", "a"]));

    let set = |keys: [i64; 3]| -> Value {
        let mut set = Set::new();
        for key in keys {
            let _ = set.try_insert(key);
        }
        set.into()
    };
    same(&set([1, 70_000, -1]), &set([-1, 1, 70_000]));
}

#[test]
fn the_order_of_attributes_does_not_matter() {
    let instance = |names: [&str; 2]| -> Value {
        let mut instance =
            Opaque::instance(GlobalRef::new("m", "C"), crate::value::Tuple::default());
        instance.change(Change::State(
            Dict::from(names.map(|name| (name, 1))).into(),
        ));
        vec![Value::from(instance.clone()), instance.into()].into()
    };
    same(&instance(["x", "y"]), &instance(["y", "x"]));
}

#[test]
fn a_state_setter_needs_the_memo_and_gets_it() {
    struct Inner;
    impl Pickle for Inner {
        fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
            let mut object = encoder.reduce(&Global::new("m", "f"), &(1,))?;
            object.state_by(&Global::new("m", "set"), "state")?;
            object.end()
        }
    }
    let once = canonical(&Inner, Protocol::V2).unwrap();
    assert_eq!(
        once,
        b"\x80\x02cm\nf\nK\x01\x85Rq\0cm\nset\nh\0X\x05\0\0\0state\x86R0."
    );
    same(&vec![Inner, Inner], &(vec![Inner, Inner]));
}

#[test]
fn what_contains_itself_has_no_canonical_form() {
    let document = Document::parse(b"]q\0h\0a.").unwrap();
    let error = canonical(&document, Protocol::V4).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cycle);
    let twice = Document::parse(b"]q\0(]q\x01h\x01e.").unwrap();
    assert_eq!(canonical(&twice, Protocol::V2).unwrap(), b"\x80\x02](]]e.");
}

#[test]
fn large_data_is_sorted_too() {
    let long = "x".repeat(200_000);
    let one = HashMap::from([("b", long.clone()), ("a", long.clone())]);
    let bytes = canonical(&one, Protocol::V4).unwrap();
    assert!(bytes.starts_with(b"\x80\x04}(\x8c\x01aX"));
}
