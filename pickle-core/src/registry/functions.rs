//! What can be done with a value of a class whose type is not known statically.

use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use crate::error::{Error, Result};
use crate::read::{Cursor, Unpickle};
use crate::value::Repr;
use crate::write::{Encoder, Pickle};

/// How a value of a class is loaded and dumped, as a [`pickle::Object`](crate::Object).
#[derive(Clone, Copy)]
pub(crate) struct ObjectFunctions {
    pub(crate) load: fn(Cursor<'_, '_>) -> Result<Box<dyn Any>>,
    pub(crate) dump: fn(&dyn Any, &mut Encoder<'_>) -> Result<()>,
}

impl ObjectFunctions {
    pub(super) const fn of<T>() -> Self
    where
        T: Pickle + for<'de> Unpickle<'de> + 'static,
    {
        Self {
            load: |cursor| Ok(Box::new(T::unpickle(cursor)?)),
            dump: dump::<T>,
        }
    }
}

/// How a value of a class is loaded and dumped as part of a [`Value`](crate::Value), which may go
/// to other threads.
#[derive(Clone, Copy)]
pub struct ValueFunctions {
    pub(crate) load: fn(Cursor<'_, '_>) -> Result<Box<dyn Any + Send + Sync>>,
    pub(crate) dump: fn(&dyn Any, &mut Encoder<'_>) -> Result<()>,
}

/// `==` of two values.
pub(crate) type Equal = fn(&dyn Any, &dyn Any) -> bool;
/// The hash of a value.
pub(crate) type HashInto = fn(&dyn Any, &mut dyn Hasher);
/// The `repr` of a value.
pub(crate) type ShowRepr = fn(&dyn Any, &mut fmt::Formatter<'_>) -> fmt::Result;

/// What else a type can do: `None` where it cannot.
#[derive(Clone, Copy)]
pub struct Traits {
    /// As part of a value.
    pub value: Option<ValueFunctions>,
    /// `PartialEq`.
    pub equal: Option<Equal>,
    /// `Hash`, of what is `Eq`.
    pub hash: Option<HashInto>,
    /// `Repr`.
    pub repr: Option<ShowRepr>,
}

impl Traits {
    pub(super) const NONE: Self = Self {
        value: None,
        equal: None,
        hash: None,
        repr: None,
    };

    /// What is known of two descriptions of one type.
    pub(super) const fn or(self, other: Self) -> Self {
        Self {
            value: if self.value.is_some() {
                self.value
            } else {
                other.value
            },
            equal: if self.equal.is_some() {
                self.equal
            } else {
                other.equal
            },
            hash: if self.hash.is_some() {
                self.hash
            } else {
                other.hash
            },
            repr: if self.repr.is_some() {
                self.repr
            } else {
                other.repr
            },
        }
    }
}

fn dump<T: Pickle + 'static>(value: &dyn Any, encoder: &mut Encoder<'_>) -> Result<()> {
    match value.downcast_ref::<T>() {
        Some(value) => value.pickle(encoder),
        None => Err(Error::custom("the object is not of its class's type")),
    }
}

/// Finds out at compile time which traits a type has: `Probe::<T>::EQUAL` is the constant below if
/// `T` is `PartialEq`, and otherwise that of [`Unknown`]. The type must not depend on parameters.
pub struct Probe<T>(PhantomData<T>);

/// What a [`Probe`] says of a type without the trait in question.
pub trait Unknown {
    /// It cannot be part of a value.
    const VALUE: Option<ValueFunctions> = None;
    /// It is not `PartialEq`.
    const EQUAL: Option<Equal> = None;
    /// It is not `Hash` and `Eq`.
    const HASH: Option<HashInto> = None;
    /// It has no `Repr`.
    const REPR: Option<ShowRepr> = None;
}

impl<T> Unknown for Probe<T> {}

impl<T: Pickle + for<'de> Unpickle<'de> + Send + Sync + 'static> Probe<T> {
    /// As part of a value.
    pub const VALUE: Option<ValueFunctions> = Some(ValueFunctions {
        load: |cursor| Ok(Box::new(T::unpickle(cursor)?)),
        dump: dump::<T>,
    });
}

impl<T: PartialEq + 'static> Probe<T> {
    /// `==` of two values.
    pub const EQUAL: Option<Equal> =
        Some(
            |a, b| match (a.downcast_ref::<T>(), b.downcast_ref::<T>()) {
                (Some(a), Some(b)) => a == b,
                _ => false,
            },
        );
}

impl<T: Eq + Hash + 'static> Probe<T> {
    /// The hash of a value.
    pub const HASH: Option<HashInto> = Some(|value, mut hasher| {
        if let Some(value) = value.downcast_ref::<T>() {
            value.hash(&mut hasher);
        }
    });
}

impl<T: Repr + 'static> Probe<T> {
    /// The `repr` of a value.
    pub const REPR: Option<ShowRepr> = Some(|value, f| match value.downcast_ref::<T>() {
        Some(value) => value.fmt_repr(f),
        None => Err(fmt::Error),
    });
}

/// The [`Traits`] of a type that depends on no parameters.
#[doc(hidden)]
#[macro_export]
macro_rules! __traits {
    ($type:ty) => {{
        #[allow(
            unused_imports,
            reason = "a type that has all of them does not need it"
        )]
        use $crate::__private::Unknown as _;
        $crate::__private::Traits {
            value: $crate::__private::Probe::<$type>::VALUE,
            equal: $crate::__private::Probe::<$type>::EQUAL,
            hash: $crate::__private::Probe::<$type>::HASH,
            repr: $crate::__private::Probe::<$type>::REPR,
        }
    }};
}
