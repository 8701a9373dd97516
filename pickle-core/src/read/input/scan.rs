//! How far a run of whole instructions reaches, with nothing done about them.

use crate::opcode::{Argument, Opcode};

/// How the instruction of each byte goes on.
#[derive(Clone, Copy)]
enum Next {
    /// So many bytes of argument, and no data.
    Fixed(u8),
    /// A length of one byte, and data.
    Data1,
    /// A length of four bytes, and data.
    Data4,
    /// One line or two.
    Lines(u8),
    /// It is the end of the pickle.
    Stop,
    /// It needs a closer look: frames, huge data, what is no opcode.
    Other,
}

static NEXT: [Next; 256] = {
    let mut table = [Next::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        if let Some(opcode) = Opcode::from_byte(byte as u8) {
            table[byte] = match opcode.argument() {
                Argument::None if opcode as u8 == Opcode::Stop as u8 => Next::Stop,
                Argument::Data1 => Next::Data1,
                Argument::Data4 => Next::Data4,
                Argument::Line => Next::Lines(1),
                Argument::TwoLines => Next::Lines(2),
                // Counts may be negative, frames promise data.
                Argument::DataI32 | Argument::Data8 | Argument::U64 => Next::Other,
                fixed => Next::Fixed(fixed.fixed() as u8),
            };
        }
        byte += 1;
    }
    table
};

/// How many bytes at the start are whole instructions, up to the first one that is not there in
/// whole or needs a closer look, and whether the last one is a STOP.
pub(in crate::read) fn scan(bytes: &[u8]) -> (usize, bool) {
    let mut position = 0;
    while let Some(&byte) = bytes.get(position) {
        let argument = &bytes[position + 1..];
        let length = match NEXT[usize::from(byte)] {
            Next::Fixed(length) => usize::from(length),
            Next::Data1 => match argument.first() {
                Some(length) => 1 + usize::from(*length),
                None => break,
            },
            Next::Data4 => match argument.first_chunk() {
                Some(length) => 4 + u32::from_le_bytes(*length) as usize,
                None => break,
            },
            Next::Lines(count) => match lines(argument, count) {
                Some(length) => length,
                None => break,
            },
            Next::Stop => return (position + 1, true),
            Next::Other => break,
        };
        if length > argument.len() {
            break;
        }
        position += 1 + length;
    }
    (position, false)
}

/// How many bytes so many lines take, with their line feeds.
fn lines(bytes: &[u8], count: u8) -> Option<usize> {
    let mut length = 0;
    for _ in 0..count {
        length += 1 + bytes[length..].iter().position(|&byte| byte == b'\n')?;
    }
    Some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_ends_behind_the_stop() {
        assert_eq!(scan(b"]q\0(K\x01X\x03\0\0\0abce.rest"), (16, true));
        assert_eq!(scan(b"cm\nC\n."), (6, true));
    }

    #[test]
    fn a_scan_ends_before_what_is_not_there_in_whole() {
        assert_eq!(scan(b""), (0, false));
        assert_eq!(scan(b"NJ\0\0\0"), (1, false));
        assert_eq!(scan(b"NX\x05\0\0\0abc"), (1, false));
        assert_eq!(scan(b"NX\x05\0"), (1, false));
        assert_eq!(scan(b"Ncm\nC"), (1, false));
        assert_eq!(scan(b"N\xff."), (1, false), "no opcode");
        assert_eq!(
            scan(b"\x80\x04\x95\x01\0\0\0\0\0\0\0N."),
            (2, false),
            "a frame"
        );
    }
}
