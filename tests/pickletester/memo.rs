//! What is stored, and fetched again.

use pickle::Value;

use crate::{assert_raised, error, value};

#[test]
fn any_slot_can_be_fetched() {
    for pickle in [
        &b"((lp100000\ng100000\nt."[..],
        b"(]q\xffh\xfft.",
        b"(]r\0\0\x01\0j\0\0\x01\0t.",
    ] {
        let pair = value(pickle);
        assert_eq!(pair.to_string(), "([], [])");
        assert!(pair[0].is(&pair[1]));
    }
}

#[test]
fn dup_gives_the_same_object() {
    let pair = value(b"((l2t.");
    assert_eq!(pair.to_string(), "([], [])");
    assert!(pair[0].is(&pair[1]));
}

#[test]
fn what_was_stored_is_shared() {
    // A tuple twice in a list; what follows the end is nobody's business.
    let list = value(b"((K\x07tp0\nh\0l.))");
    assert_eq!(list.to_string(), "[(7,), (7,)]");
    let Value::List(items) = &list else {
        panic!("{list}");
    };
    assert!(items[0].is(&items[1]));
}

#[test]
fn what_was_not_stored_cannot_be_fetched() {
    for (pickle, slot) in [
        (&b"g0\np0"[..], "0"),
        (b"jump:", "980446581"),
        (b"hop.", "111"),
        (b"](Nq\x01h\x02e.", "2"),
    ] {
        let error = error(pickle);
        assert_eq!(error.python_type(), "UnpicklingError");
        let text = format!("Memo value not found at index {slot}");
        assert_eq!(error.message(), text);
    }
}

#[test]
fn slots_are_not_negative() {
    assert_raised("ValueError", &[b"Vtea\np-1\n."]);
    assert_eq!(error(b"]p-7\n.").message(), "negative PUT argument");
}
