//! Python's `decimal`.

use std::fmt;
use std::str::FromStr;

use super::python_class;
use crate::error::{Error, Result};
use crate::{Cursor, Encoder, Instance, Pickle, Unpickle};

/// A `decimal.Decimal`: a number in base ten of any precision, an infinity, or a NaN.
///
/// Two are equal here when they have the same digits and exponent: `1.0` is not `1.00`, and a NaN
/// equals itself. To calculate, convert it to a type of `rust_decimal` or `bigdecimal`, which
/// features of this crate offer.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::python::decimal::Decimal;
///
/// let price: Decimal = "19.90".parse()?;
/// assert_eq!((price.digits(), price.exponent()), ("1990", Some(-2)));
/// let bytes = pickle::dumps(&price)?;
/// assert_eq!(pickle::loads::<Decimal>(&bytes)?.to_string(), "19.90");
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    negative: bool,
    /// The coefficient without leading zeros; the payload of a NaN.
    digits: String,
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Form {
    Finite { exponent: i64 },
    Infinite,
    QuietNan,
    SignalingNan,
}

python_class! { value Decimal = "decimal", "Decimal" }

/// The largest exponent that the C implementation knows.
const MAX_EXPONENT: i64 = 999_999_999_999_999_999;

impl Decimal {
    /// The number of these digits, which are a natural number, times a power of ten.
    #[cfg(any(feature = "rust_decimal-1", feature = "bigdecimal-04"))]
    pub(crate) fn new(
        negative: bool,
        digits: &(impl fmt::Display + ?Sized),
        exponent: i64,
    ) -> Self {
        let exponent = exponent.clamp(-MAX_EXPONENT, MAX_EXPONENT);
        Self {
            negative,
            digits: digits.to_string(),
            form: Form::Finite { exponent },
        }
    }

    /// Whether it has a minus sign. A zero or a NaN may have one.
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// Whether it is a number, rather than an infinity or a NaN.
    pub fn is_finite(&self) -> bool {
        matches!(self.form, Form::Finite { .. })
    }

    /// Whether it is an infinity.
    pub fn is_infinite(&self) -> bool {
        self.form == Form::Infinite
    }

    /// Whether it is no number, quiet or signaling.
    pub fn is_nan(&self) -> bool {
        matches!(self.form, Form::QuietNan | Form::SignalingNan)
    }

    /// The digits of the coefficient, `0` for a zero; those of a NaN's payload, if it has any.
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// The power of ten that the coefficient is multiplied with; `None` for what is not finite.
    pub fn exponent(&self) -> Option<i64> {
        match self.form {
            Form::Finite { exponent } => Some(exponent),
            _ => None,
        }
    }

    fn finite(negative: bool, text: &str) -> Option<Self> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i64>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits = [whole, fraction].concat();
        let exponent = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        if !is_number || exponent.abs() > MAX_EXPONENT {
            return None;
        }
        let digits = match digits.trim_start_matches('0') {
            "" => "0".to_owned(),
            digits => digits.to_owned(),
        };
        let form = Form::Finite { exponent };
        Some(Self {
            negative,
            digits,
            form,
        })
    }

    fn special(negative: bool, text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let (form, payload) = match text.as_str() {
            "inf" | "infinity" => (Form::Infinite, ""),
            _ => match (text.strip_prefix("snan"), text.strip_prefix("nan")) {
                (Some(payload), _) => (Form::SignalingNan, payload),
                (_, Some(payload)) => (Form::QuietNan, payload),
                _ => return None,
            },
        };
        let is_number = payload.bytes().all(|digit| digit.is_ascii_digit());
        is_number.then(|| Self {
            negative,
            digits: payload.trim_start_matches('0').to_owned(),
            form,
        })
    }
}

/// Reads what Python's `Decimal(…)` reads, digits of ASCII only.
impl FromStr for Decimal {
    type Err = Error;

    /// # Errors
    ///
    /// In Python's words, `decimal.InvalidOperation`, when the text is no decimal number.
    fn from_str(text: &str) -> Result<Self> {
        let trimmed = text.trim().replace('_', "");
        let (negative, number) = match trimmed.strip_prefix('-') {
            Some(number) => (true, number),
            None => (false, trimmed.strip_prefix('+').unwrap_or(&trimmed)),
        };
        Self::finite(negative, number)
            .or_else(|| Self::special(negative, number))
            .ok_or_else(|| {
                Error::custom("[<class 'decimal.ConversionSyntax'>]")
                    .raised_as("decimal.InvalidOperation")
            })
    }
}

macro_rules! integers {
    ($($int:ty)*) => {$(
        impl From<$int> for Decimal {
            fn from(value: $int) -> Self {
                let digits = value.to_string();
                Self {
                    negative: digits.starts_with('-'),
                    digits: digits.trim_start_matches('-').to_owned(),
                    form: Form::Finite { exponent: 0 },
                }
            }
        }
    )*};
}
integers! { i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 }

impl Pickle for Decimal {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.reduce(Self::CLASS, &(self.to_string(),))?.end()
    }
}

impl<'de> Unpickle<'de> for Decimal {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut instance = cursor.instance(Self::CLASS)?;
        let value = instance.arg_with("value", |cursor| cursor.str()?.parse())?;
        let Some(value) = value else {
            return Err(instance.lacks("value"));
        };
        instance.end()?;
        Ok(value)
    }
}

/// As Python's `str`: `19.90`, `1E+3`, `-Infinity`.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = &self.digits;
        if self.negative {
            f.write_str("-")?;
        }
        let exponent = match self.form {
            Form::Finite { exponent } => exponent,
            Form::Infinite => return f.write_str("Infinity"),
            Form::QuietNan => return write!(f, "NaN{digits}"),
            Form::SignalingNan => return write!(f, "sNaN{digits}"),
        };
        let length = i64::try_from(digits.len()).unwrap_or(i64::MAX);
        // How many digits stand before the point if there is no exponent.
        let left = exponent.saturating_add(length);
        let point = if exponent <= 0 && left > -6 { left } else { 1 };
        match usize::try_from(point) {
            Ok(point) if point >= digits.len() => f.write_str(digits)?,
            Ok(point @ 1..) => write!(f, "{}.{}", &digits[..point], &digits[point..])?,
            _ => {
                let zeros = usize::try_from(-point).unwrap_or(0);
                write!(f, "0.{}{digits}", "0".repeat(zeros))?;
            }
        }
        match left == point {
            true => Ok(()),
            false => write!(f, "E{:+}", left - point),
        }
    }
}
