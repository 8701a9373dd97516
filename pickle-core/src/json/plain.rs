//! JSON for people and other programs, and a report of what it leaves out.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::{DEPTH, name};
use crate::value::{Opaque, Value};

/// JSON text, and what it could not express.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plain {
    /// The JSON.
    pub text: String,
    /// What it could not express, in order; the first thousand.
    pub losses: Vec<Loss>,
    /// How many more there are.
    pub more_losses: usize,
}

/// Something that JSON could not express.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loss {
    /// The place, as [`Value::path`] takes it.
    pub path: String,
    /// What was lost there.
    pub reason: &'static str,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.reason)
    }
}

/// Returns a value as JSON on one line: tuples and sets are arrays, an instance is the object of its
/// attributes, or the array of what it was made from; keys that are no text become text as in
/// Python's `json.dumps`, and all else is the text of its `repr`.
///
/// What several places share is written for each of them, until that is too much to be read by
/// anybody.
pub fn to_string(value: &Value) -> Plain {
    write(value, |node| serde_json::to_string(node))
}

/// As [`to_string`], with line breaks.
///
/// ```
/// # use pickle_core as pickle;
/// let plain = pickle::json::to_string_pretty(&pickle::value!({"tea": 12.5}));
/// assert_eq!(plain.text, "{\n  \"tea\": 12.5\n}");
/// ```
pub fn to_string_pretty(value: &Value) -> Plain {
    write(value, |node| serde_json::to_string_pretty(node))
}

fn write(value: &Value, text: impl FnOnce(&Node<'_>) -> serde_json::Result<String>) -> Plain {
    let report = RefCell::new(Report::default());
    let text = text(&Node {
        value,
        place: &Place::Root,
        depth: 0,
        report: &report,
    });
    let Report { losses, more, .. } = report.into_inner();
    Plain {
        // Into memory, keys being text: it cannot fail.
        text: text.unwrap_or_default(),
        losses,
        more_losses: more,
    }
}

/// How many losses are reported.
const LOSSES: usize = 1000;

/// How many values are written before those that were written already are left out.
const EXPANDED: usize = 1 << 20;

#[derive(Default)]
struct Report {
    losses: Vec<Loss>,
    more: usize,
    written: usize,
    seen: HashSet<*const ()>,
}

/// Where a value is.
enum Place<'a> {
    Root,
    Index(&'a Place<'a>, usize),
    Key(&'a Place<'a>, &'a Value),
    Attribute(&'a Place<'a>, &'a Value),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("$"),
            Self::Index(inside, nth) => write!(f, "{inside}[{nth}]"),
            Self::Key(inside, key) => write!(f, "{inside}[{key}]"),
            Self::Attribute(inside, name) => match name.as_str() {
                Some(name) => write!(f, "{inside}.{name}"),
                None => write!(f, "{inside}[{name}]"),
            },
        }
    }
}

struct Node<'a> {
    value: &'a Value,
    place: &'a Place<'a>,
    depth: usize,
    report: &'a RefCell<Report>,
}

impl<'a> Node<'a> {
    fn lose(&self, reason: &'static str) {
        let mut report = self.report.borrow_mut();
        match report.losses.len() < LOSSES {
            true => report.losses.push(Loss {
                path: self.place.to_string(),
                reason,
            }),
            false => report.more += 1,
        }
    }

    /// Whether the value is one too many.
    fn is_left_out(&self) -> bool {
        let Some((address, shared)) = self.value.container() else {
            return false;
        };
        if self.depth >= DEPTH {
            self.lose("it nests deeper than JSON is read: null");
            return true;
        }
        let mut report = self.report.borrow_mut();
        report.written += 1;
        let again = shared && !report.seen.insert(address);
        let left_out = again && report.written > EXPANDED;
        drop(report);
        if left_out {
            self.lose("it was written before, and there is too much of it: null");
        }
        left_out
    }

