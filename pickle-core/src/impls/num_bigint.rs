//! Integers of any size, from `num-bigint`.

use num_bigint::{BigInt, BigUint, Sign};

use crate::error::{Error, Result};
use crate::read::{Cursor, Int, Unpickle};
use crate::write::{Encoder, Pickle};

/// Python's int.
impl Pickle for BigInt {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.big_int(self)
    }
}

impl<'de> Unpickle<'de> for BigInt {
    const STREAMS: bool = true;

    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        big_int(cursor)
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
    const STREAMS: bool = true;

    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let int = big_int(cursor)?;
        if int.bits() <= 128 && int.sign() == Sign::Minus {
            return Err(Error::custom(format_args!("{int} is negative")));
        }
        // The digits of a huge int take far longer than the int.
        Self::try_from(int).map_err(|_| Error::custom("the int is negative"))
    }
}

fn big_int(mut cursor: Cursor<'_, '_>) -> Result<BigInt> {
    let int = cursor.reborrow().int()?;
    if let Int::Long(bytes) = &int {
        cursor.charge(bytes.len())?;
    }
    Ok(int.to_big_int())
}
