//! `None`, or a value.

use crate::error::Result;
use crate::read::{Cursor, Unpickle};
use crate::write::{Encoder, Pickle, Reference};

/// The value itself, or Python's `None`. An option in an option cannot be told from one.
impl<T: Pickle> Pickle for Option<T> {
    #[inline]
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match self {
            Some(value) => value.pickle(encoder),
            None => encoder.none(),
        }
    }

    #[inline]
    fn pickle_behind(&self, name: Reference, encoder: &mut Encoder<'_>) -> Result<()> {
        match self {
            Some(value) => value.pickle_behind(name, encoder),
            None => encoder.none_behind(name),
        }
    }
}

impl<'de, T: Unpickle<'de>> Unpickle<'de> for Option<T> {
    const STREAMS: bool = true;

    #[inline]
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        match cursor.is_none() {
            true => cursor.none().map(|()| None),
            false => cursor.read().map(Some),
        }
    }
}
