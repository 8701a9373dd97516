//! Built-in exceptions

use std::fmt;
use std::io;

use crate::error::Result;
use crate::python::{Attributes, TupleOf};
use crate::value::GlobalRef;
use crate::{Class, Cursor, Encoder, Error, Global, Instance, Pickle, Unpickle, Value};

/// An instance of one of Python's built-in exceptions: its class, its arguments, its attributes.
///
/// That is all that Python pickles of it: what it was raised from (`__cause__`, `__context__`) and
/// where (`__traceback__`) is lost when Python dumps it. A class of your own that derives from one of
/// them is `#[pickle(exception)]` on a struct.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::Value;
/// use pickle::python::builtins::Exception;
///
/// let error = Exception::new("ValueError")?.with_arg(Value::from("bad value"));
/// assert_eq!(error.to_string(), "ValueError: bad value");
/// let bytes = pickle::dumps(&error)?;
/// assert_eq!(pickle::loads::<Exception>(&bytes)?, error);
///
/// // What a number of the operating system means, Python has as a class of its own.
/// let missing: Exception = pickle::loads(b"cbuiltins\nOSError\n(I2\nVNo such file\ntR.")?;
/// assert_eq!(missing.class().qualname, "FileNotFoundError");
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Exception<A = Value> {
    class: Global,
    /// The arguments that it is made of. Those of an `OSError` are the number, the text, and one
    /// file name or, with `None` between them, two.
    pub args: Vec<A>,
    /// The attributes, such as `__notes__`.
    pub attributes: Vec<(String, A)>,
}

impl Instance for Exception {
    const CLASS: &'static Class = &Class::new::<Self>("builtins", "Exception")
        .with_aliases(&ALL)
        .with_object::<Self>();
}

impl<A> Exception<A> {
    /// Returns an exception of this class, without arguments.
    ///
    /// # Errors
    ///
    /// In Python's words, when there is no such built-in exception.
    pub fn new(class: &str) -> Result<Self> {
        let class = match class {
            "EnvironmentError" | "IOError" => "OSError",
            class => class,
        };
        let Some(class) = ALL.iter().find(|known| known.qualname == class) else {
            let message = format!("module 'builtins' has no attribute '{class}'");
            return Err(Error::custom(message).raised_as("AttributeError"));
        };
        Ok(Self {
            class: *class,
            args: Vec::new(),
            attributes: Vec::new(),
        })
    }

    /// Adds an argument.
    #[must_use]
    pub fn with_arg(mut self, arg: A) -> Self {
        self.args.push(arg);
        self
    }

    /// Sets an attribute.
    #[must_use]
    pub fn with_attribute(mut self, name: impl Into<String>, value: A) -> Self {
        self.attributes.push((name.into(), value));
        self
    }

    /// The class.
    pub fn class(&self) -> Global {
        self.class
    }

    /// Whether it is an `OSError`, of whatever cause.
    pub fn is_os_error(&self) -> bool {
        self.class.qualname == "OSError" || OS_ERRORS.contains(&self.class.qualname)
    }
}

impl Exception {
    /// The number of an `OSError`.
    pub fn errno(&self) -> Option<i64> {
        let numbered = self.is_os_error() && self.args.len() >= 2;
        self.args.first().filter(|_| numbered)?.as_i64()
    }

    /// The text that belongs to the number of an `OSError`.
    pub fn strerror(&self) -> Option<&Value> {
        self.os_argument(1)
    }

    /// The file of an `OSError`.
    pub fn filename(&self) -> Option<&Value> {
        self.os_argument(2)
    }

    /// The other file of an `OSError`.
    pub fn filename2(&self) -> Option<&Value> {
        self.os_argument(4)
    }

    fn os_argument(&self, nth: usize) -> Option<&Value> {
        let numbered = self.is_os_error() && (2..=5).contains(&self.args.len());
        self.args
            .get(nth)
            .filter(|value| numbered && !value.is_none())
    }
}

