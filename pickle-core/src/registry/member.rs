//! The members of enumerations.

use std::fmt;

/// A member of an enumeration: of Python's `enum.Enum`, `IntEnum`, `StrEnum`, `Flag`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    /// The name.
    pub name: &'static str,
    /// Other names of it.
    pub aliases: &'static [&'static str],
    /// The value.
    pub value: Constant,
}

/// A constant of Python's, as members of enumerations have.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Constant {
    /// `None`
    None,
    /// A bool.
    Bool(bool),
    /// An int.
    Int(i64),
    /// A float.
    Float(f64),
    /// A str.
    Str(&'static str),
    /// A tuple.
    Tuple(&'static [Constant]),
}

impl Member {
    /// Returns the member of this name and value.
    pub const fn new(name: &'static str, value: Constant) -> Self {
        Self {
            name,
            aliases: &[],
            value,
        }
    }

    /// Adds other names.
    pub const fn with_aliases(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    /// Whether the member has this name.
    pub fn is(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.name, self.value)
    }
}

/// As Python shows it.
impl fmt::Display for Constant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bool(true) => f.write_str("True"),
            Self::Bool(false) => f.write_str("False"),
            Self::Int(value) => value.fmt(f),
            Self::Float(value) => f.write_str(&crate::float::repr(*value)),
            Self::Str(value) => f.write_str(&crate::error::quoted(value)),
            Self::Tuple(items) => {
                f.write_str("(")?;
                for (nth, item) in items.iter().enumerate() {
                    let separator = if nth == 0 { "" } else { ", " };
                    write!(f, "{separator}{item}")?;
                }
                f.write_str(if items.len() == 1 { ",)" } else { ")" })
            }
        }
    }
}
