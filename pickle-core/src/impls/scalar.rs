//! Booleans, numbers, characters and `()`.

use crate::error::{Error, Result};
use crate::read::{Cursor, Kind, Number, Unpickle};
use crate::write::{Encoder, Pickle, Reference};

/// Python's bool.
impl Pickle for bool {
    #[inline]
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.bool(*self)
    }

    #[inline]
    fn pickle_behind(&self, name: Reference, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.bool_behind(name, *self)
    }
}

impl<'de> Unpickle<'de> for bool {
    const STREAMS: bool = true;

    #[inline]
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        cursor.bool()
    }
}

/// Integers that `i64` holds.
macro_rules! small_ints {
    ($($int:ident)*) => {$(
        impl Pickle for $int {
            #[inline]
            fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
                encoder.int(i64::from(*self))
            }

            #[inline]
            fn pickle_behind(&self, name: Reference, encoder: &mut Encoder<'_>) -> Result<()> {
                encoder.int_behind(name, i64::from(*self))
            }

            #[inline]
            fn pickle_slice(slice: &[Self], encoder: &mut Encoder<'_>) -> Result<()> {
                encoder.ints(slice, i64::from)
            }
        }
        small_ints!(@unpickle $int);
    )*};
    (@unpickle $int:ident) => {
        impl<'de> Unpickle<'de> for $int {
            const STREAMS: bool = true;

            const FROM_NUMBER: Option<fn(Number) -> Option<Self>> =
                Some(|number| number.to_int()?.try_into().ok());

            #[inline]
            fn unpickle(mut cursor: Cursor<'_, 'de>) -> Result<Self> {
                match cursor.reborrow().i64() {
                    Ok(value) => match Self::try_from(value) {
                        Ok(value) => Ok(value),
                        Err(_) => Err(out_of_range(&value, stringify!($int))),
                    },
                    // One beyond 64 bits, or none at all: that text names the right type.
                    Err(_) => int_beyond(cursor, stringify!($int), |_| None),
                }
            }
        }
    };
}

small_ints! { i8 i16 i32 u16 u32 }

/// Reads one `u8`; how a vector of them is read stands with the bytes.
#[inline]
pub(super) fn byte(mut cursor: Cursor<'_, '_>) -> Result<u8> {
    match cursor.reborrow().i64() {
        Ok(value) => u8::try_from(value).map_err(|_| out_of_range(&value, "u8")),
        Err(_) => int_beyond(cursor, "u8", |_| None),
    }
}

impl Pickle for i64 {
    #[inline]
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.int(*self)
    }

    #[inline]
    fn pickle_behind(&self, name: Reference, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.int_behind(name, *self)
    }

    #[inline]
    fn pickle_slice(slice: &[Self], encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.ints(slice, |int| int)
    }
}

small_ints! { @unpickle i64 }

/// A slice of these is Python's bytes.
impl Pickle for u8 {
    #[inline]
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.int((*self).into())
    }

    #[inline]
    fn pickle_behind(&self, name: Reference, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.int_behind(name, (*self).into())
    }

    #[inline]
    fn pickle_slice(slice: &[Self], encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.bytes(slice)
    }
}

/// Integers that `i128` or `u128` holds.
macro_rules! large_ints {
    ($($int:ident: $write:ident $read:ident,)*) => {$(
        impl Pickle for $int {
            #[inline]
            fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
                match i64::try_from(*self) {
                    Ok(value) => encoder.int(value),
                    // No wider than 128 bits.
                    Err(_) => encoder.$write(*self as _),
                }
            }

            #[inline]
            fn pickle_behind(&self, name: Reference, encoder: &mut Encoder<'_>) -> Result<()> {
                match i64::try_from(*self) {
                    Ok(value) => encoder.int_behind(name, value),
                    Err(_) => {
                        encoder.known_name(name)?;
                        encoder.$write(*self as _)
                    }
                }
            }
        }

        impl<'de> Unpickle<'de> for $int {
            const STREAMS: bool = true;

            const FROM_NUMBER: Option<fn(Number) -> Option<Self>> =
                Some(|number| number.to_int()?.try_into().ok());

            #[inline]
            fn unpickle(mut cursor: Cursor<'_, 'de>) -> Result<Self> {
                match cursor.reborrow().i64().map(Self::try_from) {
                    Ok(Ok(value)) => Ok(value),
                    _ => int_beyond(cursor, stringify!($int), |int| {
                        int.$read().and_then(|value| Self::try_from(value).ok())
                    }),
                }
            }
        }
    )*};
}

large_ints! {
    isize: int128 to_i128,
    usize: uint128 to_u128,
    u64: uint128 to_u128,
    i128: int128 to_i128,
    u128: uint128 to_u128,
}

/// Reads an int that may take more than 64 bits.
#[cold]
fn int_beyond<T>(
    cursor: Cursor<'_, '_>,
    target: &str,
    convert: impl Fn(&crate::read::Int<'_>) -> Option<T>,
) -> Result<T> {
    let int = cursor.int()?;
    convert(&int).ok_or_else(|| out_of_range(&int.to_big_int(), target))
}

/// `300 does not fit in u8`
#[cold]
fn out_of_range(value: &dyn std::fmt::Display, target: &str) -> Error {
    Error::custom(format_args!("{value} does not fit in {target}"))
}

/// Python's float.
impl Pickle for f64 {
    #[inline]
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.float(*self)
    }

    #[inline]
    fn pickle_behind(&self, name: Reference, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.float_behind(name, *self)
    }

    #[inline]
    fn pickle_slice(slice: &[Self], encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.floats(slice, |float| float)
    }
}

/// Reads ints too, where a float can hold them exactly.
impl<'de> Unpickle<'de> for f64 {
    const STREAMS: bool = true;

    const FROM_NUMBER: Option<fn(Number) -> Option<Self>> = Some(Number::to_float);

    #[inline]
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        cursor.float()
    }
}

/// Python's float has 64 bits.
impl Pickle for f32 {
    #[inline]
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.float((*self).into())
    }

    #[inline]
    fn pickle_behind(&self, name: Reference, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.float_behind(name, (*self).into())
    }

    #[inline]
    fn pickle_slice(slice: &[Self], encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.floats(slice, f64::from)
    }
}

/// Rounds to the nearest; a number beyond the range is an error.
impl<'de> Unpickle<'de> for f32 {
    const STREAMS: bool = true;

    #[inline]
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let value = cursor.float()?;
        let rounded = value as f32;
        if rounded.is_infinite() && value.is_finite() {
            return Err(out_of_range(&format_args!("{value:e}"), "f32"));
        }
        Ok(rounded)
    }
}

/// A str of one character.
impl Pickle for char {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.str(self.encode_utf8(&mut [0; 4]))
    }
}

impl<'de> Unpickle<'de> for char {
    const STREAMS: bool = true;

    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let text = cursor.str()?;
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(character), None) => Ok(character),
            _ => Err(Error::custom(format_args!(
                "expected a str of one character, found one of {}",
                text.chars().count()
            ))),
        }
    }
}

/// `None`, as in a function that returns nothing.
impl Pickle for () {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.none()
    }
}

/// Reads `None`, and the empty tuple, which is what `()` means in Python.
impl<'de> Unpickle<'de> for () {
    fn unpickle(mut cursor: Cursor<'_, 'de>) -> Result<Self> {
        if cursor.kind() == Kind::Tuple && cursor.reborrow().list()?.is_empty() {
            return Ok(());
        }
        cursor.none()
    }
}
