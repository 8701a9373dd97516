//! Decimal numbers of any precision, of the `bigdecimal` crate.

use ::bigdecimal::BigDecimal;
use ::bigdecimal::num_bigint::{BigInt, Sign};

use crate::error::{Error, Result};
use crate::python::decimal;
use crate::{Cursor, Encoder, Pickle, Unpickle};

/// The digits of a longer number take too long to work out for what a pickle may ask.
const MAX_DIGITS: usize = 1 << 17;

impl From<&BigDecimal> for decimal::Decimal {
    fn from(value: &BigDecimal) -> Self {
        let (digits, scale) = value.as_bigint_and_exponent();
        let negative = digits.sign() == Sign::Minus;
        Self::new(negative, digits.magnitude(), scale.saturating_neg())
    }
}

impl TryFrom<decimal::Decimal> for BigDecimal {
    type Error = Error;

    /// # Errors
    ///
    /// When it is no finite number, or a negative zero, or has more than 131072 digits.
    fn try_from(value: decimal::Decimal) -> Result<Self> {
        let is_negative_zero = value.is_negative() && value.digits() == "0";
        let fits = value.digits().len() <= MAX_DIGITS && !is_negative_zero;
        let digits = fits.then(|| value.digits().parse::<BigInt>());
        match (value.exponent(), digits) {
            (Some(exponent), Some(Ok(digits))) => {
                let digits = if value.is_negative() { -digits } else { digits };
                Ok(Self::new(digits, -exponent))
            }
            _ => Err(Error::custom(format_args!(
                "{} does not fit into a BigDecimal",
                crate::python::shortened(&value)
            ))),
        }
    }
}

/// `decimal.Decimal`
impl Pickle for BigDecimal {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        decimal::Decimal::from(self).pickle(encoder)
    }
}

/// Reads a `decimal.Decimal`.
impl<'de> Unpickle<'de> for BigDecimal {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        decimal::Decimal::unpickle(cursor)?.try_into()
    }
}
