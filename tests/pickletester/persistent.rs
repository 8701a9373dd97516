//! Objects outside of the pickle.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pickle::{Cursor, Kind, Persistent, Unpickle, Unpickler, Value};

use crate::error;

/// An even int, which is pickled by its id, or an odd one.
#[derive(Debug, PartialEq)]
struct Number(i64);

impl<'de> Unpickle<'de> for Number {
    fn unpickle(mut cursor: Cursor<'_, 'de>) -> pickle::Result<Self> {
        match cursor.kind() {
            Kind::Persistent => Persistent::<i64>::unpickle(cursor).map(|number| Self(number.0)),
            _ => cursor.reborrow().i64().map(Self),
        }
    }
}

#[test]
fn only_persistent_ids_ask_the_handler() {
    // list(range(5)) with a `persistent_id` that gives `str(n)` for even n, as Python writes it
    let text: &[u8] = b"(lp0\nP0\naI1\naP2\naI3\naP4\na.";
    let binary: &[u8] =
        b"\x80\x02]q\0(X\x01\0\0\x000q\x01QK\x01X\x01\0\0\x002q\x02QK\x03X\x01\0\0\x004q\x03Qe.";
    for pickle in [text, binary] {
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        let mut unpickler = Unpickler::from_slice(pickle).with_persistent_load(move |id| {
            counter.fetch_add(1, Ordering::Relaxed);
            let number: i64 = id.str()?.parse().map_err(pickle::Error::custom)?;
            Ok(Box::new(number))
        });
        let numbers: Vec<Number> = unpickler.load().unwrap();
        assert_eq!(numbers, [0, 1, 2, 3, 4].map(Number));
        assert_eq!(asked.load(Ordering::Relaxed), 3);
    }
}

#[test]
fn an_id_may_be_empty() {
    let mut unpickler = Unpickler::from_slice(b"P\n.")
        .with_persistent_load(|id| Ok(Box::new(id.str()?.is_empty())));
    assert!(unpickler.load::<Persistent<bool>>().unwrap().0);
}

#[test]
fn ids_are_of_any_type() {
    for (id, shown) in [
        (&b"C\x04abc\n"[..], "b'abc\\n'"),
        (b"X\x04\0\0\0abc\n", "'abc\\n'"),
        (b"J\xff\xff\xff\xff", "-1"),
        (b"G\xbf\xbc(\xf5\xc2\x8f\\)", "-0.11"),
        (b"cbuiltins\nstr\n", "<class 'str'>"),
        (b"K\x01K\x02\x86", "(1, 2)"),
    ] {
        let pickle = [id, b"Q."].concat();
        let mut unpickler = Unpickler::from_slice(&pickle)
            .with_persistent_load(|id| Ok(Box::new(Value::unpickle(id)?)));
        let Persistent(value) = unpickler.load::<Persistent<Value>>().unwrap();
        assert_eq!(value.to_string(), shown);
    }
}

#[test]
fn ids_of_protocol_0_are_ascii() {
    let pickle = "P\u{2205}\n.".as_bytes();
    let mut unpickler = Unpickler::from_slice(pickle)
        .with_persistent_load(|id| Ok(Box::new(String::unpickle(id)?)));
    for error in [
        unpickler.load::<Persistent<String>>().unwrap_err(),
        error(pickle),
    ] {
        let text = "persistent IDs in protocol 0 must be ASCII strings";
        assert_eq!(error.message(), text);
        assert_eq!(error.python_type(), "UnpicklingError");
    }
}
