//! The chapter's data, byte for byte what CPython writes. Needs no Python: the bytes are in
//! `golden/table.rs`, `golden/generate.py` beside it makes them.

#[rustfmt::skip]
#[path = "golden/table.rs"]
mod table;

use pickle::{Object, Pickle, Pickler, Protocol, Value, value};

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "__main__")]
struct SimpleObject {
    name: String,
    name_backwards: String,
}

impl SimpleObject {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            name_backwards: name.chars().rev().collect(),
        }
    }

    fn all() -> Vec<Self> {
        ["pickle", "preserve", "last"].map(Self::new).into()
    }
}

fn dumps<T: Pickle + ?Sized>(value: &T, protocol: Protocol) -> Vec<u8> {
    let mut bytes = Vec::new();
    Pickler::new(&mut bytes)
        .with_protocol(protocol)
        .dump(value)
        .unwrap();
    bytes
}

/// Shows where two pickles part, not two walls of numbers.
#[track_caller]
fn assert_bytes(written: &[u8], expected: &[u8], protocol: Protocol) {
    assert_eq!(
        written.escape_ascii().to_string(),
        expected.escape_ascii().to_string(),
        "protocol {}",
        u8::from(protocol)
    );
}

#[test]
fn data_is_written_as_cpython_writes_it() {
    let data = value!([{"a": "A", "b": 2, "c": 3.0}]);
    for (protocol, expected) in Protocol::ALL.into_iter().zip(table::DATA) {
        assert_bytes(&dumps(&data, protocol), expected, protocol);
        assert_eq!(pickle::loads::<Value>(expected).unwrap(), data);
    }
}

#[test]
fn objects_are_written_as_cpython_writes_them() {
    for (name, table) in [
        ("pickle", table::PICKLE),
        ("preserve", table::PRESERVE),
        ("last", table::LAST),
    ] {
        let object = SimpleObject::new(name);
        for (protocol, expected) in Protocol::ALL.into_iter().zip(table) {
            assert_bytes(&dumps(&object, protocol), expected, protocol);
            assert_eq!(pickle::loads::<SimpleObject>(expected).unwrap(), object);

            // As an instance of any class it is written to the same bytes.
            let any: Object = pickle::loads(expected).unwrap();
            assert_bytes(&dumps(&any, protocol), expected, protocol);
        }
    }
}

#[test]
fn a_list_of_objects_shares_what_cpython_shares() {
    let objects = SimpleObject::all();
    for (protocol, expected) in Protocol::ALL.into_iter().zip(table::LIST) {
        assert_bytes(&dumps(&objects, protocol), expected, protocol);
        assert_eq!(
            pickle::loads::<Vec<SimpleObject>>(expected).unwrap(),
            objects
        );
    }
}

#[test]
fn a_stream_is_written_and_read_to_its_end() {
    let objects = SimpleObject::all();
    for (protocol, expected) in Protocol::ALL.into_iter().zip(table::STREAM) {
        let mut written = Vec::new();
        for object in &objects {
            Pickler::new(&mut written)
                .with_protocol(protocol)
                .dump(object)
                .unwrap();
        }
        assert_bytes(&written, expected, protocol);

        let mut reader = expected;
        for object in &objects {
            assert_eq!(pickle::load::<SimpleObject>(&mut reader).unwrap(), *object);
        }
        assert!(
            pickle::load::<SimpleObject>(&mut reader)
                .unwrap_err()
                .is_eof()
        );
    }
}

#[test]
fn a_pickler_remembers_what_it_has_written() {
    let objects = SimpleObject::all();
    for (protocol, expected) in Protocol::ALL.into_iter().zip(table::PICKLER) {
        let mut written = Vec::new();
        let mut pickler = Pickler::new(&mut written).with_protocol(protocol);
        for object in &objects {
            pickler.dump(object).unwrap();
        }
        drop(pickler);
        assert_bytes(&written, expected, protocol);
    }
}

#[test]
fn the_default_is_protocol_4() {
    let object = SimpleObject::new("pickle");
    assert_eq!(Protocol::default(), Protocol::V4);
    assert_bytes(
        &pickle::dumps(&object).unwrap(),
        table::PICKLE[4],
        Protocol::V4,
    );
    let mut written = Vec::new();
    pickle::dump(&object, &mut written).unwrap();
    assert_bytes(&written, table::PICKLE[4], Protocol::V4);
}
