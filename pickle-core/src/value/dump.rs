//! Into a pickle.

use super::Value;
use super::{ByteArray, Bytes, Dict, FrozenSet, GlobalRef, Int, List, Opaque, Set, Text, Tuple};
use crate::error::{Error, ErrorKind, Result};
use crate::write::{Encoder, Pickle};

/// Any value. What is one object is written once: a value that was loaded from a pickle of
/// CPython's is dumped, at the same protocol, to the same bytes.
impl Pickle for Value {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match self {
            Self::None => encoder.none(),
            Self::Bool(value) => encoder.bool(*value),
            Self::Int(value) => value.pickle(encoder),
            Self::Float(value) => encoder.float(*value),
            Self::Str(value) => value.pickle(encoder),
            Self::Bytes(value) => value.pickle(encoder),
            Self::ByteArray(value) => value.pickle(encoder),
            Self::List(value) => value.pickle(encoder),
            Self::Tuple(value) => value.pickle(encoder),
            Self::Dict(value) => value.pickle(encoder),
            Self::Set(value) => value.pickle(encoder),
            Self::FrozenSet(value) => value.pickle(encoder),
            Self::Global(value) => value.pickle(encoder),
            Self::Opaque(value) => value.pickle(encoder),
        }
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

/// A class or a function, by its name.
impl Pickle for GlobalRef {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match (self.module().as_str(), self.qualname().as_str()) {
            (Some(module), Some(qualname)) => {
                let strings = (self.module(), self.qualname());
                encoder.dynamic_global(module, qualname, self.has_strings().then_some(strings))
            }
            _ => Err(Error::new(
                ErrorKind::Unpicklable,
                format!("{self} has a surrogate in its name"),
            )),
        }
    }
}

/// What writes an object when it is met for the first time.
struct Content<'a, T>(&'a T);

/// Objects with an identity: those that are shared go through the memo.
macro_rules! objects {
    ($($type:ident: |$this:ident, $encoder:ident| $write:expr;)*) => {$(
        impl Pickle for $type {
            fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
                match self.is_shared() {
                    true => encoder.shared(self.address(), &Content(self)),
                    false => Content(self).pickle(encoder),
                }
            }
        }

        impl Pickle for Content<'_, $type> {
            fn pickle(&self, $encoder: &mut Encoder<'_>) -> Result<()> {
                let $this = self.0;
                $write
            }
        }
    )*};
}
objects! {
    Text: |this, encoder| match this.as_str() {
        Some(text) => encoder.str(text),
        None => encoder.text_with_surrogates(this.as_wtf8()),
    };
    Bytes: |this, encoder| encoder.bytes(this);
    ByteArray: |this, encoder| encoder.byte_array(this);
    List: |this, encoder| {
        let mut list = encoder.list(this.len())?;
        this.iter().try_for_each(|item| list.item(item))?;
        list.end()
    };
    Tuple: |this, encoder| {
        let mut tuple = encoder.tuple(this.len())?;
        this.iter().try_for_each(|item| tuple.item(item))?;
        tuple.end()
    };
    Dict: |this, encoder| {
        let mut dict = encoder.dict(this.len())?;
        this.iter().try_for_each(|(key, value)| dict.entry(key, value))?;
        dict.end()
    };
    Set: |this, encoder| {
        let mut set = encoder.set(this.len())?;
        this.iter().try_for_each(|element| set.item(element))?;
        set.end()
    };
    FrozenSet: |this, encoder| {
        let mut set = encoder.frozenset(this.len())?;
        this.iter().try_for_each(|element| set.item(element))?;
        set.end()
    };
    Opaque: |this, encoder| encoder.instance(this);
}
