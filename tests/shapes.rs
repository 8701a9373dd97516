//! What the shapes of the derive make of odd pickles: what is missing, what is left over, what older
//! versions wrote. The usual ones are compared with Python's in `tests/interop`.

use std::collections::BTreeMap;
use std::fmt::Debug;

use pickle::value::Dict;
use pickle::{Object, Pickle, Protocol, Unpickle, Value};

#[track_caller]
fn round_trip<T>(value: &T)
where
    T: Pickle + for<'de> Unpickle<'de> + PartialEq + Debug,
{
    for protocol in Protocol::ALL {
        let mut bytes = Vec::new();
        let mut pickler = pickle::Pickler::new(&mut bytes).with_protocol(protocol);
        pickler.dump(value).unwrap();
        let loaded: T = pickle::loads(&bytes)
            .unwrap_or_else(|error| panic!("{protocol:?}: {error}\n{}", bytes.escape_ascii()));
        assert_eq!(&loaded, value, "{protocol:?}");
    }
}

#[track_caller]
fn message<T: for<'de> Unpickle<'de>>(bytes: &[u8]) -> String {
    match pickle::loads::<T>(bytes) {
        Ok(_) => panic!("it loads"),
        Err(error) => error.message().to_owned(),
    }
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "m", namedtuple)]
struct Point {
    x: i64,
    #[pickle(default)]
    y: i64,
}

#[test]
fn arguments_may_be_missing_but_not_left_over() {
    round_trip(&Point { x: 1, y: 2 });
    let point: Point = pickle::loads(b"\x80\x02cm\nPoint\nK\x01\x85\x81.").unwrap();
    assert_eq!(point, Point { x: 1, y: 0 });
    assert_eq!(
        message::<Point>(b"\x80\x02cm\nPoint\n)\x81."),
        "Point() missing required argument: 'x'"
    );
    assert_eq!(
        message::<Point>(b"\x80\x02cm\nPoint\nK\x01K\x02K\x03\x87\x81."),
        "the pickle gives `m.Point` more arguments, which it does not take"
    );
    assert_eq!(
        message::<Point>(b"\x80\x02cm\nPoint\nK\x01K\x02\x86\x81K\x01a."),
        "the pickle gives `m.Point` list items, which it does not take"
    );
    let error = pickle::loads::<Point>(b"\x80\x02cm\nPoint\nNK\x02\x86\x81.").unwrap_err();
    assert_eq!(error.path(), "$.x");
}

#[test]
fn new_in_words_is_new_in_opcodes() {
    // copyreg.__newobj__(Point, 1, 2), of a `__reduce__` at protocol 0
    let point: Point = pickle::loads(b"ccopyreg\n__newobj__\n(cm\nPoint\nI1\nI2\ntR.").unwrap();
    assert_eq!(point, Point { x: 1, y: 2 });
    let spelled = b"ccopyreg\n__newobj_ex__\n(cm\nPoint\n(I1\nt(dtR.";
    assert_eq!(
        pickle::loads::<Point>(spelled).unwrap(),
        Point { x: 1, y: 0 }
    );
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "m", newargs)]
struct Keywords {
    #[pickle(kwarg, default)]
    unit: String,
}

#[test]
fn keywords_are_read_or_refused() {
    let none = b"\x80\x04\x8c\x01m\x8c\x08Keywords\x93)}\x92.";
    assert_eq!(pickle::loads::<Keywords>(none).unwrap().unit, "");
    let other = b"\x80\x04\x8c\x01m\x8c\x08Keywords\x93)}\x8c\x01aK\x01s\x92.";
    assert_eq!(
        message::<Keywords>(other),
        "the pickle gives `m.Keywords` other keyword arguments, which it does not take"
    );
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "m", reduce("m", "Tree.make"))]
struct Tree {
    #[pickle(args)]
    args: (i64, i64),
    #[pickle(items = "dict")]
    entries: BTreeMap<String, i64>,
    #[pickle(attribute, default)]
    note: Option<String>,
    #[pickle(skip)]
    seen: bool,
}

