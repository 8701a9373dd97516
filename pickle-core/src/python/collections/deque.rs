//! `collections.deque`

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};

use crate::error::{Error, Result};
use crate::python::python_class;
use crate::{Cursor, Encoder, Instance, NoArgs, Pickle, Unpickle, Value};

/// A `collections.deque`, around Rust's `VecDeque`, which by itself is a list in Python.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::python::collections::Deque;
///
/// let recent = Deque::from_iter(["a", "b"]).with_maxlen(10);
/// let bytes = pickle::dumps(&recent)?;
/// assert_eq!(pickle::loads::<Deque<&str>>(&bytes)?, recent);
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deque<T = Value> {
    /// What is in it.
    pub items: VecDeque<T>,
    /// How many there can be; Python drops those at the other end for more.
    pub maxlen: Option<u64>,
}

python_class! { Deque = "collections", "deque" }

impl<T> Deque<T> {
    /// Sets how many items there can be. What is there already stays.
    #[must_use]
    pub fn with_maxlen(self, maxlen: u64) -> Self {
        let maxlen = Some(maxlen);
        Self { maxlen, ..self }
    }
}

impl<T> Default for Deque<T> {
    fn default() -> Self {
        VecDeque::new().into()
    }
}

impl<T> From<VecDeque<T>> for Deque<T> {
    fn from(items: VecDeque<T>) -> Self {
        let maxlen = None;
        Self { items, maxlen }
    }
}

impl<T> From<Deque<T>> for VecDeque<T> {
    fn from(deque: Deque<T>) -> Self {
        deque.items
    }
}

impl<T> FromIterator<T> for Deque<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        items.into_iter().collect::<VecDeque<_>>().into()
    }
}

impl<T> Deref for Deque<T> {
    type Target = VecDeque<T>;

    fn deref(&self) -> &VecDeque<T> {
        &self.items
    }
}

impl<T> DerefMut for Deque<T> {
    fn deref_mut(&mut self) -> &mut VecDeque<T> {
        &mut self.items
    }
}

impl<T: Pickle> Pickle for Deque<T> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let class = <Deque>::CLASS;
        let mut instance = match self.maxlen {
            Some(maxlen) => encoder.reduce(class, &(NoArgs, maxlen))?,
            None => encoder.reduce(class, &NoArgs)?,
        };
        let mut items = instance.items(self.items.len())?;
        for item in &self.items {
            items.item(item)?;
        }
        items.end()?;
        instance.end()
    }
}

impl<'de, T: Unpickle<'de>> Unpickle<'de> for Deque<T> {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut instance = cursor.instance(<Deque>::CLASS)?;
        // Python 2 gives the items as an argument, others append them.
        let mut items: VecDeque<T> = instance.arg("iterable")?.unwrap_or_default();
        let maxlen: Option<i64> = instance.arg("maxlen")?.flatten();
        if let Some(appended) = instance.items::<VecDeque<T>>()? {
            items.extend(appended);
        }
        instance.end()?;
        let maxlen = maxlen
            .map(u64::try_from)
            .transpose()
            .map_err(|_| Error::custom("maxlen must be non-negative").raised_as("ValueError"))?;
        if let Some(most) = maxlen.and_then(|most| usize::try_from(most).ok()) {
            items.drain(..items.len().saturating_sub(most));
        }
        Ok(Self { items, maxlen })
    }
}
