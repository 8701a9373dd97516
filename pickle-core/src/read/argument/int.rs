//! Ints of any size, as the reader hands them out.

use std::borrow::Cow;

use num_bigint::BigInt;

use crate::read::argument::scalar::short_long;

/// An int of any size as a pickle holds it.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::{Cursor, Int, Unpickle};
///
/// struct Parity(bool);
///
/// impl<'de> Unpickle<'de> for Parity {
///     fn unpickle(cursor: Cursor<'_, 'de>) -> pickle::Result<Self> {
///         let int: Int = cursor.int()?;
///         Ok(Self(int.to_big_int().bit(0)))
///     }
/// }
/// assert!(pickle::loads::<Parity>(b"L98765432109876543210987654321L\n.")?.0);
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Int<'de> {
    /// One of 64 bits.
    Small(i64),
    /// Two's complement in little-endian order, with as many bytes as the pickle gives.
    Long(Cow<'de, [u8]>),
}

impl<'de> Int<'de> {
    /// The int of a LONG1 or LONG4: small if it fits.
    pub(in crate::read) fn from_long(bytes: &'de [u8]) -> Self {
        if let Some(value) = short_long(bytes) {
            return Self::Small(value);
        }
        let long = Self::Long(Cow::Borrowed(bytes));
        long.to_i64().map_or(long, Self::Small)
    }
}

impl Int<'_> {
    /// Returns the number if it fits into 64 bits.
    pub fn to_i64(&self) -> Option<i64> {
        match self {
            Self::Small(value) => Some(*value),
            Self::Long(_) => i64::try_from(self.to_i128()?).ok(),
        }
    }

    /// Returns the number if it fits into 128 bits.
    pub fn to_i128(&self) -> Option<i128> {
        match self {
            Self::Small(value) => Some((*value).into()),
            Self::Long(bytes) => {
                let (low, high) = bytes.split_at(bytes.len().min(16));
                let fill = if bytes.last().is_some_and(|last| *last >= 0x80) {
                    0xFF
                } else {
                    0
                };
                let mut value = [fill; 16];
                value[..low.len()].copy_from_slice(low);
                let value = i128::from_le_bytes(value);
                let fits = high.iter().all(|byte| *byte == fill) && (value < 0) == (fill == 0xFF);
                fits.then_some(value)
            }
        }
    }

    /// Returns the number if it is not negative and fits into 128 bits.
    pub fn to_u128(&self) -> Option<u128> {
        match self {
            Self::Small(value) => u128::try_from(*value).ok(),
            Self::Long(bytes) => {
                let (low, high) = bytes.split_at(bytes.len().min(16));
                let mut value = [0; 16];
                value[..low.len()].copy_from_slice(low);
                let negative = bytes.last().is_some_and(|last| *last >= 0x80);
                let fits = !negative && high.iter().all(|byte| *byte == 0);
                fits.then(|| u128::from_le_bytes(value))
            }
        }
    }

    /// Returns the number, whatever its size.
    pub fn to_big_int(&self) -> BigInt {
        match self {
            Self::Small(value) => BigInt::from(*value),
            Self::Long(bytes) => BigInt::from_signed_bytes_le(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(bytes: &[u8]) -> Int<'_> {
        Int::Long(Cow::Borrowed(bytes))
    }

    #[test]
    fn twos_complement_of_any_length() {
        assert_eq!(long(&[]).to_i64(), Some(0));
        assert_eq!(long(&[0xFF, 0x00]).to_i64(), Some(255));
        assert_eq!(long(&[0xFF, 0xFF, 0xFF]).to_i64(), Some(-1));
        assert_eq!(long(&[0x80]).to_u128(), None);
        let mut bytes = vec![0; 15];
        bytes.push(0x80);
        assert_eq!(long(&bytes).to_i128(), Some(i128::MIN));
        assert_eq!(long(&bytes).to_u128(), None);
        bytes.push(0);
        assert_eq!(long(&bytes).to_i128(), None);
        assert_eq!(long(&bytes).to_u128(), Some(1 << 127));
        assert_eq!(long(&bytes).to_big_int(), BigInt::from(1_u128 << 127));
        bytes.push(1);
        assert_eq!(long(&bytes).to_u128(), None);
    }
}
