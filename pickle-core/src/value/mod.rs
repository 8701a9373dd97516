//! Data without types: [`Value`] is any Python value, and prints as Python prints it.
//!
//! Containers are shared as they are in Python. A clone of a list is the same list, and costs a
//! reference count; what the pickle mentions twice is one object here, and is written once again.
//! Changing a list through one of its clones copies it first, so that the others stay as they are.
//! There is no way to make a value contain itself.
//!
//! ```
//! # use pickle_core as pickle;
//! use pickle::value;
//!
//! let mut order = value!({"id": 7, "lines": [("tea", 2), ("cups", 4)], "paid": None});
//! assert_eq!(order["lines"][1][0], "cups");
//! assert_eq!(order.get("id").and_then(|id| id.as_i64()), Some(7));
//!
//! if let Some(order) = order.as_dict_mut() {
//!     order.insert("paid", 12.5);
//! }
//! assert_eq!(order.to_string(), "{'id': 7, 'lines': [('tea', 2), ('cups', 4)], 'paid': 12.5}");
//! ```
//!
//! Nothing here recurses: values of any depth are cloned, compared, hashed, printed and dropped on
//! a small stack. Comparing and hashing take time linear in what there is in memory, however many
//! ways lead to it.

mod bytes;
mod convert;
mod dict;
mod dump;
mod equal;
mod fall;
mod global;
mod hash;
mod int;
mod key;
mod list;
mod load;
mod macros;
mod object;
mod opaque;
mod order;
mod path;
mod pprint;
mod repr;
mod set;
mod table;
mod text;
mod tuple;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::ops::Index;

use crate::error::Result;
use crate::read::Unpickle;
use crate::write::Pickle;
use crate::{Pickler, Protocol, Unpickler, loads};

pub use bytes::{ByteArray, Bytes};
pub use convert::Element;
pub use dict::{Dict, Iter as DictIter};
pub use global::GlobalRef;
pub use int::Int;
pub use key::{Key, Lookup};
pub use list::List;
pub(crate) use load::Known;
pub use object::Object;
pub use opaque::{Change, Opaque};
pub(crate) use repr::write_text;
pub use repr::{Repr, repr};
pub use set::{FrozenSet, Iter as SetIter, Set};
pub(crate) use text::code_points;
pub use text::{CodePoints, Text};
pub use tuple::Tuple;

/// Any Python value, for data whose types are not known when the program is written.
///
/// `Display` is Python's `repr`, and `==` is Python's: `1 == 1.0 == True`, a list is never equal to
/// a tuple, a NaN never to a NaN, dicts and sets are equal in any order. As in Python, a container
/// is equal to itself whatever is in it; but a float has no identity here, so that `[nan] == [nan]`
/// holds for one list only, and not, as in Python, for two that hold one NaN. See the
/// [module](mod@crate::value) for how containers are shared.
///
/// ```
/// # use pickle_core as pickle;
/// let value = pickle::value!([1, 2.5, "three", None]);
/// assert_eq!(value[2], "three");
/// assert_eq!(value.to_string(), "[1, 2.5, 'three', None]");
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Value {
    /// `None`
    #[default]
    None,
    /// `True` or `False`
    Bool(bool),
    /// An `int` of any size.
    Int(Int),
    /// A `float`.
    Float(f64),
    /// A `str`.
    Str(Text),
    /// A `bytes`.
    Bytes(Bytes),
    /// A `bytearray`.
    ByteArray(ByteArray),
    /// A `list`.
    List(List),
    /// A `tuple`.
    Tuple(Tuple),
    /// A `dict`.
    Dict(Dict),
    /// A `set`.
    Set(Set),
    /// A `frozenset`.
    FrozenSet(FrozenSet),
    /// A class or function; `Ellipsis` and `NotImplemented` are pickled in the same way.
    Global(GlobalRef),
    /// An instance of a registered class.
    Object(Object),
    /// An instance of a class that is not registered.
    Opaque(Opaque),
}

