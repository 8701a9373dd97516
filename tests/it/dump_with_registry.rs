//! Dumping with a registry of one's own: what may be written, and by which name.

use pickle::{ErrorKind, Global, Instance, Pickle, Pickler, Protocol, Registry};

#[derive(Pickle)]
#[pickle(module = "kitchen.models")]
struct Tea {
    cups: u8,
}

/// Made by a call, which writes its class another way.
#[derive(Pickle)]
#[pickle(module = "kitchen.models", newargs)]
struct Pot(u8);

#[derive(Pickle)]
#[pickle(module = "kitchen.models")]
enum Size {
    #[pickle(value = 1)]
    Small,
}

fn dumped<T: Pickle>(value: &T, registry: &Registry, protocol: Protocol) -> pickle::Result<String> {
    let mut pickler = Pickler::new(Vec::new())
        .with_protocol(protocol)
        .with_registry(registry.clone());
    pickler.dump(value)?;
    Ok(pickler.into_inner().escape_ascii().to_string())
}

#[test]
fn only_what_the_registry_has() {
    let registry = Registry::only::<(Tea,)>();
    for protocol in Protocol::ALL {
        assert!(dumped(&Tea { cups: 2 }, &registry, protocol).is_ok());
        for error in [
            dumped(&vec![Pot(1)], &registry, protocol).unwrap_err(),
            dumped(&vec![Size::Small], &registry, protocol).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Unpicklable);
            assert_eq!(error.path(), "$[0]");
        }
        // Protocols 0 and 1 have another reason to refuse a `Pot`.
        let error = dumped(&Size::Small, &registry, protocol).unwrap_err();
        assert_eq!(
            error.message(),
            "Can't pickle <class 'kitchen.models.Size'>: attribute lookup Size on kitchen.models failed"
        );
        assert_eq!(error.python_type(), "PicklingError");
    }
}

#[test]
fn by_the_name_that_the_class_has_there() {
    // As a script of CPython 3.13 that has the classes in `__main__` pickles them.
    let mut registry = Registry::new();
    registry.register_class_as(Global::new("__main__", "Tea"), Tea::CLASS);
    registry.register_class_as(Global::new("__main__", "Pot"), Pot::CLASS);
    registry.register_class_as(Global::new("__main__", "Size"), Size::CLASS);
    let value = (Tea { cups: 2 }, Tea { cups: 3 }, Pot(1), Size::Small);
    assert_eq!(
        dumped(&value, &registry, Protocol::V2).unwrap(),
        b"\x80\x02(c__main__\nTea\nq\x00)\x81q\x01}q\x02X\x04\x00\x00\x00cupsq\x03K\x02sbh\x00)\x81q\x04\
          }q\x05h\x03K\x03sbc__main__\nPot\nq\x06K\x01\x85q\x07\x81q\x08c__main__\nSize\nq\tK\x01\x85q\n\
          Rq\x0btq\x0c."
            .escape_ascii()
            .to_string()
    );
    // Its own name comes first where that means the class, too.
    registry.register::<Tea>();
    let own = dumped(&Tea { cups: 2 }, &registry, Protocol::V0).unwrap();
    assert!(own.contains(r"kitchen.models\nTea\n"), "{own}");
}

#[test]
fn a_name_that_means_another_type_is_not_written() {
    let mut registry = Registry::new();
    registry.register_class_as(Tea::CLASS.global(), Pot::CLASS);
    assert!(dumped(&Tea { cups: 2 }, &registry, Protocol::V4).is_err());
}
