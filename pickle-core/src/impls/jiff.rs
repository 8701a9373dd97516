//! Days, times and time zones, of the `jiff` crate.

use ::jiff::civil;
use ::jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use ::jiff::{SignedDuration, Timestamp, ZonedDateTime};

use crate::error::{Error, Result};
use crate::python::datetime::{self, Date, DateTime, Time, TimeDelta, TzInfo};
use crate::python::zoneinfo::ZoneInfo;
use crate::{Cursor, Encoder, Pickle, Unpickle};

macro_rules! pickled_as {
    ($($(#[$doc:meta])* $foreign:ty as $ours:ty;)*) => {$(
        $(#[$doc])*
        impl Pickle for $foreign {
            fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
                <$ours>::try_from(self)?.pickle(encoder)
            }
        }

        $(#[$doc])*
        impl<'de> Unpickle<'de> for $foreign {
            fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
                <$ours>::unpickle(cursor)?.try_into()
            }
        }
    )*};
}

pickled_as! {
    /// `datetime.date`
    civil::Date as Date;
    /// `datetime.time` without a time zone
    civil::Time as Time;
    /// `datetime.datetime` without a time zone
    civil::DateTime as DateTime;
    /// `datetime.datetime` with a time zone, in the time zone that it has
    ZonedDateTime as DateTime;
    /// `datetime.datetime` with a time zone; of whichever it is read, it is written in UTC
    Timestamp as DateTime;
    /// `datetime.timedelta`
    SignedDuration as TimeDelta;
    /// `zoneinfo.ZoneInfo`, or `datetime.timezone` for UTC and fixed offsets
    TimeZone as TzInfo;
}

/// A part of a date or time of `jiff`, which are small numbers; another one is out of range.
fn part<T: TryFrom<i64>>(value: impl Into<i64>) -> Result<T> {
    let value = value.into();
    T::try_from(value)
        .map_err(|_| Error::custom(format_args!("{value} is out of range")).raised_as("ValueError"))
}

#[cold]
fn nanoseconds(what: impl std::fmt::Display, class: &str) -> Error {
    Error::custom(format_args!(
        "{what} has nanoseconds, which no {class} has: round it first"
    ))
}

#[cold]
fn naive(value: &DateTime) -> Error {
    Error::custom(format_args!("{value} has no time zone"))
}

#[cold]
fn aware(value: impl std::fmt::Display) -> Error {
    Error::custom(format_args!(
        "{value} is not a time without a time zone, the first of its kind"
    ))
}

impl TryFrom<&civil::Date> for Date {
    type Error = Error;

    /// # Errors
    ///
    /// When the year is not from 1 to 9999.
    fn try_from(date: &civil::Date) -> Result<Self> {
        Self::new(part(date.year())?, part(date.month())?, part(date.day())?)
    }
}

impl TryFrom<Date> for civil::Date {
    type Error = Error;

    fn try_from(date: Date) -> Result<Self> {
        let year = part(date.year())?;
        Self::new(year, part(date.month())?, part(date.day())?).map_err(Error::custom)
    }
}

impl TryFrom<&civil::Time> for Time {
    type Error = Error;

    /// # Errors
    ///
    /// When it has nanoseconds.
    fn try_from(time: &civil::Time) -> Result<Self> {
        let nanosecond = time.subsec_nanosecond();
        if nanosecond % 1000 != 0 {
            return Err(nanoseconds(time, "datetime.time"));
        }
        let (hour, minute) = (part(time.hour())?, part(time.minute())?);
        Self::new(hour, minute, part(time.second())?, part(nanosecond / 1000)?)
    }
}

/// The hour and minute of a time, the fraction included.
fn clock(time: &Time) -> Result<civil::Time> {
    let (hour, minute) = (part(time.hour())?, part(time.minute())?);
    let nanosecond = part(time.microsecond() * 1000)?;
    civil::Time::new(hour, minute, part(time.second())?, nanosecond).map_err(Error::custom)
}

impl TryFrom<Time> for civil::Time {
    type Error = Error;

    /// # Errors
    ///
    /// When it has a time zone or a fold, which would be lost.
    fn try_from(time: Time) -> Result<Self> {
        match time.tzinfo().is_some() || time.fold() {
            true => Err(aware(&time)),
            false => clock(&time),
        }
    }
}

impl TryFrom<&civil::DateTime> for DateTime {
    type Error = Error;

    /// # Errors
    ///
    /// When the year is not from 1 to 9999, or there are nanoseconds.
    fn try_from(datetime: &civil::DateTime) -> Result<Self> {
        let time = Time::try_from(&datetime.time())?;
        Ok(Self::new(Date::try_from(&datetime.date())?, time))
    }
}

impl TryFrom<DateTime> for civil::DateTime {
    type Error = Error;

    /// # Errors
    ///
    /// When it has a time zone or a fold, which would be lost.
    fn try_from(datetime: DateTime) -> Result<Self> {
        let time = civil::Time::try_from(datetime.time().clone())?;
        Ok(civil::Date::try_from(datetime.date())?.to_datetime(time))
    }
}

impl TryFrom<&TimeZone> for TzInfo {
    type Error = Error;

    /// # Errors
    ///
    /// When the time zone has neither a name in the IANA database nor a fixed offset.
    fn try_from(zone: &TimeZone) -> Result<Self> {
        match (zone.iana_name(), zone.to_fixed_offset()) {
            (Some("UTC"), _) => Ok(datetime::TimeZone::utc().into()),
            (Some(name), _) => Ok(ZoneInfo::new(name).into()),
            (None, Ok(offset)) => {
                let offset = TimeDelta::new(0, offset.seconds().into(), 0)?;
                Ok(datetime::TimeZone::new(offset)?.into())
            }
            (None, Err(_)) => Err(Error::custom(
                "the time zone has no name by which Python could find it",
            )),
        }
    }
}

impl TryFrom<TzInfo> for TimeZone {
    type Error = Error;

    /// # Errors
    ///
    /// When the database of `jiff` lacks the time zone, when an offset has a fraction of a second,
    /// and for time zones of other classes. The name of a fixed offset is not kept.
    fn try_from(zone: TzInfo) -> Result<Self> {
        match zone {
            TzInfo::TimeZone(zone) => {
                let microseconds = zone.offset().total_microseconds();
                if microseconds == 0 {
                    return Ok(Self::UTC);
                }
                let seconds = i32::try_from(microseconds / 1_000_000).unwrap_or(i32::MAX);
                match Offset::from_seconds(seconds) {
                    Ok(offset) if microseconds % 1_000_000 == 0 => Ok(Self::fixed(offset)),
                    _ => Err(Error::custom(format_args!(
                        "the offset of {zone} is not one of whole seconds"
                    ))),
                }
            }
            TzInfo::ZoneInfo(zone) => Self::get(zone.key()).map_err(Error::custom),
            zone => Err(Error::custom(format_args!(
                "the time zone {zone} is not known here"
            ))),
        }
    }
}

impl TryFrom<&ZonedDateTime> for DateTime {
    type Error = Error;

    /// # Errors
    ///
    /// When the year is not from 1 to 9999, or there are nanoseconds; those of the time zone.
    fn try_from(zoned: &ZonedDateTime) -> Result<Self> {
        let zone = zoned.time_zone();
        // The second of two such times is what Python calls a fold.
        let is_second = match zone.to_ambiguous_zoned_datetime(zoned.datetime()).offset() {
            AmbiguousOffset::Fold { after, .. } => after == zoned.offset(),
            _ => false,
        };
        let datetime = Self::try_from(&zoned.datetime())?.with_fold(is_second);
        Ok(datetime.with_tzinfo(TzInfo::try_from(zone)?))
    }
}

impl TryFrom<DateTime> for ZonedDateTime {
    type Error = Error;

    /// # Errors
    ///
    /// When it has no time zone; those of the time zone.
    fn try_from(datetime: DateTime) -> Result<Self> {
        let Some(zone) = datetime.tzinfo() else {
            return Err(naive(&datetime));
        };
        let zone = TimeZone::try_from(zone.clone())?;
        let date = civil::Date::try_from(datetime.date())?;
        let ambiguous =
            zone.into_ambiguous_zoned_datetime(date.to_datetime(clock(datetime.time())?));
        // PEP 495: where clocks are set forward, the first means the offset before, and the second
        // the one after.
        let zoned = match (datetime.fold(), ambiguous.offset()) {
            (true, AmbiguousOffset::Gap { .. }) => ambiguous.earlier(),
            (true, _) => ambiguous.later(),
            (false, _) => ambiguous.compatible(),
        };
        zoned.map_err(Error::custom)
    }
}

impl TryFrom<&Timestamp> for DateTime {
    type Error = Error;

    /// # Errors
    ///
    /// As for [`ZonedDateTime`].
    fn try_from(timestamp: &Timestamp) -> Result<Self> {
        Self::try_from(&timestamp.to_zoned_datetime(TimeZone::UTC))
    }
}

impl TryFrom<DateTime> for Timestamp {
    type Error = Error;

    /// # Errors
    ///
    /// As for [`ZonedDateTime`].
    fn try_from(datetime: DateTime) -> Result<Self> {
        Ok(ZonedDateTime::try_from(datetime)?.timestamp())
    }
}

impl TryFrom<&SignedDuration> for TimeDelta {
    type Error = Error;

    /// # Errors
    ///
    /// When it has nanoseconds, or is too long.
    fn try_from(duration: &SignedDuration) -> Result<Self> {
        match duration.subsec_nanos() % 1000 {
            0 => Self::from_microseconds(duration.as_micros()),
            _ => Err(nanoseconds(duration, "datetime.timedelta")),
        }
    }
}

impl TryFrom<TimeDelta> for SignedDuration {
    type Error = Error;

    fn try_from(delta: TimeDelta) -> Result<Self> {
        let seconds = i64::from(delta.days()) * 86_400 + i64::from(delta.seconds());
        Ok(Self::new(seconds, part(delta.microseconds() * 1000)?))
    }
}
