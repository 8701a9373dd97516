//! UUIDs, of the `uuid` crate.

use crate::error::Result;
use crate::python::uuid;
use crate::{Cursor, Encoder, Pickle, Unpickle};

impl From<::uuid::Uuid> for uuid::Uuid {
    fn from(id: ::uuid::Uuid) -> Self {
        Self::new(id.as_u128())
    }
}

/// Whether it was made safely is not kept, which is no part of its identity.
impl From<uuid::Uuid> for ::uuid::Uuid {
    fn from(id: uuid::Uuid) -> Self {
        Self::from_u128(id.as_u128())
    }
}

/// `uuid.UUID`
impl Pickle for ::uuid::Uuid {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        uuid::Uuid::from(*self).pickle(encoder)
    }
}

/// Reads a `uuid.UUID`.
impl<'de> Unpickle<'de> for ::uuid::Uuid {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        uuid::Uuid::unpickle(cursor).map(Self::from)
    }
}