#[test]
fn functions_make_instances() {
    let tree = Tree {
        args: (1, 2),
        entries: [("a".to_owned(), 1)].into(),
        note: Some("text".to_owned()),
        seen: false,
    };
    round_trip(&tree);
    let bytes = pickle::dumps(&tree).unwrap();
    let object: Object = pickle::loads(&bytes).unwrap();
    assert_eq!(object.downcast::<Tree>().unwrap(), tree);
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "m", reduce)]
struct Order {
    #[pickle(arg, attribute, alias = "number")]
    id: i64,
    #[pickle(arg, attribute)]
    customer: String,
    #[pickle(skip_if = "Option::is_none")]
    note: Option<String>,
}

fn order(note: Option<&str>) -> Order {
    Order {
        id: 7,
        customer: "Ada".to_owned(),
        note: note.map(str::to_owned),
    }
}

#[test]
fn arguments_may_be_attributes_too() {
    round_trip(&order(None));
    round_trip(&vec![order(Some("x y")), order(None)]);
    // Python has one string for both.
    let bytes = pickle::dumps(&order(None)).unwrap();
    assert_eq!(bytes.windows(3).filter(|word| word == b"Ada").count(), 1);
    // The places that stood for the first instance's strings stand for those of the second.
    let mut second = order(None);
    second.customer = "Bob".to_owned();
    round_trip(&vec![order(None), second]);
    // What the state says comes last; what it does not, the arguments have said.
    let load = |state: &[u8]| {
        let bytes = [b"cm\nOrder\n(I1\nVArg\ntR(d", state, b"b."].concat();
        let Order { id, customer, .. } = pickle::loads(&bytes).unwrap();
        (id, customer)
    };
    assert_eq!(load(b""), (1, "Arg".to_owned()));
    assert_eq!(load(b"Vid\nI2\ns"), (2, "Arg".to_owned()));
    assert_eq!(load(b"Vnumber\nI3\nsVcustomer\nVx\ns"), (3, "x".to_owned()));
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "m", newargs)]
struct Lossy {
    #[pickle(arg)]
    amount: i64,
}

#[test]
fn arguments_are_not_lost_at_old_protocols() {
    for protocol in [Protocol::V0, Protocol::V1] {
        let mut pickler = pickle::Pickler::new(Vec::new()).with_protocol(protocol);
        let error = pickler.dump(&Lossy { amount: 1 }).unwrap_err();
        assert_eq!(
            error.message(),
            "protocols 0 and 1 do not write the arguments of `m.Lossy`, which would be lost"
        );
    }
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "m", slots)]
struct Unset {
    #[pickle(skip_if = "Option::is_none")]
    first: Option<i64>,
    #[pickle(skip_if = "is_zero", default = "one")]
    second: i64,
}

fn is_zero(value: &i64) -> bool {
    *value == 0
}

fn one() -> i64 {
    1
}

#[test]
fn slots_may_be_unset() {
    let dumped = |first, second| {
        let mut pickler = pickle::Pickler::new(Vec::new()).with_protocol(Protocol::V2);
        pickler.dump(&Unset { first, second }).unwrap();
        pickler.into_inner()
    };
    let has = |bytes: &[u8], name: &[u8]| bytes.windows(name.len()).any(|part| part == name);
    let bytes = dumped(Some(1), 0);
    assert!(has(&bytes, b"first") && !has(&bytes, b"second"));
    let loaded: Unset = pickle::loads(&bytes).unwrap();
    assert_eq!((loaded.first, loaded.second), (Some(1), 1));
    // No slot, no state.
    assert_eq!(dumped(None, 0), b"\x80\x02cm\nUnset\nq\0)\x81q\x01.");
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "m", flags(READ = 4, WRITE = 1 << 1))]
struct Mode(u8);

