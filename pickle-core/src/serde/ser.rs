//! serde's data as values.

use std::collections::HashMap;

use ::serde::ser::{self, Serialize};

use super::options::SerOptions;
use super::value::{TOKEN, handed_over};
use crate::Limits;
use crate::error::{Error, ErrorKind, Result};
use crate::value::{Bytes, Dict, List, Text, Tuple, Value};

/// Returns what a value is in Python.
pub(super) fn to_value<T: Serialize + ?Sized>(value: &T, options: SerOptions) -> Result<Value> {
    let mut names = Names {
        known: HashMap::new(),
        options,
        depth: 0,
    };
    value.serialize(Serializer(&mut names))
}

/// The names of fields and variants: each is one object, as Python's are.
struct Names {
    known: HashMap<&'static str, Text>,
    options: SerOptions,
    /// How many containers are open.
    depth: usize,
}

impl Names {
    fn get(&mut self, name: &'static str) -> Text {
        self.known
            .entry(name)
            .or_insert_with(|| name.into())
            .clone()
    }

    fn enter(&mut self) -> Result<()> {
        self.depth += 1;
        match self.depth <= Limits::DEPTH {
            true => Ok(()),
            false => {
                let message = "maximum recursion depth exceeded while pickling an object";
                Err(Error::new(ErrorKind::Depth, message))
            }
        }
    }

    /// A variant of an enum, with its data.
    fn variant(&mut self, name: &'static str, data: Value) -> Value {
        let name = self.get(name);
        match self.options.compat_enum_repr {
            true => Tuple::from(vec![name.into(), data]).into(),
            false => Dict::from([(name, data)]).into(),
        }
    }
}

struct Serializer<'n>(&'n mut Names);

impl<'n> Serializer<'n> {
    fn open(self, kind: Kind, len: Option<usize>) -> Result<Compound<'n>> {
        self.0.enter()?;
        Ok(Compound {
            names: self.0,
            kind,
            // A length is a claim.
            items: Vec::with_capacity(len.unwrap_or_default().min(1024)),
            dict: Dict::new(),
            key: None,
        })
    }
}

macro_rules! scalars {
    ($($method:ident $type:ty;)*) => {$(
        fn $method(self, value: $type) -> Result<Value> {
            Ok(value.into())
        }
    )*};
}

impl<'n> ser::Serializer for Serializer<'n> {
    type Ok = Value;
    type Error = Error;
    type SerializeSeq = Compound<'n>;
    type SerializeTuple = Compound<'n>;
    type SerializeTupleStruct = Compound<'n>;
    type SerializeTupleVariant = Compound<'n>;
    type SerializeMap = Compound<'n>;
    type SerializeStruct = Compound<'n>;
    type SerializeStructVariant = Compound<'n>;

    scalars! {
        serialize_bool bool;
        serialize_i8 i8; serialize_i16 i16; serialize_i32 i32; serialize_i64 i64; serialize_i128 i128;
        serialize_u8 u8; serialize_u16 u16; serialize_u32 u32; serialize_u64 u64; serialize_u128 u128;
        serialize_f32 f32; serialize_f64 f64;
        serialize_char char; serialize_str &str;
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<Value> {
        Ok(Bytes::from(bytes).into())
    }

    fn serialize_none(self) -> Result<Value> {
        Ok(Value::None)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value> {
        Ok(Value::None)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value> {
        Ok(Value::None)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Value> {
        let name = self.0.get(variant).into();
        Ok(match self.0.options.compat_enum_repr {
            true => Tuple::from(vec![name]).into(),
            false => name,
        })
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Value> {
        match name {
            TOKEN => handed_over(|| value.serialize(self)),
            _ => value.serialize(self),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value> {
        self.0.enter()?;
        let data = value.serialize(Serializer(self.0))?;
        self.0.depth -= 1;
        Ok(self.0.variant(variant, data))
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Compound<'n>> {
        self.open(Kind::List, len)
    }

    fn serialize_tuple(self, len: usize) -> Result<Compound<'n>> {
        self.open(Kind::Tuple, Some(len))
    }

    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Result<Compound<'n>> {
        self.open(Kind::Tuple, Some(len))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Compound<'n>> {
        self.open(Kind::ListOf(variant), Some(len))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Compound<'n>> {
        self.open(Kind::Dict, None)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Compound<'n>> {
        self.open(Kind::Dict, None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'n>> {
        self.open(Kind::DictOf(variant), None)
    }

    fn is_human_readable(&self) -> bool {
        // As serde-pickle, whose pickles are to be read.
        true
    }
}

/// What is being filled, and the variant that it is the data of.
enum Kind {
    List,
    Tuple,
    Dict,
    ListOf(&'static str),
    DictOf(&'static str),
}

struct Compound<'n> {
    names: &'n mut Names,
    kind: Kind,
    items: Vec<Value>,
    dict: Dict,
    key: Option<Value>,
}

impl Compound<'_> {
    fn item<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<()> {
        match item.serialize(Serializer(self.names)) {
            Ok(item) => {
                self.items.push(item);
                Ok(())
            }
            Err(error) => Err(error.in_index(self.items.len())),
        }
    }

    fn entry<T: Serialize + ?Sized>(&mut self, key: Value, value: &T) -> Result<()> {
        match value.serialize(Serializer(self.names)) {
            Ok(value) => self.dict.try_insert(key, value).map(drop),
            Err(error) => Err(error.in_path(&format!("[{key}]"))),
        }
    }

    fn finish(self) -> Value {
        self.names.depth -= 1;
        match self.kind {
            Kind::List => List::from(self.items).into(),
            Kind::Tuple => Tuple::from(self.items).into(),
            Kind::Dict => self.dict.into(),
            Kind::ListOf(variant) => {
                let items = List::from(self.items).into();
                self.names.variant(variant, items)
            }
            Kind::DictOf(variant) => {
                let fields = self.dict.into();
                self.names.variant(variant, fields)
            }
        }
    }
}

macro_rules! sequences {
    ($($trait:ident $method:ident;)*) => {$(
        impl ser::$trait for Compound<'_> {
            type Ok = Value;
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<()> {
                self.item(item)
            }

            fn end(self) -> Result<Value> {
                Ok(self.finish())
            }
        }
    )*};
}
sequences! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
    SerializeTupleVariant serialize_field;
}

macro_rules! structs {
    ($($trait:ident)*) => {$(
        impl ser::$trait for Compound<'_> {
            type Ok = Value;
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<()> {
                let key = self.names.get(name);
                self.entry(key.into(), value)
            }

            fn end(self) -> Result<Value> {
                Ok(self.finish())
            }
        }
    )*};
}
structs! { SerializeStruct SerializeStructVariant }

impl ser::SerializeMap for Compound<'_> {
    type Ok = Value;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.key = Some(key.serialize(Serializer(self.names))?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        match self.key.take() {
            Some(key) => self.entry(key, value),
            None => Err(Error::custom("a map gave a value without a key")),
        }
    }

    fn end(self) -> Result<Value> {
        Ok(self.finish())
    }
}
