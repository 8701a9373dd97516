//! Tagged JSON back into values.

use std::collections::HashMap;
use std::fmt;

use num_bigint::BigInt;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::tagged::WAYS;
use crate::error::{Error, ErrorKind, Result, quoted_start};
use crate::read::Construction;
use crate::value::{
    ByteArray, Bytes, Change, Dict, FrozenSet, GlobalRef, Int, List, Opaque, Set, Text, Tuple,
    Value,
};

/// Returns the value that [`to_tagged`](super::to_tagged) has written.
///
/// Registered instances are loaded by their class, as from a pickle.
///
/// # Errors
///
/// When the text is no JSON, or a tag or what it has is not what [`to_tagged`](super::to_tagged)
/// writes; those of loading a registered instance.
pub fn from_tagged(text: &str) -> Result<Value> {
    let json = serde_json::from_str(text)
        .map_err(|error| Error::new(ErrorKind::Literal, error.to_string()))?;
    Reader::default().value(json)
}

/// JSON with its objects in order.
enum Json {
    Value(Value),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

macro_rules! visits {
    ($($method:ident $type:ty;)*) => {$(
        fn $method<E: de::Error>(self, value: $type) -> Result<Json, E> {
            Ok(Json::Value(value.into()))
        }
    )*};
}

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    visits! { visit_bool bool; visit_i64 i64; visit_u64 u64; visit_f64 f64; visit_str &str; }

    fn visit_unit<E: de::Error>(self) -> Result<Json, E> {
        Ok(Json::Value(Value::None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut object = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            object.push(entry);
        }
        Ok(Json::Object(object))
    }
}

#[derive(Default)]
struct Reader {
    /// What has a number.
    shared: HashMap<i64, Value>,
}

impl Reader {
    fn value(&mut self, json: Json) -> Result<Value> {
        match json {
            Json::Value(value) => Ok(value),
            Json::Array(items) => Ok(List::from(self.values(items)?).into()),
            Json::Object(entries) => {
                if !entries.first().is_some_and(|(key, _)| key.starts_with('$')) {
                    let mut dict = Dict::with_capacity(entries.len());
                    for (key, value) in entries {
                        dict.insert(key, self.value(value)?);
                    }
                    return Ok(dict.into());
                }
                let mut entries = entries.into_iter();
                match (entries.next(), entries.next(), entries.next()) {
                    (Some((tag, content)), None, _) => self.tagged(&tag, content),
                    (Some((id, Json::Value(number))), Some((tag, content)), None)
                        if id == "$id" && tag == "$value" =>
                    {
                        let value = self.value(content)?;
                        let number = number.as_i64().ok_or_else(|| malformed("$id"))?;
                        self.shared.insert(number, value.clone());
                        Ok(value)
                    }
                    (Some((tag, _)), ..) => Err(malformed(&tag)),
                    (None, ..) => Ok(Dict::new().into()),
                }
            }
        }
    }

    fn values(&mut self, items: Vec<Json>) -> Result<Vec<Value>> {
        items.into_iter().map(|item| self.value(item)).collect()
    }

    fn pairs(&mut self, tag: &str, json: Json) -> Result<Vec<(Value, Value)>> {
        let Json::Array(pairs) = json else {
            return Err(malformed(tag));
        };
        pairs
            .into_iter()
            .map(|pair| match pair {
                Json::Array(pair) => {
                    let [key, value] = <[Json; 2]>::try_from(pair).map_err(|_| malformed(tag))?;
                    Ok((self.value(key)?, self.value(value)?))
                }
                _ => Err(malformed(tag)),
            })
            .collect()
    }

    fn tagged(&mut self, tag: &str, content: Json) -> Result<Value> {
        Ok(match (tag, content) {
            ("$ref", Json::Value(number)) => {
                let known = number.as_i64().and_then(|number| self.shared.get(&number));
                known.cloned().ok_or_else(|| malformed(tag))?
            }
            ("$int", Json::Value(digits)) => int(&digits).ok_or_else(|| malformed(tag))?,
            ("$float", Json::Value(bits)) => {
                let bits = bits
                    .as_str()
                    .and_then(|bits| u64::from_str_radix(bits, 16).ok());
                f64::from_bits(bits.ok_or_else(|| malformed(tag))?).into()
            }
            ("$str", Json::Value(text)) => Text::from_wtf8(bytes(tag, &text)?)?.into(),
            ("$bytes", Json::Value(text)) => Bytes::from(bytes(tag, &text)?).into(),
            ("$bytearray", Json::Value(text)) => ByteArray::from(bytes(tag, &text)?).into(),
            ("$tuple", Json::Array(items)) => Tuple::from(self.values(items)?).into(),
            ("$set", Json::Array(items)) => self.set(items)?.into(),
            ("$frozenset", Json::Array(items)) => FrozenSet::from(self.set(items)?).into(),
            ("$dict", pairs) => {
                let mut dict = Dict::new();
                for (key, value) in self.pairs(tag, pairs)? {
                    dict.try_insert(key, value)?;
                }
                dict.into()
            }
            ("$global", Json::Array(names)) => match <[Value; 2]>::try_from(self.values(names)?) {
                Ok([Value::Str(module), Value::Str(qualname)]) => {
                    GlobalRef::new(module, qualname).into()
                }
                _ => return Err(malformed(tag)),
            },
            // What the data shares is its own.
            ("$object", data) => Self::default().value(data)?.to()?,
            ("$instance", Json::Object(parts)) => self.instance(parts)?.into(),
            _ => return Err(malformed(tag)),
        })
    }

