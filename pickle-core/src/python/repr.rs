//! How Python shows instances of its own classes.

use std::fmt::{Display, Formatter, Result};

use super::array::Array;
use super::builtins::{Complex, Range};
use super::datetime::{Date, DateTime, Time, TimeDelta, TimeZone, TzInfo};
use super::decimal::Decimal;
use super::fractions::Fraction;
use super::ipaddress::{
    Ipv4Address, Ipv4Interface, Ipv4Network, Ipv6Address, Ipv6Interface, Ipv6Network,
};
use super::pathlib::{PosixPath, PurePosixPath, PureWindowsPath, WindowsPath};
use super::re::{self, Pattern};
use super::uuid::Uuid;
use super::zoneinfo::ZoneInfo;
use crate::repr;
use crate::value::Repr;

macro_rules! reprs {
    ($($type:ty: |$this:ident, $f:ident| $body:expr;)*) => {$(
        impl Repr for $type {
            fn fmt_repr(&self, $f: &mut Formatter<'_>) -> Result {
                let $this = self;
                $body
            }
        }
    )*};
}

reprs! {
    Date: |this, f| {
        write!(f, "datetime.date({}, {}, {})", this.year(), this.month(), this.day())
    };
    Time: |this, f| {
        write!(f, "datetime.time({}", Clock(this))?;
        tzinfo(this.tzinfo(), f)?;
        f.write_str(if this.fold() { ", fold=1)" } else { ")" })
    };
    DateTime: |this, f| {
        let (date, time) = (this.date(), this.time());
        let (year, month, day) = (date.year(), date.month(), date.day());
        write!(f, "datetime.datetime({year}, {month}, {day}, {}", Clock(time))?;
        f.write_str(if this.fold() { ", fold=1" } else { "" })?;
        tzinfo(this.tzinfo(), f)?;
        f.write_str(")")
    };
    TimeDelta: |this, f| {
        let parts = [
            ("days", i64::from(this.days())),
            ("seconds", this.seconds().into()),
            ("microseconds", this.microseconds().into()),
        ];
        let parts = parts.iter().filter(|(_, part)| *part != 0);
        let parts: Vec<_> = parts.map(|(name, part)| format!("{name}={part}")).collect();
        match parts.as_slice() {
            [] => f.write_str("datetime.timedelta(0)"),
            parts => write!(f, "datetime.timedelta({})", parts.join(", ")),
        }
    };
    TimeZone: |this, f| match this.name() {
        None if *this == Self::utc() => f.write_str("datetime.timezone.utc"),
        None => write!(f, "datetime.timezone({})", repr(&this.offset())),
        Some(name) => {
            write!(f, "datetime.timezone({}, {})", repr(&this.offset()), repr(name))
        }
    };
    ZoneInfo: |this, f| write!(f, "zoneinfo.ZoneInfo(key={})", repr(this.key()));
    TzInfo: |this, f| match this {
        Self::TimeZone(zone) => zone.fmt_repr(f),
        Self::ZoneInfo(zone) => zone.fmt_repr(f),
        Self::Other(zone) => zone.fmt_repr(f),
    };
    Decimal: |this, f| write!(f, "Decimal('{this}')");
    Fraction: |this, f| write!(f, "Fraction({}, {})", this.numerator(), this.denominator());
    Complex: |this, f| this.fmt(f);
    Range: |this, f| this.fmt(f);
    Uuid: |this, f| write!(f, "UUID('{this}')");
    Ipv4Address: |this, f| write!(f, "IPv4Address('{this}')");
    Ipv6Address: |this, f| write!(f, "IPv6Address('{this}')");
    Ipv4Network: |this, f| write!(f, "IPv4Network('{this}')");
    Ipv6Network: |this, f| write!(f, "IPv6Network('{this}')");
    Ipv4Interface: |this, f| write!(f, "IPv4Interface('{this}')");
    Ipv6Interface: |this, f| write!(f, "IPv6Interface('{this}')");
    PosixPath: |this, f| write!(f, "PosixPath({})", repr(&this.to_string()));
    PurePosixPath: |this, f| write!(f, "PurePosixPath({})", repr(&this.to_string()));
    WindowsPath: |this, f| write!(f, "WindowsPath({})", slashes(this));
    PureWindowsPath: |this, f| write!(f, "PureWindowsPath({})", slashes(this));
    Pattern: |this, f| {
        let pattern = match &this.pattern {
            re::Text::Str(text) => repr(text).to_string(),
            re::Text::Bytes(bytes) => repr(bytes).to_string(),
        };
        // Python shows no more of it either.
        let pattern: String = pattern.chars().take(200).collect();
        write!(f, "re.compile({pattern}")?;
        let implied = if this.as_str().is_some() { re::UNICODE } else { 0 };
        let mut left = this.flags & !implied;
        let mut names = Vec::new();
        for (flag, name) in FLAGS {
            if left & flag != 0 {
                names.push(format!("re.{name}"));
                left &= !flag;
            }
        }
        if left != 0 {
            names.push(format!("{left:#x}"));
        }
        match names.as_slice() {
            [] => f.write_str(")"),
            names => write!(f, ", {})", names.join("|")),
        }
    };
    Array: |this, f| array(this, f);
}