impl Value {
    /// Whether this is `None`.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Whether both are one object, Python's `is`. Numbers have no identity here: they are the same
    /// where nothing tells them apart.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// let list = pickle::value!([1]);
    /// assert!(list.is(&list.clone()));
    /// assert!(!list.is(&pickle::value!([1])));
    /// ```
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, Self::None) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            (Self::Str(a), Self::Str(b)) => a.ptr_eq(b),
            (Self::Bytes(a), Self::Bytes(b)) => a.ptr_eq(b),
            (Self::ByteArray(a), Self::ByteArray(b)) => a.ptr_eq(b),
            (Self::List(a), Self::List(b)) => a.ptr_eq(b),
            (Self::Tuple(a), Self::Tuple(b)) => a.ptr_eq(b),
            (Self::Dict(a), Self::Dict(b)) => a.ptr_eq(b),
            (Self::Set(a), Self::Set(b)) => a.ptr_eq(b),
            (Self::FrozenSet(a), Self::FrozenSet(b)) => a.ptr_eq(b),
            (Self::Global(a), Self::Global(b)) => {
                a.module() == b.module() && a.qualname() == b.qualname()
            }
            (Self::Object(a), Self::Object(b)) => a.ptr_eq(b),
            (Self::Opaque(a), Self::Opaque(b)) => a.ptr_eq(b),
            _ => false,
        }
    }

    /// The boolean. An int is none.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The int, if it fits into 64 bits. A boolean is none.
    pub fn as_i64(&self) -> Option<i64> {
        self.as_int()?.to_i64()
    }

    /// The int, if it is not negative and fits into 64 bits.
    pub fn as_u64(&self) -> Option<u64> {
        self.as_int()?.to_u128()?.try_into().ok()
    }

    /// The int, if it fits into 128 bits.
    pub fn as_i128(&self) -> Option<i128> {
        self.as_int()?.to_i128()
    }

    /// The float, or the int if a float can be exactly that.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Float(value) => Some(*value),
            Self::Int(value) => value.to_f64_exact(),
            _ => None,
        }
    }

    /// The text, unless it holds a surrogate, which no Rust `str` can.
    pub fn as_str(&self) -> Option<&str> {
        self.as_text()?.as_str()
    }

    /// The bytes of a `bytes` or `bytearray`.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::ByteArray(array) => Some(array),
            _ => None,
        }
    }

    /// The items of a list or tuple.
    pub fn as_slice(&self) -> Option<&[Value]> {
        match self {
            Self::List(list) => Some(list),
            Self::Tuple(tuple) => Some(tuple),
            _ => None,
        }
    }

    /// The name of the value's type in Python: `int`, `NoneType`; of an instance, that of its class.
    pub fn type_name(&self) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Self::None => "NoneType",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float",
            Self::Str(_) => "str",
            Self::Bytes(_) => "bytes",
            Self::ByteArray(_) => "bytearray",
            Self::List(_) => "list",
            Self::Tuple(_) => "tuple",
            Self::Dict(_) => "dict",
            Self::Set(_) => "set",
            Self::FrozenSet(_) => "frozenset",
            Self::Global(_) => "type",
            Self::Object(object) => object.class().name(),
            Self::Opaque(instance) => {
                let name = instance
                    .class()
                    .map(|class| class.qualname().to_string_lossy());
                return match name {
                    Some(name) => name
                        .rsplit('.')
                        .next()
                        .unwrap_or_default()
                        .to_owned()
                        .into(),
                    None => "object".into(),
                };
            }
        })
    }

    /// The value of a dict's key, the item at a list's or tuple's index, where a negative one counts
    /// from the end, or an instance's attribute.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// let value = pickle::value!({"a": [1, 2, 3]});
    /// assert_eq!(value.get("a").and_then(|a| a.get(-1)), Some(&3.into()));
    /// assert_eq!(value.get("b"), None);
    /// ```
    pub fn get(&self, key: impl Lookup) -> Option<&Value> {
        match self {
            Self::Dict(dict) => dict.get(key),
            Self::List(list) => list.get(key.query().index(list.len())?),
            Self::Tuple(tuple) => tuple.get(key.query().index(tuple.len())?),
            Self::Opaque(instance) => instance.attribute(key.query().name()?),
            _ => None,
        }
    }

    /// As [`get`](Self::get), to be changed. What is shared is copied first; of a tuple, this makes
    /// another one.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// let mut value = pickle::value!({"a": [1, 2, 3]});
    /// if let Some(last) = value.get_mut("a").and_then(|a| a.get_mut(-1)) {
    ///     *last = "three".into();
    /// }
    /// assert_eq!(value.to_string(), "{'a': [1, 2, 'three']}");
    /// ```
    pub fn get_mut(&mut self, key: impl Lookup) -> Option<&mut Value> {
        match self {
            Self::Dict(dict) => dict.get_mut(key),
            Self::List(list) => {
                let index = key.query().index(list.len())?;
                list.get_mut(index)
            }
            Self::Tuple(tuple) => {
                let index = key.query().index(tuple.len())?;
                tuple.items_mut().get_mut(index)
            }
            Self::Opaque(instance) => instance.attribute_mut(key.query().name()?),
            _ => None,
        }
    }

    /// The number of items, entries, elements, characters or bytes, Python's `len`; `None` for what
    /// has none.
    pub fn len(&self) -> Option<usize> {
        Some(match self {
            Self::Str(text) => text.code_points().count(),
            Self::Bytes(bytes) => bytes.len(),
            Self::ByteArray(array) => array.len(),
            Self::List(list) => list.len(),
            Self::Tuple(tuple) => tuple.len(),
            Self::Dict(dict) => dict.len(),
            Self::Set(set) => set.len(),
            Self::FrozenSet(set) => set.len(),
            _ => return None,
        })
    }

    /// Whether there is nothing in it. What has no [`len`](Self::len) is not empty.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// What Python's `for` goes through: the items of a list or tuple, the elements of a set, the
    /// keys of a dict. Nothing for everything else.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// let value = pickle::value!({"a": 1, "b": 2});
    /// let keys: Vec<_> = value.iter().filter_map(|key| key.as_str()).collect();
    /// assert_eq!(keys, ["a", "b"]);
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = &Value> {
        let items = self.as_slice().unwrap_or_default().iter();
        let elements = match self {
            Self::Set(set) => Some(set.iter()),
            Self::FrozenSet(set) => Some(set.iter()),
            _ => None,
        };
        let keys = self.as_dict().map(Dict::keys);
        items
            .chain(elements.into_iter().flatten())
            .chain(keys.into_iter().flatten())
    }

    /// Returns a typed value, read from this one as from its pickle.
    ///
    /// # Errors
    ///
    /// Those of dumping this value, and of reading the type.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// let value = pickle::value!({"a": [1, 2], "b": []});
    /// let map = value.to::<std::collections::BTreeMap<String, Vec<u8>>>()?;
    /// assert_eq!(map["a"], [1, 2]);
    /// # Ok::<(), pickle::Error>(())
    /// ```
    pub fn to<T: for<'de> Unpickle<'de>>(&self) -> Result<T> {
        let mut bytes = Vec::new();
        Pickler::new(&mut bytes)
            .with_protocol(Protocol::V5)
            .dump(self)?;
        loads(&bytes)
    }

    /// Returns what a typed value is as data: what its pickle says. Instances of registered classes
    /// are [`Object`]s.
    ///
    /// # Errors
    ///
    /// Those of dumping the value.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// let value = pickle::Value::of(&vec![(1, "a"), (2, "b")])?;
    /// assert_eq!(value.to_string(), "[(1, 'a'), (2, 'b')]");
    /// # Ok::<(), pickle::Error>(())
    /// ```
    pub fn of<T: Pickle + ?Sized>(value: &T) -> Result<Self> {
        let mut bytes = Vec::new();
        Pickler::new(&mut bytes)
            .with_protocol(Protocol::V5)
            .dump(value)?;
        Unpickler::from_slice(&bytes).with_opaque(true).load()
    }

    fn is_container(&self) -> bool {
        self.container().is_some()
    }

    /// The address of what holds other values, and whether it is shared. The empty tuple holds
    /// nothing; its address is that of every other.
    pub(crate) fn container(&self) -> Option<(*const (), bool)> {
        Some(match self {
            Self::List(list) => (list.address(), list.is_shared()),
            Self::Tuple(tuple) => (tuple.address(), tuple.is_shared()),
            Self::Dict(dict) => (dict.address(), dict.is_shared()),
            Self::Set(set) => (set.address(), set.is_shared()),
            Self::FrozenSet(set) => (set.address(), set.is_shared()),
            Self::Opaque(instance) => (instance.address(), instance.is_shared()),
            _ => return None,
        })
    }
}

