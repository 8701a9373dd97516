//! Python's `datetime`: days, times, spans of time, fixed offsets.
//!
//! These are what a pickle holds, checked as Python checks it, and no calendar: to calculate with
//! them, convert them to the types of `jiff` or `chrono`, which features of this crate offer.
//!
//! ```
//! # use pickle_core as pickle;
//! use pickle::python::datetime::DateTime;
//!
//! // pickle.dumps(datetime.datetime(2020, 1, 2, 3, 4, 5, 6), 3)
//! let bytes = b"\x80\x03cdatetime\ndatetime\nq\0C\n\x07\xe4\x01\x02\x03\x04\x05\0\0\x06q\x01\x85q\x02Rq\x03.";
//! let time: DateTime = pickle::loads(bytes)?;
//! assert_eq!(time.to_string(), "2020-01-02 03:04:05.000006");
//! # Ok::<(), pickle::Error>(())
//! ```
//!
//! What Python 2 has pickled are byte strings: load those with an
//! [encoding](crate::Unpickler::with_encoding) of Latin-1, as in Python.

mod date;
#[expect(
    clippy::module_inception,
    reason = "the module is called as its class, in Python too"
)]
mod datetime;
mod payload;
mod time;
mod timedelta;
mod timezone;

pub use self::datetime::DateTime;
pub use date::Date;
pub use time::Time;
pub use timedelta::TimeDelta;
pub use timezone::{TimeZone, TzInfo};

use crate::error::Error;

#[cold]
fn value_error(message: impl std::fmt::Display) -> Error {
    Error::custom(message).raised_as("ValueError")
}
