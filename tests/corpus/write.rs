//! Every variant that CPython writes, read and written again: the same bytes.

use pickle::{Document, ErrorKind, Pickle, Pickler, Protocol, Registry, Unpickler, Value};

use crate::manifest::{Corpus, Subject, Variant};
use crate::report::Report;
use crate::{configured, first_line};

/// Variants that are written otherwise, by their beginnings, and why.
type Different = &'static [(&'static str, &'static [&'static str])];

const DIFFERENT_DOCUMENTS: Different = &[(SHARED_MEMO, &["stream/shared-memo"])];

const DIFFERENT_VALUES: Different = &[
    (SHARED_MEMO, &["stream/shared-memo"]),
    (
        "two classes of Python 3 that are one in Python 2 are one in a Value",
        &[
            "exc/connection@p0",
            "exc/connection@p1",
            "exc/connection@p2",
            "global/new-exceptions@p0",
            "global/new-exceptions@p1",
            "global/new-exceptions@p2",
        ],
    ),
    (
        "a name of Python 2 that stands for another one in Python 3 than was pickled",
        &[
            "compat/every-name-mapping@p0",
            "compat/every-name-mapping@p2",
        ],
    ),
    (
        "below protocol 4 a Value takes the method of a class for what is nested in it",
        &[
            "zoneinfo/paris@p0",
            "zoneinfo/paris@p1",
            "zoneinfo/paris@p2",
            "zoneinfo/paris@p3",
            "zoneinfo/datetime@p0",
            "zoneinfo/datetime@p1",
            "zoneinfo/datetime@p2",
            "zoneinfo/datetime@p3",
            "zoneinfo/shared@p0",
            "zoneinfo/shared@p1",
            "zoneinfo/shared@p2",
            "zoneinfo/shared@p3",
            "method/class@p0",
            "method/class@p1",
            "method/class@p2",
            "method/class@p3",
            "method/builtin@p0",
            "method/builtin@p1",
            "method/builtin@p2",
            "method/builtin@p3",
            "buffer/in-band-zerocopy@p0",
            "buffer/in-band-zerocopy@p1",
            "buffer/in-band-zerocopy@p2",
            "buffer/in-band-zerocopy@p3",
        ],
    ),
    (
        "a Value holds the content of a buffer, not the reference",
        &["buffer/oob-"],
    ),
];

const SHARED_MEMO: &str =
    "a pickler forgets the objects of a dump, which may be gone by the next one";

#[test]
fn documents_are_written_as_they_were_read() {
    let corpus = Corpus::open();
    let mut report = Report::new("documents written back", &[]);
    for (subject, variant) in corpus.variants() {
        if let Some(reason) = left_out(subject, variant) {
            report.skip(reason);
            continue;
        }
        let bytes = corpus.bytes(variant);
        let buffers = corpus.buffers(variant);
        let mut unpickler = configured(Unpickler::from_slice(&bytes), subject)
            .with_buffers(buffers.iter().map(Vec::as_slice));
        let mut documents = Vec::new();
        while !unpickler.rest().is_empty() {
            documents.push(unpickler.document().unwrap());
        }
        let result =
            written(subject, variant, &documents).and_then(|written| compare(&bytes, &written));
        add(&mut report, DIFFERENT_DOCUMENTS, &variant.id, result);
    }
    report.finish();
}

#[test]
fn values_are_written_as_they_were_read() {
    let corpus = Corpus::open();
    let mut report = Report::new("values written back", &[]);
    for (subject, variant) in corpus.variants() {
        if let Some(reason) = left_out(subject, variant) {
            report.skip(reason);
            continue;
        }
        let bytes = corpus.bytes(variant);
        let buffers = corpus.buffers(variant);
        let mut unpickler = configured(Unpickler::from_slice(&bytes), subject)
            .with_registry(Registry::new())
            .with_opaque(true)
            .with_buffers(buffers.iter().map(Vec::as_slice));
        let mut values = Vec::<Value>::new();
        let loaded = loop {
            if unpickler.rest().is_empty() {
                break Ok(());
            }
            match unpickler.load() {
                Ok(value) => values.push(value),
                Err(error) => break Err(error),
            }
        };
        let result = match loaded {
            Ok(()) => {
                written(subject, variant, &values).and_then(|written| compare(&bytes, &written))
            }
            Err(error) if error.kind() == ErrorKind::Cycle => {
                report.skip("they contain themselves, which no Value does");
                continue;
            }
            Err(error) if error.kind() == ErrorKind::PersistentId => {
                report.skip("persistent ids stand for no Value");
                continue;
            }
            Err(error) if error.kind() == ErrorKind::Extension => {
                report.skip("extension codes that nothing is registered for");
                continue;
            }
            Err(error) => Err(first_line(error)),
        };
        add(&mut report, DIFFERENT_VALUES, &variant.id, result);
    }
    report.finish();
}

/// Adds a result to the report, in view of what is known to differ.
fn add(report: &mut Report, different: Different, id: &str, result: Result<(), String>) {
    let known = different
        .iter()
        .find(|(_, ids)| ids.iter().any(|start| id.starts_with(start)));
    match (known, result) {
        (Some((reason, _)), Err(_)) => report.skip(reason),
        (Some(_), Ok(())) => report.add(id, Err("listed as different, and is the same".into())),
        (None, result) => report.add(id, result),
    }
}

/// Why a variant is no matter for these tests.
fn left_out(subject: &Subject, variant: &Variant) -> Option<&'static str> {
    let options = &subject.options;
    if !variant.is_of_python() {
        Some("written by other Pythons, or by hand")
    } else if options.fast || options.optimize {
        Some("without the memo that a pickler writes")
    } else {
        None
    }
}

fn written<T: Pickle>(
    subject: &Subject,
    variant: &Variant,
    values: &[T],
) -> Result<Vec<u8>, String> {
    let mut pickler = Pickler::new(Vec::new())
        .with_protocol(Protocol::try_from(i64::from(variant.protocol)).unwrap())
        .with_fix_imports(subject.options.fix_imports.unwrap_or(true));
    for value in values {
        if subject.options.stream.as_deref() != Some("shared") {
            pickler.clear_memo();
        }
        pickler.dump(value).map_err(first_line)?;
    }
    Ok(pickler.into_inner())
}

/// Compares bytes; the difference is the first one, with what is around it.
fn compare(expected: &[u8], found: &[u8]) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    let same = expected
        .iter()
        .zip(found)
        .take_while(|(expected, found)| expected == found)
        .count();
    let around = |bytes: &[u8]| {
        let part = &bytes[same.saturating_sub(12).min(bytes.len())..bytes.len().min(same + 12)];
        part.escape_ascii().to_string()
    };
    let (expected, found) = (around(expected), around(found));
    Err(format!("at {same}: expected {expected}, found {found}"))
}

#[test]
fn a_document_can_be_written_at_another_protocol() {
    let document = Document::parse(b"\x80\x04\x8c\x03tea\x94.").unwrap();
    let mut pickler = Pickler::new(Vec::new()).with_protocol(Protocol::V0);
    pickler.dump(&document).unwrap();
    assert_eq!(pickler.into_inner(), b"Vtea\np0\n.");
}
