//! Variants of Python's own classes, loaded as these, compared with what Python loads, and written
//! again: the same bytes.

use std::sync::Arc;

use pickle::{Encoding, EncodingErrors, Pickle, Pickler, Protocol, Registry, Unpickler, Value};

use crate::any::Item;
use crate::manifest::{Corpus, Outcome, Subject, Variant};
use crate::report::{Exception, Report};
use crate::same::Comparison;
use crate::{configured, first_line};

/// The groups of subjects that are nothing but such classes.
const GROUPS: &[&str] = &[
    "array",
    "complex",
    "counter",
    "datetime",
    "decimal",
    "defaultdict",
    "deque",
    "ellipsis",
    "enum",
    "exc",
    "fraction",
    "functools",
    "global",
    "ip",
    "odict",
    "path",
    "range",
    "re",
    "slice",
    "types",
    "uuid",
    "zoneinfo",
];

/// Subjects of these groups that have other classes in them, or what no Rust type holds.
const LEFT_OUT: &[(&str, &str)] = &[
    (
        "datetime/subclass",
        "it is an instance of a class of its own",
    ),
    (
        "defaultdict/class",
        "it is an instance of a class of its own",
    ),
    ("enum/in-object", "it is an instance of a class of its own"),
    ("exc/app", "it is an instance of a class of its own"),
    ("exc/code", "it is an instance of a class of its own"),
    ("exc/keyword", "it is an instance of a class of its own"),
    (
        "exc/oldstyle-module",
        "it is an instance of a class of its own",
    ),
    ("exc/recursive", "it is an instance of a class of its own"),
    (
        "odict/cycle",
        "it contains itself, which no typed value does",
    ),
    (
        "deque/cycle",
        "it contains itself, which no typed value does",
    ),
];

/// Variants that are read otherwise.
const DIFFERENT: &[Exception] = &[];

#[test]
fn every_class_of_pythons_own_is_what_python_loads() {
    let corpus = Corpus::open();
    let mut report = Report::new("Python's own classes", &[DIFFERENT]);
    for (subject, variant) in corpus.variants() {
        if !is_of_the_groups(variant) {
            continue;
        }
        if let Some(reason) = left_out(variant) {
            report.skip(reason);
            continue;
        }
        let encodings = [
            (Encoding::Ascii, subject.outcome(variant)),
            (Encoding::Latin1, subject.encoded(variant, "latin1")),
            (Encoding::Bytes, subject.encoded(variant, "bytes")),
        ];
        for (encoding, outcome) in encodings {
            let Some(outcome) = outcome else { continue };
            let bytes = corpus.bytes(variant);
            let loaded = load(&bytes, subject, encoding);
            let result = match (outcome, loaded) {
                (Outcome::Value(expected), Ok(item)) => {
                    match Comparison::default().same(expected, &item) {
                        true => Ok(()),
                        false => Err(format!("{item:?}")),
                    }
                }
                (Outcome::Error(python_type, text), Err(error))
                    if error.python_type() == python_type && error.message() == text =>
                {
                    Ok(())
                }
                // What Python refuses, because a byte string of Python 2 has become bytes, may be
                // read here all the same: the type says what it is.
                (Outcome::Error(..), _) if encoding == Encoding::Bytes => Ok(()),
                (Outcome::Error(..), Ok(item)) => Err(format!("{item:?}")),
                (_, Err(error)) => Err(first_line(error)),
            };
            report.add(&format!("{} as {encoding:?}", variant.id), result);
        }
    }
    report.finish();
}

/// Variants that are written otherwise than Python 3.13 wrote them, by their beginnings, and why.
const WRITTEN_OTHERWISE: &[(&str, &str)] = &[
    ("global/new-exceptions@p0", ONE_IN_PYTHON2),
    ("global/new-exceptions@p1", ONE_IN_PYTHON2),
    ("global/new-exceptions@p2", ONE_IN_PYTHON2),
    ("global/name-in-data@p4", STRING_ELSEWHERE),
    ("global/name-in-data@p5", STRING_ELSEWHERE),
    ("global/dict-dispatch@p4", STRING_ELSEWHERE),
    ("global/dict-dispatch@p5", STRING_ELSEWHERE),
];

