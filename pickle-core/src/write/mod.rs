//! Values to bytes.
//!
//! A value writes itself into an [`Encoder`]; the bytes are those of CPython's own pickler. In the
//! order in which they pass:
//!
//! ```text
//! Pickle            what a type does to be dumped
//! encoder string    scalars, text and bytes as opcodes
//! containers object builders for what has values inside; `batches` bundles their items
//! slice             lists of numbers in one go
//! reduce making     the same for instances of every form, and the plans by which they are made
//! walk              graphs of any depth, by the same plans
//! global origin     classes and functions by name
//! identity memo     what was written already, and where
//! outside           persistent ids, buffers, overrides
//! output            the buffer, its frames, and the writer behind it
//! ```

mod batches;
mod classes;
mod containers;
mod encoder;
mod global;
mod identity;
mod key;
mod making;
mod member;
mod memo;
mod number;
mod object;
mod origin;
mod output;
mod outside;
mod pickler;
mod record;
mod reduce;
mod reference;
pub(crate) mod shape;
mod slice;
mod string;
#[cfg(test)]
mod tests;
mod walk;

use std::io::Write;

pub use containers::{DictEncoder, ListEncoder, SetEncoder, TupleEncoder};
pub use encoder::Encoder;
pub(crate) use making::Making;
pub use object::ObjectEncoder;
pub(crate) use outside::persistent_id_not_ascii;
pub use pickler::Pickler;
pub use reduce::{AttributesEncoder, ItemsEncoder, NoArgs, PairsEncoder, ReduceEncoder};

pub(crate) use walk::{Change, Content, Object, walk};

#[doc(hidden)]
pub use {record::RecordEncoder, reference::Reference};

use crate::error::Result;

/// A value that can be dumped.
///
/// `#[derive(Pickle)]` writes this for classes. By hand, call one method of the [`Encoder`]:
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::{Class, Encoder, Instance, Pickle};
///
/// struct Point {
///     x: i64,
///     y: i64,
/// }
///
/// impl Instance for Point {
///     const CLASS: &'static Class = &Class::new::<Self>("geo", "Point").with_attributes(&["x", "y"]);
/// }
///
/// impl Pickle for Point {
///     fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
///         let mut object = encoder.object(Self::CLASS, 2)?;
///         object.attribute(0, &self.x)?;
///         object.attribute(1, &self.y)?;
///         object.end()
///     }
/// }
///
/// let bytes = pickle::dumps(&Point { x: 3, y: 4 })?;
/// assert!(bytes.ends_with(b"}\x94(\x8c\x01x\x94K\x03\x8c\x01y\x94K\x04ub."));
/// # Ok::<(), pickle::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be dumped to a pickle",
    label = "`pickle::Pickle` is not implemented for `{Self}`",
    note = "for your own types consider `#[derive(pickle::Pickle)]`, for your own traits \
            `#[pickle::dynamic]`"
)]
pub trait Pickle {
    /// Writes this value, by calling one method of the encoder.
    ///
    /// # Errors
    ///
    /// Those of the encoder, and [`Error::custom`](crate::Error::custom) for a value that has no
    /// form in Python. An error ends the whole dump: to write something else instead is not
    /// possible once bytes are written.
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()>;

    /// Writes this value behind the name of an attribute or a key that was written before: what is
    /// small is written with it in one go.
    #[doc(hidden)]
    #[inline]
    fn pickle_behind(&self, name: Reference, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.known_name(name)?;
        encoder.value(self)
    }

    /// Reads a byte of what this value points to, so that it is at hand when it is written.
    #[doc(hidden)]
    #[inline]
    fn touch(&self) -> u8 {
        0
    }

    /// Writes a slice of these: as a list, but for `u8`, which writes bytes.
    #[doc(hidden)]
    fn pickle_slice(slice: &[Self], encoder: &mut Encoder<'_>) -> Result<()>
    where
        Self: Sized,
    {
        let mut list = encoder.list(slice.len())?;
        for item in slice {
            list.item(item)?;
        }
        list.end()
    }
}

/// Returns the pickle of a value, at protocol 4, the default of Python 3.8 to 3.13.
///
/// [`Pickler`] writes other protocols.
///
/// # Errors
///
/// When the value has no form in Python, or nests more than 1000 levels deep.
///
/// # Example
///
/// ```
/// # use pickle_core as pickle;
/// let bytes = pickle::dumps(&vec![1, 2, 300])?;
/// assert_eq!(bytes, b"\x80\x04\x95\x0c\0\0\0\0\0\0\0]\x94(K\x01K\x02M,\x01e.");
/// # Ok::<(), pickle::Error>(())
/// ```
#[doc(alias = "to_vec")]
#[doc(alias = "to_bytes")]
#[doc(alias = "serialize")]
pub fn dumps<T: Pickle + ?Sized>(value: &T) -> Result<Vec<u8>> {
    pickler::Options::default().dumps(value)
}

/// Writes the pickle of a value, at protocol 4. Several may follow one another in a stream.
///
/// The pickle is handed over in pieces of 64 KiB and more, so that the writer needs no buffer of
/// its own.
///
/// # Errors
///
/// As [`dumps`], and when the writer fails. Pieces of the pickle may then have been written.
///
/// # Example
///
/// ```
/// # use pickle_core as pickle;
/// let mut stream = Vec::new();
/// pickle::dump("first", &mut stream)?;
/// pickle::dump("second", &mut stream)?;
///
/// let mut reader = &stream[..];
/// assert_eq!(pickle::load::<String>(&mut reader)?, "first");
/// assert_eq!(pickle::load::<String>(&mut reader)?, "second");
/// # Ok::<(), pickle::Error>(())
/// ```
#[doc(alias = "to_writer")]
#[doc(alias = "serialize_into")]
pub fn dump<T: Pickle + ?Sized>(value: &T, mut writer: impl Write) -> Result<()> {
    pickler::Options::default().dump(value, &mut writer)
}
