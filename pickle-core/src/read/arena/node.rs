//! The names of the values of a pickle: one number each, narrow in the arena, wide outside.

use crate::read::arena::{AnyArena, Arena};

/// One value of a pickle, and its identity: two places that hold the same `Node` hold the same
/// object.
///
/// A scalar or string is the offset of its opcode in the input: nothing is copied. Everything
/// else is the index of a container in the arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Node(u64);

/// Where a node's content is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the input, at the opcode of this offset.
    Scalar(usize),
    /// In the arena, in the container of this index.
    Container(usize),
}

impl Node {
    /// No node.
    pub(crate) const NONE: Self = Self(u64::MAX);

    const CONTAINER: u64 = 1 << 63;

    #[inline]
    pub(crate) fn place(self) -> Place {
        let index = (self.0 & !Self::CONTAINER) as usize;
        if self.0 & Self::CONTAINER == 0 {
            Place::Scalar(index)
        } else {
            Place::Container(index)
        }
    }
}

impl From<Place> for Node {
    #[inline]
    fn from(place: Place) -> Self {
        match place {
            Place::Scalar(offset) => Self(offset as u64),
            Place::Container(index) => Self(index as u64 | Self::CONTAINER),
        }
    }
}

/// A [`Node`] as the arena, the stack and the memo hold it: `u32` for inputs below 512 MiB,
/// `u64` above.
///
/// The number also serves for lengths and positions inside the arena. Half the width means half
/// the memory to fill, and filling it is most of what the machine does.
pub(crate) trait Word: Copy + PartialEq + 'static {
    /// No node. A word of all ones is the last container, which no input is long enough to make.
    const EMPTY: Self;

    fn from_place(place: Place) -> Self;
    fn place(self) -> Place;
    fn from_index(index: usize) -> Self;
    fn index(self) -> usize;
    /// Hides the width of a finished arena.
    fn finish(arena: Arena<Self>) -> AnyArena;
}

macro_rules! word {
    ($word:ty, $width:ident) => {
        impl Word for $word {
            const EMPTY: Self = <$word>::MAX;

            #[inline]
            fn from_place(place: Place) -> Self {
                match place {
                    Place::Scalar(offset) => offset as $word,
                    Place::Container(index) => index as $word | 1 << (<$word>::BITS - 1),
                }
            }

            #[inline]
            fn place(self) -> Place {
                let index = (self & (<$word>::MAX >> 1)) as usize;
                if self >> (<$word>::BITS - 1) == 0 {
                    Place::Scalar(index)
                } else {
                    Place::Container(index)
                }
            }

            #[inline]
            fn from_index(index: usize) -> Self {
                index as $word
            }

            #[inline]
            fn index(self) -> usize {
                self as usize
            }

            fn finish(arena: Arena<Self>) -> AnyArena {
                AnyArena::$width(arena)
            }
        }
    };
}

/// A narrow word as a wide one.
pub(crate) fn widen(word: u32) -> u64 {
    match word {
        u32::EMPTY => u64::EMPTY,
        word => u64::from_place(word.place()),
    }
}

word!(u32, Narrow);
word!(u64, Wide);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_places() {
        for place in [
            Place::Scalar(0),
            Place::Scalar(77),
            Place::Container(0),
            Place::Container(9),
        ] {
            assert_eq!(u32::from_place(place).place(), place);
            assert_eq!(u64::from_place(place).place(), place);
            assert_eq!(Node::from(place).place(), place);
        }
        assert_eq!(
            u64::from_place(Place::Scalar(1 << 40)).place(),
            Place::Scalar(1 << 40)
        );
    }
}
