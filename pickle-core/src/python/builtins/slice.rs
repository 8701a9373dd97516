//! `slice`

use std::fmt;

use crate::error::{Error, Result};
use crate::python::python_class;
use crate::{Cursor, Encoder, Instance, Pickle, Unpickle, Value};

/// A `slice`: what stands between the brackets of `a[1:10:2]`. What is left out is `None`; in Python
/// the three can be anything.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::python::builtins::Slice;
///
/// let slice = Slice { start: Some(1), stop: Some(10), step: None };
/// let bytes = pickle::dumps(&slice)?;
/// assert_eq!(pickle::loads::<Slice<Option<i64>>>(&bytes)?, slice);
/// assert_eq!(pickle::loads::<Slice>(&bytes)?.to_string(), "slice(1, 10, None)");
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Slice<T = Value> {
    /// Where it starts.
    pub start: T,
    /// Where it ends.
    pub stop: T,
    /// How far one item is from the next.
    pub step: T,
}

python_class! { Slice = "builtins", "slice" }

impl<T: Pickle> Pickle for Slice<T> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let args = (&self.start, &self.stop, &self.step);
        encoder.reduce(<Slice>::CLASS, &args)?.end()
    }
}

impl<'de, T: Unpickle<'de>> Unpickle<'de> for Slice<T> {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut instance = cursor.instance(<Slice>::CLASS)?;
        let given = instance.args_left();
        let parts = (
            instance.arg("start")?,
            instance.arg("stop")?,
            instance.arg("step")?,
        );
        instance.end()?;
        match parts {
            (Some(start), Some(stop), Some(step)) => Ok(Self { start, stop, step }),
            _ => Err(Error::custom(format_args!(
                "a pickled slice has 3 arguments, this one has {given}"
            ))
            .raised_as("TypeError")),
        }
    }
}

/// As Python's `repr`: `slice(1, 10, None)`.
impl<T: fmt::Display> fmt::Display for Slice<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { start, stop, step } = self;
        write!(f, "slice({start}, {stop}, {step})")
    }
}