/// The arguments, which an attribute of the same exception may refer to.
struct Args<'a, A>(&'a [A]);

impl<A: Pickle> Pickle for Args<'_, A> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match self.0 {
            [] => TupleOf(self.0).pickle(encoder),
            args => encoder.shared(args.as_ptr().cast(), &TupleOf(args)),
        }
    }
}

impl<A: Pickle> Pickle for Exception<A> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        // Since Python 3.12 the state of an AttributeError repeats the arguments.
        let repeats = self.class.qualname == "AttributeError";
        if !repeats {
            let mut instance = encoder.reduce(&self.class, &TupleOf(&self.args))?;
            if !self.attributes.is_empty() {
                let mut attributes = instance.attributes(self.attributes.len())?;
                for (name, value) in &self.attributes {
                    attributes.attribute(name, value)?;
                }
                attributes.end()?;
            }
            return instance.end();
        }
        let mut instance = encoder.reduce(&self.class, &Args(&self.args))?;
        let mut attributes = instance.attributes(self.attributes.len() + 1)?;
        for (name, value) in &self.attributes {
            attributes.attribute(name, value)?;
        }
        attributes.attribute("args", &Args(&self.args))?;
        attributes.end()?;
        instance.end()
    }
}

impl<'de, A: Unpickle<'de>> Unpickle<'de> for Exception<A> {
    fn unpickle(mut cursor: Cursor<'_, 'de>) -> Result<Self> {
        if !cursor.is_instance(<Exception>::CLASS) {
            return Err(cursor.mismatch("an exception"));
        }
        let mut class: Option<GlobalRef> = None;
        let mut errno = None;
        {
            let mut instance = cursor.reborrow().any_instance()?;
            class.replace(instance.callable()?);
            if (2..=5).contains(&instance.args_left()) {
                errno = instance
                    .arg_with("errno", |errno| Ok(errno.i64().ok()))?
                    .flatten();
            }
        }
        let name = class.as_ref().and_then(|class| class.qualname().as_str());
        let name = match name {
            // `socket.error` and `select.error` are OSError, too.
            Some("OSError" | "EnvironmentError" | "IOError" | "error") => {
                errno.and_then(os_error).unwrap_or("OSError")
            }
            Some("timeout") => "TimeoutError",
            Some(name) => name,
            None => "",
        };
        let mut exception = Self::new(name)?;
        let mut instance = cursor.instance(<Exception>::CLASS)?;
        exception.args = instance.args()?;
        if let Some(Attributes(attributes)) = instance.state()? {
            exception.attributes = attributes;
        }
        instance.end()?;
        if name == "AttributeError" {
            // They are the arguments once more.
            exception.attributes.retain(|(name, _)| name != "args");
        }
        Ok(exception)
    }
}

/// The class that Python has for a number of the operating system.
fn os_error(errno: i64) -> Option<&'static str> {
    use io::ErrorKind::*;
    let errno = i32::try_from(errno).ok()?;
    Some(match io::Error::from_raw_os_error(errno).kind() {
        WouldBlock => "BlockingIOError",
        BrokenPipe => "BrokenPipeError",
        ConnectionAborted => "ConnectionAbortedError",
        ConnectionRefused => "ConnectionRefusedError",
        ConnectionReset => "ConnectionResetError",
        AlreadyExists => "FileExistsError",
        NotFound => "FileNotFoundError",
        Interrupted => "InterruptedError",
        IsADirectory => "IsADirectoryError",
        NotADirectory => "NotADirectoryError",
        PermissionDenied => "PermissionError",
        TimedOut => "TimeoutError",
        _ => match errno {
            3 => "ProcessLookupError",
            10 => "ChildProcessError",
            // Those for which Rust has no kind: EALREADY, EINPROGRESS, ESHUTDOWN.
            114 | 115 if cfg!(target_os = "linux") => "BlockingIOError",
            36 | 37 if cfg!(target_vendor = "apple") => "BlockingIOError",
            108 if cfg!(target_os = "linux") => "BrokenPipeError",
            58 if cfg!(target_vendor = "apple") => "BrokenPipeError",
            _ => return None,
        },
    })
}

