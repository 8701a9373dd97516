//! Python's own classes, both ways, with each Python: the table in `tests/python/classes.py`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use pickle::{Pickler, Protocol, Value};

use crate::any::{Any, Item};
use crate::support::{Python, TempDir, pythons, run};

/// The Python whose bytes ours are.
const OURS: (u32, u32) = (3, 13);

/// What every Python has in the table.
const ALWAYS: &[&str] = &[
    "array",
    "aware",
    "complex",
    "constants",
    "counter",
    "date",
    "datetime",
    "decimal",
    "default-dict",
    "deque",
    "enum",
    "exception",
    "fold",
    "fraction",
    "functions",
    "ip",
    "namespace",
    "ordered-dict",
    "partial",
    "path",
    "pattern",
    "range",
    "slice",
    "time",
    "timedelta",
    "timezone",
    "uuid",
];

/// Names of the table that are not written as Python 3.13 does where another one wrote them.
const DIFFERENT: &[(&str, &str)] = &[(
    "path",
    "a path is of the module that it was read from: others than 3.13 lack `pathlib._local`",
)];

/// The pickles of a Python, by name and protocol.
type Pickles = BTreeMap<(String, Protocol), Vec<u8>>;

#[test]
fn every_class_crosses() {
    let pythons: Vec<&Python> = pythons()
        .iter()
        .filter(|python| python.version >= (3, 8))
        .collect();
    let written: Vec<Pickles> = pythons.iter().map(|python| dumped(python)).collect();
    let ours = pythons.iter().position(|python| python.version == OURS);
    let mut problems = Vec::new();
    for (python, pickles) in pythons.iter().zip(&written) {
        for name in ALWAYS {
            assert!(
                pickles.keys().any(|(known, _)| known == name),
                "{python}: {name}"
            );
        }
        let mut again = Pickles::new();
        for ((name, protocol), bytes) in pickles {
            let place = format!("{python}: {name} at protocol {}", u8::from(*protocol));
            let rewritten = match rewrite(bytes, *protocol) {
                Ok(rewritten) => rewritten,
                Err(error) => {
                    problems.push(format!("{place}: {error}"));
                    continue;
                }
            };
            let expected = ours.and_then(|ours| written[ours].get(&(name.clone(), *protocol)));
            let listed = DIFFERENT.iter().any(|(listed, _)| listed == name);
            if let Some(expected) = expected
                && rewritten != *expected
                && (python.version == OURS || !listed)
            {
                let (rewritten, expected) = (rewritten.escape_ascii(), expected.escape_ascii());
                problems.push(format!("{place}: {rewritten}\ninstead of {expected}"));
            }
            again.insert((name.clone(), *protocol), rewritten);
        }
        // What we wrote is the same object to the Python that wrote it, and to all others.
        let local = python.version == OURS;
        for reader in &pythons {
            let leave_out = local && reader.version < OURS;
            let again = again
                .iter()
                .filter(|((name, _), _)| !(leave_out && name == "path"));
            problems.extend(check(reader, again));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// What a Python writes of the table.
fn dumped(python: &Python) -> Pickles {
    let directory = TempDir::new();
    run(python
        .script("tests/python/classes.py")
        .arg("dump")
        .arg(directory.path()));
    let files = fs::read_dir(directory.path()).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    let pickles = paths.filter(|path| path.extension().is_some_and(|end| end != "repr"));
    pickles
        .map(|path| (name_of(&path), fs::read(&path).unwrap()))
        .collect()
}

/// What in the table is a value of its own in a [`Value`], rather than data.
const VALUES: &[&str] = &[
    "array",
    "aware",
    "complex",
    "date",
    "datetime",
    "decimal",
    "fold",
    "fraction",
    "ip",
    "path",
    "pattern",
    "range",
    "time",
    "timedelta",
    "timezone",
    "uuid",
    "zoneinfo",
];

#[test]
fn values_have_the_repr_of_python() {
    for python in pythons() {
        // Others show some of these classes in another way.
        if python.version != OURS {
            continue;
        }
        let directory = TempDir::new();
        let mut script = python.script("tests/python/classes.py");
        run(script.arg("dump").arg(directory.path()));
        for name in VALUES {
            let Ok(expected) = fs::read_to_string(directory.join(format!("{name}.repr"))) else {
                // There is no database of time zones.
                assert_eq!(*name, "zoneinfo");
                continue;
            };
            for protocol in [4, 5] {
                let bytes = fs::read(directory.join(format!("{name}.{protocol}"))).unwrap();
                let value: Value = pickle::loads(&bytes).unwrap();
                assert_eq!(value.to_string(), expected, "{name}");
                let mut again = Vec::new();
                let protocol = Protocol::try_from(protocol).unwrap();
                let mut pickler = Pickler::new(&mut again).with_protocol(protocol);
                pickler.dump(&value).unwrap();
                assert_eq!(
                    again.escape_ascii().to_string(),
                    bytes.escape_ascii().to_string()
                );
            }
        }
    }
}

fn name_of(path: &Path) -> (String, Protocol) {
    let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
    let protocol: i64 = path.extension().unwrap().to_str().unwrap().parse().unwrap();
    (stem, Protocol::try_from(protocol).unwrap())
}

/// Reads a list of objects as their types, and writes it again.
fn rewrite(bytes: &[u8], protocol: Protocol) -> pickle::Result<Vec<u8>> {
    let item: Item = pickle::loads(bytes)?;
    let Any::List(items) = &*item else {
        return Err(pickle::Error::custom("the table has lists"));
    };
    if items.iter().any(|item| matches!(**item, Any::Other(_))) {
        return Err(pickle::Error::custom("a class without a type"));
    }
    let mut rewritten = Vec::new();
    Pickler::new(&mut rewritten)
        .with_protocol(protocol)
        .dump(&item)?;
    Ok(rewritten)
}

/// What a Python finds in pickles that is not as in its table.
fn check<'p>(
    python: &Python,
    pickles: impl Iterator<Item = (&'p (String, Protocol), &'p Vec<u8>)>,
) -> Option<String> {
    let directory = TempDir::new();
    for ((name, protocol), bytes) in pickles {
        let file = format!("{name}.{}", u8::from(*protocol));
        fs::write(directory.join(file), bytes).unwrap();
    }
    let problems = run(python
        .script("tests/python/classes.py")
        .arg("check")
        .arg(directory.path()));
    let problems = problems.trim();
    (!problems.is_empty()).then(|| format!("{python}: {problems}"))
}
