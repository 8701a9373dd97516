//! JSON that says everything.

use std::cell::RefCell;
use std::collections::HashMap;

use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};

use super::{DEPTH, hex};
use crate::error::{Error, ErrorKind, Result};
use crate::read::Construction;
use crate::value::{Change, Dict, Opaque, Text, Value};

/// Returns a value as JSON from which [`from_tagged`](super::from_tagged) makes an equal one.
///
/// `None`, booleans, text, lists, dicts whose keys are text, ints up to 2⁵³ and floats are JSON's own.
/// Everything else is an object with one key that starts with a dollar sign:
///
/// | key | of |
/// |---|---|
/// | `$int`, `$float`, `$str` | an int's digits; the 64 bits of a float, in hexadecimal; text with surrogates, as the bytes of WTF-8 |
/// | `$bytes`, `$bytearray` | bytes, in hexadecimal |
/// | `$tuple`, `$set`, `$frozenset` | items |
/// | `$dict` | pairs of keys and values |
/// | `$global` | module and qualified name |
/// | `$instance` | an [`Opaque`]: `how` it was made, `callable`, `args`, `kwargs`, `changes` |
/// | `$object` | a registered instance, as its data |
/// | `$id`, with `$value` | what other places share, and its number; they have `$ref` |
///
/// # Errors
///
/// When the JSON would nest deeper than 127 levels, which is as deep as it is read; those of
/// dumping a registered instance.
pub fn to_tagged(value: &Value) -> Result<String> {
    let shared = RefCell::new(Shared {
        met: places(value),
        numbers: HashMap::new(),
    });
    let node = Node {
        value,
        depth: 0,
        shared: &shared,
    };
    serde_json::to_string(&node)
        .map_err(|error| Error::new(ErrorKind::Unpicklable, error.to_string()))
}

/// How many places hold each shared container.
fn places(value: &Value) -> HashMap<*const (), usize> {
    let mut met = HashMap::new();
    let mut stack = vec![value];
    while let Some(value) = stack.pop() {
        if let Some((address, true)) = value.container().filter(|_| !value.is_empty()) {
            let count: &mut usize = met.entry(address).or_default();
            *count += 1;
            if *count > 1 {
                continue;
            }
        }
        match value {
            Value::Dict(dict) => stack.extend(dict.iter().flat_map(|(key, value)| [key, value])),
            Value::Opaque(instance) => stack.extend(instance.flat().1),
            other => stack.extend(other.iter()),
        }
    }
    met
}

struct Shared {
    met: HashMap<*const (), usize>,
    numbers: HashMap<*const (), usize>,
}

#[derive(Clone, Copy)]
struct Node<'a> {
    value: &'a Value,
    depth: usize,
    shared: &'a RefCell<Shared>,
}

/// An object of one entry, and what is in it.
struct Tag<T>(&'static str, T);

impl<T: Serialize> Serialize for Tag<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.0, &self.1)?;
        map.end()
    }
}

impl<'a> Node<'a> {
    fn of(self, value: &'a Value, levels: usize) -> Self {
        Self {
            value,
            depth: self.depth + levels,
            ..self
        }
    }

    fn items(self, items: impl Iterator<Item = &'a Value>, levels: usize) -> Vec<Self> {
        items.map(|item| self.of(item, levels)).collect()
    }

    fn pairs(
        self,
        pairs: impl Iterator<Item = (&'a Value, &'a Value)>,
        levels: usize,
    ) -> Vec<[Self; 2]> {
        pairs
            .map(|(key, value)| [self.of(key, levels), self.of(value, levels)])
            .collect()
    }

