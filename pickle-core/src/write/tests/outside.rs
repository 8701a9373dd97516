//! Persistent ids and buffers.

use std::sync::{Arc, Mutex};

use super::dumps_at;
use crate::buffer::Buffer;
use crate::error::{Error, ErrorKind};
use crate::persistent::Persistent;
use crate::protocol::Protocol;
use crate::value::Value;
use crate::write::Pickler;

struct Outside(Value);

fn persistent(ids: &[Value], protocol: Protocol) -> Result<Vec<u8>, Error> {
    let mut pickler = Pickler::new(Vec::new())
        .with_protocol(protocol)
        .with_persistent_id(|object| match object.downcast_ref::<Outside>() {
            Some(outside) => Ok(outside.0.clone()),
            None => Err(Error::custom("unknown")),
        });
    let objects: Vec<_> = ids
        .iter()
        .map(|id| Persistent(Outside(id.clone())))
        .collect();
    pickler.dump(&objects)?;
    Ok(pickler.into_inner())
}

#[test]
fn persistent_ids() {
    // class P(pickle.Pickler): persistent_id = lambda self, o: o.id if type(o) is Outside else None
    let ids = [
        Value::from("users/7"),
        Value::from(7),
        crate::value!((1, "x")),
    ];
    for (protocol, expected) in Protocol::ALL.into_iter().zip([
        &b"(lp0\nPusers/7\naP7\naP(1, 'x')\na."[..],
        b"]q\0(X\x07\0\0\0users/7q\x01QK\x07Q(K\x01X\x01\0\0\0xq\x02tq\x03Qe.",
        b"\x80\x02]q\0(X\x07\0\0\0users/7q\x01QK\x07QK\x01X\x01\0\0\0xq\x02\x86q\x03Qe.",
        b"\x80\x03]q\0(X\x07\0\0\0users/7q\x01QK\x07QK\x01X\x01\0\0\0xq\x02\x86q\x03Qe.",
    ]) {
        let bytes = persistent(&ids, protocol).unwrap();
        assert_eq!(
            bytes.escape_ascii().to_string(),
            expected.escape_ascii().to_string()
        );
    }
}

#[test]
fn a_persistent_id_that_is_one_object_is_written_once() {
    let id = Value::from("users/7");
    assert_eq!(
        persistent(&[id.clone(), id], Protocol::V2).unwrap(),
        b"\x80\x02]q\0(X\x07\0\0\0users/7q\x01Qh\x01Qe."
    );
    // Ids that are made for the occasion must not be taken for one another.
    let mut pickler = Pickler::new(Vec::new()).with_persistent_id(|object| {
        let number = object.downcast_ref::<i64>().copied().unwrap_or_default();
        let part = Value::from(vec![Value::from(number)]);
        Ok(vec![part.clone(), part].into())
    });
    let objects: Vec<_> = (0..70_i64).map(Persistent).collect();
    pickler.dump(&objects).unwrap();
    let bytes = pickler.into_inner();
    let numbers: Vec<u8> = bytes
        .windows(2)
        .filter(|w| w[0] == b'K')
        .map(|w| w[1])
        .collect();
    assert_eq!(numbers, (0..70).collect::<Vec<u8>>());
}

#[test]
fn persistent_ids_that_cannot_be_written() {
    for id in ["grün", "two\nlines"] {
        let error = persistent(&[id.into()], Protocol::V0).unwrap_err();
        assert_eq!(error.python_type(), "PicklingError");
        assert_eq!(
            error.message(),
            "persistent IDs in protocol 0 must be ASCII strings"
        );
        assert!(persistent(&[id.into()], Protocol::V1).is_ok());
    }
    let error = dumps_at(&Persistent(7), Protocol::V4).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PersistentId);
}

#[test]
fn buffers_in_band() {
    let read_only = Buffer::read_only(&b"ab"[..]);
    let writable = Buffer::new(&b"ab"[..]);
    // pickle.dumps([PickleBuffer(b'ab'), PickleBuffer(bytearray(b'ab'))], 5)
    assert_eq!(
        dumps_at(&vec![&read_only, &writable], Protocol::V5).unwrap(),
        b"\x80\x05\x95\x16\0\0\0\0\0\0\0]\x94(C\x02ab\x94\x96\x02\0\0\0\0\0\0\0ab\x94e."
    );
    let error = dumps_at(&read_only, Protocol::V4).unwrap_err();
    assert_eq!(error.python_type(), "PicklingError");
    assert_eq!(
        error.message(),
        "PickleBuffer can only be pickled with protocol >= 5"
    );
}

#[test]
fn buffers_out_of_band() {
    let taken = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&taken);
    let mut pickler = Pickler::new(Vec::new())
        .with_protocol(Protocol::V5)
        .with_buffer_callback(move |buffer| {
            log.lock().unwrap().push(buffer.to_vec());
            Ok(buffer.starts_with(b"keep"))
        });
    let buffers = [
        Buffer::read_only(&b"one"[..]),
        Buffer::new(&b"two"[..]),
        Buffer::new(&b"keep"[..]),
    ];
    pickler.dump(&buffers[..]).unwrap();
    assert_eq!(
        pickler.into_inner(),
        b"\x80\x05\x95\x16\0\0\0\0\0\0\0]\x94(\x97\x98\x97\x96\x04\0\0\0\0\0\0\0keep\x94e."
    );
    assert_eq!(*taken.lock().unwrap(), [&b"one"[..], b"two", b"keep"]);
}

#[test]
fn a_buffer_callback_that_fails() {
    let mut pickler = Pickler::new(Vec::new())
        .with_protocol(Protocol::V5)
        .with_buffer_callback(|_| Err(Error::custom("full")));
    let error = pickler.dump(&vec![Buffer::new(&b"x"[..])]).unwrap_err();
    assert_eq!(error.message(), "full");
    assert_eq!(error.path(), "$[0]");
    assert!(pickler.get_ref().is_empty());

    let mut pickler = Pickler::new(Vec::new()).with_buffer_callback(|_| Ok(false));
    let error = pickler.dump(&7).unwrap_err();
    assert_eq!(error.python_type(), "ValueError");
    assert_eq!(error.message(), "buffer_callback needs protocol >= 5");
}
