//! Values of Python's own classes compared with what the manifest says of them.

use std::collections::HashMap;
use std::sync::Arc;

use pickle::python::datetime::{Date, Time, TzInfo};
use pickle::python::enums::EnumMember;
use pickle::python::{array, re};
use pickle::value::GlobalRef;
use serde_json::Value as Json;

use crate::any::{Any, Item};
use crate::notation;

/// Compares with the notation of the manifest.
#[derive(Default)]
pub(crate) struct Comparison {
    /// The objects that have a number in the manifest.
    numbered: HashMap<u64, *const Any>,
}

impl Comparison {
    pub(crate) fn same(&mut self, expected: &Json, item: &Item) -> bool {
        if let Some(number) = expected["ref"].as_u64() {
            return match self.numbered.get(&number) {
                Some(numbered) => *numbered == Arc::as_ptr(item),
                // A time zone of a class of its own, which is compared no further.
                None => matches!(**item, Any::Other(_)),
            };
        }
        if let Some(number) = expected["id"].as_u64() {
            self.numbered.insert(number, Arc::as_ptr(item));
        }
        let number = |key| expected[key].as_u64();
        let kind = notation::kind(expected);
        match (kind, &**item) {
            ("", Any::None) => expected.is_null(),
            ("", Any::Bool(value)) => expected.as_bool() == Some(*value),
            (_, Any::Int(int)) => notation::int(expected) == Some(int.to_string()),
            ("float", Any::Float(value)) => notation::bits(expected) == value.to_bits(),
            ("" | "str" | "str2", Any::Str(text)) => {
                !kind.is_empty()
                    || expected.is_string() && notation::text(expected) == text.as_bytes()
            }
            ("bytes", Any::Bytes(bytes)) => notation::bytes(expected) == *bytes,
            ("str2", Any::Bytes(bytes)) => notation::byte_string(expected) == *bytes,
            ("list", Any::List(items)) => self.sequence(&notation::items(expected), items),
            ("tuple", Any::Tuple(items)) => self.sequence(&notation::items(expected), items),
            ("dict", Any::Dict(pairs)) => self.pairs(expected, pairs),
            ("global", Any::Global(global)) => is_global(expected, global),
            // The type of None, of Ellipsis, … is what a call of `type` gives.
            ("global", Any::Enum(EnumMember::Value { class, .. })) => class.is("builtins", "type"),
            ("enum", Any::Enum(member)) => self.member(expected, member),
            ("enum", Any::Global(constant)) => {
                constant.qualname().as_str() == expected["name"].as_str()
            }
            ("date", Any::Date(date)) => is_date(expected, *date),
            ("time", Any::Time(time)) => is_time(expected, time),
            ("datetime", Any::DateTime(datetime)) => {
                is_date(expected, datetime.date()) && is_time(expected, datetime.time())
            }
            ("timedelta", Any::TimeDelta(delta)) => {
                expected["days"].as_i64() == Some(delta.days().into())
                    && number("seconds") == Some(delta.seconds().into())
                    && number("us") == Some(delta.microseconds().into())
            }
            ("timezone", Any::TimeZone(zone)) => is_zone(expected, &zone.clone().into()),
            ("zoneinfo", Any::ZoneInfo(zone)) => is_zone(expected, &zone.clone().into()),
            ("decimal", Any::Decimal(value)) => {
                notation::string(expected, "v") == value.to_string()
            }
            ("fraction", Any::Fraction(value)) => {
                notation::int(&expected["num"]) == Some(value.numerator().to_string())
                    && notation::int(&expected["den"]) == Some(value.denominator().to_string())
            }
            ("complex", Any::Complex(value)) => {
                [("re", value.re), ("im", value.im)]
                    .iter()
                    .all(|(key, part)| {
                        let bits =
                            u64::from_str_radix(notation::string(expected, key), 16).unwrap();
                        bits == part.to_bits()
                    })
            }
            ("uuid", Any::Uuid(id)) => {
                notation::string(expected, "hex") == format!("{:032x}", id.as_u128())
            }
            ("range", Any::Range(range)) => {
                let parts = [
                    ("start", range.start()),
                    ("stop", range.stop()),
                    ("step", range.step()),
                ];
                parts
                    .iter()
                    .all(|(key, part)| notation::int(&expected[key]) == Some(part.to_string()))
            }
            ("slice", Any::Slice(slice)) => {
                self.same(&expected["start"], &slice.start)
                    && self.same(&expected["stop"], &slice.stop)
                    && self.same(&expected["step"], &slice.step)
            }
            ("odict", Any::OrderedDict(dict)) => {
                let attributes = match expected.get("state") {
                    Some(state) => notation::pairs(state, "v").len(),
                    None => 0,
                };
                self.pairs(expected, &dict.entries) && dict.attributes.len() == attributes
            }
            ("defaultdict", Any::DefaultDict(dict)) => {
                let factory = match &dict.factory {
                    Some(factory) => is_global(&expected["factory"], factory),
                    None => expected["factory"].is_null(),
                };
                factory && self.pairs(expected, &dict.entries)
            }
            ("counter", Any::Counter(counter)) => self.pairs(expected, &counter.entries),
            ("deque", Any::Deque(deque)) => {
                let items: Vec<Item> = deque.items.iter().cloned().collect();
                number("maxlen") == deque.maxlen
                    && self.sequence(notation::array(expected, "v"), &items)
            }
            ("array", Any::Array(array)) => {
                let code = notation::string(expected, "typecode");
                code.chars().eq([array.typecode()])
                    && is_items(notation::array(expected, "v"), array)
            }
            ("path", Any::PosixPath(path)) => is_path(expected, "PosixPath", path),
            ("path", Any::WindowsPath(path)) => is_path(expected, "WindowsPath", path),
            ("path", Any::PurePosixPath(path)) => is_path(expected, "PurePosixPath", path),
            ("path", Any::PureWindowsPath(path)) => is_path(expected, "PureWindowsPath", path),
            ("obj", Any::Other(_)) => true,
            ("obj", _) => self.instance(expected, item),
            _ => false,
        }
    }

