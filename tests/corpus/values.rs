//! Variants of which no class is part, loaded as [`Value`] and compared with what Python loads.
//!
//! Instances are left to the graphs: a value of them says no more than the graph does.

use std::collections::HashMap;

use pickle::{Encoding, EncodingErrors, ErrorKind, Registry, Unpickler, Value};
use serde_json::Value as Json;

use crate::manifest::{Corpus, Outcome};
use crate::notation;
use crate::report::{Exception, Report};

/// Variants that are loaded otherwise.
const DIFFERENT: &[Exception] = &[
    Exception {
        id: "hand/buffer-next as Ascii",
        reason: GIVEN,
        result: "bytearray(b'bytes')",
    },
    Exception {
        id: "hand/buffer-two as Ascii",
        reason: GIVEN,
        result: "(bytearray(b'one'), bytearray(b'two'))",
    },
];

const GIVEN: &str = "CPython gives the object that the caller gave, bytes here; a Rust slice is \
    what the pickle takes it for: a bytearray, unless it says that it is read-only";

#[test]
fn every_value_without_classes_is_what_python_loads() {
    let corpus = Corpus::open();
    let mut report = Report::new("values", &[DIFFERENT]);
    for (subject, variant) in corpus.variants() {
        if subject.options.stream.is_some() {
            continue;
        }
        let bytes = corpus.bytes(variant);
        let buffers = corpus.buffers(variant);
        let encodings = [
            (Encoding::Ascii, subject.outcome(variant)),
            (Encoding::Latin1, subject.encoded(variant, "latin1")),
            (Encoding::Bytes, subject.encoded(variant, "bytes")),
        ];
        for (encoding, outcome) in encodings {
            let Some(outcome) = outcome.filter(is_comparable) else {
                continue;
            };
            let mut unpickler = Unpickler::from_slice(&bytes)
                .with_encoding(encoding, EncodingErrors::Strict)
                .with_fix_imports(subject.options.fix_imports.unwrap_or(true))
                .with_registry(Registry::new())
                .with_opaque(true)
                .with_buffers(buffers.iter().map(Vec::as_slice));
            let id = format!("{} as {encoding:?}", variant.id);
            match compare(&outcome, unpickler.load(), variant.is_ordered()) {
                Some(result) => report.add(&id, result),
                None => report.skip("it contains itself, which no Value does"),
            }
        }
    }
    report.finish();
}

fn is_comparable(outcome: &Outcome<'_>) -> bool {
    match outcome {
        Outcome::Value(node) => is_plain(node),
        Outcome::Error(python_type, _) => *python_type == "UnicodeDecodeError",
    }
}

/// Whether a value is made of built-in types alone.
fn is_plain(node: &Json) -> bool {
    let parts = |node: &Json| match &node["v"] {
        Json::Array(parts) => parts.iter().all(is_plain),
        part => is_plain(part),
    };
    match node {
        // The pair of a key and a value.
        Json::Array(pair) => pair.iter().all(is_plain),
        Json::Object(object) if object.contains_key("ref") => true,
        Json::Object(_) => match notation::kind(node) {
            "list" | "tuple" | "nested" | "dict" | "set" | "frozenset" => parts(node),
            kind => matches!(kind, "int" | "float" | "str" | "bytes" | "bytearray"),
        },
        _ => true,
    }
}

/// Compares what was loaded; `None` if it contains itself, which no [`Value`] does.
fn compare(
    outcome: &Outcome<'_>,
    loaded: pickle::Result<Value>,
    ordered: bool,
) -> Option<Result<(), String>> {
    Some(match (outcome, loaded) {
        (Outcome::Value(expected), Err(error))
            if error.kind() == ErrorKind::Cycle && is_cyclic(expected, &mut Vec::new()) =>
        {
            return None;
        }
        (Outcome::Value(expected), Ok(value)) => {
            match Comparison::new(ordered).same(expected, &value) {
                true => Ok(()),
                false => Err(shorten(value.to_string())),
            }
        }
        (Outcome::Error(python_type, text), Err(error))
            if error.python_type() == *python_type && error.message() == *text =>
        {
            Ok(())
        }
        (_, Ok(value)) => Err(shorten(value.to_string())),
        (_, Err(error)) => Err(format!("{}: {}", error.python_type(), error.message())),
    })
}

/// Whether a node contains itself; `above` has the numbers of those that it is in.
fn is_cyclic(node: &Json, above: &mut Vec<u64>) -> bool {
    match node {
        Json::Array(nodes) => nodes.iter().any(|node| is_cyclic(node, above)),
        Json::Object(_) => {
            if let Some(number) = node["ref"].as_u64() {
                return above.contains(&number);
            }
            above.extend(node["id"].as_u64());
            let cyclic = is_cyclic(&node["v"], above);
            above.truncate(above.len() - usize::from(node["id"].is_u64()));
            cyclic
        }
        _ => false,
    }
}

