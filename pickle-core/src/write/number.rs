//! Numbers as opcodes and as text.

use std::io::Write as _;

use num_bigint::BigInt;

use crate::error::{Error, ErrorKind, Result};
use crate::opcode::Opcode;

/// As Python's `sys.int_info.default_max_str_digits`: beyond it decimal conversion, whose time
/// grows with the square of the length, is refused.
const MAX_DIGITS: usize = 4300;

/// Writes an int of protocol 1 and above that fits into 32 bits.
///
/// K, M and J all are the low bytes of the number, so that one write of a fixed size and a cut do
/// for the three.
#[inline]
pub(super) fn binint(bytes: &mut Vec<u8>, value: i32) {
    let unsigned = value as u32;
    let (opcode, length) = if unsigned <= 0xFF {
        (Opcode::Binint1, 2)
    } else if unsigned <= 0xFFFF {
        (Opcode::Binint2, 3)
    } else {
        (Opcode::Binint, 5)
    };
    let end = bytes.len() + length;
    let code = u64::from(opcode.byte()) | u64::from(unsigned) << 8;
    bytes.extend_from_slice(&code.to_le_bytes());
    bytes.truncate(end);
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
        let written = |value| {
            let mut bytes = Vec::new();
            long1(&mut bytes, value);
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
}
