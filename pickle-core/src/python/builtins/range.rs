//! `range`

use std::fmt;

use num_bigint::BigInt as Int;

use crate::error::{Error, Result};
use crate::python::python_class;
use crate::{Cursor, Encoder, Instance, Pickle, Unpickle, Value};

/// A `range`: from `start` up to `stop`, in steps, of ints of any size.
///
/// Rust's own `start..stop` of ints is a `range` in steps of one.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::python::builtins::Range;
///
/// let range = Range::new(10, 0, -2)?;
/// assert_eq!(range.to_string(), "range(10, 0, -2)");
/// let bytes = pickle::dumps(&range)?;
/// assert_eq!(pickle::loads::<Range>(&bytes)?, range);
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    start: Int,
    stop: Int,
    step: Int,
}

python_class! { value Range = "builtins", "range" }

impl Range {
    /// Returns the range.
    ///
    /// # Errors
    ///
    /// In Python's words, when the step is zero.
    pub fn new(start: impl Into<Int>, stop: impl Into<Int>, step: impl Into<Int>) -> Result<Self> {
        let step = step.into();
        if step == Int::ZERO {
            let message = "range() arg 3 must not be zero";
            return Err(Error::custom(message).raised_as("ValueError"));
        }
        Ok(Self {
            start: start.into(),
            stop: stop.into(),
            step,
        })
    }

    /// Returns the range in steps of one.
    pub fn by_one(start: impl Into<Int>, stop: impl Into<Int>) -> Self {
        Self {
            start: start.into(),
            stop: stop.into(),
            step: 1.into(),
        }
    }

    /// Where it starts.
    pub fn start(&self) -> &Int {
        &self.start
    }

    /// Where it ends; this number is not in it.
    pub fn stop(&self) -> &Int {
        &self.stop
    }

    /// How far one number is from the next, which is not zero.
    pub fn step(&self) -> &Int {
        &self.step
    }
}

impl Pickle for Range {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let args = (&self.start, &self.stop, &self.step);
        encoder.reduce(Self::CLASS, &args)?.end()
    }
}

impl<'de> Unpickle<'de> for Range {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut instance = cursor.instance(Self::CLASS)?;
        let first: Option<Int> = instance.arg("start")?;
        let second: Option<Int> = instance.arg("stop")?;
        let step: Option<Int> = instance.arg("step")?;
        instance.end()?;
        let step = step.unwrap_or_else(|| 1.into());
        match (first, second) {
            (Some(start), Some(stop)) => Self::new(start, stop, step),
            (Some(stop), None) => Self::new(0, stop, step),
            (None, _) => {
                let message = "range expected at least 1 argument, got 0";
                Err(Error::custom(message).raised_as("TypeError"))
            }
        }
    }
}

/// As Python's `repr`: `range(0, 10)`, `range(10, 0, -2)`.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whose digits would take too long to work out is shown by how many bits it has.
        let shown = |int: &Int| match int.bits() {
            ..=14_000 => Value::from(int.clone()).to_string(),
            bits => format!("<int of {bits} bits>"),
        };
        write!(f, "range({}, {}", shown(&self.start), shown(&self.stop))?;
        match self.step == Int::from(1) {
            true => f.write_str(")"),
            false => write!(f, ", {})", shown(&self.step)),
        }
    }
}
