//! Writers, and several dumps of one pickler.

use std::io::{self, Write};

use super::*;
use crate::error::ErrorKind;
use crate::impls::ByteArray;

/// Remembers the calls.
#[derive(Default)]
struct Calls(Vec<usize>);

impl Write for Calls {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.push(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn calls<T: Pickle>(value: &T, protocol: Protocol) -> Vec<usize> {
    let mut pickler = Pickler::new(Calls::default()).with_protocol(protocol);
    pickler.dump(value).unwrap();
    pickler.into_inner().0
}

#[test]
fn the_writer_is_called_as_in_python() {
    // [len(data) for data in calls of file.write]
    assert_eq!(calls(&"x".repeat(100_000), Protocol::V2), [7, 100_000, 3]);
    assert_eq!(
        calls(&ByteArray(vec![1; 100_000]), Protocol::V5),
        [11, 100_000, 2]
    );
    let strings = vec!["x".repeat(40_000); 3];
    assert_eq!(calls(&strings, Protocol::V4), [80_026, 40_017]);
    // DIFFERENCE: CPython keeps all of it below protocol 4, which has no frames.
    assert_eq!(calls(&strings, Protocol::V2), [80_020, 40_009]);
    assert_eq!(calls(&7, Protocol::V4), [5]);
}

#[test]
fn the_memo_is_kept_over_dumps() {
    let mut pickler = Pickler::new(Vec::new());
    pickler.dump(&Point { x: 1, y: 2 }).unwrap();
    pickler.get_mut().clear();
    pickler.dump(&Point { x: 3, y: 4 }).unwrap();
    // p = pickle.Pickler(f); p.dump(P(1, 2)); p.dump(P(3, 4)): the second one
    assert_eq!(
        pickler.get_ref().escape_ascii().to_string(),
        b"\x80\x04\x95\x13\0\0\0\0\0\0\0h\x02)\x81\x94}\x94(h\x05K\x03h\x06K\x04ub."
            .escape_ascii()
            .to_string()
    );
    pickler.get_mut().clear();
    pickler.clear_memo();
    pickler.dump(&Point { x: 3, y: 4 }).unwrap();
    assert_eq!(
        pickler.into_inner(),
        crate::dumps(&Point { x: 3, y: 4 }).unwrap()
    );
}

#[test]
fn addresses_are_forgotten_after_a_dump() {
    let shared = std::rc::Rc::new("ab".to_owned());
    let other = shared.clone();
    let mut pickler = Pickler::new(Vec::new()).with_protocol(Protocol::V2);
    pickler.dump(&shared).unwrap();
    pickler.dump(&other).unwrap();
    assert_eq!(
        pickler.into_inner(),
        b"\x80\x02X\x02\0\0\0abq\0.\x80\x02X\x02\0\0\0abq\x01."
    );
}

#[test]
fn protocols_may_change_between_dumps() {
    let point = Point { x: 1, y: 2 };
    let mut pickler = Pickler::new(Vec::new());
    pickler.dump(&point).unwrap();
    let mut pickler = pickler.with_protocol(Protocol::V0);
    pickler.get_mut().clear();
    pickler.dump(&point).unwrap();
    assert!(pickler.get_ref().ends_with(b"g5\nI1\nsg6\nI2\nsb."));
}

/// Fails behind some names.
struct Failing;

impl Pickle for Failing {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let mut tuple = encoder.tuple(3)?;
        tuple.item(&Point { x: 1, y: 2 })?;
        tuple.item(&Named("collections", "OrderedDict"))?;
        tuple.item(&Named("m", "f.<locals>.g"))?;
        tuple.end()
    }
}

#[test]
fn a_failed_dump_leaves_nothing_behind() {
    let mut pickler = Pickler::new(Vec::new());
    pickler.dump("before").unwrap();
    let before = pickler.get_ref().clone();
    assert!(pickler.dump(&Failing).is_err());
    assert_eq!(pickler.get_ref(), &before);

    let value = (Point { x: 1, y: 2 }, Named("collections", "OrderedDict"));
    pickler.dump(&value).unwrap();
    let mut expected = Pickler::new(Vec::new());
    expected.dump("before").unwrap();
    expected.dump(&value).unwrap();
    assert_eq!(pickler.into_inner(), expected.into_inner());
}

/// Takes some bytes, then no more.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.checked_sub(bytes.len()) {
            Some(rest) => self.0 = rest,
            None => return Err(io::Error::new(io::ErrorKind::StorageFull, "no space left")),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_writer_that_fails() {
    let large = vec!["x".repeat(40_000); 6];
    for room in [0, 3, 90_000] {
        let error = crate::dump(&large, Full(room)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert_eq!(error.io_kind(), Some(io::ErrorKind::StorageFull));
    }
    let error = crate::dump(&"x".repeat(70_000), Full(20)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
}

/// Ignores the error of what it contains.
struct Ignoring(String);

impl Pickle for Ignoring {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let _ = encoder.str(&self.0);
        encoder.none()
    }
}

#[test]
fn an_ignored_write_error_is_found_out() {
    assert!(crate::dump(&Ignoring("x".repeat(70_000)), Full(20)).is_err());
}

#[test]
fn a_panic_does_not_leave_a_false_memo() {
    struct Panics;
    impl Pickle for Panics {
        fn pickle(&self, _: &mut Encoder<'_>) -> Result<()> {
            panic!("on purpose");
        }
    }
    let mut pickler = Pickler::new(Vec::new());
    let dump = std::panic::AssertUnwindSafe(|| pickler.dump(&Panics));
    assert!(std::panic::catch_unwind(dump).is_err());
    assert!(pickler.dump(&1).is_err());
    pickler.clear_memo();
    assert!(pickler.dump(&1).is_ok());
}
