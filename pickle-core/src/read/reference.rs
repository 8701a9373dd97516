//! Classes and functions themselves, as values.

use super::Cursor;
use crate::error::Result;
use crate::read::arena::globals::Resolved;
use crate::registry::{Class, Function};

impl Cursor<'_, '_> {
    /// Returns the registered class that the value is: the class itself and no instance of it.
    ///
    /// # Errors
    ///
    /// When the value is no class, or one that is not registered.
    pub fn class_itself(self) -> Result<&'static Class> {
        match self.resolved() {
            Some(Resolved::Class(class) | Resolved::Claimed(class)) => Ok(class),
            _ => Err(self.mismatch("a registered class")),
        }
    }

    /// Returns the registered function that the value is.
    ///
    /// # Errors
    ///
    /// When the value is no function, or one that is not registered.
    pub fn function_itself(self) -> Result<&'static Function> {
        match self.resolved() {
            Some(Resolved::Function(function)) => Ok(function),
            _ => Err(self.mismatch("a registered function")),
        }
    }
}
