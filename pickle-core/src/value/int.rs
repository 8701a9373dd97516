//! Python's `int`, of any size.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use num_bigint::{BigInt, Sign};

use super::hash::{self, Cache};
use crate::error::{Error, ErrorKind, Result};

/// A Python `int`: 64 bits in place, any size beyond.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::value::Int;
///
/// let big = Int::from(u128::MAX);
/// assert_eq!(big.to_string(), "340282366920938463463374607431768211455");
/// assert_eq!(big.to_i64(), None);
/// assert_eq!(u128::try_from(&big)?, u128::MAX);
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Int(Repr);

// `Big` holds only what does not fit `Small`, so that equality is the derived one.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Repr {
    Small(i64),
    Big(Arc<Big>),
}

struct Big {
    number: BigInt,
    hash: Cache,
}

/// The bits of 4300 decimal digits. Python refuses to write more, which takes time quadratic in
/// their number.
const DECIMAL_BITS: u64 = 14285;

impl Int {
    /// Returns the number of these bytes: two's complement, least byte first.
    pub fn from_signed_bytes_le(bytes: &[u8]) -> Self {
        if bytes.len() > 8 {
            return BigInt::from_signed_bytes_le(bytes).into();
        }
        let fill = if bytes.last().is_some_and(|last| last & 0x80 != 0) {
            0xFF
        } else {
            0
        };
        let mut number = [fill; 8];
        number[..bytes.len()].copy_from_slice(bytes);
        i64::from_le_bytes(number).into()
    }

    /// The number, if it fits into 64 bits.
    pub fn to_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Small(number) => Some(*number),
            Repr::Big(_) => None,
        }
    }

    /// The number, if it fits into 128 bits.
    pub fn to_i128(&self) -> Option<i128> {
        match &self.0 {
            Repr::Small(number) => Some((*number).into()),
            Repr::Big(big) => (&big.number).try_into().ok(),
        }
    }

    /// The number, if it is not negative and fits into 128 bits.
    pub fn to_u128(&self) -> Option<u128> {
        match &self.0 {
            Repr::Small(number) => (*number).try_into().ok(),
            Repr::Big(big) => (&big.number).try_into().ok(),
        }
    }

    /// The number as a `BigInt` of the `num-bigint` crate.
    pub fn to_big_int(&self) -> BigInt {
        match &self.0 {
            Repr::Small(number) => (*number).into(),
            Repr::Big(big) => big.number.clone(),
        }
    }

    /// The number as a float, if some float is exactly this number.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// # use pickle::value::Int;
    /// assert_eq!(Int::from(1_i64 << 53).to_f64_exact(), Some(9007199254740992.0));
    /// assert_eq!(Int::from((1_i64 << 53) + 1).to_f64_exact(), None);
    /// ```
    pub fn to_f64_exact(&self) -> Option<f64> {
        match &self.0 {
            Repr::Small(number) => {
                let float = *number as f64;
                // Up to 2^63 itself, which a cast back would saturate to 2^63 - 1.
                (float < 9_223_372_036_854_775_808.0 && float as i64 == *number).then_some(float)
            }
            Repr::Big(big) => big_to_f64_exact(&big.number),
        }
    }

    pub(super) fn hash(&self) -> u64 {
        match &self.0 {
            Repr::Small(number) => hash::int(*number),
            Repr::Big(big) => big.hash.get_or(|| match big_to_f64_exact(&big.number) {
                Some(float) => hash::float(float),
                None => hash::big_int(&big.number),
            }),
        }
    }

    /// The address of a number of many digits that is shared.
    pub(super) fn shared_address(&self) -> Option<*const ()> {
        match &self.0 {
            Repr::Big(big) if big.number.bits() > 256 && Arc::strong_count(big) > 1 => {
                Some(Arc::as_ptr(big).cast())
            }
            _ => None,
        }
    }

    fn big(number: BigInt) -> Self {
        Self(Repr::Big(Arc::new(Big {
            number,
            hash: Cache::default(),
        })))
    }

    fn to<T>(&self, number: Option<T>) -> Result<T> {
        number.ok_or_else(|| {
            let target = std::any::type_name::<T>();
            Error::new(
                ErrorKind::Mismatch,
                format!("{self} does not fit in {target}"),
            )
        })
    }
}

fn big_to_f64_exact(big: &BigInt) -> Option<f64> {
    let zeros = big.trailing_zeros()?;
    let bits = big.bits();
    if bits > 1024 || bits - zeros > 53 {
        return None;
    }
    let mantissa = (big.magnitude() >> zeros).iter_u64_digits().next()?;
    // At most 53 bits times a power of two that is a float: both steps are exact.
    let power = f64::from_bits((1023 + zeros) << 52);
    let float = mantissa as f64 * power;
    Some(if big.sign() == Sign::Minus {
        -float
    } else {
        float
    })
}

