//! The bytes in which dates and times are pickled.

use crate::error::{Error, Result};
use crate::{Cursor, Kind, Unpickle};

/// So many bytes. Those of Python 2 are a `str`, which may have become text on the way.
pub(super) struct Payload<const N: usize>(pub(super) [u8; N]);

impl<'de, const N: usize> Unpickle<'de> for Payload<N> {
    fn unpickle(mut cursor: Cursor<'_, 'de>) -> Result<Self> {
        let bytes = match cursor.kind() {
            Kind::Str => {
                let text = cursor.reborrow().str()?;
                let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
                bytes.ok_or_else(|| {
                    Error::custom("a date or time as text has characters that are no bytes")
                        .raised_as("ValueError")
                })?
            }
            _ => cursor.reborrow().bytes()?.into_owned(),
        };
        match bytes.try_into() {
            Ok(payload) => Ok(Self(payload)),
            Err(_) => Err(cursor.mismatch(&format!("{N} bytes"))),
        }
    }
}
