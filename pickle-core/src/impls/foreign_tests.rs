//! Types of other crates, all features together, against Python's own classes, whose bytes real Pythons have compared.

use std::fmt::Debug;

use crate::error::Result;
use crate::python::datetime::{Date, DateTime, Time, TimeDelta, TimeZone};
use crate::python::decimal::Decimal;
use crate::python::zoneinfo::ZoneInfo;
use crate::{Pickle, Unpickle, dumps, loads};

/// Checks that a type is pickled as Python's class, and read from it.
#[track_caller]
fn same<T, P>(foreign: &T, python: &P)
where
    T: Pickle + for<'de> Unpickle<'de> + PartialEq + Debug,
    P: Pickle,
{
    let bytes = dumps(python).unwrap();
    assert_eq!(
        dumps(foreign).unwrap().escape_ascii().to_string(),
        bytes.escape_ascii().to_string()
    );
    assert_eq!(loads::<T>(&bytes).unwrap(), *foreign);
}

/// Checks that nothing of this is dropped.
#[track_caller]
fn refused<T: for<'de> Unpickle<'de> + Debug>(python: &impl Pickle, text: &str) {
    let loaded: Result<T> = loads(&dumps(python).unwrap());
    let error = loaded.unwrap_err();
    assert!(error.message().contains(text), "{error}");
}

fn date() -> Date {
    Date::new(2020, 10, 25).unwrap()
}

fn time() -> Time {
    Time::new(2, 30, 4, 5).unwrap()
}

fn offset(seconds: i64) -> TimeZone {
    TimeZone::new(TimeDelta::new(0, seconds, 0).unwrap()).unwrap()
}

mod jiff {
    use super::*;
    use ::jiff::civil;
    use ::jiff::{SignedDuration, Timestamp, ZonedDateTime};

    #[test]
    fn civil_times() {
        let day = civil::date(2020, 10, 25);
        let clock = civil::time(2, 30, 4, 5000);
        same(&day, &date());
        same(&clock, &time());
        same(&day.to_datetime(clock), &DateTime::new(date(), time()));
        refused::<civil::DateTime>(
            &DateTime::from(date()).with_tzinfo(TimeZone::utc()),
            "time zone",
        );
        refused::<civil::Time>(&time().with_fold(true), "first of its kind");
        assert!(dumps(&civil::time(0, 0, 0, 1)).is_err(), "nanoseconds");
        assert!(dumps(&civil::date(-1, 1, 1)).is_err(), "before Christ");
        same(
            &SignedDuration::new(-1, 0),
            &TimeDelta::new(0, -1, 0).unwrap(),
        );
        same(
            &SignedDuration::from_micros(5),
            &TimeDelta::new(0, 0, 5).unwrap(),
        );
        assert!(dumps(&SignedDuration::from_nanos(1)).is_err());
    }

    #[test]
    fn zoned_times() {
        let berlin = DateTime::new(date(), time()).with_tzinfo(ZoneInfo::new("Europe/Berlin"));
        let first: ZonedDateTime = "2020-10-25T02:30:04.000005+02:00[Europe/Berlin]"
            .parse()
            .unwrap();
        let second: ZonedDateTime = "2020-10-25T02:30:04.000005+01:00[Europe/Berlin]"
            .parse()
            .unwrap();
        same(&first, &berlin);
        same(&second, &berlin.clone().with_fold(true));
        let fixed: ZonedDateTime = "2020-10-25T02:30:04.000005-05:00[-05:00]".parse().unwrap();
        same(
            &fixed,
            &DateTime::new(date(), time()).with_tzinfo(offset(-5 * 3600)),
        );
        let instant: Timestamp = "2020-10-25T02:30:04.000005Z".parse().unwrap();
        same(
            &instant,
            &DateTime::new(date(), time()).with_tzinfo(TimeZone::utc()),
        );
        // Of whatever time zone it is, it is one instant.
        let bytes = dumps(&berlin).unwrap();
        let instant: Timestamp = loads(&bytes).unwrap();
        assert_eq!(instant, first.timestamp());
        refused::<Timestamp>(&DateTime::from(date()), "no time zone");
        refused::<ZonedDateTime>(
            &DateTime::from(date()).with_tzinfo(ZoneInfo::new("No/Such")),
            "No/Such",
        );
    }

    #[test]
    fn one_zone_is_written_once() {
        let paris: ZonedDateTime = "2020-01-01T00:00:00[Europe/Paris]".parse().unwrap();
        let text = dumps(&[paris.clone(), paris]).unwrap();
        let text = text.escape_ascii().to_string();
        assert_eq!(text.matches("Europe/Paris").count(), 1);
    }
}

