//! Where the bytes of a pickle go: a buffer, the frames in it, and the writer behind it.

use std::io::Write;

use crate::error::Result;
use crate::opcode::Opcode;

/// A frame is closed at the first value that starts behind this many bytes of it, and data of this
/// size is written outside of frames; `FRAME_SIZE_TARGET` in CPython.
pub(super) const FRAME_SIZE_TARGET: usize = 64 * 1024;

/// A frame with fewer bytes is not worth its header; `FRAME_SIZE_MIN` in CPython.
const FRAME_SIZE_MIN: usize = 4;

/// FRAME and its length.
const FRAME_HEADER_SIZE: usize = 9;

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
            failed: false,
            holds: 0,
        }
    }

    /// Opens the first frame.
    pub(super) fn start_frames(&mut self) {
        self.open_frame();
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

    /// Whether the frame may have to be closed at a value that starts within so many bytes.
    #[inline]
    pub(super) fn ends_within(&self, bytes: usize) -> bool {
        self.limit.saturating_sub(self.bytes.len()) < bytes
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

    fn open_frame(&mut self) {
        let start = self.bytes.len();
        self.bytes
            .extend_from_slice(&[Opcode::Frame.byte(), 0, 0, 0, 0, 0, 0, 0, 0]);
        self.frame = Some(start);
        self.limit = start + FRAME_HEADER_SIZE + FRAME_SIZE_TARGET;
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

    /// Ends the pickle: closes the frame and hands over what is left.
    ///
    /// Returns the buffer; without a writer, it is the pickle.
    pub(super) fn finish(mut self) -> Result<Vec<u8>> {
        self.close_frame();
        self.flush()?;
        Ok(self.bytes)
    }
}
