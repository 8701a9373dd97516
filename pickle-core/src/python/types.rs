//! Python's `types`.

use std::fmt;

use super::{Attributes, python_class};
use crate::error::Result;
use crate::{Cursor, Encoder, Instance, NoArgs, Pickle, Unpickle, Value};

/// A `types.SimpleNamespace`: attributes and nothing else.
///
/// A struct of your own reads one too if it derives `Pickle` with the module `types`, the name
/// `SimpleNamespace` and `reduce`.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::python::types::SimpleNamespace;
///
/// let point = SimpleNamespace::from_iter([("x", 1), ("y", 2)]);
/// assert_eq!(point.get("y"), Some(&2));
/// assert_eq!(point.to_string(), "namespace(x=1, y=2)");
/// let bytes = pickle::dumps(&point)?;
/// assert_eq!(pickle::loads::<SimpleNamespace<i32>>(&bytes)?, point);
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SimpleNamespace<V = Value> {
    /// Names and values, in their order.
    pub attributes: Vec<(String, V)>,
}

python_class! { SimpleNamespace = "types", "SimpleNamespace" }

impl<V> SimpleNamespace<V> {
    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&V> {
        let mut attributes = self.attributes.iter();
        attributes.find_map(|(known, value)| (known == name).then_some(value))
    }
}

impl<V> Default for SimpleNamespace<V> {
    fn default() -> Self {
        let attributes = Vec::new();
        Self { attributes }
    }
}

impl<N: Into<String>, V> FromIterator<(N, V)> for SimpleNamespace<V> {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(attributes: I) -> Self {
        let attributes = attributes.into_iter();
        Self {
            attributes: attributes
                .map(|(name, value)| (name.into(), value))
                .collect(),
        }
    }
}

impl<V: Pickle> Pickle for SimpleNamespace<V> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let mut instance = encoder.reduce(<SimpleNamespace>::CLASS, &NoArgs)?;
        let mut attributes = instance.attributes(self.attributes.len())?;
        for (name, value) in &self.attributes {
            attributes.attribute(name, value)?;
        }
        attributes.end()?;
        instance.end()
    }
}

impl<'de, V: Unpickle<'de>> Unpickle<'de> for SimpleNamespace<V> {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut instance = cursor.instance(<SimpleNamespace>::CLASS)?;
        // Since Python 3.13 a dict may be given as an argument; none is pickled so.
        let state = instance.state::<Attributes<V>>()?;
        instance.end()?;
        let attributes = state.map_or_else(Vec::new, |Attributes(attributes)| attributes);
        Ok(Self { attributes })
    }
}

/// As Python's `repr`: `namespace(x=1, y=2)`.
impl<V: fmt::Display> fmt::Display for SimpleNamespace<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("namespace(")?;
        for (nth, (name, value)) in self.attributes.iter().enumerate() {
            let comma = if nth > 0 { ", " } else { "" };
            write!(f, "{comma}{name}={value}")?;
        }
        f.write_str(")")
    }
}
