//! Into a pickle.

use super::opaque::Change as Changed;
use super::{ByteArray, Bytes, Dict, DictIter, FrozenSet, GlobalRef, Int, List, Opaque, Set};
use super::{SetIter, Text, Tuple, Value, object};
use crate::error::{Error, ErrorKind, Result};
use crate::read::Construction;
use crate::write::{Change, Content, Encoder, Making, Object, Pickle, walk};

/// The address of an object that someone else may refer to as well.
macro_rules! address {
    ($object:expr) => {
        match $object.is_shared() {
            true => $object.address().addr(),
            false => 0,
        }
    };
}

/// Any value, however deep. What is one object is written once: a value that was loaded from a
/// pickle of CPython's is dumped, at the same protocol, to the same bytes.
impl Pickle for Value {
    #[inline]
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        walk(Item::Value(self), encoder)
    }
}

impl Pickle for Int {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match self.to_i64() {
            Some(number) => encoder.int(number),
            None => encoder.big_int(&self.to_big_int()),
        }
    }
}

/// A class or a function, by its name, or by the extension code that is registered for it.
impl Pickle for GlobalRef {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match (self.module().as_str(), self.qualname().as_str()) {
            (Some(module), Some(qualname)) => {
                let addresses = [self.module(), self.qualname()].map(|text| address!(text));
                encoder.global_of(module, qualname, self.has_strings().then_some(addresses))
            }
            _ => Err(Error::new(
                ErrorKind::Unpicklable,
                format!("{self} has a surrogate in its name"),
            )),
        }
    }
}

macro_rules! objects {
    ($($type:ident)*) => {$(
        impl Pickle for $type {
            fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
                walk(Item::$type(self), encoder)
            }
        }
    )*};
}
objects! { Text Bytes ByteArray List Tuple Dict Set FrozenSet Opaque }

