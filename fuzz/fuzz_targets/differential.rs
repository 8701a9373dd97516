//! CPython's unpickler and ours accept the same pickles, refuse the others in the same words, and
//! read the same values.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pickle::{Error, ErrorKind, Unpickler, Value};

fuzz_target!(|data: &[u8]| {
    let ours = Unpickler::from_slice(data)
        .with_persistent_ids(true)
        .document()
        .map(drop);
    if let Err(error) = &ours
        && is_ours_alone(error)
    {
        return;
    }
    let Some(theirs) = pickle_fuzz::python::ask(data) else { return };
    if theirs.starts_with("skip ") {
        return;
    }
    match (&ours, theirs.strip_prefix("error ")) {
        (Ok(()), None) => {
            let repr = theirs.strip_prefix("ok ");
            let value = Unpickler::from_slice(data).with_opaque(true).load::<Value>();
            match (repr, value) {
                (Some(repr), Ok(value)) => assert_eq!(value.to_string(), repr),
                (Some(repr), Err(error)) if !is_beyond_values(&error) => {
                    panic!("Python reads {repr}, Value says {error:?}")
                }
                _ => {}
            }
        }
        (Err(error), Some(theirs)) => {
            let ours = format!("{} {}", error.python_type(), error.message());
            assert!(same_words(&ours, theirs), "ours: {ours}\nPython's: {theirs}");
        }
        (Ok(()), Some(theirs)) => {
            assert!(needs_the_class(theirs), "accepted here, refused by Python: {theirs}");
        }
        (Err(error), None) => panic!("refused here, accepted by Python: {error:?}"),
    }
});

/// Refusals that CPython has no counterpart for.
fn is_ours_alone(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Limit | ErrorKind::Buffer)
}

/// What a value cannot be, though it is a fine pickle.
fn is_beyond_values(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Cycle | ErrorKind::PersistentId | ErrorKind::Extension | ErrorKind::Encoding
    )
}

/// Refusals that depend on what a name turns out to be, which a document does not ask.
fn needs_the_class(theirs: &str) -> bool {
    [
        "must be a type",
        "unregistered extension code",
        "can't decode byte",
        "unhashable",
        "attribute",
        "not callable",
        "arguments",
    ]
    .iter()
    .any(|words| theirs.contains(words))
}

fn same_words(ours: &str, theirs: &str) -> bool {
    // Python's decoder names the codec's error before ours notices the end of the data, and the
    // order of two faults in one pickle may differ.
    ours == theirs || ours.split(' ').next() == theirs.split(' ').next()
}
