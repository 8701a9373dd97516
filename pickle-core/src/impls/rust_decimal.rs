//! Decimal numbers of 28 digits, of the `rust_decimal` crate.

use ::rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::python::decimal;
use crate::{Cursor, Encoder, Pickle, Unpickle};

impl From<Decimal> for decimal::Decimal {
    fn from(value: Decimal) -> Self {
        let digits = value.mantissa().unsigned_abs();
        Self::new(value.is_sign_negative(), &digits, -i64::from(value.scale()))
    }
}

impl TryFrom<decimal::Decimal> for Decimal {
    type Error = Error;

    /// # Errors
    ///
    /// When it is no finite number, or has more digits than fit: nothing is rounded.
    fn try_from(value: decimal::Decimal) -> Result<Self> {
        let fits = || {
            let digits: i128 = value.digits().parse().ok()?;
            let exponent = value.exponent()?;
            let (digits, scale) = match u32::try_from(exponent) {
                Ok(power) => (digits.checked_mul(10_i128.checked_pow(power)?)?, 0),
                Err(_) => (digits, u32::try_from(exponent.checked_neg()?).ok()?),
            };
            let mut number = Self::try_from_i128_with_scale(digits, scale).ok()?;
            number.set_sign_negative(value.is_negative());
            Some(number)
        };
        fits().ok_or_else(|| {
            Error::custom(format_args!(
                "{} does not fit into a rust_decimal::Decimal",
                crate::python::shortened(&value)
            ))
        })
    }
}

/// `decimal.Decimal`
impl Pickle for Decimal {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        decimal::Decimal::from(*self).pickle(encoder)
    }
}

/// Reads a `decimal.Decimal` that fits; nothing is rounded.
impl<'de> Unpickle<'de> for Decimal {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        decimal::Decimal::unpickle(cursor)?.try_into()
    }
}
