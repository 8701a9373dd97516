//! What a pickle of a class that is not registered says: Python's own text as the first line, then
//! what helps.

use pickle::{Error, ErrorKind, Object, Pickle};

#[derive(Pickle, Debug)]
#[pickle(module = "shop.models")]
struct Order {
    number: u32,
}

#[derive(Pickle, Debug)]
#[pickle(module = "shop.models", name = "Order.Line")]
struct Line {
    order: Order,
}

/// An instance of a class, as Python's protocol 2 writes it, without attributes.
fn instance(module: &str, name: &str) -> Vec<u8> {
    format!("c{module}\n{name}\n)\u{1}.")
        .into_bytes()
        .into_iter()
        .map(|byte| if byte == 1 { 0x81 } else { byte })
        .collect()
}

fn missing(module: &str, name: &str) -> Error {
    pickle::loads::<Object>(&instance(module, name)).unwrap_err()
}

/// As this program was started.
fn program() -> String {
    std::env::args().next().unwrap()
}

#[test]
fn main_is_the_program() {
    let error = missing("__main__", "SimpleObject");
    let text = format!(
        "Can't get attribute 'SimpleObject' on <module '__main__' from '{}'>",
        program()
    );
    assert_eq!(error.message(), text);
    assert_eq!(error.to_string().lines().next(), Some(text.as_str()));
    let debug = format!("{error:?}");
    assert_eq!(
        debug.lines().next().unwrap(),
        format!("AttributeError: {text}")
    );
    assert_eq!(error.kind(), ErrorKind::UnknownClass);
    assert_eq!(error.python_type(), "AttributeError");
}

#[test]
fn protocol_4_says_the_same() {
    let bytes = b"\x80\x04\x8c\x08__main__\x94\x8c\x0cSimpleObject\x94\x93\x94)\x81\x94.";
    let error = pickle::loads::<Object>(bytes).unwrap_err();
    assert_eq!(
        error.message(),
        missing("__main__", "SimpleObject").message()
    );
}

#[test]
fn a_module_with_registrations_lacks_the_name() {
    let error = missing("shop.models", "Odrer");
    let text = format!(
        "Can't get attribute 'Odrer' on <module 'shop.models' from '{}'>",
        file!()
    );
    assert_eq!(error.message(), text);
    assert_eq!(error.kind(), ErrorKind::UnknownClass);
    assert_eq!(error.python_type(), "AttributeError");
}

#[test]
fn a_package_of_modules_with_registrations_exists() {
    let error = missing("shop", "Order");
    assert!(
        error
            .message()
            .starts_with("Can't get attribute 'Order' on <module 'shop' from "),
        "{error}"
    );
}

#[test]
fn a_module_without_registrations_does_not_exist() {
    for module in ["shopping", "shop.model", "sho", "os"] {
        let error = missing(module, "Order");
        assert_eq!(error.message(), format!("No module named '{module}'"));
        assert_eq!(error.kind(), ErrorKind::UnknownModule);
        assert_eq!(error.python_type(), "ModuleNotFoundError");
    }
}

#[test]
fn python_2_names_are_said_in_python_3s() {
    let error = missing("__builtin__", "eval");
    assert_eq!(
        error.message(),
        "Can't get attribute 'eval' on <module 'builtins' (built-in)>"
    );
}

#[test]
fn help_names_the_nearest_registered_name() {
    for (module, name) in [
        ("shop.models", "Odrer"),
        ("shop.models", "order"),
        ("shop.model", "Order"),
        ("__main__", "Order"),
    ] {
        let text = missing(module, name).to_string();
        let nearest = "nearest registered name: shop.models.Order, for `missing_class::Order` at ";
        assert!(text.contains(nearest), "{text}");
        assert!(text.contains(file!()), "{text}");
    }
    let text = missing("shop.models", "Customer").to_string();
    assert!(!text.contains("nearest"), "{text}");
}

