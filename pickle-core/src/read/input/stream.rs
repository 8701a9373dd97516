//! One pickle out of a reader: where it ends is known only by walking its instructions.

use std::io::{self, BufRead, Read};

use crate::error::Result;
use crate::opcode::{Argument, Opcode};
use crate::read::input::scan::scan;

/// How much of what a length claims is asked for at once. The claim may be a lie.
const CHUNK: usize = 64 << 10;

/// Appends the next pickle of the reader to a buffer, up to and including its STOP, and takes not
/// a byte more. False if the reader ends before, or before the end of a frame that was begun.
///
/// What is wrong is the machine's to report: with what came before, and in Python's words.
///
/// # Errors
///
/// What reading gives.
pub(in crate::read) fn read_pickle(reader: &mut dyn BufRead, buffer: &mut Vec<u8>) -> Result<bool> {
    // Up to here frames promise data.
    let mut frame_end = 0;
    loop {
        // Nearly every instruction lies in what the reader has buffered.
        let available = fill(reader)?;
        let (length, stopped) = scan(available);
        buffer.extend_from_slice(&available[..length]);
        reader.consume(length);
        if stopped {
            return ends_well(reader, buffer.len() < frame_end);
        }

        let offset = buffer.len();
        if !copy(reader, buffer, 1)? {
            return Ok(false);
        }
        let Some(opcode) = Opcode::from_byte(buffer[offset]) else {
            return Ok(true);
        };
        if opcode == Opcode::Stop {
            return ends_well(reader, buffer.len() < frame_end);
        }
        let argument = opcode.argument();
        let fixed = argument.fixed();
        let mut complete = copy(reader, buffer, fixed)?;
        let number = || {
            let mut bytes = [0; 8];
            bytes[..fixed].copy_from_slice(&buffer[offset + 1..offset + 1 + fixed]);
            u64::from_le_bytes(bytes)
        };
        match argument {
            Argument::Data1 | Argument::Data4 | Argument::Data8 if complete => {
                let Ok(length) = i64::try_from(number()) else {
                    return Ok(true);
                };
                complete = copy(reader, buffer, length as usize)?;
            }
            Argument::DataI32 if complete => {
                let length = number() as u32 as i32;
                match (usize::try_from(length), opcode) {
                    (Ok(length), _) => complete = copy(reader, buffer, length)?,
                    (Err(_), Opcode::Long4) => return Ok(true),
                    // CPython reads the count of BINSTRING as unsigned.
                    (Err(_), _) => complete = copy(reader, buffer, length as u32 as usize)?,
                }
            }
            Argument::Line => complete = copy_line(reader, buffer)?,
            Argument::TwoLines => {
                complete = copy_line(reader, buffer)? && copy_line(reader, buffer)?;
            }
            Argument::U64 if complete => {
                let Ok(length) = i64::try_from(number()) else {
                    return Ok(true);
                };
                frame_end = frame_end.max(buffer.len().saturating_add(length as usize));
            }
            _ => {}
        }
        if !complete {
            return Ok(false);
        }
    }
}

/// Whether the data goes on behind the STOP, if a frame promises that. CPython takes the rest of
/// the frame; here it is only asked whether there is any.
fn ends_well(reader: &mut dyn BufRead, in_frame: bool) -> Result<bool> {
    Ok(!in_frame || !fill(reader)?.is_empty())
}

/// Appends so many bytes; false if the reader ends before.
fn copy(reader: &mut dyn BufRead, buffer: &mut Vec<u8>, count: usize) -> Result<bool> {
    if count <= 16 {
        for _ in 0..count {
            let available = fill(reader)?;
            let Some(&byte) = available.first() else {
                return Ok(false);
            };
            buffer.push(byte);
            reader.consume(1);
        }
        return Ok(true);
    }
    let mut left = count;
    while left > 0 {
        let start = buffer.len();
        // As much again as there is: claims are paid for by data.
        let chunk = left.min(CHUNK.max(start));
        buffer.resize(start + chunk, 0);
        let mut filled = 0;
        while filled < chunk {
            match reader.read(&mut buffer[start + filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    buffer.truncate(start + filled);
                    return Err(error.into());
                }
            }
        }
        buffer.truncate(start + filled);
        if filled < chunk {
            return Ok(false);
        }
        left -= chunk;
    }
    Ok(true)
}

/// Appends the rest of the line, with its line feed; false if the reader ends before.
fn copy_line(reader: &mut dyn BufRead, buffer: &mut Vec<u8>) -> Result<bool> {
    loop {
        let available = fill(reader)?;
        if available.is_empty() {
            return Ok(false);
        }
        let end = available.iter().position(|&b| b == b'\n');
        let count = end.map_or(available.len(), |end| end + 1);
        buffer.extend_from_slice(&available[..count]);
        reader.consume(count);
        if end.is_some() {
            return Ok(true);
        }
    }
}

/// What the reader has buffered, or can get; nothing at its end.
pub(in crate::read) fn fill(reader: &mut dyn BufRead) -> Result<&[u8]> {
    // Twice, for the borrow of a successful call must be able to leave the loop.
    loop {
        match reader.fill_buf() {
            // Not to be asked for again: at the end, a terminal would ask its user.
            Ok([]) => return Ok(&[]),
            Ok(_) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(reader.fill_buf()?)
}

/// A reader that never reads ahead: what lies behind a pickle stays where it is.
///
/// [`load`](crate::load) takes a [`BufRead`], as it must look at what comes next without taking
/// it. Around a file, a socket or a pipe, a `BufReader` is the fast choice if it stays in use for
/// what follows; this is the choice if others read from the same place.
///
/// ```
/// # use pickle_core as pickle;
/// use std::io::Read;
///
/// let mut file: &[u8] = b"I42\n.the rest"; // or a `File`, a `TcpStream`, …
/// let answer: i64 = pickle::load(pickle::Unbuffered::new(&mut file))?;
/// assert_eq!(answer, 42);
///
/// let mut rest = String::new();
/// file.read_to_string(&mut rest)?;
/// assert_eq!(rest, "the rest");
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Debug)]
pub struct Unbuffered<R> {
    reader: R,
    byte: [u8; 1],
    full: bool,
}

impl<R: Read> Unbuffered<R> {
    /// Returns a reader that takes from `reader` only what it is asked for.
    pub fn new(reader: R) -> Self {
        Self {
            reader,
            byte: [0],
            full: false,
        }
    }
}

impl<R: Read> Read for Unbuffered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match buffer.first_mut() {
            Some(first) if self.full => {
                *first = self.byte[0];
                self.full = false;
                Ok(1)
            }
            _ => self.reader.read(buffer),
        }
    }
}

impl<R: Read> BufRead for Unbuffered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if !self.full {
            self.full = self.reader.read(&mut self.byte)? == 1;
        }
        Ok(if self.full { &self.byte } else { &[] })
    }

    fn consume(&mut self, count: usize) {
        self.full &= count == 0;
    }
}
