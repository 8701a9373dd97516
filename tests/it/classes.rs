//! Python's own classes: in values, in registries, as types of Rust's.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use pickle::python::builtins::Exception;
use pickle::python::collections::{Counter, DefaultDict, Deque, OrderedDict};
use pickle::python::datetime::{Date, DateTime, TimeDelta, TimeZone, TzInfo};
use pickle::python::decimal::Decimal;
use pickle::python::enums::EnumMember;
use pickle::python::functools::Partial;
use pickle::python::{self, fractions, uuid};
use pickle::value::GlobalRef;
use pickle::{ErrorKind, Object, Pickle, Pickler, Protocol, Registry, Unpickle, Unpickler, Value};

/// `pickle.dumps(datetime.date(2020, 1, 2), 3)`
const DATE: &[u8] = b"\x80\x03cdatetime\ndate\nq\0C\x04\x07\xe4\x01\x02q\x01\x85q\x02Rq\x03.";

fn date() -> Date {
    Date::new(2020, 1, 2).unwrap()
}

fn dumps<T: Pickle + ?Sized>(value: &T, protocol: Protocol) -> Vec<u8> {
    let mut bytes = Vec::new();
    Pickler::new(&mut bytes)
        .with_protocol(protocol)
        .dump(value)
        .unwrap();
    bytes
}

#[test]
fn they_arrive_in_a_value_as_themselves() {
    let value: Value = pickle::loads(DATE).unwrap();
    assert_eq!(value.downcast_ref::<Date>(), Some(&date()));
    assert_eq!(value.to_string(), "datetime.date(2020, 1, 2)");
    assert_eq!(value, Value::from(date()));
    assert_eq!(dumps(&value, Protocol::V3), DATE);
    let object: Object = pickle::loads(DATE).unwrap();
    assert_eq!(object.downcast::<Date>().unwrap(), date());
}

#[test]
fn what_holds_others_is_data_in_a_value() {
    let dict = OrderedDict::from_iter([("a", 1)]);
    let value: Value = pickle::loads(&pickle::dumps(&dict).unwrap()).unwrap();
    let instance = value.as_opaque().expect("an OrderedDict is data");
    assert_eq!(instance.changes().len(), 1);
    assert_eq!(
        pickle::dumps(&value).unwrap(),
        pickle::dumps(&dict).unwrap()
    );
}

#[test]
fn a_registry_of_ones_own_has_them_when_it_is_told() {
    fn load(registry: &Registry) -> pickle::Result<Value> {
        let mut unpickler = Unpickler::from_slice(DATE).with_registry(registry.clone());
        unpickler.load()
    }
    let mut registry = Registry::new();
    assert_eq!(
        load(&registry).unwrap_err().kind(),
        ErrorKind::UnknownModule
    );
    registry.register_defaults(python::CLASSES);
    assert!(load(&registry).unwrap().downcast_ref::<Date>().is_some());
    // Those are there without being listed.
    assert_eq!(registry.classes().count(), 0);
    assert!(
        registry
            .find_class("decimal", "Decimal")
            .unwrap()
            .is::<Decimal>()
    );
    let error = registry.find_class("datetime", "dat").unwrap_err();
    assert!(
        error
            .message()
            .starts_with("Can't get attribute 'dat' on <module 'datetime' from ")
    );
    assert!(error.to_string().contains("datetime.date"), "{error}");
}

mod own {
    /// A user's own idea of a fraction.
    #[derive(pickle::Pickle, Debug, PartialEq)]
    #[pickle(module = "fractions", name = "Fraction", reduce)]
    pub(super) struct Ratio(pub(super) i64, pub(super) i64);
}

#[test]
fn a_type_of_ones_own_takes_the_name() {
    let half = pickle::dumps(&fractions::Fraction::new(1, 2).unwrap()).unwrap();
    assert_eq!(
        pickle::loads::<own::Ratio>(&half).unwrap(),
        own::Ratio(1, 2)
    );
    let object: Object = pickle::loads(&half).unwrap();
    assert!(object.is::<own::Ratio>());
    let found = Registry::global().find_class("fractions", "Fraction");
    assert!(found.unwrap().is::<own::Ratio>());
    assert_eq!(Registry::global().conflicts().count(), 0);
}