macro_rules! variants {
    ($($variant:ident $type:ident $get:ident $($get_mut:ident)?: $what:literal;)*) => {
        impl Value {$(
            #[doc = concat!("The ", $what, ", if it is one.")]
            pub fn $get(&self) -> Option<&$type> {
                match self {
                    Self::$variant(value) => Some(value),
                    _ => None,
                }
            }

            $(
                #[doc = concat!("The ", $what, " to be changed, if it is one.")]
                pub fn $get_mut(&mut self) -> Option<&mut $type> {
                    match self {
                        Self::$variant(value) => Some(value),
                        _ => None,
                    }
                }
            )?
        )*}
    };
}
variants! {
    Int Int as_int: "`int`";
    Str Text as_text: "`str`";
    List List as_list as_list_mut: "`list`";
    ByteArray ByteArray as_byte_array as_byte_array_mut: "`bytearray`";
    Tuple Tuple as_tuple as_tuple_mut: "`tuple`";
    Dict Dict as_dict as_dict_mut: "`dict`";
    Set Set as_set as_set_mut: "`set`";
    FrozenSet FrozenSet as_frozenset: "`frozenset`";
    Global GlobalRef as_global: "class or function";
    Object Object as_object as_object_mut: "instance of a registered class";
    Opaque Opaque as_opaque as_opaque_mut: "instance of an unknown class";
}

