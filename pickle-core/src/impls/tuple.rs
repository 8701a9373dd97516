//! Tuples of one to twelve items.

use crate::error::{Error, Result};
use crate::read::{Cursor, Unpickle};
use crate::write::{Encoder, Pickle};

macro_rules! tuples {
    ($($len:literal: $($item:ident $index:tt),*;)*) => {$(
        impl<$($item: Pickle),*> Pickle for ($($item,)*) {
            fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
                let mut tuple = encoder.tuple($len)?;
                $(tuple.item(&self.$index)?;)*
                tuple.end()
            }
        }

        /// Reads a tuple or a list of this length.
        impl<'de, $($item: Unpickle<'de>),*> Unpickle<'de> for ($($item,)*) {
            const STREAMS: bool = true;

            fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
                let mut items = cursor.tuple($len)?;
                let tuple = ($(match items.next::<$item>()? {
                    Some(item) => item,
                    None => return Err(shorter($len)),
                },)*);
                items.end()?;
                Ok(tuple)
            }
        }
    )*};
}

tuples! {
    1: A 0;
    2: A 0, B 1;
    3: A 0, B 1, C 2;
    4: A 0, B 1, C 2, D 3;
    5: A 0, B 1, C 2, D 3, E 4;
    6: A 0, B 1, C 2, D 3, E 4, F 5;
    7: A 0, B 1, C 2, D 3, E 4, F 5, G 6;
    8: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7;
    9: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8;
    10: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9;
    11: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10;
    12: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11;
}

/// The cursor has counted the items.
#[cold]
fn shorter(expected: usize) -> Error {
    Error::custom(format_args!("expected a tuple of {expected} items"))
}