const ONE_IN_PYTHON2: &str = "two classes of Python 3 that are one in Python 2 are one here";
const STRING_ELSEWHERE: &str = "the name of a class is no string of the data here, but is there";

#[test]
fn every_class_of_pythons_own_is_written_as_python_wrote_it() {
    let corpus = Corpus::open();
    let mut report = Report::new("Python's own classes written back", &[]);
    for (subject, variant) in corpus.variants() {
        if !is_of_the_groups(variant) || !variant.is_of_python() || left_out(variant).is_some() {
            continue;
        }
        let bytes = corpus.bytes(variant);
        let result = load(&bytes, subject, Encoding::Ascii)
            .and_then(|item| dumps(&item, variant))
            .map_err(first_line)
            .and_then(|written| match written == bytes {
                true => Ok(()),
                false => Err(format!(
                    "{}\ninstead of\n{}",
                    written.escape_ascii(),
                    bytes.escape_ascii()
                )),
            });
        let mut otherwise = WRITTEN_OTHERWISE.iter();
        match otherwise.find(|(id, _)| variant.id.starts_with(id)) {
            Some((_, reason)) => {
                assert!(result.is_err(), "{} is listed and the same", variant.id);
                report.skip(reason);
            }
            None => report.add(&variant.id, result),
        }
    }
    report.finish();
}

#[test]
fn values_with_such_objects_are_written_as_python_wrote_them() {
    let corpus = Corpus::open();
    let mut report = Report::new("values with objects written back", &[]);
    let mut registry = Registry::new();
    registry.register_defaults(pickle::python::CLASSES);
    let registry = Arc::new(registry);
    for (subject, variant) in corpus.variants() {
        let id = variant.id.as_str();
        let contains_itself = ["odict/cycle", "deque/cycle", "exc/recursive"];
        if !is_of_the_groups(variant)
            || !variant.is_of_python()
            || contains_itself.iter().any(|start| id.starts_with(start))
        {
            continue;
        }
        let bytes = corpus.bytes(variant);
        let value: pickle::Result<Value> = configured(Unpickler::from_slice(&bytes), subject)
            .with_registry(registry.clone())
            .with_opaque(true)
            .load();
        let result = value
            .and_then(|value| dumps(&value, variant))
            .map_err(first_line)
            .and_then(|written| match written == bytes {
                true => Ok(()),
                false => Err(format!("{}", written.escape_ascii())),
            });
        let one_in_python2 = ["global/new-exceptions@p", "exc/connection@p"];
        let is_old = variant.protocol < 3;
        match is_old && one_in_python2.iter().any(|start| id.starts_with(start)) {
            true => report.skip(ONE_IN_PYTHON2),
            false => report.add(id, result),
        }
    }
    report.finish();
}

fn is_of_the_groups(variant: &Variant) -> bool {
    let group = variant.id.split('/').next();
    group.is_some_and(|group| GROUPS.contains(&group))
}

fn left_out(variant: &Variant) -> Option<&'static str> {
    let mut found = LEFT_OUT.iter();
    found.find_map(|(id, reason)| variant.id.starts_with(id).then_some(*reason))
}

fn load(bytes: &[u8], subject: &Subject, encoding: Encoding) -> pickle::Result<Item> {
    Unpickler::from_slice(bytes)
        .with_encoding(encoding, EncodingErrors::Strict)
        .with_fix_imports(subject.options.fix_imports.unwrap_or(true))
        .with_opaque(true)
        .load()
}

fn dumps<T: Pickle>(item: &T, variant: &Variant) -> pickle::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    Pickler::new(&mut bytes)
        .with_protocol(Protocol::try_from(i64::from(variant.protocol))?)
        .dump(item)?;
    Ok(bytes)
}
