//! Instances of every shape that Python gives them, both ways, with each Python.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::fs;

use pickle::{
    Class, Constant, Cursor, Encoder, Instance, Member, Pickle, Protocol, Unpickle, Value,
};

use crate::support::{TempDir, pythons, run};

#[derive(Pickle, Debug, PartialEq)]
struct Marker;

#[derive(Pickle, Debug, PartialEq)]
#[pickle(namedtuple)]
struct Point {
    x: i64,
    y: String,
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(newargs)]
struct Coin {
    #[pickle(arg)]
    amount: i64,
    note: String,
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(newargs)]
struct Size {
    #[pickle(arg)]
    width: i64,
    #[pickle(kwarg)]
    unit: String,
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(slots)]
struct Slots {
    a: i64,
    b: String,
}

#[derive(Pickle, Debug, PartialEq)]
struct SlotsDict {
    #[pickle(slot)]
    s: i64,
    d: String,
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(state = "tuple")]
struct Address {
    host: String,
    port: u16,
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(state = "list")]
struct Row(u8, u8);

#[derive(Pickle, Debug, PartialEq)]
#[pickle(getstate = "Counter::state", setstate = "Counter::from_state")]
struct Counter {
    count: u32,
}

impl Counter {
    fn state(&self) -> u32 {
        self.count
    }

    fn from_state(count: u32) -> Self {
        Self { count }
    }
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(reduce)]
struct Pair(i64, String);

#[derive(Pickle, Debug, PartialEq)]
#[pickle(reduce = "__main__.make_temperature")]
struct Temperature {
    scale: String,
    degrees: i64,
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(reduce)]
struct Everything {
    #[pickle(arg)]
    label: String,
    extra: String,
    #[pickle(items = "list")]
    items: Vec<i64>,
}

#[derive(Pickle, Debug, PartialEq)]
struct Playlist {
    #[pickle(items = "list")]
    songs: Vec<i64>,
    title: String,
}

#[derive(Pickle, Debug, PartialEq)]
struct Config {
    path: String,
    #[pickle(items = "dict")]
    entries: BTreeMap<String, i64>,
}

#[derive(Pickle, Debug, PartialEq)]
struct Tags {
    owner: String,
    #[pickle(items = "set")]
    tags: BTreeSet<i64>,
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(base = "int")]
struct Meters(i64);

#[derive(Pickle, Debug, PartialEq)]
#[pickle(base = "str")]
struct Label(String);

#[derive(Pickle, Debug, PartialEq)]
#[pickle(base = "tuple")]
struct Triple((i64, i64, i64));

#[derive(Pickle, Debug, PartialEq)]
#[pickle(exception)]
struct Failure {
    #[pickle(args)]
    args: (String, i64),
    code: i64,
}

#[derive(Pickle, Debug, PartialEq)]
struct Animal {
    name: String,
}

#[derive(Pickle, Debug, PartialEq)]
struct Dog {
    #[pickle(flatten)]
    animal: Animal,
    tricks: u32,
}

#[derive(Pickle, Debug, PartialEq)]
struct Open {
    known: i64,
    #[pickle(rest)]
    others: Vec<(String, Value)>,
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(dict)]
struct Options {
    verbose: bool,
}

#[derive(Pickle, Debug, PartialEq)]
struct Circle {
    radius: i64,
}

#[derive(Pickle, Debug, PartialEq)]
struct Square {
    side: i64,
}

#[derive(Pickle, Debug, PartialEq)]
enum Shape {
    Circle(Circle),
    Square(Square),
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(untagged)]
enum Either {
    Nothing,
    Number(i64),
    Text(String),
    Both(i64, i64),
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(upgrade = "named")]
struct Old {
    full_name: String,
}

/// The attribute was called otherwise once.
fn named(state: Value) -> pickle::Result<Value> {
    let Value::Dict(mut dict) = state else {
        return Ok(state);
    };
    if let Some(name) = dict.remove("name") {
        dict.insert("full_name", name);
    }
    Ok(dict.into())
}

mod hex {
    use super::*;

