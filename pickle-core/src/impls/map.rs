//! Dicts.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};
use std::hint::black_box;

use crate::error::Result;
use crate::python::collections::{Counter, DefaultDict, OrderedDict};
use crate::read::{Cursor, Unpickle};
use crate::write::{Encoder, Pickle};
use crate::{Instance, Kind, Value};

/// Reads the entries of a dict, or of one of the dicts of `collections`, which has more to it than a
/// map can say.
pub(super) fn read_entries<'de, K: Unpickle<'de>, V: Unpickle<'de>>(
    cursor: Cursor<'_, 'de>,
    mut insert: impl FnMut(K, V),
) -> Result<()> {
    let entries = if cursor.is_instance(<OrderedDict>::CLASS) {
        OrderedDict::unpickle(cursor)?.entries
    } else if cursor.is_instance(<DefaultDict>::CLASS) {
        DefaultDict::unpickle(cursor)?.entries
    } else if cursor.is_instance(<Counter<Value, Value>>::CLASS) {
        Counter::unpickle(cursor)?.entries
    } else {
        return Err(cursor.mismatch("dict"));
    };
    for (key, value) in entries {
        insert(key, value);
    }
    Ok(())
}

/// Python's dict, in the map's own order, which differs from run to run.
///
/// What the entries point to lies in any order in memory. A processor waits for many of them at a time
/// if asked for nothing else in between.
impl<K: Pickle, V: Pickle, S> Pickle for HashMap<K, V, S> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        const AT_A_TIME: usize = 16;
        let mut dict = encoder.dict(self.len())?;
        let mut entries = self.iter();
        while entries.len() > 0 {
            let mut few = [None; AT_A_TIME];
            for (entry, next) in few.iter_mut().zip(&mut entries) {
                *entry = Some(next);
            }
            let few = few.iter().flatten();
            let touch = |sum, (key, value): &(&K, &V)| sum ^ K::touch(key) ^ V::touch(value);
            black_box(few.clone().fold(0, touch));
            for (key, value) in few {
                dict.entry(*key, *value)?;
            }
        }
        dict.end()
    }
}

/// Reads a dict, or one of the dicts of `collections`. Of equal keys the last counts.
impl<'de, K, V, S> Unpickle<'de> for HashMap<K, V, S>
where
    K: Unpickle<'de> + Eq + Hash,
    V: Unpickle<'de>,
    S: BuildHasher + Default,
{
    const STREAMS: bool = true;

    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        if cursor.kind() == Kind::Object {
            let mut map = Self::default();
            read_entries(cursor, |key, value| {
                map.insert(key, value);
            })?;
            return Ok(map);
        }
        let mut pairs = cursor.dict()?;
        let capacity = super::capacity::<(K, V)>(pairs.len());
        let mut map = Self::with_capacity_and_hasher(capacity, S::default());
        while let Some((key, value)) = pairs.next()? {
            // To grow is to hash every key anew.
            if map.len() == map.capacity() {
                map.reserve(pairs.room(map.len()).max(1));
            }
            map.insert(key, value);
        }
        // Room was made for what seemed to come.
        if map.capacity() > 4 * map.len().max(1000) {
            map.shrink_to_fit();
        }
        Ok(map)
    }
}

/// Python's dict, in the order of the keys.
impl<K: Pickle, V: Pickle> Pickle for BTreeMap<K, V> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let mut dict = encoder.dict(self.len())?;
        for (key, value) in self {
            dict.entry(key, value)?;
        }
        dict.end()
    }
}

/// Reads a dict, or one of the dicts of `collections`. Of equal keys the last counts.
impl<'de, K, V> Unpickle<'de> for BTreeMap<K, V>
where
    K: Unpickle<'de> + Ord,
    V: Unpickle<'de>,
{
    const STREAMS: bool = true;

    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        if cursor.kind() == Kind::Object {
            let mut map = Self::new();
            read_entries(cursor, |key, value| {
                map.insert(key, value);
            })?;
            return Ok(map);
        }
        let mut pairs = cursor.dict()?;
        let mut map = Self::new();
        while let Some((key, value)) = pairs.next()? {
            map.insert(key, value);
        }
        Ok(map)
    }
}
