//! Spans of time.

use std::time::Duration;

use crate::error::{Error, Result};
use crate::python::datetime::TimeDelta;
use crate::{Cursor, Encoder, Pickle, Unpickle};

impl TryFrom<Duration> for TimeDelta {
    type Error = Error;

    /// # Errors
    ///
    /// When the duration has nanoseconds, which Python cannot say, or is too long for it.
    fn try_from(duration: Duration) -> Result<Self> {
        if !duration.subsec_nanos().is_multiple_of(1000) {
            return Err(Error::custom(format_args!(
                "{duration:?} has nanoseconds, which no datetime.timedelta has: round it first"
            )));
        }
        Self::from_microseconds(i128::try_from(duration.as_micros()).unwrap_or(i128::MAX))
    }
}

impl TryFrom<TimeDelta> for Duration {
    type Error = Error;

    /// # Errors
    ///
    /// When it is negative.
    fn try_from(delta: TimeDelta) -> Result<Self> {
        match u64::try_from(delta.days()) {
            Ok(days) => {
                let seconds = days * 86_400 + u64::from(delta.seconds());
                Ok(Self::new(seconds, delta.microseconds() * 1000))
            }
            Err(_) => Err(Error::custom(format_args!(
                "the timedelta {delta} is negative, which no Duration is"
            ))),
        }
    }
}

/// `datetime.timedelta`
impl Pickle for Duration {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        TimeDelta::try_from(*self)?.pickle(encoder)
    }
}

/// Reads a `datetime.timedelta`.
impl<'de> Unpickle<'de> for Duration {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        TimeDelta::unpickle(cursor)?.try_into()
    }
}
