//! Python's `tuple`.

use std::fmt;
use std::ops::Deref;

use triomphe::Arc;

use super::fall::{self, Node};
use super::hash::Cache;
use super::{Value, equal, repr};

/// A Python `tuple`. A clone is the same object, and there is one empty tuple, as in Python.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::value::Tuple;
///
/// let tuple = Tuple::from(vec![1.into(), "two".into()]);
/// assert_eq!(tuple[1].as_str(), Some("two"));
/// assert_eq!(tuple.to_string(), "(1, 'two')");
/// assert!(Tuple::new().ptr_eq(&Tuple::default()));
/// ```
// No allocation for the empty tuple, which is what most instances are constructed with.
#[derive(Clone, Default)]
pub struct Tuple(Option<Arc<Items>>);

struct Items {
    hash: Cache,
    items: Vec<Value>,
}

impl Clone for Items {
    fn clone(&self) -> Self {
        Self {
            hash: Cache::default(),
            items: self.items.clone(),
        }
    }
}

/// The one empty tuple.
pub(super) static EMPTY: Tuple = Tuple(None);

impl Tuple {
    /// Returns the empty tuple.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives the items to change. Python's tuples do not change: this makes another tuple if the
    /// old one is shared.
    pub fn items_mut(&mut self) -> &mut [Value] {
        let Some(items) = &mut self.0 else {
            return &mut [];
        };
        let items = Arc::make_mut(items);
        items.hash = Cache::default();
        &mut items.items
    }

    /// Whether both are one object, Python's `is`.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        self.address() == other.address()
    }

    /// What tells this object from others while it lives.
    pub fn address(&self) -> *const () {
        self.0
            .as_ref()
            .map_or(std::ptr::null(), |items| Arc::as_ptr(items).cast())
    }

    pub(super) fn is_shared(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|items| Arc::strong_count(items) > 1)
    }

    /// The place for the hash, which the empty tuple has none.
    pub(super) fn hash_cache(&self) -> Option<&Cache> {
        self.0.as_ref().map(|items| &items.hash)
    }

    pub(super) fn fall(self, stack: &mut Vec<Value>) {
        if let Some(items) = self.0 {
            fall::unfold(items, stack);
        }
    }
}

impl Node for Items {
    fn nests(&self) -> bool {
        self.items.iter().any(Value::is_container)
    }

    fn drain(&mut self, stack: &mut Vec<Value>) {
        stack.extend(self.items.drain(..).filter(fall::is_last));
    }
}

impl Drop for Items {
    fn drop(&mut self) {
        fall::finish(self);
    }
}

impl Deref for Tuple {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        self.0.as_ref().map_or(&[], |items| &items.items)
    }
}

impl From<Vec<Value>> for Tuple {
    fn from(items: Vec<Value>) -> Self {
        Self((!items.is_empty()).then(|| {
            Arc::new(Items {
                hash: Cache::default(),
                items,
            })
        }))
    }
}

impl From<Tuple> for Vec<Value> {
    /// The items, copied only if the tuple is shared.
    fn from(tuple: Tuple) -> Self {
        match tuple.0.map(Arc::try_unwrap) {
            None => Vec::new(),
            Some(Ok(mut items)) => std::mem::take(&mut items.items),
            Some(Err(shared)) => shared.items.clone(),
        }
    }
}

impl<T: Into<Value>> FromIterator<T> for Tuple {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        items.into_iter().map(Into::into).collect::<Vec<_>>().into()
    }
}

impl IntoIterator for Tuple {
    type Item = Value;
    type IntoIter = std::vec::IntoIter<Value>;

    fn into_iter(self) -> Self::IntoIter {
        Vec::from(self).into_iter()
    }
}

impl<'a> IntoIterator for &'a Tuple {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl PartialEq for Tuple {
    fn eq(&self, other: &Self) -> bool {
        self.ptr_eq(other) || equal::sequences(self, other)
    }
}

/// Python's `repr`.
impl fmt::Display for Tuple {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        repr::show(&Value::Tuple(self.clone()), f)
    }
}

impl fmt::Debug for Tuple {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
