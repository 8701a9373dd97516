//! `collections.OrderedDict`

use super::{dict_like, read_entries, write_entries};
use crate::error::Result;
use crate::python::{Attributes, Keywords, python_class};
use crate::{Cursor, Encoder, Instance, NoArgs, Pickle, Unpickle, Value};

/// A `collections.OrderedDict`.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::python::collections::OrderedDict;
///
/// let dict = OrderedDict::from_iter([(1, "one"), (2, "two")]);
/// let bytes = pickle::dumps(&dict)?;
/// assert_eq!(pickle::loads::<OrderedDict<i32, &str>>(&bytes)?, dict);
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct OrderedDict<K = Value, V = Value> {
    /// Keys and values, in their order.
    pub entries: Vec<(K, V)>,
    /// What else was set on it as on any instance; nearly always nothing.
    pub attributes: Vec<(String, Value)>,
}

python_class! { OrderedDict = "collections", "OrderedDict" }

dict_like! { OrderedDict }

impl<K, V> Default for OrderedDict<K, V> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<K, V> From<Vec<(K, V)>> for OrderedDict<K, V> {
    fn from(entries: Vec<(K, V)>) -> Self {
        let attributes = Vec::new();
        Self {
            entries,
            attributes,
        }
    }
}

impl<K: Pickle, V: Pickle> Pickle for OrderedDict<K, V> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let mut instance = encoder.reduce(<OrderedDict>::CLASS, &NoArgs)?;
        write_entries(&mut instance, &self.entries)?;
        if !self.attributes.is_empty() {
            instance.state(&Keywords(&self.attributes))?;
        }
        instance.end()
    }
}

impl<'de, K: Unpickle<'de>, V: Unpickle<'de>> Unpickle<'de> for OrderedDict<K, V> {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut instance = cursor.instance(<OrderedDict>::CLASS)?;
        let entries = read_entries(&mut instance)?;
        let state = instance.state::<Attributes<Value>>()?;
        let attributes = state.map_or_else(Vec::new, |Attributes(attributes)| attributes);
        instance.end()?;
        Ok(Self {
            entries,
            attributes,
        })
    }
}
