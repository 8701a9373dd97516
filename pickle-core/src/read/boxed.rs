//! What is loaded behind a pointer, whether its size is known or not.

use std::rc::{self, Rc};
use std::sync::{self, Arc};

use super::Cursor;
use crate::error::Result;

/// A value that can be loaded behind a `Box`, an `Rc` or an `Arc`: any [`Unpickle`](crate::Unpickle) type, `str`,
/// slices, and the objects of traits that are `#[pickle::dynamic]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be loaded from a pickle",
    label = "`pickle::Unpickle` is not implemented for a pointer to `{Self}`",
    note = "for a trait of your own consider `#[pickle::dynamic]`, on the trait and on its impls"
)]
pub trait UnpickleBoxed<'de> {
    /// As [`Unpickle::STREAMS`](crate::Unpickle::STREAMS), of the box.
    #[doc(hidden)]
    const BOX_STREAMS: bool = false;

    /// Reads the value at the cursor into a box.
    ///
    /// # Errors
    ///
    /// When the pickle has something else there.
    fn unpickle_box(cursor: Cursor<'_, 'de>) -> Result<Box<Self>>;

    /// Reads the value at the cursor: one object of the pickle becomes one value, however many
    /// places hold it.
    ///
    /// # Errors
    ///
    /// When the pickle has something else there.
    fn unpickle_rc(cursor: Cursor<'_, 'de>) -> Result<Rc<Self>>
    where
        Self: 'static,
    {
        cursor.shared(|cursor| Self::unpickle_box(cursor).map(Rc::from))
    }

    /// As [`unpickle_rc`](Self::unpickle_rc).
    ///
    /// # Errors
    ///
    /// When the pickle has something else there.
    fn unpickle_arc(cursor: Cursor<'_, 'de>) -> Result<Arc<Self>>
    where
        Self: 'static,
    {
        cursor.shared(|cursor| Self::unpickle_box(cursor).map(Arc::from))
    }
}

/// A value to which a `Weak` can be loaded: any [`Unpickle`](crate::Unpickle) type, and the objects
/// of traits that are `#[pickle::dynamic]`.
#[diagnostic::on_unimplemented(
    message = "a `Weak` to `{Self}` cannot be loaded from a pickle",
    note = "for your own types consider `#[derive(pickle::Pickle)]`, for your own traits \
            `#[pickle::dynamic]`"
)]
pub trait UnpickleWeak<'de>: 'static {
    /// Returns a weak reference to the value at the cursor, which an `Rc` owns elsewhere.
    ///
    /// # Errors
    ///
    /// When nothing else in the pickle refers to the value; those of reading it.
    fn unpickle_rc_weak(cursor: Cursor<'_, 'de>) -> Result<rc::Weak<Self>>;

    /// As [`unpickle_rc_weak`](Self::unpickle_rc_weak), where an `Arc` owns the value.
    ///
    /// # Errors
    ///
    /// When nothing else in the pickle refers to the value; those of reading it.
    fn unpickle_arc_weak(cursor: Cursor<'_, 'de>) -> Result<sync::Weak<Self>>;
}
