//! Sets and frozensets.

use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasher, Hash};
use std::ops::{Deref, DerefMut};

use crate::error::Result;
use crate::read::{Cursor, Unpickle};
use crate::write::{Encoder, Pickle, SetEncoder};

fn pickle_items<'a, T: Pickle + 'a>(
    mut set: SetEncoder<'_, '_>,
    items: impl IntoIterator<Item = &'a T>,
) -> Result<()> {
    for item in items {
        set.item(item)?;
    }
    set.end()
}

/// Python's set, in the set's own order, which differs from run to run.
impl<T: Pickle, S> Pickle for HashSet<T, S> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        pickle_items(encoder.set(self.len())?, self)
    }
}

/// Reads a set or a frozenset.
impl<'de, T, S> Unpickle<'de> for HashSet<T, S>
where
    T: Unpickle<'de> + Eq + Hash,
    S: BuildHasher + Default,
{
    const STREAMS: bool = true;

    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut items = cursor.set()?;
        let capacity = super::capacity::<T>(items.len());
        let mut set = Self::with_capacity_and_hasher(capacity, S::default());
        while let Some(item) = items.next()? {
            set.insert(item);
        }
        Ok(set)
    }
}

/// Python's set, in the order of its elements.
impl<T: Pickle> Pickle for BTreeSet<T> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        pickle_items(encoder.set(self.len())?, self)
    }
}

/// Reads a set or a frozenset.
impl<'de, T: Unpickle<'de> + Ord> Unpickle<'de> for BTreeSet<T> {
    const STREAMS: bool = true;

    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut items = cursor.set()?;
        let mut set = Self::new();
        while let Some(item) = items.next()? {
            set.insert(item);
        }
        Ok(set)
    }
}

/// Python's `frozenset`, around a set of any kind.
///
/// A plain `HashSet` or `BTreeSet` is Python's `set`. Both read either.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::FrozenSet;
/// use std::collections::BTreeSet;
///
/// let frozen = FrozenSet(BTreeSet::from([1, 2]));
/// let bytes = pickle::dumps(&frozen)?;
/// assert_eq!(pickle::loads::<FrozenSet<BTreeSet<i32>>>(&bytes)?, frozen);
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrozenSet<S>(pub S);

impl<T: Pickle, S> Pickle for FrozenSet<HashSet<T, S>> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        pickle_items(encoder.frozenset(self.0.len())?, &self.0)
    }
}

impl<T: Pickle> Pickle for FrozenSet<BTreeSet<T>> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        pickle_items(encoder.frozenset(self.0.len())?, &self.0)
    }
}

/// Reads what the set inside reads.
impl<'de, S: Unpickle<'de>> Unpickle<'de> for FrozenSet<S> {
    const STREAMS: bool = true;

    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        cursor.read().map(Self)
    }
}

impl<S> From<S> for FrozenSet<S> {
    fn from(set: S) -> Self {
        Self(set)
    }
}

impl<S> Deref for FrozenSet<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.0
    }
}

impl<S> DerefMut for FrozenSet<S> {
    fn deref_mut(&mut self) -> &mut S {
        &mut self.0
    }
}
