//! What can go wrong with a shelf.

use std::path::{Path, PathBuf};
use std::{fmt, io};

use crate::Format;

/// A `Result` whose error is [`Error`] unless said otherwise.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong with a shelf.
///
/// It becomes a [`pickle_core::Error`] by `?`, for functions that return one.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// There is no shelf at the path, and none was to be made.
    NotFound {
        /// Where it should be.
        path: PathBuf,
    },
    /// What is at the path is no shelf.
    NotAShelf {
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It is a shelf, of a format that only Python reads.
    Unsupported {
        /// Where it is.
        path: PathBuf,
        /// Its format.
        format: Format,
    },
    /// The shelf was opened for reading only, or its file does not allow more.
    ReadOnly,
    /// Another program has kept the shelf locked for longer than the timeout.
    Locked,
    /// The shelf is damaged.
    Corrupt {
        /// What is wrong with it.
        reason: String,
    },
    /// A key that is not UTF-8.
    Key {
        /// Its bytes.
        key: Vec<u8>,
    },
    /// A value that cannot be written as a pickle, or read from one.
    Value {
        /// Its key.
        key: String,
        /// What is wrong with it.
        error: pickle_core::Error,
    },
    /// Reading or writing failed.
    Io(io::Error),
    /// SQLite failed, with something that is none of the above.
    Database(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    pub(crate) fn not_a_shelf(path: &Path, reason: impl Into<String>) -> Self {
        Self::NotAShelf {
            path: path.to_owned(),
            reason: reason.into(),
        }
    }

    pub(crate) fn corrupt(reason: impl Into<String>) -> Self {
        Self::Corrupt {
            reason: reason.into(),
        }
    }

    pub(crate) fn value(key: &str, error: pickle_core::Error) -> Self {
        Self::Value {
            key: key.to_owned(),
            error,
        }
    }
}

// The first words are Python's, where it has some.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { path } => write!(
                f,
                "db file doesn't exist; use 'c' or 'n' flag to create a new db\n  at {}",
                path.display()
            ),
            Self::NotAShelf { path, reason } => write!(
                f,
                "db type could not be determined: {reason}\n  at {}",
                path.display()
            ),
            Self::Unsupported { path, format } => write!(
                f,
                "db type is {format}, but the module is not available\n  at {}\n  \
                 copy it with a Python that has it: shelve.open(new).update(shelve.open(old))",
                path.display()
            ),
            Self::ReadOnly => f.write_str("The database is opened for reading only"),
            Self::Locked => f.write_str("database is locked"),
            Self::Corrupt { reason } => write!(f, "the shelf is damaged: {reason}"),
            Self::Key { key } => write!(f, "a key is not UTF-8: {}", pickle_core::repr(&key[..])),
            Self::Value { key, error } => {
                write!(f, "{error}\n  at key {}", pickle_core::repr(key.as_str()))
            }
            Self::Io(error) => error.fmt(f),
            Self::Database(error) => error.fmt(f),
        }
    }
}

// The errors within are shown by `Display`, so they are no `source` besides.
impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Error> for pickle_core::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Io(error) => error.into(),
            error => Self::custom(error),
        }
    }
}