#[test]
fn what_is_out_of_range_is_refused_in_pythons_words() {
    fn error<T: for<'de> Unpickle<'de>>(pickle: &[u8]) -> (String, &'static str) {
        match pickle::loads::<T>(pickle) {
            Ok(_) => panic!("{} is accepted", pickle.escape_ascii()),
            Err(error) => (error.message().to_owned(), error.python_type()),
        }
    }
    let of = |text: &str, python_type| (text.to_owned(), python_type);
    let date = b"\x80\x03cdatetime\ndate\nC\x04\x07\xe4\x0d\x02\x85R.";
    assert_eq!(
        error::<Date>(date),
        of("month must be in 1..12", "ValueError")
    );
    assert_eq!(
        error::<Value>(date),
        of("month must be in 1..12", "ValueError")
    );
    assert_eq!(
        error::<Date>(b"\x80\x03cdatetime\ndate\nC\x04\x07\xe5\x02\x1d\x85R."),
        of("day is out of range for month", "ValueError")
    );
    assert_eq!(
        error::<DateTime>(
            b"\x80\x03cdatetime\ndatetime\nC\x0a\x07\xe4\x01\x02\x18\0\0\0\0\0\x85R."
        ),
        of("hour must be in 0..23", "ValueError")
    );
    assert_eq!(
        error::<TimeDelta>(b"cdatetime\ntimedelta\n(I1000000000\nI0\nI0\ntR."),
        of(
            "days=1000000000; must have magnitude <= 999999999",
            "OverflowError"
        )
    );
    assert_eq!(
        error::<TimeZone>(b"cdatetime\ntimezone\n(cdatetime\ntimedelta\n(I1\nI0\nI0\ntRtR."),
        of(
            "offset must be a timedelta strictly between -timedelta(hours=24) and \
             timedelta(hours=24), not datetime.timedelta(days=1).",
            "ValueError"
        )
    );
    assert_eq!(
        error::<Decimal>(b"cdecimal\nDecimal\n(Vabc\ntR."),
        of(
            "[<class 'decimal.ConversionSyntax'>]",
            "decimal.InvalidOperation"
        )
    );
    assert_eq!(
        error::<python::array::Array>(b"carray\narray\n(Vx\n(ltR.").1,
        "ValueError"
    );
    assert_eq!(
        error::<python::array::Array>(b"carray\narray\n(Vb\n(lI128\natR.").1,
        "OverflowError"
    );
    assert_eq!(
        error::<python::builtins::Range>(b"c__builtin__\nxrange\n(I0\nI1\nI0\ntR."),
        of("range() arg 3 must not be zero", "ValueError")
    );
    assert_eq!(
        error::<python::ipaddress::Ipv4Network>(b"cipaddress\nIPv4Network\n(V10.0.0.1/8\ntR."),
        of("10.0.0.1/8 has host bits set", "ValueError")
    );
    // Nothing that is given to an instance is dropped.
    let (text, _) = error::<Date>(b"\x80\x03cdatetime\ndate\nC\x04\x07\xe4\x01\x02K\x01\x86R.");
    assert!(text.contains("more arguments"), "{text}");
}

#[test]
fn zones_and_members_are_one_object() {
    // Python's `timezone.utc` and `timedelta(0)` are, too.
    let zone = TzInfo::from(TimeZone::utc());
    let time = |day| DateTime::from(Date::new(2020, 1, day).unwrap()).with_tzinfo(zone.clone());
    let bytes = dumps(&[time(1), time(2)], Protocol::V2);
    let text = bytes.escape_ascii().to_string();
    assert_eq!(text.matches("timezone").count(), 1);
    let member = |value| EnumMember::new(GlobalRef::new("shop", "Color"), value);
    let bytes = dumps(&[member(1), member(2), member(1)], Protocol::V2);
    assert_eq!(
        bytes,
        b"\x80\x02]q\0(cshop\nColor\nq\x01K\x01\x85q\x02Rq\x03h\x01K\x02\x85q\x04Rq\x05h\x03e."
    );
}

