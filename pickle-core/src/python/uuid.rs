//! Python's `uuid`.

use std::fmt;

use crate::error::{Error, Result};
use crate::{Class, Cursor, Encoder, Instance, Kind, Pickle, Unpickle};

/// A `uuid.UUID`: a universally unique identifier.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::python::uuid::Uuid;
///
/// let id = Uuid::new(0x12345678_1234_5678_1234_567812345678);
/// assert_eq!(id.to_string(), "12345678-1234-5678-1234-567812345678");
/// let bytes = pickle::dumps(&id)?;
/// assert_eq!(pickle::loads::<Uuid>(&bytes)?, id);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// The type of the `uuid` crate is pickled in the same way, with the feature `uuid-1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid {
    int: u128,
    is_safe: SafeUuid,
}

/// Whether a UUID is known to have been made so that no other process made the same:
/// `uuid.SafeUUID`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SafeUuid {
    /// It is.
    Safe,
    /// It is not.
    Unsafe,
    /// Nothing is known, as of most.
    #[default]
    Unknown,
}

impl Instance for Uuid {
    const CLASS: &'static Class = &Class::new::<Self>("uuid", "UUID")
        .with_attributes(&["int", "is_safe"])
        .with_object::<Self>()
        .with_value::<Self>()
        .with_hash::<Self>()
        .with_repr::<Self>();
}

impl Uuid {
    /// Returns the UUID of this number.
    pub fn new(int: u128) -> Self {
        let is_safe = SafeUuid::Unknown;
        Self { int, is_safe }
    }

    /// Says whether it was made safely.
    #[must_use]
    pub fn with_safety(self, is_safe: SafeUuid) -> Self {
        Self { is_safe, ..self }
    }

    /// All of it as a number.
    pub fn as_u128(self) -> u128 {
        self.int
    }

    /// Whether it was made safely.
    pub fn is_safe(self) -> SafeUuid {
        self.is_safe
    }
}

impl SafeUuid {
    /// The value of the member in Python.
    fn value(self) -> Option<i8> {
        match self {
            Self::Safe => Some(0),
            Self::Unsafe => Some(-1),
            Self::Unknown => None,
        }
    }
}

impl Pickle for Uuid {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let safety = self.is_safe.value();
        let mut object = encoder.object(Self::CLASS, 1 + usize::from(safety.is_some()))?;
        object.attribute(0, &self.int)?;
        if let Some(safety) = safety {
            object.attribute(1, &safety)?;
        }
        object.end()
    }
}

impl<'de> Unpickle<'de> for SafeUuid {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let value: Option<i64> = match cursor.kind() {
            // Python 3.7 has pickled the member itself.
            Kind::Object => {
                let mut member = cursor.any_instance()?;
                let class: crate::value::GlobalRef = member.callable()?;
                let value = member.arg("value")?;
                member.end()?;
                if !class.is("uuid", "SafeUUID") {
                    let message = format!("expected uuid.SafeUUID, found {class}");
                    return Err(Error::custom(message).raised_as("TypeError"));
                }
                value.flatten()
            }
            _ => Option::unpickle(cursor)?,
        };
        [Self::Safe, Self::Unsafe, Self::Unknown]
            .into_iter()
            .find(|safety| safety.value().map(i64::from) == value)
            .ok_or_else(|| {
                let value = value.unwrap_or_default();
                Error::custom(format_args!("{value} is not a valid SafeUUID"))
                    .raised_as("ValueError")
            })
    }
}

impl<'de> Unpickle<'de> for Uuid {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut attributes = cursor.object(Self::CLASS)?;
        let (mut int, mut is_safe) = (None, SafeUuid::Unknown);
        while let Some(index) = attributes.next()? {
            match index {
                0 => int = Some(attributes.value()?),
                _ => is_safe = attributes.value()?,
            }
        }
        let int = int.ok_or_else(|| attributes.missing(0))?;
        Ok(Self { int, is_safe })
    }
}

/// As Python's `str`: `12345678-1234-5678-1234-567812345678`.
impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.int);
        let parts = [
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..],
        ];
        f.write_str(&parts.join("-"))
    }
}
