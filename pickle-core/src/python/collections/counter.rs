//! `collections.Counter`

use super::{AsDict, Entries, dict_like};
use crate::error::Result;
use crate::python::python_class;
use crate::{Cursor, Encoder, Instance, Pickle, Unpickle, Value};

/// A `collections.Counter`: how often there is what. Python lets counts be anything; those of a
/// counter that only counts are ints.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::python::collections::Counter;
///
/// let words = Counter::from_iter([("to", 2), ("be", 2), ("or", 1)]);
/// let bytes = pickle::dumps(&words)?;
/// assert_eq!(pickle::loads::<Counter<&str>>(&bytes)?, words);
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Counter<K = Value, V = i64> {
    /// What is counted, and how often it is there.
    pub entries: Vec<(K, V)>,
}

python_class! { Counter<Value, Value> = "collections", "Counter" }

dict_like! { Counter }

impl<K, V> Default for Counter<K, V> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<K, V> From<Vec<(K, V)>> for Counter<K, V> {
    fn from(entries: Vec<(K, V)>) -> Self {
        Self { entries }
    }
}

impl<K: Pickle, V: Pickle> Pickle for Counter<K, V> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let class = <Counter<Value, Value>>::CLASS;
        encoder.reduce(class, &(AsDict(&self.entries),))?.end()
    }
}

impl<'de, K: Unpickle<'de>, V: Unpickle<'de>> Unpickle<'de> for Counter<K, V> {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut instance = cursor.instance(<Counter<Value, Value>>::CLASS)?;
        let counts = instance.arg::<Entries<K, V>>("iterable")?;
        let mut entries = counts.map_or_else(Vec::new, |Entries(entries)| entries);
        // A subclass may store them one by one.
        if let Some(Entries(stored)) = instance.pairs()? {
            entries.extend(stored);
        }
        instance.end()?;
        Ok(Self { entries })
    }
}