impl PartialEq for Big {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Big {}

impl std::hash::Hash for Big {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

impl From<BigInt> for Int {
    fn from(big: BigInt) -> Self {
        match i64::try_from(&big) {
            Ok(number) => Self(Repr::Small(number)),
            Err(_) => Self::big(big),
        }
    }
}

macro_rules! small {
    ($($int:ty)*) => {$(
        impl From<$int> for Int {
            fn from(number: $int) -> Self {
                Self(Repr::Small(number.into()))
            }
        }
    )*};
}
small!(i8 i16 i32 i64 u8 u16 u32);

macro_rules! large {
    ($($int:ty)*) => {$(
        impl From<$int> for Int {
            fn from(number: $int) -> Self {
                match i64::try_from(number) {
                    Ok(number) => Self(Repr::Small(number)),
                    Err(_) => Self::big(number.into()),
                }
            }
        }
    )*};
}
large!(isize i128 u64 usize u128);

macro_rules! back {
    ($($int:ty)*) => {$(
        impl TryFrom<&Int> for $int {
            type Error = Error;

            fn try_from(int: &Int) -> Result<Self> {
                int.to(match &int.0 {
                    Repr::Small(number) => Self::try_from(*number).ok(),
                    Repr::Big(big) => Self::try_from(&big.number).ok(),
                })
            }
        }

        impl PartialEq<$int> for Int {
            fn eq(&self, other: &$int) -> bool {
                self.cmp(&Self::from(*other)).is_eq()
            }
        }
    )*};
}
back!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

impl Default for Int {
    fn default() -> Self {
        Self(Repr::Small(0))
    }
}

/// Exact: no int is rounded.
impl PartialEq<f64> for Int {
    fn eq(&self, other: &f64) -> bool {
        self.to_f64_exact().is_some_and(|float| float == *other)
    }
}

impl Ord for Int {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Small(a), Repr::Small(b)) => a.cmp(b),
            (Repr::Big(a), Repr::Big(b)) => a.number.cmp(&b.number),
            (Repr::Small(_), Repr::Big(b)) => sign(&b.number).reverse(),
            (Repr::Big(a), Repr::Small(_)) => sign(&a.number),
        }
    }
}

fn sign(big: &BigInt) -> Ordering {
    match big.sign() {
        Sign::Minus => Ordering::Less,
        _ => Ordering::Greater,
    }
}

impl PartialOrd for Int {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The number in decimal; beyond 4300 digits, where Python's `repr` refuses, in hexadecimal.
impl fmt::Display for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Small(number) => fmt::Display::fmt(number, f),
            Repr::Big(big) if big.number.bits() > DECIMAL_BITS => {
                write!(f, "{:#x}", big.number)
            }
            Repr::Big(big) => fmt::Display::fmt(&big.number, f),
        }
    }
}

impl fmt::Debug for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn power(exponent: u32) -> Int {
        (BigInt::from(1) << exponent).into()
    }

    #[test]
    fn bytes_of_any_length_are_one_number() {
        for (bytes, number) in [
            (b"".as_slice(), 0_i128),
            (b"\xff", -1),
            (b"\x00\x80", -32768),
            (b"\xff\xff\xff\xff\xff\xff\xff\x7f", i64::MAX.into()),
            (b"\x00\x00\x00\x00\x00\x00\x00\x80\x00", 1 << 63),
            (b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", -2),
        ] {
            let int = Int::from_signed_bytes_le(bytes);
            assert_eq!(int.to_i128(), Some(number));
            assert_eq!(int, Int::from(number));
            assert_eq!(int.to_i64(), i64::try_from(number).ok());
        }
    }

    #[test]
    fn floats_are_compared_exactly() {
        assert!(power(63) == 9_223_372_036_854_775_808.0);
        assert!(Int::from(i64::MAX) != 9_223_372_036_854_775_808.0);
        assert!(Int::from(i64::MIN) == -9_223_372_036_854_775_808.0);
        assert!(Int::from((1_i64 << 53) + 1) != 9_007_199_254_740_992.0);
        assert!(power(1023) == 2f64.powi(1023));
        assert!(power(1024) != f64::INFINITY);
        assert!(Int::from((BigInt::from(1) << 100) + 1) != 2f64.powi(100));
        assert!(Int::from(0) == -0.0);
    }

    #[test]
    fn order_crosses_the_two_sizes() {
        let ascending = [
            Int::from(i128::from(i64::MIN) * 2),
            Int::from(i64::MIN),
            0.into(),
            i64::MAX.into(),
            power(63),
        ];
        assert!(ascending.is_sorted());
        assert!(ascending.iter().rev().is_sorted_by(|a, b| a > b));
    }

    #[test]
    fn a_number_that_does_not_fit_says_so() {
        let error = u8::try_from(&Int::from(300)).unwrap_err();
        assert_eq!(error.message(), "300 does not fit in u8");
        assert!(u64::try_from(&power(64)).is_err());
        assert_eq!(u64::try_from(&power(63)).unwrap(), 1 << 63);
        let largest = Int::from(u64::MAX);
        assert!(largest == u64::MAX);
    }

    #[test]
    fn huge_numbers_are_shown_in_hexadecimal() {
        let digits = Int::from(BigInt::from(10).pow(4300) - 1).to_string();
        assert_eq!((digits.len(), &digits[..3]), (4300, "999"));
        assert!(power(20000).to_string().starts_with("0x1000"));
    }
}
