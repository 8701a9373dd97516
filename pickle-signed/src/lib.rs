//! Pickles with a signature: who does not have the key can neither change nor forge them.
//!
//! [`dump_signed`] and [`load_signed`] put HMAC-SHA256 around a pickle, in the layout that Python
//! programs use: the digest of `hmac.new(key, data, hashlib.sha256)`, and the data. The signature
//! is verified, in constant time, before a single byte of the pickle is interpreted.
//!
//! ```
//! use pickle_signed::{Error, Signer, dump_signed, load_signed};
//!
//! let signer = Signer::new("a secret of 32 random bytes");
//! let mut file = Vec::new();
//! dump_signed(&("tea", 2.5), &mut file, &signer)?;
//! let order: (String, f64) = load_signed(&file[..], &signer)?;
//! assert_eq!(order, ("tea".to_owned(), 2.5));
//!
//! *file.last_mut().unwrap() ^= 1;
//! let error = load_signed::<(String, f64)>(&file[..], &signer).unwrap_err();
//! assert!(matches!(error, Error::Mismatch { .. }));
//! # Ok::<(), Error>(())
//! ```
//!
//! The same in Python, which reads the file above and writes one that is read above:
//!
//! ```python
//! import hashlib, hmac, pickle
//!
//! def dump_signed(obj, file, key):
//!     data = pickle.dumps(obj)
//!     digest = hmac.new(key, data, hashlib.sha256).hexdigest()
//!     file.write(b"%s %d\n" % (digest.encode(), len(data)) + data)
//!
//! def load_signed(file, key):
//!     digest, length = file.readline().split()
//!     data = file.read(int(length))
//!     if not hmac.compare_digest(hmac.new(key, data, hashlib.sha256).hexdigest().encode(), digest):
//!         raise ValueError("wrong signature")
//!     return pickle.loads(data)
//! ```
//!
//! - A [`Signer`] is a key and a [`Layout`]; the digest may also stand before the data as it is.
//! - [`Signer::sign`] and [`Signer::verify`] work on bytes, for pickles that are written or read
//!   with options: another protocol, another registry, values that borrow.
//!
//! # What a signature can tell, and what not
//!
//! An HMAC answers one question: were these very bytes signed with this very key? If not, it does
//! not say why: to it a changed byte, a missing one and another key look the same. What tells them
//! apart must stand in the file besides, which is what the layouts differ in:
//!
//! | layout | file cut off | byte changed | another key |
//! |---|---|---|---|
//! | [`Layout::Raw`], [`Layout::Hex`] | [`Error::Mismatch`] | [`Error::Mismatch`] | [`Error::Mismatch`] |
//! | [`Layout::Line`]: with the length | [`Error::Truncated`] | [`Error::Mismatch`] | [`Error::Mismatch`] |
//! | [`Layout::LineWithKey`]: and with a check of the key | [`Error::Truncated`] | [`Error::Changed`] | [`Error::WrongKey`] |
//!
//! These answers are for people who look for a mistake. The line itself is not signed: whoever
//! changes a file on purpose can make it look cut off. What it says is never a reason to accept
//! anything.
//!
//! A signature does not say when something was signed, nor whether it is the newest: an old file
//! put back in its place verifies. Where that matters, sign a number or a date along with the data.

mod error;
mod layout;
mod signer;

use std::io::{BufRead, Write};

use pickle_core::{Pickle, Unpickle, dumps, loads};

pub use error::{Error, Result};
pub use layout::Layout;
pub use signer::Signer;

/// Writes the pickle of a value, at protocol 4, with its signature. With a [`Layout`] that has a
/// line, several may follow one another.
///
/// # Errors
///
/// When the value cannot be dumped, and when the writer fails. Nothing is written before the whole
/// pickle is there.
pub fn dump_signed<T: Pickle + ?Sized>(
    value: &T,
    writer: impl Write,
    signer: &Signer,
) -> Result<()> {
    signer.write(&dumps(value)?, writer)
}

/// Reads a signed pickle, verified before its first byte is interpreted.
///
/// With a [`Layout`] that has a line, it takes the signed data and not a byte more; the others have
/// no end of their own, and take the reader to its end.
///
/// # Errors
///
/// [`Error::EndOfInput`] when the reader is at its end, [`Error::Pickle`] when what was signed
/// cannot be loaded; the others say why the data is not to be trusted.
///
/// # Example: until the end of the input
///
/// ```
/// use pickle_signed::{Error, Signer, dump_signed, load_signed};
///
/// let signer = Signer::new("key");
/// let mut file = Vec::new();
/// dump_signed("tea", &mut file, &signer)?;
/// dump_signed("cups", &mut file, &signer)?;
///
/// let mut reader = &file[..];
/// loop {
///     match load_signed::<String>(&mut reader, &signer) {
///         Ok(word) => println!("{word}"),
///         Err(Error::EndOfInput) => break,
///         Err(error) => return Err(error),
///     }
/// }
/// # Ok::<(), Error>(())
/// ```
pub fn load_signed<T: for<'de> Unpickle<'de>>(reader: impl BufRead, signer: &Signer) -> Result<T> {
    Ok(loads(&signer.read(reader)?)?)
}
