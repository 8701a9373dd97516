//! Where the bytes of a pickle go: a buffer, the frames in it, and the writer behind it.

use std::io::Write;

use super::number::{self, Code};
use super::reference::Reference;
use crate::error::Result;
use crate::opcode::Opcode;

/// A frame is closed at the first value that starts behind this many bytes of it, and data of this
/// size is written outside of frames; `FRAME_SIZE_TARGET` in CPython.
pub(super) const FRAME_SIZE_TARGET: usize = 64 * 1024;

/// A frame with fewer bytes is not worth its header; `FRAME_SIZE_MIN` in CPython.
const FRAME_SIZE_MIN: usize = 4;

/// FRAME and its length.
const FRAME_HEADER_SIZE: usize = 9;

/// Appends the first few of an array's bytes: one write of fixed size and a cut, which needs no
/// branch.
#[inline]
pub(super) fn append<const N: usize>(bytes: &mut Vec<u8>, code: [u8; N], length: usize) {
    let end = bytes.len() + length;
    bytes.extend_from_slice(&code);
    bytes.truncate(end);
}

/// What is small enough for [`Output::has_room`].
const ROOM: usize = 64;

/// A reference and the opcode of a number.
const PAIR: usize = Reference::LONGEST + 16;

/// The longest data of a [`little_object`](Output::little_object).
pub(super) const LITTLE: usize = ROOM - Reference::LONGEST - 3;

/// Copies 2 to 64 bytes to the start of a longer slice. For a handful of bytes the call of the general
/// function costs more than the copy: two moves that overlap do.
#[inline]
fn copy_little(to: &mut [u8], from: &[u8]) {
    #[inline]
    fn at<const N: usize>(to: &mut [u8], from: &[u8], start: usize) {
        if let (Some(to), Some(from)) = (to.get_mut(start..start + N), from.get(start..start + N)) {
            to.copy_from_slice(from);
        }
    }
    #[inline]
    fn in_two<const N: usize>(to: &mut [u8], from: &[u8]) {
        at::<N>(to, from, 0);
        at::<N>(to, from, from.len() - N);
    }
    match from.len() {
        ..4 => in_two::<2>(to, from),
        // The usual words: their lengths are hard to foresee, so that there is one way for all. Four
        // moves, which for less than eight bytes are two.
        length @ 4..=16 => {
            let second = length / 8 * 4;
            at::<4>(to, from, 0);
            at::<4>(to, from, second);
            at::<4>(to, from, length - 4 - second);
            at::<4>(to, from, length - 4);
        }
        17..=32 => in_two::<16>(to, from),
        _ => in_two::<32>(to, from),
    }
}

/// The buffer of a pickle in the making.
///
/// From protocol 4 on a frame is always open, because one that stays shorter than
/// [`FRAME_SIZE_MIN`] leaves no trace.
pub(super) struct Output<'w> {
    pub(super) bytes: Vec<u8>,
    /// None: everything stays in the buffer.
    sink: Option<&'w mut dyn Write>,
    /// Where the open frame's header stands, if there are frames.
    frame: Option<usize>,
    /// The length of the buffer at which the next value starts a new frame.
    limit: usize,
    /// The same as long as a frame is open; else 0.
    frame_limit: usize,
    /// Whether the writer refused bytes: what follows them must not be written.
    failed: bool,
    /// How many need what they wrote to stay in the buffer for now.
    holds: usize,
}

impl<'w> Output<'w> {
    /// `bytes` is an empty buffer whose capacity is used again.
    pub(super) fn new(bytes: Vec<u8>, sink: Option<&'w mut dyn Write>) -> Self {
        Self {
            bytes,
            // Below protocol 4, which has no frames, the buffer is handed on when it is as large
            // as a frame would be.
            limit: match sink {
                Some(_) => FRAME_SIZE_TARGET,
                None => usize::MAX,
            },
            sink,
            frame: None,
            frame_limit: 0,
            failed: false,
            holds: 0,
        }
    }

    pub(super) fn failed(&self) -> bool {
        self.failed
    }

    /// Marks the start of a value: the only place where a frame that grew large is closed.
    #[inline]
    pub(super) fn boundary(&mut self) -> Result<()> {
        match self.bytes.len() >= self.limit {
            true => self.next_frame(),
            false => Ok(()),
        }
    }

    /// Whether there are frames.
    #[inline]
    pub(super) fn has_frames(&self) -> bool {
        self.frame_limit > 0
    }

    /// Whether there are frames, and a value may start in the open one, even behind so many bytes.
    #[inline]
    pub(super) fn is_in_frame(&self, behind: usize) -> bool {
        self.bytes.len() + behind < self.frame_limit
    }

    #[cold]
    fn next_frame(&mut self) -> Result<()> {
        if self.frame.is_none() {
            return match self.holds {
                0 => self.flush(),
                _ => Ok(()),
            };
        }
        self.close_frame();
        self.flush()?;
        self.open_frame();
        Ok(())
    }

    /// Opens a frame: the first, and one behind another that was closed.
    pub(super) fn open_frame(&mut self) {
        let start = self.bytes.len();
        self.bytes
            .extend_from_slice(&[Opcode::Frame.byte(), 0, 0, 0, 0, 0, 0, 0, 0]);
        self.frame = Some(start);
        self.limit = start + FRAME_HEADER_SIZE + FRAME_SIZE_TARGET;
        self.frame_limit = self.limit;
    }

