//! Pickles of any type that has [serde]'s traits, for those who do not derive [`Pickle`]: the
//! functions of `serde-pickle`, under the same names.
//!
//! ```
//! # use pickle_core as pickle;
//! use pickle::serde::{DeOptions, SerOptions};
//!
//! #[derive(::serde::Serialize, ::serde::Deserialize, Debug, PartialEq)]
//! struct Order { id: u64, lines: Vec<(String, f64)> }
//!
//! let order = Order { id: 7, lines: vec![("tea".into(), 12.5)] };
//! let bytes = pickle::serde::to_vec(&order, SerOptions::new())?; // {'id': 7, 'lines': [('tea', 12.5)]}
//! assert_eq!(pickle::serde::from_slice::<Order>(&bytes, DeOptions::new())?, order);
//! # Ok::<(), pickle::Error>(())
//! ```
//!
//! serde knows no classes: a struct becomes a dict. Types that are to be instances in Python derive
//! [`Pickle`], and may have fields of serde's types, as [`Serde<T>`](Serde).
//!
//! # What becomes what
//!
//! | Rust, serde | Python |
//! |---|---|
//! | `bool`, `f32`, `f64`, `str`, `char` | `bool`, `float`, `str` |
//! | ints, `i128` and `u128` too | `int` |
//! | `Some(x)`, `None` | `x`, `None`: `Some(None)` cannot be told from `None` |
//! | `()`, a unit struct | `None` |
//! | `serde_bytes`, and what else calls `serialize_bytes` | `bytes` |
//! | sequence, such as a `Vec` or a set | `list` |
//! | tuple, tuple struct, array | `tuple` |
//! | newtype struct | what it holds |
//! | map, with any keys | `dict`, in the map's order |
//! | struct | `dict` with the fields' names |
//! | `Enum::Unit` | `'Unit'` |
//! | `Enum::Newtype(x)` | `{'Newtype': x}` |
//! | `Enum::Tuple(x, y)` | `{'Tuple': [x, y]}` |
//! | `Enum::Struct { x }` | `{'Struct': {'x': x}}` |
//! | [`Value`] | itself, whatever it is |
//!
//! And what is read, besides:
//!
//! | Python | as |
//! |---|---|
//! | `list`, `tuple`, `set`, `frozenset` | sequence or tuple |
//! | `bytes`, `bytearray` | bytes, or a sequence of `u8` |
//! | a `str` of Python 2 | text or bytes, as the type asks |
//! | an `int` for a float, which it must be exactly | float |
//! | `('Variant',)`, `('Variant', data)` | enum, as `serde-pickle` once wrote it |
//! | an instance with attributes, in `__slots__` too | map or struct |
//! | a subclass of `dict` | map; its attributes are left |
//! | a subclass of `list`, and what else was given items | sequence |
//! | an instance made from arguments, such as a named tuple | tuple, or struct by its order |
//! | an instance with both attributes and arguments | nothing: an error |
//! | the same of one argument: a `Decimal`, a member of an `Enum`, a subclass of `int` | what it was made from, where a number or a text is asked for |
//!
//! Nothing is looked up in a registry and nothing is called. An object that several places hold is
//! read for each of them, within the [limits](crate::Limits); only a [`Value`] keeps it one.
//!
//! # Coming from serde-pickle
//!
//! Change the imports: `use pickle::serde as serde_pickle;`. Functions and options have the same names
//! and defaults; protocol 3 among them, which [`SerOptions::with_protocol`] changes. What differs:
//!
//! - [`Value`] is this library's, and holds what that of serde-pickle loses: instances with their
//!   class, order of dicts, sharing, ints of any size, surrogates. `value_from_slice` leaves nothing
//!   out and needs no `HashableValue`. A cycle is an error; [`Document`](crate::Document) holds one.
//! - Named tuples, subclasses of `dict` and `list`, and instances made from arguments have their data;
//!   serde-pickle gives an empty dict.
//! - The bytes are CPython's: with memo and batches, equal to those of `pickle.dumps`, not to those of
//!   serde-pickle; Python loads either to the same objects.
//! - Text is borrowed from the input where it can be: `&str` fields work.
//!
//! [serde]: https://serde.rs
//! [`Pickle`]: crate::Pickle

mod de;
mod instance;
mod options;
mod ser;
mod value;

use std::io::{Read, Write};

use ::serde::de::DeserializeOwned;
use ::serde::{Deserialize, Serialize};

pub use options::{DeOptions, SerOptions};

use crate::error::{Error, ErrorKind, Result};
use crate::read::{Cursor, Unpickle};
use crate::write::{Encoder, Pickle, Pickler};
use crate::{Protocol, Unpickler, Value};

/// Returns the pickle of a value.
///
/// # Errors
///
/// When the value's `Serialize` fails, or nests too deep.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::serde::{SerOptions, to_vec};
///
/// assert_eq!(to_vec(&(1, "tea"), SerOptions::new())?, b"\x80\x03K\x01X\x03\0\0\0teaq\0\x86q\x01.");
/// # Ok::<(), pickle::Error>(())
/// ```
pub fn to_vec<T: Serialize + ?Sized>(value: &T, options: SerOptions) -> Result<Vec<u8>> {
    value_to_vec(&ser::to_value(value, options)?, options)
}

