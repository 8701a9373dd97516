//! `datetime.date`

use std::fmt;

use super::payload::Payload;
use super::value_error;
use crate::error::Result;
use crate::python::python_class;
use crate::{Cursor, Encoder, Instance, Pickle, Unpickle};

/// A `datetime.date`: a day of the Gregorian calendar, from year 1 to 9999.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::python::datetime::Date;
///
/// let date = Date::new(2020, 1, 2)?;
/// assert_eq!((date.year(), date.month(), date.day()), (2020, 1, 2));
/// assert_eq!(date.to_string(), "2020-01-02");
/// assert_eq!(Date::new(2020, 2, 30).unwrap_err().message(), "day is out of range for month");
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

python_class! { value Date = "datetime", "date" }

impl Date {
    /// Returns the date.
    ///
    /// # Errors
    ///
    /// In Python's words, when there is no such day.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self> {
        if !(1..=9999).contains(&year) {
            return Err(value_error(format_args!("year {year} is out of range")));
        }
        if !(1..=12).contains(&month) {
            return Err(value_error("month must be in 1..12"));
        }
        if !(1..=days_in_month(year, month)).contains(&day) {
            return Err(value_error("day is out of range for month"));
        }
        Ok(Self { year, month, day })
    }

    /// The year, from 1 to 9999.
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, from 1 to 12.
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    pub fn day(self) -> u8 {
        self.day
    }

    /// As it stands in a pickle.
    pub(super) fn to_payload(self) -> [u8; 4] {
        let [high, low] = self.year.to_be_bytes();
        [high, low, self.month, self.day]
    }

    pub(super) fn from_payload([high, low, month, day]: [u8; 4]) -> Result<Self> {
        Self::new(u16::from_be_bytes([high, low]), month, day)
    }
}

fn days_in_month(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u8::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl Pickle for Date {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.reduce(Self::CLASS, &(self.to_payload(),))?.end()
    }
}

impl<'de> Unpickle<'de> for Date {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut instance = cursor.instance(Self::CLASS)?;
        let payload = instance.arg("state")?;
        let Some(Payload(payload)) = payload else {
            return Err(instance.lacks("state"));
        };
        instance.end()?;
        Self::from_payload(payload)
    }
}

/// As Python's `str`: `2020-01-02`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day } = self;
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}
