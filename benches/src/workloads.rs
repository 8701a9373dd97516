//! The data: ten workloads, the same in every run.
//!
//! A type stands for all contestants alike: it derives what each of them needs. Where text may be
//! owned or borrowed, the type of the text is a parameter.
//!
//! None of the classes is registered. A typed load then takes the class that it was asked for, so
//! that the owned and the borrowed type can go by one name in one program; it costs one look-up
//! for each load.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use pickle::{Pickle, Unpickle};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What is measured: data, and how often it is loaded or dumped in one repetition.
pub(crate) trait Workload {
    /// As this library has it.
    type Owned: Pickle + for<'de> Unpickle<'de> + PartialEq;
    /// As this library and others have it when text and bytes stay where they are.
    type Borrowed<'de>: Unpickle<'de> + Deserialize<'de>;
    /// As others have it, if they cannot have it as this library does.
    type Plain: Serialize
        + DeserializeOwned
        + PartialEq
        + deser::Serialize
        + for<'de> deser::Deserialize<'de>;

    /// The short name.
    const NAME: &'static str;
    /// What it is, in a line.
    const ABOUT: &'static str;
    /// The size of a full run.
    const SIZE: usize;
    /// Calls in a repetition. The results of several calls are dropped as they come.
    const CALLS: usize = 1;
    /// Whether there is something to borrow.
    const BORROWS: bool = true;
    /// Whether formats that know no sharing can have it.
    const PLAIN: bool = true;

    /// Makes the data.
    fn owned(size: usize) -> Self::Owned;
    /// Makes the same data for others.
    fn plain(size: usize) -> Self::Plain;
}

/// Calls a generic function for the workload of a name.
macro_rules! with_workload {
    ($name:expr, $workload:ident => $body:expr) => {
        with_workload!($name, $workload => $body;
            Objects, Records, JsonDocument, Ints, Floats, Strings, Table, Blob, Blobs, Shared, Small)
    };
    ($name:expr, $workload:ident => $body:expr; $($type:ident),*) => {
        match $name {
            $(name if name == <$crate::workloads::$type as Workload>::NAME => {
                type $workload = $crate::workloads::$type;
                Some($body)
            })*
            _ => None,
        }
    };
}
pub(crate) use with_workload;

/// The names of all workloads.
pub(crate) const NAMES: [&str; 11] = [
    Objects::NAME,
    Records::NAME,
    JsonDocument::NAME,
    Ints::NAME,
    Floats::NAME,
    Strings::NAME,
    Table::NAME,
    Blob::NAME,
    Blobs::NAME,
    Shared::NAME,
    Small::NAME,
];

/// SplitMix64: numbers that look random, and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn new() -> Self {
        Self(0x70_69_63_6b_6c_65)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// A number of one, two, four or eight bytes.
    fn int(&mut self) -> i64 {
        let bits = self.next() as i64;
        match self.below(4) {
            0 => bits & 0xff,
            1 => bits & 0xffff,
            2 => i64::from(bits as i32),
            _ => bits,
        }
    }

    /// Between -1000 and 1000, with all its digits.
    fn float(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64 * 2000.0 - 1000.0
    }

    /// Lower-case letters.
    fn word(&mut self, shortest: usize, longest: usize) -> String {
        let length = shortest + self.below(longest - shortest + 1);
        (0..length)
            .map(|_| char::from(b'a' + self.below(26) as u8))
            .collect()
    }

    fn words(&mut self, count: usize) -> String {
        let words: Vec<String> = (0..count).map(|_| self.word(2, 10)).collect();
        words.join(" ")
    }

    fn name(&mut self) -> String {
        // One in sixteen is not ASCII, as names are.
        let mut name = self.word(5, 12);
        if self.below(16) == 0 {
            name.push('ø');
        }
        name
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(count + 8);
        while bytes.len() < count {
            bytes.extend_from_slice(&self.next().to_le_bytes());
        }
        bytes.truncate(count);
        bytes
    }
}

fn times<T>(count: usize, mut make: impl FnMut(&mut Numbers) -> T) -> Vec<T> {
    let mut numbers = Numbers::new();
    (0..count).map(|_| make(&mut numbers)).collect()
}

