//! `Ellipsis` and `NotImplemented`

use std::fmt;

use crate::error::Result;
use crate::python::python_class;
use crate::{Cursor, Encoder, Instance, Pickle, Unpickle};

macro_rules! constants {
    ($($(#[$doc:meta])* $type:ident = $name:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type;

        python_class! { $type = "builtins", $name }

        impl Pickle for $type {
            fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
                encoder.global(Self::CLASS.global())
            }
        }

        impl<'de> Unpickle<'de> for $type {
            fn unpickle(mut cursor: Cursor<'_, 'de>) -> Result<Self> {
                match cursor.reborrow().global() {
                    Ok(name) if name.is("builtins", $name) => Ok(Self),
                    _ => Err(cursor.mismatch($name)),
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($name)
            }
        }
    )*};
}

constants! {
    /// Python's `Ellipsis`, also written `...`.
    Ellipsis = "Ellipsis";
    /// Python's `NotImplemented`.
    NotImplemented = "NotImplemented";
}
