//! What points to a value, or holds it in a cell, is the value in Python.

use std::cell::{Cell, RefCell};
use std::rc::{self, Rc};
use std::sync::{self, Arc, Mutex, RwLock};

use crate::error::{Error, Result};
use crate::read::{Cursor, Unpickle, UnpickleBoxed, UnpickleWeak};
use crate::write::{Encoder, Pickle, Reference};

/// What it points to.
impl<T: Pickle + ?Sized> Pickle for &T {
    #[inline]
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        (**self).pickle(encoder)
    }

    #[inline]
    fn pickle_behind(&self, name: Reference, encoder: &mut Encoder<'_>) -> Result<()> {
        (**self).pickle_behind(name, encoder)
    }
}

/// What it points to.
impl<T: Pickle + ?Sized> Pickle for &mut T {
    #[inline]
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        (**self).pickle(encoder)
    }

    #[inline]
    fn pickle_behind(&self, name: Reference, encoder: &mut Encoder<'_>) -> Result<()> {
        (**self).pickle_behind(name, encoder)
    }
}

/// What it points to.
impl<T: Pickle + ?Sized> Pickle for Box<T> {
    #[inline]
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        (**self).pickle(encoder)
    }

    #[inline]
    fn pickle_behind(&self, name: Reference, encoder: &mut Encoder<'_>) -> Result<()> {
        (**self).pickle_behind(name, encoder)
    }
}

impl<'de, T: UnpickleBoxed<'de> + ?Sized> Unpickle<'de> for Box<T> {
    const STREAMS: bool = T::BOX_STREAMS;

    #[inline]
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        T::unpickle_box(cursor)
    }
}

impl<'de, T: Unpickle<'de>> UnpickleBoxed<'de> for T {
    const BOX_STREAMS: bool = true;

    #[inline]
    fn unpickle_box(mut cursor: Cursor<'_, 'de>) -> Result<Box<Self>> {
        cursor.charge(super::cost::<T>())?;
        cursor.read().map(Box::new)
    }

    fn unpickle_rc(cursor: Cursor<'_, 'de>) -> Result<Rc<Self>>
    where
        Self: 'static,
    {
        cursor.rc(|cursor| cursor.read())
    }

    fn unpickle_arc(cursor: Cursor<'_, 'de>) -> Result<Arc<Self>>
    where
        Self: 'static,
    {
        cursor.arc(|cursor| cursor.read())
    }
}

impl<'de, T: Unpickle<'de> + 'static> UnpickleWeak<'de> for T {
    fn unpickle_rc_weak(cursor: Cursor<'_, 'de>) -> Result<rc::Weak<Self>> {
        cursor.rc_weak(T::unpickle)
    }

    fn unpickle_arc_weak(cursor: Cursor<'_, 'de>) -> Result<sync::Weak<Self>> {
        cursor.arc_weak(T::unpickle)
    }
}

/// The owners of one value are references to one object in Python.
macro_rules! shared_pointers {
    ($($pointer:ident, $unpickle:ident, $weak:ty, $unpickle_weak:ident;)*) => {$(
        /// What it points to; the owners of one value are references to one object in Python.
        impl<T: Pickle + ?Sized> Pickle for $pointer<T> {
            fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
                let address = $pointer::as_ptr(self).cast();
                match $pointer::strong_count(self) == 1 && $pointer::weak_count(self) == 0 {
                    true => encoder.sole(address, &**self),
                    false => encoder.shared(address, &**self),
                }
            }
        }

        /// One object of the pickle becomes one value, however many places hold it.
        impl<'de, T: UnpickleBoxed<'de> + ?Sized + 'static> Unpickle<'de> for $pointer<T> {
            const STREAMS: bool = T::BOX_STREAMS;

            fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
                T::$unpickle(cursor)
            }
        }

        /// What it refers to, and `None` if that is gone.
        impl<T: Pickle + ?Sized> Pickle for $weak {
            fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
                match self.upgrade() {
                    Some(owner) => owner.pickle(encoder),
                    None => encoder.none(),
                }
            }
        }

        /// A value that is owned elsewhere in what is loaded: it may be under way, as the parent of
        /// a child is, or still to come, if it does not own what is being read. `None` becomes a
        /// reference to nothing; a value without owners, which would be lost, is an error.
        impl<'de, T: UnpickleWeak<'de> + ?Sized> Unpickle<'de> for $weak {
            fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
                T::$unpickle_weak(cursor)
            }
        }
    )*};
}

shared_pointers! {
    Rc, unpickle_rc, rc::Weak<T>, unpickle_rc_weak;
    Arc, unpickle_arc, sync::Weak<T>, unpickle_arc_weak;
}

/// What is in it.
impl<T: Pickle + Copy> Pickle for Cell<T> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        self.get().pickle(encoder)
    }
}

impl<'de, T: Unpickle<'de>> Unpickle<'de> for Cell<T> {
    const STREAMS: bool = true;

    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        cursor.read().map(Self::new)
    }
}

/// What is in it, which must not be mutably borrowed.
impl<T: Pickle + ?Sized> Pickle for RefCell<T> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match self.try_borrow() {
            Ok(value) => value.pickle(encoder),
            Err(error) => Err(Error::custom(error)),
        }
    }
}

impl<'de, T: Unpickle<'de>> Unpickle<'de> for RefCell<T> {
    const STREAMS: bool = true;

    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        cursor.read().map(Self::new)
    }
}

/// What is in it. It stays locked while that is dumped, so that one which contains itself, by way
/// of an `Arc`, waits for itself.
impl<T: Pickle + ?Sized> Pickle for Mutex<T> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match self.lock() {
            Ok(value) => value.pickle(encoder),
            Err(error) => Err(Error::custom(error)),
        }
    }
}

impl<'de, T: Unpickle<'de>> Unpickle<'de> for Mutex<T> {
    const STREAMS: bool = true;

    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        cursor.read().map(Self::new)
    }
}

/// What is in it. It stays locked for reading while that is dumped.
impl<T: Pickle + ?Sized> Pickle for RwLock<T> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match self.read() {
            Ok(value) => value.pickle(encoder),
            Err(error) => Err(Error::custom(error)),
        }
    }
}

impl<'de, T: Unpickle<'de>> Unpickle<'de> for RwLock<T> {
    const STREAMS: bool = true;

    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        cursor.read().map(Self::new)
    }
}