    fn instance(&mut self, expected: &Json, item: &Item) -> bool {
        let name = notation::string(&expected["class"], "name");
        let args = notation::array(expected, "args");
        let text = |shown: String| args[0].as_str() == Some(&shown);
        match (name, &**item) {
            ("IPv4Address", Any::Ipv4Address(address)) => {
                args[0].as_u64() == Some(address.0.to_bits().into())
            }
            ("IPv6Address", Any::Ipv6Address(address)) => match notation::int(&args[0]) {
                Some(bits) => bits == address.address.to_bits().to_string(),
                None => text(address.to_string()),
            },
            ("IPv4Network", Any::Ipv4Network(network)) => text(network.to_string()),
            ("IPv4Interface", Any::Ipv4Interface(interface)) => text(interface.to_string()),
            ("Pattern" | "SRE_Pattern", Any::Pattern(pattern)) => {
                let is_pattern = match &pattern.pattern {
                    re::Text::Str(text) => args[0].as_str() == Some(text),
                    re::Text::Bytes(bytes) => notation::bytes(&args[0]) == *bytes,
                };
                is_pattern && args[1].as_u64() == Some(pattern.flags.into())
            }
            ("SimpleNamespace", Any::SimpleNamespace(namespace)) => {
                self.attributes(&expected["state"], &namespace.attributes)
            }
            ("partial", Any::Partial(partial)) => match notation::array(&expected["state"], "v") {
                [func, args, keywords, attributes] => {
                    self.same(func, &partial.func)
                        && self.sequence(notation::array(args, "v"), &partial.args)
                        && self.attributes(keywords, &partial.keywords)
                        && attributes.is_null() == partial.attributes.is_empty()
                }
                _ => false,
            },
            (_, Any::Exception(exception)) => {
                let attributes: &[(String, Item)] = &exception.attributes;
                let same = match expected.get("state") {
                    Some(state) => self.attributes(state, attributes),
                    None => attributes.is_empty(),
                };
                same && exception.class().qualname == name && self.sequence(args, &exception.args)
            }
            _ => false,
        }
    }

    fn member(&mut self, expected: &Json, member: &EnumMember<Item>) -> bool {
        match member {
            EnumMember::Value { class, value } => {
                is_global(&expected["class"], class) && self.same(&expected["value"], value)
            }
            EnumMember::Names { class, names } => {
                is_global(&expected["class"], class)
                    && expected["name"].as_str() == Some(&names.join("|"))
            }
            _ => false,
        }
    }

    fn sequence(&mut self, expected: &[Json], items: &[Item]) -> bool {
        let mut both = expected.iter().zip(items);
        expected.len() == items.len() && both.all(|(expected, item)| self.same(expected, item))
    }

