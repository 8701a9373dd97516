//! Reading what stands in one piece: numbers, text, bytes.

use std::borrow::Cow;

use crate::error::{Error, ErrorKind, Result};
use crate::read::arena::Meaning;
use crate::read::arena::node::Place;
use crate::read::argument::int::Int;
use crate::read::argument::number::Number;
use crate::read::argument::scalar::{Scalar, binary_float, binary_int, binary_str, short_long};
use crate::read::argument::text::str_of;
use crate::read::decode::cursor::Cursor;
use crate::read::decode::stream::GaveUp;
use crate::read::document::kind::Kind;

/// How many bytes of text are checked for the cost of one that is copied.
pub(in crate::read) const CHECKED_PER_CHARGE: usize = 16;

impl<'de> Cursor<'_, 'de> {
    /// The scalar that the value is, which a stream passes.
    fn scalar(&mut self) -> Result<Option<Scalar<'de>>> {
        let node = match self.decoder.stream() {
            Some(stream) => Place::Scalar(stream.scalar(self.node)?).into(),
            None => self.node,
        };
        self.decoder.scalar(node)
    }

    /// Reads `None`.
    ///
    /// # Errors
    ///
    /// When the value is not `None`.
    #[inline]
    pub fn none(mut self) -> Result<()> {
        if let Some(stream) = self.decoder.stream()
            && stream.take_none(self.node)
        {
            return Ok(());
        }
        match self.scalar()? {
            Some(Scalar::None) => Ok(()),
            _ => Err(self.mismatch("NoneType")),
        }
    }

    /// Reads a bool.
    ///
    /// # Errors
    ///
    /// When the value is not a bool.
    #[inline]
    pub fn bool(mut self) -> Result<bool> {
        match self.scalar()? {
            Some(Scalar::Bool(value)) => Ok(value),
            _ => Err(self.mismatch("bool")),
        }
    }

    /// Reads an int of 64 bits.
    ///
    /// # Errors
    ///
    /// When the value is not an int, or one that does not fit.
    #[inline]
    pub fn i64(mut self) -> Result<i64> {
        if let Some(stream) = self.decoder.stream() {
            return match stream.number(self.node)? {
                Some(Number::Int(value)) => Ok(value),
                Some(Number::Float(_)) => Err(stream.give_up().into()),
                // A larger one, perhaps, which has not been read.
                None => Err(GaveUp.into()),
            };
        }
        if let Place::Scalar(offset) = self.node.place()
            && let Some(value) = binary_int(self.decoder.input, offset)
        {
            return Ok(value);
        }
        match self.scalar()? {
            Some(Scalar::Int(value)) => Ok(value),
            _ => self.long_i64(),
        }
    }

    #[cold]
    fn long_i64(mut self) -> Result<i64> {
        let int = self.reborrow().int()?;
        int.to_i64().ok_or_else(|| {
            self.located(Error::new(
                ErrorKind::Mismatch,
                format!("{} does not fit in i64", shorten(&int)),
            ))
        })
    }

    /// Reads an int of any size.
    ///
    /// # Errors
    ///
    /// When the value is not an int.
    pub fn int(mut self) -> Result<Int<'de>> {
        match self.scalar()? {
            Some(Scalar::Int(value)) => Ok(Int::Small(value)),
            Some(Scalar::Long(bytes)) => Ok(Int::from_long(bytes)),
            Some(Scalar::BigInt(value)) => Ok(Int::Long(Cow::Owned(value.to_signed_bytes_le()))),
            _ => Err(self.mismatch("int")),
        }
    }

    /// Reads a float; an int that a float can hold exactly is one too.
    ///
    /// # Errors
    ///
    /// When the value is neither, or an int that would lose digits.
    #[inline]
    pub fn float(mut self) -> Result<f64> {
        let number = if let Some(stream) = self.decoder.stream() {
            match stream.number(self.node)? {
                Some(number) => number,
                None => return Err(stream.give_up().into()),
            }
        } else {
            if let Place::Scalar(offset) = self.node.place()
                && let Some(value) = binary_float(self.decoder.input, offset)
            {
                return Ok(value);
            }
            match self.scalar()? {
                Some(Scalar::Float(value)) => Number::Float(value),
                Some(Scalar::Int(value)) => Number::Int(value),
                Some(Scalar::Long(bytes)) if let Some(value) = short_long(bytes) => {
                    Number::Int(value)
                }
                _ => return Err(self.mismatch("float")),
            }
        };
        number.to_float().ok_or_else(|| self.inexact(number))
    }

    #[cold]
    fn inexact(&self, number: Number) -> Error {
        let value = number.to_int().unwrap_or_default();
        let message = format!("expected float, found the int {value}, which no float equals");
        self.located(Error::new(ErrorKind::Mismatch, message))
    }

    /// Reads text, borrowed from the input where it stands there as UTF-8.
    ///
    /// # Errors
    ///
    /// When the value is not a str; when it has a lone surrogate, which no Rust string holds; when
    /// it is a Python 2 byte string that the encoding cannot express.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn str(self) -> Result<Cow<'de, str>> {
        match self.decoder.stream() {
            Some(stream) => match stream.new_text(self.node) {
                Some(bytes) => self.checked(bytes),
                None => self.other_text(),
            },
            None => self.known_str(),
        }
    }

    /// Text of the stream, with what is left to be done: to check its UTF-8.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn checked(self, bytes: &'de [u8]) -> Result<Cow<'de, str>> {
        // Checking a long text anew for each place that refers to it adds up.
        if bytes.len() >= CHECKED_PER_CHARGE {
            self.decoder.charge(bytes.len() / CHECKED_PER_CHARGE)?;
        }
        match str_of(bytes) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(_) => self.decoder.no_stream().and(Err(GaveUp.into())),
        }
    }

    #[inline(never)]
    fn other_text(self) -> Result<Cow<'de, str>> {
        let Some(stream) = self.decoder.stream() else {
            return Err(GaveUp.into());
        };
        let bytes = stream.text(self.node)?;
        self.checked(bytes)
    }

    /// Text that is known.
    #[inline(never)]
    fn known_str(self) -> Result<Cow<'de, str>> {
        if let Place::Scalar(offset) = self.node.place()
            && let Some(bytes) = binary_str(self.decoder.input, offset)
            && let Ok(text) = str_of(bytes)
        {
            self.decoder.charge(bytes.len() / CHECKED_PER_CHARGE)?;
            return Ok(Cow::Borrowed(text));
        }
        self.other_str()
    }

    /// Text in the forms that are not common.
    fn other_str(mut self) -> Result<Cow<'de, str>> {
        match self.scalar()? {
            Some(Scalar::Str(Cow::Borrowed(bytes))) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(Cow::Borrowed(text)),
                Err(error) => Err(self.surrogate(error.valid_up_to())),
            },
            Some(Scalar::Str(Cow::Owned(bytes))) => self.owned_str(bytes),
            Some(Scalar::ByteString(bytes)) => self.byte_string(bytes),
            _ => Err(self.mismatch("str")),
        }
    }

    fn owned_str(self, bytes: Vec<u8>) -> Result<Cow<'de, str>> {
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Cow::Owned(text)),
            Err(error) => Err(self.surrogate(error.utf8_error().valid_up_to())),
        }
    }

    /// Text out of a Python 2 byte string.
    fn byte_string(self, bytes: Cow<'de, [u8]>) -> Result<Cow<'de, str>> {
        if let Cow::Borrowed(bytes) = bytes
            && bytes.is_ascii()
            && self.kind() == Kind::Str
            && let Ok(text) = std::str::from_utf8(bytes)
        {
            return Ok(Cow::Borrowed(text));
        }
        let options = &self.decoder.options;
        match options
            .decode(&bytes)
            .map_err(|error| self.located(error))?
        {
            Some(text) => self.owned_str(text.into_owned()),
            None => Err(self.mismatch("str")),
        }
    }

    #[cold]
    fn surrogate(&self, at: usize) -> Error {
        let message = format!("the str has a lone surrogate at byte {at}, which UTF-8 cannot hold");
        self.located(Error::new(ErrorKind::Encoding, message).raised_as("UnicodeEncodeError"))
            .note("a `pickle::Value` keeps such text")
    }

    /// Reads bytes, borrowed from the input where they stand there.
    ///
    /// # Errors
    ///
    /// When the value is not `bytes`.
    pub fn bytes(mut self) -> Result<Cow<'de, [u8]>> {
        match self.scalar()? {
            Some(Scalar::Bytes(bytes)) => Ok(Cow::Borrowed(bytes)),
            // What `kind` says of a byte string depends on the encoding.
            Some(Scalar::ByteString(bytes)) if self.kind() == Kind::Bytes => Ok(bytes),
            Some(_) => Err(self.mismatch("bytes")),
            None => match self.called_bytes()? {
                Some((Meaning::Bytes, bytes)) => Ok(bytes),
                // What the caller gave cannot be written to, whatever it was when it was pickled.
                Some((_, bytes)) if self.kind() == Kind::Buffer => Ok(bytes),
                _ => Err(self.mismatch("bytes")),
            },
        }
    }

    /// Reads a bytearray, or bytes.
    ///
    /// # Errors
    ///
    /// When the value is neither.
    pub fn byte_array(mut self) -> Result<Cow<'de, [u8]>> {
        match self.scalar()? {
            Some(Scalar::ByteArray(bytes) | Scalar::Bytes(bytes)) => Ok(Cow::Borrowed(bytes)),
            Some(_) if self.kind() == Kind::Bytes => self.bytes(),
            Some(_) => Err(self.mismatch("bytearray")),
            None => match self.called_bytes()? {
                Some((_, bytes)) => Ok(bytes),
                None => Err(self.mismatch("bytearray")),
            },
        }
    }

    /// What a call of `bytes`, `bytearray` or `_codecs.encode` gave, or an out-of-band buffer.
    fn called_bytes(&mut self) -> Result<Option<(Meaning, Cow<'de, [u8]>)>> {
        let called = self
            .decoder
            .called_bytes(self.node)
            .map_err(|error| self.located(error))?;
        if let Some((_, Cow::Owned(bytes))) = &called {
            self.decoder.charge(bytes.len())?;
        }
        Ok(called)
    }
}

/// The digits of an int, or how many bytes there are of it: to work out the digits of a huge one
/// takes far longer than to read it.
#[cold]
pub(in crate::read) fn shorten(int: &Int<'_>) -> String {
    match int {
        Int::Small(value) => value.to_string(),
        Int::Long(bytes) if bytes.len() <= 32 => int.to_big_int().to_string(),
        Int::Long(bytes) => format!("an int of {} bytes", bytes.len()),
    }
}
