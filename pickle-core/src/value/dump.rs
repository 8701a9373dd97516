//! Into a pickle.

use super::{Dict, Value};
use crate::error::{Error, ErrorKind, Result};
use crate::write::{Encoder, Pickle};

/// The value as Python would write it. Clones of one object are references to one object.
impl Pickle for Value {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match self.shared_address() {
            Some(address) => encoder.shared(address, &Content(self)),
            None => Content(self).pickle(encoder),
        }
    }
}

/// A value without regard to who else holds it.
struct Content<'v>(&'v Value);

impl Pickle for Content<'_> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match self.0 {
            Value::None => encoder.none(),
            Value::Bool(value) => encoder.bool(*value),
            Value::Int(value) => match value.to_i64() {
                Some(value) => encoder.int(value),
                None => encoder.big_int(&value.to_big_int()),
            },
            Value::Float(value) => encoder.float(*value),
            Value::Str(text) => match text.as_str() {
                Some(text) => encoder.str(text),
                None => Err(unpicklable("a str with a lone surrogate")),
            },
            Value::Bytes(bytes) => encoder.bytes(bytes),
            Value::ByteArray(bytes) => encoder.byte_array(bytes),
            Value::List(items) => {
                let mut list = encoder.list(items.len())?;
                items.iter().try_for_each(|item| list.item(item))?;
                list.end()
            }
            Value::Tuple(items) => {
                let mut tuple = encoder.tuple(items.len())?;
                items.iter().try_for_each(|item| tuple.item(item))?;
                tuple.end()
            }
            Value::Dict(dict) => pickle_dict(dict, encoder),
            Value::Set(elements) => {
                let mut set = encoder.set(elements.len())?;
                elements.iter().try_for_each(|element| set.item(element))?;
                set.end()
            }
            Value::FrozenSet(elements) => {
                let mut set = encoder.frozenset(elements.len())?;
                elements.iter().try_for_each(|element| set.item(element))?;
                set.end()
            }
            Value::Global(_) => Err(unpicklable("a class or function")),
            Value::Opaque(_) => Err(unpicklable("an instance of a class that is not registered")),
        }
    }
}

fn pickle_dict(dict: &Dict, encoder: &mut Encoder<'_>) -> Result<()> {
    let mut entries = encoder.dict(dict.len())?;
    dict.iter()
        .try_for_each(|(key, value)| entries.entry(key, value))?;
    entries.end()
}

#[cold]
fn unpicklable(what: &str) -> Error {
    Error::new(
        ErrorKind::Unpicklable,
        format!("cannot pickle {what} as a Value"),
    )
}

impl Value {
    /// What tells the object from others while it lives, if someone else holds it too.
    fn shared_address(&self) -> Option<*const ()> {
        let (shared, address) = match self {
            Self::Str(text) => (text.is_shared(), text.address()),
            Self::Bytes(bytes) => (bytes.is_shared(), bytes.address()),
            Self::ByteArray(bytes) => (bytes.is_shared(), bytes.address()),
            Self::List(list) => (list.is_shared(), list.address()),
            Self::Tuple(tuple) => (tuple.is_shared() && !tuple.is_empty(), tuple.address()),
            Self::Dict(dict) => (dict.is_shared(), dict.address()),
            Self::Set(set) => (set.is_shared(), set.address()),
            Self::FrozenSet(set) => (set.is_shared(), set.address()),
            Self::Opaque(object) => (object.is_shared(), object.address()),
            Self::None | Self::Bool(_) | Self::Int(_) | Self::Float(_) | Self::Global(_) => {
                return None;
            }
        };
        shared.then_some(address)
    }
}
