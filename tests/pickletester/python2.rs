//! What Python 2 wrote.

use pickle::{Encoding, EncodingErrors, Pickle, Unpickle, Unpickler, Value};

use crate::{loaded, value};

fn decoded<'de, T: Unpickle<'de>>(pickle: &'de [u8], encoding: Encoding) -> T {
    Unpickler::from_slice(pickle)
        .with_encoding(encoding, EncodingErrors::Strict)
        .load()
        .unwrap()
}

#[test]
fn byte_strings_can_stay_bytes() {
    for pickle in [
        &b"S'x\\x00\\xfe'\np0\n."[..],
        b"U\x03x\0\xfeq\0.",
        b"\x80\x02U\x03x\0\xfeq\0.",
    ] {
        assert_eq!(decoded::<Vec<u8>>(pickle, Encoding::Bytes), b"x\0\xfe");
        assert_eq!(decoded::<String>(pickle, Encoding::Latin1), "x\0\u{fe}");
    }
    let long = [&b"T\x2c\x01\0\0"[..], &[b'z'; 300], b"."].concat();
    assert_eq!(decoded::<&[u8]>(&long, Encoding::Bytes), [b'z'; 300]);
}

#[test]
fn unicode_is_str_in_every_encoding() {
    for encoding in [Encoding::Bytes, Encoding::Ascii, Encoding::Utf8] {
        for pickle in [
            &b"V\\u03c9\np0\n."[..],
            b"X\x02\0\0\0\xcf\x89q\0.",
            b"\x80\x02X\x02\0\0\0\xcf\x89q\0.",
        ] {
            assert_eq!(decoded::<String>(pickle, encoding), "ω");
        }
    }
}

#[test]
fn an_empty_byte_string_is_empty_in_every_encoding() {
    for encoding in [Encoding::Ascii, Encoding::Latin1, Encoding::Utf8] {
        assert_eq!(decoded::<String>(b"\x80\x03U\0q\0.", encoding), "");
    }
}

/// `class Old: pass`
#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "__main__")]
struct Old {}

#[test]
fn old_style_instances_need_no_init() {
    for pickle in [
        &b"(i__main__\nOld\np0\n(dp1\nb."[..],
        b"(c__main__\nOld\nq\0oq\x01}q\x02b.",
        b"\x80\x02(c__main__\nOld\nq\0oq\x01}q\x02b.",
    ] {
        assert_eq!(loaded::<Old>(pickle), Old {});
    }
}

#[test]
fn arguments_of_old_style_instances_are_kept() {
    let pickle = b"(S'green'\ni__main__\nTea\n(dS'grams'\nI3\nsb.";
    let Value::Opaque(tea) = value(pickle) else {
        panic!("no instance")
    };
    assert_eq!(tea.args()[0], "green");
    assert_eq!(tea.attribute("grams").and_then(Value::as_i64), Some(3));
}

#[test]
fn sets_are_calls_with_a_list() {
    let set = value(b"\x80\x02c__builtin__\nset\nq\0]q\x01(K\x03K\x04e\x85q\x02Rq\x03.");
    assert_eq!(set.to_string(), "{3, 4}");
}

/// The name of the class or function that a pickle is of, or that it calls.
fn named(pickle: &[u8]) -> String {
    let global = match value(pickle) {
        Value::Opaque(called) => called.callable().clone(),
        value => value,
    };
    let Value::Global(name) = &global else {
        panic!("{global}")
    };
    let [module, name] = [name.module(), name.qualname()].map(|text| text.as_str());
    format!("{}.{}", module.unwrap(), name.unwrap())
}

#[test]
fn names_are_those_of_python_3() {
    for (pickle, name) in [
        (&b"\x80\x02c__builtin__\nxrange\n."[..], "builtins.range"),
        (b"\x80\x02c__builtin__\nreduce\n.", "functools.reduce"),
        (b"\x80\x02cwhichdb\nwhichdb\n.", "dbm.whichdb"),
        (b"c__builtin__\nunicode\n.", "builtins.str"),
        (
            b"\x80\x02cexceptions\nStandardError\n.",
            "builtins.Exception",
        ),
        (b"\x80\x02cUserDict\nUserDict\n.", "collections.UserDict"),
        (
            b"\x80\x02cUserDict\nIterableUserDict\n.",
            "collections.UserDict",
        ),
        // From protocol 3 on they are Python 3's already.
        (b"\x80\x03cUserDict\nUserDict\n.", "UserDict.UserDict"),
    ] {
        assert_eq!(named(pickle), name, "{}", pickle.escape_ascii());
    }
}

