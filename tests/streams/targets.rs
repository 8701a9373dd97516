//! Types that a pickle may be read as, and the comparison of both ways to read it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::{self, Debug};
use std::rc::Rc;
use std::sync::Arc;

use pickle::{ByteArray, FrozenSet, Pickle, Unpickle, Unpickler, Value};

/// An instance with a bit of everything.
#[derive(Debug, Default, Clone, Pickle)]
#[pickle(module = "streams")]
pub struct Record {
    pub id: u64,
    #[pickle(default)]
    pub name: String,
    pub score: f64,
    pub note: Option<String>,
    pub tags: Vec<String>,
    pub stock: BTreeMap<String, i32>,
    pub pair: (i64, String),
    pub place: Point,
    pub inner: Option<Box<Record>>,
    #[pickle(default)]
    pub more: Vec<Record>,
}

/// An instance of which a pickle may have more than is asked for. The name is as long as that of
/// [`Record`], so that one can be put in place of the other.
#[derive(Debug, Default, Clone, Pickle)]
#[pickle(module = "streams", name = "Partly")]
pub struct Part<'a> {
    id: u64,
    #[pickle(default)]
    name: &'a str,
}

/// A dict with known keys.
#[derive(Debug, Default, Clone, Pickle)]
#[pickle(dict)]
pub struct Point {
    pub x: i64,
    #[pickle(default)]
    pub y: f32,
    #[pickle(default)]
    pub label: Option<Label>,
}

/// What it holds.
#[derive(Debug, Default, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Pickle)]
#[pickle(transparent)]
pub struct Label(pub String);

/// An instance without attributes.
#[derive(Debug, Default, Clone, Pickle)]
#[pickle(module = "streams")]
pub struct Empty {}

/// Instances that refuse what they do not know, and that keep it.
#[derive(Debug, Default, Clone, Pickle)]
#[pickle(module = "streams", deny_unknown)]
pub struct Strict {
    #[pickle(default)]
    pub a: Option<i64>,
    #[pickle(default)]
    pub b: Option<Box<Strict>>,
}

/// See [`Strict`].
#[derive(Debug, Default, Clone, Pickle)]
#[pickle(module = "streams")]
pub struct Open {
    #[pickle(default)]
    pub a: i64,
    #[pickle(rest)]
    pub rest: BTreeMap<String, Vec<i64>>,
}

/// A tree of lists.
#[derive(Debug, Clone, Pickle)]
#[pickle(transparent)]
pub struct Tree(pub Vec<Tree>);

/// Owners of values, which are shown with who else owns the same one.
#[derive(Clone, Pickle)]
#[pickle(transparent)]
pub struct Owners<T: 'static>(pub Vec<Rc<T>>);

impl<T: Debug> Debug for Owners<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = |owner| self.0.iter().position(|other| Rc::ptr_eq(owner, other));
        let shown = self.0.iter().map(|owner| (first(owner), owner));
        f.debug_list().entries(shown).finish()
    }
}

/// An owner of a value, which is shown with its place among the owners that were shown before, and
/// how many there are of the same value.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Pickle)]
#[pickle(transparent)]
pub struct Owner<T: 'static>(pub Rc<T>);

thread_local! {
    /// The addresses of what has owners, in the order in which they are shown.
    static SHOWN: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

impl<T: Debug> Debug for Owner<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = Rc::as_ptr(&self.0).addr();
        let known = SHOWN.with_borrow(|shown| shown.iter().position(|&other| other == address));
        let count = Rc::strong_count(&self.0);
        if let Some(nth) = known {
            return write!(f, "#{nth} of {count}");
        }
        let nth = SHOWN.with_borrow_mut(|shown| {
            shown.push(address);
            shown.len() - 1
        });
        write!(f, "#{nth} of {count}: {:?}", self.0)
    }
}

/// An instance of owners.
#[derive(Debug, Clone, Pickle)]
#[pickle(module = "streams")]
pub struct Shop {
    #[pickle(default)]
    pub name: Option<Owner<String>>,
    #[pickle(default)]
    pub empty: Option<Owner<Empty>>,
    #[pickle(default)]
    pub list: Option<Owner<Vec<Owner<String>>>>,
    #[pickle(default)]
    pub tuple: Option<Owner<(Owner<Empty>, Owner<i64>)>>,
    #[pickle(default)]
    pub inner: Option<Box<Shop>>,
}

/// A dict with known keys that keeps the others.
#[derive(Debug, Default, Clone, Pickle)]
#[pickle(dict)]
pub struct Bag {
    #[pickle(default)]
    pub name: Option<Owner<String>>,
    #[pickle(default)]
    pub a_name_of_more_than_sixteen_letters: i64,
    #[pickle(rest)]
    pub rest: BTreeMap<String, i64>,
}

/// A node of a graph: owners in owners.
#[derive(Debug, Default, Clone, Pickle)]
#[pickle(module = "streams")]
pub struct Node {
    pub number: i64,
    #[pickle(default)]
    pub left: Option<Arc<Node>>,
    #[pickle(default)]
    pub pair: Option<(Arc<String>, Arc<Node>)>,
    #[pickle(default)]
    pub more: Vec<Arc<Node>>,
}

