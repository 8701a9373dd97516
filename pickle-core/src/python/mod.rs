//! Python's own classes: what its standard library lets programs pickle.
//!
//! | module | types |
//! |---|---|
//! | [`array`](mod@array) | `Array` |
//! | [`builtins`] | `Complex`, `Range`, `Slice`, `Ellipsis`, `NotImplemented`, `Exception` |
//! | [`collections`] | `OrderedDict`, `DefaultDict`, `Counter`, `Deque` |
//! | [`datetime`] | `Date`, `Time`, `DateTime`, `TimeDelta`, `TimeZone` |
//! | [`decimal`] | `Decimal` |
//! | [`fractions`] | `Fraction` |
//! | [`functools`] | `Partial` |
//! | [`enums`] | `EnumMember`, of any enumeration |
//! | [`ipaddress`] | `Ipv4Address`, `Ipv6Address`, networks and interfaces |
//! | [`pathlib`] | `PosixPath`, `WindowsPath`, and the pure ones |
//! | [`re`] | `Pattern` |
//! | [`types`] | `SimpleNamespace` |
//! | [`uuid`] | `Uuid` |
//! | [`zoneinfo`] | `ZoneInfo` |
//!
//! Each is what a pickle holds, in the form that CPython 3.13 writes and in every form that 2.7 and
//! 3.6 to 3.13 have written, checked as Python checks it. Nothing of it needs to be registered: the
//! [global](crate::Registry::global) registry has these classes as
//! [defaults](crate::Registry::register_defaults), which a type of your own under the same name
//! replaces. They are data and no more, and nothing is called to make them.

pub mod array;
pub mod builtins;
pub mod collections;
pub mod datetime;
pub mod decimal;
pub mod enums;
pub mod fractions;
pub mod functools;
pub mod ipaddress;
pub mod pathlib;
pub mod re;
mod repr;
pub mod types;
pub mod uuid;
pub mod zoneinfo;

use crate::error::Result;
use crate::{Class, Cursor, Encoder, Instance, Pickle, Registration, Unpickle, Value};

/// Says which Python class a type is. One that is a `value` is part of a [`Value`] as itself; what
/// holds other values stays data there, so that all of it can be looked at in the same way.
macro_rules! python_class {
    (value $type:ty = $($class:tt)*) => {
        $crate::python::python_class! { @ $type = $($class)*; with_value with_hash with_repr }
    };
    (value (f64) $type:ty = $($class:tt)*) => {
        $crate::python::python_class! { @ $type = $($class)*; with_value with_equality with_repr }
    };
    (@ $type:ty = $module:literal, $name:literal
        $(, also $($amodule:literal . $aname:literal),+)?; $($with:ident)*) => {
        impl $crate::Instance for $type {
            const CLASS: &'static $crate::Class = &$crate::Class::new::<Self>($module, $name)
                $(.with_aliases(&[$($crate::Global::new($amodule, $aname)),+]))?
                .with_object::<Self>()
                $(.$with::<Self>())*;
        }
    };
    ($type:ty = $($class:tt)*) => {
        $crate::python::python_class! { @ $type = $($class)*; }
    };
}
pub(crate) use python_class;

/// A dict whose keys are names, read.
struct Attributes<V>(Vec<(String, V)>);

impl<'de, V: Unpickle<'de>> Unpickle<'de> for Attributes<V> {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut pairs = cursor.dict()?;
        let mut attributes = Vec::new();
        while let Some(pair) = pairs.next()? {
            attributes.push(pair);
        }
        Ok(Self(attributes))
    }
}

/// A dict whose keys are names, to be written: names are one string wherever they are.
struct Keywords<'a, V>(&'a [(String, V)]);

impl<V: Pickle> Pickle for Keywords<'_, V> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        struct Name<'a>(&'a str);

        impl Pickle for Name<'_> {
            fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
                encoder.name(self.0)
            }
        }

        let mut dict = encoder.dict(self.0.len())?;
        for (name, value) in self.0 {
            dict.entry(&Name(name), value)?;
        }
        dict.end()
    }
}

/// What a value is, for a message: not the whole of what is long.
#[cfg(any(feature = "rust_decimal-1", feature = "bigdecimal-04"))]
pub(crate) fn shortened(value: &impl std::fmt::Display) -> String {
    let mut shown = value.to_string();
    if shown.len() > 60 {
        shown.truncate(shown.floor_char_boundary(60));
        shown.push('…');
    }
    shown
}

/// A tuple of any length, to be written.
struct TupleOf<'a, T>(&'a [T]);

impl<T: Pickle> Pickle for TupleOf<'_, T> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let mut tuple = encoder.tuple(self.0.len())?;
        for item in self.0 {
            tuple.item(item)?;
        }
        tuple.end()
    }
}

/// All of Python's own classes, for a registry of your own:
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::Registry;
///
/// let mut registry = Registry::new();
/// registry.register_defaults(pickle::python::CLASSES);
/// ```
pub static CLASSES: &[&Class] = &[
    datetime::Date::CLASS,
    datetime::Time::CLASS,
    datetime::DateTime::CLASS,
    datetime::TimeDelta::CLASS,
    datetime::TimeZone::CLASS,
    zoneinfo::ZoneInfo::CLASS,
    decimal::Decimal::CLASS,
    fractions::Fraction::CLASS,
    uuid::Uuid::CLASS,
    array::Array::CLASS,
    builtins::Complex::CLASS,
    builtins::Range::CLASS,
    <builtins::Slice>::CLASS,
    builtins::Ellipsis::CLASS,
    builtins::NotImplemented::CLASS,
    <builtins::Exception>::CLASS,
    <types::SimpleNamespace>::CLASS,
    <functools::Partial>::CLASS,
    re::Pattern::CLASS,
    ipaddress::Ipv4Address::CLASS,
    ipaddress::Ipv6Address::CLASS,
    ipaddress::Ipv4Network::CLASS,
    ipaddress::Ipv6Network::CLASS,
    ipaddress::Ipv4Interface::CLASS,
    ipaddress::Ipv6Interface::CLASS,
    pathlib::PosixPath::CLASS,
    pathlib::WindowsPath::CLASS,
    pathlib::PurePosixPath::CLASS,
    pathlib::PureWindowsPath::CLASS,
    <collections::OrderedDict>::CLASS,
    <collections::DefaultDict>::CLASS,
    <collections::Counter<Value, Value>>::CLASS,
    <collections::Deque>::CLASS,
];

inventory::submit! { Registration::defaults(CLASSES) }
