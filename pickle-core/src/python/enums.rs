//! Members of Python's enumerations, whatever their class.
//!
//! An enumeration that the program knows is a Rust `enum` with `#[derive(Pickle)]`. This is for the
//! others.

use std::fmt;

use crate::error::{Error, Result};
use crate::value::GlobalRef;
use crate::{Cursor, Encoder, Global, InstanceReader, Kind, Pickle, Unpickle, Value};

/// A member of an enumeration: of an `enum.Enum`, `IntEnum`, `StrEnum`, `Flag`, or of a class of the
/// library such as `http.HTTPStatus`. Its class is a name, and need not be registered.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::python::enums::EnumMember;
/// use pickle::value::GlobalRef;
///
/// // pickle.dumps(http.HTTPStatus.OK, 2)
/// let bytes = b"\x80\x02chttp\nHTTPStatus\nq\0K\xc8\x85q\x01Rq\x02.";
/// let status: EnumMember<u16> = pickle::loads(bytes)?;
/// assert_eq!(status.class(), GlobalRef::new("http", "HTTPStatus"));
/// assert_eq!(status.value(), Some(&200));
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum EnumMember<V = Value> {
    /// The member with this value, as every current version of Python pickles it.
    Value {
        /// The enumeration.
        class: GlobalRef,
        /// The value.
        value: V,
    },
    /// The member of this name, or several of them together where they are flags: so some versions
    /// of Python 3.11 pickled them.
    Names {
        /// The enumeration.
        class: GlobalRef,
        /// The names, one at least.
        names: Vec<String>,
    },
    /// A constant of a module that is a member: so Python up to 3.10 pickled `signal.SIGINT`.
    Constant(GlobalRef),
}

const GETATTR: Global = Global::new("builtins", "getattr");
const OR: Global = Global::new("_operator", "or_");

impl<V> EnumMember<V> {
    /// Returns the member of this value.
    pub fn new(class: GlobalRef, value: V) -> Self {
        Self::Value { class, value }
    }

    /// The enumeration; the constant itself where no more is known.
    pub fn class(&self) -> GlobalRef {
        match self {
            Self::Value { class, .. } | Self::Names { class, .. } => class.clone(),
            Self::Constant(constant) => constant.clone(),
        }
    }

    /// The value, if the pickle has it.
    pub fn value(&self) -> Option<&V> {
        match self {
            Self::Value { value, .. } => Some(value),
            _ => None,
        }
    }

    /// The name, if the pickle has it and there is one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Value { .. } => None,
            Self::Names { names, .. } => match names.as_slice() {
                [name] => Some(name),
                _ => None,
            },
            Self::Constant(constant) => constant.qualname().as_str(),
        }
    }

    /// The member that a reference is to, of which the last part is the name.
    fn from_reference(reference: GlobalRef) -> Self {
        let qualname = reference.qualname().as_str();
        match qualname.and_then(|qualname| qualname.rsplit_once('.')) {
            Some((class, name)) => Self::Names {
                class: GlobalRef::new(reference.module().clone(), class),
                names: vec![name.to_owned()],
            },
            None => Self::Constant(reference),
        }
    }
}

/// `cls(value)`
struct ByValue<'a, V>(&'a GlobalRef, &'a V);

impl<V: Pickle> Pickle for ByValue<'_, V> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.reduce(self.0, &(self.1,))?.end()
    }
}

/// `getattr(cls, name)`, several of them joined by `operator.or_`
struct ByName<'a>(&'a GlobalRef, &'a [String]);

impl Pickle for ByName<'_> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match self.1 {
            [] => Err(Error::custom("a member of an enumeration has a name")),
            [name] => encoder.reduce(&GETATTR, &(self.0, name))?.end(),
            [names @ .., name] => {
                let args = (
                    Self(self.0, names),
                    Self(self.0, std::slice::from_ref(name)),
                );
                encoder.reduce(&OR, &args)?.end()
            }
        }
    }
}

impl<V: Pickle> Pickle for EnumMember<V> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match self {
            Self::Value { class, value } => {
                // What Python has once is told from others by its class and value.
                let value_key = crate::dumps(value)?.escape_ascii().to_string();
                let key = format!("{}.{}({value_key})", class.module(), class.qualname());
                encoder.singleton(&key, &ByValue(class, value))
            }
            Self::Names { class, names } => ByName(class, names).pickle(encoder),
            Self::Constant(constant) => constant.pickle(encoder),
        }
    }
}

impl<'de, V: Unpickle<'de>> Unpickle<'de> for EnumMember<V> {
    fn unpickle(mut cursor: Cursor<'_, 'de>) -> Result<Self> {
        if let Ok(reference) = cursor.reborrow().global() {
            return Ok(Self::from_reference(reference));
        }
        if !matches!(cursor.kind(), Kind::Object | Kind::Global) {
            return Err(cursor.mismatch("a member of an enumeration"));
        }
        let mut instance = cursor.any_instance()?;
        let class: GlobalRef = instance.callable()?;
        let member = if class.is("builtins", "getattr") {
            Self::named(&mut instance)?
        } else if class.is("_operator", "or_") || class.is("operator", "or_") {
            Self::joined(&mut instance)?
        } else {
            match instance.arg("value")? {
                Some(value) => Self::Value { class, value },
                None => return Err(instance.lacks("value")),
            }
        };
        instance.end()?;
        Ok(member)
    }
}

impl<'de, V: Unpickle<'de>> EnumMember<V> {
    /// The arguments of `getattr`.
    fn named(instance: &mut InstanceReader<'_, 'de>) -> Result<Self> {
        match (instance.arg("class")?, instance.arg("name")?) {
            (Some(class), Some(name)) => Ok(Self::Names {
                class,
                names: vec![name],
            }),
            _ => Err(instance.lacks("name")),
        }
    }

    /// The arguments of `operator.or_`.
    fn joined(instance: &mut InstanceReader<'_, 'de>) -> Result<Self> {
        match (instance.arg("a")?, instance.arg("b")?) {
            (
                Some(Self::Names { class, mut names }),
                Some(Self::Names {
                    class: other,
                    names: more,
                }),
            ) if class == other => {
                names.extend(more);
                Ok(Self::Names { class, names })
            }
            _ => Err(Error::custom(
                "expected operator.or_ of two members of one enumeration, by their names",
            )),
        }
    }
}

/// As the class and the value or the name: `http.HTTPStatus(200)`, `shop.Color.RED`.
impl<V: fmt::Display> fmt::Display for EnumMember<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |class: &GlobalRef| {
            let qualname = class.qualname().to_string_lossy().into_owned();
            format!("{}.{qualname}", class.module().to_string_lossy())
        };
        match self {
            Self::Value { class, value } => write!(f, "{}({value})", name(class)),
            Self::Names { class, names } => write!(f, "{}.{}", name(class), names.join("|")),
            Self::Constant(constant) => f.write_str(&name(constant)),
        }
    }
}
