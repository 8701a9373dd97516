//! `collections.defaultdict`

use super::{dict_like, read_entries, write_entries};
use crate::error::Result;
use crate::python::python_class;
use crate::value::GlobalRef;
use crate::{Cursor, Encoder, Instance, Kind, NoArgs, Pickle, Unpickle, Value};

/// A `collections.defaultdict`. What makes the missing values is a class or a function by its name,
/// which is not called.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::python::collections::DefaultDict;
/// use pickle::value::GlobalRef;
///
/// let lists = DefaultDict::from_iter([("a", vec![1, 2])])
///     .with_factory(GlobalRef::new("builtins", "list"));
/// let bytes = pickle::dumps(&lists)?;
/// assert_eq!(pickle::loads::<DefaultDict<&str, Vec<i32>>>(&bytes)?, lists);
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct DefaultDict<K = Value, V = Value> {
    /// Keys and values, in their order.
    pub entries: Vec<(K, V)>,
    /// What makes the missing values, if anything does.
    pub factory: Option<GlobalRef>,
}

python_class! { DefaultDict = "collections", "defaultdict" }

dict_like! { DefaultDict }

impl<K, V> DefaultDict<K, V> {
    /// Sets what makes the missing values.
    #[must_use]
    pub fn with_factory(self, factory: GlobalRef) -> Self {
        let factory = Some(factory);
        Self { factory, ..self }
    }
}

impl<K, V> Default for DefaultDict<K, V> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<K, V> From<Vec<(K, V)>> for DefaultDict<K, V> {
    fn from(entries: Vec<(K, V)>) -> Self {
        let factory = None;
        Self { entries, factory }
    }
}

impl<K: Pickle, V: Pickle> Pickle for DefaultDict<K, V> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let class = <DefaultDict>::CLASS;
        let mut instance = match &self.factory {
            Some(factory) => encoder.reduce(class, &(factory,))?,
            None => encoder.reduce(class, &NoArgs)?,
        };
        write_entries(&mut instance, &self.entries)?;
        instance.end()
    }
}

impl<'de, K: Unpickle<'de>, V: Unpickle<'de>> Unpickle<'de> for DefaultDict<K, V> {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut instance = cursor.instance(<DefaultDict>::CLASS)?;
        let factory = instance.arg_with("default_factory", |cursor| match cursor.kind() {
            Kind::None => Ok(None),
            _ => cursor.global().map(Some),
        })?;
        let entries = read_entries(&mut instance)?;
        instance.end()?;
        let factory = factory.flatten();
        Ok(Self { entries, factory })
    }
}
