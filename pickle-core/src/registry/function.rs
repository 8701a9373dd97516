//! Rust functions that pickles may call.

use std::any::{Any, TypeId};
use std::fmt;
use std::panic::Location;

use super::Global;
use crate::error::Result;
use crate::read::Cursor;

/// A Rust function that stands for a Python function: a pickle may call it to make an object.
///
/// Python's `__reduce__` names functions besides classes. [`register!`](crate::register) makes a
/// Rust function known under such a name:
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::Unpickle;
///
/// fn fahrenheit(degrees: f64) -> Celsius {
///     Celsius((degrees - 32.0) / 1.8)
/// }
/// pickle::register!(fn fahrenheit(degrees: f64) -> Celsius as "weather", "fahrenheit");
///
/// #[derive(Debug, PartialEq)]
/// struct Celsius(f64);
///
/// impl<'de> Unpickle<'de> for Celsius {
///     fn unpickle(mut cursor: pickle::Cursor<'_, 'de>) -> pickle::Result<Self> {
///         match cursor.call()? {
///             Some(result) => Ok(result),
///             None => cursor.float().map(Self),
///         }
///     }
/// }
///
/// let pickle = b"cweather\nfahrenheit\n(F212.0\ntR.";
/// assert_eq!(pickle::loads::<Celsius>(pickle)?, Celsius(100.0));
/// # Ok::<(), pickle::Error>(())
/// ```
pub struct Function {
    global: Global,
    call: fn(Cursor<'_, '_>) -> Result<Box<dyn Any>>,
    result: fn() -> TypeId,
    result_name: fn() -> &'static str,
    location: &'static Location<'static>,
}

impl Function {
    /// Returns a function under its Python module and qualified name. `call` reads the tuple of
    /// arguments from the cursor and returns a boxed `R`.
    ///
    /// The place of the call counts as the place of declaration.
    #[track_caller]
    pub const fn new<R: 'static>(
        module: &'static str,
        qualname: &'static str,
        call: fn(Cursor<'_, '_>) -> Result<Box<dyn Any>>,
    ) -> Self {
        Self {
            global: Global::new(module, qualname),
            call,
            result: TypeId::of::<R>,
            result_name: std::any::type_name::<R>,
            location: Location::caller(),
        }
    }

    /// The name by which pickles refer to the function.
    pub const fn global(&self) -> Global {
        self.global
    }

    /// The type of its results.
    pub fn result(&self) -> TypeId {
        (self.result)()
    }

    /// The name of the type of its results, for people.
    pub fn result_name(&self) -> &'static str {
        (self.result_name)()
    }

    /// Where the function was registered.
    pub const fn location(&self) -> &'static Location<'static> {
        self.location
    }

    /// Calls the function with the tuple of arguments at the cursor.
    pub(crate) fn call(&self, args: Cursor<'_, '_>) -> Result<Box<dyn Any>> {
        (self.call)(args).map_err(|error| error.note(format!("in a call of {}", self.global)))
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.global.fmt(f)
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<function {} at {}>", self.global, self.location)
    }
}