/// What stands for a workload; there are no values of it.
macro_rules! workload {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub(crate) enum $name {}
    };
}

// Instances of a class.

/// A class with two attributes.
#[derive(
    Clone, PartialEq, pickle::Pickle, Serialize, Deserialize, deser::Serialize, deser::Deserialize,
)]
#[pickle(module = "__main__")]
pub(crate) struct SimpleObject<S> {
    name: S,
    name_backwards: S,
}

impl SimpleObject<String> {
    fn numbered(number: usize) -> Self {
        let name = format!("pickle {number}");
        let name_backwards = name.chars().rev().collect();
        Self {
            name,
            name_backwards,
        }
    }
}

workload! {
    /// w1: a list of instances of a small class.
    Objects
}

impl Workload for Objects {
    type Owned = Vec<SimpleObject<String>>;
    type Borrowed<'de> = Vec<SimpleObject<&'de str>>;
    type Plain = Self::Owned;
    const NAME: &'static str = "w1";
    const ABOUT: &'static str = "200 000 instances of a class with two strings";
    const SIZE: usize = 200_000;

    fn owned(size: usize) -> Self::Owned {
        (0..size).map(SimpleObject::numbered).collect()
    }

    fn plain(size: usize) -> Self::Plain {
        Self::owned(size)
    }
}

/// A class inside of [`Record`].
#[derive(
    PartialEq, pickle::Pickle, Serialize, Deserialize, deser::Serialize, deser::Deserialize,
)]
#[pickle(module = "__main__")]
pub(crate) struct Address<S> {
    street: S,
    city: S,
    zip: u32,
}

/// A class with twelve attributes.
#[derive(
    PartialEq, pickle::Pickle, Serialize, Deserialize, deser::Serialize, deser::Deserialize,
)]
#[pickle(module = "__main__")]
#[serde(bound(deserialize = "S: Deserialize<'de> + Ord"))]
pub(crate) struct Record<S: Ord> {
    id: u64,
    name: S,
    email: S,
    age: u8,
    active: bool,
    score: f64,
    balance: f64,
    note: Option<S>,
    created: i64,
    address: Address<S>,
    tags: Vec<S>,
    stock: BTreeMap<S, u32>,
}

workload! {
    /// w2: a list of instances of a class of twelve attributes.
    Records
}

impl Workload for Records {
    type Owned = Vec<Record<String>>;
    type Borrowed<'de> = Vec<Record<&'de str>>;
    type Plain = Self::Owned;
    const NAME: &'static str = "w2";
    const ABOUT: &'static str =
        "50 000 instances of a class with 12 attributes: scalars, an instance, a list, a dict";
    const SIZE: usize = 50_000;

    fn owned(size: usize) -> Self::Owned {
        times(size, |numbers| Record {
            id: numbers.next() >> 34,
            name: numbers.name(),
            email: numbers.word(4, 9) + "@example.org",
            age: numbers.below(100) as u8,
            active: numbers.below(2) == 0,
            score: numbers.float(),
            balance: numbers.float(),
            note: (numbers.below(2) == 0).then(|| numbers.words(4)),
            created: 1_700_000_000 + numbers.below(1 << 26) as i64,
            address: Address {
                street: numbers.word(6, 16),
                city: numbers.name(),
                zip: numbers.below(100_000) as u32,
            },
            tags: (0..3).map(|_| numbers.word(3, 8)).collect(),
            stock: ["apples", "pears", "plums"]
                .map(|fruit| (fruit.to_owned(), numbers.below(1000) as u32))
                .into(),
        })
    }

    fn plain(size: usize) -> Self::Plain {
        Self::owned(size)
    }
}

// A document as JSON has it: dicts instead of classes.

/// Somebody whom a [`User`] knows.
#[derive(
    PartialEq, pickle::Pickle, Serialize, Deserialize, deser::Serialize, deser::Deserialize,
)]
#[pickle(dict)]
pub(crate) struct Friend<S> {
    id: u32,
    name: S,
}

/// Where a [`User`] is.
#[derive(
    PartialEq, pickle::Pickle, Serialize, Deserialize, deser::Serialize, deser::Deserialize,
)]
#[pickle(dict)]
pub(crate) struct Position<S> {
    latitude: f64,
    longitude: f64,
    place: S,
}

