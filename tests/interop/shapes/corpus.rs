//! The classes of `tests/corpus/py`.

use std::collections::{BTreeMap, BTreeSet};

use pickle::Pickle;

use super::Case;

/// Classes of a module, each struct with what it says of its shape.
macro_rules! classes {
    ($module:literal: $($(#[$attribute:meta])* struct $name:ident $body:tt )*) => {$(
        classes! { @ $module [$(#[$attribute])*] $name $body }
    )*};
    (@ $module:literal [$($attributes:tt)*] $name:ident { $($fields:tt)* }) => {
        #[derive(Pickle, Clone, Debug, PartialEq)]
        #[pickle(module = $module)]
        $($attributes)*
        struct $name { $($fields)* }
    };
    (@ $module:literal [$($attributes:tt)*] $name:ident ( $($fields:tt)* )) => {
        #[derive(Pickle, Clone, Debug, PartialEq)]
        #[pickle(module = $module)]
        $($attributes)*
        struct $name($($fields)*);
    };
}

classes! { "shapes":
    struct Empty {}
    struct Point { x: i64, y: i64 }
    struct Point3 { #[pickle(flatten)] point: Point, z: i64 }
    struct Person { name: String, age: u8, height: f64, alive: bool, email: Option<String>, tags: Vec<String> }
    struct Linked { value: i64, next: Option<Box<Linked>> }
    struct HashKey { value: String }
    struct StateDict { url: String }
    #[pickle(state = "tuple")]
    struct StateTuple { version: u8, host: String, port: u16 }
    #[pickle(getstate = "StateScalar::get", setstate = "StateScalar")]
    struct StateScalar(Option<i64>)
    #[pickle(getstate = "StateFalsy::get", setstate = "StateFalsy::set")]
    struct StateFalsy {}
    struct StateNone {}
    struct SetStateOnly { a: String }
    #[pickle(getstate = "StateList::get", setstate = "StateList::set")]
    struct StateList(Vec<i64>)
    #[pickle(reduce)]
    struct ReduceArgs { a: i64, #[pickle(default)] b: Option<String> }
    #[pickle(reduce)]
    struct ReduceState { #[pickle(arg, attribute)] a: String }
    #[pickle(reduce)]
    struct ReduceItems { #[pickle(arg)] label: String, #[pickle(items = "list")] items: Vec<i64> }
    #[pickle(reduce)]
    struct ReduceAppendOnly { #[pickle(items = "list")] items: Vec<i64> }
    #[pickle(reduce)]
    struct ReducePairs { #[pickle(items = "dict")] pairs: Vec<(i64, i64)> }
    #[pickle(reduce)]
    struct ReduceAll {
        #[pickle(arg)] label: String,
        extra: Option<i64>,
        #[pickle(items = "dict")] pairs: BTreeMap<String, i64>,
        #[pickle(items = "list")] items: Vec<i64>,
    }
    #[pickle(reduce = "shapes.make_temperature")]
    struct Temperature { scale: String, degrees: i64 }
    struct OldReduce { a: i64 }
    #[pickle(reduce = "shapes.restore_registered")]
    struct Registered { version: String, a: i64, b: String }
    #[pickle(newargs)]
    struct NewArgs {
        #[pickle(arg, attribute, rename = "_code")] code: String,
        #[pickle(arg, attribute, rename = "_size")] size: u32,
    }
    #[pickle(newargs)]
    struct NewArgsOnly { a: String }
    #[pickle(slots)]
    struct Slots { a: i64, b: String }
    #[pickle(slots)]
    struct SlotsUnset { seen: String, #[pickle(skip_if = "Option::is_none")] unseen: Option<String> }
    #[pickle(slots)]
    struct SlotsEmpty {}
    struct SlotsDict { #[pickle(slot)] s: i64, d: String }
    #[pickle(slots)]
    struct SlotsChild { c: i64, a: i64, b: i64 }
    struct SlotsChildDict { #[pickle(slot)] a: i64, #[pickle(slot)] b: i64, free: String }
    #[pickle(slots)]
    struct SlotsPrivate { #[pickle(rename = "_SlotsPrivate__secret")] secret: String, open: i64 }
    #[pickle(state = "list")]
    struct SlotsGetState(i64, i64)
    struct Private { #[pickle(rename = "_Private__x")] x: i64 }
    #[pickle(base = "int")]
    struct MyInt(i64)
    #[pickle(base = "float")]
    struct MyFloat(f64)
    #[pickle(newargs)]
    struct MyComplex(f64, f64)
    #[pickle(base = "str")]
    struct MyText(String)
    #[pickle(base = "str")]
    struct MyStr(String)
    #[pickle(base = "bytes")]
    struct MyBytes(#[pickle(bytes)] Vec<u8>)
    #[pickle(base = "tuple")]
    struct MyTuple((i64, i64))
    struct MyList { #[pickle(items = "list")] items: Vec<i64> }
    struct MyDict { #[pickle(items = "dict")] items: BTreeMap<String, i64> }
    struct MySet { #[pickle(items = "set")] items: BTreeSet<i64> }
    struct MyFrozenSet { #[pickle(items = "set")] items: BTreeSet<i64> }
    #[pickle(reduce)]
    struct MyOrdered { #[pickle(items = "dict")] items: Vec<(String, i64)> }
    #[pickle(reduce)]
    struct MyDefault { #[pickle(items = "dict")] items: BTreeMap<String, i64> }
    #[pickle(reduce)]
    struct MyDeque { #[pickle(items = "list")] items: Vec<i64> }
    struct AttrDict { #[pickle(items = "dict")] items: BTreeMap<String, i64> }
    #[pickle(reduce)]
    struct MyDate(#[pickle(bytes)] [u8; 4])
    #[pickle(namedtuple)]
    struct Coord { lat: f64, lon: f64 }
    #[pickle(namedtuple)]
    struct NoFields {}
    #[pickle(namedtuple)]
    struct Line { start: Coord, end: Coord, style: Option<String> }
    #[pickle(namedtuple)]
    struct CoordPlus { lat: f64, lon: f64, #[pickle(attribute)] more: i64 }
    #[pickle(exception)]
    struct AppError(String)
    #[pickle(exception)]
    struct CodeError {
        #[pickle(arg, attribute)] code: i64,
        #[pickle(arg, attribute, rename = "message_text")] message: String,
    }
    #[pickle(reduce)]
    struct KeywordError { path: String, reason: Option<String> }
    struct Metaed {}
}

impl StateScalar {
    fn get(&self) -> Option<i64> {
        self.0
    }
}

impl StateFalsy {
    fn get(&self) -> u8 {
        0
    }

    /// Protocols 0 and 1 leave out a state that is false.
    fn set(_: Option<u8>) -> Self {
        Self {}
    }
}

impl StateList {
    fn get(&self) -> &Vec<i64> {
        &self.0
    }

    fn set(items: Option<Vec<i64>>) -> Self {
        Self(items.unwrap_or_default())
    }
}

classes! { "pkg":
    struct Top { v: i64 }
}

classes! { "pkg.sub.deep":
    struct Leaf { v: i64 }
    struct SubTop { #[pickle(flatten)] top: Top }
}

classes! { "oldstyle":
    struct Old {}
    struct OldPoint { x: i64, y: i64 }
    #[pickle(newargs, load_only)]
    struct OldInitArgs {
        #[pickle(arg, attribute)] a: i64,
        #[pickle(arg, attribute)] b: String,
        extra: Option<String>,
    }
    #[pickle(state = "tuple")]
    struct OldState { name: String, n: i64 }
    struct OldSub { #[pickle(flatten)] point: OldPoint }
    #[pickle(exception)]
    struct OldError(String)
}

classes! { "shapes3":
    struct Outer { v: i64 }
    #[pickle(name = "Outer.Inner")]
    struct Inner { w: String }
    #[pickle(name = "Outer.Inner.Deep")]
    struct Deep { z: i64 }
    #[pickle(flags(R = 4, W = 2, X = 1))]
    struct Perm(u8)
    #[pickle(flags(R = Perm::R, W = 1 << 1, X = 1))]
    struct IPerm { bits: i64 }
    #[pickle(newargs)]
    struct NewArgsEx { #[pickle(arg)] a: String, #[pickle(kwarg)] key: String }
    #[pickle(newargs)]
    struct NewArgsExState { #[pickle(kwarg, attribute)] unit: String }
    #[pickle(base = "str")]
    struct TextEx { #[pickle(arg)] text: String, #[pickle(kwarg, attribute)] lang: String }
    #[pickle(namedtuple)]
    struct Employee { name: String, id: u32, boss: Option<Box<Employee>> }
    struct Größe { länge: i64 }
    #[pickle(name = "点")]
    struct Dot {}
}

impl Perm {
    const R: i64 = 4;
}

/// Generic in Python as in Rust.
#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(module = "shapes3", name = "Box")]
struct Content<T> {
    content: T,
}
pickle::register!(Content<i64>);

classes! { "größen":
    #[pickle(name = "Länge")]
    struct Laenge { m: i64 }
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(
    module = "shapes3",
    name = "Outer.Kind",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
enum Kind {
    #[pickle(value = 1)]
    A,
    #[pickle(value = "two")]
    B,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(
    module = "shapes3",
    name = "Color",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
enum Color3 {
    #[pickle(alias = "CRIMSON")]
    Red = 1,
    Green,
    Blue,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(module = "shapes3", rename_all = "SCREAMING_SNAKE_CASE")]
enum Planet {
    #[pickle(value = (3.303e23, 2.4397e6))]
    Mercury,
    #[pickle(value = (5.976e24, 6.37814e6))]
    Earth,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(
    module = "shapes3",
    name = "Level",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
enum Level3 {
    Low = 1,
    Mid = 50,
    High = 300,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(module = "shapes3", rename_all = "SCREAMING_SNAKE_CASE")]
enum Suit {
    #[pickle(value = "clubs")]
    Clubs,
    #[pickle(value = "hearts")]
    Hearts,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(module = "shapes3", rename_all = "SCREAMING_SNAKE_CASE")]
enum Auto {
    One = 1,
    Two,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(module = "shapes3", rename_all = "SCREAMING_SNAKE_CASE")]
enum Weird {
    #[pickle(value = None)]
    None,
    #[pickle(value = (1, 2, "three"))]
    List,
    #[pickle(value = 1.5)]
    Float,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(module = "shapes3", rename_all = "SCREAMING_SNAKE_CASE")]
enum Functional {
    Ant = 1,
    Bee,
    Cat,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(module = "shapes3", rename_all = "SCREAMING_SNAKE_CASE")]
enum StrColor {
    #[pickle(value = "red")]
    Red,
    #[pickle(value = "blue")]
    Blue,
}

classes! { "shapes_dc":
    struct Item { name: String, price: f64, quantity: u32, tags: Vec<String> }
    struct Frozen { key: String, value: Option<i64> }
    struct Version { major: u32, minor: u32, label: Option<String> }
    struct Child { #[pickle(flatten)] item: Item, parent: Option<Box<Item>> }
    struct WithInit { a: i64, b: i64 }
    #[pickle(slots)]
    struct HandSlots { x: i64, y: i64 }
    #[pickle(name = "NoFields")]
    struct NoDataFields {}
}

classes! { "shapes_dc310":
    #[pickle(slots)]
    struct Slotted { x: i64, y: String }
    #[pickle(state = "list")]
    struct FrozenSlotted { x: i64, y: Option<String> }
    struct KwOnly { a: i64, b: i64 }
    #[pickle(slots)]
    struct SlottedChild { b: i64, a: i64 }
}

#[rustfmt::skip]
pub(super) fn cases() -> Vec<Case> {
    let owned = str::to_owned;
    let coord = |lat, lon| Coord { lat, lon };
    let one = || BTreeMap::from([(owned("k 1"), 1)]);
    let item = || Item { name: owned("it em"), price: 1.5, quantity: 2, tags: vec![owned("t 1")] };
    let child = Item { name: owned("chi ld"), price: 0.5, quantity: 1, tags: vec![] };
    vec![
        Case::new("shapes.Empty", Empty {}),
        Case::new("shapes.Point", Point { x: 1, y: -2 }),
        Case::new("shapes.Point3", Point3 { point: Point { x: 1, y: 2 }, z: 3 }),
        Case::new("shapes.Person", Person {
            name: owned("Ada L."), age: 36, height: 1.75, alive: true, email: None,
            tags: vec![owned("x y"), owned("p q")],
        }),
        Case::new("shapes.Linked", Linked { value: 1, next: Some(Box::new(Linked { value: 2, next: None })) }),
        Case::new("shapes.HashKey", HashKey { value: owned("h k") }),
        Case::new("shapes.StateDict", StateDict { url: owned("http://x") }),
        Case::new("shapes.StateTuple", StateTuple { version: 1, host: owned("local host"), port: 80 }),
        Case::new("shapes.StateScalar", StateScalar(Some(5))),
        Case::new("shapes.StateScalar.zero", StateScalar(Some(0))).since(2),
        Case::new("shapes.StateScalar.none", StateScalar(None)),
        Case::new("shapes.StateFalsy", StateFalsy {}),
        Case::new("shapes.StateNone", StateNone {}),
        Case::new("shapes.SetStateOnly", SetStateOnly { a: owned("a b") }),
        Case::new("shapes.StateList", StateList(vec![1, 2])),
        Case::new("shapes.StateList.empty", StateList(vec![])),
        Case::new("shapes.ReduceArgs", ReduceArgs { a: 1, b: Some(owned("b c")) }),
        Case::new("shapes.ReduceState", ReduceState { a: owned("a s") }),
        Case::new("shapes.ReduceItems", ReduceItems { label: owned("lab el"), items: vec![1, 2] }),
        Case::new("shapes.ReduceAppendOnly", ReduceAppendOnly { items: vec![3] }),
        Case::new("shapes.ReducePairs", ReducePairs { pairs: vec![(2, 1), (1, 2)] }),
        Case::new("shapes.ReduceAll", ReduceAll { label: owned("a l l"), extra: None, pairs: one(), items: vec![1, 2] }),
        Case::new("shapes.Temperature", Temperature { scale: owned("C d"), degrees: 20 }),
        Case::new("shapes.OldReduce", OldReduce { a: 1 }),
        Case::new("shapes.Registered", Registered { version: owned("v1"), a: 1, b: owned("re g") }),
        Case::new("shapes.NewArgs", NewArgs { code: owned("co de"), size: 3 }),
        Case::new("shapes.NewArgsOnly", NewArgsOnly { a: owned("only a") }).since(2),
        Case::new("shapes.Slots", Slots { a: 1, b: owned("b s") }).since(2),
        Case::new("shapes.SlotsUnset", SlotsUnset { seen: owned("se en"), unseen: None }).since(2),
        Case::new("shapes.SlotsEmpty", SlotsEmpty {}),
        Case::new("shapes.SlotsDict", SlotsDict { s: 1, d: owned("d s") }).since(2),
        Case::new("shapes.SlotsChild", SlotsChild { c: 3, a: 1, b: 2 }).since(2),
        Case::new("shapes.SlotsChildDict", SlotsChildDict { a: 1, b: 2, free: owned("fr ee") }).since(2),
        Case::new("shapes.SlotsPrivate", SlotsPrivate { secret: owned("se cret"), open: 1 }).since(2),
        Case::new("shapes.SlotsGetState", SlotsGetState(1, 2)),
        Case::new("shapes.Private", Private { x: 1 }),
        Case::new("shapes.MyInt", MyInt(5)),
        Case::new("shapes.MyFloat", MyFloat(1.5)),
        Case::new("shapes.MyComplex", MyComplex(1.5, -2.0)).since(2),
        Case::new("shapes.MyText", MyText(owned("te xt"))),
        Case::new("shapes.MyStr", MyStr(owned("st r"))),
        Case::new("shapes.MyBytes", MyBytes(b"by\xfe".to_vec())),
        Case::new("shapes.MyTuple", MyTuple((1, 2))),
        Case::new("shapes.MyList", MyList { items: vec![1, 2] }),
        Case::new("shapes.MyDict", MyDict { items: one() }),
        Case::new("shapes.MySet", MySet { items: [7].into() }),
        Case::new("shapes.MyFrozenSet", MyFrozenSet { items: [7].into() }),
        Case::new("shapes.MyOrdered", MyOrdered { items: vec![(owned("z z"), 1), (owned("a a"), 2)] }),
        Case::new("shapes.MyDefault", MyDefault { items: one() }),
        Case::new("shapes.MyDeque", MyDeque { items: vec![1, 2] }),
        Case::new("shapes.AttrDict", AttrDict { items: one() }),
        Case::new("shapes.MyDate", MyDate([7, 228, 1, 2])),
        Case::new("shapes.Coord", coord(1.5, 2.5)),
        Case::new("shapes.NoFields", NoFields {}),
        Case::new("shapes.Line", Line { start: coord(1.5, 2.5), end: coord(3.5, 4.5), style: None }),
        Case::new("shapes.CoordPlus", CoordPlus { lat: 1.5, lon: 2.5, more: 1 }),
        Case::new("shapes.AppError", AppError(owned("went wrong"))),
        Case::new("shapes.CodeError", CodeError { code: 404, message: owned("not found!") }),
        Case::new("shapes.CodeError.cause", CodeError { code: 404, message: owned("not found!") }),
        Case::new("shapes.KeywordError", KeywordError { path: owned("a/b"), reason: Some(owned("no way")) }),
        Case::new("shapes.Metaed", Metaed {}),
        Case::new("pkg.Top", Top { v: 1 }),
        Case::new("pkg.sub.deep.Leaf", Leaf { v: 2 }),
        Case::new("pkg.sub.deep.SubTop", SubTop { top: Top { v: 3 } }),
        Case::new("oldstyle.Old", Old {}),
        Case::new("oldstyle.OldPoint", OldPoint { x: 1, y: 2 }),
        Case::loaded("oldstyle.OldInitArgs", OldInitArgs { a: 1, b: owned("b o"), extra: None }),
        Case::new("oldstyle.OldState", OldState { name: owned("n"), n: 5 }),
        Case::new("oldstyle.OldSub", OldSub { point: OldPoint { x: 1, y: 2 } }),
        Case::new("oldstyle.OldError", OldError(owned("o e"))),
        Case::new("shapes3.Outer", Outer { v: 1 }),
        Case::new("shapes3.Outer.Inner", Inner { w: owned("w w") }),
        Case::new("shapes3.Outer.Inner.Deep", Deep { z: 1 }),
        Case::new("shapes3.Outer.Kind", vec![Kind::A, Kind::B]),
        Case::new("shapes3.Color", vec![Color3::Red, Color3::Blue, Color3::Red]),
        Case::new("shapes3.Planet", vec![Planet::Earth, Planet::Mercury, Planet::Earth]),
        Case::new("shapes3.Level", Level3::High),
        Case::new("shapes3.Perm", Perm(5)),
        Case::new("shapes3.Perm.none", Perm(0)),
        Case::new("shapes3.Perm.twice", vec![Perm(5), Perm(4), Perm(5), Perm(4)]),
        Case::new("shapes3.IPerm", IPerm { bits: 6 }),
        Case::new("shapes3.IPerm.more", IPerm { bits: 68 }),
        Case::new("shapes3.Suit", Suit::Hearts),
        Case::new("shapes3.Auto", Auto::Two),
        Case::new("shapes3.Weird", vec![Weird::None, Weird::List, Weird::Float]),
        Case::new("shapes3.Functional", Functional::Bee),
        Case::new("shapes3.StrColor", vec![StrColor::Red, StrColor::Blue]),
        Case::new("shapes3.NewArgsEx", NewArgsEx { a: owned("a x"), key: owned("k y") }).since(2),
        Case::new("shapes3.NewArgsExState", NewArgsExState { unit: owned("c m") }),
        Case::new("shapes3.TextEx", TextEx { text: owned("tex t"), lang: owned("d e") }),
        Case::new("shapes3.Employee", Employee { name: owned("E m"), id: 3, boss: None }),
        Case::new("shapes3.Box", Content { content: 5_i64 }),
        Case::new("shapes3.Größe", Größe { länge: 5 }).since(3),
        Case::new("shapes3.点", Dot {}).since(3),
        Case::new("größen.Länge", Laenge { m: 7 }).since(3),
        Case::new("shapes_dc.Item", item()),
        Case::new("shapes_dc.Frozen", Frozen { key: owned("ke y"), value: None }),
        Case::new("shapes_dc.Version", Version { major: 1, minor: 2, label: None }),
        Case::new("shapes_dc.Child", Child { item: child, parent: Some(Box::new(item())) }),
        Case::new("shapes_dc.WithInit", WithInit { a: 2, b: 4 }),
        Case::new("shapes_dc.HandSlots", HandSlots { x: 1, y: 2 }).since(2),
        Case::new("shapes_dc.NoFields", NoDataFields {}),
        Case::new("shapes_dc310.Slotted", Slotted { x: 1, y: owned("s y") }).since(2),
        Case::new("shapes_dc310.FrozenSlotted", FrozenSlotted { x: 1, y: None }),
        Case::new("shapes_dc310.KwOnly", KwOnly { a: 1, b: 2 }),
        Case::new("shapes_dc310.SlottedChild", SlottedChild { b: 2, a: 1 }).since(2),
    ]
}
