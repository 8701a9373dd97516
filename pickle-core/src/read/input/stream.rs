//! One pickle out of a reader: where it ends is known only by walking its instructions.

use std::io::{self, BufRead, Read};

use crate::error::Result;
use crate::read::input::splitter::Splitter;

/// How much of what a length claims is asked for at once. The claim may be a lie.
const CHUNK: usize = 64 << 10;

/// Data of more bytes goes where it belongs by a call of its own, past what the reader buffers.
const SMALL: usize = 16;

/// Appends the next pickle of the reader to a buffer, up to and including its STOP, and takes not
/// a byte more. False if the reader ends before, or before the end of a frame that was begun.
///
/// What is wrong is the machine's to report: with what came before, and in Python's words.
///
/// # Errors
///
/// What reading gives.
pub(in crate::read) fn read_pickle(reader: &mut dyn BufRead, buffer: &mut Vec<u8>) -> Result<bool> {
    let mut splitter = Splitter::new();
    loop {
        let data = splitter.data_left();
        if data > SMALL {
            if !copy(reader, buffer, data)? {
                return Ok(false);
            }
            splitter.take_data(data);
            continue;
        }
        let available = fill(reader)?;
        if available.is_empty() {
            return Ok(false);
        }
        let (length, ended) = splitter.walk(available);
        buffer.extend_from_slice(&available[..length]);
        reader.consume(length);
        if ended {
            return ends_well(reader, splitter.is_in_frame());
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
