//! Maps and sets that keep their order, of the `indexmap` crate.

use std::hash::{BuildHasher, Hash};

use ::indexmap::{IndexMap, IndexSet};

use crate::error::Result;
use crate::{Cursor, Encoder, Kind, Pickle, Unpickle};

/// Python's dict.
impl<K: Pickle, V: Pickle, S> Pickle for IndexMap<K, V, S> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let mut dict = encoder.dict(self.len())?;
        for (key, value) in self {
            dict.entry(key, value)?;
        }
        dict.end()
    }
}

/// Reads a dict, or one of the dicts of `collections`. Of equal keys the last value counts, at the
/// place of the first, as in Python.
impl<'de, K, V, S> Unpickle<'de> for IndexMap<K, V, S>
where
    K: Unpickle<'de> + Eq + Hash,
    V: Unpickle<'de>,
    S: BuildHasher + Default,
{
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut map = Self::with_hasher(S::default());
        if cursor.kind() == Kind::Object {
            super::map::read_entries(cursor, |key, value| {
                map.insert(key, value);
            })?;
            return Ok(map);
        }
        let mut pairs = cursor.dict()?;
        while let Some((key, value)) = pairs.next()? {
            map.insert(key, value);
        }
        Ok(map)
    }
}

/// Python's set, in the order of this one.
impl<T: Pickle, S> Pickle for IndexSet<T, S> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let mut set = encoder.set(self.len())?;
        for item in self {
            set.item(item)?;
        }
        set.end()
    }
}

/// Reads a set or a frozenset.
impl<'de, T, S> Unpickle<'de> for IndexSet<T, S>
where
    T: Unpickle<'de> + Eq + Hash,
    S: BuildHasher + Default,
{
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut items = cursor.set()?;
        let mut set = Self::with_hasher(S::default());
        while let Some(item) = items.next()? {
            set.insert(item);
        }
        Ok(set)
    }
}
