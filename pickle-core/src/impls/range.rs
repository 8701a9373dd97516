//! Ranges.

use std::ops::Range;

use num_bigint::BigInt;

use crate::error::{Error, Result};
use crate::python::builtins;
use crate::{Cursor, Encoder, Pickle, Unpickle};

macro_rules! ranges {
    ($($int:ident)*) => {$(
        /// A `range` in steps of one.
        impl From<Range<$int>> for builtins::Range {
            fn from(range: Range<$int>) -> Self {
                Self::by_one(range.start, range.end)
            }
        }

        impl TryFrom<builtins::Range> for Range<$int> {
            type Error = Error;

            /// # Errors
            ///
            /// When the step is not one, or a number does not fit.
            fn try_from(range: builtins::Range) -> Result<Self> {
                let ends = ($int::try_from(range.start()), $int::try_from(range.stop()));
                match ends {
                    (Ok(start), Ok(stop)) if *range.step() == BigInt::from(1) => Ok(start..stop),
                    _ => Err(Error::custom(format_args!(
                        "{range} is no Range<{}>: those are in steps of one",
                        stringify!($int)
                    ))),
                }
            }
        }

        /// `range`, in steps of one
        impl Pickle for Range<$int> {
            fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
                builtins::Range::from(self.clone()).pickle(encoder)
            }
        }

        /// Reads a `range` in steps of one.
        impl<'de> Unpickle<'de> for Range<$int> {
            fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
                builtins::Range::unpickle(cursor)?.try_into()
            }
        }
    )*};
}
ranges! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize }
