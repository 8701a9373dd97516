//! Numbers, constants, text and bytes.

use pickle::{ByteArray, Value};

use crate::{assert_raised, loaded, value};

#[test]
fn constants() {
    assert!(matches!(value(b"N."), Value::None));
    for pickle in [&b"\x88."[..], b"I01\n."] {
        assert!(matches!(value(pickle), Value::Bool(true)));
    }
    for pickle in [&b"\x89."[..], b"I00\n."] {
        assert!(matches!(value(pickle), Value::Bool(false)));
    }
}

#[test]
fn the_largest_int_of_64_bits_is_text() {
    assert_eq!(loaded::<i64>(b"I9223372036854775807\n."), i64::MAX);
    assert_raised("ValueError", &[b"I9223372036854775807JUNK\n."]);
}

#[test]
fn bytes_of_all_lengths() {
    for pickle in [
        &b"\x80\x03C\x03\xff\0z."[..],
        b"\x80\x03B\x03\0\0\0\xff\0z.",
        b"\x80\x04\x8e\x03\0\0\0\0\0\0\0\xff\0z.",
    ] {
        assert_eq!(loaded::<&[u8]>(pickle), b"\xff\0z");
    }
}

#[test]
fn text_of_all_lengths() {
    for pickle in [
        &b"\x80\x04\x8c\x04\xe2\x82\xac\0."[..],
        b"X\x04\0\0\0\xe2\x82\xac\0.",
        b"\x80\x04\x8d\x04\0\0\0\0\0\0\0\xe2\x82\xac\0.",
    ] {
        assert_eq!(loaded::<&str>(pickle), "€\0");
    }
}

#[test]
fn bytearrays() {
    let pickle = b"\x80\x05\x96\x03\0\0\0\0\0\0\0tea.";
    assert_eq!(loaded::<ByteArray>(pickle).0, b"tea");
    assert!(matches!(value(pickle), Value::ByteArray(_)));
}

#[test]
fn lines_inside_of_frames() {
    assert_eq!(loaded::<i64>(b"\x80\x04\x95\x06\0\0\0\0\0\0\0I-17\n."), -17);
}