/// As [`get`](Value::get), with `None` in place of what is not there, so that a chain of indices
/// into data of unknown shape does not panic.
impl<L: Lookup> Index<L> for Value {
    type Output = Value;

    fn index(&self, key: L) -> &Value {
        static NONE: Value = Value::None;
        self.get(key).unwrap_or(&NONE)
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        equal::values(self, other)
    }
}

/// Python's `repr`; `{:#}` is laid out as by `pprint.pprint` of Python 3.13: 80 columns wide, dicts
/// sorted, and sets too where they take more than one line. Values that have no order, which Python
/// sorts by their addresses, stay as they are.
///
/// Parts that are shared are shown at each place, until 16 MiB are written; then those that were
/// shown before appear as `[...]`, and what is laid out stays on one line.
///
/// ```
/// # use pickle_core as pickle;
/// let value = pickle::value!({"tea": [("green", 12.5), ("black", 9.75)], "cups": [6, 4, 2],
///     "note": "to be delivered in the morning, not before eight o'clock"});
/// assert_eq!(format!("{value:#}"), "\
/// {'cups': [6, 4, 2],
///  'note': \"to be delivered in the morning, not before eight o'clock\",
///  'tea': [('green', 12.5), ('black', 9.75)]}");
/// ```
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        repr::show(self, f)
    }
}

/// As `Display`.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        repr::show(self, f)
    }
}

/// An entry of a dict in [`value!`](crate::value!).
#[doc(hidden)]
#[track_caller]
pub fn literal_entry(dict: &mut Dict, key: Value, value: Value) {
    if let Err(error) = dict.try_insert(key, value) {
        panic!("{error:?}");
    }
}

/// A set in [`value!`](crate::value!).
#[doc(hidden)]
#[track_caller]
pub fn literal_set(elements: Vec<Value>) -> Value {
    let mut set = Set::with_capacity(elements.len());
    for element in elements {
        if let Err(error) = set.try_insert(element) {
            panic!("{error:?}");
        }
    }
    set.into()
}
