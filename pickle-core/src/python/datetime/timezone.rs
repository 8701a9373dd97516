//! `datetime.timezone`, and time zones of any class.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::{TimeDelta, value_error};
use crate::error::Result;
use crate::python::python_class;
use crate::python::zoneinfo::ZoneInfo;
use crate::{Cursor, Encoder, Instance, Pickle, Unpickle, Value};

/// A `datetime.timezone`: a fixed offset from UTC, with a name or without. A clone is the same
/// object, and written once.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::python::datetime::{TimeDelta, TimeZone};
///
/// let zone = TimeZone::new(TimeDelta::new(0, -5 * 3600, 0)?)?;
/// assert_eq!(zone.to_string(), "UTC-05:00");
/// assert_eq!(zone.with_name("EST").to_string(), "EST");
/// assert_eq!(TimeZone::utc().offset(), TimeDelta::ZERO);
/// # Ok::<(), pickle::Error>(())
/// ```
#[doc(alias = "FixedOffset")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TimeZone(Arc<Offset>);

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Offset {
    offset: TimeDelta,
    name: Option<String>,
}

python_class! { value TimeZone = "datetime", "timezone" }

impl TimeZone {
    /// Returns `timezone.utc`.
    pub fn utc() -> Self {
        Self(Arc::default())
    }

    /// Returns the time zone of this offset.
    ///
    /// # Errors
    ///
    /// In Python's words, when the offset is a day or more.
    pub fn new(offset: TimeDelta) -> Result<Self> {
        let day = TimeDelta::new(1, 0, 0)?.total_microseconds();
        if offset.total_microseconds().abs() < day {
            return Ok(Self(Arc::new(Offset { offset, name: None })));
        }
        let mut args = Vec::new();
        let parts = [
            ("days", i64::from(offset.days())),
            ("seconds", offset.seconds().into()),
            ("microseconds", offset.microseconds().into()),
        ];
        for (name, value) in parts.into_iter().filter(|(_, value)| *value != 0) {
            args.push(format!("{name}={value}"));
        }
        Err(value_error(format_args!(
            "offset must be a timedelta strictly between -timedelta(hours=24) and \
             timedelta(hours=24), not datetime.timedelta({}).",
            args.join(", ")
        )))
    }

    /// Gives the time zone a name.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self(Arc::new(Offset {
            offset: self.0.offset,
            name: Some(name.into()),
        }))
    }

    /// How far ahead of UTC its clocks are.
    pub fn offset(&self) -> TimeDelta {
        self.0.offset
    }

    /// The name that it was given.
    pub fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }
}

impl Pickle for Offset {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let class = TimeZone::CLASS;
        match &self.name {
            Some(name) => encoder.reduce(class, &(self.offset, name))?.end(),
            None => encoder.reduce(class, &(self.offset,))?.end(),
        }
    }
}

impl Pickle for TimeZone {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match *self.0 == Offset::default() {
            // Python has it once.
            true => encoder.singleton("datetime.timezone.utc", &*self.0),
            false => self.0.pickle(encoder),
        }
    }
}

impl<'de> Unpickle<'de> for TimeZone {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        cursor.shared(|cursor| {
            let mut instance = cursor.instance(Self::CLASS)?;
            let Some(offset) = instance.arg("offset")? else {
                return Err(instance.lacks("offset"));
            };
            let name = instance.arg::<String>("name")?;
            instance.end()?;
            let zone = Self::new(offset)?;
            Ok(match name {
                Some(name) => zone.with_name(name),
                None => zone,
            })
        })
    }
}

/// As Python's `str`: the name, or `UTC+01:00`.
impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None if self.offset() == TimeDelta::ZERO => f.write_str("UTC"),
            None => {
                f.write_str("UTC")?;
                write_offset(self.offset(), f)
            }
        }
    }
}

/// `+01:00`, with seconds and their fractions where there are any.
pub(super) fn write_offset(offset: TimeDelta, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let microseconds = offset.total_microseconds();
    let sign = if microseconds < 0 { '-' } else { '+' };
    let microseconds = microseconds.unsigned_abs();
    let (seconds, microseconds) = (microseconds / 1_000_000, microseconds % 1_000_000);
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    write!(f, "{sign}{hours:02}:{minutes:02}")?;
    match (seconds % 60, microseconds) {
        (0, 0) => Ok(()),
        (seconds, 0) => write!(f, ":{seconds:02}"),
        (seconds, microseconds) => write!(f, ":{seconds:02}.{microseconds:06}"),
    }
}

/// The time zone of a time: of any class that Python has for it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TzInfo {
    /// A `datetime.timezone`.
    TimeZone(TimeZone),
    /// A `zoneinfo.ZoneInfo`.
    ZoneInfo(ZoneInfo),
    /// An instance of another class, as data. The class must be registered, as for any [`Value`].
    Other(Arc<Value>),
}

impl From<TimeZone> for TzInfo {
    fn from(zone: TimeZone) -> Self {
        Self::TimeZone(zone)
    }
}

impl From<ZoneInfo> for TzInfo {
    fn from(zone: ZoneInfo) -> Self {
        Self::ZoneInfo(zone)
    }
}

macro_rules! optional {
    ($($zone:ident)*) => {$(
        impl From<$zone> for Option<TzInfo> {
            fn from(zone: $zone) -> Self {
                Some(zone.into())
            }
        }
    )*};
}
optional! { TimeZone ZoneInfo }

impl PartialEq for TzInfo {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::TimeZone(a), Self::TimeZone(b)) => a == b,
            (Self::ZoneInfo(a), Self::ZoneInfo(b)) => a == b,
            (Self::Other(a), Self::Other(b)) => Arc::ptr_eq(a, b) || a == b,
            _ => false,
        }
    }
}

impl Eq for TzInfo {}

impl Hash for TzInfo {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::TimeZone(zone) => zone.hash(state),
            Self::ZoneInfo(zone) => zone.hash(state),
            Self::Other(_) => 2.hash(state),
        }
    }
}

impl Pickle for TzInfo {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match self {
            Self::TimeZone(zone) => zone.pickle(encoder),
            Self::ZoneInfo(zone) => zone.pickle(encoder),
            Self::Other(zone) => zone.pickle(encoder),
        }
    }
}

impl<'de> Unpickle<'de> for TzInfo {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        if cursor.is_instance(TimeZone::CLASS) {
            return Unpickle::unpickle(cursor).map(Self::TimeZone);
        }
        if cursor.is_instance(ZoneInfo::CLASS) {
            return Unpickle::unpickle(cursor).map(Self::ZoneInfo);
        }
        match cursor.kind() {
            crate::Kind::Object => Unpickle::unpickle(cursor).map(Self::Other),
            _ => Err(cursor.mismatch("datetime.tzinfo")),
        }
    }
}

/// What tells the time zone from others: its name, or how Python shows it.
impl fmt::Display for TzInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimeZone(zone) => zone.fmt(f),
            Self::ZoneInfo(zone) => zone.fmt(f),
            Self::Other(zone) => zone.fmt(f),
        }
    }
}
