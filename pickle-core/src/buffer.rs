//! Data that may stay outside of the pickle.

use std::borrow::Cow;
use std::ops::Deref;

use crate::error::Result;
use crate::read::{Cursor, Kind, Unpickle, View};
use crate::write::{Encoder, Pickle};

/// Data that may travel beside the pickle instead of in it, Python's `pickle.PickleBuffer`.
///
/// It needs protocol 5. A pickler with
/// [`with_buffer_callback`](crate::Pickler::with_buffer_callback) hands the data to the callback
/// and writes only that it goes here; an unpickler with
/// [`with_buffers`](crate::Unpickler::with_buffers) borrows it from there. Without a callback it is
/// written as `bytes` if it is read-only, else as a `bytearray`.
///
/// ```
/// # use pickle_core as pickle;
/// use std::sync::mpsc;
/// use pickle::{Buffer, Pickler, Protocol, Unpickler};
///
/// let (sender, buffers) = mpsc::channel();
/// let mut pickler = Pickler::new(Vec::new())
///     .with_protocol(Protocol::V5)
///     .with_buffer_callback(move |buffer: &Buffer<'_>| {
///         // `false`: it is taken care of; `true` would leave it in the pickle.
///         Ok(sender.send(buffer.to_vec()).is_err())
///     });
/// let picture = vec![7; 1_000_000];
/// pickler.dump(&("picture", Buffer::read_only(&picture)))?;
/// let pickled = pickler.into_inner();
/// assert!(pickled.len() < 40);
///
/// let buffers: Vec<Vec<u8>> = buffers.try_iter().collect();
/// let mut unpickler =
///     Unpickler::from_slice(&pickled).with_buffers(buffers.iter().map(Vec::as_slice));
/// let (name, data): (String, Buffer<'_>) = unpickler.load()?;
/// assert_eq!((name.as_str(), &data[..]), ("picture", &picture[..]));
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Buffer<'a> {
    data: Cow<'a, [u8]>,
    read_only: bool,
}

impl<'a> Buffer<'a> {
    /// Returns a buffer that Python may write to.
    pub fn new(data: impl Into<Cow<'a, [u8]>>) -> Self {
        Self {
            data: data.into(),
            read_only: false,
        }
    }

    /// Returns a buffer that Python must not write to.
    pub fn read_only(data: impl Into<Cow<'a, [u8]>>) -> Self {
        Self {
            data: data.into(),
            read_only: true,
        }
    }

    /// Whether Python must not write to it.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Returns the data, which is borrowed if it can be.
    pub fn into_data(self) -> Cow<'a, [u8]> {
        self.data
    }
}

impl Deref for Buffer<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.data
    }
}

/// At protocol 5: out of band or in it, as the pickler's buffer callback says.
impl Pickle for Buffer<'_> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.buffer(self)
    }
}

/// An out-of-band buffer, bytes or a bytearray.
impl<'de: 'a, 'a> Unpickle<'de> for Buffer<'a> {
    fn unpickle(mut cursor: Cursor<'_, 'de>) -> Result<Self> {
        let read_only = match cursor.kind() {
            Kind::Bytes => true,
            Kind::Buffer => matches!(cursor.node_ref().view(), View::ReadOnly(_)),
            _ => false,
        };
        let data = match cursor.reborrow().byte_array() {
            Ok(data) => data,
            Err(_) => return Err(cursor.mismatch("a buffer")),
        };
        Ok(Self { data, read_only })
    }
}