    pub(crate) fn pickle(value: &u16, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
        encoder.str(&format!("{value:04x}"))
    }

    pub(crate) fn unpickle(cursor: Cursor<'_, '_>) -> pickle::Result<u16> {
        u16::from_str_radix(&cursor.str()?, 16).map_err(pickle::Error::custom)
    }
}

#[derive(Pickle, Debug, PartialEq)]
struct Raw {
    #[pickle(bytes)]
    data: [u8; 2],
    #[pickle(with = "hex")]
    hex: u16,
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(rename_all = "SCREAMING_SNAKE_CASE")]
enum Color {
    #[pickle(value = 1)]
    Red,
    #[pickle(value = "green")]
    Green,
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(rename_all = "SCREAMING_SNAKE_CASE")]
enum Level {
    Low = 1,
    High,
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(rename_all = "SCREAMING_SNAKE_CASE")]
enum Word {
    #[pickle(value = "y1")]
    Yes,
    #[pickle(value = "n1")]
    No,
}

/// Flags, by hand: some Pythons write their names.
#[derive(Debug, PartialEq)]
struct Mode(i64);

static MODES: [Member; 2] = [
    Member::new("READ", Constant::Int(4)),
    Member::new("WRITE", Constant::Int(2)),
];

impl Instance for Mode {
    const CLASS: &'static Class = &Class::new::<Self>("__main__", "Mode").with_members(&MODES);
}
pickle::register!(Mode);

impl Pickle for Mode {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
        encoder.reduce(Self::CLASS, &(self.0,))?.end()
    }
}

impl<'de> Unpickle<'de> for Mode {
    fn unpickle(cursor: Cursor<'_, 'de>) -> pickle::Result<Self> {
        cursor.flags(Self::CLASS).map(Self)
    }
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(name = "Shelf.Kind")]
enum Kind {
    #[pickle(value = 1, rename = "ONE")]
    One,
}

/// What is done with each case: a value and its name.
trait Visitor {
    fn visit<T>(&mut self, name: &str, value: T)
    where
        T: Pickle + for<'de> Unpickle<'de> + PartialEq + Debug;
}

fn cases(visitor: &mut impl Visitor) {
    let owned = str::to_owned;
    visitor.visit("marker", Marker);
    let y = owned("two");
    visitor.visit("point", Point { x: 1, y });
    let note = owned("shiny");
    visitor.visit("coin", Coin { amount: 5, note });
    let unit = owned("cm");
    visitor.visit("size", Size { width: 3, unit });
    visitor.visit(
        "slots",
        Slots {
            a: 1,
            b: owned("b1"),
        },
    );
    visitor.visit(
        "slots_dict",
        SlotsDict {
            s: 1,
            d: owned("d1"),
        },
    );
    let host = owned("example");
    visitor.visit("address", Address { host, port: 80 });
    visitor.visit("row", Row(1, 2));
    visitor.visit("counter", Counter { count: 3 });
    visitor.visit("pair", Pair(1, owned("pb")));
    let scale = owned("C1");
    visitor.visit("temperature", Temperature { scale, degrees: 20 });
    let everything = Everything {
        label: owned("label"),
        extra: owned("more"),
        items: vec![1, 2],
    };
    visitor.visit("everything", everything);
    for (name, count) in [
        ("playlist", 3),
        ("playlist_empty", 0),
        ("playlist_long", 1001),
    ] {
        let start = i64::from(name == "playlist");
        let songs = (start..start + count).collect();
        let title = owned("songs");
        visitor.visit(name, Playlist { songs, title });
    }
    let config = Config {
        path: owned("etc"),
        entries: [(owned("key"), 1)].into(),
    };
    visitor.visit("config", config);
    let owner = owned("me");
    visitor.visit(
        "tags",
        Tags {
            owner,
            tags: [7].into(),
        },
    );
    visitor.visit("meters", Meters(5));
    visitor.visit("label", Label(owned("text")));
    visitor.visit("triple", Triple((1, 2, 3)));
    let args = (owned("broken"), 3);
    visitor.visit("failure", Failure { args, code: 4 });
    let animal = Animal { name: owned("rex") };
    visitor.visit("dog", Dog { animal, tricks: 2 });
    let others = vec![(owned("more"), Value::None)];
    visitor.visit("open", Open { known: 1, others });
    visitor.visit("options", Options { verbose: true });
    let shapes = vec![
        Shape::Circle(Circle { radius: 1 }),
        Shape::Square(Square { side: 2 }),
    ];
    visitor.visit("shapes", shapes);
    let union = vec![
        Either::Number(1),
        Either::Text(owned("text")),
        Either::Nothing,
        Either::Both(1, 2),
    ];
    visitor.visit("union", union);
    let full_name = owned("Ada");
    visitor.visit("old", Old { full_name });
    let raw = Raw {
        data: [1, 2],
        hex: 0x0aff,
    };
    visitor.visit("raw", raw);
    visitor.visit("colors", vec![Color::Red, Color::Green, Color::Red]);
    visitor.visit("level", Level::High);
    visitor.visit("word", Word::No);
    visitor.visit("mode", Mode(6));
    visitor.visit("kind", Kind::One);
}

