//! The classes that `tests/python/shapes.py` has itself.

use std::collections::{BTreeMap, BTreeSet};

use pickle::{Pickle, Value};

use super::Case;

#[derive(Pickle, Clone, Debug, PartialEq)]
struct Marker;

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(namedtuple)]
struct Point {
    x: i64,
    y: String,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(newargs)]
struct Coin {
    #[pickle(arg)]
    amount: i64,
    note: String,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(newargs)]
struct Size {
    #[pickle(arg)]
    width: i64,
    #[pickle(kwarg)]
    unit: String,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(slots)]
struct Slots {
    a: i64,
    b: String,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
struct SlotsDict {
    #[pickle(slot)]
    s: i64,
    d: String,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(state = "tuple")]
struct Address {
    host: String,
    port: u16,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(state = "list")]
struct Row(u8, u8);

#[derive(Pickle, Clone, Debug, PartialEq)]
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

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(reduce)]
struct Pair(i64, String);

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(reduce = "__main__.make_temperature")]
struct Temperature {
    scale: String,
    degrees: i64,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(reduce)]
struct Everything {
    #[pickle(arg)]
    label: String,
    extra: String,
    #[pickle(items = "list")]
    items: Vec<i64>,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
struct Playlist {
    #[pickle(items = "list")]
    songs: Vec<i64>,
    title: String,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
struct Config {
    path: String,
    #[pickle(items = "dict")]
    entries: BTreeMap<String, i64>,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
struct Tags {
    owner: String,
    #[pickle(items = "set")]
    tags: BTreeSet<i64>,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(base = "int")]
struct Meters(i64);

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(base = "int")]
struct PreciseMeters {
    #[pickle(arg)]
    value: i64,
    precision: u8,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(base = "str")]
struct Label(String);

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(base = "tuple")]
struct Triple((i64, i64, i64));

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(exception)]
struct Failure {
    #[pickle(args)]
    args: (String, i64),
    code: i64,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
struct Animal {
    name: String,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
struct Dog {
    #[pickle(flatten)]
    animal: Animal,
    tricks: u32,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
struct Open {
    known: i64,
    #[pickle(rest)]
    others: Vec<(String, Value)>,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
struct Ordered {
    #[pickle(rest)]
    others: Vec<(String, Value)>,
    known: i64,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(dict)]
struct Options {
    verbose: bool,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(transparent)]
struct Wrapper {
    inner: Vec<i64>,
    #[pickle(skip)]
    seen: bool,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
struct Circle {
    radius: i64,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
struct Square {
    side: i64,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
enum Shape {
    Circle(Circle),
    Square(Square),
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(untagged)]
enum Either {
    Nothing,
    Number(i64),
    Text(String),
    Both(i64, i64),
}

#[derive(Pickle, Clone, Debug, PartialEq)]
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
    use pickle::{Cursor, Encoder};

    pub(crate) fn pickle(value: &u16, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
        encoder.str(&format!("{value:04x}"))
    }

    pub(crate) fn unpickle(cursor: Cursor<'_, '_>) -> pickle::Result<u16> {
        u16::from_str_radix(&cursor.str()?, 16).map_err(pickle::Error::custom)
    }
}

#[derive(Pickle, Clone, Debug, PartialEq)]
struct Raw {
    #[pickle(bytes)]
    data: [u8; 2],
    #[pickle(with = "hex")]
    hex: u16,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(rename_all = "SCREAMING_SNAKE_CASE")]
enum Color {
    #[pickle(value = 1)]
    Red,
    #[pickle(value = "green")]
    Green,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(rename_all = "SCREAMING_SNAKE_CASE")]
enum Level {
    Low = 1,
    High,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(rename_all = "SCREAMING_SNAKE_CASE")]
enum Word {
    #[pickle(value = "y1")]
    Yes,
    #[pickle(value = "n1")]
    No,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(flags(READ = 4, WRITE = 2))]
struct Mode(u32);

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(name = "Shelf.Kind")]
enum Kind {
    #[pickle(value = 1, rename = "ONE")]
    One,
}

#[rustfmt::skip]
pub(super) fn cases() -> Vec<Case> {
    let owned = str::to_owned;
    let playlist = |songs: std::ops::Range<i64>| {
        Playlist { songs: songs.collect(), title: owned("songs") }
    };
    let others = [("zeta", 1), ("alpha", 3)];
    let others = others.map(|(name, value)| (owned(name), Value::from(value))).to_vec();
    vec![
        Case::new("marker", Marker),
        Case::new("point", Point { x: 1, y: owned("two") }),
        Case::new("coin", Coin { amount: 5, note: owned("shiny") }).since(2),
        Case::new("size", Size { width: 3, unit: owned("cm") }).since(2),
        Case::new("slots", Slots { a: 1, b: owned("b1") }).since(2),
        Case::new("slots_dict", SlotsDict { s: 1, d: owned("d1") }).since(2),
        Case::new("address", Address { host: owned("example"), port: 80 }),
        Case::new("row", Row(1, 2)),
        Case::new("counter", Counter { count: 3 }),
        Case::new("pair", Pair(1, owned("pb"))),
        Case::new("temperature", Temperature { scale: owned("C1"), degrees: 20 }),
        Case::new("everything", Everything { label: owned("label"), extra: owned("more"), items: vec![1, 2] }),
        Case::new("playlist", playlist(1..4)),
        Case::new("playlist_empty", playlist(0..0)),
        Case::new("playlist_long", playlist(0..1001)),
        Case::new("config", Config { path: owned("etc"), entries: [(owned("key"), 1)].into() }),
        Case::new("tags", Tags { owner: owned("me"), tags: [7].into() }),
        Case::new("meters", Meters(5)),
        Case::new("meters_precise", PreciseMeters { value: 6, precision: 2 }),
        Case::new("label", Label(owned("text"))),
        Case::new("triple", Triple((1, 2, 3))),
        Case::new("failure", Failure { args: (owned("broken"), 3), code: 4 }),
        Case::new("dog", Dog { animal: Animal { name: owned("rex") }, tricks: 2 }),
        Case::new("open", Open { known: 1, others: vec![(owned("more"), Value::None)] }),
        Case::new("ordered", Ordered { others, known: 2 }),
        Case::new("options", Options { verbose: true }),
        Case::new("wrapper", Wrapper { inner: vec![1, 2], seen: false }),
        Case::new("shapes", vec![Shape::Circle(Circle { radius: 1 }), Shape::Square(Square { side: 2 })]),
        Case::new("union", vec![Either::Number(1), Either::Text(owned("text")), Either::Nothing, Either::Both(1, 2)]),
        Case::new("old", Old { full_name: owned("Ada") }),
        Case::new("raw", Raw { data: [1, 2], hex: 0x0aff }),
        Case::new("colors", vec![Color::Red, Color::Green, Color::Red]),
        Case::new("level", Level::High),
        Case::new("word", Word::No),
        Case::new("mode", Mode(6)),
        Case::new("kind", Kind::One),
    ]
}
