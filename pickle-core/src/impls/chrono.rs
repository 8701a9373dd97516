//! Days and times, of the `chrono` crate.

use ::chrono::{
    Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike, Utc,
};

use crate::error::{Error, Result};
use crate::python::datetime::{self, Date, DateTime, Time, TimeDelta, TzInfo};
use crate::{Cursor, Encoder, Pickle, Unpickle};

type Aware<Z> = ::chrono::DateTime<Z>;
type Delta = ::chrono::TimeDelta;

macro_rules! pickled_as {
    ($($(#[$doc:meta])* $foreign:ty as $ours:ty;)*) => {$(
        $(#[$doc])*
        impl Pickle for $foreign {
            fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
                <$ours>::try_from(*self)?.pickle(encoder)
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
    NaiveDate as Date;
    /// `datetime.time` without a time zone
    NaiveTime as Time;
    /// `datetime.datetime` without a time zone
    NaiveDateTime as DateTime;
    /// `datetime.datetime` with a fixed offset; of whichever it is read, it is written in UTC
    Aware<Utc> as DateTime;
    /// `datetime.datetime` with a fixed offset
    Aware<FixedOffset> as DateTime;
    /// `datetime.timedelta`
    Delta as TimeDelta;
    /// `datetime.timezone`
    FixedOffset as datetime::TimeZone;
}

#[cold]
fn out_of_range(value: impl std::fmt::Display) -> Error {
    Error::custom(format_args!("{value} is out of range")).raised_as("ValueError")
}

#[cold]
fn nanoseconds(what: impl std::fmt::Display) -> Error {
    Error::custom(format_args!(
        "{what} has nanoseconds or a leap second, which Python has not: round it first"
    ))
}

#[cold]
fn aware(value: impl std::fmt::Display) -> Error {
    Error::custom(format_args!(
        "{value} is not a time without a time zone, the first of its kind"
    ))
}

fn small(value: u32) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}

impl TryFrom<NaiveDate> for Date {
    type Error = Error;

    /// # Errors
    ///
    /// When the year is not from 1 to 9999.
    fn try_from(date: NaiveDate) -> Result<Self> {
        let year = u16::try_from(date.year()).map_err(|_| out_of_range(date))?;
        Self::new(year, small(date.month()), small(date.day()))
    }
}

impl TryFrom<Date> for NaiveDate {
    type Error = Error;

    fn try_from(date: Date) -> Result<Self> {
        let (month, day) = (date.month().into(), date.day().into());
        Self::from_ymd_opt(date.year().into(), month, day).ok_or_else(|| out_of_range(date))
    }
}

impl TryFrom<NaiveTime> for Time {
    type Error = Error;

    /// # Errors
    ///
    /// When it has nanoseconds or is a leap second.
    fn try_from(time: NaiveTime) -> Result<Self> {
        let nanosecond = time.nanosecond();
        if nanosecond >= 1_000_000_000 || !nanosecond.is_multiple_of(1000) {
            return Err(nanoseconds(time));
        }
        let (hour, minute) = (small(time.hour()), small(time.minute()));
        Self::new(hour, minute, small(time.second()), nanosecond / 1000)
    }
}

/// The hour and minute of a time, the fraction included.
fn clock(time: &Time) -> Result<NaiveTime> {
    let (hour, minute, second) = (
        time.hour().into(),
        time.minute().into(),
        time.second().into(),
    );
    NaiveTime::from_hms_micro_opt(hour, minute, second, time.microsecond())
        .ok_or_else(|| out_of_range(time))
}

impl TryFrom<Time> for NaiveTime {
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

impl TryFrom<NaiveDateTime> for DateTime {
    type Error = Error;

    /// # Errors
    ///
    /// When the year is not from 1 to 9999, or there are nanoseconds.
    fn try_from(datetime: NaiveDateTime) -> Result<Self> {
        let time = Time::try_from(datetime.time())?;
        Ok(Self::new(Date::try_from(datetime.date())?, time))
    }
}

impl TryFrom<DateTime> for NaiveDateTime {
    type Error = Error;

    /// # Errors
    ///
    /// When it has a time zone or a fold, which would be lost.
    fn try_from(datetime: DateTime) -> Result<Self> {
        let time = NaiveTime::try_from(datetime.time().clone())?;
        Ok(NaiveDate::try_from(datetime.date())?.and_time(time))
    }
}

impl TryFrom<FixedOffset> for datetime::TimeZone {
    type Error = Error;

    fn try_from(offset: FixedOffset) -> Result<Self> {
        Self::new(TimeDelta::new(0, offset.local_minus_utc().into(), 0)?)
    }
}

impl TryFrom<datetime::TimeZone> for FixedOffset {
    type Error = Error;

    /// # Errors
    ///
    /// When the offset has a fraction of a second. The name is not kept.
    fn try_from(zone: datetime::TimeZone) -> Result<Self> {
        let microseconds = zone.offset().total_microseconds();
        let seconds = i32::try_from(microseconds / 1_000_000).ok();
        let seconds = seconds.filter(|_| microseconds % 1_000_000 == 0);
        seconds.and_then(Self::east_opt).ok_or_else(|| {
            Error::custom(format_args!(
                "the offset of {zone} is not one of whole seconds"
            ))
        })
    }
}

impl TryFrom<Aware<FixedOffset>> for DateTime {
    type Error = Error;

    /// # Errors
    ///
    /// When the year is not from 1 to 9999, or there are nanoseconds.
    fn try_from(datetime: Aware<FixedOffset>) -> Result<Self> {
        let zone = datetime::TimeZone::try_from(*datetime.offset())?;
        Ok(Self::try_from(datetime.naive_local())?.with_tzinfo(zone))
    }
}

impl TryFrom<DateTime> for Aware<FixedOffset> {
    type Error = Error;

    /// # Errors
    ///
    /// When it has no time zone, or one that is known by its name: `chrono` has no database of time
    /// zones.
    fn try_from(datetime: DateTime) -> Result<Self> {
        let offset = match datetime.tzinfo() {
            Some(TzInfo::TimeZone(zone)) => FixedOffset::try_from(zone.clone())?,
            Some(TzInfo::ZoneInfo(zone)) if zone.key() == "UTC" => {
                FixedOffset::try_from(datetime::TimeZone::utc())?
            }
            Some(zone) => {
                return Err(Error::custom(format_args!(
                    "chrono does not know the offset of {zone} at {datetime}"
                )));
            }
            None => return Err(Error::custom(format_args!("{datetime} has no time zone"))),
        };
        let date = NaiveDate::try_from(datetime.date())?;
        let naive = date.and_time(clock(datetime.time())?);
        let aware = offset.from_local_datetime(&naive).single();
        aware.ok_or_else(|| out_of_range(&datetime))
    }
}

impl TryFrom<Aware<Utc>> for DateTime {
    type Error = Error;

    /// # Errors
    ///
    /// When the year is not from 1 to 9999, or there are nanoseconds.
    fn try_from(datetime: Aware<Utc>) -> Result<Self> {
        let naive = Self::try_from(datetime.naive_utc())?;
        Ok(naive.with_tzinfo(datetime::TimeZone::utc()))
    }
}

impl TryFrom<DateTime> for Aware<Utc> {
    type Error = Error;

    /// # Errors
    ///
    /// As for a fixed offset.
    fn try_from(datetime: DateTime) -> Result<Self> {
        Ok(Aware::<FixedOffset>::try_from(datetime)?.with_timezone(&Utc))
    }
}

impl TryFrom<Delta> for TimeDelta {
    type Error = Error;

    /// # Errors
    ///
    /// When it has nanoseconds, or is too long.
    fn try_from(delta: Delta) -> Result<Self> {
        match delta.subsec_nanos() % 1000 {
            0 => Self::new(0, delta.num_seconds(), (delta.subsec_nanos() / 1000).into()),
            _ => Err(nanoseconds(delta)),
        }
    }
}

impl TryFrom<TimeDelta> for Delta {
    type Error = Error;

    fn try_from(delta: TimeDelta) -> Result<Self> {
        let seconds = i64::from(delta.days()) * 86_400 + i64::from(delta.seconds());
        Self::new(seconds, delta.microseconds() * 1000).ok_or_else(|| out_of_range(delta))
    }
}
