//! Names of classes, and what they mean.

use pickle::{Class, Error, Global, Instance, Registry, Unpickler, Value};

use crate::assert_raised;

macro_rules! classes {
    ($($type:ident = $class:expr;)*) => {
        $(struct $type;

        impl Instance for $type {
            const CLASS: &'static Class = &$class;
        })*
    };
}

classes! {
    Log = Class::new::<Log>("math", "log").with_extension(7);
    Nested = Class::new::<Nested>("math", "log.base");
    NotAscii = Class::new::<NotAscii>("mödule", "glöbal");
    Join = Class::new::<Join>("os.path", "join").with_aliases(&[Global::new("posixpath", "join")]);
}

fn load(pickle: &[u8]) -> Result<String, Error> {
    let mut registry = Registry::new();
    registry
        .register::<Log>()
        .register::<Nested>()
        .register::<NotAscii>()
        .register::<Join>();
    let mut unpickler = Unpickler::from_slice(pickle).with_registry(registry);
    unpickler.load::<Value>().map(named)
}

/// The name that a class or function came to have.
fn named(value: Value) -> String {
    match &value {
        Value::Global(global) => {
            let [module, name] = [global.module(), global.qualname()].map(|text| text.as_str());
            format!("{} {}", module.unwrap(), name.unwrap())
        }
        _ => panic!("{value} is no class or function"),
    }
}

#[test]
fn registered_names_are_found() {
    for (pickle, shown) in [
        (&b"cbuiltins\nstr\n."[..], "builtins str"),
        (b"\x8c\x08builtins\x8c\x03str\x93.", "builtins str"),
        (b"cmath\nlog\n.", "math log"),
        (b"\x8c\x04math\x8c\x03log\x93.", "math log"),
        (b"cos.path\njoin\n.", "os.path join"),
        (b"\x8c\x07os.path\x8c\x04join\x93.", "os.path join"),
        (b"\x80\x04cmath\nlog.base\n.", "math log.base"),
        (
            b"\x80\x04\x8c\x04math\x8c\x08log.base\x93.",
            "math log.base",
        ),
        (b"cm\xc3\xb6dule\ngl\xc3\xb6bal\n.", "mödule glöbal"),
        (
            b"\x80\x04\x8c\x07m\xc3\xb6dule\x8c\x07gl\xc3\xb6bal\x93.",
            "mödule glöbal",
        ),
        (b"\x80\x02\x82\x07.", "math log"),
    ] {
        let shown_here = load(pickle).unwrap();
        assert_eq!(shown_here, shown, "{}", pickle.escape_ascii());
    }
}

#[test]
fn names_that_are_not_registered_are_refused_in_pythons_words() {
    for (pickle, python_type, text) in [
        (
            &b"cmath\nspam\n."[..],
            "AttributeError",
            "Can't get attribute 'spam' on <module 'math'",
        ),
        (
            b"\x80\x04cmath\nspam\n.",
            "AttributeError",
            "Can't get attribute 'spam' on",
        ),
        (
            b"cmath\nlog.spam\n.",
            "AttributeError",
            "Can't get attribute 'log.spam' on",
        ),
        (
            b"\x80\x04cmath\nlog.spam\n.",
            "AttributeError",
            "Can't get attribute 'log.spam' on",
        ),
        // Below protocol 4 dots lead nowhere.
        (
            b"cmath\nlog.base\n.",
            "AttributeError",
            "Can't get attribute 'log.base' on",
        ),
        (
            b"cmath\nlog.<locals>.spam\n.",
            "AttributeError",
            "Can't get attribute 'log.<locals>",
        ),
        (
            b"\x80\x04cmath\nlog.<locals>.spam\n.",
            "AttributeError",
            "Can't get local attribute 'log.<locals>.spam' on <module 'math'",
        ),
        (
            b"\x8c\x04math\x8c\0\x93.",
            "AttributeError",
            "Can't get attribute '' on",
        ),
        (
            b"\x80\x04\x8c\x04math\x8c\0\x93.",
            "AttributeError",
            "Can't get attribute '' on",
        ),
        (
            b"cspam\nlog\n.",
            "ModuleNotFoundError",
            "No module named 'spam'",
        ),
        (b"\x8c\0\x8c\x03log\x93.", "ValueError", "Empty module name"),
    ] {
        let error = load(pickle).unwrap_err();
        let shown = format!("{}: {error:?}", pickle.escape_ascii());
        assert_eq!(error.python_type(), python_type, "{shown}");
        assert!(error.message().starts_with(text), "{shown}");
    }
}

#[test]
fn names_are_lines_of_utf_8() {
    assert_raised(
        "UnicodeDecodeError",
        &[
            b"c\xff\nlog\n.",
            b"cmath\n\xff\n.",
            b"\x8c\x01\xff\x8c\x03log\x93.",
            b"\x8c\x04math\x8c\x01\xff\x93.",
        ],
    );
    for pickle in [&b"c\nlog\n."[..], b"cmath\n\n.", b"\x80\x04cmath\n\n."] {
        assert_eq!(
            load(pickle).unwrap_err().message(),
            "pickle data was truncated"
        );
    }
}

#[test]
fn stack_global_needs_text() {
    for pickle in [
        &b"N\x8c\x03log\x93."[..],
        b"\x8c\x04mathN\x93.",
        b"\x80\x04\x8c\x04mathN\x93.",
    ] {
        let error = load(pickle).unwrap_err();
        assert_eq!(error.message(), "STACK_GLOBAL requires str");
        assert_eq!(error.python_type(), "UnpicklingError");
    }
}

#[test]
fn python_2_names_are_replaced_unless_told_otherwise() {
    let mut replaced = Unpickler::from_slice(b"c__builtin__\nunicode\n.");
    assert_eq!(named(replaced.load().unwrap()), "builtins str");
    let mut kept = Unpickler::from_slice(b"c__builtin__\nunicode\n.").with_fix_imports(false);
    let error = kept.load::<Value>().unwrap_err();
    assert_eq!(error.message(), "No module named '__builtin__'");
}

#[test]
fn a_registry_says_what_names_mean() {
    assert_eq!(load(b"cposixpath\njoin\n.").unwrap(), "posixpath join");
    let mut nothing = Unpickler::from_slice(b"cmath\nlog\n.").with_registry(Registry::new());
    let error = nothing.load::<Value>().unwrap_err();
    assert_eq!(error.message(), "No module named 'math'");
}

#[test]
fn extension_codes_are_positive_and_registered() {
    for (pickle, code) in [
        (&b"\x82\x01."[..], 1),
        (b"\x82\xff.", 0xff),
        (b"\x83\x01\0.", 1),
        (b"\x83\xff\xff.", 0xffff),
        (b"\x84\x01\0\0\0.", 1),
        (b"\x84\xff\xff\xff\x7f.", 0x7fff_ffff),
    ] {
        let error = load(pickle).unwrap_err();
        assert_eq!(error.python_type(), "ValueError");
        let text = format!("unregistered extension code {code}");
        assert_eq!(error.message(), text);
    }
    for pickle in [
        &b"\x82\0."[..],
        b"\x83\0\0.",
        b"\x84\0\0\0\0.",
        b"\x84\0\0\0\x80.",
        b"\x84\xff\xff\xff\xff.",
    ] {
        let error = load(pickle).unwrap_err();
        assert_eq!(error.python_type(), "UnpicklingError");
        assert_eq!(error.message(), "EXT specifies code <= 0");
    }
}
