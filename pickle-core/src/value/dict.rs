//! Python's `dict`.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use triomphe::Arc;

use super::fall;
use super::table::{Entry, Table};
use super::{Key, Lookup, Value, equal, repr};
use crate::error::Result;

/// A Python `dict`: keeps the order of insertion, compares keys as Python does. A clone is the same
/// object until one of the two is changed.
///
/// `1`, `1.0` and `True` are one key; the first of them stays, with the last value. A NaN is never
/// equal to another. An instance of an unknown class is a key by identity, as Python's plain
/// objects are, for what its class says about equality is not in the pickle.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::value::Dict;
///
/// let mut dict = Dict::new();
/// dict.insert("name", "Ada");
/// dict.insert((3, 4), vec![5.0]);
/// assert_eq!(dict.get("name").and_then(|name| name.as_str()), Some("Ada"));
/// assert_eq!(dict.to_string(), "{'name': 'Ada', (3, 4): [5.0]}");
/// ```
#[derive(Clone, Default)]
pub struct Dict(Arc<Table<Value>>);

impl Dict {
    /// Returns an empty dict.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns an empty dict with room for this many entries.
    pub fn with_capacity(capacity: usize) -> Self {
        Self(Arc::new(Table::with_capacity(capacity)))
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.0.entries().len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a key. What cannot be a key, such as a list, has none.
    pub fn get(&self, key: impl Lookup) -> Option<&Value> {
        Some(&self.0.entries()[key.query().position(&self.0)?].value)
    }

    /// The value of a key, to be changed. The dict is copied first if it is shared.
    pub fn get_mut(&mut self, key: impl Lookup) -> Option<&mut Value> {
        let position = key.query().position(&self.0)?;
        Arc::make_mut(&mut self.0).value_mut(position)
    }

    /// Whether there is such a key.
    pub fn contains_key(&self, key: impl Lookup) -> bool {
        key.query().position(&self.0).is_some()
    }

    /// Adds an entry whose key is of a type that can always be one, and returns the value that it
    /// replaced.
    pub fn insert(&mut self, key: impl Key, value: impl Into<Value>) -> Option<Value> {
        self.try_insert(key, value).unwrap_or_default()
    }

    /// Adds an entry, and returns the value that it replaced. An equal key that was there stays.
    ///
    /// # Errors
    ///
    /// Python's `TypeError` when the key is or contains a list, a dict, a set or a bytearray.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// use pickle::value::{Dict, List};
    ///
    /// let error = Dict::new().try_insert(List::new(), 1).unwrap_err();
    /// assert_eq!(error.message(), "unhashable type: 'list'");
    /// assert_eq!(error.python_type(), "TypeError");
    /// ```
    pub fn try_insert(
        &mut self,
        key: impl Into<Value>,
        value: impl Into<Value>,
    ) -> Result<Option<Value>> {
        Arc::make_mut(&mut self.0).insert(key.into(), value.into())
    }

    /// Takes an entry out and returns its value. The others keep their order, at the price of
    /// looking at all of them.
    pub fn remove(&mut self, key: impl Lookup) -> Option<Value> {
        let position = key.query().position(&self.0)?;
        Some(Arc::make_mut(&mut self.0).remove(position).value)
    }

    /// Removes every entry.
    pub fn clear(&mut self) {
        Arc::make_mut(&mut self.0).clear();
    }

    /// The entries in order of insertion.
    pub fn iter(&self) -> Iter<'_> {
        Iter(self.0.entries().iter())
    }

    /// The keys in order of insertion.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Value> + DoubleEndedIterator {
        self.iter().map(|(key, _)| key)
    }

    /// The values in order of insertion.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Value> + DoubleEndedIterator {
        self.iter().map(|(_, value)| value)
    }

    /// The entries, the values to be changed. The dict is copied first if it is shared.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&Value, &mut Value)> {
        Arc::make_mut(&mut self.0).values_mut()
    }

    /// Whether both are one object, Python's `is`.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// What tells this object from others while it lives.
    pub fn address(&self) -> *const () {
        Arc::as_ptr(&self.0).cast()
    }

    pub(super) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    pub(super) fn table(&self) -> &Table<Value> {
        &self.0
    }

    pub(super) fn fall(self, stack: &mut Vec<Value>) {
        fall::unfold(self.0, stack);
    }
}

/// The entries of a [`Dict`], in order of insertion.
#[derive(Clone)]
pub struct Iter<'a>(std::slice::Iter<'a, Entry<Value>>);

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a Value, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|entry| (&entry.key, &entry.value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(|entry| (&entry.key, &entry.value))
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl From<Table<Value>> for Dict {
    fn from(entries: Table<Value>) -> Self {
        Self(Arc::new(entries))
    }
}

impl<'a> IntoIterator for &'a Dict {
    type Item = (&'a Value, &'a Value);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl IntoIterator for Dict {
    type Item = (Value, Value);
    type IntoIter = std::vec::IntoIter<(Value, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        let entries = Arc::unwrap_or_clone(self.0).take();
        entries
            .into_iter()
            .map(|entry| (entry.key, entry.value))
            .collect::<Vec<_>>()
            .into_iter()
    }
}

impl<K: Key, V: Into<Value>> FromIterator<(K, V)> for Dict {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut dict = Self::new();
        dict.extend(entries);
        dict
    }
}

impl<K: Key, V: Into<Value>> Extend<(K, V)> for Dict {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Key, V: Into<Value>, const N: usize> From<[(K, V); N]> for Dict {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<K: Key, V: Into<Value>> From<BTreeMap<K, V>> for Dict {
    fn from(map: BTreeMap<K, V>) -> Self {
        map.into_iter().collect()
    }
}

impl<K: Key, V: Into<Value>, S> From<HashMap<K, V, S>> for Dict {
    fn from(map: HashMap<K, V, S>) -> Self {
        map.into_iter().collect()
    }
}

impl PartialEq for Dict {
    /// Equal entries, in any order.
    fn eq(&self, other: &Self) -> bool {
        self.ptr_eq(other) || equal::tables(self.table(), other.table())
    }
}

/// Python's `repr`.
impl fmt::Display for Dict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        repr::show(&Value::Dict(self.clone()), f)
    }
}

impl fmt::Debug for Dict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
