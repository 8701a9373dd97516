//! A place in a pickle as serde's data.

use std::borrow::Cow;

use ::serde::de::value::UnitDeserializer;
use ::serde::de::{self, Deserialize, DeserializeSeed, EnumAccess, MapAccess, SeqAccess};
use ::serde::de::{Error as _, Unexpected, VariantAccess, Visitor};
use ::serde::forward_to_deserialize_any;

use super::instance::{Form, form};
use super::options::DeOptions;
use super::value::{TOKEN, hand_over};
use crate::Value;
use crate::error::{Error, ErrorKind, Result, quoted_start};
use crate::read::{Cursor, Kind, NodeId, Unpickle};

/// What an item costs of the allowance for shared data.
const ITEM_COST: usize = 64;

pub(super) fn from_cursor<'de, T: Deserialize<'de>>(
    cursor: Cursor<'_, 'de>,
    options: DeOptions,
) -> Result<T> {
    T::deserialize(Deserializer { cursor, options })
}

struct Deserializer<'a, 'de> {
    cursor: Cursor<'a, 'de>,
    options: DeOptions,
}

impl<'a, 'de> Deserializer<'a, 'de> {
    fn at(&mut self, id: NodeId) -> Deserializer<'_, 'de> {
        Deserializer {
            cursor: self.cursor.at(id),
            options: self.options,
        }
    }

    /// Where a scalar is asked for: what an instance was made from, if that is one argument.
    fn scalar(self) -> Result<Self> {
        let Self { cursor, options } = self;
        let mut id = cursor.id();
        while let Some(from) = super::instance::made_from(cursor.node_of(id))? {
            id = from;
        }
        Ok(Self {
            cursor: cursor.into_at(id),
            options,
        })
    }

    /// Goes into a container with what was found in it, and comes out again.
    fn inside<T>(mut self, visitor: impl Visitor<'de, Value = T>, form: Form) -> Result<T> {
        let len = match &form {
            Form::Sequence(items) => items.len(),
            Form::Map { entries, .. } => entries.len(),
            Form::Of(_) => 0,
        };
        self.cursor.charge(ITEM_COST / 2 + len * ITEM_COST)?;
        if self.is_replaced() {
            return visitor.visit_unit();
        }
        self.cursor.enter()?;
        let result = match form {
            Form::Sequence(items) => {
                let mut items = Items {
                    of: self.at_itself(),
                    len,
                    rest: items.into_iter(),
                };
                visitor
                    .visit_seq(&mut items)
                    .and_then(|value| match items.rest.len() {
                        0 => Ok(value),
                        left => {
                            let message = format!("expected {} items, found {len}", len - left);
                            Err(Error::new(ErrorKind::Mismatch, message))
                        }
                    })
            }
            Form::Map {
                entries,
                attributes,
            } => visitor.visit_map(Entries {
                of: self.at_itself(),
                entries: entries.into_iter(),
                attributes,
                value: None,
            }),
            Form::Of(id) => self.at(id).any(visitor),
        };
        self.cursor.leave();
        result
    }

    /// Whether the value contains itself here, and is taken for `None`.
    fn is_replaced(&mut self) -> bool {
        if !self.options.replace_recursive_structures {
            return false;
        }
        match self.cursor.enter() {
            Ok(()) => {
                self.cursor.leave();
                false
            }
            Err(error) => error.kind() == ErrorKind::Cycle,
        }
    }

    fn at_itself(&mut self) -> Deserializer<'_, 'de> {
        Deserializer {
            cursor: self.cursor.reborrow(),
            options: self.options,
        }
    }

    fn any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let cursor = self.cursor;
        match cursor.kind() {
            Kind::None => visitor.visit_unit(),
            Kind::Bool => visitor.visit_bool(cursor.bool()?),
            Kind::Int => int(cursor, visitor),
            Kind::Float => visitor.visit_f64(cursor.float()?),
            Kind::Str => match cursor.str()? {
                Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
                Cow::Owned(text) => visitor.visit_string(text),
            },
            Kind::Bytes => bytes(cursor.bytes()?, visitor),
            Kind::ByteArray | Kind::Buffer => bytes(cursor.byte_array()?, visitor),
            Kind::Global if self.options.replace_unresolved_globals => visitor.visit_unit(),
            Kind::Global | Kind::Persistent => Err(cursor
                .mismatch("data")
                .note("serde has no classes and functions; a `pickle::Value` does")),
            _ => {
                let form = form(cursor.node_ref())?;
                let options = self.options;
                Deserializer { cursor, options }.inside(visitor, form)
            }
        }
    }
}

fn int<'de, V: Visitor<'de>>(mut cursor: Cursor<'_, 'de>, visitor: V) -> Result<V::Value> {
    let int = cursor.reborrow().int()?;
    if let Some(int) = int.to_i64() {
        return visitor.visit_i64(int);
    }
    let int = crate::value::Int::from(int.to_big_int());
    match (u64::try_from(&int), int.to_i128(), int.to_u128()) {
        (Ok(int), ..) => visitor.visit_u64(int),
        (_, Some(int), _) => visitor.visit_i128(int),
        (_, _, Some(int)) => visitor.visit_u128(int),
        _ => Err(cursor
            .mismatch("an int of at most 128 bits")
            .note("a `pickle::Value` holds ints of any size")),
    }
}

