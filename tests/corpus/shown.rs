//! Every pickle of the corpus as Python shows it: `repr`, and `pprint`.
//!
//! A class that has a `repr` of its own is Python's alone. What is left are built-in data of every
//! form, and instances without one.

use std::io::{Read, Write};
use std::process::{Child, Stdio};

use pickle::{Registry, Unpickler, Value};

use crate::manifest::Corpus;
use crate::report::{Exception, Report};
use crate::support::{Python, pythons};

/// Variants that are shown otherwise.
const DIFFERENT: &[Exception] = &[];

#[test]
fn every_variant_is_shown_as_python_shows_it() {
    let Some(python) = pythons().iter().rfind(|python| python.version >= (3, 8)) else {
        return;
    };
    let corpus = Corpus::open();
    let mut answers = Answers::of(python);
    let mut report = Report::new("repr and pprint", &[DIFFERENT]);
    for (subject, variant) in corpus.variants() {
        let options = &subject.options;
        if options.stream.is_some() || options.persistent || options.fix_imports == Some(false) {
            report.skip("several pickles, or loaded with options");
            continue;
        }
        // Whose class does not tell that a function makes it.
        if variant.id.starts_with("ext/reduce-by-function@") {
            report.skip("what a call has made, and not only a class");
            continue;
        }
        let bytes = corpus.bytes(variant);
        if bytes.len() > 1 << 16 {
            report.skip("long ones");
            continue;
        }
        let [obstacle, repr, pformat] = answers.ask(&bytes);
        if !obstacle.is_empty() {
            report.skip(reason(&obstacle));
            continue;
        }
        report.add(&variant.id, compare(&bytes, &repr, &pformat));
    }
    report.finish();
    answers.end();
}

/// The reasons that the script gives, each once.
fn reason(obstacle: &str) -> &'static str {
    const REASONS: [&str; 5] = [
        "a class with a repr of its own",
        "a class or function whose name does not tell which it is",
        "the order of a set",
        "what a call has made, and not only a class",
        "not for this Python",
    ];
    let known = REASONS.into_iter().find(|reason| *reason == obstacle);
    known.unwrap_or_else(|| panic!("unknown reason: {obstacle}"))
}

fn compare(bytes: &[u8], repr: &str, pformat: &str) -> Result<(), String> {
    let mut unpickler = Unpickler::from_slice(bytes)
        .with_opaque(true)
        .with_registry(Registry::new());
    let document = unpickler.document().map_err(crate::first_line)?;
    let shown = document.to_string();
    if shown != repr {
        return Err(difference(&shown, repr));
    }
    let value: Value = match document.to_value() {
        Ok(value) => value,
        Err(error) if error.kind() == pickle::ErrorKind::Cycle => return Ok(()),
        Err(error) => return Err(crate::first_line(error)),
    };
    let (shown, laid_out) = (value.to_string(), format!("{value:#}"));
    match laid_out == pformat && shown == repr {
        true => Ok(()),
        false => Err(difference(&laid_out, pformat)),
    }
}

fn difference(found: &str, expected: &str) -> String {
    let same = found
        .chars()
        .zip(expected.chars())
        .take_while(|(a, b)| a == b);
    let start = same.count().saturating_sub(20);
    let part = |text: &str| text.chars().skip(start).take(80).collect::<String>();
    format!("expected {:?}, found {:?}", part(expected), part(found))
}

/// A Python that answers how it shows what it is sent.
struct Answers(Child);

impl Answers {
    fn of(python: &Python) -> Self {
        let child = python
            .script("tests/python/repr.py")
            .arg("answer")
            .env(
                "PYTHONPATH",
                concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/py"),
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        Self(child.unwrap())
    }

    fn ask(&mut self, pickle: &[u8]) -> [String; 3] {
        let stdin = self.0.stdin.as_mut().unwrap();
        stdin
            .write_all(&(pickle.len() as u64).to_le_bytes())
            .unwrap();
        stdin.write_all(pickle).unwrap();
        stdin.flush().unwrap();
        let stdout = self.0.stdout.as_mut().unwrap();
        std::array::from_fn(|_| {
            let mut length = [0; 8];
            stdout.read_exact(&mut length).unwrap();
            let mut part = vec![0; usize::try_from(u64::from_le_bytes(length)).unwrap()];
            stdout.read_exact(&mut part).unwrap();
            String::from_utf8(part).unwrap()
        })
    }

    fn end(mut self) {
        drop(self.0.stdin.take());
        assert!(self.0.wait().unwrap().success());
    }
}