#[test]
fn help_has_a_registration_to_paste() {
    let text = missing("__main__", "SimpleObject").to_string();
    let paste = "#[derive(Pickle)] #[pickle(module = \"__main__\")] struct SimpleObject {";
    assert!(text.contains(paste), "{text}");

    let nested = b"\x80\x04\x8c\x0bshop.models\x8c\x0aOrder.Item\x93)\x81.";
    let text = pickle::loads::<Object>(nested).unwrap_err().to_string();
    let paste = "#[pickle(module = \"shop.models\", name = \"Order.Item\")] struct Item {";
    assert!(text.contains(paste), "{text}");
}

#[test]
fn help_says_where_in_the_data() {
    let order = b"cshop.models\nOrder\n)\x81";
    let gone = b"cshop.models\nOdrer\n)\x81";
    let cases: [(&[&[u8]], &str); 8] = [
        (&[gone], "$"),
        (&[b"](", order, gone, b"e"], "$[1]"),
        (
            &[b"}(K\x07", order, b"X\x03\0\0\0key(", gone, b"tu"],
            "$['key'][0]",
        ),
        (&[b"}K\x07", gone, b"s"], "$[7]"),
        (&[order, b"}X\x04\0\0\0note]", gone, b"asb"], "$.note[0]"),
        // Slots.
        (&[order, b"N}X\x04\0\0\0note", gone, b"s\x86b"], "$.note"),
        // What a class of lists holds; a set has no places.
        (
            &[order, b"(Nc__builtin__\nset\n(](", gone, b"etR", b"e"],
            "$[1]",
        ),
        // The class itself.
        (&[b"]", gone.strip_suffix(b")\x81").unwrap(), b"a"], "$[0]"),
    ];
    for (parts, path) in cases {
        let bytes = [&parts.concat()[..], b"."].concat();
        let offset = bytes.windows(5).position(|window| window == b"Odrer");
        let offset = offset.unwrap() - b"cshop.models\n".len();
        for error in [
            pickle::loads::<Object>(&bytes).unwrap_err(),
            pickle::loads::<Vec<Object>>(&bytes).unwrap_err(),
            pickle::load::<Order>(&bytes[..]).unwrap_err(),
        ] {
            assert_eq!(error.path(), path, "{error}");
            assert_eq!(error.offset(), Some(offset as u64), "{error}");
            let place = match path {
                "$" => format!("\n  at byte {offset}\n"),
                _ => format!("\n  in {path}, at byte {offset}\n"),
            };
            assert!(error.to_string().contains(&place), "{error}");
        }
    }
}

#[test]
fn many_missing_classes_are_no_more_work_than_others() {
    let mut bytes = b"cgone\nC\n0".repeat(300_000);
    for nth in 0..100_000 {
        bytes.extend(format!("cgone\nC{nth}\n0").bytes());
    }
    bytes.extend(b"N.");
    let error = pickle::loads::<()>(&bytes).unwrap_err();
    assert_eq!(error.message(), "No module named 'gone'");
    let text = error.to_string();
    assert!(text.contains("gone.C0, gone.C1, ") && text.len() < 2000);

    // Nor is the place looked for among any number of objects.
    let mut bytes = b"](".to_vec();
    bytes.extend(b"]".repeat(300_000));
    bytes.extend(b"cgone\nC\n)\x81e.");
    assert_eq!(pickle::loads::<()>(&bytes).unwrap_err().path(), "$");
}

#[test]
fn all_missing_classes_are_named_at_once() {
    let bytes = b"](ca\nA\n)\x81cb\nB\n)\x81cshop.models\nOrder\n)\x81ca\nA\n)\x81e.";
    let error = pickle::loads::<Vec<Object>>(bytes).unwrap_err();
    assert_eq!(error.message(), "No module named 'a'");
    let text = error.to_string();
    assert!(text.contains("not registered either: b.B"), "{text}");
    assert_eq!(text.matches("b.B").count(), 1, "{text}");
    for registration in [
        r#"#[derive(Pickle)] #[pickle(module = "a")] struct A { … }"#,
        r#"#[derive(Pickle)] #[pickle(module = "b")] struct B { … }"#,
    ] {
        assert!(text.contains(registration), "{text}");
    }
}