    /// The pairs of a dict, in any order: that of Python 2 is no order.
    fn pairs(&mut self, expected: &Json, found: &[(Item, Item)]) -> bool {
        let expected: Vec<_> = notation::pairs(expected, "v").collect();
        expected.len() == found.len()
            && expected.iter().all(|(key, value)| {
                found
                    .iter()
                    .any(|(found, of)| self.same(key, found) && self.same(value, of))
            })
    }

    fn attributes(&mut self, expected: &Json, found: &[(String, Item)]) -> bool {
        let mut expected = notation::pairs(expected, "v");
        expected.len() == found.len()
            && expected.all(|(name, value)| {
                let name = String::from_utf8(notation::text(name)).unwrap();
                found
                    .iter()
                    .any(|(found, of)| *found == name && self.same(value, of))
            })
    }
}

fn is_global(expected: &Json, global: &GlobalRef) -> bool {
    let name = notation::string(expected, "name");
    match notation::string(expected, "module") {
        "__builtin__" => global.is("builtins", name),
        // Python says where the implementation is, the pickle may say where users find it.
        "_functools" => global.is("_functools", name) || global.is("functools", name),
        module => global.is(module, name),
    }
}

fn is_date(expected: &Json, date: Date) -> bool {
    expected["year"].as_u64() == Some(date.year().into())
        && expected["month"].as_u64() == Some(date.month().into())
        && expected["day"].as_u64() == Some(date.day().into())
}

fn is_time(expected: &Json, time: &Time) -> bool {
    expected["hour"].as_u64() == Some(time.hour().into())
        && expected["minute"].as_u64() == Some(time.minute().into())
        && expected["second"].as_u64() == Some(time.second().into())
        && expected["us"].as_u64() == Some(time.microsecond().into())
        && (expected["fold"].as_u64() == Some(1)) == time.fold()
        && match (&expected["tz"], time.tzinfo()) {
            (Json::Null, None) => true,
            (expected, Some(zone)) => is_zone(expected, zone),
            _ => false,
        }
}

fn is_zone(expected: &Json, zone: &TzInfo) -> bool {
    match (notation::kind(expected), zone) {
        ("timezone", TzInfo::TimeZone(zone)) => {
            let offset = i64::try_from(zone.offset().total_microseconds()).unwrap();
            expected["offset_us"].as_i64() == Some(offset)
                && expected["name"].as_str() == zone.name()
        }
        ("zoneinfo", TzInfo::ZoneInfo(zone)) => expected["key"].as_str() == Some(zone.key()),
        // Of a class of its own, or a reference to one.
        ("obj" | "", TzInfo::Other(_)) => true,
        _ => false,
    }
}

fn is_path(expected: &Json, class: &str, path: &dyn ToString) -> bool {
    let separator = if class.contains("Windows") { "\\" } else { "/" };
    let parts = notation::array(expected, "parts").iter();
    let joined = parts.fold(String::new(), |path, part| {
        let between = if path.is_empty() || path.ends_with(separator) {
            ""
        } else {
            separator
        };
        path + between + part.as_str().unwrap()
    });
    let joined = if joined.is_empty() {
        ".".to_owned()
    } else {
        joined
    };
    notation::string(&expected["class"], "name") == class && joined == path.to_string()
}

fn is_items(expected: &[Json], array: &array::Array) -> bool {
    use array::Array::{
        Char, F32, F64, I8, I16, I32, I64, Long, U8, U16, U32, U64, ULong, WideChar,
    };
    fn ints<T: ToString>(items: &[T]) -> Vec<String> {
        items.iter().map(T::to_string).collect()
    }
    let ints = match array {
        I8(items) => ints(items),
        U8(items) => ints(items),
        I16(items) => ints(items),
        U16(items) => ints(items),
        I32(items) => ints(items),
        U32(items) => ints(items),
        Long(items) | I64(items) => ints(items),
        ULong(items) | U64(items) => ints(items),
        F32(items) => {
            let bits: Vec<u64> = items
                .iter()
                .map(|item| f64::from(*item).to_bits())
                .collect();
            return expected.iter().map(notation::bits).eq(bits);
        }
        F64(items) => {
            let bits: Vec<u64> = items.iter().map(|item| item.to_bits()).collect();
            return expected.iter().map(notation::bits).eq(bits);
        }
        WideChar(items) | Char(items) => {
            let text = items.iter().map(char::to_string);
            return expected
                .iter()
                .map(|item| item.as_str().unwrap().to_owned())
                .eq(text);
        }
        _ => return false,
    };
    expected
        .iter()
        .map(|item| notation::int(item).unwrap())
        .eq(ints)
}