#[test]
fn flags_combine() {
    round_trip(&vec![Mode(6), Mode(4), Mode(6), Mode(0), Mode(64)]);
    let class = <Mode as pickle::Instance>::CLASS;
    let members: Vec<_> = class.members().iter().map(ToString::to_string).collect();
    assert_eq!(members, ["READ = 4", "WRITE = 2"]);
    let by_name =
        b"c_operator\nor_\n(cbuiltins\ngetattr\n(cm\nMode\nVREAD\ntRcm\nMode\n(I64\ntRtR.";
    assert_eq!(pickle::loads::<Mode>(by_name).unwrap(), Mode(68));
    let error = pickle::loads::<Mode>(b"cbuiltins\ngetattr\n(cm\nMode\nVNONE\ntR.").unwrap_err();
    assert!(error.message().contains("'Mode.NONE'"), "{error}");
    assert_eq!(error.python_type(), "AttributeError");
    let error = pickle::loads::<Mode>(b"cm\nMode\n(I256\ntR.").unwrap_err();
    assert_eq!(
        (error.message(), error.python_type()),
        (
            "256 is not a valid Mode: it does not fit in `u8`",
            "ValueError"
        )
    );
    assert_eq!(
        message::<Mode>(b"cm\nMode\n(VREAD\ntR."),
        "expected int, found str"
    );
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "m", rename_all = "SCREAMING_SNAKE_CASE")]
enum Constants {
    #[pickle(value = (1, -2.5, "x", (None,)))]
    Tuple,
    #[pickle(value = 1.5)]
    Float,
    #[pickle(value = ())]
    Empty,
}

#[test]
fn members_have_values_of_many_kinds() {
    round_trip(&vec![Constants::Tuple, Constants::Float, Constants::Empty]);
    let error = pickle::loads::<Constants>(b"cm\nConstants\n(F2.5\ntR.").unwrap_err();
    assert_eq!(error.message(), "2.5 is not a valid Constants");
    let help = format!("{error}");
    let members = "TUPLE = (1, -2.5, 'x', (None,)), FLOAT = 1.5, EMPTY = ()";
    assert!(help.contains(members), "{help}");
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "m", reduce)]
struct Both {
    #[pickle(items = "dict")]
    pairs: Vec<(String, i64)>,
    #[pickle(items = "list")]
    items: Vec<i64>,
}

#[test]
fn list_items_and_dict_items_go_together() {
    let pair = |name: &str, value| (name.to_owned(), value);
    round_trip(&Both {
        pairs: vec![pair("b", 1), pair("a", 2)],
        items: vec![1],
    });
    let both: Both = pickle::loads(b"cm\nBoth\n(tRI1\naVk\nI2\nsI3\na.").unwrap();
    assert_eq!((both.items, both.pairs), (vec![1, 3], vec![pair("k", 2)]));
    let error = pickle::loads::<Both>(b"cm\nBoth\n(tRVk\nVx\ns.").unwrap_err();
    assert_eq!(error.message(), "expected int, found str");
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "m", getstate = "Counter::get", setstate = "Counter::set")]
struct Counter(Option<u8>);

impl Counter {
    fn get(&self) -> Option<u8> {
        self.0
    }

    fn set(count: Option<u8>) -> pickle::Result<Self> {
        match count {
            Some(255) => Err(pickle::Error::custom("too many")),
            count => Ok(Self(count)),
        }
    }
}

#[test]
fn a_state_of_none_is_no_state() {
    round_trip(&vec![Counter(Some(5)), Counter(None)]);
    assert_eq!(
        pickle::dumps(&Counter(None)).unwrap(),
        b"\x80\x04\x95\x14\0\0\0\0\0\0\0\x8c\x01m\x94\x8c\x07Counter\x94\x93\x94)\x81\x94."
    );
    assert_eq!(
        message::<Counter>(b"cm\nCounter\n)\x81I255\nb."),
        "too many"
    );
    let error = pickle::loads::<Counter>(b"cm\nCounter\n)\x81Vx\nb.").unwrap_err();
    assert_eq!(error.message(), "expected int, found str");
    assert_eq!(error.path(), "$.__dict__");
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "m")]
struct Raw {
    #[pickle(bytes, alias = "raw")]
    data: [u8; 2],
    #[pickle(with = "hex", rename = "colour")]
    rgb: u16,
    #[pickle(latin1, default = "nothing")]
    text: String,
}

fn nothing() -> String {
    "nothing".to_owned()
}

mod hex {
    use pickle::{Cursor, Encoder, Error, Result};

