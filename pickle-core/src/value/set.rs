//! Python's `set` and `frozenset`.

use std::collections::{BTreeSet, HashSet};
use std::fmt;

use triomphe::Arc;

use super::fall::{self, Node};
use super::hash::{self, Cache};
use super::table::{Entry, Table};
use super::{Key, Lookup, Value, equal, repr};
use crate::error::Result;

/// A Python `set`. It keeps the order of insertion, which Python does not, and compares elements as
/// [`Dict`](super::Dict) does its keys. A clone is the same object until one of the two is changed.
///
/// ```
/// # use pickle_core as pickle;
/// let set: pickle::value::Set = [1, 2, 2, 3].into_iter().collect();
/// assert_eq!(set.len(), 3);
/// assert!(set.contains(2.0));
/// assert_eq!(set.to_string(), "{1, 2, 3}");
/// ```
#[derive(Clone, Default)]
pub struct Set(Arc<Table<()>>);

impl Set {
    /// Returns an empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns an empty set with room for this many elements.
    pub fn with_capacity(capacity: usize) -> Self {
        Self(Arc::new(Table::with_capacity(capacity)))
    }

    /// Adds an element of a type that can always be one; `false` if there was an equal one, which
    /// then stays.
    pub fn insert(&mut self, element: impl Key) -> bool {
        self.try_insert(element).unwrap_or_default()
    }

    /// Adds an element; `false` if there was an equal one, which then stays.
    ///
    /// # Errors
    ///
    /// Python's `TypeError` when it is or contains a list, a dict, a set or a bytearray.
    pub fn try_insert(&mut self, element: impl Into<Value>) -> Result<bool> {
        Ok(Arc::make_mut(&mut self.0)
            .insert(element.into(), ())?
            .is_none())
    }

    /// Takes an element out, if there is an equal one. The others keep their order, at the price of
    /// looking at all of them.
    pub fn remove(&mut self, element: impl Lookup) -> Option<Value> {
        let position = element.query().position(&self.0)?;
        Some(Arc::make_mut(&mut self.0).remove(position).key)
    }

    /// Removes every element.
    pub fn clear(&mut self) {
        Arc::make_mut(&mut self.0).clear();
    }

    pub(super) fn table(&self) -> &Table<()> {
        &self.0
    }

    pub(super) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    pub(super) fn fall(self, stack: &mut Vec<Value>) {
        fall::unfold(self.0, stack);
    }
}

/// A Python `frozenset`: a [`Set`] that no longer changes, and can be a key.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::value::{FrozenSet, Set};
///
/// let frozen = FrozenSet::from_iter(["a"]);
/// assert_eq!(frozen.to_string(), "frozenset({'a'})");
/// assert_eq!(frozen, Set::from_iter(["a"]));
/// ```
#[derive(Clone, Default)]
pub struct FrozenSet(Arc<Frozen>);

#[derive(Default)]
struct Frozen {
    hash: Cache,
    table: Table<()>,
}

impl FrozenSet {
    /// Returns an empty frozenset.
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn table(&self) -> &Table<()> {
        &self.0.table
    }

    pub(super) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    pub(super) fn hash(&self) -> u64 {
        self.0
            .hash
            .get_or(|| hash::set(self.table().entries().iter().map(|entry| entry.hash)))
    }

    pub(super) fn fall(self, stack: &mut Vec<Value>) {
        fall::unfold(self.0, stack);
    }
}

// The table has a `Drop` of its own.
impl Node for Frozen {
    fn nests(&self) -> bool {
        self.table.nests()
    }

    fn drain(&mut self, stack: &mut Vec<Value>) {
        self.table.drain(stack);
    }
}

impl From<Table<()>> for Set {
    fn from(elements: Table<()>) -> Self {
        Self(Arc::new(elements))
    }
}

impl From<Set> for FrozenSet {
    /// The elements, copied only if the set is shared.
    fn from(set: Set) -> Self {
        let table = Arc::unwrap_or_clone(set.0);
        Self(Arc::new(Frozen {
            hash: Cache::default(),
            table,
        }))
    }
}

impl From<FrozenSet> for Set {
    /// The elements, copied only if the frozenset is shared.
    fn from(set: FrozenSet) -> Self {
        let table = match Arc::try_unwrap(set.0) {
            Ok(frozen) => frozen.table,
            Err(shared) => shared.table.clone(),
        };
        Self(Arc::new(table))
    }
}

/// The elements of a [`Set`] or [`FrozenSet`], in order of insertion.
#[derive(Clone)]
pub struct Iter<'a>(std::slice::Iter<'a, Entry<()>>);

impl<'a> Iterator for Iter<'a> {
    type Item = &'a Value;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|entry| &entry.key)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(|entry| &entry.key)
    }
}

impl ExactSizeIterator for Iter<'_> {}

macro_rules! both {
    ($($type:ident)*) => {$(
        impl $type {
            /// The number of elements.
            pub fn len(&self) -> usize {
                self.table().entries().len()
            }

            /// Whether there is no element.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// Whether there is an equal element.
            pub fn contains(&self, element: impl Lookup) -> bool {
                element.query().position(self.table()).is_some()
            }

            /// The elements in order of insertion.
            pub fn iter(&self) -> Iter<'_> {
                Iter(self.table().entries().iter())
            }

            /// Whether both are one object, Python's `is`.
            pub fn ptr_eq(&self, other: &Self) -> bool {
                Arc::ptr_eq(&self.0, &other.0)
            }

            /// What tells this object from others while it lives.
            pub fn address(&self) -> *const () {
                Arc::as_ptr(&self.0).cast()
            }
        }

        impl<'a> IntoIterator for &'a $type {
            type Item = &'a Value;
            type IntoIter = Iter<'a>;

            fn into_iter(self) -> Iter<'a> {
                self.iter()
            }
        }

        impl IntoIterator for $type {
            type Item = Value;
            type IntoIter = std::vec::IntoIter<Value>;

            fn into_iter(self) -> Self::IntoIter {
                let entries = Arc::unwrap_or_clone(Set::from(self).0).take();
                entries.into_iter().map(|entry| entry.key).collect::<Vec<_>>().into_iter()
            }
        }

        impl<T: Key> FromIterator<T> for $type {
            fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
                let mut set = Set::new();
                set.extend(elements);
                set.into()
            }
        }

        impl<T: Key, const N: usize> From<[T; N]> for $type {
            fn from(elements: [T; N]) -> Self {
                elements.into_iter().collect()
            }
        }

        impl<T: Key> From<BTreeSet<T>> for $type {
            fn from(set: BTreeSet<T>) -> Self {
                set.into_iter().collect()
            }
        }

        impl<T: Key, S> From<HashSet<T, S>> for $type {
            fn from(set: HashSet<T, S>) -> Self {
                set.into_iter().collect()
            }
        }

        impl PartialEq for $type {
            /// Equal elements, in any order.
            fn eq(&self, other: &Self) -> bool {
                self.ptr_eq(other) || equal::tables(self.table(), other.table())
            }
        }

        /// Python's `repr`.
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                repr::show(&Value::$type(self.clone()), f)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )*};
}
both!(Set FrozenSet);

impl<T: Key> Extend<T> for Set {
    fn extend<I: IntoIterator<Item = T>>(&mut self, elements: I) {
        for element in elements {
            self.insert(element);
        }
    }
}

impl PartialEq<FrozenSet> for Set {
    fn eq(&self, other: &FrozenSet) -> bool {
        equal::tables(self.table(), other.table())
    }
}

impl PartialEq<Set> for FrozenSet {
    fn eq(&self, other: &Set) -> bool {
        other == self
    }
}
