//! Text.

use std::borrow::Cow;

use crate::error::{Error, Result};
use crate::read::{Cursor, Unpickle, UnpickleBoxed};
use crate::write::{Encoder, Pickle, Reference};

/// Python's str.
impl Pickle for str {
    #[inline]
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.str(self)
    }

    #[inline]
    fn pickle_behind(&self, name: Reference, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.str_behind(name, self)
    }

    #[inline]
    fn touch(&self) -> u8 {
        self.as_bytes().first().copied().unwrap_or_default()
    }
}

/// Python's str.
impl Pickle for String {
    #[inline]
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.str(self)
    }

    #[inline]
    fn pickle_behind(&self, name: Reference, encoder: &mut Encoder<'_>) -> Result<()> {
        self.as_str().pickle_behind(name, encoder)
    }

    #[inline]
    fn touch(&self) -> u8 {
        self.as_str().touch()
    }
}

impl<'de> Unpickle<'de> for String {
    const STREAMS: bool = true;

    #[inline]
    fn unpickle(mut cursor: Cursor<'_, 'de>) -> Result<Self> {
        match cursor.reborrow().str()? {
            Cow::Borrowed(text) => {
                cursor.charge(text.len())?;
                Ok(text.to_owned())
            }
            Cow::Owned(text) => {
                cursor.charge(text.len())?;
                Ok(text)
            }
        }
    }
}

impl<'de> UnpickleBoxed<'de> for str {
    const BOX_STREAMS: bool = true;

    fn unpickle_box(cursor: Cursor<'_, 'de>) -> Result<Box<Self>> {
        String::unpickle(cursor).map(String::into_boxed_str)
    }
}

/// Borrows from the input, which has to have the text as UTF-8: that is so from protocol 1 on, and
/// for ASCII text without line breaks at protocol 0.
impl<'de: 'a, 'a> Unpickle<'de> for &'a str {
    const STREAMS: bool = true;

    #[inline]
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        match cursor.str()? {
            Cow::Borrowed(text) => Ok(text),
            Cow::Owned(_) => Err(Error::custom(
                "the text stands in another encoding in the pickle, so that no `&str` can borrow \
                 it; use `Cow<str>` or `String`",
            )),
        }
    }
}

/// Borrows where the input has the text as UTF-8.
impl<'de: 'a, 'a> Unpickle<'de> for Cow<'a, str> {
    const STREAMS: bool = true;

    #[inline]
    fn unpickle(mut cursor: Cursor<'_, 'de>) -> Result<Self> {
        let text = cursor.reborrow().str()?;
        if let Cow::Owned(text) = &text {
            cursor.charge(text.len())?;
        }
        Ok(text)
    }
}