    fn sequence<'v, S: Serializer>(
        &self,
        items: impl Iterator<Item = &'v Value>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(None)?;
        for (nth, value) in items.enumerate() {
            sequence.serialize_element(&Node {
                value,
                place: &Place::Index(self.place, nth),
                depth: self.depth + 1,
                report: self.report,
            })?;
        }
        sequence.end()
    }

    fn map<'v, S: Serializer>(
        &self,
        entries: impl Iterator<Item = (&'v Value, &'v Value)>,
        attributes: bool,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut keys = HashSet::new();
        for (key, value) in entries {
            let place = match attributes {
                true => Place::Attribute(self.place, key),
                false => Place::Key(self.place, key),
            };
            let node = Node {
                value,
                place: &place,
                depth: self.depth + 1,
                report: self.report,
            };
            let text = key_text(key);
            if !matches!(key, Value::Str(text) if text.as_str().is_some()) {
                node.lose("a key is text");
            }
            if !keys.insert(text.clone()) {
                node.lose("another key has the same text");
            }
            map.serialize_entry(&text, &node)?;
        }
        map.end()
    }

    fn opaque<S: Serializer>(&self, instance: &Opaque, serializer: S) -> Result<S::Ok, S::Error> {
        let attributes = instance.attributes();
        let (pairs, items) = (instance.pairs(), instance.items());
        if instance.pairs().next().is_some() {
            self.lose("an instance is the object of its entries");
            self.map(pairs.map(|(key, value)| (key, value)), false, serializer)
        } else if instance.items().next().is_some() {
            self.lose("an instance is the array of its items");
            self.sequence(items, serializer)
        } else if let Some(attributes) = attributes.filter(|found| !found.is_empty()) {
            self.lose("an instance is the object of its attributes");
            self.map(attributes.into_iter(), true, serializer)
        } else if let Some(state) = instance.state().filter(|state| state.as_dict().is_none()) {
            self.lose("an instance is its state");
            let node = Node {
                value: state,
                depth: self.depth + 1,
                ..*self
            };
            node.serialize(serializer)
        } else if instance.class().is_none() || !instance.args().is_empty() {
            self.lose("an instance is the array of what it was made from");
            self.sequence(instance.args().iter(), serializer)
        } else {
            self.lose("an instance is the object of its attributes");
            self.map(std::iter::empty(), true, serializer)
        }
    }
}

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_left_out() {
            return serializer.serialize_unit();
        }
        match self.value {
            Value::None => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Int(int) => match (int.to_i64(), self.value.as_u64()) {
                (Some(int), _) => serializer.serialize_i64(int),
                (_, Some(int)) => serializer.serialize_u64(int),
                _ => {
                    self.lose("an int of more than 64 bits is text");
                    serializer.collect_str(int)
                }
            },
            Value::Float(float) if float.is_finite() => serializer.serialize_f64(*float),
            Value::Float(_) => {
                self.lose("a float that is no number is text");
                serializer.collect_str(self.value)
            }
            Value::Str(text) => {
                if text.as_str().is_none() {
                    self.lose("a surrogate is U+FFFD");
                }
                serializer.serialize_str(&text.to_string_lossy())
            }
            Value::Bytes(_) | Value::ByteArray(_) => {
                self.lose("bytes are the text of their repr");
                serializer.collect_str(self.value)
            }
            Value::List(list) => self.sequence(list.iter(), serializer),
            Value::Tuple(tuple) => {
                self.lose("a tuple is an array");
                self.sequence(tuple.iter(), serializer)
            }
            Value::Set(set) => {
                self.lose("a set is an array");
                self.sequence(set.iter(), serializer)
            }
            Value::FrozenSet(set) => {
                self.lose("a frozenset is an array");
                self.sequence(set.iter(), serializer)
            }
            Value::Dict(dict) => self.map(dict.iter(), false, serializer),
            Value::Global(global) => {
                self.lose("a class or function is its name");
                serializer.serialize_str(&name(global))
            }
            Value::Object(object) => match object.to_data() {
                Ok(Value::Opaque(data)) => self.opaque(&data, serializer),
                Ok(data) => Node {
                    value: &data,
                    depth: self.depth + 1,
                    ..*self
                }
                .serialize(serializer),
                Err(_) => {
                    self.lose("an object cannot be dumped: null");
                    serializer.serialize_unit()
                }
            },
            Value::Opaque(instance) => self.opaque(instance, serializer),
        }
    }
}

/// A key as Python's `json.dumps` writes it; of those that it refuses, the `repr`.
fn key_text(key: &Value) -> String {
    match key {
        Value::Str(text) => text.to_string_lossy().into_owned(),
        Value::None => "null".to_owned(),
        Value::Bool(true) => "true".to_owned(),
        Value::Bool(false) => "false".to_owned(),
        other => other.to_string(),
    }
}