#[test]
fn members_of_any_enumeration_and_form() {
    let color = GlobalRef::new("shop", "Color");
    let by_value: EnumMember<i64> = pickle::loads(b"cshop\nColor\n(I1\ntR.").unwrap();
    assert_eq!(
        (by_value.class(), by_value.value()),
        (color.clone(), Some(&1))
    );
    // Python 3.11.0 to 3.11.4
    let name = b"\x80\x04\x8c\x08builtins\x8c\x07getattr\x93\x8c\x04shop\x8c\x05Color\x93\x8c\x03RED\x86R.";
    let by_name: EnumMember = pickle::loads(name).unwrap();
    assert_eq!(
        (by_name.class(), by_name.name()),
        (color.clone(), Some("RED"))
    );
    let old = b"c__builtin__\ngetattr\n(cshop\nColor\nVRED\ntR.";
    assert_eq!(pickle::loads::<EnumMember>(old).unwrap(), by_name);
    let both = b"c_operator\nor_\n(c__builtin__\ngetattr\n(cshop\nColor\nVRED\ntR\
        c__builtin__\ngetattr\n(cshop\nColor\nVBLUE\ntRtR.";
    let both: EnumMember = pickle::loads(both).unwrap();
    assert_eq!(both.to_string(), "shop.Color.RED|BLUE");
    // Python up to 3.10
    let constant: EnumMember = pickle::loads(b"csignal\nSIGINT\n.").unwrap();
    assert_eq!(constant.name(), Some("SIGINT"));
}

#[test]
fn functions_and_classes_are_names() {
    let function: GlobalRef = pickle::loads(b"cshop\ntotal\n.").unwrap();
    assert_eq!(function, GlobalRef::new("shop", "total"));
    // Where no typed target wants the name and no more, it must be registered.
    assert!(pickle::loads::<Value>(b"cshop\ntotal\n.").is_err());
    let nested = b"c__builtin__\ngetattr\n(cshop\nOrder\nVLine\ntR.";
    let nested: GlobalRef = pickle::loads(nested).unwrap();
    assert_eq!(nested, GlobalRef::new("shop", "Order.Line"));
    let partial = Partial::<GlobalRef, i64>::new(function)
        .with_arg(1)
        .with_keyword("y", 2);
    let back: Partial<GlobalRef, i64> = pickle::loads(&pickle::dumps(&partial).unwrap()).unwrap();
    assert_eq!(back, partial);
}

#[test]
fn errors_of_the_system_have_their_parts() {
    let bytes = b"cexceptions\nIOError\n(I13\nVdenied\nV/etc/x\ntR.";
    let error: Exception = pickle::loads(bytes).unwrap();
    assert_eq!(error.class().qualname, "PermissionError");
    assert_eq!(error.errno(), Some(13));
    assert_eq!(error.filename().and_then(Value::as_str), Some("/etc/x"));
    assert_eq!(
        error.to_string(),
        "PermissionError: [Errno 13] denied: '/etc/x'"
    );
    let key: Exception = pickle::loads(b"cexceptions\nKeyError\n(Vk\ntR.").unwrap();
    assert_eq!(key.to_string(), "KeyError: 'k'");
    assert!(pickle::loads::<Exception>(b"cbuiltins\nint\n(I1\ntR.").is_err());
}

#[test]
fn types_of_rusts_own() {
    let bytes = b"\x80\x03cpathlib._local\nPosixPath\nX\x05\0\0\0/a//b\x85R.";
    assert_eq!(
        pickle::loads::<PathBuf>(bytes).unwrap(),
        PathBuf::from("/a/b")
    );
    let old = b"cpathlib\nPurePosixPath\n(V/\nVa\nVb\ntR.";
    assert_eq!(
        pickle::loads::<PathBuf>(old).unwrap(),
        PathBuf::from("/a/b")
    );
    assert_eq!(
        pickle::loads::<PathBuf>(b"V/a/b\n.").unwrap(),
        PathBuf::from("/a/b")
    );
    let path = PathBuf::from("/a/b");
    assert_eq!(
        pickle::loads::<PathBuf>(&pickle::dumps(&path).unwrap()).unwrap(),
        path
    );

    let span = Duration::from_micros(86_400_000_001);
    let bytes = pickle::dumps(&span).unwrap();
    assert_eq!(
        pickle::loads::<TimeDelta>(&bytes).unwrap().to_string(),
        "1 day, 0:00:00.000001"
    );
    assert_eq!(pickle::loads::<Duration>(&bytes).unwrap(), span);
    assert!(pickle::dumps(&Duration::from_nanos(1)).is_err());
    let negative = pickle::dumps(&TimeDelta::new(0, 0, -1).unwrap()).unwrap();
    assert!(pickle::loads::<Duration>(&negative).is_err());

    let address = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    let bytes = pickle::dumps(&address).unwrap();
    assert_eq!(pickle::loads::<IpAddr>(&bytes).unwrap(), address);
    assert_eq!(
        pickle::loads::<Value>(&bytes).unwrap().to_string(),
        "IPv4Address('192.0.2.1')"
    );
    let old = b"cipaddress\nIPv6Address\n(I1\ntR.";
    assert_eq!(pickle::loads::<IpAddr>(old).unwrap().to_string(), "::1");

    let range = pickle::dumps(&(3..10_u8)).unwrap();
    assert_eq!(
        pickle::loads::<std::ops::Range<i64>>(&range).unwrap(),
        3..10
    );
    let steps = python::builtins::Range::new(0, 10, 2).unwrap();
    let steps = pickle::dumps(&steps).unwrap();
    assert!(pickle::loads::<std::ops::Range<i64>>(&steps).is_err());
}

