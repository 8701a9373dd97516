//! Objects that live outside of the pickle.

use std::ops::Deref;

use crate::error::Result;
use crate::read::{Cursor, Unpickle};
use crate::write::{Encoder, Pickle};

/// An object that lives outside of the pickle, which has only its persistent id.
///
/// Loading asks the handler of
/// [`Unpickler::with_persistent_load`](crate::Unpickler::with_persistent_load) for it, dumping that
/// of [`Pickler::with_persistent_id`](crate::Pickler::with_persistent_id) for its id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Persistent<T>(pub T);

impl<T> Deref for Persistent<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<'de, T: 'static> Unpickle<'de> for Persistent<T> {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        cursor.persistent().map(Self)
    }
}

impl<T: 'static> Pickle for Persistent<T> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.persistent(&self.0)
    }
}
