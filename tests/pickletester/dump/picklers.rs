//! One pickler for several dumps, and what it may do otherwise.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pickle::{Encoder, Error, ErrorKind, Global, NoArgs, Persistent, Pickle, Pickler, Protocol};
use pickle::{Value, value};

use super::{dumps, writes};

/// What the pickler writes for a value, behind what it has written before.
fn dumped(pickler: &mut Pickler<Vec<u8>>, value: &dyn Pickle) -> Vec<u8> {
    pickler.get_mut().clear();
    pickler.dump(value).unwrap();
    pickler.get_ref().clone()
}

#[derive(Pickle)]
#[pickle(module = "m")]
struct Point {
    x_axis: i64,
}

#[derive(Pickle)]
#[pickle(module = "m")]
struct Other {
    x_axis: i64,
}

#[test]
fn a_cleared_memo_is_empty() {
    let value = [Point { x_axis: 1 }, Point { x_axis: 2 }];
    for protocol in Protocol::ALL {
        let mut pickler = Pickler::new(Vec::new()).with_protocol(protocol);
        let first = dumped(&mut pickler, &value);
        let second = dumped(&mut pickler, &value);
        assert_ne!(first, second);
        assert!(!second.windows(6).any(|part| part == b"x_axis"));
        pickler.clear_memo();
        assert_eq!(dumped(&mut pickler, &value), first);
        assert_eq!(dumped(&mut pickler, &value), second);
    }
}

#[test]
fn the_memo_of_one_pickler_is_not_that_of_another() {
    let value = Point { x_axis: 1 };
    for protocol in Protocol::ALL {
        let mut one = Pickler::new(Vec::new()).with_protocol(protocol);
        let first = dumped(&mut one, &value);
        let mut other = Pickler::new(Vec::new()).with_protocol(protocol);
        assert_eq!(dumped(&mut other, &value), first);
    }
}

#[test]
fn an_override_is_for_all_of_one_type_and_one_pickler() {
    let point = |x_axis| Point { x_axis };
    let value = (point(1), Other { x_axis: 2 }, (point(3), "m"));
    for protocol in Protocol::ALL {
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        let mut pickler = Pickler::new(Vec::new())
            .with_protocol(protocol)
            .with_override(move |point: &Point, encoder| {
                counter.fetch_add(1, Ordering::Relaxed);
                encoder
                    .reduce(&Global::new("m", "point"), &(point.x_axis,))?
                    .end()
            });
        let pickle = dumped(&mut pickler, &value);
        assert_eq!(asked.load(Ordering::Relaxed), 2);

        // As if it had been written in that way in the first place.
        let call = |x_axis: i64| {
            writes(move |encoder: &mut Encoder<'_>| {
                encoder
                    .reduce(&Global::new("m", "point"), &(x_axis,))?
                    .end()
            })
        };
        let by_hand = (call(1), Other { x_axis: 2 }, (call(3), "m"));
        assert_eq!(pickle, dumps(&by_hand, protocol).unwrap());

        // Nobody else writes it so.
        let own = dumps(&value, protocol).unwrap();
        let mut plain = Pickler::new(Vec::new()).with_protocol(protocol);
        assert_eq!(dumped(&mut plain, &value), own);
        assert_ne!(own, pickle);
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }
}

#[test]
fn an_override_may_leave_a_value_as_it_is() {
    let value = [Point { x_axis: 1 }, Point { x_axis: 2 }];
    for protocol in Protocol::ALL {
        let mut pickler = Pickler::new(Vec::new())
            .with_protocol(protocol)
            .with_override(|point: &Point, encoder| encoder.not_overridden(point));
        let pickle = dumped(&mut pickler, &value);
        assert_eq!(pickle, dumps(&value, protocol).unwrap());
    }
}

#[test]
fn an_override_that_fails_says_where() {
    let value = vec![(Other { x_axis: 1 }, Point { x_axis: 2 })];
    for protocol in Protocol::ALL {
        let mut pickler = Pickler::new(Vec::new())
            .with_protocol(protocol)
            .with_override(|_: &Point, _: &mut Encoder<'_>| Err(Error::custom("not this one")));
        let error = pickler.dump(&value).unwrap_err();
        assert_eq!(error.message(), "not this one");
        assert_eq!(error.path(), "$[0][1]");
        assert!(pickler.get_ref().is_empty());
    }
}

#[test]
fn only_what_is_persistent_asks_for_an_id() {
    let value = ["0", "2"].map(|id| Persistent(id.to_owned()));
    let asked = Arc::new(AtomicUsize::new(0));
    for (protocol, expected) in [
        (Protocol::V0, &b"((lp0\nP0\naP2\naI1\ntp1\n."[..]),
        (
            Protocol::V1,
            b"(]q\0(X\x01\0\0\x000q\x01QX\x01\0\0\x002q\x02QeK\x01tq\x03.",
        ),
    ] {
        let counter = Arc::clone(&asked);
        let mut pickler = Pickler::new(Vec::new())
            .with_protocol(protocol)
            .with_persistent_id(move |object| {
                counter.fetch_add(1, Ordering::Relaxed);
                let id = object.downcast_ref::<String>();
                Ok(id.map_or(Value::None, |id| id.as_str().into()))
            });
        pickler.dump(&(&value[..], 1)).unwrap();
        let written = pickler.get_ref();
        assert_eq!(
            written.escape_ascii().to_string(),
            expected.escape_ascii().to_string()
        );
    }
    assert_eq!(asked.load(Ordering::Relaxed), 4);
}

#[test]
fn ids_are_of_any_type() {
    for id in [
        value!(7),
        value!("text\n"),
        value!(0.5),
        value!([1, (2, "x")]),
    ] {
        for protocol in &Protocol::ALL[1..] {
            let given = id.clone();
            let mut pickler = Pickler::new(Vec::new())
                .with_protocol(*protocol)
                .with_persistent_id(move |_| Ok(given.clone()));
            pickler.dump(&Persistent(())).unwrap();
            let pickle = pickler.into_inner();
            let mut unpickler = pickle::Unpickler::from_slice(&pickle)
                .with_persistent_load(|id| Ok(Box::new(id_of(id)?)));
            let read: Persistent<Value> = unpickler.load().unwrap();
            assert_eq!(read.0, id);
        }
    }
}

fn id_of(cursor: pickle::Cursor<'_, '_>) -> pickle::Result<Value> {
    pickle::Unpickle::unpickle(cursor)
}

/// A file that is closed.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::other("I/O operation on closed file."))
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(io::Error::other("I/O operation on closed file."))
    }
}

#[test]
fn what_writing_fails_with_is_passed_on() {
    for protocol in Protocol::ALL {
        for value in [
            &1 as &dyn Pickle,
            &vec![0_u8; 100_000],
            &"x".repeat(100_000),
        ] {
            let error = Pickler::new(Closed)
                .with_protocol(protocol)
                .dump(value)
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Io);
            assert_eq!(error.message(), "I/O operation on closed file.");
        }
    }
}

#[test]
fn the_highest_protocol_is_5() {
    assert_eq!(Protocol::HIGHEST, Protocol::V5);
    let object = writes(|encoder| encoder.reduce(&Global::new("m", "f"), &NoArgs)?.end());
    let pickle = dumps(&object, Protocol::HIGHEST).unwrap();
    assert!(pickle.starts_with(b"\x80\x05"));
    // -1 is the highest one in Python.
    assert_eq!(Protocol::try_from(-1).unwrap(), Protocol::HIGHEST);
}