    pub(crate) fn pickle(value: &u16, encoder: &mut Encoder<'_>) -> Result<()> {
        match value {
            0 => Err(Error::custom("black is no colour")),
            _ => encoder.str(&format!("{value:04x}")),
        }
    }

    pub(crate) fn unpickle(cursor: Cursor<'_, '_>) -> Result<u16> {
        u16::from_str_radix(&cursor.str()?, 16).map_err(Error::custom)
    }
}

#[test]
fn fields_are_written_in_ways_of_their_own() {
    let raw = |rgb| Raw {
        data: [1, 0xfe],
        rgb,
        text: "näh".to_owned(),
    };
    round_trip(&raw(0x0aff));
    let error = pickle::dumps(&vec![raw(1), raw(0)]).unwrap_err();
    assert_eq!(
        (error.message(), error.path().as_str()),
        ("black is no colour", "$[1].colour")
    );
    let load = |state: &[u8]| {
        let bytes = [b"\x80\x02cm\nRaw\n)\x81}(", state, b"ub."].concat();
        pickle::loads::<Raw>(&bytes)
    };
    let data = |name: &str, bytes: &[u8]| [format!("V{name}\nU").as_bytes(), bytes].concat();
    let colour = b"Vcolour\nV0aff\n";
    // Byte strings of Python 2, under another name, and no text.
    let loaded = load(&[&data("raw", b"\x02\x01\xfe")[..], colour].concat()).unwrap();
    assert_eq!((loaded.data, loaded.text.as_str()), ([1, 0xfe], "nothing"));
    let fails = |state: &[&[u8]]| {
        let error = load(&state.concat()).unwrap_err();
        format!("{}: {}", error.path(), error.message())
    };
    let long = data("data", b"\x03abc");
    assert_eq!(
        fails(&[&long, colour]),
        "$.data: 3 bytes cannot be made a `[u8; 2]`"
    );
    assert_eq!(
        fails(&[b"Vdata\nI1\n", colour]),
        "$.data: expected bytes, found int"
    );
    assert_eq!(
        fails(&[b"Vcolour\nVred\n"]),
        "$.colour: invalid digit found in string"
    );
    assert_eq!(fails(&[b"Vtext\nI1\n"]), "$.text: expected str, found int");
    assert_eq!(fails(&[colour]), "$: 'Raw' object has no attribute 'data'");
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "m", state = "list")]
struct Row(i64, #[pickle(default)] i64);

#[test]
fn states_in_order_may_be_short_but_not_long() {
    let row: Row = pickle::loads(b"\x80\x02cm\nRow\n)\x81]K\x01ab.").unwrap();
    assert_eq!(row, Row(1, 0));
    assert_eq!(
        message::<Row>(b"\x80\x02cm\nRow\n)\x81](K\x01K\x02K\x03eb."),
        "the state of `m.Row` has more than 2 items"
    );
    assert_eq!(
        message::<Row>(b"\x80\x02cm\nRow\n)\x81."),
        "the pickle gives `m.Row` no state"
    );
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "m", rename_all = "camelCase", deny_unknown)]
struct Strict {
    #[pickle(alias = "unit_price", alias = "price")]
    unit_price: i64,
}

#[test]
fn names_are_made_and_others_are_read() {
    let strict = Strict { unit_price: 3 };
    round_trip(&strict);
    let class = <Strict as pickle::Instance>::CLASS;
    assert_eq!(class.attributes(), ["unitPrice"]);
    assert_eq!(class.attribute_aliases(), ["unit_price", "price"]);
    for name in ["unitPrice", "unit_price", "price"] {
        let mut state = Dict::new();
        state.insert(name, 3);
        let bytes = dumped("Strict", state.into());
        assert_eq!(pickle::loads::<Strict>(&bytes).unwrap(), strict);
    }
    let mut state = Dict::new();
    state.insert("unitPrice", 3);
    state.insert("colour", 4);
    assert_eq!(
        message::<Strict>(&dumped("Strict", state.into())),
        "'Strict' object has an unexpected attribute 'colour'"
    );
}