macro_rules! targets {
    ($($type:ty,)*) => {
        /// Reads bytes as each of the types, both ways; how many of these could be read in one
        /// pass.
        ///
        /// # Errors
        ///
        /// When both ways differ.
        pub fn compare_all(bytes: &[u8]) -> Result<usize, String> {
            let mut streamed = 0;
            $(streamed += usize::from(compare::<$type>(bytes)?);)*
            Ok(streamed)
        }
    };
}

targets! {
    bool, i64, u8, u128, f64, f32, char, String, Box<str>, &str, &[u8], Vec<u8>, ByteArray,
    Option<i64>, Option<Vec<String>>, Vec<i64>, Vec<f64>, Vec<Option<bool>>, Vec<Vec<i64>>,
    Vec<Vec<Vec<String>>>, VecDeque<String>, [i64; 3], Tree, Vec<Option<Tree>>,
    (i64,), (i64, i64), (String, f64), (i64, i64, i64), (i64, i64, i64, i64), Vec<(i64, String)>,
    Vec<(i64,)>, ((i64, i64), i64), (Vec<i64>, i64), Vec<((String,), [f64; 2])>, Vec<Vec<u8>>,
    (Vec<String>, BTreeMap<String, i64>, Option<String>, (i64, i64), f64),
    BTreeMap<String, i64>, BTreeMap<i64, Vec<i64>>, BTreeMap<String, BTreeMap<String, String>>,
    BTreeMap<(i64, i64), String>, BTreeMap<Vec<i64>, i64>, BTreeMap<(i64, Vec<i64>), i64>,
    BTreeMap<String, Option<Point>>, BTreeSet<i64>, BTreeSet<String>, FrozenSet<BTreeSet<i64>>,
    Vec<FrozenSet<BTreeSet<String>>>, BTreeSet<(i64, String)>, BTreeSet<BTreeSet<i64>>,
    BTreeMap<FrozenSet<BTreeSet<i64>>, i64>,
    Record, Vec<Record>, Part<'_>, Vec<Part<'_>>, (Record, Empty), Vec<Option<Record>>,
    BTreeMap<String, Record>, Point, Vec<Point>, Label, Vec<Label>, BTreeMap<Label, Label>, Empty,
    Vec<Empty>, Vec<(Empty, Option<Empty>)>, Vec<(Empty, Point)>, Strict, Vec<Strict>, Open,
    Vec<Open>, BTreeMap<String, Value>, Vec<Value>,
    Owners<i64>, Owners<String>, Owners<Point>, Owners<Record>, Owners<Vec<i64>>, Owners<Empty>,
    Owners<(i64, String)>, Owners<Rc<Empty>>, Owners<Rc<(Empty, i64)>>, Owners<BTreeSet<i64>>,
    Owners<BTreeMap<String, Rc<Empty>>>, Owners<(Rc<Empty>, i64)>, Owners<Node>, Node,
    BTreeMap<Rc<String>, Rc<String>>, BTreeMap<Rc<Vec<i64>>, i64>, (Arc<Node>, Rc<Node>), Arc<str>,
    (Rc<Vec<i64>>, Vec<i64>, Arc<Vec<i64>>), (Rc<String>, String, Rc<String>), Vec<Arc<str>>,
    Owner<Owner<Empty>>, (Owner<String>, Owner<String>), (Owner<Empty>, Owner<Empty>),
    Vec<(Owner<String>, Owner<Empty>, String)>, Vec<Owner<(Owner<Empty>, Owner<String>)>>,
    Vec<Owner<Owner<Empty>>>, Vec<Owner<Owner<(Owner<String>, i64)>>>, Vec<(Owner<Owner<Empty>>, i64)>,
    BTreeMap<Owner<String>, Owner<String>>, BTreeMap<String, Owner<Vec<i64>>>,
    Vec<Option<Owner<Option<String>>>>, Vec<Owner<Option<Owner<String>>>>, Vec<Owner<Vec<u8>>>,
    BTreeSet<Owner<String>>, Vec<Owner<FrozenSet<BTreeSet<Owner<String>>>>>, Vec<Owner<[i64; 2]>>,
    Shop, Vec<Shop>, Vec<Owner<Shop>>, Bag, Vec<Bag>, Vec<Owner<Bag>>,
}

/// Reads bytes both ways; whether they could be read in one pass.
///
/// # Errors
///
/// When both ways differ.
pub fn compare<'de, T: Unpickle<'de> + Debug>(bytes: &'de [u8]) -> Result<bool, String> {
    let mut stream = Unpickler::from_slice(bytes);
    let Some(value) = stream.stream::<T>() else {
        // Then the load is the arena's.
        return Ok(false);
    };
    let streamed = format!("{}, up to {}", shown(&value), stream.position());
    drop(value);
    let mut arena = Unpickler::from_slice(bytes).with_streams(false);
    let by_arena = match arena.load::<T>() {
        Ok(value) => format!("{}, up to {}", shown(&value), arena.position()),
        Err(error) => format!("{error}"),
    };
    match streamed == by_arena {
        true => Ok(true),
        false => Err(format!(
            "{} of {}:\nin one pass: {streamed}\nby the arena: {by_arena}",
            std::any::type_name::<T>(),
            bytes.escape_ascii(),
        )),
    }
}

fn shown(value: &impl Debug) -> String {
    SHOWN.with_borrow_mut(Vec::clear);
    format!("{value:?}")
}
