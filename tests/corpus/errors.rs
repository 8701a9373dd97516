//! Streams that must fail, and what Python says of them.

use std::io::BufReader;

use pickle::{Cursor, Error, Object, Pickle, Registry, Unpickle, Unpickler, Value};

use crate::manifest::{Corpus, ErrorCase};
use crate::report::{Exception, Report};

/// Cases that are answered otherwise.
const DIFFERENT: &[Exception] = &[
    Exception {
        id: "error/short-binbytes-huge",
        reason: "CPython allocates what the length claims before it reads: here more than there is",
        result: "UnpicklingError: pickle data was truncated",
    },
    Exception {
        id: "error/short-binbytes8-huge",
        reason: "as above",
        result: "UnpicklingError: pickle data was truncated",
    },
    Exception {
        id: "error/short-bytearray8-huge",
        reason: "as above",
        result: "UnpicklingError: pickle data was truncated",
    },
    Exception {
        id: "error/reduce-wrong-args",
        reason: "the text is that of the class's own `__init__`",
        result: "AttributeError: 'Point' object has no attribute 'x'",
    },
    Exception {
        id: "error/enum-unknown-value",
        reason: "the text is that of the class's own `__new__`",
        result: "TypeError: `shapes3.Color` is made without arguments, the pickle gives some",
    },
    Exception {
        id: "error/setstate-raises",
        reason: "the text is that of the class's own `__setstate__`",
        result: "UnpicklingError: state is not a dictionary",
    },
];

#[test]
fn every_error_case_is_answered_in_pythons_words() {
    let corpus = Corpus::open();
    let mut report = Report::new("errors of slices", &[DIFFERENT]);
    for case in corpus.errors() {
        let bytes = case.bytes();
        let mut unpickler = configured(Unpickler::from_slice(&bytes), case);
        report.add(&case.id, compare(case, unpickler.load::<Anything>()));
    }
    report.finish();
}

#[test]
fn every_error_case_is_answered_the_same_when_its_bytes_come_one_by_one() {
    let corpus = Corpus::open();
    let mut report = Report::new("errors of readers", &[DIFFERENT]);
    for case in corpus.errors() {
        let bytes = case.bytes();
        let reader = BufReader::with_capacity(1, bytes.as_slice());
        let mut unpickler = configured(Unpickler::new(reader), case);
        report.add(&case.id, compare(case, unpickler.load::<Anything>()));
    }
    report.finish();
}

fn compare(case: &ErrorCase, result: Result<Anything, Error>) -> Result<(), String> {
    let error = match result {
        Ok(Anything) => return Err("no error".to_owned()),
        Err(error) => error,
    };
    let message = without_path(error.message());
    match case.raises() == (error.python_type(), message.as_str()) {
        true => Ok(()),
        false => Err(format!("{}: {message}", error.python_type())),
    }
}

/// `<module 'm' from '…'>`, as the manifest has it.
fn without_path(message: &str) -> String {
    match message.split_once(" from '") {
        Some((before, path)) if path.ends_with("'>") => format!("{before} from '...'>"),
        _ => message.to_owned(),
    }
}

/// An instance of a registered class, or data.
struct Anything;

impl<'de> Unpickle<'de> for Anything {
    fn unpickle(cursor: Cursor<'_, 'de>) -> pickle::Result<Self> {
        match cursor.class() {
            Some(_) => Object::unpickle(cursor).map(drop)?,
            None => Value::unpickle(cursor).map(drop)?,
        }
        Ok(Self)
    }
}

fn configured<S>(unpickler: Unpickler<S>, case: &ErrorCase) -> Unpickler<S> {
    let mut registry = Registry::new();
    registry
        .register::<Point>()
        .register::<Empty>()
        .register::<StateTuple>()
        .register::<Inner>()
        .register::<Color>()
        .register::<Leaf>();
    unpickler
        .with_registry(registry)
        .with_persistent_ids(case.options.persistent)
}

// Those of the classes in `py/` that the cases name.

#[derive(Pickle)]
#[pickle(module = "shapes")]
struct Point {
    x: i64,
    y: i64,
}

#[derive(Pickle)]
#[pickle(module = "shapes")]
struct Empty {}

#[derive(Pickle)]
#[pickle(module = "shapes")]
struct StateTuple {
    host: String,
    port: u16,
}

#[derive(Pickle)]
#[pickle(module = "shapes3", name = "Outer.Inner")]
struct Inner {}

#[derive(Pickle)]
#[pickle(module = "shapes3")]
struct Color {}

#[derive(Pickle)]
#[pickle(module = "pkg.sub.deep")]
struct Leaf {}
