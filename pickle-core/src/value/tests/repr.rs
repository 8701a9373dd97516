//! What real Python's `repr` returns.

use super::super::*;
use crate::value;

/// `repr(s)` of CPython 3.13, whose Unicode is older: only characters that it knows.
#[test]
fn text_is_quoted_and_escaped_as_in_python() {
    for (text, expected) in [
        ("", "''"),
        ("plain", "'plain'"),
        ("it's", "\"it's\""),
        ("say \"hi\"", "'say \"hi\"'"),
        ("\"it's\"", "'\"it\\'s\"'"),
        ("back\\slash", "'back\\\\slash'"),
        ("\\'", "\"\\\\'\""),
        ("a\u{9}b\u{a}c\u{d}d", "'a\\tb\\nc\\rd'"),
        ("\u{0}\u{1}\u{1f}\u{7f}", "'\\x00\\x01\\x1f\\x7f'"),
        ("\u{80}\u{9f}\u{a0}\u{ad}", "'\\x80\\x9f\\xa0\\xad'"),
        ("na\u{ef}ve \u{ff}", "'na\u{ef}ve \u{ff}'"),
        ("\u{100}\u{378}", "'\u{100}\\u0378'"),
        ("\u{65e5}\u{672c}\u{8a9e}", "'\u{65e5}\u{672c}\u{8a9e}'"),
        (
            "\u{200b}\u{2028}\u{2029}\u{feff}",
            "'\\u200b\\u2028\\u2029\\ufeff'",
        ),
        ("\u{3000}", "'\\u3000'"),
        ("\u{e000}\u{ffff}\u{fffe}", "'\\ue000\\uffff\\ufffe'"),
        ("\u{1f600}", "'\u{1f600}'"),
        ("\u{1f468}\u{200d}\u{1f469}", "'\u{1f468}\\u200d\u{1f469}'"),
        ("\u{1fae8}", "'\u{1fae8}'"),
        ("\u{e0001}", "'\\U000e0001'"),
        ("\u{f0000}\u{10ffff}", "'\\U000f0000\\U0010ffff'"),
        ("'", "\"'\""),
        ("\"", "'\"'"),
        ("'\"", "'\\'\"'"),
        ("e\u{301}", "'e\u{301}'"),
        ("\u{61c}\u{70f}", "'\\u061c\\u070f'"),
        ("\u{85}", "'\\x85'"),
    ] {
        assert_eq!(repr(text).to_string(), expected);
        assert_eq!(Value::from(text).to_string(), expected);
    }
}

/// `repr(s.decode('utf-8', 'surrogatepass'))`
#[test]
fn surrogates_are_escaped() {
    for (bytes, expected) in [
        (b"\xed\xa0\x80".as_slice(), "'\\ud800'"),
        (b"a\xed\xbf\xbfb".as_slice(), "'a\\udfffb'"),
        (b"'\xed\xb3\xa9".as_slice(), "\"'\\udce9\""),
        (b"\xed\xa0\xbd\xed\xb8\x80".as_slice(), "'\\ud83d\\ude00'"),
        (
            b"\xc3\xa9\xed\xb2\x80\x0a\xf0\x9f\x98\x80".as_slice(),
            "'\u{e9}\\udc80\\n\u{1f600}'",
        ),
    ] {
        assert_eq!(Text::from_wtf8(bytes).unwrap().to_string(), expected);
    }
}