/// As the last line of Python's traceback: `ValueError: bad value`.
impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.class.qualname)?;
        match self.args.as_slice() {
            [] => Ok(()),
            [key] if self.class.qualname == "KeyError" => write!(f, ": {key}"),
            [arg] => write!(f, ": {}", Str(arg)),
            [errno, strerror, rest @ ..] if self.is_os_error() => {
                write!(f, ": [Errno {errno}] {}", Str(strerror))?;
                match rest {
                    [filename] => write!(f, ": {filename}"),
                    [filename, _, filename2] => write!(f, ": {filename} -> {filename2}"),
                    _ => Ok(()),
                }
            }
            args => {
                let args: Vec<String> = args.iter().map(Value::to_string).collect();
                write!(f, ": ({})", args.join(", "))
            }
        }
    }
}

/// Python's `str` of a value, which for text is the text.
struct Str<'a>(&'a Value);

impl fmt::Display for Str<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_str() {
            Some(text) => f.write_str(text),
            None => self.0.fmt(f),
        }
    }
}

/// The subclasses of `OSError`.
static OS_ERRORS: &[&str] = &[
    "BlockingIOError",
    "BrokenPipeError",
    "ChildProcessError",
    "ConnectionAbortedError",
    "ConnectionError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "FileExistsError",
    "FileNotFoundError",
    "InterruptedError",
    "IsADirectoryError",
    "NotADirectoryError",
    "PermissionError",
    "ProcessLookupError",
    "TimeoutError",
];

macro_rules! exceptions {
    ($($name:literal)*) => { [$(Global::new("builtins", $name)),*] };
}

/// The built-in exceptions of Python 3.13.
const ALL: [Global; 71] = exceptions! {
    "ArithmeticError"
    "AssertionError"
    "AttributeError"
    "BaseException"
    "BaseExceptionGroup"
    "BlockingIOError"
    "BrokenPipeError"
    "BufferError"
    "BytesWarning"
    "ChildProcessError"
    "ConnectionAbortedError"
    "ConnectionError"
    "ConnectionRefusedError"
    "ConnectionResetError"
    "DeprecationWarning"
    "EOFError"
    "EncodingWarning"
    "EnvironmentError"
    "Exception"
    "ExceptionGroup"
    "FileExistsError"
    "FileNotFoundError"
    "FloatingPointError"
    "FutureWarning"
    "GeneratorExit"
    "IOError"
    "ImportError"
    "ImportWarning"
    "IndentationError"
    "IndexError"
    "InterruptedError"
    "IsADirectoryError"
    "KeyError"
    "KeyboardInterrupt"
    "LookupError"
    "MemoryError"
    "ModuleNotFoundError"
    "NameError"
    "NotADirectoryError"
    "NotImplementedError"
    "OSError"
    "OverflowError"
    "PendingDeprecationWarning"
    "PermissionError"
    "ProcessLookupError"
    "PythonFinalizationError"
    "RecursionError"
    "ReferenceError"
    "ResourceWarning"
    "RuntimeError"
    "RuntimeWarning"
    "StopAsyncIteration"
    "StopIteration"
    "SyntaxError"
    "SyntaxWarning"
    "SystemError"
    "SystemExit"
    "TabError"
    "TimeoutError"
    "TypeError"
    "UnboundLocalError"
    "UnicodeDecodeError"
    "UnicodeEncodeError"
    "UnicodeError"
    "UnicodeTranslateError"
    "UnicodeWarning"
    "UserWarning"
    "ValueError"
    "Warning"
    "ZeroDivisionError"
    "_IncompleteInputError"
};