/// A value, or what a value is made of.
#[derive(Clone, Copy)]
enum Item<'v> {
    Value(&'v Value),
    Text(&'v Text),
    Bytes(&'v Bytes),
    ByteArray(&'v ByteArray),
    List(&'v List),
    Tuple(&'v Tuple),
    Dict(&'v Dict),
    Set(&'v Set),
    FrozenSet(&'v FrozenSet),
    Opaque(&'v Opaque),
}

impl<'v> Object for Item<'v> {
    type Parts = Parts<'v>;
    type Changes = Changes<'v>;

    #[inline]
    fn address(self) -> usize {
        match self {
            Item::Value(Value::Str(text)) | Item::Text(text) => address!(text),
            Item::Value(Value::Bytes(bytes)) | Item::Bytes(bytes) => address!(bytes),
            Item::Value(Value::ByteArray(bytes)) | Item::ByteArray(bytes) => address!(bytes),
            Item::Value(Value::List(list)) | Item::List(list) => address!(list),
            Item::Value(Value::Tuple(tuple)) | Item::Tuple(tuple) => match tuple.is_empty() {
                true => 0,
                false => address!(tuple),
            },
            Item::Value(Value::Dict(dict)) | Item::Dict(dict) => address!(dict),
            Item::Value(Value::Set(set)) | Item::Set(set) => address!(set),
            Item::Value(Value::FrozenSet(set)) | Item::FrozenSet(set) => address!(set),
            Item::Value(Value::Object(object)) => address!(object),
            Item::Value(Value::Opaque(object)) | Item::Opaque(object) => address!(object),
            Item::Value(
                Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Global(_),
            ) => 0,
        }
    }

    #[inline]
    fn write_leaf(self, encoder: &mut Encoder<'_>) -> Result<bool> {
        let Item::Value(value) = self else {
            return Ok(false);
        };
        match value {
            Value::None => encoder.none()?,
            Value::Bool(value) => encoder.bool(*value)?,
            Value::Float(value) => encoder.float(*value)?,
            Value::Int(value) => match value.to_i64() {
                Some(number) => encoder.int(number)?,
                None => return Ok(false),
            },
            Value::Str(text) => match text.as_str() {
                Some(characters) if !text.is_shared() => encoder.str(characters)?,
                _ if encoder.met_before(text.address().addr()) => {}
                _ => return Ok(false),
            },
            Value::Global(value) => value.pickle(encoder)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    #[inline]
    fn is_no_args(self) -> bool {
        matches!(self, Item::Tuple(args) if args.is_empty())
    }

    #[inline]
    fn begin(self, encoder: &mut Encoder<'_>) -> Result<Content<Self>> {
        match self {
            Item::Value(Value::None) => encoder.none()?,
            Item::Value(Value::Bool(value)) => encoder.bool(*value)?,
            Item::Value(Value::Int(value)) => value.pickle(encoder)?,
            Item::Value(Value::Float(value)) => encoder.float(*value)?,
            Item::Value(Value::Global(value)) => value.pickle(encoder)?,
            Item::Value(Value::Object(object)) => object::Content(object).pickle(encoder)?,
            Item::Value(Value::Str(text)) | Item::Text(text) => match text.as_str() {
                Some(text) => encoder.str(text)?,
                None => encoder.wtf8(text.as_wtf8())?,
            },
            Item::Value(Value::Bytes(bytes)) | Item::Bytes(bytes) => encoder.bytes(bytes)?,
            Item::Value(Value::ByteArray(bytes)) | Item::ByteArray(bytes) => {
                encoder.byte_array(bytes)?;
            }
            Item::Value(Value::List(list)) | Item::List(list) => {
                return Ok(Content::List(list.len(), Parts::Slice(list.iter())));
            }
            Item::Value(Value::Tuple(tuple)) | Item::Tuple(tuple) => {
                return Ok(Content::Tuple(tuple.len(), Parts::Slice(tuple.iter())));
            }
            Item::Value(Value::Dict(dict)) | Item::Dict(dict) => {
                return Ok(Content::Dict(dict.len(), Parts::Dict(dict.iter(), None)));
            }
            Item::Value(Value::Set(set)) | Item::Set(set) => {
                return Ok(Content::Set(set.len(), Parts::Set(set.iter())));
            }
            Item::Value(Value::FrozenSet(set)) | Item::FrozenSet(set) => {
                return Ok(Content::FrozenSet(set.len(), Parts::Set(set.iter())));
            }
            Item::Value(Value::Opaque(object)) | Item::Opaque(object) => {
                return Ok(Content::Instance {
                    making: object.construction().into(),
                    class: Item::Value(object.callable()),
                    args: Item::Tuple(object.args()),
                    kwargs: object.kwargs().map(Item::Dict),
                    changes: Changes(object.changes().iter()),
                });
            }
        }
        Ok(Content::Written)
    }
}

impl From<Construction> for Making {
    fn from(construction: Construction) -> Self {
        match construction {
            Construction::Reduce => Self::Reduce,
            Construction::NewObj => Self::NewObj,
            Construction::NewObjEx => Self::NewObjEx,
            Construction::Inst => Self::Inst,
        }
    }
}

enum Parts<'v> {
    Slice(std::slice::Iter<'v, Value>),
    /// The entries, and the value of the key that was given last.
    Dict(DictIter<'v>, Option<&'v Value>),
    Pairs(std::slice::Iter<'v, (Value, Value)>, Option<&'v Value>),
    Set(SetIter<'v>),
}

impl<'v> Iterator for Parts<'v> {
    type Item = Item<'v>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let value = match self {
            Self::Slice(values) => values.next(),
            Self::Set(values) => values.next(),
            Self::Dict(_, value) | Self::Pairs(_, value) if value.is_some() => value.take(),
            Self::Dict(entries, rest) => entries.next().map(|(key, value)| {
                *rest = Some(value);
                key
            }),
            Self::Pairs(pairs, rest) => pairs.next().map(|(key, value)| {
                *rest = Some(value);
                key
            }),
        };
        value.map(Item::Value)
    }
}

struct Changes<'v>(std::slice::Iter<'v, Changed>);

impl<'v> Iterator for Changes<'v> {
    type Item = Change<Item<'v>>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.0.next()? {
            Changed::State(state) => Change::State(Item::Value(state)),
            Changed::Setter { function, state } => Change::Setter {
                function: Item::Value(function),
                state: Item::Value(state),
            },
            Changed::Items(items) => Change::Items(items.len(), Parts::Slice(items.iter())),
            Changed::Additions(items) => Change::Additions(items.len(), Parts::Slice(items.iter())),
            Changed::Pairs(pairs) => Change::Pairs(pairs.len(), Parts::Pairs(pairs.iter(), None)),
        })
    }
}
