//! What CPython's unpickler and ours make of one pickle.

use pickle::{Error, ErrorKind, Unpickler, Value};

use crate::python;

/// Compares what both make of a pickle.
///
/// # Errors
///
/// How they differ.
pub fn compare(data: &[u8]) -> Result<(), String> {
    let ours = Unpickler::from_slice(data)
        .with_persistent_ids(true)
        .document()
        .map(drop);
    if let Err(error) = &ours
        && is_ours_alone(error)
    {
        return Ok(());
    }
    let Some(theirs) = python::ask(data) else {
        return Ok(());
    };
    if theirs.starts_with("skip ") {
        return Ok(());
    }
    match (&ours, theirs.strip_prefix("error ")) {
        (Ok(()), None) => {
            let repr = theirs.strip_prefix("ok ");
            let value = Unpickler::from_slice(data).with_opaque(true).load::<Value>();
            match (repr, value) {
                (Some(repr), Ok(value)) if value.to_string() != repr => {
                    return Err(format!("Python reads {repr}, we {value}"));
                }
                (Some(repr), Err(error)) if !is_beyond_values(&error) => {
                    return Err(format!("Python reads {repr}, we say {error:?}"));
                }
                _ => {}
            }
        }
        (Err(error), Some(theirs)) => {
            let ours = format!("{} {}", error.python_type(), error.message());
            if !same_words(&ours, theirs) && !is_asked_later(theirs) {
                return Err(format!("we say {ours}, Python {theirs}"));
            }
        }
        (Ok(()), Some(theirs)) => {
            if !needs_the_class(theirs) {
                return Err(format!("we accept what Python refuses: {theirs}"));
            }
        }
        (Err(error), None) => return Err(format!("we refuse what Python accepts: {error:?}")),
    }
    Ok(())
}

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

/// Refusals that a document has not come to when it fails behind them.
fn is_asked_later(theirs: &str) -> bool {
    ["unregistered extension code", "can't decode byte", "bytes-like", "must be a type"]
        .iter()
        .any(|words| theirs.contains(words))
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
        "bytes-like",
        "is not iterable",
    ]
    .iter()
    .any(|words| theirs.contains(words))
}

fn same_words(ours: &str, theirs: &str) -> bool {
    // Python's decoder names the codec's error before ours notices the end of the data, and the
    // order of two faults in one pickle may differ.
    ours == theirs || ours.split(' ').next() == theirs.split(' ').next()
}
