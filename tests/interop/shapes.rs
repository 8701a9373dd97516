//! Instances of every shape that Python gives them, both ways, with each Python.
//!
//! A case has a name, under which `tests/python/shapes.py` has the same value.

mod corpus;
mod own;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Write as _};
use std::fs;

use pickle::{Pickle, Pickler, Protocol, Unpickle};

use crate::support::{Python, TempDir, output, pythons, run, text};

type Dump = dyn Fn(Protocol) -> pickle::Result<Vec<u8>>;

type Load = dyn Fn(&[u8]) -> Result<(), String>;

/// A value as Rust has it.
struct Case {
    name: &'static str,
    /// The first protocol at which it can be dumped.
    first: Protocol,
    /// Writes the value; `None` for a type that is only loaded.
    dump: Option<Box<Dump>>,
    /// Loads a pickle and compares.
    load: Box<Load>,
}

impl Case {
    fn new<T>(name: &'static str, value: T) -> Self
    where
        T: Pickle + for<'de> Unpickle<'de> + PartialEq + Debug + Clone + 'static,
    {
        let dumped = value.clone();
        let dump = move |protocol| {
            let mut pickler = Pickler::new(Vec::new()).with_protocol(protocol);
            pickler.dump(&dumped)?;
            Ok(pickler.into_inner())
        };
        Self {
            dump: Some(Box::new(dump)),
            ..Self::loaded(name, value)
        }
    }

    /// A type that cannot be dumped.
    fn loaded<T>(name: &'static str, value: T) -> Self
    where
        T: for<'de> Unpickle<'de> + PartialEq + Debug + 'static,
    {
        let load = move |bytes: &[u8]| match pickle::loads::<T>(bytes) {
            Ok(loaded) if loaded == value => Ok(()),
            Ok(loaded) => Err(format!("{loaded:.300?}, expected {value:.300?}")),
            Err(error) => Err(format!("{error:?}")),
        };
        Self {
            name,
            first: Protocol::V0,
            dump: None,
            load: Box::new(load),
        }
    }

    fn since(self, first: i64) -> Self {
        let first = Protocol::try_from(first).unwrap();
        Self { first, ..self }
    }
}

fn cases() -> Vec<Case> {
    let mut cases = own::cases();
    cases.extend(corpus::cases());
    cases
}

/// Name, protocol and pickle of each line.
fn pickles(lines: &str) -> impl Iterator<Item = (&str, Protocol, Vec<u8>)> {
    lines.lines().map(|line| {
        let [name, protocol, hex] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let digits = hex.as_bytes().chunks(2);
        let bytes = digits.map(|pair| {
            let pair = str::from_utf8(pair).unwrap();
            u8::from_str_radix(pair, 16).unwrap()
        });
        let protocol: i64 = protocol.parse().unwrap();
        (name, Protocol::try_from(protocol).unwrap(), bytes.collect())
    })
}

/// How many cases each Python has, so that none gets lost.
fn expected_count(python: &Python) -> usize {
    match python.version {
        (2, _) => CASES_OF_PYTHON_2,
        (3, ..7) => CASES_OF_PYTHON_3_6,
        (3, ..10) => CASES_OF_PYTHON_3_6 + 7,
        (3, 10) => CASES_OF_PYTHON_3_6 + 11,
        _ => CASES_OF_PYTHON_3_6 + 12,
    }
}

const CASES_OF_PYTHON_2: usize = 91;
const CASES_OF_PYTHON_3_6: usize = 130;

#[test]
fn names_are_taken_once() {
    let names: Vec<_> = cases().iter().map(|case| case.name).collect();
    let unique: BTreeSet<_> = names.iter().collect();
    assert_eq!(unique.len(), names.len());
    assert_eq!(names.len(), CASES_OF_PYTHON_3_6 + 12);
}

#[test]
fn what_python_dumps_loads() {
    let cases: BTreeMap<_, _> = cases().into_iter().map(|case| (case.name, case)).collect();
    let mut problems = String::new();
    for python in pythons() {
        let directory = TempDir::new();
        let path = directory.join("dumped");
        let mut script = python.script("tests/python/shapes.py");
        let count = run(script.arg("dump").arg(&path));
        let lines = fs::read_to_string(&path).unwrap();
        assert_eq!(lines.lines().count().to_string(), count.trim(), "{python}");
        let mut seen = BTreeSet::new();
        for (name, protocol, bytes) in pickles(&lines) {
            seen.insert(name);
            let Some(case) = cases.get(name) else {
                writeln!(problems, "{python}, {name}: Rust does not have it").unwrap();
                continue;
            };
            if let Err(problem) = (case.load)(&bytes) {
                let bytes = bytes.escape_ascii();
                writeln!(
                    problems,
                    "{python}, {name}, {protocol:?}: {problem}\n  {bytes}"
                )
                .unwrap();
            }
        }
        assert_eq!(seen.len(), expected_count(python), "{python}");
    }
    assert!(problems.is_empty(), "{problems}");
}

#[test]
fn what_rust_dumps_python_loads_and_dumps_alike() {
    let directory = TempDir::new();
    let path = directory.join("dumped");
    let mut lines = String::new();
    for case in cases() {
        let Some(dump) = case.dump else {
            continue;
        };
        for protocol in Protocol::ALL
            .into_iter()
            .filter(|protocol| *protocol >= case.first)
        {
            let bytes = dump(protocol).unwrap_or_else(|error| panic!("{}: {error:?}", case.name));
            (case.load)(&bytes).unwrap_or_else(|problem| panic!("{}: {problem}", case.name));
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            writeln!(lines, "{} {} {hex}", case.name, u8::from(protocol)).unwrap();
        }
    }
    fs::write(&path, lines).unwrap();
    let mut problems = String::new();
    for python in pythons() {
        let mut script = python.script("tests/python/shapes.py");
        let output = output(script.arg("load").arg(&path));
        if !output.status.success() {
            writeln!(problems, "{python}: {}", text(&output.stderr)).unwrap();
        }
    }
    assert!(problems.is_empty(), "{problems}");
}
