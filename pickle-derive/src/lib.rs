//! `#[derive(Pickle)]` for [`pickle-rs`](https://docs.rs/pickle-rs), which re-exports it: depend on
//! that, not on this.
//!
//! The way of a type through this crate: `attr` turns the words of `#[pickle(...)]` into typed
//! options, `model` puts them beside the fields, `check` looks for what does not go together, and
//! `expand` writes the impls. Problems of all stages gather in `ctxt`; if there are any, `fallback`
//! writes impls that only keep the compiler from complaining that there are none. `symbol` has the
//! words, `generics` the bounds. The attribute macros, `dynamic` and `function`, read their `item`
//! themselves.

mod attr;
mod check;
mod ctxt;
mod dynamic;
mod expand;
mod fallback;
mod function;
mod generics;
mod item;
mod model;
mod symbol;

use proc_macro::TokenStream;
use syn::DeriveInput;

use crate::ctxt::Ctxt;
use crate::model::Model;

/// Makes a struct the Rust side of a Python class: it can be dumped, loaded, and is registered
/// under the class's name.
///
/// It implements `Pickle`, `Unpickle` and `Instance`. Unless a word says otherwise, an instance is
/// written as Python writes one of a plain class or a dataclass: its class by name, then its
/// attributes as a dict. The fields are the attributes, in order. [Other shapes](#shapes), and
/// [enums](#enums), follow below.
///
/// ```
/// use pickle::Pickle;
///
/// #[derive(Pickle, Debug, PartialEq)]
/// #[pickle(module = "shop.models")]
/// struct Order {
///     id: u64,
///     #[pickle(rename = "customerName")]
///     customer: String,
///     #[pickle(default)]
///     note: Option<String>,
/// }
///
/// let order = Order { id: 7, customer: "Ada".into(), note: None };
/// let bytes = pickle::dumps(&order)?;
/// assert_eq!(pickle::loads::<Order>(&bytes)?, order);
///
/// let class = <Order as pickle::Instance>::CLASS;
/// assert_eq!(class.to_string(), "shop.models.Order");
/// assert_eq!(class.attributes(), ["id", "customerName", "note"]);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// Attributes that the pickle has and the struct does not name are ignored. One that the struct
/// names and the pickle lacks is an error, unless the field has a [`default`](#default), also
/// where the field is an `Option`: `None` is a value of its own in Python. If an attribute comes
/// twice, the later value counts, as in Python.
///
/// # On the struct
///
/// ## `module = "…"`
///
/// The dotted path of the Python module. Without it the class is one of `__main__`, the module of
/// a script or a notebook.
///
/// ## `name = "…"`
///
/// The class's qualified name inside the module, if it is not the struct's name. A class inside a
/// class is `Outer.Inner`:
///
/// ```
/// #[derive(pickle::Pickle)]
/// #[pickle(module = "shop.models", name = "Order.Line")]
/// struct OrderLine {
///     text: String,
/// }
///
/// let class = <OrderLine as pickle::Instance>::CLASS;
/// assert_eq!((class.module(), class.qualname()), ("shop.models", "Order.Line"));
/// ```
///
/// ## `alias = "…"`
///
/// Another module and name under which pickles may refer to the class, because it has moved, say.
/// It may be given repeatedly. Dumping does not use it. The last dot separates module and name;
/// where that is not meant, for the class is one inside another, give them apart:
///
/// ```
/// #[derive(pickle::Pickle)]
/// #[pickle(module = "shop.models", alias = "shop.old.Item", alias("shop", "Shop.Item"))]
/// struct Item {
///     id: u64,
/// }
///
/// let [first, second] = <Item as pickle::Instance>::CLASS.aliases() else { panic!() };
/// assert_eq!((first.module, first.qualname), ("shop.old", "Item"));
/// assert_eq!((second.module, second.qualname), ("shop", "Shop.Item"));
/// ```
///
/// ## `crate = "…"`
///
/// The path to the library, if it is not `::pickle`, because the dependency has another name, or
/// because it is re-exported. A path without quotes is accepted too: a macro by example writes
/// `crate = $crate::pickle`, which no string can say.
///
/// ```
/// use pickle as renamed;
///
/// #[derive(renamed::Pickle)]
/// #[pickle(crate = "renamed")]
/// struct Payment {
///     id: u64,
/// }
/// ```
///
/// # On a field
///
/// ## `rename = "…"`
///
/// The name of the attribute, if it is not the field's. (A raw identifier like `r#type` is the
/// attribute `type` as it is.)
///
/// ## `default`
///
/// What the field becomes if the pickle lacks the attribute: `Default::default()`, or with
/// `default = "path::to::function"` what the function returns. The quotes may be left out.
///
/// ```
/// #[derive(pickle::Pickle)]
/// struct Invoice {
///     id: u64,
///     #[pickle(default)]
///     note: Option<String>,
///     #[pickle(default = "one")]
///     count: u32,
/// }
///
/// fn one() -> u32 {
///     1
/// }
///
/// // Written when the class had no attribute but `id`.
/// let invoice: Invoice = pickle::loads(b"\x80\x02c__main__\nInvoice\n)\x81}X\x02\0\0\0idK\x07sb.")?;
/// assert_eq!((invoice.id, invoice.note, invoice.count), (7, None, 1));
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// ## `skip`
///
/// The field is no attribute: it is neither written nor read, and becomes `Default::default()`, or
/// what the function of `default = "…"` returns.
///
/// ```
/// use std::time::Instant;
///
/// #[derive(pickle::Pickle)]
/// struct Session {
///     id: u64,
///     #[pickle(skip, default = "Instant::now")]
///     loaded_at: Instant,
/// }
///
/// let session = Session { id: 7, loaded_at: Instant::now() };
/// let bytes = pickle::dumps(&session)?;
/// assert!(pickle::loads::<Session>(&bytes)?.loaded_at > session.loaded_at);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// # Parameters
///
/// Fields may borrow from the input (`&'a str`, `&'a [u8]`, `Cow<'a, str>`). Such a struct is
/// registered, so that its name is known, but it cannot be loaded as an `Object`, which owns what
/// it holds.
///
/// ```
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// struct Line<'a> {
///     text: &'a str,
/// }
///
/// let bytes = pickle::dumps(&Line { text: "two eggs" })?;
/// let line: Line<'_> = pickle::loads(&bytes)?;
/// assert_eq!(line.text, "two eggs");
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// Type parameters get the bounds that their fields need: `T: Pickle` for dumping and
/// `T: Unpickle` for loading, for each `T`, or `T::Item`, that values of the fields contain. As
/// one struct with type or const parameters is many types, it is not registered by itself; say
/// which of them the Python class is:
///
/// ```
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// #[pickle(module = "geo")]
/// struct Point<T> {
///     x: T,
///     y: T,
/// }
///
/// pickle::register!(Point<f64>);
///
/// let point = Point { x: 1.0, y: 2.0 };
/// let bytes = pickle::dumps(&point)?;
/// assert_eq!(pickle::loads::<Point<f64>>(&bytes)?, point);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// # Shapes
///
/// An instance is what Python's `__reduce_ex__` makes of it. Where that is more than a class and a
/// dict of attributes, a word on the struct says so:
///
/// | in Python | in Rust |
/// |---|---|
/// | a plain class, a dataclass | nothing to say; [`flatten`](#flatten) for the fields of a base class |
/// | `__slots__`, `@dataclass(slots=True)` | [`slots`](#slots), or [`slot`](#slots) on single fields |
/// | `__getstate__` gives a list or a tuple; `@dataclass(slots=True, frozen=True)` | [`state`](#state--list) |
/// | any other `__getstate__` and `__setstate__` | [`getstate`, `setstate`](#getstate---setstate--) |
/// | `collections.namedtuple`, `typing.NamedTuple` | [`namedtuple`](#namedtuple) |
/// | `__getnewargs__`, `__getnewargs_ex__` | [`newargs`](#newargs) |
/// | a subclass of `int`, `str`, `tuple` … | [`base`](#base--int) |
/// | a subclass of `list`, `dict`, `set` | [`items`](#items--list) on a field |
/// | `__reduce__` | [`reduce`](#reduce) |
/// | an exception | [`exception`](#exception) |
/// | `enum.Flag`, `enum.IntFlag` | [`flags`](#flags) |
/// | a dict with known keys | [`dict`](#dict) |
/// | the only field, as it is | [`transparent`](#transparent) |
/// | `enum.Enum` and its like | an [enum](#enums) without data |
/// | one of several classes, `int \| str \| None` | an [enum](#enums) with data |
///
/// A unit struct is an instance without attributes. The fields of a tuple struct have no names, so
/// that it needs one of the words above, or a `rename` on each field.
///
/// ## `slots`
///
/// The attributes are `__slots__`. `slot` on a field says it of that one alone. Protocols 0 and 1
/// cannot write such instances, as in Python. Python has the slots of a class before those of its
/// base classes.
///
/// ```
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// #[pickle(module = "geo", slots)]
/// struct Pixel {
///     x: u16,
///     y: u16,
/// }
///
/// /// `__slots__ = ("key", "__dict__")`
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// #[pickle(module = "geo")]
/// struct Tile {
///     #[pickle(slot)]
///     key: u64,
///     corner: Pixel,
/// }
///
/// let tile = Tile { key: 7, corner: Pixel { x: 1, y: 2 } };
/// assert_eq!(pickle::loads::<Tile>(&pickle::dumps(&tile)?)?, tile);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// ## `state = "list"`
///
/// The state is a list, or with `"tuple"` a tuple, of the fields in their order. Fields at the end
/// with a `default` may be missing.
///
/// ```
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// #[pickle(module = "net", state = "tuple")]
/// struct Address {
///     host: String,
///     port: u16,
/// }
///
/// let address: Address = pickle::loads(b"cnet\nAddress\n)\x81(Vlocalhost\nI80\ntb.")?;
/// assert_eq!(address, Address { host: "localhost".into(), port: 80 });
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// ## `getstate = "…"`, `setstate = "…"`
///
/// Functions from the value to its state and back, for a state of any form. What `getstate` returns
/// is dumped; what `setstate` takes is loaded, and it returns the value, or a `pickle::Result` of
/// it. Python writes no state that is `None`, and at protocols 0 and 1 none that is false: where
/// there is none, `setstate` is given `None`, which an `Option` takes.
///
/// ```
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// #[pickle(module = "m", getstate = "Counter::count", setstate = "Counter::new")]
/// struct Counter(u64);
///
/// impl Counter {
///     fn new(count: u64) -> Self {
///         Self(count)
///     }
///
///     fn count(&self) -> u64 {
///         self.0
///     }
/// }
///
/// let counter: Counter = pickle::loads(b"cm\nCounter\n)\x81I5\nb.")?;
/// assert_eq!(counter, Counter(5));
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// ## `namedtuple`
///
/// The fields are the items of a named tuple.
///
/// ```
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// #[pickle(module = "geo", name = "Place", namedtuple)]
/// struct Place(f64, f64);
///
/// // collections.namedtuple("Place", "x y")(1.0, 2.0)
/// let place: Place = pickle::loads(b"\x80\x02cgeo\nPlace\nG?\xf0\0\0\0\0\0\0G@\0\0\0\0\0\0\0\x86\x81.")?;
/// assert_eq!(place, Place(1.0, 2.0));
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// ## `newargs`
///
/// The class's `__new__` makes the instance of arguments. The fields marked `arg` are the
/// arguments, in order, those marked `kwarg` the keyword arguments; the others are attributes. If no
/// field is marked, all are arguments, but for those marked `attribute`. A field marked `args` is
/// the whole tuple of arguments.
///
/// Many classes keep their arguments as attributes, which Python then writes twice. That is one
/// field, marked `arg, attribute` (or `kwarg, attribute`; with `slot` for a slot).
///
/// Protocols 0 and 1 write no such arguments. Python loses them there; here it is an error, unless
/// all of them are attributes too.
///
/// ```
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// #[pickle(module = "shop", newargs)]
/// struct Fee {
///     #[pickle(arg)]
///     amount: i64,
///     #[pickle(kwarg)]
///     currency: String,
///     #[pickle(default)]
///     note: Option<String>,
/// }
///
/// let fee = Fee { amount: 3, currency: "EUR".into(), note: None };
/// assert_eq!(pickle::loads::<Fee>(&pickle::dumps(&fee)?)?, fee);
///
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// #[pickle(module = "shop", newargs)]
/// struct Code {
///     #[pickle(arg, attribute)]
///     digits: String,
/// }
///
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// #[pickle(module = "shop", newargs)]
/// struct Range {
///     #[pickle(args)]
///     bounds: (i64, i64, i64),
/// }
///
/// let code = Code { digits: "12-34".into() };
/// assert_eq!(pickle::loads::<Code>(&pickle::dumps(&code)?)?, code);
/// let range = Range { bounds: (1, 5, 2) };
/// assert_eq!(pickle::loads::<Range>(&pickle::dumps(&range)?)?, range);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// ## `base = "int"`
///
/// The class is a subclass of a built-in type: `int`, `float`, `str`, `bytes` or `tuple`.
/// The field marked `arg`, or the only one, is the value as that type. Others are attributes, or
/// keyword arguments of `__new__`, marked `kwarg`.
///
/// ```
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// #[pickle(module = "units", base = "int")]
/// struct Meters(i64);
///
/// let meters: Meters = pickle::loads(b"\x80\x02cunits\nMeters\nK\x05\x85\x81.")?;
/// assert_eq!(meters, Meters(5));
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// ## `reduce`
///
/// Calling the class makes the instance; with `reduce = "module.function"` calling that function
/// does. Which fields are the arguments is said as for [`newargs`](#newargs). The others are
/// attributes, or [`items`](#items--list). No function runs here: its name stands for the struct, as
/// an alias does.
///
/// ```
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// #[pickle(module = "weather", reduce = "weather.make_temperature")]
/// struct Temperature {
///     scale: char,
///     degrees: f64,
/// }
///
/// let temperature: Temperature =
///     pickle::loads(b"cweather\nmake_temperature\n(VC\nF20.5\ntR.")?;
/// assert_eq!(temperature, Temperature { scale: 'C', degrees: 20.5 });
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// ## `exception`
///
/// An exception: as `reduce`, the arguments are those that Python keeps in `args`. What it has
/// besides are attributes; one that is in `args` too is marked `arg, attribute`. Python does not
/// pickle causes and tracebacks.
///
/// ```
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// #[pickle(module = "net", exception)]
/// struct HttpError {
///     #[pickle(arg)]
///     message: String,
///     #[pickle(arg, attribute)]
///     status: u16,
///     url: String,
/// }
///
/// let error = HttpError { message: "not found".into(), status: 404, url: "/a".into() };
/// assert_eq!(pickle::loads::<HttpError>(&pickle::dumps(&error)?)?, error);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// ## `flags`
///
/// A struct around an int is an `enum.Flag` or `enum.IntFlag`, whose members combine. Its bits are
/// kept whether they have names or not. The names are for the versions of Python that wrote names
/// instead of numbers (3.11.0 to 3.11.4); without them, plain `flags` will do.
///
/// ```
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// #[pickle(module = "files", flags(READ = 4, WRITE = 2, EXECUTE = 1))]
/// struct Mode(u32);
///
/// let mode: Mode = pickle::loads(b"\x80\x02cfiles\nMode\nK\x06\x85R.")?;
/// assert_eq!(mode, Mode(4 | 2));
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// ## `dict`
///
/// The struct is a dict whose keys are the names of the fields. It is no class.
///
/// ```
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// #[pickle(dict, deny_unknown)]
/// struct Options {
///     verbose: bool,
/// }
///
/// let options: Options = pickle::loads(b"}X\x07\0\0\0verboseI01\ns.")?;
/// assert!(options.verbose);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// ## `transparent`
///
/// The struct is its only field, `skip`ped ones aside. It is no class.
///
/// ```
/// #[derive(pickle::Pickle)]
/// #[pickle(transparent)]
/// struct Seconds(u64);
///
/// assert_eq!(pickle::dumps(&Seconds(5))?, pickle::dumps(&5_u64)?);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// ## `rename_all = "camelCase"`
///
/// How the names of the attributes, or of an enum's members, are made of those of the fields, or of
/// the variants: `camelCase`, `PascalCase`, `snake_case` or `SCREAMING_SNAKE_CASE`. A `rename` goes
/// before it.
///
/// ```
/// #[derive(pickle::Pickle)]
/// #[pickle(rename_all = "camelCase")]
/// struct Customer {
///     first_name: String,
///     #[pickle(rename = "ID")]
///     id: u64,
/// }
///
/// let class = <Customer as pickle::Instance>::CLASS;
/// assert_eq!(class.attributes(), ["firstName", "ID"]);
/// ```
///
/// ## `deny_unknown`
///
/// An attribute, or a key, that the struct does not name is an error.
///
/// ```
/// #[derive(pickle::Pickle)]
/// #[pickle(module = "shop", deny_unknown)]
/// struct Voucher {
///     cents: i64,
/// }
///
/// let voucher = b"cshop\nVoucher\n)\x81}(X\x05\0\0\0centsI3\nX\x06\0\0\0colourNub.";
/// let error = pickle::loads::<Voucher>(voucher).err().unwrap();
/// assert_eq!(error.message(), "'Voucher' object has an unexpected attribute 'colour'");
/// ```
///
/// ## `upgrade = "…"`
///
/// A function that sees the state as it stands in the pickle and returns the one of today, both a
/// `pickle::Value`, or a `pickle::Result` of it. It is called for every instance, whatever version
/// wrote it.
///
/// ```
/// use pickle::{Pickle, Value};
///
/// #[derive(Pickle)]
/// #[pickle(module = "shop", upgrade = "cents")]
/// struct Price {
///     cents: i64,
/// }
///
/// /// Prices were in euros once.
/// fn cents(mut state: Value) -> Value {
///     if let Value::Dict(dict) = &mut state
///         && let Some(euros) = dict.remove("euros").and_then(|euros| euros.as_i64())
///     {
///         dict.insert("cents", 100 * euros);
///     }
///     state
/// }
///
/// let price: Price = pickle::loads(b"cshop\nPrice\n)\x81}X\x05\0\0\0eurosI3\nsb.")?;
/// assert_eq!(price.cents, 300);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// ## `load_only`, `dump_only`
///
/// Only one of the two directions is implemented, and asked of the fields.
///
/// ```
/// #[derive(pickle::Pickle)]
/// #[pickle(module = "shop", dump_only)]
/// struct Report<'a> {
///     title: &'static str,
///     totals: &'a [f64],
/// }
///
/// let bytes = pickle::dumps(&Report { title: "totals", totals: &[1.5, 2.5] })?;
///
/// #[derive(pickle::Pickle)]
/// #[pickle(module = "shop", name = "Report", load_only)]
/// struct LoadedReport {
///     totals: Vec<f64>,
/// }
///
/// let mut registry = pickle::Registry::new();
/// registry.register::<LoadedReport>();
/// let mut unpickler = pickle::Unpickler::from_slice(&bytes).with_registry(registry);
/// assert_eq!(unpickler.load::<LoadedReport>()?.totals, [1.5, 2.5]);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// # More on a field
///
/// ## `alias = "…"` on a field
///
/// Another name that the attribute may have in a pickle. It may be given repeatedly.
///
/// ```
/// #[derive(pickle::Pickle)]
/// #[pickle(module = "shop")]
/// struct Parcel {
///     #[pickle(alias = "weight", alias = "mass")]
///     grams: u32,
/// }
///
/// let parcel: Parcel = pickle::loads(b"cshop\nParcel\n)\x81}X\x04\0\0\0massI70\nsb.")?;
/// assert_eq!(parcel.grams, 70);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// ## `skip_if = "…"`
///
/// A function that sees the field and says whether it is left out when dumped, such as
/// `Option::is_none` for a slot or an attribute that Python may not have set. Loaded without it,
/// the field becomes its [`default`](#default), which need not be said.
///
/// ```
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// #[pickle(module = "shop")]
/// struct Remark {
///     text: String,
///     #[pickle(skip_if = "Option::is_none")]
///     author: Option<String>,
/// }
///
/// let remark = Remark { text: "fine".into(), author: None };
/// let bytes = pickle::dumps(&remark)?;
/// assert!(!bytes.windows(6).any(|name| name == b"author"));
/// assert_eq!(pickle::loads::<Remark>(&bytes)?, remark);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// ## `with = "…"`
///
/// The path of a module with two functions, which write and read the field instead of its type:
///
/// ```
/// mod hex {
///     use pickle::{Cursor, Encoder, Error, Result};
///
///     pub fn pickle(value: &u32, encoder: &mut Encoder<'_>) -> Result<()> {
///         encoder.str(&format!("{value:x}"))
///     }
///
///     pub fn unpickle(cursor: Cursor<'_, '_>) -> Result<u32> {
///         u32::from_str_radix(&cursor.str()?, 16).map_err(Error::custom)
///     }
/// }
///
/// #[derive(pickle::Pickle)]
/// struct Colour {
///     #[pickle(with = "hex")]
///     rgb: u32,
/// }
/// # let bytes = pickle::dumps(&Colour { rgb: 0xff8000 })?;
/// # assert_eq!(pickle::loads::<Colour>(&bytes)?.rgb, 0xff8000);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// ## `bytes`, `latin1`
///
/// `bytes`: the field is written as `bytes`, for whatever is `AsRef<[u8]>` and `TryFrom<Vec<u8>>`.
/// The byte strings of Python 2 are read as such too, whatever the encoding.
/// `latin1`: text that Python 2 may have written as a byte string, each byte a character, whatever
/// encoding the [`Unpickler`] takes otherwise.
///
/// ```
/// #[derive(pickle::Pickle)]
/// #[pickle(module = "music")]
/// struct Song {
///     #[pickle(latin1)]
///     title: String,
///     #[pickle(bytes)]
///     digest: [u8; 2],
/// }
///
/// // Written by Python 2.
/// let song = b"\x80\x02cmusic\nSong\n)\x81}(U\x05titleU\x03M\xe4hU\x06digestU\x02\x01\xfeub.";
/// let song: Song = pickle::loads(song)?;
/// assert_eq!((song.title.as_str(), song.digest), ("Mäh", [1, 0xfe]));
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// [`Unpickler`]: https://docs.rs/pickle-rs/latest/pickle/struct.Unpickler.html
///
/// ## `items = "list"`
///
/// The field holds what the instance itself holds, as an instance of a subclass of `list`, `dict`
/// or `set` does: `"list"`, `"dict"` or `"set"`. Dict items are a map, or a `Vec` of pairs, which
/// keeps their order. A [`reduce`](#reduce) may give both list items and dict items.
///
/// ```
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// #[pickle(module = "music")]
/// struct Playlist {
///     title: String,
///     #[pickle(items = "list")]
///     songs: Vec<String>,
/// }
///
/// let playlist = Playlist { title: "Mix".into(), songs: vec!["a".into(), "b".into()] };
/// assert_eq!(pickle::loads::<Playlist>(&pickle::dumps(&playlist)?)?, playlist);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// ## `rest`
///
/// The attributes, or keys, that no other field is: a `Vec` of pairs, which keeps their order, or a
/// map. They are written in the place of the field.
///
/// ```
/// use pickle::Value;
///
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// struct Point {
///     x: i64,
///     #[pickle(rest)]
///     others: Vec<(String, Value)>,
/// }
///
/// let point = Point { x: 1, others: vec![("colour".into(), "red".into())] };
/// assert_eq!(pickle::loads::<Point>(&pickle::dumps(&point)?)?, point);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// ## `flatten`
///
/// The attributes of a base class, whose Rust type derives `Pickle` too. They are written in the
/// place of the field.
///
/// ```
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// struct Animal {
///     name: String,
/// }
///
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// struct Dog {
///     #[pickle(flatten)]
///     animal: Animal,
///     tricks: u32,
/// }
///
/// let class = <Dog as pickle::Instance>::CLASS;
/// assert_eq!(class.attributes(), ["tricks", "name"]);
/// ```
///
/// # Enums
///
/// ## Without data
///
/// An enum whose variants hold nothing is an `enum.Enum`, an `IntEnum` or a `StrEnum`: its members
/// have the values that `value = …` gives, an int, a float, a str, a bool, `None` or a tuple of
/// these, or the numbers behind the variants. `rename` and `alias` say what a member is called: some versions of Python wrote
/// names instead of values.
///
/// ```
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// #[pickle(module = "paint", rename_all = "SCREAMING_SNAKE_CASE")]
/// enum Color {
///     Red = 1,
///     LightBlue = 2,
/// }
///
/// let color: Color = pickle::loads(b"\x80\x02cpaint\nColor\nK\x02\x85R.")?;
/// assert_eq!(color, Color::LightBlue);
///
/// #[derive(pickle::Pickle)]
/// #[pickle(module = "space", rename_all = "SCREAMING_SNAKE_CASE")]
/// enum Planet {
///     #[pickle(value = (3.303e23, 2.4397e6))]
///     Mercury,
///     #[pickle(value = (5.976e24, 6.37814e6), alias = "TERRA")]
///     Earth,
/// }
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// ## Of classes
///
/// An enum whose variants hold one value each is whichever class the pickle names. The types derive
/// `Pickle` themselves; the enum has no name in Python.
///
/// ```
/// # use pickle::Pickle;
/// # #[derive(Pickle, Debug, PartialEq)]
/// # struct Circle { radius: f64 }
/// # #[derive(Pickle, Debug, PartialEq)]
/// # struct Square { side: f64 }
/// #[derive(Pickle, Debug, PartialEq)]
/// enum Shape {
///     Circle(Circle),
///     Square(Square),
/// }
///
/// let bytes = pickle::dumps(&Square { side: 2.0 })?;
/// assert_eq!(pickle::loads::<Shape>(&bytes)?, Shape::Square(Square { side: 2.0 }));
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// ## `untagged`
///
/// The variants are plain data: the first one that the value fits is taken. A variant without data
/// is `None`, or the constant of its `value = …`; one with several values is a tuple.
///
/// ```
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// #[pickle(untagged)]
/// enum Setting {
///     #[pickle(value = "auto")]
///     Auto,
///     Off,
///     Level(i64),
///     Range(i64, i64),
/// }
///
/// let settings: Vec<Setting> = pickle::loads(b"](NK\x05X\x04\0\0\0autoK\x01K\x02\x86e.")?;
/// assert_eq!(settings, [Setting::Off, Setting::Level(5), Setting::Auto, Setting::Range(1, 2)]);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// # What it does not do
///
/// Unions, and variants with named fields, are refused. Flags combine, which variants cannot: they
/// are a struct with [`flags`](#flags).
#[proc_macro_derive(Pickle, attributes(pickle))]
pub fn derive_pickle(input: TokenStream) -> TokenStream {
    match syn::parse(input) {
        Ok(input) => derive(&input).into(),
        Err(error) => error.into_compile_error().into(),
    }
}

