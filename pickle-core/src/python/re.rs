//! Python's `re`.

use super::python_class;
use crate::error::Result;
use crate::{Cursor, Encoder, Global, Instance, Kind, Pickle, Unpickle};

/// A `re.Pattern`: a regular expression as it was written, and its flags. It is not compiled here,
/// and Python's syntax is not that of the `regex` crate.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::python::re::{IGNORECASE, Pattern, UNICODE};
///
/// let pattern = Pattern::new("a+").with_flags(IGNORECASE | UNICODE);
/// let bytes = pickle::dumps(&pattern)?;
/// assert_eq!(pickle::loads::<Pattern>(&bytes)?, pattern);
/// # Ok::<(), pickle::Error>(())
/// ```
#[doc(alias = "Regex")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    /// The expression.
    pub pattern: Text,
    /// The flags, one bit each.
    pub flags: u32,
}

/// A regular expression for text or for bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Text {
    /// For text.
    Str(String),
    /// For bytes.
    Bytes(Vec<u8>),
}

/// `re.IGNORECASE`
pub const IGNORECASE: u32 = 2;
/// `re.LOCALE`
pub const LOCALE: u32 = 4;
/// `re.MULTILINE`
pub const MULTILINE: u32 = 8;
/// `re.DOTALL`
pub const DOTALL: u32 = 16;
/// `re.UNICODE`, which every expression for text has that is not `ASCII`.
pub const UNICODE: u32 = 32;
/// `re.VERBOSE`
pub const VERBOSE: u32 = 64;
/// `re.DEBUG`
pub const DEBUG: u32 = 128;
/// `re.ASCII`
pub const ASCII: u32 = 256;

// Pickles call a function.
python_class! { value Pattern = "re", "Pattern", also "re"."_compile" }

impl Pattern {
    /// Returns an expression for text, with the flags that Python gives it.
    pub fn new(pattern: impl Into<String>) -> Self {
        Self {
            pattern: Text::Str(pattern.into()),
            flags: UNICODE,
        }
    }

    /// Returns an expression for bytes.
    pub fn bytes(pattern: impl Into<Vec<u8>>) -> Self {
        Self {
            pattern: Text::Bytes(pattern.into()),
            flags: 0,
        }
    }

    /// Sets the flags.
    #[must_use]
    pub fn with_flags(self, flags: u32) -> Self {
        Self { flags, ..self }
    }

    /// The expression, if it is one for text.
    pub fn as_str(&self) -> Option<&str> {
        match &self.pattern {
            Text::Str(pattern) => Some(pattern),
            Text::Bytes(_) => None,
        }
    }
}

impl Pickle for Text {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match self {
            Self::Str(text) => encoder.str(text),
            Self::Bytes(bytes) => encoder.bytes(bytes),
        }
    }
}

impl<'de> Unpickle<'de> for Text {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        match cursor.kind() {
            Kind::Bytes => Ok(Self::Bytes(cursor.bytes()?.into_owned())),
            _ => String::unpickle(cursor).map(Self::Str),
        }
    }
}

impl Pickle for Pattern {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let compile = Global::new("re", "_compile");
        encoder
            .reduce(&compile, &(&self.pattern, self.flags))?
            .end()
    }
}

impl<'de> Unpickle<'de> for Pattern {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut instance = cursor.instance(Self::CLASS)?;
        let pattern = instance.arg("pattern")?;
        let flags: u32 = instance.arg("flags")?.unwrap_or(0);
        let Some(pattern) = pattern else {
            return Err(instance.lacks("pattern"));
        };
        instance.end()?;
        // Python 2 has no such flag on text, and Python 3 sets it when it compiles.
        let implied = match pattern {
            Text::Str(_) if flags & (ASCII | LOCALE) == 0 => UNICODE,
            _ => 0,
        };
        let flags = flags | implied;
        Ok(Self { pattern, flags })
    }
}