/// `repr(b)`, `repr(bytearray(b))`
#[test]
fn bytes_are_escaped_as_in_python() {
    for (bytes, plain, array) in [
        (b"".as_slice(), "b''", "bytearray(b'')"),
        (b"abc".as_slice(), "b'abc'", "bytearray(b'abc')"),
        (b"it's".as_slice(), "b\"it's\"", "bytearray(b\"it\\'s\")"),
        (
            b"say \x22hi\x22".as_slice(),
            "b'say \"hi\"'",
            "bytearray(b'say \"hi\"')",
        ),
        (
            b"\x22it's\x22".as_slice(),
            "b'\"it\\'s\"'",
            "bytearray(b'\"it\\'s\"')",
        ),
        (b"\x5c".as_slice(), "b'\\\\'", "bytearray(b'\\\\')"),
        (
            b"\x09\x0a\x0d".as_slice(),
            "b'\\t\\n\\r'",
            "bytearray(b'\\t\\n\\r')",
        ),
        (
            b"\x00\x7f\x80\xff".as_slice(),
            "b'\\x00\\x7f\\x80\\xff'",
            "bytearray(b'\\x00\\x7f\\x80\\xff')",
        ),
        (
            b" !\x22#$%&'".as_slice(),
            "b' !\"#$%&\\''",
            "bytearray(b' !\"#$%&\\'')",
        ),
        (
            b"\x80\x04\x95#".as_slice(),
            "b'\\x80\\x04\\x95#'",
            "bytearray(b'\\x80\\x04\\x95#')",
        ),
    ] {
        assert_eq!(repr(bytes).to_string(), plain);
        assert_eq!(Bytes::from(bytes).to_string(), plain);
        assert_eq!(ByteArray::from(bytes).to_string(), array);
    }
}

#[test]
fn containers_are_shown_as_in_python() {
    for (value, expected) in [
        (value!([]), "[]"),
        (value!(()), "()"),
        (value!((1,)), "(1,)"),
        (value!((1, "a")), "(1, 'a')"),
        (value!({}), "{}"),
        (Set::new().into(), "set()"),
        (FrozenSet::new().into(), "frozenset()"),
        (value!({ 1 }), "{1}"),
        (FrozenSet::from([1]).into(), "frozenset({1})"),
        (
            value!({"a": [None, True, False], (1, 2): {3: 4.0}}),
            "{'a': [None, True, False], (1, 2): {3: 4.0}}",
        ),
        (value!([[], [()], [[[]]]]), "[[], [()], [[[]]]]"),
        (value!([1e16, 1e-5, -0.0, 0.1]), "[1e+16, 1e-05, -0.0, 0.1]"),
        (
            value!([u64::MAX, i64::MIN]),
            "[18446744073709551615, -9223372036854775808]",
        ),
        (GlobalRef::new("builtins", "int").into(), "<class 'int'>"),
        (
            GlobalRef::new("builtins", "len").into(),
            "<built-in function len>",
        ),
        (GlobalRef::new("builtins", "Ellipsis").into(), "Ellipsis"),
        (
            GlobalRef::new("builtins", "NotImplemented").into(),
            "NotImplemented",
        ),
        (
            GlobalRef::new("builtins", "ValueError").into(),
            "<class 'ValueError'>",
        ),
        (
            GlobalRef::new("collections", "OrderedDict").into(),
            "<class 'collections.OrderedDict'>",
        ),
        // Python: Fraction(3, 7)
        (
            Opaque::call(GlobalRef::new("fractions", "Fraction"), ("3/7",)).into(),
            "fractions.Fraction('3/7')",
        ),
        // What only this library has to show.
        (
            GlobalRef::new("shop", "total").into(),
            "<global 'shop.total'>",
        ),
        (
            Opaque::instance(GlobalRef::new("shop", "Order"), (1,)).into(),
            "<shop.Order object>",
        ),
        (
            Opaque::call(
                GlobalRef::new("copyreg", "_reconstructor"),
                (GlobalRef::new("m", "C"), 1),
            )
            .into(),
            "<m.C object>",
        ),
        (
            Opaque::call(Opaque::call(GlobalRef::new("m", "f"), (1,)), ("x", 2)).into(),
            "m.f(1)('x', 2)",
        ),
    ] {
        let value: Value = value;
        assert_eq!(value.to_string(), expected);
        assert_eq!(format!("{value:?}"), expected);
    }
}
