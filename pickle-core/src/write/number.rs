//! Numbers as opcodes and as text.

use std::hint::select_unpredictable as select;
use std::io::Write as _;

use num_bigint::BigInt;

use super::output::append;
use crate::error::{Error, ErrorKind, Result};
use crate::opcode::Opcode;

/// As Python's `sys.int_info.default_max_str_digits`: beyond it decimal conversion, whose time
/// grows with the square of the length, is refused.
const MAX_DIGITS: usize = 4300;

/// A number's opcode and argument: the first bytes of the array, and how many they are.
pub(super) type Code = ([u8; 16], usize);

/// No [`Code`] has more bytes than this.
pub(super) const LONGEST: usize = 10;

/// Writes an int of protocol 1 and above that fits into 32 bits.
pub(super) fn binint(bytes: &mut Vec<u8>, value: i32) {
    let (code, length) = int_code(value.into());
    append(bytes, code, length);
}

/// The code of an int, in protocol 2 and above.
///
/// K, M and J all are the low bytes of the number behind one byte, LONG1 behind two. As the sizes of
/// numbers in a row are hard to foresee, nothing here is a branch.
#[inline]
pub(super) fn int_code(value: i64) -> Code {
    const fn head(opcode: Opcode, size: u64) -> u64 {
        opcode.byte() as u64 | size << 8
    }
    // One bit more than the magnitude has, for the sign.
    let bits = 65 - (value ^ value >> 63).leading_zeros();
    let long = u64::from(bits.div_ceil(8));
    let is_long = bits > 32;
    let unsigned = value as u64;
    let (is_short, is_byte) = (unsigned <= 0xFFFF, unsigned <= 0xFF);
    // Of the head's two bytes the second is the number's own, but for LONG1.
    let short = select(is_byte, head(Opcode::Binint1, 0), head(Opcode::Binint2, 0));
    let short = select(is_short, short, head(Opcode::Binint, 0));
    let head = select(is_long, head(Opcode::Long1, long), short);
    let size = select(is_short, select(is_byte, 1, 2), 4);
    let size = select(is_long, long, size);
    let shift = select(is_long, 16, 8);
    let low = head | unsigned << shift;
    // Read for LONG1 only.
    let high = unsigned >> 48;
    let code = u128::from(low) | u128::from(high) << 64;
    (code.to_le_bytes(), size as usize + shift / 8)
}

/// The code of a float, in protocol 1 and above.
#[inline]
pub(super) fn float_code(value: f64) -> Code {
    let bits = u128::from(value.to_bits().swap_bytes());
    let code = u128::from(Opcode::Binfloat.byte()) | bits << 8;
    (code.to_le_bytes(), 9)
}

/// Writes an int of protocol 2 and above that takes more than 32 bits: LONG1 and as few bytes as
/// hold it in two's complement.
pub(super) fn long1(bytes: &mut Vec<u8>, value: i128) {
    // The bits of the magnitude and one for the sign.
    let bits = 129 - (value ^ (value >> 127)).leading_zeros();
    let length = bits.div_ceil(8) as u8;
    bytes.extend_from_slice(&[Opcode::Long1.byte(), length]);
    bytes.extend_from_slice(&value.to_le_bytes()[..usize::from(length)]);
}

/// Writes an int of any size at protocol 2 and above.
pub(super) fn long(bytes: &mut Vec<u8>, value: &BigInt) -> Result<()> {
    let digits = value.to_signed_bytes_le();
    if let Ok(length) = u8::try_from(digits.len()) {
        bytes.extend_from_slice(&[Opcode::Long1.byte(), length]);
    } else if let Ok(length) = i32::try_from(digits.len()) {
        bytes.push(Opcode::Long4.byte());
        bytes.extend_from_slice(&length.to_le_bytes());
    } else {
        return Err(unpicklable("int too large to pickle").raised_as("OverflowError"));
    }
    bytes.extend_from_slice(&digits);
    Ok(())
}

/// Writes a text line: protocol 0, and ints beyond 32 bits in protocol 1.
pub(super) fn line(bytes: &mut Vec<u8>, opcode: Opcode, text: std::fmt::Arguments<'_>) {
    bytes.push(opcode.byte());
    // Writing to a `Vec` cannot fail.
    let _ = bytes.write_fmt(text);
    bytes.push(b'\n');
}

/// Writes an int of any size at protocols 0 and 1.
pub(super) fn text_long(bytes: &mut Vec<u8>, value: &BigInt) -> Result<()> {
    // A digit is worth less than four bits: a cheap bound before the conversion, which is what
    // costs.
    let digits = match value.bits() / 4 <= MAX_DIGITS as u64 {
        true => value.to_string(),
        false => return Err(too_many_digits()),
    };
    if digits.len() - usize::from(digits.starts_with('-')) > MAX_DIGITS {
        return Err(too_many_digits());
    }
    line(bytes, Opcode::Long, format_args!("{digits}L"));
    Ok(())
}

#[cold]
fn too_many_digits() -> Error {
    unpicklable(
        "Exceeds the limit (4300 digits) for integer string conversion; \
         use sys.set_int_max_str_digits() to increase the limit",
    )
    .raised_as("ValueError")
    .note("protocol 2 and above write ints of any size")
}

#[cold]
fn unpicklable(message: &str) -> Error {
    Error::new(ErrorKind::Unpicklable, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_few_bytes_as_hold_the_number() {
        // pickle.dumps(n, 2)[2:-1]
        let written = |value: i128| {
            let mut bytes = Vec::new();
            long1(&mut bytes, value);
            if let Ok(value) = i64::try_from(value) {
                let (code, length) = int_code(value);
                assert_eq!(code[..length], bytes);
            }
            bytes
        };
        assert_eq!(written(1 << 31), b"\x8a\x05\x00\x00\x00\x80\x00");
        assert_eq!(written(-(1 << 31) - 1), b"\x8a\x05\xff\xff\xff\x7f\xff");
        assert_eq!(written(-(1 << 39)), b"\x8a\x05\x00\x00\x00\x00\x80");
        assert_eq!(written((1 << 39) - 1), b"\x8a\x05\xff\xff\xff\xff\x7f");
        assert_eq!(written(1 << 39), b"\x8a\x06\x00\x00\x00\x00\x80\x00");
        assert_eq!(
            written(i64::MAX.into()),
            b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f"
        );
        assert_eq!(
            written(i64::MIN.into()),
            b"\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80"
        );
        assert_eq!(
            written(u64::MAX.into()),
            b"\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\x00"
        );
    }

    #[test]
    fn ints_of_up_to_32_bits() {
        // pickle.dumps(n, 2)[2:-1]
        for (value, expected) in [
            (0, &b"K\x00"[..]),
            (255, b"K\xff"),
            (256, b"M\x00\x01"),
            (65535, b"M\xff\xff"),
            (65536, b"J\x00\x00\x01\x00"),
            (i32::MAX.into(), b"J\xff\xff\xff\x7f"),
            (-1, b"J\xff\xff\xff\xff"),
            (i32::MIN.into(), b"J\x00\x00\x00\x80"),
        ] {
            let (code, length) = int_code(value);
            assert_eq!(code[..length], *expected);
        }
    }
}
