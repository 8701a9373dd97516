//! A value of any of Python's own classes, as the types that stand for them.

use std::sync::Arc;

use num_bigint::BigInt;
use pickle::python::builtins::{Complex, Exception, Range, Slice};
use pickle::python::collections::{Counter, DefaultDict, Deque, OrderedDict};
use pickle::python::datetime::{Date, DateTime, Time, TimeDelta, TimeZone};
use pickle::python::enums::EnumMember;
use pickle::python::functools::Partial;
use pickle::python::pathlib::{PosixPath, PurePosixPath, PureWindowsPath, WindowsPath};
use pickle::python::types::SimpleNamespace;
use pickle::python::{array, decimal, fractions, ipaddress, re, uuid, zoneinfo};
use pickle::value::GlobalRef;
use pickle::{Cursor, Encoder, Error, Instance, Kind, Pickle, Unpickle};

pub(crate) type Item = Arc<Any>;
type Pairs = Vec<(Item, Item)>;

macro_rules! any {
    ($($variant:ident($type:ty) of $class:ty;)*) => {
        #[derive(Debug, PartialEq)]
        pub(crate) enum Any {
            None,
            Bool(bool),
            Int(BigInt),
            Float(f64),
            Str(String),
            Bytes(Vec<u8>),
            List(Vec<Item>),
            Tuple(Vec<Item>),
            Dict(Pairs),
            Global(GlobalRef),
            Enum(EnumMember<Item>),
            /// An instance of a class that is not Python's own.
            Other(Arc<pickle::Value>),
            $($variant($type),)*
        }

        impl<'de> Unpickle<'de> for Any {
            fn unpickle(cursor: Cursor<'_, 'de>) -> pickle::Result<Self> {
                $(if cursor.is_instance(<$class as Instance>::CLASS) {
                    return Unpickle::unpickle(cursor).map(Self::$variant);
                })*
                Self::plain(cursor)
            }
        }

        impl Pickle for Any {
            fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
                match self {
                    Self::None => encoder.none(),
                    Self::Bool(value) => encoder.bool(*value),
                    Self::Int(value) => encoder.big_int(value),
                    Self::Float(value) => encoder.float(*value),
                    Self::Str(text) => encoder.str(text),
                    Self::Bytes(bytes) => encoder.bytes(bytes),
                    Self::List(items) => items.pickle(encoder),
                    Self::Tuple(items) => {
                        let mut tuple = encoder.tuple(items.len())?;
                        items.iter().try_for_each(|item| tuple.item(item))?;
                        tuple.end()
                    }
                    Self::Dict(pairs) => {
                        let mut dict = encoder.dict(pairs.len())?;
                        pairs.iter().try_for_each(|(key, value)| dict.entry(key, value))?;
                        dict.end()
                    }
                    Self::Global(global) => global.pickle(encoder),
                    Self::Enum(member) => member.pickle(encoder),
                    Self::Other(value) => value.pickle(encoder),
                    $(Self::$variant(value) => value.pickle(encoder),)*
                }
            }
        }
    };
}

any! {
    Date(Date) of Date;
    Time(Time) of Time;
    DateTime(DateTime) of DateTime;
    TimeDelta(TimeDelta) of TimeDelta;
    TimeZone(TimeZone) of TimeZone;
    ZoneInfo(zoneinfo::ZoneInfo) of zoneinfo::ZoneInfo;
    Decimal(decimal::Decimal) of decimal::Decimal;
    Fraction(fractions::Fraction) of fractions::Fraction;
    Complex(Complex) of Complex;
    Range(Range) of Range;
    Slice(Slice<Item>) of Slice;
    Exception(Exception<Item>) of Exception;
    Uuid(uuid::Uuid) of uuid::Uuid;
    OrderedDict(OrderedDict<Item, Item>) of OrderedDict;
    DefaultDict(DefaultDict<Item, Item>) of DefaultDict;
    Counter(Counter<Item, Item>) of Counter<pickle::Value, pickle::Value>;
    Deque(Deque<Item>) of Deque;
    SimpleNamespace(SimpleNamespace<Item>) of SimpleNamespace;
    Partial(Partial<Item, Item>) of Partial;
    Pattern(re::Pattern) of re::Pattern;
    Array(array::Array) of array::Array;
    PosixPath(PosixPath) of PosixPath;
    WindowsPath(WindowsPath) of WindowsPath;
    PurePosixPath(PurePosixPath) of PurePosixPath;
    PureWindowsPath(PureWindowsPath) of PureWindowsPath;
    Ipv4Address(ipaddress::Ipv4Address) of ipaddress::Ipv4Address;
    Ipv6Address(ipaddress::Ipv6Address) of ipaddress::Ipv6Address;
    Ipv4Network(ipaddress::Ipv4Network) of ipaddress::Ipv4Network;
    Ipv6Network(ipaddress::Ipv6Network) of ipaddress::Ipv6Network;
    Ipv4Interface(ipaddress::Ipv4Interface) of ipaddress::Ipv4Interface;
    Ipv6Interface(ipaddress::Ipv6Interface) of ipaddress::Ipv6Interface;
}

impl Any {
    /// What is of no class.
    fn plain(mut cursor: Cursor<'_, '_>) -> pickle::Result<Self> {
        match cursor.kind() {
            Kind::None => Ok(Self::None),
            Kind::Bool => cursor.bool().map(Self::Bool),
            Kind::Int => BigInt::unpickle(cursor).map(Self::Int),
            Kind::Float => cursor.float().map(Self::Float),
            Kind::Str => String::unpickle(cursor).map(Self::Str),
            Kind::Bytes => Ok(Self::Bytes(cursor.bytes()?.into_owned())),
            Kind::List => Vec::unpickle(cursor).map(Self::List),
            Kind::Tuple => Vec::unpickle(cursor).map(Self::Tuple),
            Kind::Dict => {
                let mut pairs = cursor.dict()?;
                let mut entries = Vec::new();
                while let Some(entry) = pairs.next()? {
                    entries.push(entry);
                }
                Ok(Self::Dict(entries))
            }
            _ => match cursor.reborrow().global() {
                Ok(global) => Ok(Self::Global(global)),
                Err(_) if cursor.kind() == Kind::Object => {
                    match EnumMember::unpickle(cursor.reborrow()) {
                        Ok(member) => Ok(Self::Enum(member)),
                        Err(_) => Unpickle::unpickle(cursor).map(Self::Other),
                    }
                }
                Err(_) => Err(Error::custom(format!(
                    "a {} is none of these",
                    cursor.kind()
                ))),
            },
        }
    }
}
