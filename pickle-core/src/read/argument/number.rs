//! Numbers of fixed size, and ints of up to eight bytes.

use crate::opcode::Opcode;
use crate::read::argument::scalar::short_long;

/// A number in binary form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// An int of 64 bits.
    Int(i64),
    /// A float.
    Float(f64),
}

const BINFLOAT: u8 = Opcode::Binfloat.byte();
const BININT1: u8 = Opcode::Binint1.byte();
const BININT2: u8 = Opcode::Binint2.byte();
const BININT: u8 = Opcode::Binint.byte();
const LONG1: u8 = Opcode::Long1.byte();

impl Number {
    /// The int, if it is one.
    #[inline]
    pub(crate) fn to_int(self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(value),
            Self::Float(_) => None,
        }
    }

    /// The float, if it is one, or an int that a float can hold exactly.
    #[inline]
    pub(crate) fn to_float(self) -> Option<f64> {
        match self {
            Self::Float(value) => Some(value),
            Self::Int(value) => {
                let float = value as f64;
                // `as` saturates: 2^63 as a float is no i64, but comes back as the largest one.
                (float as i64 == value && value != i64::MAX).then_some(float)
            }
        }
    }

    /// The number at the beginning of the input, and what comes behind it.
    #[inline]
    pub(in crate::read) fn split_first(input: &[u8]) -> Option<(Self, &[u8])> {
        Some(match input {
            [BININT1, a, rest @ ..] => (Self::Int((*a).into()), rest),
            [BININT2, a, b, rest @ ..] => (Self::Int(u16::from_le_bytes([*a, *b]).into()), rest),
            [BININT, a, b, c, d, rest @ ..] => {
                let int = i32::from_le_bytes([*a, *b, *c, *d]);
                (Self::Int(int.into()), rest)
            }
            [BINFLOAT, rest @ ..] => {
                let (bytes, rest) = rest.split_first_chunk()?;
                (Self::Float(f64::from_be_bytes(*bytes)), rest)
            }
            [LONG1, length, rest @ ..] => {
                let (bytes, rest) = rest.split_at_checked((*length).into())?;
                (Self::Int(short_long(bytes)?), rest)
            }
            _ => return None,
        })
    }
}
