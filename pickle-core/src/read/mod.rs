//! Bytes to values.
//!
//! The machine carries out the instructions and leaves an arena of containers; a cursor to its
//! root decodes it into typed values. The machine looks nothing up and calls nothing, the cursor
//! only what the registry holds. In the order in which they pass:
//!
//! ```text
//! input             one pickle out of a reader
//! argument          what an opcode's argument says: numbers, text
//! machine           instructions to arena
//! arena             containers, their children side by side; one number a value
//! document          a whole pickle as data, and its way back to bytes
//! decode            a document on its way into typed values
//! session options   one pickle after another, and how
//! unpickler pickles object    the front door
//! ```

mod arena;
mod argument;
mod boxed;
mod decode;
mod document;
mod dynamic;
mod input;
mod machine;
mod object;
mod options;
mod pickles;
mod reference;
mod session;
mod unpickler;

pub use argument::int::Int;
pub use argument::number::Number;
pub(crate) use argument::scalar::Plain;
pub(crate) use argument::text::str_of;
pub use argument::text::{Encoding, EncodingErrors};
pub use boxed::{UnpickleBoxed, UnpickleWeak};
pub use decode::attributes::Attributes;
pub use decode::containers::{Items, Pairs};
pub use decode::cursor::Cursor;
pub use decode::instance::InstanceReader;
pub use document::Document;
pub use document::kind::Kind;
pub use document::view::{Call, Construction, NodeId, NodePairs, NodeRef, Nodes, Step, View};
pub use input::splitter::Splitter;
pub use input::stream::Unbuffered;
pub use object::{DowncastError, Object};
pub use pickles::Pickles;
pub use unpickler::{Reader, Slice, Unpickler, load, loads};

use crate::error::Result;

/// A value that can be loaded.
///
/// `#[derive(Pickle)]` implements it for structs. By hand it takes a few lines: ask the [`Cursor`]
/// for one of the forms that Python data has.
///
/// `'de` is the lifetime of the input, from which `&str` and `&[u8]` borrow.
///
/// # Example: a type of one's own
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::{Cursor, Unpickle};
///
/// #[derive(Debug, PartialEq)]
/// struct Celsius(f64);
///
/// impl<'de> Unpickle<'de> for Celsius {
///     fn unpickle(cursor: Cursor<'_, 'de>) -> pickle::Result<Self> {
///         let degrees = cursor.float()?;
///         if degrees < -273.15 {
///             return Err(pickle::Error::custom("colder than cold"));
///         }
///         Ok(Self(degrees))
///     }
/// }
///
/// assert_eq!(pickle::loads::<Celsius>(b"F21.5\n.")?, Celsius(21.5));
///
/// let error = pickle::loads::<Vec<Celsius>>(b"]F1.0\naF-300.0\na.").unwrap_err();
/// assert_eq!(error.message(), "colder than cold");
/// assert_eq!(error.path(), "$[1]");
/// # Ok::<(), pickle::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be loaded from a pickle",
    label = "`pickle::Unpickle` is not implemented for `{Self}`",
    note = "for your own types consider `#[derive(pickle::Pickle)]`, for your own traits \
            `#[pickle::dynamic]`"
)]
pub trait Unpickle<'de>: Sized {
    /// Whether the value may be read before it is known that the rest of the pickle is as it
    /// should be, and perhaps be read once more: nothing of the user's runs, nothing but
    /// [`Cursor::read`] and the methods that support it is asked, the value is read once and to its
    /// end, and no error is swallowed.
    #[doc(hidden)]
    const STREAMS: bool = false;

    /// Makes the value of a number in binary form, if that is what this type reads: many of them in
    /// a list then take no call each.
    #[doc(hidden)]
    const FROM_NUMBER: Option<fn(Number) -> Option<Self>> = None;

    /// Reads the value at the cursor.
    ///
    /// # Errors
    ///
    /// When the pickle has something else there.
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self>;

    /// Reads a sequence of these: a list or a tuple. `u8` reads bytes besides.
    #[doc(hidden)]
    fn unpickle_vec(cursor: Cursor<'_, 'de>) -> Result<Vec<Self>> {
        let mut items = cursor.list()?;
        let mut vec = Vec::new();
        loop {
            if let Some(from_number) = Self::FROM_NUMBER {
                items.next_numbers(&mut vec, from_number)?;
            }
            if vec.len() == vec.capacity() {
                vec.reserve_exact(items.room(&vec));
            }
            match items.next()? {
                Some(item) => vec.push(item),
                None => break,
            }
        }
        items.give_back(&mut vec);
        Ok(vec)
    }
}
