//! This program's package depends on the crate `shop`, but nothing here names it: the linker
//! leaves it out, and its classes are missing.

use pickle::{ErrorKind, Object, Registry};

const ORDER: &[u8] =
    b"\x80\x04\x8c\x04shop\x8c\x05Order\x93)\x81}(\x8c\x06numberK\x07\x8c\x05lines]ub.";

#[test]
fn a_crate_that_is_not_named_registers_nothing() {
    let registered = |module| {
        let mut classes = Registry::global().classes();
        classes.any(|class| class.module() == module)
    };
    assert!(!registered("shop") && !registered("shop.models"));
    // `pickle::multiprocessing` brings classes of its own.
    let anything = Registry::global().classes().next().is_some();
    assert_eq!(anything, cfg!(feature = "multiprocessing"));
}

#[test]
fn the_error_says_so() {
    let error = pickle::loads::<Object>(ORDER).unwrap_err();
    assert_eq!(error.message(), "No module named 'shop'");
    assert_eq!(error.kind(), ErrorKind::UnknownModule);
    assert_eq!(error.python_type(), "ModuleNotFoundError");

    let text = error.to_string();
    let nothing = "no class is registered at all";
    assert_eq!(
        text.contains(nothing),
        !cfg!(feature = "multiprocessing"),
        "{text}"
    );
    for help in [
        "#[pickle(module = \"shop\")] struct Order {",
        "`use that_crate as _;`",
    ] {
        assert!(text.contains(help), "no {help:?} in: {text}");
    }
}
