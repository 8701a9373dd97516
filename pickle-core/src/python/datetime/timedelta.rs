//! `datetime.timedelta`

use std::fmt;

use crate::error::{Error, Result};
use crate::python::python_class;
use crate::{Cursor, Encoder, Instance, Pickle, Unpickle};

const SECONDS_IN_DAY: i128 = 86_400;
const MICROSECONDS_IN_SECOND: i128 = 1_000_000;
const MAX_DAYS: i32 = 999_999_999;

/// A `datetime.timedelta`: a span of time, of up to 999999999 days, to the millionth of a second.
///
/// As in Python only the days can be negative: a microsecond less than nothing is a day less than
/// nothing, and a microsecond less than a day.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::python::datetime::TimeDelta;
///
/// let delta = TimeDelta::new(1, 7200, 5)?;
/// assert_eq!(delta.to_string(), "1 day, 2:00:00.000005");
///
/// let negative = TimeDelta::new(0, 0, -1)?;
/// assert_eq!((negative.days(), negative.seconds(), negative.microseconds()), (-1, 86_399, 999_999));
/// # Ok::<(), pickle::Error>(())
/// ```
#[doc(alias = "Duration")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeDelta {
    days: i32,
    seconds: u32,
    microseconds: u32,
}

python_class! { value TimeDelta = "datetime", "timedelta" }

impl TimeDelta {
    /// No time at all.
    pub const ZERO: Self = Self {
        days: 0,
        seconds: 0,
        microseconds: 0,
    };

    /// Returns so many days and seconds and millionths of a second.
    ///
    /// # Errors
    ///
    /// In Python's words, when it is more than 999999999 days.
    pub fn new(days: i64, seconds: i64, microseconds: i64) -> Result<Self> {
        let seconds = i128::from(days) * SECONDS_IN_DAY + i128::from(seconds);
        Self::from_microseconds(seconds * MICROSECONDS_IN_SECOND + i128::from(microseconds))
    }

    /// Returns so many millionths of a second.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn from_microseconds(microseconds: i128) -> Result<Self> {
        let seconds = microseconds.div_euclid(MICROSECONDS_IN_SECOND);
        let microseconds = microseconds.rem_euclid(MICROSECONDS_IN_SECOND);
        let days = seconds.div_euclid(SECONDS_IN_DAY);
        match i32::try_from(days) {
            Ok(days) if days.abs() <= MAX_DAYS => Ok(Self {
                days,
                seconds: seconds.rem_euclid(SECONDS_IN_DAY) as u32,
                microseconds: microseconds as u32,
            }),
            _ => Err(Error::custom(format_args!(
                "days={days}; must have magnitude <= {MAX_DAYS}"
            ))
            .raised_as("OverflowError")),
        }
    }

    /// The days, from -999999999 to 999999999.
    pub fn days(self) -> i32 {
        self.days
    }

    /// The seconds besides, less than a day.
    pub fn seconds(self) -> u32 {
        self.seconds
    }

    /// The millionths of a second besides, less than a second.
    pub fn microseconds(self) -> u32 {
        self.microseconds
    }

    /// All of it in millionths of a second.
    pub fn total_microseconds(self) -> i128 {
        let seconds = i128::from(self.days) * SECONDS_IN_DAY + i128::from(self.seconds);
        seconds * MICROSECONDS_IN_SECOND + i128::from(self.microseconds)
    }
}

/// Writes a span of time as an object of its own.
struct Written(TimeDelta);

impl Pickle for Written {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let TimeDelta {
            days,
            seconds,
            microseconds,
        } = self.0;
        encoder
            .reduce(TimeDelta::CLASS, &(days, seconds, microseconds))?
            .end()
    }
}

impl Pickle for TimeDelta {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match *self {
            // Python has it once.
            Self::ZERO => encoder.singleton("datetime.timedelta(0)", &Written(*self)),
            _ => Written(*self).pickle(encoder),
        }
    }
}

impl<'de> Unpickle<'de> for TimeDelta {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut instance = cursor.instance(Self::CLASS)?;
        let days = instance.arg("days")?.unwrap_or(0);
        let seconds = instance.arg("seconds")?.unwrap_or(0);
        let microseconds = instance.arg("microseconds")?.unwrap_or(0);
        instance.end()?;
        Self::new(days, seconds, microseconds)
    }
}

/// As Python's `str`: `1 day, 2:00:00.000005`.
impl fmt::Display for TimeDelta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            days,
            seconds,
            microseconds,
        } = *self;
        match days {
            0 => {}
            1 | -1 => write!(f, "{days} day, ")?,
            _ => write!(f, "{days} days, ")?,
        }
        let (minutes, second) = (seconds / 60, seconds % 60);
        write!(f, "{}:{:02}:{second:02}", minutes / 60, minutes % 60)?;
        match microseconds {
            0 => Ok(()),
            _ => write!(f, ".{microseconds:06}"),
        }
    }
}
