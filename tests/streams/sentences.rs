//! Sentences that no dump of ours gives, written by hand: owners and names where they are unusual.

use std::collections::BTreeMap;
use std::rc::Rc;

use pickle::{Pickle, Unpickle};

use super::targets::{Bag, Empty, Label, Owner, Owners, Point, compare};

/// An opcode, or text that is put into the memo.
#[derive(Clone, Copy)]
enum Part<'a> {
    Opcodes(&'a [u8]),
    Text(&'a str),
    Bytes(&'a [u8]),
    Frame,
}

use Part::{Bytes, Frame, Opcodes, Text};

/// A pickle of protocol 4 out of its parts.
fn sentence(parts: &[Part<'_>]) -> Vec<u8> {
    let mut bytes = b"\x80\x04".to_vec();
    for part in parts {
        match part {
            Opcodes(opcodes) => bytes.extend_from_slice(opcodes),
            Text(text) => put(&mut bytes, text.as_bytes()),
            Bytes(text) => put(&mut bytes, text),
            Frame => bytes.extend_from_slice(b"\x95\0\0\0\0\0\0\0\0"),
        }
    }
    bytes
}

fn put(bytes: &mut Vec<u8>, text: &[u8]) {
    bytes.extend_from_slice(&[0x8c, text.len() as u8]);
    bytes.extend_from_slice(text);
    bytes.push(0x94);
}

/// Reads a pickle both ways; whether it could be read in one pass.
#[track_caller]
fn same<T: for<'de> Unpickle<'de> + std::fmt::Debug>(parts: &[Part<'_>]) -> bool {
    compare::<T>(&sentence(parts)).unwrap_or_else(|difference| panic!("{difference}"))
}

/// What makes an instance of `Empty`, with the name of its class.
const EMPTY: [Part<'_>; 3] = [
    Text("streams"),
    Text("Empty"),
    Opcodes(b"\x93\x94)\x81\x94"),
];

#[test]
fn frames_may_stand_before_everything() {
    let sentences: [&[Part<'_>]; 6] = [
        &[Text("a"), Opcodes(b"h\0\x86\x94.")],
        &[Opcodes(b"h\0.")],
        &[Opcodes(b"]\x94(K\x01K\x02M\0\x01J\0\0\0\0N\x88e.")],
        &[EMPTY[0], EMPTY[1], EMPTY[2], Opcodes(b"h\x03\x86\x94.")],
        &[
            Opcodes(b"]\x94("),
            EMPTY[0],
            EMPTY[1],
            EMPTY[2],
            Opcodes(b"h\x02)\x81\x94h\x05e."),
        ],
        &[
            Opcodes(b"}\x94("),
            Text("x"),
            Opcodes(b"K\x01"),
            Text("y"),
            Opcodes(b"K\x02u."),
        ],
    ];
    for parts in sentences {
        let bytes = sentence(parts);
        // A frame, or two, at every place, be it inside of an opcode or between two.
        for at in 2..=bytes.len() {
            for frames in 1..=2 {
                let mut bytes = bytes.clone();
                let frame = sentence(&[Frame]).split_off(2).repeat(frames);
                bytes.splice(at..at, frame);
                super::same(&bytes);
            }
        }
    }
    assert!(same::<(Owner<String>, Owner<String>)>(&[
        Frame,
        Frame,
        Text("a"),
        Frame,
        Opcodes(b"h\0"),
        Frame,
        Opcodes(b"\x86"),
        Frame,
        Opcodes(b"\x94"),
        Frame,
        Opcodes(b"."),
    ]));
}

#[test]
fn owners_behind_frames_are_the_same_ones() {
    assert!(same::<(Owner<String>, Owner<String>)>(&[
        Text("a"),
        Frame,
        Opcodes(b"h\0\x86\x94."),
    ]));
    assert!(same::<(Owner<Empty>, Owner<Empty>)>(&[
        EMPTY[0],
        EMPTY[1],
        EMPTY[2],
        Frame,
        Opcodes(b"h\x03\x86\x94."),
    ]));
    assert!(same::<BTreeMap<String, Owner<Vec<i64>>>>(&[
        Opcodes(b"}\x94("),
        Text("a"),
        Opcodes(b"]\x94"),
        Text("b"),
        Frame,
        Opcodes(b"h\x02u."),
    ]));
}

#[test]
fn the_name_of_a_module_is_no_instance() {
    // Two instances, whose class is named each time; then the name of the module.
    let two = [
        &[Opcodes(b"]\x94(")],
        &EMPTY[..],
        &[Opcodes(b"h\x01h\x02\x93\x94)\x81\x94")],
    ]
    .concat();
    for (fetched, streams) in [
        (1, false),
        (2, false),
        (3, false),
        (4, true),
        (5, false),
        (6, true),
    ] {
        let get = [b'h', fetched, b'e', b'.'];
        let parts = [&two[..], &[Opcodes(&get)]].concat();
        assert_eq!(same::<Owners<Empty>>(&parts), streams, "{fetched}");
        assert_eq!(same::<Vec<Owner<Empty>>>(&parts), streams, "{fetched}");
        assert_eq!(
            same::<Vec<Owner<Owner<Empty>>>>(&parts),
            streams,
            "{fetched}"
        );
    }
}

#[test]
fn what_is_unusual_of_names_in_dicts() {
    let key = |key| {
        [
            Opcodes(b"}\x94("),
            Text("x"),
            Opcodes(b"K\x01"),
            Bytes(key),
            Opcodes(b"K\x02u."),
        ]
    };
    assert!(same::<Point>(&key(b"unknown")));
    // A lone surrogate, which Rust's strings do not hold.
    same::<Point>(&key(b"\xed\xa0\x80"));
    same::<Bag>(&key(b"\xed\xa0\x80"));
    same::<Point>(&key(b"\xff"));
    same::<Bag>(&key(b"\xff"));
    same::<BTreeMap<Label, i64>>(&key(b"\xed\xa0\x80"));
}

/// Generic types of one name, whose fields come in another order.
#[derive(Debug, Pickle)]
#[pickle(module = "streams", name = "Generic")]
struct There<T> {
    a: T,
    b: i64,
}

/// See [`There`].
#[derive(Debug, Pickle)]
#[pickle(module = "streams", name = "Generic")]
struct Back<T> {
    b: T,
    a: i64,
}

#[test]
fn one_class_may_be_asked_for_as_several_types() {
    let one = || There { a: 1, b: 2 };
    let values = vec![(one(), one()), (one(), one()), (one(), one())];
    let bytes = pickle::dumps(&values).unwrap();
    let read = compare::<Vec<(There<i64>, Back<i64>)>>(&bytes);
    read.unwrap_or_else(|difference| panic!("{difference}"));
    for (there, back) in pickle::loads::<Vec<(There<i64>, Back<i64>)>>(&bytes).unwrap() {
        assert_eq!((there.a, there.b), (1, 2));
        assert_eq!((back.a, back.b), (1, 2));
    }
    let inside = || There { a: one(), b: 3 };
    let bytes = pickle::dumps(&vec![inside(), inside()]).unwrap();
    for outer in pickle::loads::<Vec<There<Back<i64>>>>(&bytes).unwrap() {
        assert_eq!((outer.a.a, outer.a.b, outer.b), (1, 2, 3));
    }
    let value = Rc::new(one());
    let bytes = pickle::dumps(&(value.clone(), value)).unwrap();
    let read = compare::<(Rc<There<i64>>, Rc<Back<i64>>)>(&bytes);
    assert_eq!(read, Ok(false));
    let (there, back) = pickle::loads::<(Rc<There<i64>>, Rc<Back<i64>>)>(&bytes).unwrap();
    assert_eq!((there.a, there.b, back.a, back.b), (1, 2, 1, 2));
}