const FLAGS: [(u32, &str); 8] = [
    (re::IGNORECASE, "IGNORECASE"),
    (re::LOCALE, "LOCALE"),
    (re::MULTILINE, "MULTILINE"),
    (re::DOTALL, "DOTALL"),
    (re::UNICODE, "UNICODE"),
    (re::VERBOSE, "VERBOSE"),
    (re::DEBUG, "DEBUG"),
    (re::ASCII, "ASCII"),
];

/// The arguments of a time of day; what is zero at their end is left out.
struct Clock<'a>(&'a Time);

impl Display for Clock<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Self(time) = self;
        write!(f, "{}, {}", time.hour(), time.minute())?;
        match (time.second(), time.microsecond()) {
            (0, 0) => Ok(()),
            (second, 0) => write!(f, ", {second}"),
            (second, microsecond) => write!(f, ", {second}, {microsecond}"),
        }
    }
}

fn tzinfo(zone: Option<&TzInfo>, f: &mut Formatter<'_>) -> Result {
    match zone {
        Some(zone) => write!(f, ", tzinfo={}", repr(zone)),
        None => Ok(()),
    }
}

/// A path of Windows with slashes, as Python shows it.
fn slashes(path: &impl ToString) -> String {
    repr(&path.to_string().replace('\\', "/")).to_string()
}

fn array(array: &Array, f: &mut Formatter<'_>) -> Result {
    fn list<T>(items: &[T], show: impl Fn(&T) -> String) -> String {
        let items: Vec<String> = items.iter().map(show).collect();
        format!("[{}]", items.join(", "))
    }
    write!(f, "array('{}'", array.typecode())?;
    if array.is_empty() {
        return f.write_str(")");
    }
    let items = match array {
        Array::I8(items) => list(items, i8::to_string),
        Array::U8(items) => list(items, u8::to_string),
        Array::I16(items) => list(items, i16::to_string),
        Array::U16(items) => list(items, u16::to_string),
        Array::I32(items) => list(items, i32::to_string),
        Array::U32(items) => list(items, u32::to_string),
        Array::Long(items) | Array::I64(items) => list(items, i64::to_string),
        Array::ULong(items) | Array::U64(items) => list(items, u64::to_string),
        Array::F32(items) => list(items, |item| repr(&f64::from(*item)).to_string()),
        Array::F64(items) => list(items, |item| repr(item).to_string()),
        Array::WideChar(text) | Array::Char(text) => {
            repr(&text.iter().collect::<String>()).to_string()
        }
    };
    write!(f, ", {items})")
}