    fn set(&mut self, items: Vec<Json>) -> Result<Set> {
        let mut set = Set::new();
        for item in self.values(items)? {
            set.try_insert(item)?;
        }
        Ok(set)
    }

    fn instance(&mut self, parts: Vec<(String, Json)>) -> Result<Opaque> {
        const TAG: &str = "$instance";
        let (mut how, mut callable, mut args, mut kwargs) = (None, None, None, None);
        let mut changes = Vec::new();
        for (name, part) in parts {
            match (&*name, part) {
                ("how", Json::Value(way)) => {
                    how = WAYS
                        .iter()
                        .find(|(name, _)| way == **name)
                        .map(|(_, way)| *way);
                }
                ("callable", part) => callable = Some(self.value(part)?),
                ("args", part) => args = Tuple::try_from(self.value(part)?).ok(),
                ("kwargs", part) => kwargs = Dict::try_from(self.value(part)?).ok(),
                ("changes", Json::Array(parts)) => {
                    for part in parts {
                        changes.push(self.change(part)?);
                    }
                }
                _ => return Err(malformed(TAG)),
            }
        }
        let (Some(how), Some(callable), Some(args)) = (how, callable, args) else {
            return Err(malformed(TAG));
        };
        let mut instance = match (how, kwargs) {
            (Construction::NewObjEx, Some(kwargs)) => Opaque::instance_with(callable, args, kwargs),
            (Construction::Reduce, None) => Opaque::call(callable, args),
            (Construction::Inst, None) => Opaque::old_style(callable, args),
            (Construction::NewObj, None) => Opaque::instance(callable, args),
            _ => return Err(malformed(TAG)),
        };
        *instance.changes_mut() = changes;
        Ok(instance)
    }

    fn change(&mut self, json: Json) -> Result<Change> {
        const TAG: &str = "changes";
        let Json::Object(part) = json else {
            return Err(malformed(TAG));
        };
        let [(name, part)] = <[_; 1]>::try_from(part).map_err(|_| malformed(TAG))?;
        Ok(match (&*name, part) {
            ("state", state) => Change::State(self.value(state)?),
            ("items", Json::Array(items)) => Change::Items(self.values(items)?),
            ("additions", Json::Array(items)) => Change::Additions(self.values(items)?),
            ("pairs", pairs) => Change::Pairs(self.pairs(TAG, pairs)?),
            ("setter", Json::Array(parts)) => {
                let parts = <[Value; 2]>::try_from(self.values(parts)?);
                let [function, state] = parts.map_err(|_| malformed(TAG))?;
                Change::Setter { function, state }
            }
            _ => return Err(malformed(TAG)),
        })
    }
}

#[cold]
fn malformed(tag: &str) -> Error {
    let message = format!(
        "{} is no tag, or has what it cannot have",
        quoted_start(tag)
    );
    Error::new(ErrorKind::Literal, message)
}

fn int(digits: &Value) -> Option<Value> {
    let digits = digits.as_str()?;
    let (sign, unsigned) = match digits.strip_prefix('-') {
        Some(unsigned) => ("-", unsigned),
        None => ("", digits),
    };
    let int = match unsigned.strip_prefix("0x") {
        Some(hex) => BigInt::parse_bytes(format!("{sign}{hex}").as_bytes(), 16)?,
        None if unsigned.len() <= crate::Limits::DIGITS => digits.parse().ok()?,
        None => return None,
    };
    Some(Int::from(int).into())
}

fn bytes(tag: &str, text: &Value) -> Result<Vec<u8>> {
    let text = text.as_str().ok_or_else(|| malformed(tag))?.as_bytes();
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let byte = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(*high)? << 4 | digit(*low)?).ok(),
        _ => None,
    };
    let bytes: Option<Vec<u8>> = text.chunks(2).map(byte).collect();
    bytes.ok_or_else(|| malformed(tag))
}
