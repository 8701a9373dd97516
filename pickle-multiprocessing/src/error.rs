//! What goes wrong between processes, in Python's words.

use std::borrow::Cow;
use std::fmt;
use std::io;

use crate::managers::Exception;

/// A `Result` whose error is [`Error`] unless said otherwise.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong on a connection, or on the other side of it.
///
/// ```
/// use pickle::multiprocessing::{ErrorKind, connection::Connection};
///
/// let (mut here, there) = Connection::pair()?;
/// drop(there);
/// let error = here.recv::<String>().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::EndOfFile);
/// assert_eq!(error.python_type(), "EOFError");
/// # Ok::<(), pickle::multiprocessing::Error>(())
/// ```
// Boxed: it is far larger than what usually is returned.
pub struct Error(Box<Body>);

struct Body {
    kind: ErrorKind,
    python_type: &'static str,
    message: Cow<'static, str>,
    cause: Cause,
}

enum Cause {
    None,
    Io(io::ErrorKind),
    Pickle(pickle_core::Error),
    Raised(Exception),
}

/// The questions that programs ask of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The other side has closed the connection.
    EndOfFile,
    /// The other side has broken off inside a message.
    Truncated,
    /// A message is longer than allowed, or its length is none.
    MessageLength,
    /// The two sides did not come to know that they have the same key. Where a
    /// [`Listener`](crate::connection::Listener) accepts, this is about one client, and the next
    /// call is for the others.
    Authentication,
    /// An address that cannot be used here.
    Address,
    /// A message could not be pickled, or is no pickle of what was asked for.
    Pickle,
    /// An exception was raised on the other side: [`Error::exception`].
    Raised,
    /// The other side does not keep to the protocol of managers.
    Protocol,
    /// The operating system says so: [`Error::io_kind`].
    Io,
}

impl Error {
    #[cold]
    pub(crate) fn new(
        kind: ErrorKind,
        python_type: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Box::new(Body {
            kind,
            python_type,
            message: message.into(),
            cause: Cause::None,
        }))
    }

    #[cold]
    pub(crate) fn end_of_file() -> Self {
        let message = "the other side has closed the connection";
        Self::new(ErrorKind::EndOfFile, "EOFError", message)
    }

    #[cold]
    pub(crate) fn truncated() -> Self {
        let message = "got end of file during message";
        Self::new(ErrorKind::Truncated, "OSError", message)
    }

    #[cold]
    pub(crate) fn authentication(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Authentication, "AuthenticationError", message)
    }

    #[cold]
    pub(crate) fn raised(exception: Exception) -> Self {
        Self(Box::new(Body {
            kind: ErrorKind::Raised,
            python_type: "",
            message: Cow::Owned(exception.to_string()),
            cause: Cause::Raised(exception),
        }))
    }

    /// The same failure as one of authentication: whatever breaks off a handshake.
    #[cold]
    pub(crate) fn during_handshake(mut self) -> Self {
        self.0.kind = ErrorKind::Authentication;
        self
    }

    /// What kind of failure this is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The name of the exception that Python raises for this: `EOFError`, `AuthenticationError`,
    /// `queue.Empty`, …
    pub fn python_type(&self) -> Cow<'_, str> {
        match &self.0.cause {
            Cause::Raised(exception) => exception.class_name(),
            _ => self.0.python_type.into(),
        }
    }

    /// The text, Python's own where Python has one.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Whether the other side has closed the connection between two messages.
    pub fn is_eof(&self) -> bool {
        self.0.kind == ErrorKind::EndOfFile
    }

    /// The exception that was raised on the other side.
    pub fn exception(&self) -> Option<&Exception> {
        match &self.0.cause {
            Cause::Raised(exception) => Some(exception),
            _ => None,
        }
    }

    /// What is wrong with the pickle in a message.
    pub fn pickle_error(&self) -> Option<&pickle_core::Error> {
        match &self.0.cause {
            Cause::Pickle(error) => Some(error),
            _ => None,
        }
    }

    /// The kind of the input or output error behind this one, if there is one.
    pub fn io_kind(&self) -> Option<io::ErrorKind> {
        match &self.0.cause {
            Cause::Io(kind) => Some(*kind),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

/// What `unwrap` shows: the exception's name and the text.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.cause {
            // Its text begins with its class.
            Cause::Raised(exception) => fmt::Display::fmt(exception, f),
            _ => write!(f, "{}: {self}", self.0.python_type),
        }
    }
}

// What is behind it is part of the message, so it is no `source` besides.
impl std::error::Error for Error {}

impl From<io::Error> for Error {
    #[cold]
    fn from(error: io::Error) -> Self {
        let mut this = Self::new(ErrorKind::Io, "OSError", error.to_string());
        this.0.cause = Cause::Io(error.kind());
        this
    }
}

impl From<rustix::io::Errno> for Error {
    #[cold]
    fn from(error: rustix::io::Errno) -> Self {
        io::Error::from(error).into()
    }
}

impl From<pickle_core::Error> for Error {
    #[cold]
    fn from(error: pickle_core::Error) -> Self {
        let mut this = Self::new(ErrorKind::Pickle, error.python_type(), error.to_string());
        this.0.cause = Cause::Pickle(error);
        this
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error.kind() {
            ErrorKind::EndOfFile | ErrorKind::Truncated => io::ErrorKind::UnexpectedEof,
            ErrorKind::Authentication => io::ErrorKind::PermissionDenied,
            ErrorKind::Address => io::ErrorKind::InvalidInput,
            ErrorKind::Io => error.io_kind().unwrap_or(io::ErrorKind::Other),
            ErrorKind::Raised => io::ErrorKind::Other,
            _ => io::ErrorKind::InvalidData,
        };
        Self::new(kind, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_word_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }
}
