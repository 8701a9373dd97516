//! Values in serde's formats, and whole in this one.

use std::cell::RefCell;
use std::fmt;

use ::serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use ::serde::ser::{self, Serialize, SerializeMap, SerializeSeq, SerializeTuple, Serializer};

use crate::error::Result;
use crate::value::{Bytes, Dict, GlobalRef, List, Opaque, Value};

/// The name under which a value asks whether its format is pickle, which holds it as it is. It is a
/// newtype struct to other formats, which pay no attention to its name.
pub(super) const TOKEN: &str = "$pickle::Value";

thread_local! {
    /// A value on its way between `Value` and this crate's own serializer or deserializer.
    static HANDED: RefCell<Handed> = const { RefCell::new(Handed::Nothing) };
}

enum Handed {
    Nothing,
    /// The serializer asks for the value.
    Asked,
    Value(Value),
}

/// Returns the value that serializes itself, as it is.
pub(super) fn handed_over(serialize: impl FnOnce() -> Result<Value>) -> Result<Value> {
    HANDED.set(Handed::Asked);
    let other = serialize();
    match HANDED.replace(Handed::Nothing) {
        Handed::Value(value) => Ok(value),
        // Somebody else's newtype struct of this name.
        _ => other,
    }
}

/// Hands a value to the visitor that is called next.
pub(super) fn hand_over(value: Value) {
    HANDED.set(Handed::Value(value));
}

/// Whole in a pickle. In other formats: lists, tuples and sets are sequences, a dict is a map, an
/// instance the map of its attributes, or the sequence of what it was made from; classes and
/// functions are their names, ints of more than 128 bits their digits.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(TOKEN, &Plain(self))
    }
}

struct Plain<'a>(&'a Value);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let asked = HANDED.with_borrow_mut(|handed| {
            let asked = matches!(handed, Handed::Asked);
            if asked {
                *handed = Handed::Value(self.0.clone());
            }
            asked
        });
        match asked {
            true => serializer.serialize_unit(),
            false => plain(self.0, serializer),
        }
    }
}

fn plain<S: Serializer>(value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Value::None => serializer.serialize_unit(),
        Value::Bool(value) => serializer.serialize_bool(*value),
        Value::Int(int) => match (int.to_i64(), value.as_u64(), int.to_i128(), int.to_u128()) {
            (Some(int), ..) => serializer.serialize_i64(int),
            (_, Some(int), ..) => serializer.serialize_u64(int),
            (_, _, Some(int), _) => serializer.serialize_i128(int),
            (_, _, _, Some(int)) => serializer.serialize_u128(int),
            _ => serializer.collect_str(int),
        },
        Value::Float(float) => serializer.serialize_f64(*float),
        Value::Str(text) => match text.as_str() {
            Some(text) => serializer.serialize_str(text),
            None => Err(ser::Error::custom(format!(
                "{text} holds a surrogate, which no text but Python's can"
            ))),
        },
        Value::Bytes(bytes) => serializer.serialize_bytes(bytes),
        Value::ByteArray(bytes) => serializer.serialize_bytes(bytes),
        Value::List(list) => sequence(list.iter(), list.len(), serializer),
        Value::Tuple(tuple) => {
            let mut items = serializer.serialize_tuple(tuple.len())?;
            tuple
                .iter()
                .try_for_each(|item| items.serialize_element(item))?;
            items.end()
        }
        Value::Set(set) => sequence(set.iter(), set.len(), serializer),
        Value::FrozenSet(set) => sequence(set.iter(), set.len(), serializer),
        Value::Dict(dict) => map(dict.iter(), dict.len(), serializer),
        Value::Global(global) => serializer.collect_str(&name(global)),
        Value::Object(object) => match object.to_data() {
            Ok(data) => plain(&data, serializer),
            Err(error) => Err(ser::Error::custom(error)),
        },
        Value::Opaque(instance) => opaque(instance, serializer),
    }
}

fn name(global: &GlobalRef) -> String {
    let (module, qualname) = (global.module(), global.qualname());
    format!(
        "{}.{}",
        module.to_string_lossy(),
        qualname.to_string_lossy()
    )
}

fn opaque<S: Serializer>(instance: &Opaque, serializer: S) -> Result<S::Ok, S::Error> {
    let attributes = instance.attributes();
    if instance.pairs().next().is_some() {
        let pairs: Vec<_> = instance.pairs().collect();
        let entries = pairs.iter().map(|(key, value)| (key, value));
        map(entries, pairs.len(), serializer)
    } else if instance.items().next().is_some() {
        let items: Vec<_> = instance.items().collect();
        sequence(items.iter().copied(), items.len(), serializer)
    } else if let (Some(state), None) = (instance.state(), &attributes) {
        state.serialize(serializer)
    } else if attributes.is_none() && !instance.args().is_empty() {
        sequence(instance.args().iter(), instance.args().len(), serializer)
    } else {
        let attributes = attributes.unwrap_or_default();
        map(attributes.iter().copied(), attributes.len(), serializer)
    }
}

fn sequence<'a, S: Serializer>(
    mut items: impl Iterator<Item = &'a Value>,
    len: usize,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut sequence = serializer.serialize_seq(Some(len))?;
    items.try_for_each(|item| sequence.serialize_element(item))?;
    sequence.end()
}

fn map<'a, S: Serializer>(
    mut entries: impl Iterator<Item = (&'a Value, &'a Value)>,
    len: usize,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(len))?;
    entries.try_for_each(|(key, value)| map.serialize_entry(key, value))?;
    map.end()
}

/// Whole out of a pickle. Of other formats: sequences become lists, maps dicts.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(TOKEN, ValueVisitor { inside: false })
    }
}

struct ValueVisitor {
    /// Whether the newtype struct has been entered.
    inside: bool,
}

macro_rules! visits {
    ($($method:ident $type:ty;)*) => {$(
        fn $method<E: de::Error>(self, value: $type) -> Result<Value, E> {
            Ok(value.into())
        }
    )*};
}

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    visits! {
        visit_bool bool; visit_i64 i64; visit_i128 i128; visit_u64 u64; visit_u128 u128;
        visit_f64 f64; visit_str &str; visit_string String;
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Value, E> {
        Ok(Bytes::from(bytes).into())
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Value, D::Error> {
        if self.inside {
            return Value::deserialize(deserializer);
        }
        match HANDED.replace(Handed::Nothing) {
            Handed::Value(value) => Ok(value),
            _ => deserializer.deserialize_any(Self { inside: true }),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = List::new();
        while let Some(item) = items.next_element::<Value>()? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut dict = Dict::new();
        while let Some((key, value)) = entries.next_entry::<Value, Value>()? {
            dict.try_insert(key, value).map_err(de::Error::custom)?;
        }
        Ok(dict.into())
    }
}
