//! Python's `fractions`.

use std::fmt;
use std::str::FromStr;

use num_bigint::{BigInt, Sign};

use super::python_class;
use crate::error::{Error, Result};
use crate::{Cursor, Encoder, Instance, Kind, Pickle, Unpickle};

/// A `fractions.Fraction`: a ratio of two whole numbers, in lowest terms.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::python::fractions::Fraction;
///
/// let half = Fraction::new(2, 4)?;
/// assert_eq!(half.to_string(), "1/2");
/// assert_eq!(half, "1/2".parse()?);
/// assert_eq!(Fraction::new(1, 0).unwrap_err().python_type(), "ZeroDivisionError");
/// # Ok::<(), pickle::Error>(())
/// ```
#[doc(alias = "Ratio")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fraction {
    numerator: BigInt,
    denominator: BigInt,
}

python_class! { value Fraction = "fractions", "Fraction" }

/// Beyond so many bits reducing to lowest terms takes too long for what a pickle may ask.
const MAX_BITS: u64 = 1 << 19;

impl Fraction {
    /// Returns the ratio, in lowest terms.
    ///
    /// # Errors
    ///
    /// In Python's words, when the denominator is zero; when both numbers have more than half a
    /// million bits.
    pub fn new(numerator: impl Into<BigInt>, denominator: impl Into<BigInt>) -> Result<Self> {
        let (numerator, denominator) = (numerator.into(), denominator.into());
        if denominator.sign() == Sign::NoSign {
            // Working out the digits of a huge number takes far longer than to read it.
            let shown = match numerator.bits() {
                ..=128 => numerator.to_string(),
                _ => "...".to_owned(),
            };
            return Err(
                Error::custom(format_args!("Fraction({shown}, 0)")).raised_as("ZeroDivisionError")
            );
        }
        if numerator.bits().min(denominator.bits()) > MAX_BITS {
            return Err(Error::custom(
                "the fraction has too many digits to be reduced",
            ));
        }
        let divisor = common_divisor(numerator.clone(), denominator.clone());
        let divisor = match denominator.sign() {
            Sign::Minus => -divisor,
            _ => divisor,
        };
        Ok(Self {
            numerator: numerator / &divisor,
            denominator: denominator / &divisor,
        })
    }

    /// The number above the line, which has the sign.
    pub fn numerator(&self) -> &BigInt {
        &self.numerator
    }

    /// The number below the line, which is positive.
    pub fn denominator(&self) -> &BigInt {
        &self.denominator
    }
}

/// The greatest common divisor, which is positive.
fn common_divisor(mut a: BigInt, mut b: BigInt) -> BigInt {
    while b.sign() != Sign::NoSign {
        (a, b) = (b.clone(), a % b);
    }
    match a.sign() {
        Sign::Minus => -a,
        _ => a,
    }
}

/// Reads `1/2` and `3`, as Python's `str` writes fractions.
impl FromStr for Fraction {
    type Err = Error;

    /// # Errors
    ///
    /// In Python's words, when the text is no fraction, or has numbers of more than 4300 digits.
    fn from_str(text: &str) -> Result<Self> {
        let invalid = || {
            let shown = crate::repr(text);
            Error::custom(format_args!("Invalid literal for Fraction: {shown}"))
                .raised_as("ValueError")
        };
        let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
        let number = |digits: &str| {
            if digits.len() > 4300 {
                return Err(Error::custom(
                    "Exceeds the limit (4300 digits) for integer string conversion",
                )
                .raised_as("ValueError"));
            }
            digits.trim().parse::<BigInt>().map_err(|_| invalid())
        };
        Self::new(number(numerator)?, number(denominator)?)
    }
}

impl Pickle for Fraction {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let args = (&self.numerator, &self.denominator);
        encoder.reduce(Self::CLASS, &args)?.end()
    }
}

impl<'de> Unpickle<'de> for Fraction {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        /// The first argument: until Python 3.10 all of the fraction, as text.
        enum First {
            Text(String),
            Number(BigInt),
        }
        let mut instance = cursor.instance(Self::CLASS)?;
        let first = instance.arg_with("numerator", |cursor| match cursor.kind() {
            Kind::Str => String::unpickle(cursor).map(First::Text),
            _ => BigInt::unpickle(cursor).map(First::Number),
        })?;
        let denominator = instance.arg::<BigInt>("denominator")?;
        instance.end()?;
        match (first, denominator) {
            (Some(First::Text(text)), None) => text.parse(),
            (Some(First::Number(numerator)), denominator) => {
                Self::new(numerator, denominator.unwrap_or_else(|| 1.into()))
            }
            (None, None) => Self::new(0, 1),
            _ => {
                Err(Error::custom("both arguments should be Rational instances")
                    .raised_as("TypeError"))
            }
        }
    }
}

/// As Python's `str`: `1/2`, `3`.
impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.numerator.fmt(f)?;
        match self.denominator == BigInt::from(1) {
            true => Ok(()),
            false => write!(f, "/{}", self.denominator),
        }
    }
}
