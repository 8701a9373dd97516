//! Out-of-band buffers.

use std::borrow::Cow;

use pickle::{ByteArray, Unpickler};

use crate::error;

// b = []; pickle.dumps([PickleBuffer(b'tea'), PickleBuffer(bytearray(b'cup'))], 5,
//                      buffer_callback=b.append)
const PICKLE: &[u8] = b"\x80\x05\x95\x08\0\0\0\0\0\0\0]\x94(\x97\x98\x97e.";

#[test]
fn buffers_are_borrowed_from_the_caller() {
    let (tea, cup) = (b"tea".to_vec(), b"cup".to_vec());
    let mut unpickler =
        Unpickler::from_slice(PICKLE).with_buffers([tea.as_slice(), cup.as_slice()]);
    let loaded: Vec<Cow<'_, [u8]>> = unpickler.load().unwrap();
    for (loaded, given) in loaded.iter().zip([&tea, &cup]) {
        assert!(matches!(loaded, Cow::Borrowed(bytes) if std::ptr::eq(*bytes, given.as_slice())));
    }
}

#[test]
fn buffers_come_with_readers_too() {
    let mut unpickler = Unpickler::new(PICKLE).with_buffers([b"tea", b"cup"]);
    let loaded: Vec<ByteArray> = unpickler.load().unwrap();
    assert_eq!(loaded[0].0, b"tea");
    assert_eq!(loaded[1].0, b"cup");
}

#[test]
fn buffers_must_be_given() {
    let missing = error(PICKLE);
    assert_eq!(missing.python_type(), "UnpicklingError");
    let text = "pickle stream refers to out-of-band data but no *buffers* argument was given";
    assert_eq!(missing.message(), text);

    let mut unpickler = Unpickler::from_slice(PICKLE).with_buffers([&b"tea"[..]]);
    let missing = unpickler.load::<Vec<&[u8]>>().unwrap_err();
    assert_eq!(missing.message(), "not enough out-of-band buffers");
}
