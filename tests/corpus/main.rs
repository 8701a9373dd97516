//! Every pickle of the corpus, read and compared with what the manifest says of it.
//!
//! `README.md` beside this file says what the corpus is. Another one of the same format is read
//! instead if `PICKLE_CORPUS` names its folder.

mod any;
mod errors;
mod graph;
mod manifest;
mod notation;
mod python;
mod report;
mod same;
mod shown;
#[path = "../interop/support.rs"]
#[expect(dead_code, reason = "other tests use more of it")]
mod support;
mod values;
mod write;

use std::io::BufReader;

use pickle::{Document, Unpickler};

use self::graph::Comparison;
use self::manifest::{Corpus, Subject, Variant};
use self::report::{Exception, Report};

/// Variants whose graph differs from the manifest's: the id, why, and how.
const DIFFERENT_GRAPHS: &[Exception] = &[];

#[test]
fn every_variant_has_the_graph_that_its_manifest_says() {
    let corpus = Corpus::open();
    let mut report = Report::new("graphs of slices", &[DIFFERENT_GRAPHS]);
    for (subject, variant) in corpus.variants() {
        report.add(&variant.id, from_slice(&corpus, subject, variant));
    }
    report.finish();
}

#[test]
fn every_variant_has_the_same_graph_when_its_bytes_come_one_by_one() {
    let corpus = Corpus::open();
    let mut report = Report::new("graphs of readers", &[DIFFERENT_GRAPHS]);
    for (subject, variant) in corpus.variants() {
        report.add(&variant.id, from_reader(&corpus, subject, variant));
    }
    report.finish();
}

fn from_slice(corpus: &Corpus, subject: &Subject, variant: &Variant) -> Result<(), String> {
    let bytes = corpus.bytes(variant);
    let buffers = corpus.buffers(variant);
    let mut unpickler = configured(Unpickler::from_slice(&bytes), subject)
        .with_buffers(buffers.iter().map(Vec::as_slice));
    let mut expected = Expected::new(subject, variant);
    while !unpickler.rest().is_empty() {
        expected.compare(&unpickler.document().map_err(first_line)?)?;
    }
    expected.finish()
}

fn from_reader(corpus: &Corpus, subject: &Subject, variant: &Variant) -> Result<(), String> {
    let bytes = corpus.bytes(variant);
    let reader = BufReader::with_capacity(1, bytes.as_slice());
    let mut unpickler =
        configured(Unpickler::new(reader), subject).with_buffers(corpus.buffers(variant));
    let mut expected = Expected::new(subject, variant);
    loop {
        match unpickler.document() {
            Ok(document) => expected.compare(&document)?,
            Err(error) if error.is_eof() => return expected.finish(),
            Err(error) => return Err(first_line(error)),
        }
    }
}

/// An unpickler with the options that a subject was pickled with.
fn configured<S>(unpickler: Unpickler<S>, subject: &Subject) -> Unpickler<S> {
    let options = &subject.options;
    unpickler
        .with_persistent_ids(options.persistent)
        .with_memo_kept(options.stream.as_deref() == Some("shared"))
        .with_fix_imports(options.fix_imports.unwrap_or(true))
}

fn first_line(error: pickle::Error) -> String {
    format!("{}: {}", error.python_type(), error.message())
}

/// The graphs of a variant, one for each pickle.
struct Expected<'c> {
    graphs: std::slice::Iter<'c, serde_json::Value>,
    /// The comparison of pickles that share a memo.
    shared: Option<Comparison>,
}

impl<'c> Expected<'c> {
    fn new(subject: &'c Subject, variant: &'c Variant) -> Self {
        let graph = subject.graph(variant);
        let graphs = match subject.options.stream {
            Some(_) => notation::array(graph, "v"),
            None => std::slice::from_ref(graph),
        };
        let shared = subject.options.stream.as_deref() == Some("shared");
        Self {
            graphs: graphs.iter(),
            shared: shared.then(Comparison::default),
        }
    }

    fn compare(&mut self, document: &Document<'_>) -> Result<(), String> {
        let Some(expected) = self.graphs.next() else {
            return Err("more pickles than expected".to_owned());
        };
        if let Some(comparison) = &mut self.shared {
            return comparison.compare(expected, document.root());
        }
        let mut comparison = Comparison::default();
        comparison.compare(expected, document.root())?;
        comparison.finish()
    }

    fn finish(self) -> Result<(), String> {
        if self.graphs.len() > 0 {
            return Err(format!("{} pickles less than expected", self.graphs.len()));
        }
        self.shared.map_or(Ok(()), Comparison::finish)
    }
}
