//! Classes and functions themselves.

use crate::error::Result;
use crate::read::{Cursor, Unpickle};
use crate::registry::{Class, Function};

/// The class itself, if it is registered.
impl<'de> Unpickle<'de> for &'static Class {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        cursor.class_itself()
    }
}

/// The function itself, if it is registered.
impl<'de> Unpickle<'de> for &'static Function {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        cursor.function_itself()
    }
}