mod chrono {
    use super::*;
    use ::chrono::{DateTime as Aware, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};

    #[test]
    fn times() {
        let day = NaiveDate::from_ymd_opt(2020, 10, 25).unwrap();
        let clock = NaiveTime::from_hms_micro_opt(2, 30, 4, 5).unwrap();
        same(&day, &date());
        same(&clock, &time());
        same(&day.and_time(clock), &DateTime::new(date(), time()));
        refused::<NaiveDateTime>(
            &DateTime::from(date()).with_tzinfo(TimeZone::utc()),
            "time zone",
        );
        let leap = NaiveTime::from_hms_nano_opt(23, 59, 59, 1_500_000_000).unwrap();
        assert!(dumps(&leap).is_err(), "a leap second");
        let delta = ::chrono::TimeDelta::new(-1, 5000).unwrap();
        same(&delta, &TimeDelta::new(0, -1, 5).unwrap());
    }

    #[test]
    fn aware_times() {
        let utc = DateTime::new(date(), time()).with_tzinfo(TimeZone::utc());
        let aware: Aware<Utc> = "2020-10-25T02:30:04.000005Z".parse().unwrap();
        same(&aware, &utc);
        let east: Aware<FixedOffset> = "2020-10-25T02:30:04.000005+05:30".parse().unwrap();
        let python = DateTime::new(date(), time()).with_tzinfo(offset(19_800));
        same(&east, &python);
        same(&FixedOffset::east_opt(19_800).unwrap(), &offset(19_800));
        let instant: Aware<Utc> = loads(&dumps(&python).unwrap()).unwrap();
        assert_eq!(instant, east);
        refused::<Aware<Utc>>(&DateTime::from(date()), "no time zone");
        let paris = DateTime::from(date()).with_tzinfo(ZoneInfo::new("Europe/Paris"));
        refused::<Aware<Utc>>(&paris, "Europe/Paris");
    }
}

#[test]
fn uuids() {
    let text = "12345678-1234-5678-1234-567812345678";
    let id: ::uuid::Uuid = text.parse().unwrap();
    let python = crate::python::uuid::Uuid::new(id.as_u128());
    assert_eq!(python.to_string(), text);
    same(&id, &python);
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn decimals_of_28_digits() {
    use ::rust_decimal::Decimal as Foreign;
    for text in [
        "0",
        "1.50",
        "-19.90",
        "0.0000001",
        "79228162514264337593543950335",
    ] {
        let foreign: Foreign = text.parse().unwrap();
        same(&foreign, &decimal(text));
    }
    let zero: Foreign = loads(&dumps(&decimal("-0.00")).unwrap()).unwrap();
    assert_eq!(Decimal::from(zero), decimal("-0.00"), "the sign is kept");
    let thousand: Foreign = loads(&dumps(&decimal("1E+3")).unwrap()).unwrap();
    assert_eq!(thousand.to_string(), "1000");
    for text in [
        "NaN",
        "Infinity",
        "1E+40",
        "1E-40",
        "79228162514264337593543950336",
        "1E+999999999",
    ] {
        refused::<Foreign>(&decimal(text), "does not fit");
    }
}

#[test]
fn decimals_of_any_precision() {
    use ::bigdecimal::BigDecimal;
    for text in [
        "0",
        "1.50",
        "-1E+5",
        "12345678901234567890123456789012345678.9",
        "1E-400",
    ] {
        let foreign: BigDecimal = text.parse().unwrap();
        same(&foreign, &decimal(text));
    }
    for text in ["NaN", "sNaN5", "-Infinity", "-0"] {
        refused::<BigDecimal>(&decimal(text), "does not fit");
    }
}

#[test]
fn maps_in_order() {
    use crate::python::collections::OrderedDict;
    use ::indexmap::{IndexMap, IndexSet};
    let entries = [("z".to_owned(), 1), ("a".to_owned(), 2)];
    let map: IndexMap<String, i32> = entries.iter().cloned().collect();
    assert_eq!(
        dumps(&map).unwrap(),
        dumps(&crate::value!({"z": 1, "a": 2})).unwrap()
    );
    assert_eq!(
        loads::<IndexMap<String, i32>>(&dumps(&map).unwrap()).unwrap(),
        map
    );
    let ordered = OrderedDict::from_iter(entries);
    let read: IndexMap<String, i32> = loads(&dumps(&ordered).unwrap()).unwrap();
    assert!(read.iter().eq(map.iter()), "the order is kept");
    let set = IndexSet::from([3, 1, 2]);
    let read: IndexSet<i32> = loads(&dumps(&set).unwrap()).unwrap();
    assert!(read.iter().eq(&set), "the order is kept");
}