#[test]
fn names_can_be_left_as_they_are() {
    let mut unpickler = Unpickler::from_slice(b"c__builtin__\nxrange\n.")
        .with_fix_imports(false)
        .with_opaque(true);
    let value: Value = unpickler.load().unwrap();
    assert!(
        value
            .as_global()
            .is_some_and(|name| name.is("__builtin__", "xrange"))
    );
}

#[test]
fn a_range_has_its_bounds_as_arguments() {
    let pickle = b"\x80\x02c__builtin__\nxrange\nq\0K\x02K\x0bK\x03\x87q\x01Rq\x02.";
    assert_eq!(value(pickle).to_string(), "range(2, 11, 3)");
    let range: pickle::python::builtins::Range = loaded(pickle);
    assert_eq!(range.to_string(), "range(2, 11, 3)");
}

#[test]
fn a_user_dict_has_its_data_as_state() {
    let pickle = b"\x80\x02(cUserDict\nUserDict\nq\0oq\x01}q\x02U\x04dataq\x03}q\x04K\x03K\x04ssb.";
    let Value::Opaque(dict) = value(pickle) else {
        panic!("no instance")
    };
    assert_eq!(dict.attribute("data").unwrap().to_string(), "{3: 4}");
}

#[test]
fn exceptions_are_calls_of_builtins() {
    for name in [
        "ArithmeticError",
        "AssertionError",
        "AttributeError",
        "BaseException",
        "BufferError",
        "BytesWarning",
        "DeprecationWarning",
        "EOFError",
        "Exception",
        "FloatingPointError",
        "FutureWarning",
        "GeneratorExit",
        "ImportError",
        "ImportWarning",
        "IndentationError",
        "IndexError",
        "KeyError",
        "KeyboardInterrupt",
        "LookupError",
        "MemoryError",
        "NameError",
        "NotImplementedError",
        "OverflowError",
        "PendingDeprecationWarning",
        "ReferenceError",
        "RuntimeError",
        "RuntimeWarning",
        "StopIteration",
        "SyntaxError",
        "SyntaxWarning",
        "SystemError",
        "SystemExit",
        "TabError",
        "TypeError",
        "UnicodeError",
        "UnicodeWarning",
        "UserWarning",
        "ValueError",
        "Warning",
        "ZeroDivisionError",
    ] {
        let pickle = format!("\u{2}cexceptions\n{name}\nq\0)Rq\u{1}.");
        let pickle = [b"\x80", pickle.as_bytes()].concat();
        assert_eq!(named(&pickle), format!("builtins.{name}"));
    }
    let pickle =
        b"\x80\x02cexceptions\nUnicodeEncodeError\nq\0(U\x05asciiq\x01X\x03\0\0\0t\xc3\xa9\
                   q\x02K\x01K\x02U\x04highq\x03tq\x04Rq\x05.";
    let shown = "builtins.UnicodeEncodeError('ascii', 'té', 1, 2, 'high')";
    let error = value(pickle);
    assert!(shown.ends_with(&error.to_string()), "{error}");
}

// Cookie.SimpleCookie("tea=green")
#[test]
fn a_cookie_is_a_dict_with_items_of_dicts_with_items() {
    let pickle = b"\x80\x02cCookie\nSimpleCookie\nq\0)\x81q\x01U\x03teaq\x02cCookie\nMorsel\nq\x03)\
        \x81q\x04(U\x07commentq\x05U\0q\x06U\x06domainq\x07h\x06U\x06secureq\x08h\x06U\x07expires\
        q\th\x06U\x07max-ageq\nh\x06U\x07versionq\x0bh\x06U\x04pathq\x0ch\x06U\x08httponlyq\rh\x06u\
        }q\x0e(U\x0bcoded_valueq\x0fU\x05greenq\x10U\x05valueq\x11h\x10U\x03keyq\x12h\x02ubs}q\x13b.";
    let Value::Opaque(cookie) = value(pickle) else {
        panic!("no instance")
    };
    assert!(cookie.class().unwrap().is("http.cookies", "SimpleCookie"));
    let [pickle::value::Change::Pairs(items), ..] = cookie.changes() else {
        panic!("no items")
    };
    let (key, Value::Opaque(morsel)) = &items[0] else {
        panic!("no morsel")
    };
    assert_eq!(key, "tea");
    assert_eq!(morsel.attribute("value").unwrap(), "green");
}
