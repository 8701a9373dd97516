//! Rust's types as values, and back.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use num_bigint::BigInt;

use super::{
    ByteArray, Bytes, Dict, FrozenSet, GlobalRef, Int, Key, List, Object, Opaque, Set, Text, Tuple,
    Value,
};
use crate::error::{Error, ErrorKind, Result};

/// A Rust type whose vectors, slices and arrays become values: `bytes` for `u8`, else a `list`.
///
/// For a type of your own that is `Into<Value>`, an empty implementation is enough.
pub trait Element: Into<Value> {
    /// Returns the value that stands for all of these.
    #[doc(hidden)]
    fn sequence(items: Vec<Self>) -> Value {
        Value::List(items.into_iter().collect())
    }
}

macro_rules! from {
    ($($type:ty: $variant:ident;)*) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        }

        impl Element for $type {}
    )*};
}
from! {
    bool: Bool;
    i8: Int; i16: Int; i32: Int; i64: Int; i128: Int; isize: Int;
    u16: Int; u32: Int; u64: Int; u128: Int; usize: Int;
    BigInt: Int; Int: Int;
    f32: Float; f64: Float;
    char: Str; &str: Str; String: Str; Cow<'_, str>: Str; Text: Str;
    Box<str>: Str; Rc<str>: Str; Arc<str>: Str;
    Bytes: Bytes; ByteArray: ByteArray;
    List: List; Tuple: Tuple; Dict: Dict; Set: Set; FrozenSet: FrozenSet;
    GlobalRef: Global; Object: Object; Opaque: Opaque;
}

impl From<u8> for Value {
    fn from(number: u8) -> Self {
        Self::Int(number.into())
    }
}

impl Element for u8 {
    fn sequence(items: Vec<Self>) -> Value {
        Value::Bytes(items.into())
    }
}

impl Element for Value {
    fn sequence(items: Vec<Self>) -> Value {
        Value::List(items.into())
    }
}

impl From<&Value> for Value {
    fn from(value: &Value) -> Self {
        value.clone()
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None, Into::into)
    }
}

impl<T: Into<Value>> Element for Option<T> {}

impl<T: Element> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        T::sequence(items)
    }
}

impl<T: Element> Element for Vec<T> {}

impl<T: Element> From<VecDeque<T>> for Value {
    fn from(items: VecDeque<T>) -> Self {
        T::sequence(items.into())
    }
}

impl<T: Element> Element for VecDeque<T> {}

impl<T: Element> From<Box<[T]>> for Value {
    fn from(items: Box<[T]>) -> Self {
        T::sequence(items.into())
    }
}

impl<T: Element> Element for Box<[T]> {}

impl<T: Element, const N: usize> From<[T; N]> for Value {
    fn from(items: [T; N]) -> Self {
        T::sequence(items.into())
    }
}

impl<T: Element, const N: usize> Element for [T; N] {}

impl<T: Element + Clone> From<&[T]> for Value {
    fn from(items: &[T]) -> Self {
        T::sequence(items.into())
    }
}

impl<T: Element + Clone, const N: usize> From<&[T; N]> for Value {
    fn from(items: &[T; N]) -> Self {
        T::sequence(items.into())
    }
}

macro_rules! collection {
    ($(($($generics:tt)*) $type:ty: $variant:ident;)*) => {$(
        impl<$($generics)*> From<$type> for Value {
            fn from(collection: $type) -> Self {
                Self::$variant(collection.into())
            }
        }

        impl<$($generics)*> Element for $type {}
    )*};
}
collection! {
    (K: Key, V: Into<Value>) BTreeMap<K, V>: Dict;
    (K: Key, V: Into<Value>, S) HashMap<K, V, S>: Dict;
    (T: Key) BTreeSet<T>: Set;
    (T: Key, S) HashSet<T, S>: Set;
}

macro_rules! tuple {
    ($($T:ident)*) => {
        impl<$($T: Into<Value>),*> From<($($T,)*)> for Tuple {
            fn from(items: ($($T,)*)) -> Self {
                #[expect(non_snake_case, reason = "each item is named as its type")]
                let ($($T,)*) = items;
                vec![$($T.into()),*].into()
            }
        }

        impl<$($T: Into<Value>),*> From<($($T,)*)> for Value {
            fn from(items: ($($T,)*)) -> Self {
                Self::Tuple(items.into())
            }
        }

        impl<$($T: Into<Value>),*> Element for ($($T,)*) {}
    };
}
tuple!(A);
tuple!(A B);
tuple!(A B C);
tuple!(A B C D);
tuple!(A B C D E);
tuple!(A B C D E F);
tuple!(A B C D E F G);
tuple!(A B C D E F G H);
tuple!(A B C D E F G H I);
tuple!(A B C D E F G H I J);
tuple!(A B C D E F G H I J K);
tuple!(A B C D E F G H I J K L);

impl From<()> for Tuple {
    fn from((): ()) -> Self {
        Self::new()
    }
}

/// The items become a list.
impl<T: Into<Value>> FromIterator<T> for Value {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::List(items.into_iter().collect())
    }
}

#[cold]
fn mismatch(expected: &str, found: &Value) -> Error {
    let message = format!("expected {expected}, found {}", found.type_name());
    Error::new(ErrorKind::Mismatch, message)
}