/// An instance of `m.name` with this state.
fn dumped(name: &str, state: Value) -> Vec<u8> {
    use pickle::value::{Change, GlobalRef, Opaque};

    let mut instance = Opaque::instance(GlobalRef::new("m", name), ());
    instance.change(Change::State(state));
    pickle::dumps(&Value::from(instance)).unwrap()
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "m", upgrade = "from_tuple")]
struct Person {
    first: String,
    last: String,
}

/// Once the name was one.
fn from_tuple(state: Value) -> pickle::Result<Value> {
    let Value::Str(name) = &state else {
        return Ok(state);
    };
    let (first, last) = name
        .as_str()
        .and_then(|name| name.split_once(' '))
        .ok_or_else(|| pickle::Error::custom("no name"))?;
    let mut dict = Dict::new();
    dict.insert("first", first);
    dict.insert("last", last);
    Ok(dict.into())
}

#[test]
fn older_states_are_upgraded() {
    let person = Person {
        first: "Ada".to_owned(),
        last: "Lovelace".to_owned(),
    };
    round_trip(&person);
    let old = dumped("Person", "Ada Lovelace".into());
    assert_eq!(pickle::loads::<Person>(&old).unwrap(), person);
    let list: Value = pickle::loads(&old).unwrap();
    let twice = pickle::dumps(&vec![list.clone(), list]).unwrap();
    assert_eq!(pickle::loads::<Vec<Person>>(&twice).unwrap().len(), 2);
    assert_eq!(
        message::<Person>(&dumped("Person", "Ada".into())),
        "no name"
    );
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "m", upgrade = "unchanged")]
struct Link {
    next: Option<Box<Link>>,
}

fn unchanged(state: Value) -> Value {
    state
}

#[test]
fn upgrades_inside_upgrades_end() {
    let chain = |length: usize| {
        let begin = b"cm\nLink\n)\x81}X\x04\0\0\0next".repeat(length);
        [&begin[..], b"N", &b"sb".repeat(length), b"."].concat()
    };
    assert!(pickle::loads::<Link>(&chain(20)).is_ok());
    let error = pickle::loads::<Link>(&chain(600)).unwrap_err();
    assert_eq!(error.kind(), pickle::ErrorKind::Depth);
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "m")]
struct Base {
    id: u64,
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "m")]
struct Middle {
    #[pickle(flatten)]
    base: Base,
    #[pickle(alias = "label")]
    name: String,
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "m")]
struct Derived {
    #[pickle(flatten)]
    middle: Middle,
    #[pickle(alias = "amount")]
    count: u8,
    #[pickle(rest)]
    others: BTreeMap<String, Value>,
}

#[test]
fn base_classes_are_part_of_the_instance() {
    let derived = |others| Derived {
        middle: Middle {
            base: Base { id: 7 },
            name: "name".to_owned(),
        },
        count: 2,
        others,
    };
    round_trip(&derived(BTreeMap::new()));
    round_trip(&derived([("more".to_owned(), Value::None)].into()));
    let value = vec![derived(BTreeMap::new()), derived(BTreeMap::new())];
    round_trip(&value);
    let class = <Derived as pickle::Instance>::CLASS;
    assert_eq!(class.attributes(), ["count", "name", "id"]);
    let state: Dict = [
        ("id", Value::from(7)),
        ("label", "name".into()),
        ("amount", 2.into()),
    ]
    .into_iter()
    .collect();
    let mut loaded: Derived = pickle::loads(&dumped("Derived", state.into())).unwrap();
    // The base class's other name is not known to the derived one.
    assert_eq!(loaded.others.remove("label"), Some("name".into()));
    assert_eq!(loaded, derived(BTreeMap::new()));
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(dict, deny_unknown)]
struct Options {
    #[pickle(alias = "v")]
    verbose: bool,
    #[pickle(default)]
    level: u8,
}

