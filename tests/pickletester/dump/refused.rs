//! What must not be dumped.

use pickle::{Buffer, Encoder, Error, Global, NoArgs, Pickle, Pickler, Protocol};
use std::collections::BTreeMap;

use super::{dumps, writes};

const F: Global = Global::new("m", "f");

fn refused(protocol: Protocol, write: impl Fn(&mut Encoder<'_>) -> pickle::Result<()>) -> Error {
    match dumps(&writes(write), protocol) {
        Ok(bytes) => panic!("{protocol:?}: {} is written", bytes.escape_ascii()),
        Err(error) => error,
    }
}

#[test]
fn what_is_called_must_be_callable() {
    for protocol in Protocol::ALL {
        for error in [
            refused(protocol, |encoder| encoder.reduce(&1, &NoArgs)?.end()),
            refused(protocol, |encoder| encoder.new_object("C", &NoArgs)?.end()),
            refused(protocol, |encoder| {
                let kwargs = BTreeMap::from([("k", 1)]);
                encoder.new_object_ex(&vec![1], &NoArgs, &kwargs)?.end()
            }),
        ] {
            assert_eq!(error.python_type(), "PicklingError", "{error:?}");
        }
    }
}

#[test]
fn arguments_are_a_tuple_and_a_dict() {
    let none = BTreeMap::<String, i64>::new();
    for protocol in Protocol::ALL {
        for error in [
            refused(protocol, |encoder| encoder.reduce(&F, &vec![1])?.end()),
            refused(protocol, |encoder| encoder.reduce(&F, &())?.end()),
            refused(protocol, |encoder| encoder.new_object(&F, &vec![1])?.end()),
            refused(protocol, |encoder| encoder.new_object(&F, "args")?.end()),
            refused(protocol, |encoder| {
                encoder.new_object_ex(&F, &vec![1], &none)?.end()
            }),
            refused(protocol, |encoder| {
                encoder.new_object_ex(&F, &NoArgs, &vec![("k", 1)])?.end()
            }),
        ] {
            assert_eq!(error.python_type(), "PicklingError", "{error:?}");
        }
    }
}

#[test]
fn a_state_setter_must_be_callable() {
    for protocol in Protocol::ALL {
        refused(protocol, |encoder| {
            let mut object = encoder.reduce(&F, &NoArgs)?;
            object.state_by(&1, &2)?;
            object.end()
        });
    }
}

#[test]
fn as_many_items_as_announced() {
    for protocol in Protocol::ALL {
        for announced in [0, 2] {
            refused(protocol, |encoder| {
                let mut object = encoder.reduce(&F, &NoArgs)?;
                let mut items = object.items(announced)?;
                items.item(&1)?;
                items.end()?;
                object.end()
            });
            refused(protocol, |encoder| {
                let mut object = encoder.reduce(&F, &NoArgs)?;
                let mut pairs = object.pairs(announced)?;
                pairs.entry(&1, &1)?;
                pairs.end()?;
                object.end()
            });
        }
    }
}

/// What cannot be dumped.
struct Bad;

impl Pickle for Bad {
    fn pickle(&self, _: &mut Encoder<'_>) -> pickle::Result<()> {
        Err(Error::custom("bad"))
    }
}

#[test]
fn errors_of_any_part_are_passed_on() {
    type Write = fn(&mut Encoder<'_>) -> pickle::Result<()>;
    let cases: &[(&str, Write)] = &[
        ("$", |encoder| encoder.reduce(&Bad, &NoArgs)?.end()),
        ("$.args[1]", |encoder| encoder.reduce(&F, &(1, Bad))?.end()),
        ("$", |encoder| encoder.new_object(&Bad, &NoArgs)?.end()),
        ("$.args[0]", |encoder| {
            encoder.new_object(&F, &(Bad,))?.end()
        }),
        ("$", |encoder| {
            let kwargs = BTreeMap::from([("k", 1)]);
            encoder.new_object_ex(&Bad, &NoArgs, &kwargs)?.end()
        }),
        ("$.args[0]", |encoder| {
            let kwargs = BTreeMap::from([("k", 1)]);
            encoder.new_object_ex(&F, &(Bad,), &kwargs)?.end()
        }),
        ("$['k']", |encoder| {
            let kwargs = BTreeMap::from([("k", Bad)]);
            encoder.new_object_ex(&F, &NoArgs, &kwargs)?.end()
        }),
        ("$.__dict__", |encoder| {
            let mut object = encoder.reduce(&F, &NoArgs)?;
            object.state(&Bad)?;
            object.end()
        }),
        ("$", |encoder| {
            let mut object = encoder.reduce(&F, &NoArgs)?;
            object.state_by(&Bad, &1)?;
            object.end()
        }),
        ("$.__dict__", |encoder| {
            let mut object = encoder.reduce(&F, &NoArgs)?;
            object.state_by(&F, &Bad)?;
            object.end()
        }),
        ("$[0]", |encoder| {
            let mut object = encoder.reduce(&F, &NoArgs)?;
            let mut items = object.items(1)?;
            items.item(&Bad)?;
            items.end()?;
            object.end()
        }),
        ("$['k']", |encoder| {
            let mut object = encoder.reduce(&F, &NoArgs)?;
            let mut pairs = object.pairs(1)?;
            pairs.entry("k", &Bad)?;
            pairs.end()?;
            object.end()
        }),
        ("$[0]", |encoder| vec![Bad].pickle(encoder)),
        ("$[1]", |encoder| (1, Bad).pickle(encoder)),
        ("$[2]['k']", |encoder| {
            (1, 2, BTreeMap::from([("k", Bad)])).pickle(encoder)
        }),
        ("$", |encoder| {
            let mut set = encoder.set(1)?;
            set.item(&Bad)?;
            set.end()
        }),
        ("$", |encoder| {
            let mut set = encoder.frozenset(1)?;
            set.item(&Bad)?;
            set.end()
        }),
    ];
    for protocol in Protocol::ALL {
        for (path, write) in cases {
            let error = refused(protocol, write);
            assert_eq!(error.message(), "bad");
            assert_eq!(error.path(), *path, "{protocol:?}");
        }
    }
}

#[test]
fn names_that_a_protocol_cannot_write() {
    for (protocol, module, name, message) in [
        (
            Protocol::V0,
            "m",
            "Café",
            "can't pickle global identifier 'Café' using pickle protocol 0",
        ),
        (
            Protocol::V2,
            "m",
            "Café",
            "can't pickle global identifier 'Café' using pickle protocol 2",
        ),
        (
            Protocol::V1,
            "möd",
            "C",
            "can't pickle module identifier 'möd' using pickle protocol 1",
        ),
    ] {
        let error = refused(protocol, |encoder| encoder.global_named(module, name));
        assert_eq!(error.python_type(), "PicklingError");
        assert_eq!(error.message(), message);
        let written = dumps(
            &writes(|encoder| encoder.global_named(module, name)),
            Protocol::V3,
        );
        assert!(written.is_ok());
    }
}

#[test]
fn names_inside_of_functions() {
    for protocol in Protocol::ALL {
        let error = refused(protocol, |encoder| {
            encoder.global_named("m", "outer.<locals>.Inner")
        });
        assert_eq!(error.python_type(), "AttributeError");
        assert_eq!(
            error.message(),
            "Can't get local object 'outer.<locals>.Inner'"
        );
    }
}

#[test]
fn buffers() {
    for protocol in &Protocol::ALL[..5] {
        let error = refused(*protocol, |encoder| Buffer::new(&b"x"[..]).pickle(encoder));
        assert_eq!(error.python_type(), "PicklingError");
    }
    let mut pickler = Pickler::new(Vec::new())
        .with_protocol(Protocol::V5)
        .with_buffer_callback(|_| Err(Error::custom("no room")));
    let error = pickler.dump(&Buffer::new(&b"x"[..])).unwrap_err();
    assert_eq!(error.message(), "no room");
}

#[test]
fn extension_codes_out_of_range() {
    for code in [0, 1 << 31, u32::MAX] {
        let error = refused(Protocol::V2, |encoder| encoder.extension(code));
        assert_eq!(error.python_type(), "RuntimeError");
        assert_eq!(
            error.message(),
            format!("extension code {code} is out of range")
        );
    }
}
