//! `datetime.time`

use std::fmt;

use super::payload::Payload;
use super::{TzInfo, value_error};
use crate::error::Result;
use crate::python::python_class;
use crate::{Cursor, Encoder, Instance, InstanceReader, Pickle, Protocol, Unpickle};

/// The bit that says in a payload that a time is the second of two.
pub(super) const FOLD: u8 = 0x80;

/// A `datetime.time`: a time of day, with a time zone or without.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::python::datetime::{Time, TimeZone};
///
/// let time = Time::new(3, 4, 5, 600_000)?;
/// assert_eq!(time.to_string(), "03:04:05.600000");
/// let aware = time.with_tzinfo(TimeZone::utc());
/// assert_eq!(aware.to_string(), "03:04:05.600000+00:00");
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Time {
    hour: u8,
    minute: u8,
    second: u8,
    microsecond: u32,
    fold: bool,
    tzinfo: Option<TzInfo>,
}

python_class! { value Time = "datetime", "time" }

impl Time {
    /// Returns the time, without a time zone.
    ///
    /// # Errors
    ///
    /// In Python's words, when there is no such time.
    pub fn new(hour: u8, minute: u8, second: u8, microsecond: u32) -> Result<Self> {
        if hour > 23 {
            return Err(value_error("hour must be in 0..23"));
        }
        if minute > 59 {
            return Err(value_error("minute must be in 0..59"));
        }
        if second > 59 {
            return Err(value_error("second must be in 0..59"));
        }
        if microsecond > 999_999 {
            return Err(value_error("microsecond must be in 0..999999"));
        }
        Ok(Self {
            hour,
            minute,
            second,
            microsecond,
            fold: false,
            tzinfo: None,
        })
    }

    /// Puts the time into a time zone.
    #[must_use]
    pub fn with_tzinfo(self, tzinfo: impl Into<Option<TzInfo>>) -> Self {
        let tzinfo = tzinfo.into();
        Self { tzinfo, ..self }
    }

    /// Says whether it is the second of two such times, where clocks are set back. Pickles below
    /// protocol 4 do not say so.
    #[must_use]
    pub fn with_fold(self, fold: bool) -> Self {
        Self { fold, ..self }
    }

    /// The hour, from 0 to 23.
    pub fn hour(&self) -> u8 {
        self.hour
    }

    /// The minute, from 0 to 59.
    pub fn minute(&self) -> u8 {
        self.minute
    }

    /// The second, from 0 to 59.
    pub fn second(&self) -> u8 {
        self.second
    }

    /// The millionths of a second, from 0 to 999999.
    pub fn microsecond(&self) -> u32 {
        self.microsecond
    }

    /// Whether it is the second of two such times, where clocks are set back.
    pub fn fold(&self) -> bool {
        self.fold
    }

    /// The time zone, if there is one.
    pub fn tzinfo(&self) -> Option<&TzInfo> {
        self.tzinfo.as_ref()
    }

    /// As it stands in a pickle.
    pub(super) fn to_payload(&self) -> [u8; 6] {
        let [_, high, middle, low] = self.microsecond.to_be_bytes();
        [self.hour, self.minute, self.second, high, middle, low]
    }

    pub(super) fn from_payload([hour, minute, second, high, middle, low]: [u8; 6]) -> Result<Self> {
        let microsecond = u32::from_be_bytes([0, high, middle, low]);
        Self::new(hour, minute, second, microsecond)
    }
}

/// The time zone that is the last argument, if there is one.
pub(super) fn tzinfo_arg(instance: &mut InstanceReader<'_, '_>) -> Result<Option<TzInfo>> {
    instance.arg("tzinfo").map(Option::flatten)
}

/// Writes a payload, and the time zone if there is one.
pub(super) fn write<const N: usize>(
    class: &crate::Class,
    payload: [u8; N],
    tzinfo: Option<&TzInfo>,
    encoder: &mut Encoder<'_>,
) -> Result<()> {
    match tzinfo {
        Some(tzinfo) => encoder.reduce(class, &(payload, tzinfo))?.end(),
        None => encoder.reduce(class, &(payload,))?.end(),
    }
}

impl Pickle for Time {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let mut payload = self.to_payload();
        if self.fold && encoder.protocol() >= Protocol::V4 {
            payload[0] |= FOLD;
        }
        write(Self::CLASS, payload, self.tzinfo(), encoder)
    }
}

impl<'de> Unpickle<'de> for Time {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut instance = cursor.instance(Self::CLASS)?;
        let Some(Payload(mut payload)) = instance.arg("state")? else {
            return Err(instance.lacks("state"));
        };
        let tzinfo = tzinfo_arg(&mut instance)?;
        instance.end()?;
        let fold = payload[0] & FOLD != 0;
        payload[0] &= !FOLD;
        let time = Self::from_payload(payload)?;
        Ok(time.with_fold(fold).with_tzinfo(tzinfo))
    }
}

/// As Python's `str`: `03:04:05.600000+01:00`. The offset of a time zone that is known by its name
/// alone is not; the name then stands in brackets.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            hour,
            minute,
            second,
            microsecond,
            ..
        } = self;
        write!(f, "{hour:02}:{minute:02}:{second:02}")?;
        if *microsecond > 0 {
            write!(f, ".{microsecond:06}")?;
        }
        match &self.tzinfo {
            None => Ok(()),
            Some(TzInfo::TimeZone(zone)) => super::timezone::write_offset(zone.offset(), f),
            Some(zone) => write!(f, "[{zone}]"),
        }
    }
}
