//! Graphs that Pythons make at random, read and written again: every pickle byte for byte.
//!
//! `PICKLE_GRAPHS` is the number of graphs that each Python makes, `PICKLE_GRAPHS_SEED` the seed.

use pickle::{Document, ErrorKind, Pickle, Pickler, Protocol, Registry, Unpickler, Value};

use crate::support::{output, pythons, text};

fn setting(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().expect(name),
        Err(_) => default,
    }
}

/// The pickles that a script has written, each behind its protocol and its length.
fn pickles(mut written: &[u8]) -> Vec<(Protocol, &[u8])> {
    let mut pickles = Vec::new();
    while let Some((header, rest)) = written.split_first_chunk::<5>() {
        let [protocol, length @ ..] = *header;
        let (pickle, rest) = rest.split_at(u32::from_le_bytes(length) as usize);
        pickles.push((Protocol::ALL[usize::from(protocol)], pickle));
        written = rest;
    }
    assert!(written.is_empty(), "the script broke off");
    pickles
}

/// What is written instead, if that is something else.
fn difference<T: Pickle>(value: &T, protocol: Protocol, expected: &[u8]) -> Option<String> {
    let mut bytes = Vec::new();
    match Pickler::new(&mut bytes).with_protocol(protocol).dump(value) {
        Ok(()) if bytes == expected => None,
        Ok(()) => Some(bytes.escape_ascii().to_string()),
        Err(error) => Some(error.to_string()),
    }
}

#[test]
fn graphs_come_back_byte_for_byte() {
    let count = setting("PICKLE_GRAPHS", 300);
    let seed = setting("PICKLE_GRAPHS_SEED", 1);
    let mut compared = [0; 2];
    for python in pythons().iter().filter(|python| python.version >= (3, 8)) {
        let mut script = python.script("tests/python/graphs.py");
        let made = output(script.args([seed, count].map(|number| number.to_string())));
        assert!(made.status.success(), "{python}: {}", text(&made.stderr));
        for (protocol, pickle) in pickles(&made.stdout) {
            let shown = || format!("{python}, {protocol:?}, {}", pickle.escape_ascii());
            let document = Document::parse(pickle).unwrap_or_else(|e| panic!("{}: {e}", shown()));
            if let Some(other) = difference(&document, protocol, pickle) {
                panic!("{}\nas a document: {other}", shown());
            }
            compared[0] += 1;
            // What a value does not keep as it stands is written as 3.13 would.
            if python.version < (3, 13) {
                continue;
            }
            // Other tests here have registered classes of these names.
            let mut unpickler = Unpickler::from_slice(pickle)
                .with_registry(Registry::new())
                .with_opaque(true);
            match unpickler.load::<Value>() {
                Ok(value) => {
                    if let Some(other) = difference(&value, protocol, pickle) {
                        panic!("{}\nas a value: {other}", shown());
                    }
                    compared[1] += 1;
                }
                Err(error) => assert_eq!(error.kind(), ErrorKind::Cycle, "{}: {error}", shown()),
            }
        }
    }
    println!(
        "{} pickles as documents, {} as values",
        compared[0], compared[1]
    );
}