/// An element of the document.
#[derive(
    PartialEq, pickle::Pickle, Serialize, Deserialize, deser::Serialize, deser::Deserialize,
)]
#[pickle(dict)]
pub(crate) struct User<S> {
    id: u64,
    guid: S,
    active: bool,
    balance: f64,
    age: u8,
    name: S,
    email: S,
    about: S,
    registered: S,
    position: Position<S>,
    tags: Vec<S>,
    friends: Vec<Friend<S>>,
    scores: Vec<i64>,
}

/// The document.
#[derive(
    PartialEq, pickle::Pickle, Serialize, Deserialize, deser::Serialize, deser::Deserialize,
)]
#[pickle(dict)]
pub(crate) struct Document<S> {
    version: u32,
    title: S,
    users: Vec<User<S>>,
}

workload! {
    /// w3: a document of dicts, lists, strings and numbers.
    JsonDocument
}

impl Workload for JsonDocument {
    type Owned = Document<String>;
    type Borrowed<'de> = Document<&'de str>;
    type Plain = Self::Owned;
    const NAME: &'static str = "w3";
    const ABOUT: &'static str = "a document of 10 MB as JSON has it";
    const SIZE: usize = 17_500;

    fn owned(size: usize) -> Self::Owned {
        Document {
            version: 3,
            title: "Users".to_owned(),
            users: times(size, |numbers| User {
                id: numbers.next() >> 34,
                guid: format!("{:016x}-{:016x}", numbers.next(), numbers.next()),
                active: numbers.below(2) == 0,
                balance: numbers.float(),
                age: numbers.below(100) as u8,
                name: numbers.name(),
                email: numbers.word(4, 9) + "@example.org",
                about: numbers.words(25),
                registered: format!("2024-03-{:02}T10:20:30Z", numbers.below(28) + 1),
                position: Position {
                    latitude: numbers.float(),
                    longitude: numbers.float(),
                    place: numbers.name(),
                },
                tags: (0..5).map(|_| numbers.word(3, 8)).collect(),
                friends: (0..3)
                    .map(|id| Friend {
                        id,
                        name: numbers.name(),
                    })
                    .collect(),
                scores: (0..8).map(|_| numbers.below(2000) as i64 - 100).collect(),
            }),
        }
    }

    fn plain(size: usize) -> Self::Plain {
        Self::owned(size)
    }
}

// Lists of one thing.

workload! {
    /// w4: ints.
    Ints
}

impl Workload for Ints {
    type Owned = Vec<i64>;
    type Borrowed<'de> = Vec<i64>;
    type Plain = Self::Owned;
    const NAME: &'static str = "w4";
    const ABOUT: &'static str = "2 000 000 ints of one, two, four and eight bytes";
    const SIZE: usize = 2_000_000;
    const BORROWS: bool = false;

    fn owned(size: usize) -> Self::Owned {
        times(size, Numbers::int)
    }

    fn plain(size: usize) -> Self::Plain {
        Self::owned(size)
    }
}

workload! {
    /// w5: floats.
    Floats
}

impl Workload for Floats {
    type Owned = Vec<f64>;
    type Borrowed<'de> = Vec<f64>;
    type Plain = Self::Owned;
    const NAME: &'static str = "w5";
    const ABOUT: &'static str = "2 000 000 floats";
    const SIZE: usize = 2_000_000;
    const BORROWS: bool = false;

    fn owned(size: usize) -> Self::Owned {
        times(size, Numbers::float)
    }

    fn plain(size: usize) -> Self::Plain {
        Self::owned(size)
    }
}

workload! {
    /// w6: short strings.
    Strings
}

impl Workload for Strings {
    type Owned = Vec<String>;
    type Borrowed<'de> = Vec<&'de str>;
    type Plain = Self::Owned;
    const NAME: &'static str = "w6";
    const ABOUT: &'static str = "1 000 000 strings of 3 to 15 letters";
    const SIZE: usize = 1_000_000;

    fn owned(size: usize) -> Self::Owned {
        times(size, |numbers| numbers.word(3, 15))
    }