/// Writes the pickle of a value.
///
/// # Errors
///
/// As [`to_vec`], and when the writer fails.
pub fn to_writer<W: Write, T: Serialize + ?Sized>(
    writer: &mut W,
    value: &T,
    options: SerOptions,
) -> Result<()> {
    value_to_writer(writer, &ser::to_value(value, options)?, options)
}

/// Returns the pickle of a [`Value`].
///
/// # Errors
///
/// As [`dumps`](crate::dumps).
pub fn value_to_vec(value: &Value, options: SerOptions) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    value_to_writer(&mut bytes, value, options)?;
    Ok(bytes)
}

/// Writes the pickle of a [`Value`].
///
/// # Errors
///
/// As [`dump`](crate::dump).
pub fn value_to_writer<W: Write>(writer: &mut W, value: &Value, options: SerOptions) -> Result<()> {
    Pickler::new(writer)
        .with_protocol(options.protocol)
        .dump(value)
}

/// Returns the value that a pickle holds, which may borrow from it.
///
/// # Errors
///
/// When the bytes are no pickle, or another value than the type expects; when something follows it.
pub fn from_slice<'de, T: Deserialize<'de>>(bytes: &'de [u8], options: DeOptions) -> Result<T> {
    let mut unpickler = options.of(Unpickler::from_slice(bytes));
    let value = unpickler.load_with(|cursor| de::from_cursor(cursor, options))?;
    check_end(unpickler.rest())?;
    Ok(value)
}

/// Returns the value of the pickle that a reader has, to its end.
///
/// Several pickles in one stream are read by [`Unpickler::load`] as [`Serde<T>`](Serde).
///
/// # Errors
///
/// As [`from_slice`], and when reading fails.
pub fn from_reader<R: Read, T: DeserializeOwned>(mut reader: R, options: DeOptions) -> Result<T> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes)?;
    from_slice(&bytes, options)
}

/// Returns the [`Value`] that a pickle holds, whatever classes it names.
///
/// # Errors
///
/// When the bytes are no pickle, or the value contains itself; when something follows it.
pub fn value_from_slice(bytes: &[u8], options: DeOptions) -> Result<Value> {
    let mut unpickler = options.of(Unpickler::from_slice(bytes));
    let value = unpickler.load()?;
    check_end(unpickler.rest())?;
    Ok(value)
}

/// Returns the [`Value`] of the pickle that a reader has, to its end.
///
/// # Errors
///
/// As [`value_from_slice`], and when reading fails.
pub fn value_from_reader<R: Read>(mut reader: R, options: DeOptions) -> Result<Value> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes)?;
    value_from_slice(&bytes, options)
}

/// Returns what a value is in Python.
///
/// # Errors
///
/// As [`to_vec`].
///
/// ```
/// # use pickle_core as pickle;
/// let value = pickle::serde::to_value(&vec![Some("tea"), None])?;
/// assert_eq!(value.to_string(), "['tea', None]");
/// # Ok::<(), pickle::Error>(())
/// ```
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value> {
    ser::to_value(value, SerOptions::new())
}

/// Returns the typed value that a [`Value`] holds.
///
/// # Errors
///
/// As [`from_slice`].
///
/// ```
/// # use pickle_core as pickle;
/// let numbers: Vec<u8> = pickle::serde::from_value(pickle::value!((1, 2, 3)))?;
/// assert_eq!(numbers, [1, 2, 3]);
/// # Ok::<(), pickle::Error>(())
/// ```
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T> {
    let bytes = value_to_vec(&value, SerOptions::new().with_protocol(Protocol::V5))?;
    from_slice(&bytes, DeOptions::new())
}

fn check_end(rest: &[u8]) -> Result<()> {
    match rest.is_empty() {
        true => Ok(()),
        false => {
            let message = format!("the pickle has ended, and {} bytes follow", rest.len());
            let error = Error::new(ErrorKind::Stack, message);
            Err(error.note("several pickles in a row are read by a `pickle::Unpickler`"))
        }
    }
}

/// A value that is pickled by its serde traits, in place of those of this library: as part of types
/// that derive `Pickle`, and in everything that takes such.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::serde::Serde;
///
/// #[derive(::serde::Serialize, ::serde::Deserialize, Debug, PartialEq)]
/// struct Line { name: String, price: f64 }
///
/// let lines = vec![Serde(Line { name: "tea".into(), price: 12.5 })];
/// let bytes = pickle::dumps(&lines)?;
/// assert_eq!(pickle::loads::<Vec<Serde<Line>>>(&bytes)?, lines);
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serde<T>(pub T);

impl<T: Serialize> Pickle for Serde<T> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        to_value(&self.0)?.pickle(encoder)
    }
}

impl<'de, T: Deserialize<'de>> Unpickle<'de> for Serde<T> {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        de::from_cursor(cursor, DeOptions::new()).map(Self)
    }
}

impl ::serde::ser::Error for Error {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::custom(message)
    }
}

impl ::serde::de::Error for Error {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::new(ErrorKind::Mismatch, message.to_string())
    }
}