/// Loads what Python has dumped, at each protocol at which it has.
struct Load<'a> {
    directory: &'a TempDir,
    python: String,
    count: usize,
    problems: Vec<String>,
}

impl Visitor for Load<'_> {
    fn visit<T>(&mut self, name: &str, value: T)
    where
        T: Pickle + for<'de> Unpickle<'de> + PartialEq + Debug,
    {
        for protocol in Protocol::ALL {
            let number = u8::from(protocol);
            for file in [format!("{name}.{number}"), format!("{name}.{number}.names")] {
                let Ok(bytes) = fs::read(self.directory.join(&file)) else {
                    continue;
                };
                self.count += usize::from(!file.ends_with("names"));
                match pickle::loads::<T>(&bytes) {
                    Ok(loaded) if loaded == value => {}
                    other => self.problems.push(format!(
                        "{}, {file}: {other:?}, expected {value:?}\n{}",
                        self.python,
                        bytes.escape_ascii()
                    )),
                }
            }
        }
    }
}

/// Dumps at each protocol at which the class can be.
struct Dump<'a> {
    directory: &'a TempDir,
}

impl Visitor for Dump<'_> {
    fn visit<T>(&mut self, name: &str, value: T)
    where
        T: Pickle + for<'de> Unpickle<'de> + PartialEq + Debug,
    {
        for protocol in Protocol::ALL {
            let mut bytes = Vec::new();
            let mut pickler = pickle::Pickler::new(&mut bytes).with_protocol(protocol);
            let dumped = pickler.dump(&value);
            drop(pickler);
            if dumped.is_ok() {
                let number = u8::from(protocol);
                fs::write(self.directory.join(format!("{name}.{number}")), bytes).unwrap();
            } else {
                assert!(
                    name.starts_with("slots"),
                    "{name}, {protocol:?}: {dumped:?}"
                );
            }
        }
    }
}

#[test]
fn what_python_dumps_loads() {
    let mut problems = Vec::new();
    for python in pythons() {
        let directory = TempDir::new();
        let mut script = python.script("tests/python/shapes.py");
        let count = run(script.arg("dump").arg(directory.path()));
        let mut load = Load {
            directory: &directory,
            python: python.to_string(),
            count: 0,
            problems: Vec::new(),
        };
        cases(&mut load);
        problems.append(&mut load.problems);
        assert_eq!(load.count.to_string(), count.trim(), "{python}");
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

#[test]
fn what_rust_dumps_python_loads_and_dumps_alike() {
    let directory = TempDir::new();
    cases(&mut Dump {
        directory: &directory,
    });
    let mut problems = Vec::new();
    for python in pythons() {
        if python.is_python2() {
            continue;
        }
        let mut script = python.script("tests/python/shapes.py");
        let output = crate::support::output(script.arg("load").arg(directory.path()));
        if !output.status.success() {
            let text = crate::support::text(&output.stderr);
            problems.push(format!("{python}: {text}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}
