//! Why signed data was not loaded.

use std::{fmt, io};

use crate::Layout;

/// A `Result` whose error is [`Error`] unless said otherwise.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why signed data was not loaded.
///
/// It becomes a [`pickle_core::Error`] by `?`, for functions that return one.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// There was nothing, where signed data should have begun.
    EndOfInput,
    /// The data ends too early: it was cut off.
    Truncated {
        /// How many bytes there should have been at least.
        expected: u64,
        /// How many there were.
        found: u64,
    },
    /// What should be the digest, or the line with the digest and the length, is none.
    Malformed,
    /// The signature is not that of the data: the data was changed, or signed with another key.
    /// The layout has nothing that tells these apart.
    Mismatch {
        /// The layout that the data looks like, if it is another than the signer's.
        looks_like: Option<Layout>,
    },
    /// The signature is not that of the data, but the key is the one it was signed with: the data
    /// was changed.
    Changed,
    /// The data was signed with another key.
    WrongKey,
    /// The data is longer than the limit of [`Signer::with_size_limit`](crate::Signer::with_size_limit).
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// Reading or writing failed.
    Io(io::Error),
    /// The signature was right, but what was signed cannot be loaded; or the value that was to be
    /// signed cannot be dumped.
    Pickle(pickle_core::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EndOfInput => f.write_str("Ran out of input"),
            Self::Truncated { expected, found } => write!(
                f,
                "signed data was truncated: it ends after {found} bytes, and should have at least \
                 {expected}"
            ),
            Self::Malformed => f.write_str(
                "no signature: the data does not start with a digest of HMAC-SHA256 in the \
                 signer's layout",
            ),
            Self::Mismatch { looks_like } => {
                f.write_str(
                    "wrong signature: the data was changed or cut off, or signed with another key",
                )?;
                match looks_like {
                    Some(layout) => write!(f, "\n  it looks like `Layout::{layout:?}`"),
                    None => Ok(()),
                }
            }
            Self::Changed => f.write_str("wrong signature: the data was changed"),
            Self::WrongKey => f.write_str("wrong signature: the data was signed with another key"),
            Self::TooLarge { limit } => {
                write!(f, "signed data is longer than the limit of {limit} bytes")
            }
            Self::Io(error) => error.fmt(f),
            Self::Pickle(error) => error.fmt(f),
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

impl From<pickle_core::Error> for Error {
    fn from(error: pickle_core::Error) -> Self {
        Self::Pickle(error)
    }
}

impl From<Error> for pickle_core::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Pickle(error) => error,
            Error::Io(error) => error.into(),
            error => Self::custom(error),
        }
    }
}