#[test]
fn a_class_that_the_target_does_not_ask_for_is_missing_all_the_same() {
    // Python imports what it reads, wanted or not.
    let bytes =
        b"cshop.models\nOrder\n)\x81}(X\x06\0\0\0numberK\x07X\x05\0\0\0extracgone\nGone\n)\x81ub.";
    let error = pickle::loads::<Order>(bytes).unwrap_err();
    assert_eq!(error.message(), "No module named 'gone'");
}

#[test]
fn names_are_quoted_as_python_quotes_them() {
    assert_eq!(missing("it's", "C").message(), "No module named \"it's\"");
    assert_eq!(
        missing("tmod\r", "C").message(),
        "No module named 'tmod\\r'"
    );
    assert!(
        missing("__main__", "f.<locals>.C")
            .message()
            .starts_with("Can't get attribute 'f.<locals>.C' on <module '__main__' from ")
    );
}

#[test]
fn another_registered_class_than_asked_for_is_a_mismatch() {
    let error = pickle::loads::<Line>(&instance("shop.models", "Order")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    assert_eq!(error.python_type(), "TypeError");
    assert_eq!(
        error.message(),
        "expected shop.models.Order.Line, found shop.models.Order"
    );
}

#[test]
fn an_attribute_that_is_missing_is_said_in_pythons_words() {
    let error = pickle::loads::<Order>(&instance("shop.models", "Order")).unwrap_err();
    assert_eq!(error.message(), "'Order' object has no attribute 'number'");
    assert_eq!(error.kind(), ErrorKind::MissingAttribute);
    assert_eq!(error.python_type(), "AttributeError");

    let bytes = b"\x80\x04\x8c\x0bshop.models\x94\x8c\x0aOrder.Line\x93)\x81}\x8c\x05order\
        h\0\x8c\x05Order\x93)\x81sb.";
    let error = pickle::loads::<Line>(bytes).unwrap_err();
    assert_eq!(error.message(), "'Order' object has no attribute 'number'");
    assert_eq!(error.path(), "$.order");
}

/// A pickle's reader says whether there was none or half of one, from bytes and from a reader.
#[test]
fn the_end_of_the_input_is_told_from_a_truncated_pickle() {
    let fail = |bytes: &[u8]| {
        let slice = pickle::loads::<i64>(bytes).unwrap_err();
        let reader = pickle::load::<i64>(bytes).unwrap_err();
        assert_eq!(slice.message(), reader.message(), "{bytes:?}");
        assert_eq!(slice.kind(), reader.kind(), "{bytes:?}");
        slice
    };
    // Between two opcodes: Python's EOFError.
    for bytes in [&b""[..], b"\x80\x04", b"K\x01", b"I1\n"] {
        let error = fail(bytes);
        assert_eq!(error.message(), "Ran out of input");
        assert_eq!(error.kind(), ErrorKind::EndOfInput);
        assert_eq!(error.python_type(), "EOFError");
        assert!(error.is_eof());
    }
    // Inside an opcode's argument, inside a frame.
    for bytes in [
        &b"\x80"[..],
        b"K",
        b"I1",
        b"\x80\x04\x95\x05",
        b"\x80\x04\x95\x05\0\0\0\0\0\0\0K\x01",
        b"\x8a\x05\x01",
    ] {
        let error = fail(bytes);
        assert_eq!(error.message(), "pickle data was truncated", "{bytes:?}");
        assert_eq!(error.kind(), ErrorKind::Truncated, "{bytes:?}");
        assert_eq!(error.python_type(), "UnpicklingError");
        assert!(!error.is_eof());
    }
}
