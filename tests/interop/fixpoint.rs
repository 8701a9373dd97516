//! `pickle.dumps(pickle.loads(bytes), protocol) == bytes`, in every Python, for generated values.
//!
//! That needs no bytes of ours to compare with: a Python that loads what we write and dumps it
//! again writes what it would have written in the first place. What does not come out the same
//! even of its own pickles is not generated: sets of several elements, whose order is that of
//! their hashes, attributes with names of one letter (3.11 and 3.12), and what [`Data::lowest`]
//! says.
//!
//! `scripts/fixpoint` runs more cases than `cargo test`.

use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::io::{Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::rc::Rc;

use num_bigint::BigInt;
use pickle::{Class, Encoder, Global, NoArgs, Pickle, Pickler, Protocol};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

use crate::support::{Python, pythons};

const CLASSES: &str = "fixpoint_classes";

/// A value of any form that CPython writes and reads back.
#[derive(Clone, Debug)]
enum Data {
    None,
    Bool(bool),
    Int(i128),
    Long(BigInt),
    Float(u64),
    Str(String),
    Surrogates(String),
    Bytes(Vec<u8>),
    ByteArray(Vec<u8>),
    /// Text, bytes or a bytearray of so many characters.
    Uniform(Kind, usize),
    /// A list, dict, tuple, or set of so many ints, or an instance with as many items.
    Range(Kind, usize),
    List(Vec<Data>),
    Tuple(Vec<Data>),
    Dict(BTreeMap<String, Data>),
    Set(Option<i64>),
    FrozenSet(String),
    Global(&'static str, &'static str),
    /// One object at two places, and another between them.
    Twice(Rc<Data>, Box<Data>),
    Plain(BTreeMap<&'static str, Data>),
    Point(Box<(Data, Data)>),
    Inner(BTreeMap<&'static str, Data>),
    Slotted(Box<(Data, Data)>),
    Both(Box<(Data, Data, Data)>),
    ListOf(Vec<Data>, Option<Box<Data>>),
    DictOf(BTreeMap<String, Data>),
    Pair(Box<(Data, Data)>),
    Keywords(Vec<Data>, Box<Data>),
    Call(Vec<Data>, BTreeMap<&'static str, Data>),
    WithSetter(Box<Data>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Str,
    Bytes,
    ByteArray,
    List,
    Dict,
    Tuple,
    Set,
    Items,
    Pairs,
}

/// Items of a tuple.
struct Tuple<'d>(&'d [Data]);

impl Pickle for Tuple<'_> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
        let mut tuple = encoder.tuple(self.0.len())?;
        self.0.iter().try_for_each(|item| tuple.item(item))?;
        tuple.end()
    }
}

const fn class(name: &'static str) -> Global {
    Global::new(CLASSES, name)
}

static PLAIN: Class = Class::new::<Data>(CLASSES, "Plain");
static POINT: Class = Class::new::<Data>(CLASSES, "Point").with_attributes(&["alpha", "beta"]);
static INNER: Class = Class::new::<Data>(CLASSES, "Outer.Inner");

impl Pickle for Data {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
        match self {
            Self::None => encoder.none(),
            Self::Bool(value) => encoder.bool(*value),
            Self::Int(value) => encoder.int128(*value),
            Self::Long(value) => encoder.big_int(value),
            Self::Float(bits) => encoder.float(f64::from_bits(*bits)),
            Self::Str(text) => encoder.str(text),
            Self::Surrogates(text) => encoder.wtf8(&[text.as_bytes(), b"\xed\xb3\xa9"].concat()),
            Self::Bytes(bytes) => encoder.bytes(bytes),
            Self::ByteArray(bytes) => encoder.byte_array(bytes),
            Self::Uniform(Kind::Str, len) => encoder.str(&"x".repeat(*len)),
            Self::Uniform(Kind::Bytes, len) => encoder.bytes(&vec![7; *len]),
            Self::Uniform(_, len) => encoder.byte_array(&vec![7; *len]),
            Self::Range(kind, len) => range(*kind, *len, encoder),
            Self::List(items) => items.pickle(encoder),
            Self::Tuple(items) => Tuple(items).pickle(encoder),
            Self::Dict(entries) => entries.pickle(encoder),
            Self::Set(item) => {
                let mut set = encoder.set(item.iter().len())?;
                item.iter().try_for_each(|item| set.item(item))?;
                set.end()
            }
            Self::FrozenSet(item) => {
                let mut set = encoder.frozenset(1)?;
                set.item(item)?;
                set.end()
            }
            Self::Global(module, name) => encoder.global(Global::new(module, name)),
            Self::Twice(shared, between) => {
                let mut tuple = encoder.tuple(3)?;
                tuple.item(shared)?;
                tuple.item(between)?;
                tuple.item(shared)?;
                tuple.end()
            }
            Self::Plain(attributes) => instance(&PLAIN, attributes, encoder),
            Self::Inner(attributes) => instance(&INNER, attributes, encoder),
            Self::Point(values) => {
                let mut object = encoder.object(&POINT, 2)?;
                object.attribute(0, &values.0)?;
                object.attribute(1, &values.1)?;
                object.end()
            }
            Self::Slotted(values) => {
                let mut object = encoder.new_object(&class("Slotted"), &NoArgs)?;
                let mut slots = object.slots(0, 2)?;
                slots.attribute("left", &values.0)?;
                slots.attribute("right", &values.1)?;
                slots.end()?;
                object.end()
            }
            Self::Both(values) => {
                let mut object = encoder.new_object(&class("Both"), &NoArgs)?;
                let mut slots = object.slots(2, 1)?;
                slots.attribute("alpha", &values.0)?;
                slots.attribute("beta", &values.1)?;
                slots.attribute("left", &values.2)?;
                slots.end()?;
                object.end()
            }
            Self::ListOf(items, attribute) => {
                let mut object = encoder.new_object(&class("ListOf"), &NoArgs)?;
                let mut list = object.items(items.len())?;
                items.iter().try_for_each(|item| list.item(item))?;
                list.end()?;
                if let Some(value) = attribute {
                    let mut attributes = object.attributes(1)?;
                    attributes.attribute("alpha", value)?;
                    attributes.end()?;
                }
                object.end()
            }
            Self::DictOf(entries) => {
                let mut object = encoder.new_object(&class("DictOf"), &NoArgs)?;
                let mut pairs = object.pairs(entries.len())?;
                entries
                    .iter()
                    .try_for_each(|(key, value)| pairs.entry(key, value))?;
                pairs.end()?;
                object.end()
            }
            Self::Pair(values) => encoder.new_object(&class("Pair"), &**values)?.end(),
            Self::Keywords(args, value) => {
                let kwargs = BTreeMap::from([("keyword", value)]);
                encoder
                    .new_object_ex(&class("Keywords"), &Tuple(args), &kwargs)?
                    .end()
            }
            Self::Call(args, attributes) => {
                let mut object = encoder.reduce(&class("make"), &Tuple(args))?;
                if !attributes.is_empty() {
                    let mut state = object.attributes(attributes.len())?;
                    for (name, value) in attributes {
                        state.attribute(name, value)?;
                    }
                    state.end()?;
                }
                object.end()
            }
            Self::WithSetter(state) => {
                let mut object = encoder.reduce(&class("make_with_setter"), &NoArgs)?;
                // No state at all would be another form.
                object.state_by(&class("set_state"), &Tuple(std::slice::from_ref(&**state)))?;
                object.end()
            }
        }
    }
}

fn range(kind: Kind, len: usize, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
    match kind {
        Kind::Dict => {
            let mut dict = encoder.dict(len)?;
            (0..len).try_for_each(|n| dict.entry(&n, &n))?;
            dict.end()
        }
        Kind::Tuple => {
            let mut tuple = encoder.tuple(len)?;
            (0..len).try_for_each(|n| tuple.item(&n))?;
            tuple.end()
        }
        Kind::Set => {
            let mut set = encoder.set(len)?;
            (0..len).try_for_each(|n| set.item(&n))?;
            set.end()
        }
        Kind::Items => {
            let mut object = encoder.new_object(&class("ListOf"), &NoArgs)?;
            let mut items = object.items(len)?;
            (0..len).try_for_each(|n| items.item(&n))?;
            items.end()?;
            object.end()
        }
        Kind::Pairs => {
            let mut object = encoder.new_object(&class("DictOf"), &NoArgs)?;
            let mut pairs = object.pairs(len)?;
            (0..len).try_for_each(|n| pairs.entry(&n, &n))?;
            pairs.end()?;
            object.end()
        }
        _ => {
            let mut list = encoder.list(len)?;
            (0..len).try_for_each(|n| list.item(&n))?;
            list.end()
        }
    }
}

fn instance(
    class: &'static Class,
    attributes: &BTreeMap<&'static str, Data>,
    encoder: &mut Encoder<'_>,
) -> pickle::Result<()> {
    let mut object = encoder.object(class, attributes.len())?;
    for (name, value) in attributes {
        object.attribute_named(name, value)?;
    }
    object.end()
}

impl Data {
    /// The lowest protocol at which a Python writes the value in this form.
    fn lowest(&self, version: (u32, u32)) -> Protocol {
        let parts: Vec<&Data> = match self {
            Self::List(items) | Self::Tuple(items) | Self::Call(items, _) => items.iter().collect(),
            Self::Keywords(items, value) => items.iter().chain([&**value]).collect(),
            Self::ListOf(items, value) => items.iter().chain(value.as_deref()).collect(),
            Self::Dict(entries) | Self::DictOf(entries) => entries.values().collect(),
            Self::Plain(attributes) | Self::Inner(attributes) => attributes.values().collect(),
            Self::Twice(shared, between) => vec![shared, between],
            Self::Point(pair) | Self::Slotted(pair) | Self::Pair(pair) => vec![&pair.0, &pair.1],
            Self::Both(values) => vec![&values.0, &values.1, &values.2],
            Self::WithSetter(state) => vec![state],
            _ => Vec::new(),
        };
        let more: Vec<&Data> = match self {
            Self::Call(_, attributes) => attributes.values().collect(),
            _ => Vec::new(),
        };
        let own = match self {
            // Before 3.13 a nested class was written as an object in another one.
            Self::Inner(_) | Self::Global(_, "Outer.Inner") if version < (3, 13) => Protocol::V4,
            Self::Keywords(..) if version < (3, 13) => Protocol::V4,
            // Protocols 0 and 1 call `copyreg._reconstructor` with the base's value.
            Self::Slotted(_)
            | Self::Both(_)
            | Self::ListOf(..)
            | Self::DictOf(_)
            | Self::Pair(_)
            | Self::Keywords(..)
            | Self::Range(Kind::Items | Kind::Pairs, _) => Protocol::V2,
            _ => Protocol::V0,
        };
        parts
            .into_iter()
            .chain(more)
            .map(|part| part.lowest(version))
            .fold(own, Protocol::max)
    }
}

const NAMES: &[&str] = &[
    "alpha",
    "beta",
    "left",
    "right",
    "Plain",
    "fixpoint_classes",
];

const LENGTHS: &[usize] = &[
    0, 1, 2, 3, 254, 255, 256, 257, 1000, 65_533, 65_534, 65_535, 65_536, 65_537, 70_000,
];

const COUNTS: &[usize] = &[0, 1, 2, 3, 4, 999, 1000, 1001, 1002, 1999, 2000, 2001];

fn leaf() -> impl Strategy<Value = Data> {
    let word = prop_oneof![
        4 => "\\PC{0,12}",
        2 => select(NAMES).prop_map(str::to_owned),
        1 => "[\\x00-\\xff]{0,2}",
        1 => "[\\n\\r\\\\\\x00\\x1a\u{e9}\u{100}\u{ffff}\u{1f600}]{0,6}",
    ];
    let bytes = proptest::collection::vec(any::<u8>(), 0..8);
    prop_oneof![
        1 => Just(Data::None),
        1 => any::<bool>().prop_map(Data::Bool),
        3 => any::<i128>().prop_flat_map(|n| (0..128_u32).prop_map(move |bits| Data::Int(n >> bits))),
        1 => proptest::collection::vec(any::<u8>(), 0..300)
            .prop_map(|bytes| Data::Long(BigInt::from_signed_bytes_le(&bytes))),
        1 => any::<u64>().prop_map(Data::Float),
        1 => select(&[0.0, -0.0, 1.0, 1e16, 1e-5, 0.1, f64::INFINITY, f64::MIN_POSITIVE][..])
            .prop_map(|float: f64| Data::Float(float.to_bits())),
        5 => word.clone().prop_map(Data::Str),
        1 => "[a\u{e9}\u{1f600}]{0,3}".prop_map(Data::Surrogates),
        3 => bytes.clone().prop_map(Data::Bytes),
        2 => bytes.prop_map(Data::ByteArray),
        1 => (select(&[Kind::Str, Kind::Bytes, Kind::ByteArray][..]), select(LENGTHS))
            .prop_map(|(kind, len)| Data::Uniform(kind, len)),
        1 => (
            select(&[Kind::List, Kind::Dict, Kind::Tuple, Kind::Set, Kind::Items, Kind::Pairs][..]),
            select(COUNTS)
        )
            .prop_map(|(kind, len)| Data::Range(kind, len)),
        1 => any::<Option<i64>>().prop_map(Data::Set),
        1 => word.prop_map(Data::FrozenSet),
        1 => select(&[
            (CLASSES, "Plain"),
            (CLASSES, "make"),
            (CLASSES, "Outer.Inner"),
            ("builtins", "int"),
            ("builtins", "len"),
            ("builtins", "range"),
            ("collections", "OrderedDict"),
            ("datetime", "date"),
        ][..])
        .prop_map(|(module, name)| Data::Global(module, name)),
    ]
}

fn data() -> impl Strategy<Value = Data> {
    leaf().prop_recursive(5, 60, 5, |inner| {
        let items = proptest::collection::vec(inner.clone(), 0..5);
        let entries = proptest::collection::btree_map("[a-z\u{e9}]{0,4}", inner.clone(), 0..4);
        let attributes = proptest::collection::btree_map(select(NAMES), inner.clone(), 0..4);
        let pair = (inner.clone(), inner.clone()).prop_map(Box::new);
        prop_oneof![
            3 => items.clone().prop_map(Data::List),
            3 => items.clone().prop_map(Data::Tuple),
            3 => entries.clone().prop_map(Data::Dict),
            3 => (inner.clone(), inner.clone())
                .prop_map(|(shared, between)| Data::Twice(Rc::new(shared), Box::new(between))),
            2 => attributes.clone().prop_map(Data::Plain),
            1 => attributes.clone().prop_map(Data::Inner),
            2 => pair.clone().prop_map(Data::Point),
            1 => pair.clone().prop_map(Data::Slotted),
            1 => (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|values| Data::Both(Box::new(values))),
            1 => (items.clone(), proptest::option::of(inner.clone().prop_map(Box::new)))
                .prop_map(|(items, attribute)| Data::ListOf(items, attribute)),
            1 => entries.prop_map(Data::DictOf),
            1 => pair.prop_map(Data::Pair),
            1 => (items.clone(), inner.clone())
                .prop_map(|(items, value)| Data::Keywords(items, Box::new(value))),
            1 => (items, attributes).prop_map(|(args, attributes)| Data::Call(args, attributes)),
            1 => inner.prop_map(|state| Data::WithSetter(Box::new(state))),
        ]
    })
}

/// A Python that answers whether pickles are what it would write.
pub(crate) struct Oracle {
    python: &'static Python,
    child: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
    asked: usize,
}

impl Oracle {
    pub(crate) fn start(python: &'static Python) -> Self {
        let mut child = python
            .script("tests/python/fixpoint.py")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            python,
            stdin: child.stdin.take().unwrap(),
            stdout: child.stdout.take().unwrap(),
            child,
            asked: 0,
        }
    }

    /// Asks; an empty answer means yes.
    pub(crate) fn ask(&mut self, pickle: &[u8], protocol: Protocol) -> String {
        self.asked += 1;
        let mut request = vec![u8::from(protocol)];
        request.extend((pickle.len() as u64).to_le_bytes());
        request.extend(pickle);
        self.stdin.write_all(&request).unwrap();
        let mut length = [0; 8];
        self.stdout.read_exact(&mut length).unwrap();
        let mut text = vec![0; u64::from_le_bytes(length) as usize];
        self.stdout.read_exact(&mut text).unwrap();
        String::from_utf8(text).unwrap()
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A value in the message of a failure: not a thousand lines of it.
struct Case(Data);

impl Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.4000?}", self.0)
    }
}

