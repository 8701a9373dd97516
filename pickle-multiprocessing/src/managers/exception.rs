//! Exceptions that cross over.

use std::borrow::Cow;
use std::fmt;

use pickle_core::value::{GlobalRef, Opaque, Tuple};
use pickle_core::{Encoder, Pickle, Unpickle, Unpickler, Value};

/// The module of [`RemoteError`](Exception::traceback).
const MANAGERS: &str = "multiprocessing.managers";

/// A Python exception: raised on the other side, or to be raised there.
///
/// ```
/// use pickle::multiprocessing::managers::Exception;
///
/// let exception = Exception::new("builtins", "KeyError", ("tea",));
/// assert!(exception.is("builtins", "KeyError"));
/// assert_eq!(exception.args()[0], "tea");
/// assert_eq!(exception.to_string(), "KeyError: 'tea'");
/// ```
#[derive(Clone, Debug)]
pub struct Exception(Opaque);

impl Exception {
    /// Returns the exception of a class, with the arguments that it is made of.
    pub fn new(module: &str, qualname: &str, args: impl Into<Tuple>) -> Self {
        Self(Opaque::call(GlobalRef::new(module, qualname), args))
    }

    /// Returns the exception of a built-in class, with a text.
    pub fn builtin(class: &str, text: impl Into<String>) -> Self {
        Self::new("builtins", class, (text.into(),))
    }

    /// Returns the exception that Python raises for a failure that is known as text only.
    pub(super) fn remote(text: String) -> Self {
        Self::new(MANAGERS, "RemoteError", (text,))
    }

    /// The exception that a value is, if it is an instance of anything.
    pub(super) fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Opaque(instance) => {
                Some(Self(instance)).filter(|this| this.known_class().is_some())
            }
            _ => None,
        }
    }

    fn known_class(&self) -> Option<&GlobalRef> {
        // Most exceptions are what calling their class gives.
        self.0.class().or_else(|| self.0.callable().as_global())
    }

    /// Whether it is of this class: `exception.is("queue", "Empty")`. Of classes above it a pickle
    /// says nothing.
    ///
    /// Where Python has the class from a module of its own in C, `_queue`, the module's usual name
    /// will do.
    pub fn is(&self, module: &str, qualname: &str) -> bool {
        self.known_class().is_some_and(|class| {
            let found = class.module().as_str().unwrap_or_default();
            (found == module || found.strip_prefix('_') == Some(module))
                && class.qualname() == qualname
        })
    }

    /// The class.
    pub fn class(&self) -> GlobalRef {
        match self.known_class() {
            Some(class) => class.clone(),
            None => GlobalRef::new("builtins", "Exception"),
        }
    }

    /// The class as Python shows it: without the module if that is `builtins`.
    pub(crate) fn class_name(&self) -> Cow<'_, str> {
        let class = self.class();
        let qualname = class.qualname().to_string_lossy();
        match class.module().as_str() {
            Some("builtins" | "__main__") => Cow::Owned(qualname.into_owned()),
            _ => Cow::Owned(format!("{}.{qualname}", class.module().to_string_lossy())),
        }
    }

    /// The arguments that it was made of, Python's `args`.
    pub fn args(&self) -> &Tuple {
        self.0.args()
    }

    /// The traceback, where the other side sent nothing but text: the server itself failed, or the
    /// result could not be pickled. Python raises `multiprocessing.managers.RemoteError` then.
    pub fn traceback(&self) -> Option<&str> {
        match self.is(MANAGERS, "RemoteError") {
            true => self.args().first().and_then(Value::as_str),
            false => None,
        }
    }

    /// Reads it as a type of your own, one with `#[pickle(exception)]`.
    ///
    /// # Errors
    ///
    /// When it is another exception, or has other arguments.
    pub fn load<T: for<'de> Unpickle<'de>>(&self) -> pickle_core::Result<T> {
        let bytes = pickle_core::dumps(&self.0)?;
        Unpickler::from_slice(&bytes).load()
    }
}

impl Pickle for Exception {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle_core::Result<()> {
        self.0.pickle(encoder)
    }
}

/// The last line of Python's traceback.
impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.class_name())?;
        match (&self.args()[..], self.is("builtins", "KeyError")) {
            ([], _) => Ok(()),
            ([Value::Str(text)], false) => write!(f, ": {}", text.to_string_lossy()),
            ([one], _) => write!(f, ": {one}"),
            _ => write!(f, ": {}", Value::from(self.args().clone())),
        }
    }
}

/// As Python raises it.
impl From<pickle_core::Error> for Exception {
    fn from(error: pickle_core::Error) -> Self {
        match error.python_type() {
            class @ ("UnpicklingError" | "PicklingError") => {
                Self::new("pickle", class, (error.to_string(),))
            }
            // These take five arguments.
            "UnicodeDecodeError" | "UnicodeEncodeError" => {
                Self::builtin("ValueError", error.to_string())
            }
            class => Self::builtin(class, error.to_string()),
        }
    }
}

impl From<crate::Error> for Exception {
    fn from(error: crate::Error) -> Self {
        match (error.exception(), error.python_type()) {
            (Some(exception), _) => exception.clone(),
            (None, class) => match &*class {
                "AuthenticationError" => {
                    Self::new("multiprocessing.context", &class, (error.to_string(),))
                }
                "EOFError" => Self::builtin("EOFError", error.to_string()),
                _ => Self::builtin("OSError", error.to_string()),
            },
        }
    }
}

impl From<Exception> for crate::Error {
    fn from(exception: Exception) -> Self {
        Self::raised(exception)
    }
}
