//! Where a pickle ends, in bytes that arrive piece by piece.

use crate::error::{Error, ErrorKind, Result};
use crate::opcode::{Argument, Opcode};
use crate::read::input::scan::scan;

/// Finds where each pickle ends in a stream of them that arrives piece by piece, looking at every
/// byte once: for sources that do not block, where [`load`](crate::load) cannot wait for more.
///
/// It only walks the instructions. A pickle that is none ends where that shows, and
/// [`loads`](crate::loads) says what is wrong with it.
///
/// ```
/// # use pickle_core as pickle;
/// let mut splitter = pickle::Splitter::new();
/// assert_eq!(splitter.push(b"X\x03\0\0\0t")?, None);
/// assert_eq!(splitter.push(b"ea.K\x01")?, Some(3)); // the rest belongs to the next one
/// assert_eq!(splitter.push(b"K\x01.")?, Some(3));
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Splitter {
    state: State,
    /// How many bytes of the pickle have been walked.
    position: u64,
    /// Up to here frames promise data.
    frame_end: u64,
    max_length: u64,
}

/// What the next byte belongs to.
#[derive(Clone, Copy, Debug)]
enum State {
    Opcode,
    /// A number, or the length of data, of which so many bytes are here.
    Number {
        opcode: Opcode,
        bytes: [u8; 8],
        count: usize,
    },
    Data {
        left: u64,
    },
    Lines {
        left: u8,
    },
}

impl Default for Splitter {
    fn default() -> Self {
        Self {
            state: State::Opcode,
            position: 0,
            frame_end: 0,
            max_length: u64::MAX,
        }
    }
}

impl Splitter {
    /// Returns a splitter at the start of a pickle.
    pub fn new() -> Self {
        Self::default()
    }

    /// Refuses pickles that are longer, as soon as they say so. No limit unless told otherwise.
    pub fn with_max_length(mut self, bytes: usize) -> Self {
        self.max_length = bytes as u64;
        self
    }