fn bytes<'de, V: Visitor<'de>>(bytes: Cow<'de, [u8]>, visitor: V) -> Result<V::Value> {
    match bytes {
        Cow::Borrowed(bytes) => visitor.visit_borrowed_bytes(bytes),
        Cow::Owned(bytes) => visitor.visit_byte_buf(bytes),
    }
}

macro_rules! scalars {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            self.scalar()?.any(visitor)
        }
    )*};
}

impl<'de> de::Deserializer<'de> for Deserializer<'_, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.any(visitor)
    }

    scalars! {
        deserialize_bool deserialize_char deserialize_str deserialize_string
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_bytes deserialize_byte_buf
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let this = self.scalar()?;
        match this.cursor.kind() {
            // Exactly, or not at all.
            Kind::Int => visitor.visit_f64(this.cursor.float()?),
            _ => this.any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value> {
        let none = self.cursor.is_none() || self.is_replaced();
        match none {
            true => visitor.visit_none(),
            false => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        if name == TOKEN {
            hand_over(Value::unpickle(self.cursor)?);
            return visitor.visit_newtype_struct(UnitDeserializer::new());
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let bytes = match self.cursor.kind() {
            Kind::Bytes => self.cursor.bytes()?,
            Kind::ByteArray | Kind::Buffer => self.cursor.byte_array()?,
            _ => return self.any(visitor),
        };
        let bytes = bytes.iter().copied();
        visitor.visit_seq(de::value::SeqDeserializer::<_, Error>::new(bytes))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let mut this = self.scalar()?;
        if this.cursor.kind() == Kind::Str {
            let variant = this.cursor.id();
            let data = None;
            return visitor.visit_enum(Variant {
                of: this,
                variant,
                data,
            });
        }
        let found = match this.cursor.kind() {
            Kind::Dict | Kind::Tuple | Kind::List => form(this.cursor.node_ref())?,
            _ => {
                return Err(this
                    .cursor
                    .mismatch("the name of a variant, or a dict of it"));
            }
        };
        let (variant, data) = match found {
            Form::Map { entries, .. } if entries.len() == 1 => (entries[0].0, Some(entries[0].1)),
            Form::Sequence(items) if matches!(items.len(), 1 | 2) => {
                (items[0], items.get(1).copied())
            }
            _ => return Err(this.cursor.mismatch("a variant: a dict of one entry")),
        };
        this.cursor.enter()?;
        let of = this.at_itself();
        let result = visitor.visit_enum(Variant { of, variant, data });
        this.cursor.leave();
        result
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        unit unit_struct tuple_struct map struct identifier
    }
}

struct Items<'a, 'de> {
    of: Deserializer<'a, 'de>,
    len: usize,
    rest: std::vec::IntoIter<NodeId>,
}

impl<'de> SeqAccess<'de> for &mut Items<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let nth = self.len - self.rest.len();
        let Some(item) = self.rest.next() else {
            return Ok(None);
        };
        let item = seed.deserialize(self.of.at(item));
        item.map(Some).map_err(|error| error.in_index(nth))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Entries<'a, 'de> {
    of: Deserializer<'a, 'de>,
    entries: std::vec::IntoIter<(NodeId, NodeId)>,
    /// Whether the keys are names of attributes.
    attributes: bool,
    /// The entry whose value comes next.
    value: Option<(NodeId, NodeId)>,
}

impl<'de> MapAccess<'de> for Entries<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        self.value = self.entries.next();
        match self.value {
            Some((key, _)) => seed.deserialize(self.of.at(key)).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        let Some((key, value)) = self.value.take() else {
            return Err(Error::custom("a value was asked for before its key"));
        };
        let result = seed.deserialize(self.of.at(value));
        result.map_err(|error| self.locate(error, key))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

impl Entries<'_, '_> {
    #[cold]
    fn locate(&mut self, error: Error, key: NodeId) -> Error {
        let cursor = self.of.cursor.at(key);
        match (cursor.kind(), self.attributes) {
            (Kind::Str, true) => match cursor.str() {
                Ok(name) => error.in_attribute(name.into_owned()),
                Err(_) => error,
            },
            (Kind::Str, false) => match cursor.str() {
                Ok(name) => error.in_path(&format!("[{}]", quoted_start(&name))),
                Err(_) => error,
            },
            (Kind::Int, _) => match cursor.i64() {
                Ok(number) => error.in_path(&format!("[{number}]")),
                Err(_) => error,
            },
            _ => error.in_path("[…]"),
        }
    }
}

/// A variant of an enum: its name, and its data.
struct Variant<'a, 'de> {
    of: Deserializer<'a, 'de>,
    variant: NodeId,
    data: Option<NodeId>,
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(mut self, seed: V) -> Result<(V::Value, Self)> {
        let variant = seed.deserialize(self.of.at(self.variant))?;
        Ok((variant, self))
    }
}

impl<'de> Variant<'_, 'de> {
    fn data<T>(
        mut self,
        expected: &str,
        read: impl FnOnce(Deserializer<'_, 'de>) -> Result<T>,
    ) -> Result<T> {
        match self.data {
            Some(data) => read(self.of.at(data)),
            None => Err(Error::invalid_type(Unexpected::UnitVariant, &expected)),
        }
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Error;

    fn unit_variant(mut self) -> Result<()> {
        match self.data {
            Some(data) => self.of.at(data).cursor.none(),
            None => Ok(()),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        self.data("newtype variant", |data| seed.deserialize(data))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        self.data("tuple variant", |data| data.any(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.data("struct variant", |data| data.any(visitor))
    }
}