#[test]
fn maps_read_the_dicts_of_collections() {
    let counter = Counter::from_iter([("a".to_owned(), 2), ("b".to_owned(), 1)]);
    let expected: BTreeMap<String, i64> = counter.entries.iter().cloned().collect();
    let bytes = pickle::dumps(&counter).unwrap();
    assert_eq!(
        pickle::loads::<BTreeMap<String, i64>>(&bytes).unwrap(),
        expected
    );
    let dict = DefaultDict::from(counter.entries.clone());
    let bytes = pickle::dumps(&dict).unwrap();
    let map: HashMap<String, i64> = pickle::loads(&bytes).unwrap();
    assert_eq!(map["a"], 2);
    assert!(pickle::loads::<HashMap<String, i64>>(DATE).is_err());

    let deque = Deque::from_iter([1, 2, 3]).with_maxlen(2);
    let back: Deque<i32> = pickle::loads(&pickle::dumps(&deque).unwrap()).unwrap();
    assert_eq!(
        back.items,
        [2, 3],
        "as Python, which drops what is too much"
    );
}

struct Scalar;

impl pickle::Instance for Scalar {
    const CLASS: &'static pickle::Class =
        &pickle::Class::new::<Self>("numpy._core.multiarray", "scalar");
}

#[test]
fn names_that_moved_are_found() {
    let mut registry = Registry::new();
    registry.register::<Scalar>();
    for module in ["numpy._core.multiarray", "numpy.core.multiarray"] {
        assert!(
            registry
                .find_class(module, "scalar")
                .unwrap()
                .is::<Scalar>()
        );
    }
    assert!(registry.find_class("numpy.multiarray", "scalar").is_err());
    // The pure Python implementations, and PyPy's modules.
    let decimal: Decimal = pickle::loads(b"c_pydecimal\nDecimal\n(V1.5\ntR.").unwrap();
    assert_eq!(decimal.to_string(), "1.5");
    let deque: Deque<i64> = pickle::loads(b"c_collections\ndeque\n((lI1\natR.").unwrap();
    assert_eq!(deque.items, [1]);
}

#[test]
fn a_uuid_says_whether_it_is_safe() {
    let id = uuid::Uuid::new(5).with_safety(uuid::SafeUuid::Safe);
    let back: uuid::Uuid = pickle::loads(&pickle::dumps(&id).unwrap()).unwrap();
    assert_eq!(back.is_safe(), uuid::SafeUuid::Safe);
    // The member of the enumeration itself, as Python 3.7 has it in the dict.
    let bytes = b"ccopy_reg\n_reconstructor\n(cuuid\nUUID\nc__builtin__\nobject\nNtR\
        (dVint\nI5\nsVis_safe\ncuuid\nSafeUUID\n(I0\ntRsb.";
    assert_eq!(pickle::loads::<uuid::Uuid>(bytes).unwrap(), id);
    let wrong = bytes.to_vec();
    let wrong = String::from_utf8(wrong).unwrap().replace("(I0\n", "(I7\n");
    let error = pickle::loads::<uuid::Uuid>(wrong.as_bytes()).unwrap_err();
    assert_eq!(error.message(), "7 is not a valid SafeUUID");
}
