//! Python's `list`.

use std::fmt;
use std::ops::{Deref, DerefMut};

use triomphe::Arc;

use super::fall::{self, Node};
use super::{Value, equal, repr};

/// A Python `list`. A clone is the same object until one of the two is changed.
///
/// It reads like a slice; [`make_mut`](Self::make_mut) gives the vector behind it.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::value::List;
///
/// let mut list: List = (1..=3).collect();
/// let before = list.clone();
/// list.push("four");
/// assert_eq!(list.to_string(), "[1, 2, 3, 'four']");
/// assert_eq!(before.len(), 3);
/// ```
#[derive(Clone, Default)]
pub struct List(Arc<Items>);

#[derive(Clone, Default)]
struct Items(Vec<Value>);

impl List {
    /// Returns an empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends an item.
    pub fn push(&mut self, item: impl Into<Value>) {
        self.make_mut().push(item.into());
    }

    /// Gives the items to change, copied first if the list is shared.
    pub fn make_mut(&mut self) -> &mut Vec<Value> {
        &mut Arc::make_mut(&mut self.0).0
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

    pub(super) fn fall(self, stack: &mut Vec<Value>) {
        fall::unfold(self.0, stack);
    }
}

impl Node for Items {
    fn nests(&self) -> bool {
        self.0.iter().any(Value::is_container)
    }

    fn drain(&mut self, stack: &mut Vec<Value>) {
        stack.extend(self.0.drain(..).filter(fall::is_last));
    }
}

impl Drop for Items {
    fn drop(&mut self) {
        fall::finish(self);
    }
}

impl Deref for List {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.0.0
    }
}

impl DerefMut for List {
    fn deref_mut(&mut self) -> &mut [Value] {
        self.make_mut()
    }
}

impl From<Vec<Value>> for List {
    fn from(items: Vec<Value>) -> Self {
        Self(Arc::new(Items(items)))
    }
}

impl From<List> for Vec<Value> {
    /// The items, copied only if the list is shared.
    fn from(list: List) -> Self {
        std::mem::take(&mut Arc::unwrap_or_clone(list.0).0)
    }
}

impl<T: Into<Value>> FromIterator<T> for List {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        items.into_iter().map(Into::into).collect::<Vec<_>>().into()
    }
}

impl<T: Into<Value>> Extend<T> for List {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        self.make_mut().extend(items.into_iter().map(Into::into));
    }
}

impl IntoIterator for List {
    type Item = Value;
    type IntoIter = std::vec::IntoIter<Value>;

    fn into_iter(self) -> Self::IntoIter {
        Vec::from(self).into_iter()
    }
}

impl<'a> IntoIterator for &'a List {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl PartialEq for List {
    fn eq(&self, other: &Self) -> bool {
        self.ptr_eq(other) || equal::sequences(self, other)
    }
}

/// Python's `repr`.
impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        repr::show(&Value::List(self.clone()), f)
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