#[test]
fn dicts_have_known_keys() {
    let options = Options {
        verbose: true,
        level: 3,
    };
    round_trip(&options);
    let short = b"}X\x01\0\0\0vI01\ns.";
    assert!(pickle::loads::<Options>(short).unwrap().verbose);
    let error = pickle::loads::<Options>(b"}.").unwrap_err();
    assert_eq!(
        (error.message(), error.python_type()),
        ("'verbose'", "KeyError")
    );
    let error = pickle::loads::<Options>(b"}X\x01\0\0\0xI01\ns.").unwrap_err();
    assert_eq!(error.path(), "$['x']");
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(transparent)]
struct Wrapper<T> {
    inner: T,
    #[pickle(skip)]
    cached: Option<u8>,
}

#[test]
fn wrappers_are_what_they_wrap() {
    let wrapper = Wrapper {
        inner: vec![1, 2],
        cached: None,
    };
    round_trip(&wrapper);
    assert_eq!(
        pickle::dumps(&wrapper).unwrap(),
        pickle::dumps(&vec![1, 2]).unwrap()
    );
}

#[derive(Pickle, Debug, PartialEq, Clone, Copy)]
#[pickle(module = "m", rename_all = "SCREAMING_SNAKE_CASE")]
enum Color {
    Red = 1,
    #[pickle(alias = "AZURE")]
    LightBlue = 2,
}

#[test]
fn members_are_found_by_value_and_by_name() {
    round_trip(&vec![Color::Red, Color::LightBlue, Color::Red]);
    for name in ["LIGHT_BLUE", "AZURE"] {
        let bytes = format!("cbuiltins\ngetattr\n(cm\nColor\nV{name}\ntR.");
        let color: Color = pickle::loads(bytes.as_bytes()).unwrap();
        assert_eq!(color, Color::LightBlue);
    }
    let error = pickle::loads::<Color>(b"cm\nColor\n(I3\ntR.").unwrap_err();
    assert_eq!(error.message(), "3 is not a valid Color");
    assert_eq!(error.python_type(), "ValueError");
    let object: Object = pickle::loads(b"cm\nColor\n(I1\ntR.").unwrap();
    assert_eq!(object.downcast::<Color>().unwrap(), Color::Red);
    // One object in Python, so that the second is a reference.
    let two = pickle::dumps(&(Color::Red, Color::Red)).unwrap();
    assert!(
        two.ends_with(b"R\x94h\x04\x86\x94."),
        "{}",
        two.escape_ascii()
    );
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(untagged)]
enum Setting {
    #[pickle(value = "auto")]
    Auto,
    Off,
    On(bool),
    Level(i64),
    Named(Options),
}

#[test]
fn unions_take_what_fits_first() {
    round_trip(&vec![
        Setting::Auto,
        Setting::Off,
        Setting::On(true),
        Setting::Level(3),
        Setting::Named(Options {
            verbose: false,
            level: 0,
        }),
    ]);
    assert_eq!(
        message::<Setting>(b"X\x01\0\0\0x."),
        "expected Auto or Off or On or Level or Named, found str"
    );
}

#[derive(Pickle, Debug, PartialEq)]
enum Any {
    Point(Point),
    Row(Box<Row>),
}

#[test]
fn unions_of_classes_go_by_the_class() {
    round_trip(&vec![
        Any::Point(Point { x: 1, y: 2 }),
        Any::Row(Box::new(Row(1, 2))),
    ]);
    assert_eq!(
        message::<Any>(b"cm\nColor\n(I1\ntR."),
        "expected m.Point or m.Row, found m.Color"
    );
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "m", load_only)]
struct Loaded {
    #[pickle(latin1)]
    text: String,
}

#[derive(Pickle)]
#[pickle(module = "m", name = "Loaded", dump_only)]
struct Dumped<'a> {
    text: &'a str,
}

#[test]
fn one_direction_is_enough() {
    let bytes = pickle::dumps(&Dumped { text: "näh" }).unwrap();
    let mut registry = pickle::Registry::new();
    registry.register::<Loaded>();
    let load = |bytes: &[u8]| -> String {
        let unpickler = pickle::Unpickler::from_slice(bytes);
        unpickler
            .with_registry(registry.clone())
            .load::<Loaded>()
            .unwrap()
            .text
    };
    assert_eq!(load(&bytes), "näh");
    // A str of Python 2.
    assert_eq!(load(b"cm\nLoaded\n)\x81}U\x04textU\x03n\xe4hsb."), "näh");
}