    /// Fills in the length of the open frame, or takes its header out of the buffer again.
    fn close_frame(&mut self) {
        let Some(start) = self.frame.take() else {
            return;
        };
        let payload = start + FRAME_HEADER_SIZE;
        let length = self.bytes.len() - payload;
        if length < FRAME_SIZE_MIN {
            self.bytes.drain(start..payload);
        } else {
            self.bytes[start + 1..payload].copy_from_slice(&(length as u64).to_le_bytes());
        }
        self.limit = usize::MAX;
        self.frame_limit = 0;
    }

    /// Keeps what follows in the buffer, so that something can be put before it, and returns where
    /// that is. Not for protocols with frames.
    pub(super) fn hold(&mut self) -> usize {
        self.holds += 1;
        self.bytes.len()
    }

    /// Ends what [`hold`](Self::hold) began.
    pub(super) fn release(&mut self) {
        self.holds = self.holds.saturating_sub(1);
    }

    /// Hands everything so far to the writer, if there is one.
    fn flush(&mut self) -> Result<()> {
        if let Some(sink) = &mut self.sink {
            if let Err(error) = sink.write_all(&self.bytes) {
                self.failed = true;
                return Err(error.into());
            }
            self.bytes.clear();
        }
        Ok(())
    }

    /// Whether something small can be appended without asking the allocator.
    ///
    /// What is written most has a path of its own that calls nothing: it needs no stack, and its
    /// registers need not be kept.
    #[inline]
    pub(super) fn has_room(&self) -> bool {
        self.bytes.capacity() - self.bytes.len() >= ROOM
    }

    /// Makes such room.
    #[cold]
    #[inline(never)]
    pub(super) fn make_room(&mut self) {
        self.bytes.reserve(ROOM);
    }

    /// How many values of up to so many bytes are sure to start in the open frame; 0 without frames.
    #[inline]
    pub(super) fn starts_in_frame(&self, longest: usize) -> usize {
        let left = self.frame_limit.saturating_sub(self.bytes.len());
        left.div_ceil(longest)
    }

    /// Appends the codes of numbers. The room is made for all of them at once.
    #[inline]
    pub(super) fn codes(&mut self, codes: impl ExactSizeIterator<Item = Code>) {
        let start = self.bytes.len();
        let most = codes.len() * number::LONGEST + size_of::<[u8; 16]>();
        self.bytes.resize(start + most, 0);
        let room = &mut self.bytes[start..];
        let mut end = 0;
        for (code, length) in codes {
            if let Some(room) = room[end..].first_chunk_mut() {
                *room = code;
            }
            end += length;
        }
        self.bytes.truncate(start + end);
    }

    /// Appends a reference, if there is one, and the code of a number.
    #[inline]
    pub(super) fn pair(&mut self, before: Reference, (code, length): Code) {
        if !before.is_known() {
            return append(&mut self.bytes, code, length);
        }
        let end = self.bytes.len() + before.len() + length;
        self.bytes.extend_from_slice(&[0; PAIR]);
        if let Some(room) = self.bytes.last_chunk_mut::<PAIR>() {
            room[..8].copy_from_slice(&before.bytes());
            // Of up to five bytes.
            if let Some(room) = room[before.len()..].first_chunk_mut() {
                *room = code;
            }
        }
        self.bytes.truncate(end);
    }

    /// Appends a reference, and a memoized object of protocol 4 that is a little data: no more than
    /// [`LITTLE`].
    #[inline]
    pub(super) fn little_object(&mut self, before: Reference, opcode: Opcode, data: &[u8]) {
        let end = self.bytes.len() + before.len() + data.len() + 3;
        self.bytes.extend_from_slice(&[0; ROOM]);
        if let Some(room) = self.bytes.last_chunk_mut::<ROOM>() {
            room[..8].copy_from_slice(&before.bytes());
            let room = &mut room[before.len()..];
            room[..2].copy_from_slice(&[opcode.byte(), data.len() as u8]);
            copy_little(&mut room[2..], data);
            room[2 + data.len()] = Opcode::Memoize.byte();
        }
        self.bytes.truncate(end);
    }

    /// Appends a reference, and a memoized object of protocol 4 that is up to 255 bytes of data.
    pub(super) fn short_object(&mut self, before: Reference, opcode: Opcode, data: &[u8]) {
        before.write(&mut self.bytes);
        self.bytes
            .extend_from_slice(&[opcode.byte(), data.len() as u8]);
        self.bytes.extend_from_slice(data);
        self.bytes.push(Opcode::Memoize.byte());
    }

    /// Writes an opcode with its length, and data that is written past frame and buffer if large.
    #[inline]
    pub(super) fn data(&mut self, header: &[u8], data: &[u8]) -> Result<()> {
        if data.len() >= FRAME_SIZE_TARGET {
            return self.large_data(header, data);
        }
        self.bytes.extend_from_slice(header);
        self.bytes.extend_from_slice(data);
        Ok(())
    }

    #[cold]
    fn large_data(&mut self, header: &[u8], data: &[u8]) -> Result<()> {
        let framed = self.frame.is_some();
        self.close_frame();
        self.bytes.extend_from_slice(header);
        if self.sink.is_none() || self.holds > 0 {
            self.bytes.extend_from_slice(data);
        } else {
            self.flush()?;
            if let Some(sink) = &mut self.sink
                && let Err(error) = sink.write_all(data)
            {
                self.failed = true;
                return Err(error.into());
            }
        }
        if framed {
            self.open_frame();
        }
        Ok(())
    }

    /// Ends the pickle: closes the frame and hands over what is left. Without a writer, the buffer
    /// then is the pickle.
    pub(super) fn finish(&mut self) -> Result<()> {
        self.close_frame();
        self.flush()
    }
}
