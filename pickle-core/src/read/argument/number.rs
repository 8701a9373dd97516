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
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::read) fn split_first(input: &[u8]) -> Option<(Self, &[u8])> {
        if let Some((&[BINFLOAT, ref float @ ..], rest)) = input.split_first_chunk::<9>() {
            return Some((Self::Float(f64::from_be_bytes(*float)), rest));
        }
        match split_int(input) {
            Some((int, rest)) => Some((Self::Int(int), rest)),
            None => Self::split_last(input),
        }
    }

    /// As [`split_first`](Self::split_first), where the input ends soon.
    #[cold]
    fn split_last(input: &[u8]) -> Option<(Self, &[u8])> {
        Some(match input {
            [BININT1, a, rest @ ..] => (Self::Int((*a).into()), rest),
            [BININT2, a, b, rest @ ..] => (Self::Int(u16::from_le_bytes([*a, *b]).into()), rest),
            [BININT, a, b, c, d, rest @ ..] => {
                let int = i32::from_le_bytes([*a, *b, *c, *d]);
                (Self::Int(int.into()), rest)
            }
            [LONG1, length, rest @ ..] => {
                let (bytes, rest) = rest.split_at_checked((*length).into())?;
                (Self::Int(short_long(bytes)?), rest)
            }
            _ => return None,
        })
    }
}

/// The int at the beginning of the input, if that goes on behind it.
///
/// One load takes whatever bytes the int has: that is less than to look first how many there are. A
/// table of all forms without a branch took longer, even where the forms are mixed.
#[cfg_attr(not(debug_assertions), inline(always))]
fn split_int(input: &[u8]) -> Option<(i64, &[u8])> {
    let head = input.first_chunk::<10>()?;
    let bits = u64::from_le_bytes(*head[1..].first_chunk()?);
    match head[0] {
        BININT1 => Some(((bits & 0xff) as i64, &input[2..])),
        BININT2 => Some(((bits & 0xffff) as i64, &input[3..])),
        BININT => Some((i64::from(bits as i32), &input[5..])),
        LONG1 => {
            let width = usize::from(head[1]);
            if width.wrapping_sub(1) >= 8 {
                return None;
            }
            let unused = 64 - 8 * width as u32;
            let bits = u64::from_le_bytes(*head[2..].first_chunk()?);
            Some(((bits << unused) as i64 >> unused, input.get(2 + width..)?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ints_are_read_in_every_form_and_at_every_place() {
        for (bytes, int) in [
            (&b"K\xff"[..], 255),
            (b"M\xff\xff", 65535),
            (b"J\xff\xff\xff\xff", -1),
            (b"J\x00\x00\x00\x80", i64::from(i32::MIN)),
            (b"\x8a\x01\x80", -128),
            (b"\x8a\x05\x00\x00\x00\x80\x00", 1 << 31),
            (b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f", i64::MAX),
            (b"\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80", i64::MIN),
        ] {
            for behind in 0..12 {
                let mut input = bytes.to_vec();
                input.resize(bytes.len() + behind, 0xff);
                let (number, rest) = Number::split_first(&input).unwrap();
                assert_eq!((number, rest.len()), (Number::Int(int), behind));
            }
            assert_eq!(Number::split_first(&bytes[..bytes.len() - 1]), None);
        }
    }

    #[test]
    fn what_is_no_int_of_eight_bytes_is_left() {
        for opcode in 0..=255 {
            let known = [BININT1, BININT2, BININT, LONG1, BINFLOAT].contains(&opcode);
            let input = [opcode, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            assert_eq!(Number::split_first(&input).is_some(), known, "{opcode}");
        }
        for length in [0, 9, 10, 11, 12, 255] {
            let mut input = [0; 300];
            (input[0], input[1]) = (LONG1, length);
            assert_eq!(Number::split_first(&input), None, "{length}");
        }
    }
}
