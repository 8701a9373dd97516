//! Functions that only the derive's output calls.

use crate::error::{Error, ErrorKind, Result};
use crate::read::{Attributes, Cursor, NodeRef, View};
use crate::registry::Class;
use crate::write::Encoder;

/// The names of several lists, one after the other.
pub const fn concat<const N: usize>(lists: &[&[&'static str]]) -> [&'static str; N] {
    let mut names = [""; N];
    let (mut count, mut nth) = (0, 0);
    while nth < lists.len() {
        let mut at = 0;
        while at < lists[nth].len() {
            names[count] = lists[nth][at];
            count += 1;
            at += 1;
        }
        nth += 1;
    }
    names
}

/// How many names there are in several lists.
pub const fn total(lists: &[&[&'static str]]) -> usize {
    let (mut count, mut nth) = (0, 0);
    while nth < lists.len() {
        count += lists[nth].len();
        nth += 1;
    }
    count
}

/// The name of the attribute under way.
pub fn attribute_name(attributes: &Attributes<'_, '_>) -> String {
    attributes.name().into_owned()
}

/// The error of an instance without an attribute.
#[cold]
pub fn missing_attribute(class: &'static Class, name: &str) -> Error {
    let message = format!("'{}' object has no attribute '{name}'", class.name());
    Error::new(ErrorKind::MissingAttribute, message)
}

/// The error of an instance made of too few arguments.
#[cold]
pub fn missing_argument(class: &'static Class, name: &str) -> Error {
    let message = format!("{}() missing required argument: '{name}'", class.name());
    Error::new(ErrorKind::MissingAttribute, message).raised_as("TypeError")
}

/// The error of an instance whose state is too short.
#[cold]
pub fn missing_item(class: &'static Class, name: &str) -> Error {
    let message = format!("the state of `{class}` is too short: it has no '{name}'");
    Error::new(ErrorKind::MissingAttribute, message).raised_as("ValueError")
}

/// The error of an instance whose state is too long.
#[cold]
pub fn surplus_item(class: &'static Class, expected: usize) -> Error {
    let message = format!("the state of `{class}` has more than {expected} items");
    Error::new(ErrorKind::Mismatch, message).raised_as("ValueError")
}

/// The error of a dict without a key.
#[cold]
pub fn missing_key(name: &str) -> Error {
    let message = crate::error::quoted(name);
    Error::new(ErrorKind::MissingAttribute, message)
        .raised_as("KeyError")
        .note("the dict lacks this key")
}

/// What a function of the user's returns, whether it can fail or not.
pub trait Outcome<T> {
    /// As a result.
    fn outcome(self) -> Result<T>;
}

impl<T> Outcome<T> for T {
    fn outcome(self) -> Result<T> {
        Ok(self)
    }
}

impl<T> Outcome<T> for Result<T> {
    fn outcome(self) -> Result<T> {
        self
    }
}

/// The error that a function returned which a pickle called.
#[cold]
pub fn function_error<E: std::fmt::Display + 'static>(error: E) -> Error {
    let message = error.to_string();
    let error: Box<dyn std::any::Any> = Box::new(error);
    match error.downcast::<Error>() {
        Ok(error) => *error,
        Err(_) => Error::custom(message),
    }
}

/// What a union takes, in words.
#[cold]
pub fn one_of(expected: &[&dyn std::fmt::Display]) -> String {
    let expected: Vec<_> = expected.iter().map(ToString::to_string).collect();
    expected.join(" or ")
}

/// Whether another variant of a union may be tried after this error.
pub fn is_mismatch(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Mismatch | ErrorKind::MissingAttribute | ErrorKind::Encoding | ErrorKind::Custom
    )
}

/// `#[pickle(bytes)]`
pub mod bytes {
    use super::*;

    /// Writes bytes.
    pub fn pickle<T: AsRef<[u8]> + ?Sized>(value: &T, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.bytes(value.as_ref())
    }

    /// Reads bytes.
    pub fn unpickle<'de, T>(cursor: Cursor<'_, 'de>) -> Result<T>
    where
        T: TryFrom<Vec<u8>>,
    {
        let bytes = cursor.bytes()?.into_owned();
        let len = bytes.len();
        T::try_from(bytes).map_err(|_| {
            let name = std::any::type_name::<T>();
            Error::new(
                ErrorKind::Mismatch,
                format!("{len} bytes cannot be made a `{name}`"),
            )
        })
    }
}

/// `#[pickle(latin1)]`
pub mod latin1 {
    use super::*;

    /// Writes text.
    pub fn pickle<T: AsRef<str> + ?Sized>(value: &T, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.str(value.as_ref())
    }

    /// Reads text, or bytes as text.
    pub fn unpickle<'de, T: From<String>>(cursor: Cursor<'_, 'de>) -> Result<T> {
        let node: NodeRef<'_, 'de> = cursor.node_ref();
        if let View::ByteString(bytes) = node.view() {
            return Ok(bytes
                .iter()
                .copied()
                .map(char::from)
                .collect::<String>()
                .into());
        }
        cursor.str().map(|text| text.into_owned().into())
    }
}
