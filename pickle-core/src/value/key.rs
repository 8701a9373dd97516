//! What can be a key of a dict, and what a key can be looked up by.

use super::table::{Payload, Table};
use super::{Bytes, FrozenSet, GlobalRef, Int, Object, Opaque, Text, Value, hash};
use crate::registry::Instance;

mod sealed {
    use super::Query;

    pub trait Find {
        fn query(&self) -> Query<'_>;
    }

    pub trait Key {}
}

/// What is looked for. Text and bytes need not become values for that.
pub enum Query<'a> {
    Str(&'a str),
    Bytes(&'a [u8]),
    Value(&'a Value),
    Owned(Value),
}

impl Query<'_> {
    fn value(&self) -> Option<&Value> {
        match self {
            Query::Value(value) => Some(value),
            Query::Owned(value) => Some(value),
            _ => None,
        }
    }

    /// Where it is among the keys of a table.
    pub(super) fn position<V: Payload>(&self, table: &Table<V>) -> Option<usize> {
        match self {
            Query::Str(name) => table.find(hash::text(name.as_bytes()), |key| match key {
                Value::Str(text) => *text == **name,
                _ => false,
            }),
            Query::Bytes(data) => table.find(hash::bytes(data), |key| match key {
                Value::Bytes(bytes) => bytes[..] == **data,
                _ => false,
            }),
            Query::Value(value) => table.find_key(value),
            Query::Owned(value) => table.find_key(value),
        }
    }

    /// Where it is in a sequence of this length, as Python counts: negative ones from the end.
    pub(super) fn index(&self, len: usize) -> Option<usize> {
        let number = self.value()?.as_i64()?;
        let index = match usize::try_from(number) {
            Ok(index) => index,
            Err(_) => len.checked_sub(usize::try_from(number.unsigned_abs()).ok()?)?,
        };
        (index < len).then_some(index)
    }

    /// The name of an attribute that it may be.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Query::Str(name) => Some(name),
            _ => self.value()?.as_str(),
        }
    }
}

/// A Rust type whose values can always be keys of a [`Dict`](super::Dict) and elements of a set.
///
/// A [`Value`] may turn out to be a list, so it is none; for it there is
/// [`try_insert`](super::Dict::try_insert).
pub trait Key: Into<Value> + sealed::Key {}

/// What an entry can be looked up by: text, a number, any [`Value`].
///
/// ```
/// # use pickle_core as pickle;
/// let dict = pickle::value!({"a": 1, 2: "b", (3, 4): None});
/// assert!(dict.get("a").is_some());
/// assert!(dict.get(2).is_some());
/// assert!(dict.get(&pickle::value!((3, 4))).is_some());
/// ```
pub trait Lookup: sealed::Find {}

impl<T: sealed::Find + ?Sized> Lookup for T {}
impl<T: sealed::Key + Into<Value>> Key for T {}

macro_rules! key {
    ($($type:ty)*) => {$(
        impl sealed::Key for $type {}
    )*};
}
key! {
    bool i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64
    num_bigint::BigInt char &str String std::borrow::Cow<'_, str> &[u8]
    Int Text Bytes FrozenSet GlobalRef Object Opaque
}

impl<const N: usize> sealed::Key for [u8; N] {}
impl<T: Key> sealed::Key for Option<T> {}
/// An object is a key by identity where its type has no `Hash`.
impl<T: Instance> sealed::Key for T {}

macro_rules! tuple_key {
    ($($T:ident)*) => {
        impl<$($T: Key),*> sealed::Key for ($($T,)*) {}
    };
}
tuple_key!();
tuple_key!(A);
tuple_key!(A B);
tuple_key!(A B C);
tuple_key!(A B C D);
tuple_key!(A B C D E);
tuple_key!(A B C D E F);

macro_rules! query {
    ($(($($generics:tt)*) $type:ty: |$this:ident| $query:expr;)*) => {$(
        impl<$($generics)*> sealed::Find for $type {
            fn query(&self) -> Query<'_> {
                let $this = self;
                $query
            }
        }
    )*};
}
query! {
    () str: |this| Query::Str(this);
    () String: |this| Query::Str(this);
    () [u8]: |this| Query::Bytes(this);
    (const N: usize) [u8; N]: |this| Query::Bytes(this);
    () Value: |this| Query::Value(this);
    (T: sealed::Find + ?Sized) &T: |this| (**this).query();
}

macro_rules! owned {
    ($($type:ty)*) => {
        query!($(() $type: |this| Query::Owned(this.clone().into());)*);
    };
}
owned! {
    bool i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f64 char
    Int Text Bytes FrozenSet GlobalRef Object Opaque
}
