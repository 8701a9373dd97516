//! Lists: vectors, arrays, slices, deques.

use std::borrow::Cow;
use std::collections::VecDeque;

use crate::error::{Error, Result};
use crate::read::{Cursor, Unpickle, UnpickleBoxed};
use crate::write::{Encoder, Pickle, Reference};

/// Python's list; bytes for `u8`.
impl<T: Pickle> Pickle for [T] {
    #[inline]
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        T::pickle_slice(self, encoder)
    }
}

/// Python's list; bytes for `u8`.
impl<T: Pickle> Pickle for Vec<T> {
    #[inline]
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        T::pickle_slice(self, encoder)
    }
}

/// Reads a list or a tuple; for `u8`, bytes and a bytearray too.
impl<'de, T: Unpickle<'de>> Unpickle<'de> for Vec<T> {
    const STREAMS: bool = true;

    #[inline]
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        T::unpickle_vec(cursor)
    }
}

impl<'de, T: Unpickle<'de>> UnpickleBoxed<'de> for [T] {
    const BOX_STREAMS: bool = true;

    fn unpickle_box(cursor: Cursor<'_, 'de>) -> Result<Box<Self>> {
        T::unpickle_vec(cursor).map(Vec::into_boxed_slice)
    }
}

/// Python's list, also for `u8`; `collections.deque` is another class.
impl<T: Pickle> Pickle for VecDeque<T> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let mut list = encoder.list(self.len())?;
        for item in self {
            list.item(item)?;
        }
        list.end()
    }
}

impl<'de, T: Unpickle<'de>> Unpickle<'de> for VecDeque<T> {
    const STREAMS: bool = true;

    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        T::unpickle_vec(cursor).map(VecDeque::from)
    }
}

/// Python's list; bytes for `u8`.
impl<T: Pickle, const N: usize> Pickle for [T; N] {
    #[inline]
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        T::pickle_slice(self, encoder)
    }
}

/// Reads a list or a tuple of this length; for `u8`, bytes and a bytearray too.
impl<'de, T: Unpickle<'de>, const N: usize> Unpickle<'de> for [T; N] {
    const STREAMS: bool = true;

    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        T::unpickle_vec(cursor)?.try_into().map_err(|vec: Vec<T>| {
            Error::custom(format_args!("expected {N} items, found {}", vec.len()))
        })
    }
}

/// What it borrows or owns.
impl<T: Pickle + ToOwned + ?Sized> Pickle for Cow<'_, T> {
    #[inline]
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        (**self).pickle(encoder)
    }

    #[inline]
    fn pickle_behind(&self, name: Reference, encoder: &mut Encoder<'_>) -> Result<()> {
        (**self).pickle_behind(name, encoder)
    }
}
