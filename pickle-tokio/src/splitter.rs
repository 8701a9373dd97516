//! Bytes to the bytes of each pickle.

use bytes::{Bytes, BytesMut};
use pickle_core::{Error, Result, Splitter, Unpickler};
use tokio_util::codec::Decoder;

use crate::MAX_LENGTH;

/// A decoder that gives the bytes of each pickle.
///
/// ```
/// use bytes::BytesMut;
/// use pickle_tokio::PickleSplitter;
/// use tokio_util::codec::Decoder;
///
/// let mut splitter = PickleSplitter::new();
/// let mut arrived = BytesMut::from(&b"X\x03\0\0\0tea.K"[..]);
/// let pickle = splitter.decode(&mut arrived)?.unwrap();
/// let word: &str = pickle_core::loads(&pickle)?; // borrows
/// assert_eq!(word, "tea");
/// assert_eq!(splitter.decode(&mut arrived)?, None);
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PickleSplitter {
    splitter: Splitter,
    /// How many bytes of the buffer have been walked.
    walked: usize,
}

impl Default for PickleSplitter {
    fn default() -> Self {
        Self::new()
    }
}

impl PickleSplitter {
    /// Returns a decoder at the start of a pickle.
    pub fn new() -> Self {
        Self {
            splitter: Splitter::new().with_max_length(MAX_LENGTH),
            walked: 0,
        }
    }

    /// Refuses pickles that are longer than this.
    pub fn with_max_length(mut self, bytes: usize) -> Self {
        self.splitter = self.splitter.with_max_length(bytes);
        self
    }

    /// What is left when the stream has ended, which is no whole pickle.
    pub(crate) fn take_rest(&mut self, buffer: &mut BytesMut) -> Option<Bytes> {
        self.walked = 0;
        match buffer.is_empty() {
            true => None,
            false => Some(buffer.split().freeze()),
        }
    }
}

impl Decoder for PickleSplitter {
    type Item = Bytes;
    type Error = Error;

    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Bytes>> {
        let new = buffer.get(self.walked..).unwrap_or_default();
        match self.splitter.push(new)? {
            Some(length) => {
                let end = self.walked + length;
                self.walked = 0;
                Ok(Some(buffer.split_to(end).freeze()))
            }
            None => {
                self.walked = buffer.len();
                Ok(None)
            }
        }
    }

    fn decode_eof(&mut self, buffer: &mut BytesMut) -> Result<Option<Bytes>> {
        if let Some(pickle) = self.decode(buffer)? {
            return Ok(Some(pickle));
        }
        match self.take_rest(buffer) {
            None => Ok(None),
            Some(rest) => match Unpickler::from_slice(&rest).document() {
                // In Python's words.
                Err(error) => Err(error),
                Ok(_) => Err(Error::custom("pickle data was truncated")),
            },
        }
    }
}