macro_rules! int {
    ($($int:ty)*) => {$(
        impl TryFrom<Value> for $int {
            type Error = Error;

            fn try_from(value: Value) -> Result<Self> {
                match &value {
                    Value::Int(int) => int.try_into(),
                    other => Err(mismatch("int", other)),
                }
            }
        }
    )*};
}
int!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

macro_rules! try_from {
    ($($type:ty: $expected:literal, $pattern:pat => $value:expr;)*) => {$(
        impl TryFrom<Value> for $type {
            type Error = Error;

            fn try_from(value: Value) -> Result<Self> {
                match value {
                    $pattern => Ok($value),
                    other => Err(mismatch($expected, &other)),
                }
            }
        }
    )*};
}
try_from! {
    bool: "bool", Value::Bool(value) => value;
    BigInt: "int", Value::Int(value) => value.to_big_int();
    Int: "int", Value::Int(value) => value;
    Text: "str", Value::Str(value) => value;
    Bytes: "bytes", Value::Bytes(value) => value;
    ByteArray: "bytearray", Value::ByteArray(value) => value;
    List: "list", Value::List(value) => value;
    Tuple: "tuple", Value::Tuple(value) => value;
    Dict: "dict", Value::Dict(value) => value;
    Set: "set", Value::Set(value) => value;
    FrozenSet: "frozenset", Value::FrozenSet(value) => value;
    GlobalRef: "a class or function", Value::Global(value) => value;
    Object: "an instance of a registered class", Value::Object(value) => value;
    Opaque: "an instance", Value::Opaque(value) => value;
}

/// Ints that a float can hold exactly are floats too, as in Python's arithmetic.
impl TryFrom<Value> for f64 {
    type Error = Error;

    fn try_from(value: Value) -> Result<Self> {
        match &value {
            Value::Float(number) => Ok(*number),
            Value::Int(int) => int.to_f64_exact().ok_or_else(|| {
                Error::new(
                    ErrorKind::Mismatch,
                    format!("no float is exactly the int {int}"),
                )
            }),
            other => Err(mismatch("float", other)),
        }
    }
}

impl TryFrom<Value> for String {
    type Error = Error;

    fn try_from(value: Value) -> Result<Self> {
        match &value {
            Value::Str(text) => match text.as_str() {
                Some(text) => Ok(text.to_owned()),
                None => Err(Error::new(
                    ErrorKind::Encoding,
                    format!("{text} holds a surrogate, which no Rust string can"),
                )),
            },
            other => Err(mismatch("str", other)),
        }
    }
}

impl TryFrom<Value> for char {
    type Error = Error;

    fn try_from(value: Value) -> Result<Self> {
        let mut chars = value.as_str().unwrap_or_default().chars();
        match (chars.next(), chars.next()) {
            (Some(char), None) => Ok(char),
            _ => Err(mismatch("a str of one character", &value)),
        }
    }
}

/// The bytes of a `bytes` or `bytearray`, otherwise the items of a list or tuple.
impl<T: TryFrom<Value, Error = Error>> TryFrom<Value> for Vec<T> {
    type Error = Error;

    fn try_from(value: Value) -> Result<Self> {
        let items: Vec<Value> = match value {
            Value::List(list) => list.into(),
            Value::Tuple(tuple) => tuple.into(),
            Value::Bytes(bytes) => bytes.iter().map(|byte| (*byte).into()).collect(),
            Value::ByteArray(bytes) => bytes.iter().map(|byte| (*byte).into()).collect(),
            other => return Err(mismatch("list", &other)),
        };
        let items = items.into_iter().enumerate();
        items
            .map(|(nth, item)| T::try_from(item).map_err(|error| error.in_index(nth)))
            .collect()
    }
}

fn equal_to_int(value: &Value, int: Int) -> bool {
    *value == Value::Int(int)
}

macro_rules! equal {
    ($($type:ty: |$this:ident, $other:ident| $equal:expr;)*) => {$(
        impl PartialEq<$type> for Value {
            fn eq(&self, $other: &$type) -> bool {
                let $this = self;
                $equal
            }
        }

        impl PartialEq<Value> for $type {
            fn eq(&self, other: &Value) -> bool {
                other == self
            }
        }
    )*};
}
equal! {
    str: |this, other| matches!(this, Value::Str(text) if *text == *other);
    &str: |this, other| *this == **other;
    String: |this, other| *this == **other;
    bool: |this, other| *this == Value::Bool(*other);
    i8: |this, other| equal_to_int(this, (*other).into());
    i16: |this, other| equal_to_int(this, (*other).into());
    i32: |this, other| equal_to_int(this, (*other).into());
    i64: |this, other| equal_to_int(this, (*other).into());
    i128: |this, other| equal_to_int(this, (*other).into());
    isize: |this, other| equal_to_int(this, (*other).into());
    u8: |this, other| equal_to_int(this, (*other).into());
    u16: |this, other| equal_to_int(this, (*other).into());
    u32: |this, other| equal_to_int(this, (*other).into());
    u64: |this, other| equal_to_int(this, (*other).into());
    u128: |this, other| equal_to_int(this, (*other).into());
    usize: |this, other| equal_to_int(this, (*other).into());
    f64: |this, other| *this == Value::Float(*other);
}
