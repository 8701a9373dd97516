//! Python's `functools`.

use super::{Attributes, Keywords, TupleOf, python_class};
use crate::error::{Error, Result};
use crate::value::GlobalRef;
use crate::{Cursor, Encoder, Instance, Pickle, Unpickle, Value};

/// A `functools.partial`: a function with some of its arguments, which nobody calls here.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::python::functools::Partial;
/// use pickle::value::GlobalRef;
///
/// let binary = Partial::new(GlobalRef::new("builtins", "int")).with_keyword("base", 2);
/// let bytes = pickle::dumps(&binary)?;
/// assert_eq!(pickle::loads::<Partial<GlobalRef, i64>>(&bytes)?, binary);
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Partial<F = GlobalRef, A = Value> {
    /// The function: by its name, or whatever else can be called in Python.
    pub func: F,
    /// Its first arguments.
    pub args: Vec<A>,
    /// Its keyword arguments.
    pub keywords: Vec<(String, A)>,
    /// What else was set on it; nearly always nothing.
    pub attributes: Vec<(String, A)>,
}

python_class! { Partial = "functools", "partial" }

impl<F, A> Partial<F, A> {
    /// Returns the function with no arguments yet.
    pub fn new(func: F) -> Self {
        Self {
            func,
            args: Vec::new(),
            keywords: Vec::new(),
            attributes: Vec::new(),
        }
    }

    /// Adds an argument.
    #[must_use]
    pub fn with_arg(mut self, arg: A) -> Self {
        self.args.push(arg);
        self
    }

    /// Adds a keyword argument.
    #[must_use]
    pub fn with_keyword(mut self, name: impl Into<String>, value: A) -> Self {
        self.keywords.push((name.into(), value));
        self
    }
}

impl<F: Pickle, A: Pickle> Pickle for Partial<F, A> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let mut instance = encoder.reduce(<Partial>::CLASS, &(&self.func,))?;
        let attributes = match self.attributes.is_empty() {
            true => None,
            false => Some(Keywords(&self.attributes)),
        };
        let (args, keywords) = (TupleOf(&self.args), Keywords(&self.keywords));
        instance.state(&(&self.func, args, keywords, attributes))?;
        instance.end()
    }
}

impl<'de, F: Unpickle<'de>, A: Unpickle<'de>> Unpickle<'de> for Partial<F, A> {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        type State<F, A> = (F, Vec<A>, Option<Attributes<A>>, Option<Attributes<A>>);
        let mut instance = cursor.instance(<Partial>::CLASS)?;
        // The state has the function as well, and counts.
        let func = instance.arg("func")?;
        let args = match instance.args_left() {
            0 => Vec::new(),
            _ => instance.args()?,
        };
        let state = instance.state::<State<F, A>>()?;
        instance.end()?;
        let list = |attributes: Option<Attributes<A>>| attributes.map_or_else(Vec::new, |a| a.0);
        match (state, func) {
            (Some((func, args, keywords, attributes)), _) => Ok(Self {
                func,
                args,
                keywords: list(keywords),
                attributes: list(attributes),
            }),
            (None, Some(func)) => Ok(Self {
                args,
                ..Self::new(func)
            }),
            (None, None) => {
                let message = "type 'partial' takes at least one argument";
                Err(Error::custom(message).raised_as("TypeError"))
            }
        }
    }
}
