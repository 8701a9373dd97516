//! Integers of any size, from `num-bigint`.

use num_bigint::{BigInt, BigUint};

use crate::error::{Error, Result};
use crate::read::{Cursor, Unpickle};
use crate::write::{Encoder, Pickle};

/// Python's int.
impl Pickle for BigInt {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.big_int(self)
    }
}

impl<'de> Unpickle<'de> for BigInt {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        cursor.int().map(|int| int.to_big_int())
    }
}

/// Python's int.
impl Pickle for BigUint {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.big_int(&self.clone().into())
    }
}

/// Reads an int that is not negative.
impl<'de> Unpickle<'de> for BigUint {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let int = cursor.int()?.to_big_int();
        Self::try_from(int)
            .map_err(|error| Error::custom(format_args!("{} is negative", error.into_original())))
    }
}
