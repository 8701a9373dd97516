//! What `dict`, `set` and `frozenset` have in common: keys in order of insertion, found by hash.

use hashbrown::HashTable;

use super::fall::{self, Node};
use super::{Value, equal, hash};
use crate::error::Result;

/// What belongs to a key: a value in a dict, nothing in a set.
pub(super) trait Payload: Clone {
    fn value(&self) -> Option<&Value>;
    fn into_value(self) -> Option<Value>;
}

impl Payload for Value {
    fn value(&self) -> Option<&Value> {
        Some(self)
    }

    fn into_value(self) -> Option<Value> {
        Some(self)
    }
}

impl Payload for () {
    fn value(&self) -> Option<&Value> {
        None
    }

    fn into_value(self) -> Option<Value> {
        None
    }
}

#[derive(Clone)]
pub(super) struct Entry<V> {
    pub(super) hash: u64,
    pub(super) key: Value,
    pub(super) value: V,
}

#[derive(Clone)]
pub(super) struct Table<V: Payload> {
    entries: Vec<Entry<V>>,
    /// Positions in `entries`; none while these are so few that looking at each is faster.
    index: Option<Box<HashTable<usize>>>,
}

/// Most dicts are records with a handful of fields.
const WITHOUT_INDEX: usize = 16;

impl<V: Payload> Table<V> {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self {
            entries: Vec::with_capacity(capacity),
            index: None,
        }
    }

    pub(super) fn entries(&self) -> &[Entry<V>] {
        &self.entries
    }

    pub(super) fn value_mut(&mut self, position: usize) -> Option<&mut V> {
        self.entries.get_mut(position).map(|entry| &mut entry.value)
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = (&Value, &mut V)> {
        self.entries
            .iter_mut()
            .map(|entry| (&entry.key, &mut entry.value))
    }

    pub(super) fn take(&mut self) -> Vec<Entry<V>> {
        self.index = None;
        std::mem::take(&mut self.entries)
    }

    pub(super) fn clear(&mut self) {
        self.take();
    }

    /// The position of the key with this hash for which `is` holds.
    pub(super) fn find(&self, hash: u64, mut is: impl FnMut(&Value) -> bool) -> Option<usize> {
        let mut matches = |entry: &Entry<V>| entry.hash == hash && is(&entry.key);
        match &self.index {
            None => self.entries.iter().position(matches),
            Some(index) => index
                .find(hash, |position| matches(&self.entries[*position]))
                .copied(),
        }
    }

    /// The positions of the keys with this hash.
    pub(super) fn candidates(&self, hash: u64) -> impl Iterator<Item = usize> {
        let linear = match &self.index {
            None => self.entries.len(),
            Some(_) => 0,
        };
        let index = self.index.iter();
        let indexed = index.flat_map(move |index| index.iter_hash(hash).copied());
        (0..linear)
            .chain(indexed)
            .filter(move |position| self.entries[*position].hash == hash)
    }

    pub(super) fn find_key(&self, key: &Value) -> Option<usize> {
        // What cannot be a key is none of them. Python raises.
        let hash = hash::key(key).ok()?;
        self.find(hash, |other| equal::keys(other, key))
    }

    /// Adds an entry, or replaces the value of an equal key. The key that came first stays.
    pub(super) fn insert(&mut self, key: Value, value: V) -> Result<Option<V>> {
        let hash = hash::key(&key)?;
        if let Some(position) = self.find(hash, |other| equal::keys(other, &key)) {
            return Ok(Some(std::mem::replace(
                &mut self.entries[position].value,
                value,
            )));
        }
        self.push(Entry { hash, key, value });
        Ok(None)
    }

    /// As [`insert`](Self::insert), for who does not ask what was there.
    #[inline]
    pub(super) fn add(&mut self, key: Value, value: V) -> Result<()> {
        let hash = hash::key(&key)?;
        match self.find(hash, |other| equal::keys(other, &key)) {
            None => self.push(Entry { hash, key, value }),
            Some(position) => self.entries[position].value = value,
        }
        Ok(())
    }

    /// Adds the entry of a key that is not there yet.
    #[inline]
    fn push(&mut self, entry: Entry<V>) {
        let hash = entry.hash;
        self.entries.push(entry);
        let (entries, new) = (&self.entries, self.entries.len() - 1);
        match &mut self.index {
            Some(index) => {
                index.insert_unique(hash, new, |at| entries[*at].hash);
            }
            None if new < WITHOUT_INDEX => {}
            None => {
                let mut index = HashTable::with_capacity(entries.capacity());
                for (position, entry) in entries.iter().enumerate() {
                    index.insert_unique(entry.hash, position, |at| entries[*at].hash);
                }
                self.index = Some(Box::new(index));
            }
        }
    }

    /// Takes an entry out; those behind it move up.
    pub(super) fn remove(&mut self, position: usize) -> Entry<V> {
        let entry = self.entries.remove(position);
        if let Some(index) = &mut self.index {
            if let Ok(found) = index.find_entry(entry.hash, |at| *at == position) {
                found.remove();
            }
            for at in index.iter_mut().filter(|at| **at > position) {
                *at -= 1;
            }
        }
        entry
    }
}

impl<V: Payload> Default for Table<V> {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

impl<V: Payload> Node for Table<V> {
    fn nests(&self) -> bool {
        self.entries.iter().any(|entry| {
            entry.key.is_container() || entry.value.value().is_some_and(Value::is_container)
        })
    }

    fn drain(&mut self, stack: &mut Vec<Value>) {
        for entry in self.take() {
            stack.extend(Some(entry.key).filter(fall::is_last));
            stack.extend(entry.value.into_value().filter(fall::is_last));
        }
    }
}

impl<V: Payload> Drop for Table<V> {
    fn drop(&mut self) {
        fall::finish(self);
    }
}