fn derive(input: &DeriveInput) -> proc_macro2::TokenStream {
    let ctxt = Ctxt::new();
    let (model, krate) = Model::new(&ctxt, input);
    if let Some(model) = &model {
        check::check(&ctxt, model);
    }
    let krate = expand::facade(krate);
    match (ctxt.finish(), &model) {
        (Ok(()), Some(model)) => expand::expand(input, model, &krate),
        (Ok(()), None) => proc_macro2::TokenStream::new(),
        (Err(errors), _) => fallback::fallback(input, &krate, errors),
    }
}

/// Makes `Box<dyn Trait>`, and `Rc` and `Arc`, loadable as whichever class the pickle names.
///
/// It stands on the trait and on each of its impls. The types derive `Pickle`; dumping an object
/// writes its own class.
///
/// ```
/// use std::rc::Rc;
/// use pickle::Pickle;
///
/// #[pickle::dynamic]
/// trait Shape {
///     fn area(&self) -> f64;
/// }
///
/// #[derive(Pickle)]
/// #[pickle(module = "geo")]
/// struct Square {
///     side: f64,
/// }
///
/// #[pickle::dynamic]
/// impl Shape for Square {
///     fn area(&self) -> f64 {
///         self.side * self.side
///     }
/// }
///
/// let square: Rc<dyn Shape> = Rc::new(Square { side: 2.0 });
/// let bytes = pickle::dumps(&vec![square.clone(), square])?;
///
/// let shapes: Vec<Rc<dyn Shape>> = pickle::loads(&bytes)?;
/// assert_eq!(shapes[0].area(), 4.0);
/// assert!(Rc::ptr_eq(&shapes[0], &shapes[1]));
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// A class that is registered but does not implement the trait is an error that names both.
///
/// # On the trait
///
/// The trait gets `pickle::Pickle` as a supertrait, so that its objects can be dumped; with
/// `#[pickle::dynamic(load_only)]` it does not. A trait that demands `Send` or `Sync` of its
/// implementors may have its objects written with them, `Arc<dyn Job + Send + Sync>`, or without.
/// To get at the type behind the object, make `std::any::Any` a supertrait.
///
/// A trait with type parameters is one trait for each type, `Box<dyn Source<i64>>`. Traits with
/// lifetimes or associated types are refused, and so are those that have no objects at all.
///
/// # On the impl
///
/// It registers the type as one that implements the trait. A generic impl is many types: write
/// [`register!`] for those that pickles have, in place of the attribute. The same serves for impls
/// that are not yours.
///
/// ```
/// # use pickle::Pickle;
/// #[pickle::dynamic]
/// trait Source {
///     fn count(&self) -> usize;
/// }
///
/// #[derive(Pickle)]
/// #[pickle(module = "sources")]
/// struct Fixed<T> {
///     items: Vec<T>,
/// }
///
/// impl<T: Pickle> Source for Fixed<T> {
///     fn count(&self) -> usize {
///         self.items.len()
///     }
/// }
///
/// pickle::register!(Fixed<i64> as dyn Source);
///
/// let bytes = pickle::dumps(&Fixed { items: vec![1, 2, 3] })?;
/// assert_eq!(pickle::loads::<Box<dyn Source>>(&bytes)?.count(), 3);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// # `crate = "…"`
///
/// The path to the library, on either, as for the derive.
///
/// [`register!`]: https://docs.rs/pickle-rs/latest/pickle/macro.register.html
#[proc_macro_attribute]
pub fn dynamic(args: TokenStream, item: TokenStream) -> TokenStream {
    dynamic::dynamic(args.into(), item.into()).into()
}