fn shorten(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(300));
    text
}

#[derive(Clone)]
struct Comparison {
    /// Whether the order of dicts is compared.
    ordered: bool,
    /// The objects that have a number in the manifest.
    numbered: HashMap<u64, *const ()>,
}

impl Comparison {
    fn new(ordered: bool) -> Self {
        Self {
            ordered,
            numbered: HashMap::new(),
        }
    }

    fn same(&mut self, expected: &Json, value: &Value) -> bool {
        if let Some(number) = expected["ref"].as_u64() {
            return address(value) == self.numbered.get(&number).copied();
        }
        if let (Some(number), Some(address)) = (expected["id"].as_u64(), address(value)) {
            self.numbered.insert(number, address);
        }
        match (notation::kind(expected), value) {
            ("", Value::None) => expected.is_null(),
            ("", Value::Bool(value)) => expected.as_bool() == Some(*value),
            (_, Value::Int(int)) => notation::int(expected) == Some(int.to_big_int().to_string()),
            ("float", Value::Float(value)) => notation::bits(expected) == value.to_bits(),
            ("", Value::Str(text)) => {
                expected.is_string() && notation::text(expected) == text.as_wtf8()
            }
            ("str", Value::Str(text)) => notation::text(expected) == text.as_wtf8(),
            ("bytes", Value::Bytes(bytes)) => notation::bytes(expected) == **bytes,
            ("bytearray", Value::ByteArray(bytes)) => notation::bytes(expected) == **bytes,
            ("list", Value::List(items)) => self.sequence(&notation::items(expected), items),
            ("tuple", Value::Tuple(items)) => self.sequence(&notation::items(expected), items),
            ("nested", _) => self.nested(expected, value),
            ("set", Value::Set(set)) => {
                let expected = notation::array(expected, "v").iter();
                self.any_order(expected, set.iter(), Self::same)
            }
            ("frozenset", Value::FrozenSet(set)) => {
                let expected = notation::array(expected, "v").iter();
                self.any_order(expected, set.iter(), Self::same)
            }
            ("dict", Value::Dict(dict)) => {
                let mut expected = notation::pairs(expected, "v");
                match self.ordered {
                    false => self.any_order(expected, dict.iter(), Self::same_pair),
                    true => {
                        expected.len() == dict.len()
                            && dict.iter().all(|found| {
                                expected.next().is_some_and(|e| self.same_pair(e, found))
                            })
                    }
                }
            }
            _ => false,
        }
    }

    fn sequence(&mut self, expected: &[Json], items: &[Value]) -> bool {
        expected.len() == items.len()
            && expected
                .iter()
                .zip(items)
                .all(|(expected, item)| self.same(expected, item))
    }

    fn same_pair(&mut self, expected: (&Json, &Json), found: (&Value, &Value)) -> bool {
        self.same(expected.0, found.0) && self.same(expected.1, found.1)
    }

    fn any_order<E: Copy, F: Copy>(
        &mut self,
        mut expected: impl Iterator<Item = E>,
        found: impl Iterator<Item = F>,
        same: fn(&mut Self, E, F) -> bool,
    ) -> bool {
        let mut found: Vec<F> = found.collect();
        let all = expected.all(|expected| {
            let at = found.iter().position(|found| {
                let mut attempt = self.clone();
                let same = same(&mut attempt, expected, *found);
                if same {
                    *self = attempt;
                }
                same
            });
            at.map(|at| found.remove(at)).is_some()
        });
        all && found.is_empty()
    }

    fn nested(&mut self, expected: &Json, mut value: &Value) -> bool {
        for _ in 0..notation::number(expected, "depth") {
            let items: &[Value] = match (notation::string(expected, "kind"), value) {
                ("list", Value::List(items)) => items,
                ("tuple", Value::Tuple(items)) => items,
                _ => return false,
            };
            let [item] = items else { return false };
            value = item;
        }
        self.same(&expected["v"], value)
    }
}

/// What tells one object from another of the same content.
fn address(value: &Value) -> Option<*const ()> {
    match value {
        Value::List(list) => Some(list.address()),
        Value::Tuple(tuple) => Some(tuple.address()),
        Value::Dict(dict) => Some(dict.address()),
        Value::Set(set) => Some(set.address()),
        Value::FrozenSet(set) => Some(set.address()),
        Value::ByteArray(bytes) => Some(bytes.address()),
        _ => None,
    }
}