    /// Walks the bytes that come next. Gives how many of them are the pickle's, if it ends there:
    /// behind them the next one starts. Gives `None` if all are, and it goes on.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`] when the pickle is longer than allowed, or claims to be. So it is from
    /// then on, as nobody knows where the next one starts.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Option<usize>> {
        let (length, ended) = self.walk(bytes);
        if self.length() > self.max_length {
            return Err(Error::new(
                ErrorKind::Limit,
                format!("pickle exceeds the limit of {} bytes", self.max_length),
            ));
        }
        if !ended {
            return Ok(None);
        }
        *self = Self {
            max_length: self.max_length,
            ..Self::default()
        };
        Ok(Some(length))
    }

    /// Whether a pickle has begun and not ended.
    pub fn is_inside(&self) -> bool {
        self.position > 0
    }

    /// How long the pickle is at least, as far as it was walked.
    fn length(&self) -> u64 {
        let end = self.position.saturating_add(self.data_left() as u64);
        end.max(self.frame_end)
    }

    /// Walks as many bytes as are the pickle's; gives their number, and whether it ends there.
    pub(super) fn walk(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut walked = 0;
        let mut ended = false;
        while !ended && walked < bytes.len() {
            let (count, end) = self.step(&bytes[walked..]);
            walked += count;
            self.position += count as u64;
            ended = end;
        }
        (walked, ended)
    }

    /// Walks some bytes, of which there is one at least.
    fn step(&mut self, bytes: &[u8]) -> (usize, bool) {
        match &mut self.state {
            State::Opcode => {
                // Nearly every instruction is here as a whole.
                let (length, stopped) = scan(bytes);
                let Some(&byte) = bytes.get(length).filter(|_| !stopped) else {
                    return (length, stopped);
                };
                let Some(opcode) = Opcode::from_byte(byte) else {
                    return self.give_up(length + 1);
                };
                self.state = match opcode.argument() {
                    Argument::None => State::Opcode,
                    Argument::Line => State::Lines { left: 1 },
                    Argument::TwoLines => State::Lines { left: 2 },
                    _ => State::Number {
                        opcode,
                        bytes: [0; 8],
                        count: 0,
                    },
                };
                (length + 1, false)
            }
            State::Number {
                opcode,
                bytes: number,
                count,
            } => {
                let wanted = &mut number[*count..opcode.argument().fixed()];
                let length = wanted.len().min(bytes.len());
                wanted[..length].copy_from_slice(&bytes[..length]);
                *count += length;
                if length < wanted.len() {
                    return (length, false);
                }
                let (opcode, number) = (*opcode, u64::from_le_bytes(*number));
                let end = self.position + length as u64;
                match self.go_on_behind(opcode, number, end) {
                    true => (length, false),
                    false => self.give_up(length),
                }
            }
            State::Data { left } => {
                let length =
                    usize::try_from(*left).map_or(bytes.len(), |left| left.min(bytes.len()));
                self.skip(length);
                (length, false)
            }
            State::Lines { left } => {
                let Some(end) = bytes.iter().position(|&byte| byte == b'\n') else {
                    return (bytes.len(), false);
                };
                *left -= 1;
                if *left == 0 {
                    self.state = State::Opcode;
                }
                (end + 1, false)
            }
        }
    }

    /// Ends, with so many bytes, what is no pickle. What its frames promise does not matter.
    fn give_up(&mut self, length: usize) -> (usize, bool) {
        self.frame_end = 0;
        (length, true)
    }

    /// Goes on behind a number that ends at a position; false if it cannot be.
    fn go_on_behind(&mut self, opcode: Opcode, number: u64, end: u64) -> bool {
        self.state = State::Opcode;
        let length = match opcode.argument() {
            Argument::U64 => match i64::try_from(number) {
                Ok(length) => {
                    self.frame_end = self.frame_end.max(end.saturating_add(length as u64));
                    return true;
                }
                Err(_) => return false,
            },
            Argument::Data1 | Argument::Data4 | Argument::Data8 => number,
            // CPython reads the count of BINSTRING as unsigned.
            Argument::DataI32 if opcode == Opcode::Long4 && number > i32::MAX as u64 => {
                return false;
            }
            Argument::DataI32 => number,
            _ => return true,
        };
        if length > i64::MAX as u64 {
            return false;
        }
        if length > 0 {
            self.state = State::Data { left: length };
        }
        true
    }

    /// How many bytes of data are to come before the next instruction.
    pub(super) fn data_left(&self) -> usize {
        match self.state {
            State::Data { left } => usize::try_from(left).unwrap_or(usize::MAX),
            _ => 0,
        }
    }

    /// Counts data as walked that did not come by [`walk`](Self::walk).
    pub(super) fn take_data(&mut self, count: usize) {
        self.skip(count);
        self.position += count as u64;
    }

    fn skip(&mut self, count: usize) {
        if let State::Data { left } = &mut self.state {
            *left -= count as u64;
            if *left == 0 {
                self.state = State::Opcode;
            }
        }
    }

    /// Whether frames promise data behind what was walked.
    pub(super) fn is_in_frame(&self) -> bool {
        self.position < self.frame_end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pickles with arguments of every kind.
    const PICKLES: [&[u8]; 8] = [
        b".",
        b"]q\0(K\x01X\x03\0\0\0abce.",
        b"cm\nC\n.",
        b"(I1\nV\\u00e9\nS'a'\nt.",
        b"\x80\x04\x95\x0b\0\0\0\0\0\0\0\x8c\x01a\x94G\0\0\0\0\0\0\0\0.",
        b"T\x02\0\0\0..\x8b\x02\0\0\0..\x8a\0\x8a\x01..",
        b"\x8e\x03\0\0\0\0\0\0\0...\x96\0\0\0\0\0\0\0\0.",
        b"\x81\x82.\x83..\x84....j....M..J.....",
    ];

    #[test]
    fn every_piece_gives_the_same_end() {
        let stream: Vec<u8> = PICKLES.concat();
        let mut ends = Vec::new();
        for pickle in PICKLES {
            ends.push(ends.last().unwrap_or(&0) + pickle.len());
        }
        for size in 1..=stream.len() {
            let mut splitter = Splitter::new();
            let mut found = Vec::new();
            for (nth, mut piece) in stream.chunks(size).enumerate() {
                let mut position = nth * size;
                while let Some(length) = splitter.push(piece).unwrap() {
                    position += length;
                    piece = &piece[length..];
                    found.push(position);
                }
            }
            assert_eq!(found, ends, "in pieces of {size}");
            assert!(!splitter.is_inside());
        }
    }

    #[test]
    fn what_is_no_pickle_ends_where_that_shows() {
        for (bytes, end) in [
            (&b"N\xff.."[..], 2),
            (b"\x8b\xff\xff\xff\xff..", 5),
            (b"\x8e\xff\xff\xff\xff\xff\xff\xff\xff..", 9),
            (b"\x95\0\0\0\0\0\0\0\x80..", 9),
        ] {
            assert_eq!(Splitter::new().push(bytes).unwrap(), Some(end));
        }
    }

    #[test]
    fn the_limit_holds_for_what_is_and_for_what_is_claimed() {
        for (bytes, length) in [
            (&b"NNN."[..], 4),
            (b"X\x05\0\0\0", 10),
            (b"\x95\x07\0\0\0\0\0\0\0", 16),
            (b"I123", 4),
            (
                b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7f",
                i64::MAX as usize + 9,
            ),
        ] {
            let mut tight = Splitter::new().with_max_length(length - 1);
            let error = tight.push(bytes).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Limit);
            assert!(tight.push(b".").is_err(), "it is lost");
            if length < 100 {
                assert!(Splitter::new().with_max_length(length).push(bytes).is_ok());
            }
        }
    }
}
