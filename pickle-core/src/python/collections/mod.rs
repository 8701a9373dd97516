//! Python's `collections`: dicts with more to them, counters, queues with two ends.
//!
//! These hold keys and values of any type, [`Value`](crate::Value) by default. Keys are kept in
//! their order and not compared, so that they need no more than to be read and written; what a
//! pickle holds twice is there twice. Convert them to a map to look something up:
//!
//! ```
//! # use pickle_core as pickle;
//! use pickle::python::collections::OrderedDict;
//! use std::collections::HashMap;
//!
//! let prices = OrderedDict::from_iter([("tea".to_owned(), 2.5), ("cake".to_owned(), 4.0)]);
//! let bytes = pickle::dumps(&prices)?;
//! let back: OrderedDict<String, f64> = pickle::loads(&bytes)?;
//! let map: HashMap<_, _> = back.entries.into_iter().collect();
//! assert_eq!(map["cake"], 4.0);
//! # Ok::<(), pickle::Error>(())
//! ```

mod counter;
mod default_dict;
mod deque;
mod ordered_dict;

pub use counter::Counter;
pub use default_dict::DefaultDict;
pub use deque::Deque;
pub use ordered_dict::OrderedDict;

use crate::error::Result;
use crate::{Cursor, Encoder, InstanceReader, Pickle, ReduceEncoder, Unpickle};

/// A plain dict as a list of its entries.
struct Entries<K, V>(Vec<(K, V)>);

impl<'de, K: Unpickle<'de>, V: Unpickle<'de>> Unpickle<'de> for Entries<K, V> {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut pairs = cursor.dict()?;
        let mut entries = Vec::new();
        while let Some(entry) = pairs.next()? {
            entries.push(entry);
        }
        Ok(Self(entries))
    }
}

/// A plain dict of entries.
struct AsDict<'a, K, V>(&'a [(K, V)]);

impl<K: Pickle, V: Pickle> Pickle for AsDict<'_, K, V> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let mut dict = encoder.dict(self.0.len())?;
        for (key, value) in self.0 {
            dict.entry(key, value)?;
        }
        dict.end()
    }
}

/// Writes the entries of an instance.
fn write_entries<K: Pickle, V: Pickle>(
    instance: &mut ReduceEncoder<'_, '_>,
    entries: &[(K, V)],
) -> Result<()> {
    let mut pairs = instance.pairs(entries.len())?;
    for (key, value) in entries {
        pairs.entry(key, value)?;
    }
    pairs.end()
}

/// Reads the entries of an instance: those of an argument, as Python 2 has them, and those that were
/// stored in it.
fn read_entries<'de, K: Unpickle<'de>, V: Unpickle<'de>>(
    instance: &mut InstanceReader<'_, 'de>,
) -> Result<Vec<(K, V)>> {
    let mut entries: Vec<(K, V)> = Vec::new();
    if let Some(first) = instance.arg("items")? {
        entries = first;
    }
    if let Some(Entries(stored)) = instance.pairs()? {
        entries.extend(stored);
    }
    Ok(entries)
}

macro_rules! dict_like {
    ($type:ident) => {
        impl<K, V> IntoIterator for $type<K, V> {
            type Item = (K, V);
            type IntoIter = std::vec::IntoIter<(K, V)>;

            fn into_iter(self) -> Self::IntoIter {
                self.entries.into_iter()
            }
        }

        impl<'a, K, V> IntoIterator for &'a $type<K, V> {
            type Item = &'a (K, V);
            type IntoIter = std::slice::Iter<'a, (K, V)>;

            fn into_iter(self) -> Self::IntoIter {
                self.entries.iter()
            }
        }

        impl<K, V> FromIterator<(K, V)> for $type<K, V> {
            fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
                Self::from(entries.into_iter().collect::<Vec<_>>())
            }
        }
    };
}
use dict_like;
