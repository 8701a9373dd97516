//! What cannot be written.

use std::cell::RefCell;
use std::rc::Rc;

use super::*;
use crate::error::{Error, ErrorKind};

/// What a closure writes.
struct Write<F>(F);

impl<F: Fn(&mut Encoder<'_>) -> Result<()>> Pickle for Write<F> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        (self.0)(encoder)
    }
}

fn error_of(write: impl Fn(&mut Encoder<'_>) -> Result<()>) -> Error {
    crate::dumps(&Write(write)).unwrap_err()
}

#[test]
fn another_number_of_items_than_announced() {
    let error = error_of(|encoder| {
        let mut list = encoder.list(1)?;
        list.item(&1)?;
        list.item(&2)
    });
    assert_eq!(
        error.message(),
        "a container was given more than the 1 items that were announced"
    );
    let error = error_of(|encoder| {
        let mut dict = encoder.dict(2)?;
        dict.entry("k", &1)?;
        dict.end()
    });
    assert_eq!(
        error.message(),
        "a container was given 1 items instead of the 2 announced"
    );
    let error = error_of(|encoder| encoder.tuple(2)?.end());
    assert_eq!(
        error.message(),
        "a container was given 0 items instead of the 2 announced"
    );
    assert!(crate::dumps(&Write(|encoder: &mut Encoder<'_>| encoder.set(1)?.end())).is_err());
    let error = error_of(|encoder| encoder.object(Point::CLASS, 0)?.attribute(0, &1));
    assert_eq!(
        error.message(),
        "a container was given more than the 0 items that were announced"
    );
    let error = error_of(|encoder| encoder.object(Point::CLASS, 3)?.attribute(2, &1));
    assert_eq!(
        error.message(),
        "`geo.Point` declares 2 attributes, none with index 2"
    );
}

#[test]
fn another_number_of_values_than_one() {
    let error = error_of(|_| Ok(()));
    assert!(
        error.message().ends_with("must write exactly one value"),
        "{error}"
    );
    let nothing = Write(|_: &mut Encoder<'_>| Ok(()));
    assert!(crate::dumps(&[&nothing]).is_err());
    let error = error_of(|encoder| {
        encoder.int(1)?;
        encoder.int(2)
    });
    assert!(
        error.message().ends_with("must write exactly one value"),
        "{error}"
    );
}

#[test]
fn an_ignored_error_is_found_out() {
    let half = Write(|encoder: &mut Encoder<'_>| {
        let _ = encoder.list(2)?.item(&1);
        encoder.none()
    });
    let error = crate::dumps(&half).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unpicklable);
}

#[test]
fn errors_say_where() {
    let broken = Write(|_: &mut Encoder<'_>| Err(Error::custom("broken")));
    let error = crate::dumps(&map_of("it's", vec![&broken])).unwrap_err();
    assert_eq!(error.path(), "$[\"it's\"][0]");
    let error = error_of(|encoder| encoder.object(Point::CLASS, 2)?.attribute(1, &(1, &broken)));
    assert_eq!(error.path(), "$.y[1]");
}

fn map_of<V>(key: &str, value: V) -> BTreeMap<&str, V> {
    BTreeMap::from([(key, value)])
}

struct Nested(Vec<Nested>);

impl Pickle for Nested {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        self.0.pickle(encoder)
    }
}

fn nested(levels: usize) -> Nested {
    (1..levels).fold(Nested(vec![]), |inner, _| Nested(vec![inner]))
}

#[test]
fn nesting_too_deep() {
    assert!(crate::dumps(&nested(1000)).is_ok());
    let error = crate::dumps(&nested(1001)).unwrap_err();
    assert_eq!(
        error.message(),
        "maximum recursion depth exceeded while pickling an object"
    );
    assert_eq!(
        (error.kind(), error.python_type()),
        (ErrorKind::Depth, "RecursionError")
    );
    assert_eq!(error.path(), "$");
    let mut pickler = Pickler::new(Vec::new()).with_depth_limit(2);
    assert!(pickler.dump(&nested(3)).is_err());
    assert!(pickler.dump(&nested(2)).is_ok());
}

/// A tuple that may contain itself.
struct Loop(RefCell<Option<Rc<Loop>>>);

impl Pickle for Loop {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let mut tuple = encoder.tuple(1)?;
        tuple.item(&self.0)?;
        tuple.end()
    }
}

#[test]
fn a_tuple_in_itself_ends() {
    let tuple = Rc::new(Loop(RefCell::new(None)));
    *tuple.0.borrow_mut() = Some(tuple.clone());
    let error = crate::dumps(&tuple).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Depth);
    tuple.0.take();
}

#[test]
fn names_that_cannot_be_written() {
    // In CPython 3.13: PicklingError, PicklingError, AttributeError.
    let error = dumps_at(&Named("geo", "Café"), Protocol::V2).unwrap_err();
    assert_eq!(
        error.message(),
        "can't pickle global identifier 'Café' using pickle protocol 2"
    );
    assert!(dumps_at(&Named("geo", "Café"), Protocol::V3).is_ok());
    let error = dumps_at(&Named("möd", "C"), Protocol::V0).unwrap_err();
    assert_eq!(
        error.message(),
        "can't pickle module identifier 'möd' using pickle protocol 0"
    );
    let error = crate::dumps(&Named("geo", "f.<locals>.C")).unwrap_err();
    assert_eq!(error.message(), "Can't get local object 'f.<locals>.C'");
    assert_eq!(error.python_type(), "AttributeError");
    assert!(dumps_at(&Named("geo", "A\nB"), Protocol::V3).is_err());
}

/// Read back, an empty line would end the pickle: "pickle data was truncated".
#[test]
fn an_empty_name() {
    for protocol in [Protocol::V0, Protocol::V2, Protocol::V3] {
        for (module, qualname, what) in [("m", ".b", "global"), ("", "f", "module")] {
            let mut pickler = crate::Pickler::new(Vec::new()).with_protocol(protocol);
            let write = Write(|e: &mut Encoder<'_>| e.global_named(module, qualname));
            let error = pickler.dump(&write).unwrap_err();
            let protocol = u8::from(protocol);
            assert_eq!(
                error.message(),
                format!("can't pickle {what} identifier '' using pickle protocol {protocol}")
            );
        }
    }
}

#[test]
fn too_many_digits_for_text() {
    let digits = |n: u32| num_bigint::BigInt::from(10).pow(n - 1);
    assert!(dumps_at(&digits(4300), Protocol::V0).is_ok());
    assert!(dumps_at(&-digits(4300), Protocol::V1).is_ok());
    for n in [4301, 100_000] {
        let error = dumps_at(&digits(n), Protocol::V1).unwrap_err();
        assert!(
            error
                .message()
                .starts_with("Exceeds the limit (4300 digits) for integer")
        );
        assert_eq!(error.python_type(), "ValueError");
    }
    assert!(dumps_at(&digits(4301), Protocol::V2).is_ok());
}
