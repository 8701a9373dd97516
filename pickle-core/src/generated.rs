//! Functions that only the derive's output calls.

use crate::error::{Error, ErrorKind, Result};
use crate::read::{Attributes, Cursor, InstanceReader, NodeRef, Pairs, Unpickle, View};
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

/// Reads the attribute under way into the variable of its field.
// Not in the expansion, where it would be compiled for each field of each struct.
pub fn attribute_into<'de, T: Unpickle<'de>>(
    attributes: &mut Attributes<'_, 'de>,
    slot: &mut Option<T>,
) -> Result<()> {
    *slot = Some(attributes.value()?);
    Ok(())
}

/// As [`attribute_into`], read by a function.
pub fn attribute_into_with<'de, T>(
    attributes: &mut Attributes<'_, 'de>,
    slot: &mut Option<T>,
    read: impl FnOnce(Cursor<'_, 'de>) -> Result<T>,
) -> Result<()> {
    *slot = Some(attributes.value_with(read)?);
    Ok(())
}

/// Reads the value of the key under way into the variable of its field.
pub fn entry_into<'de, T: Unpickle<'de>>(
    pairs: &mut Pairs<'_, 'de>,
    slot: &mut Option<T>,
) -> Result<()> {
    *slot = Some(pairs.value()?);
    Ok(())
}

/// As [`entry_into`], read by a function.
pub fn entry_into_with<'de, T>(
    pairs: &mut Pairs<'_, 'de>,
    slot: &mut Option<T>,
    read: impl FnOnce(Cursor<'_, 'de>) -> Result<T>,
) -> Result<()> {
    *slot = Some(pairs.value_with(read)?);
    Ok(())
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

/// Writes a number as flags.
pub fn pickle_flags<T: Copy + TryInto<i64>>(
    encoder: &mut Encoder<'_>,
    class: &'static Class,
    bits: T,
) -> Result<()> {
    match bits.try_into() {
        Ok(bits) => encoder.flags(class, bits),
        Err(_) => Err(Error::new(
            ErrorKind::Unpicklable,
            format!("flags of `{class}` have no more than 63 bits"),
        )),
    }
}

/// Reads flags as a number.
pub fn unpickle_flags<T: TryFrom<i64>>(cursor: Cursor<'_, '_>, class: &'static Class) -> Result<T> {
    let bits = cursor.flags(class)?;
    bits.try_into().map_err(|_| {
        let message = format!(
            "{bits} is not a valid {}: it does not fit in `{}`",
            class.qualname(),
            std::any::type_name::<T>()
        );
        Error::new(ErrorKind::Mismatch, message).raised_as("ValueError")
    })
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

/// Reads the state of an instance, or `None` where there is none: Python writes no state that is
/// `None`, and below protocol 2 none that is false.
pub fn state_or_none<'de, S: Unpickle<'de>>(instance: &mut InstanceReader<'_, 'de>) -> Result<S> {
    match instance.state()? {
        Some(state) => Ok(state),
        None => crate::loads(b"N.").map_err(|_| instance.lacks("state")),
    }
}

/// Reads the dict items of an instance, into a map, or as pairs in their order.
pub fn read_pairs<'de, T, K, V>(instance: &mut InstanceReader<'_, 'de>) -> Result<Option<T>>
where
    T: FromIterator<(K, V)>,
    K: Unpickle<'de>,
    V: Unpickle<'de>,
{
    let entries = instance.pairs::<Entries<K, V>>()?;
    Ok(entries.map(|Entries(entries)| entries.into_iter().collect()))
}

struct Entries<K, V>(Vec<(K, V)>);

impl<'de, K: Unpickle<'de>, V: Unpickle<'de>> Unpickle<'de> for Entries<K, V> {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut pairs = cursor.dict()?;
        let mut entries = Vec::new();
        while let Some(entry) = pairs.next()? {
            entries.push(entry);
        }
        Ok(Self(entries))
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

    /// Reads bytes, or a str of Python 2.
    pub fn unpickle<'de, T>(cursor: Cursor<'_, 'de>) -> Result<T>
    where
        T: TryFrom<Vec<u8>>,
    {
        let bytes = match cursor.node_ref().view() {
            // Of Python 2, whose bytes are its str.
            View::ByteString(bytes) => bytes.to_vec(),
            _ => cursor.bytes()?.into_owned(),
        };
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
