//! `complex`

use std::fmt;

use crate::error::Result;
use crate::python::python_class;
use crate::{Cursor, Encoder, Instance, Pickle, Unpickle};

/// A `complex` number.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::python::builtins::Complex;
///
/// let number = Complex { re: 1.0, im: -2.5 };
/// assert_eq!(number.to_string(), "(1-2.5j)");
/// let bytes = pickle::dumps(&number)?;
/// assert_eq!(pickle::loads::<Complex>(&bytes)?, number);
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Complex {
    /// The real part.
    pub re: f64,
    /// The imaginary part.
    pub im: f64,
}

python_class! { value (f64) Complex = "builtins", "complex" }

impl Pickle for Complex {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.reduce(Self::CLASS, &(self.re, self.im))?.end()
    }
}

impl<'de> Unpickle<'de> for Complex {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut instance = cursor.instance(Self::CLASS)?;
        let re = instance.arg("real")?.unwrap_or(0.0);
        let im = instance.arg("imag")?.unwrap_or(0.0);
        instance.end()?;
        Ok(Self { re, im })
    }
}

/// As Python's `repr`: `(1-2.5j)`, `2j`.
impl fmt::Display for Complex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |value: f64| {
            let text = crate::float::repr(value);
            text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
        };
        let im = part(self.im);
        if self.re == 0.0 && self.re.is_sign_positive() {
            return write!(f, "{im}j");
        }
        let sign = if im.starts_with('-') { "" } else { "+" };
        write!(f, "({}{sign}{im}j)", part(self.re))
    }
}