    fn plain(size: usize) -> Self::Plain {
        Self::owned(size)
    }
}

workload! {
    /// w7: a dict.
    Table
}

impl Workload for Table {
    type Owned = HashMap<String, i64>;
    type Borrowed<'de> = HashMap<&'de str, i64>;
    type Plain = Self::Owned;
    const NAME: &'static str = "w7";
    const ABOUT: &'static str = "a dict of 500 000 strings to ints";
    const SIZE: usize = 500_000;

    fn owned(size: usize) -> Self::Owned {
        let mut numbers = Numbers::new();
        (0..size)
            .map(|number| (format!("{}{number}", numbers.word(3, 8)), numbers.int()))
            .collect()
    }

    fn plain(size: usize) -> Self::Plain {
        Self::owned(size)
    }
}

// Bytes.

/// Python's bytes, for all contestants alike.
#[derive(
    PartialEq, pickle::Pickle, Serialize, Deserialize, deser::Serialize, deser::Deserialize,
)]
#[pickle(transparent)]
#[serde(transparent)]
#[deser(transparent)]
pub(crate) struct Data(#[serde(with = "serde_bytes")] Vec<u8>);

workload! {
    /// w8a: one large `bytes`.
    Blob
}

impl Workload for Blob {
    type Owned = Data;
    type Borrowed<'de> = &'de [u8];
    type Plain = Self::Owned;
    const NAME: &'static str = "w8a";
    const ABOUT: &'static str = "100 MB of bytes";
    const SIZE: usize = 100_000_000;

    fn owned(size: usize) -> Self::Owned {
        Data(Numbers::new().bytes(size))
    }

    fn plain(size: usize) -> Self::Plain {
        Self::owned(size)
    }
}

workload! {
    /// w8b: many `bytes` of 64 KiB.
    Blobs
}

impl Workload for Blobs {
    type Owned = Vec<Data>;
    type Borrowed<'de> = Vec<&'de [u8]>;
    type Plain = Self::Owned;
    const NAME: &'static str = "w8b";
    const ABOUT: &'static str = "1000 times 64 KiB of bytes";
    const SIZE: usize = 1000;

    fn owned(size: usize) -> Self::Owned {
        times(size, |numbers| Data(numbers.bytes(1 << 16)))
    }

    fn plain(size: usize) -> Self::Plain {
        Self::owned(size)
    }
}

// Sharing.

/// How many objects the references of [`Shared`] lead to.
const TARGETS: usize = 1000;

workload! {
    /// w9: references to shared objects.
    Shared
}

impl Workload for Shared {
    type Owned = Vec<Rc<SimpleObject<String>>>;
    type Borrowed<'de> = Vec<SimpleObject<&'de str>>;
    // Nobody else keeps the sharing: each reference is a copy.
    type Plain = Vec<SimpleObject<String>>;
    const NAME: &'static str = "w9";
    const ABOUT: &'static str = "500 000 references to 1000 shared objects";
    const SIZE: usize = 500_000;
    const BORROWS: bool = false;
    const PLAIN: bool = false;

    fn owned(size: usize) -> Self::Owned {
        let targets: Vec<_> = (0..TARGETS)
            .map(|number| Rc::new(SimpleObject::numbered(number)))
            .collect();
        times(size, |numbers| targets[numbers.below(TARGETS)].clone())
    }

    fn plain(size: usize) -> Self::Plain {
        Self::owned(size)
            .iter()
            .map(|object| SimpleObject::clone(object))
            .collect()
    }
}

// Many small pickles.

workload! {
    /// w10: one small object for each call.
    Small
}

impl Workload for Small {
    type Owned = SimpleObject<String>;
    type Borrowed<'de> = SimpleObject<&'de str>;
    type Plain = Self::Owned;
    const NAME: &'static str = "w10";
    const ABOUT: &'static str = "one instance of a class with two strings; 20 000 calls";
    const SIZE: usize = 1;
    const CALLS: usize = 20_000;

    fn owned(_size: usize) -> Self::Owned {
        SimpleObject::numbered(7)
    }

    fn plain(size: usize) -> Self::Plain {
        Self::owned(size)
    }
}
