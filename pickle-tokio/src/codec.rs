//! Bytes to values and back.

use std::fmt;
use std::marker::PhantomData;
use std::mem;
use std::sync::Arc;

use bytes::buf::{Reader, Writer};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use pickle_core::{
    Error, Limits, Pickle, Pickler, Protocol, Registry, Result, Unpickle, Unpickler,
};
use tokio_util::codec::{Decoder, Encoder};

use crate::splitter::PickleSplitter;

/// A codec that reads pickles as values of one type, and writes values of any.
///
/// For pickles of different types read [`Object`](pickle_core::Object), which is any registered
/// class, or [`Value`](pickle_core::Value).
///
/// A pickle that does not fit the type is an error, and the next one can be read all the same; note
/// that `Framed` ends its stream at the first error. Behind a pickle that is too long nothing can
/// be read, as nobody knows where the next one starts.
///
/// ```
/// use bytes::BytesMut;
/// use pickle_tokio::PickleCodec;
/// use tokio_util::codec::{Decoder, Encoder};
///
/// let mut codec = PickleCodec::<Vec<i64>>::new().with_max_length(1000);
/// let mut buffer = BytesMut::new();
/// codec.encode([1, 2, 300], &mut buffer)?;
/// assert_eq!(codec.decode(&mut buffer)?, Some(vec![1, 2, 300]));
/// # Ok::<(), pickle_core::Error>(())
/// ```
pub struct PickleCodec<T> {
    splitter: PickleSplitter,
    unpickler: Unpickler<pickle_core::Reader<Reader<Bytes>>>,
    pickler: Pickler<Writer<BytesMut>>,
    value: PhantomData<fn() -> T>,
}

impl<T> Default for PickleCodec<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> PickleCodec<T> {
    /// Returns a codec at the start of a pickle, which writes protocol 4.
    pub fn new() -> Self {
        Self {
            splitter: PickleSplitter::new(),
            unpickler: Unpickler::new(Bytes::new().reader()),
            pickler: Pickler::new(BytesMut::new().writer()),
            value: PhantomData,
        }
    }

    /// Refuses to read pickles that are longer than this.
    pub fn with_max_length(mut self, bytes: usize) -> Self {
        self.splitter = self.splitter.with_max_length(bytes);
        self
    }

    /// Writes at another protocol.
    pub fn with_protocol(mut self, protocol: Protocol) -> Self {
        self.pickler = self.pickler.with_protocol(protocol);
        self
    }

    /// Looks names up in this registry instead of the global one.
    pub fn with_registry(mut self, registry: impl Into<Arc<Registry>>) -> Self {
        self.unpickler = self.unpickler.with_registry(registry);
        self
    }

    /// Sets what loading a value may cost.
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.unpickler = self.unpickler.with_limits(limits);
        self
    }

    /// Sets whether the memo goes on from one pickle to the next when reading: for a Python that
    /// calls `dump` of one `Pickler` again and again. See
    /// [`Unpickler::with_memo_kept`], also for what it costs.
    pub fn with_memo_kept(mut self, memo_kept: bool) -> Self {
        self.unpickler = self.unpickler.with_memo_kept(memo_kept);
        self
    }
}

impl<T: for<'de> Unpickle<'de>> PickleCodec<T> {
    fn load(&mut self, pickle: Bytes) -> Result<T> {
        *self.unpickler.get_mut() = pickle.reader();
        let value = self.unpickler.load();
        // Its memory goes back to the buffer.
        *self.unpickler.get_mut() = Bytes::new().reader();
        value
    }
}

impl<T: for<'de> Unpickle<'de>> Decoder for PickleCodec<T> {
    type Item = T;
    type Error = Error;

    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<T>> {
        match self.splitter.decode(buffer)? {
            Some(pickle) => self.load(pickle).map(Some),
            None => Ok(None),
        }
    }

    fn decode_eof(&mut self, buffer: &mut BytesMut) -> Result<Option<T>> {
        if let Some(value) = self.decode(buffer)? {
            return Ok(Some(value));
        }
        match self.splitter.take_rest(buffer) {
            // It is cut off, which the error says in Python's words.
            Some(rest) => self.load(rest).map(Some),
            None => Ok(None),
        }
    }
}

impl<T, V: Pickle> Encoder<V> for PickleCodec<T> {
    type Error = Error;

    fn encode(&mut self, value: V, buffer: &mut BytesMut) -> Result<()> {
        let start = buffer.len();
        *self.pickler.get_mut().get_mut() = mem::take(buffer);
        let dumped = self.pickler.dump(&value);
        *buffer = mem::take(self.pickler.get_mut().get_mut());
        // Each pickle stands alone.
        self.pickler.clear_memo();
        if dumped.is_err() {
            buffer.truncate(start);
        }
        dumped
    }
}

impl<T> fmt::Debug for PickleCodec<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PickleCodec")
            .field("splitter", &self.splitter)
            .field("pickler", &self.pickler)
            .finish_non_exhaustive()
    }
}
