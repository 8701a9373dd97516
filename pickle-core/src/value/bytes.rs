//! Python's `bytes` and `bytearray`.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::hash::{self, Cache};
use super::repr;

/// A Python `bytes`. A clone is the same object.
///
/// ```
/// # use pickle_core as pickle;
/// let bytes = pickle::value::Bytes::from(*b"\x80\x04K\x2a.");
/// assert_eq!(bytes.len(), 5);
/// assert_eq!(bytes.to_string(), r"b'\x80\x04K*.'");
/// ```
#[derive(Clone)]
pub struct Bytes(Arc<Data>);

struct Data {
    hash: Cache,
    data: Box<[u8]>,
}

impl Bytes {
    /// Whether both are one object, Python's `is`.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// What tells this object from others while it lives.
    pub fn address(&self) -> *const () {
        Arc::as_ptr(&self.0).cast()
    }

    pub(super) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    pub(super) fn hash(&self) -> u64 {
        self.0.hash.get_or(|| hash::bytes(self))
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0.data
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(data: Vec<u8>) -> Self {
        Self(Arc::new(Data {
            hash: Cache::default(),
            data: data.into_boxed_slice(),
        }))
    }
}

/// A Python `bytearray`. A clone is the same object until one of the two is changed.
///
/// ```
/// # use pickle_core as pickle;
/// let mut array = pickle::value::ByteArray::from(*b"abc");
/// let before = array.clone();
/// array.make_mut().push(b'd');
/// assert_eq!(array.to_string(), "bytearray(b'abcd')");
/// assert_eq!(before.to_string(), "bytearray(b'abc')");
/// ```
#[derive(Clone)]
pub struct ByteArray(Arc<Vec<u8>>);

impl ByteArray {
    /// Gives the bytes to change, copied first if they are shared.
    pub fn make_mut(&mut self) -> &mut Vec<u8> {
        Arc::make_mut(&mut self.0)
    }

    /// Whether both are one object, Python's `is`.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// What tells this object from others while it lives.
    pub fn address(&self) -> *const () {
        Arc::as_ptr(&self.0).cast()
    }

    pub(super) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }
}

impl Deref for ByteArray {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for ByteArray {
    fn deref_mut(&mut self) -> &mut [u8] {
        self.make_mut()
    }
}

impl From<Vec<u8>> for ByteArray {
    fn from(data: Vec<u8>) -> Self {
        Self(Arc::new(data))
    }
}

macro_rules! both {
    ($($type:ident $repr:ident)*) => {$(
        impl Default for $type {
            fn default() -> Self {
                Vec::new().into()
            }
        }

        impl From<&[u8]> for $type {
            fn from(data: &[u8]) -> Self {
                data.to_vec().into()
            }
        }

        impl<const N: usize> From<[u8; N]> for $type {
            fn from(data: [u8; N]) -> Self {
                data.to_vec().into()
            }
        }

        impl FromIterator<u8> for $type {
            fn from_iter<I: IntoIterator<Item = u8>>(bytes: I) -> Self {
                bytes.into_iter().collect::<Vec<_>>().into()
            }
        }

        impl AsRef<[u8]> for $type {
            fn as_ref(&self) -> &[u8] {
                self
            }
        }

        impl PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                self.ptr_eq(other) || self[..] == other[..]
            }
        }

        impl Eq for $type {}

        impl PartialEq<[u8]> for $type {
            fn eq(&self, other: &[u8]) -> bool {
                self[..] == *other
            }
        }

        impl std::hash::Hash for $type {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self[..].hash(state);
            }
        }

        /// Python's `repr`.
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                repr::$repr(self, f)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )*};
}
both! {
    Bytes write_bytes
    ByteArray write_byte_array
}