    fn content<S: Serializer>(self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::None => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Int(int) => match int.to_i64() {
                Some(int) if int.unsigned_abs() <= 1 << 53 => serializer.serialize_i64(int),
                _ => Tag("$int", int.to_string()).serialize(serializer),
            },
            Value::Float(float) => match reads_back(*float) {
                true => serializer.serialize_f64(*float),
                false => Tag("$float", format!("{:016x}", float.to_bits())).serialize(serializer),
            },
            Value::Str(text) => self.text(text, serializer),
            Value::Bytes(bytes) => Tag("$bytes", hex(bytes)).serialize(serializer),
            Value::ByteArray(bytes) => Tag("$bytearray", hex(bytes)).serialize(serializer),
            Value::List(list) => {
                let mut items = serializer.serialize_seq(Some(list.len()))?;
                for item in list {
                    items.serialize_element(&self.of(item, 1))?;
                }
                items.end()
            }
            Value::Tuple(tuple) => Tag("$tuple", self.items(tuple.iter(), 2)).serialize(serializer),
            Value::Set(set) => Tag("$set", self.items(set.iter(), 2)).serialize(serializer),
            Value::FrozenSet(set) => {
                Tag("$frozenset", self.items(set.iter(), 2)).serialize(serializer)
            }
            Value::Dict(dict) => self.dict(dict, serializer),
            Value::Global(global) => {
                let names =
                    [global.module(), global.qualname()].map(|name| Value::Str(name.clone()));
                Tag(
                    "$global",
                    names.each_ref().map(|name| Node {
                        value: name,
                        ..self
                    }),
                )
                .serialize(serializer)
            }
            Value::Object(object) => {
                let data = object.to_data().map_err(S::Error::custom)?;
                // What the data shares is its own.
                let shared = RefCell::new(Shared {
                    met: places(&data),
                    numbers: HashMap::new(),
                });
                let node = Node {
                    value: &data,
                    depth: self.depth + 1,
                    shared: &shared,
                };
                Tag("$object", node).serialize(serializer)
            }
            Value::Opaque(instance) => {
                Tag("$instance", Instance(self, instance)).serialize(serializer)
            }
        }
    }

    fn text<S: Serializer>(self, text: &Text, serializer: S) -> Result<S::Ok, S::Error> {
        match text.as_str() {
            Some(text) => serializer.serialize_str(text),
            None => Tag("$str", hex(text.as_wtf8())).serialize(serializer),
        }
    }

    fn dict<S: Serializer>(self, dict: &'a Dict, serializer: S) -> Result<S::Ok, S::Error> {
        let plain = |key: &Value| key.as_str().is_some_and(|key| !key.starts_with('$'));
        if !dict.keys().all(plain) {
            return Tag("$dict", self.pairs(dict.iter(), 3)).serialize(serializer);
        }
        let mut map = serializer.serialize_map(Some(dict.len()))?;
        for (key, value) in dict {
            map.serialize_entry(&key.as_str(), &self.of(value, 1))?;
        }
        map.end()
    }
}

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.depth > DEPTH - 4 {
            let message = "the value nests deeper than JSON is read";
            return Err(S::Error::custom(message));
        }
        let Some((address, true)) = self.value.container() else {
            return self.content(serializer);
        };
        let mut shared = self.shared.borrow_mut();
        if shared.met.get(&address).is_none_or(|places| *places < 2) {
            drop(shared);
            return self.content(serializer);
        }
        let next = shared.numbers.len() + 1;
        let number = *shared.numbers.entry(address).or_insert(next);
        drop(shared);
        if number != next {
            return Tag("$ref", number).serialize(serializer);
        }
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("$id", &number)?;
        map.serialize_entry(
            "$value",
            &Content(Node {
                depth: self.depth + 1,
                ..*self
            }),
        )?;
        map.end()
    }
}

/// A value of whose identity has been taken care.
struct Content<'a>(Node<'a>);

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.content(serializer)
    }
}

/// Whether serde_json reads a float as it writes it, which is not so of every one.
fn reads_back(float: f64) -> bool {
    let text = serde_json::to_string(&float).unwrap_or_default();
    serde_json::from_str::<f64>(&text).is_ok_and(|read| read.to_bits() == float.to_bits())
}

struct Instance<'a>(Node<'a>, &'a Opaque);

impl Serialize for Instance<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(node, instance) = *self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("how", how(instance.construction()))?;
        map.serialize_entry("callable", &node.of(instance.callable(), 2))?;
        map.serialize_entry("args", &node.of(instance.args_value(), 2))?;
        if instance.kwargs().is_some() {
            map.serialize_entry("kwargs", &node.of(instance.kwargs_value(), 2))?;
        }
        if !instance.changes().is_empty() {
            let changes: Vec<_> = instance
                .changes()
                .iter()
                .map(|change| Changed(node, change))
                .collect();
            map.serialize_entry("changes", &changes)?;
        }
        map.end()
    }
}

/// The names of the ways to make an instance.
pub(super) const WAYS: [(&str, Construction); 4] = [
    ("call", Construction::Reduce),
    ("new", Construction::NewObj),
    ("new with keywords", Construction::NewObjEx),
    ("old style", Construction::Inst),
];

fn how(construction: Construction) -> &'static str {
    let way = WAYS.iter().find(|(_, way)| *way == construction);
    way.map_or("call", |(name, _)| name)
}

struct Changed<'a>(Node<'a>, &'a Change);

impl Serialize for Changed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(node, change) = *self;
        match change {
            Change::State(state) => Tag("state", node.of(state, 4)).serialize(serializer),
            Change::Items(items) => Tag("items", node.items(items.iter(), 5)).serialize(serializer),
            Change::Additions(items) => {
                Tag("additions", node.items(items.iter(), 5)).serialize(serializer)
            }
            Change::Pairs(pairs) => {
                let pairs = pairs.iter().map(|(key, value)| (key, value));
                Tag("pairs", node.pairs(pairs, 6)).serialize(serializer)
            }
            Change::Setter { function, state } => {
                Tag("setter", [node.of(function, 5), node.of(state, 5)]).serialize(serializer)
            }
        }
    }
}
