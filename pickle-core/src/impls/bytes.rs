//! Bytes: slices and vectors of `u8`, and Python's bytearray.

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};

use crate::error::{Error, Result};
use crate::read::{Cursor, Kind, Unpickle};
use crate::write::{Encoder, Pickle};

/// A vector of these reads Python's bytes, a bytearray, and a list of ints.
impl<'de> Unpickle<'de> for u8 {
    const STREAMS: bool = true;

    #[inline]
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        super::scalar::byte(cursor)
    }

    fn unpickle_vec(mut cursor: Cursor<'_, 'de>) -> Result<Vec<Self>> {
        match cursor.kind() {
            Kind::List | Kind::Tuple => {
                let mut items = cursor.list()?;
                let mut bytes = Vec::with_capacity(super::capacity::<u8>(items.len()));
                while let Some(byte) = items.next()? {
                    bytes.push(byte);
                }
                Ok(bytes)
            }
            Kind::ByteArray => owned(cursor.reborrow().byte_array()?, cursor),
            _ => owned(cursor.reborrow().bytes()?, cursor),
        }
    }
}

fn owned(bytes: Cow<'_, [u8]>, mut cursor: Cursor<'_, '_>) -> Result<Vec<u8>> {
    cursor.charge(bytes.len())?;
    Ok(bytes.into_owned())
}

/// Borrows from the input, which has to have the bytes as they are: that is so from protocol 3 on.
impl<'de: 'a, 'a> Unpickle<'de> for &'a [u8] {
    const STREAMS: bool = true;

    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        match cursor.bytes()? {
            Cow::Borrowed(bytes) => Ok(bytes),
            Cow::Owned(_) => Err(Error::custom(
                "the bytes stand in another encoding in the pickle, so that no `&[u8]` can borrow \
                 them; use `Cow<[u8]>` or `Vec<u8>`",
            )),
        }
    }
}

/// Borrows where the input has the bytes as they are.
impl<'de: 'a, 'a> Unpickle<'de> for Cow<'a, [u8]> {
    const STREAMS: bool = true;

    fn unpickle(mut cursor: Cursor<'_, 'de>) -> Result<Self> {
        let bytes = cursor.reborrow().bytes()?;
        if let Cow::Owned(bytes) = &bytes {
            cursor.charge(bytes.len())?;
        }
        Ok(bytes)
    }
}

/// Python's `bytearray`: bytes that can be changed.
///
/// A plain `Vec<u8>` is Python's `bytes`. This reads either.
///
/// ```
/// # use pickle_core as pickle;
/// let pickled = pickle::dumps(&pickle::ByteArray(vec![1, 2]))?;
/// assert!(pickled.windows(9).any(|name| name == b"bytearray"));
/// assert_eq!(pickle::loads::<pickle::ByteArray>(&pickled)?.0, [1, 2]);
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteArray(pub Vec<u8>);

impl Pickle for ByteArray {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.byte_array(&self.0)
    }
}

impl<'de> Unpickle<'de> for ByteArray {
    const STREAMS: bool = true;

    fn unpickle(mut cursor: Cursor<'_, 'de>) -> Result<Self> {
        owned(cursor.reborrow().byte_array()?, cursor).map(Self)
    }
}

impl From<Vec<u8>> for ByteArray {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<ByteArray> for Vec<u8> {
    fn from(bytes: ByteArray) -> Self {
        bytes.0
    }
}

impl Deref for ByteArray {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

impl DerefMut for ByteArray {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}
