//! `datetime.datetime`

use std::fmt;

use super::payload::Payload;
use super::time::{FOLD, tzinfo_arg, write};
use super::{Date, Time, TzInfo};
use crate::error::Result;
use crate::python::python_class;
use crate::{Cursor, Encoder, Instance, Pickle, Protocol, Unpickle};

/// A `datetime.datetime`: a day and a time of day, with a time zone or without.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::python::datetime::{Date, DateTime, Time, TimeDelta, TimeZone};
///
/// let naive = DateTime::new(Date::new(2020, 1, 2)?, Time::new(3, 4, 5, 0)?);
/// assert_eq!(naive.to_string(), "2020-01-02 03:04:05");
///
/// let zone = TimeZone::new(TimeDelta::new(0, 3600, 0)?)?;
/// assert_eq!(naive.with_tzinfo(zone).to_string(), "2020-01-02 03:04:05+01:00");
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// Features of this crate convert it to the types of `jiff` and `chrono`, with which to calculate.
#[doc(alias = "NaiveDateTime")]
#[doc(alias = "Timestamp")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DateTime {
    date: Date,
    time: Time,
}

python_class! { value DateTime = "datetime", "datetime" }

impl DateTime {
    /// Returns the time of that day. The time zone is the one of the time.
    pub fn new(date: Date, time: Time) -> Self {
        Self { date, time }
    }

    /// Puts the time into a time zone.
    #[must_use]
    pub fn with_tzinfo(self, tzinfo: impl Into<Option<TzInfo>>) -> Self {
        let time = self.time.with_tzinfo(tzinfo);
        Self { time, ..self }
    }

    /// Says whether it is the second of two such times; see [`Time::with_fold`].
    #[must_use]
    pub fn with_fold(self, fold: bool) -> Self {
        let time = self.time.with_fold(fold);
        Self { time, ..self }
    }

    /// The day.
    pub fn date(&self) -> Date {
        self.date
    }

    /// The time of day, with the time zone.
    pub fn time(&self) -> &Time {
        &self.time
    }

    /// The time zone, if there is one.
    pub fn tzinfo(&self) -> Option<&TzInfo> {
        self.time.tzinfo()
    }

    /// Whether it is the second of two such times, where clocks are set back.
    pub fn fold(&self) -> bool {
        self.time.fold()
    }
}

impl From<Date> for DateTime {
    /// The beginning of the day.
    fn from(date: Date) -> Self {
        Self::new(date, Time::default())
    }
}

impl Pickle for DateTime {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let [a, b, mut month, d] = self.date.to_payload();
        if self.fold() && encoder.protocol() >= Protocol::V4 {
            month |= FOLD;
        }
        let [e, f, g, h, i, j] = self.time.to_payload();
        let payload = [a, b, month, d, e, f, g, h, i, j];
        write(Self::CLASS, payload, self.tzinfo(), encoder)
    }
}

impl<'de> Unpickle<'de> for DateTime {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut instance = cursor.instance(Self::CLASS)?;
        let Some(Payload([a, b, month, d, time @ ..])) = instance.arg::<Payload<10>>("state")?
        else {
            return Err(instance.lacks("state"));
        };
        let tzinfo = tzinfo_arg(&mut instance)?;
        instance.end()?;
        let date = Date::from_payload([a, b, month & !FOLD, d])?;
        let time = Time::from_payload(time)?.with_fold(month & FOLD != 0);
        Ok(Self::new(date, time).with_tzinfo(tzinfo))
    }
}

/// As Python's `str`: `2020-01-02 03:04:05+01:00`. See [`Time`] about time zones that are known by
/// their names alone.
impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.date, self.time)
    }
}
