//! What a server says to what it was asked for.

use std::borrow::Cow;
use std::marker::PhantomData;

use pickle_core::{Cursor, Registry, Unpickle, Unpickler, Value};

use super::{Exception, Token};
use crate::{Error, ErrorKind, Result};

/// The kinds of replies.
pub(super) const RETURN: &str = "#RETURN";
pub(super) const PROXY: &str = "#PROXY";
pub(super) const ERROR: &str = "#ERROR";
pub(super) const TRACEBACK: &str = "#TRACEBACK";
pub(super) const UNSERIALIZABLE: &str = "#UNSERIALIZABLE";

/// A reply that is no error.
pub(super) enum Reply<T> {
    /// The result of a method, by value.
    Return(T),
    /// The result is another shared object: the names of its methods, and what identifies it. The
    /// server counts a reference to it.
    Proxy(Vec<String>, Token),
}

/// `(kind, result)`, if that is a value.
struct Returned<T>(Option<T>, PhantomData<T>);

impl<'de, T: Unpickle<'de>> Unpickle<'de> for Returned<T> {
    fn unpickle(cursor: Cursor<'_, 'de>) -> pickle_core::Result<Self> {
        let mut items = cursor.list()?;
        let kind = items.next::<Cow<'de, str>>()?;
        let value = match kind.as_deref() {
            Some(RETURN) => items.next()?,
            _ => None,
        };
        Ok(Self(value, PhantomData))
    }
}

impl<T: for<'de> Unpickle<'de>> Reply<T> {
    /// Reads a reply.
    pub(super) fn parse(message: &[u8]) -> Result<Self> {
        match pickle_core::loads(message) {
            Ok(Returned(Some(value), _)) => Ok(Self::Return(value)),
            Ok(Returned(None, _)) => Self::parse_other(message, None),
            // An exception may be of a class that is not registered; a result must not.
            Err(error) => Self::parse_other(message, Some(error)),
        }
    }

    #[cold]
    fn parse_other(message: &[u8], error: Option<pickle_core::Error>) -> Result<Self> {
        // As data, whatever classes are registered.
        let mut unpickler = Unpickler::from_slice(message)
            .with_registry(Registry::new())
            .with_opaque(true);
        let (kind, result) = match (unpickler.load::<(String, Value)>(), error) {
            (Ok((kind, _)), Some(error)) if kind == RETURN => return Err(error.into()),
            (Ok(reply), _) => reply,
            (Err(_), Some(error)) | (Err(error), None) => return Err(error.into()),
        };
        match kind.as_str() {
            PROXY => {
                let (_, (exposed, token)) =
                    pickle_core::loads::<(String, (Vec<String>, Token))>(message)?;
                Ok(Self::Proxy(exposed, token))
            }
            ERROR => match Exception::from_value(result.clone()) {
                Some(exception) => Err(Error::raised(exception)),
                None => Err(unexpected(format!(
                    "{result} was raised, which is no exception"
                ))),
            },
            TRACEBACK | UNSERIALIZABLE => {
                let Some(text) = result.as_str() else {
                    let found = result.type_name();
                    return Err(unexpected(format!(
                        "Result {result} (kind '{kind}') type is {found}, not str"
                    )));
                };
                Err(Error::raised(Exception::remote(match kind.as_str() {
                    UNSERIALIZABLE => format!("Unserializable message: {text}\n"),
                    _ => text.to_owned(),
                })))
            }
            kind => Err(unexpected(format!(
                "Unrecognized message type {}",
                pickle_core::repr(kind)
            ))),
        }
    }
}

#[cold]
fn unexpected(message: String) -> Error {
    Error::new(ErrorKind::Protocol, "ValueError", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(pickle: &[u8]) -> Error {
        match Reply::<i64>::parse(pickle) {
            Err(error) => error,
            Ok(_) => panic!("no error"),
        }
    }

    #[test]
    fn results_are_typed() {
        assert!(matches!(
            Reply::<i64>::parse(b"(V#RETURN\nI7\nt."),
            Ok(Reply::Return(7))
        ));
        let text = error(b"(V#RETURN\nVseven\nt.");
        assert_eq!(text.kind(), ErrorKind::Pickle);
        assert_eq!(text.python_type(), "TypeError");
        let unknown = error(b"(V#RETURN\ncshop\nUnknown\n)Rt.");
        assert_eq!(unknown.python_type(), "ModuleNotFoundError");
    }

    #[test]
    fn exceptions_of_any_class_are_read() {
        let empty = error(b"(V#ERROR\nc_queue\nEmpty\n)Rt.");
        assert_eq!(empty.kind(), ErrorKind::Raised);
        assert_eq!(empty.to_string(), "_queue.Empty");
        let empty = empty.exception().unwrap();
        assert!(empty.is("queue", "Empty") && !empty.is("queue", "Full"));
        assert_eq!(empty.traceback(), None);

        let key = error(b"(V#ERROR\ncbuiltins\nKeyError\n(Vtea\ntRt.");
        assert_eq!(key.to_string(), "KeyError: 'tea'");
        assert_eq!(key.python_type(), "KeyError");
    }

    #[test]
    fn tracebacks_are_remote_errors() {
        let remote = error(b"(V#TRACEBACK\nVTraceback\nt.");
        assert_eq!(remote.python_type(), "multiprocessing.managers.RemoteError");
        let traceback = remote.exception().and_then(Exception::traceback);
        assert!(traceback.is_some_and(|text| text.starts_with("Traceback")));
        let text = error(b"(V#UNSERIALIZABLE\nVx\nt.").to_string();
        assert!(text.ends_with("Unserializable message: x\n"));
    }

    #[test]
    fn what_is_no_reply_is_an_error() {
        assert_eq!(
            error(b"(V#MAYBE\nNt.").message(),
            "Unrecognized message type '#MAYBE'"
        );
        assert_eq!(error(b"(V#ERROR\nI1\nt.").kind(), ErrorKind::Protocol);
        assert_eq!(error(b"(V#TRACEBACK\nI1\nt.").kind(), ErrorKind::Protocol);
        assert_eq!(error(b"I1\n.").kind(), ErrorKind::Pickle);
        assert_eq!(error(b"(V#RETURN\nt.").kind(), ErrorKind::Pickle);
        assert_eq!(error(b"junk").kind(), ErrorKind::Pickle);
    }
}