/// Lets pickles call a Rust function, as the Python function of this name.
///
/// Python's `__reduce__` may name any function that makes the object. A registered function is
/// called when a typed target reads its result, with arguments of its own types: others are an
/// error that names the function. It may return a `Result`, whose error ends the load.
///
/// ```
/// use pickle::Pickle;
///
/// #[derive(Pickle, Debug, PartialEq)]
/// #[pickle(module = "weather")]
/// struct Celsius {
///     degrees: f64,
/// }
///
/// #[pickle::function(module = "weather", name = "from_fahrenheit")]
/// fn fahrenheit(degrees: f64) -> Result<Celsius, String> {
///     match degrees > -459.67 {
///         true => Ok(Celsius { degrees: (degrees - 32.0) / 1.8 }),
///         false => Err("colder than cold".to_owned()),
///     }
/// }
///
/// let boiling: Celsius = pickle::loads(b"cweather\nfrom_fahrenheit\n(F212.0\ntR.")?;
/// assert_eq!(boiling, Celsius { degrees: 100.0 });
///
/// let error = pickle::loads::<Celsius>(b"cweather\nfrom_fahrenheit\n(F-999.0\ntR.").unwrap_err();
/// assert_eq!(error.message(), "colder than cold");
/// assert_eq!(error.notes().next(), Some("in a call of weather.from_fahrenheit"));
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// `module = "…"` is `__main__` unless it is given, `name = "…"` the name of the Rust function;
/// `crate = "…"` is the path to the library. Functions inside of an `impl`, and those of other
/// crates, are registered by [`register!`].
///
/// [`register!`]: https://docs.rs/pickle-rs/latest/pickle/macro.register.html
#[proc_macro_attribute]
pub fn function(args: TokenStream, item: TokenStream) -> TokenStream {
    function::function(args.into(), item.into()).into()
}