fn number(variable: &str, default: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap(),
        Err(_) => default,
    }
}

#[test]
fn fixpoint_of_generated_values() {
    let cases = number("PICKLE_FIXPOINT_CASES", 200);
    let seed = number("PICKLE_FIXPOINT_SEED", 1);
    let oracles: Vec<Oracle> = pythons()
        .iter()
        .filter(|python| python.version >= (3, 8))
        .map(Oracle::start)
        .collect();
    let oracles = std::cell::RefCell::new(oracles);
    let mut runner = TestRunner::new(Config {
        cases: u32::try_from(cases).unwrap(),
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..Config::default()
    });
    let result = runner.run(&data().prop_map(Case), |Case(data)| {
        let pickles = Protocol::ALL.map(|protocol| {
            let mut pickler = Pickler::new(Vec::new()).with_protocol(protocol);
            pickler.dump(&data).unwrap();
            (protocol, pickler.into_inner())
        });
        for oracle in &mut *oracles.borrow_mut() {
            let lowest = data.lowest(oracle.python.version);
            for (protocol, pickle) in &pickles {
                if *protocol < lowest || !oracle.python.protocols().contains(protocol) {
                    continue;
                }
                let answer = oracle.ask(pickle, *protocol);
                if !answer.is_empty() {
                    let message = format!("{}, protocol {protocol:?}: {answer}", oracle.python);
                    return Err(TestCaseError::fail(message));
                }
            }
        }
        Ok(())
    });
    for oracle in &*oracles.borrow() {
        println!(
            "{}: {} pickles of {cases} values",
            oracle.python, oracle.asked
        );
    }
    if let Err(error) = result {
        panic!("with seed {seed}: {error}");
    }
}
