//! An instance of a registered class, as a value.

use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::{Element, Value, repr};
use crate::error::{Error, ErrorKind, Result};
use crate::read::{Cursor, Unpickle};
use crate::registry::{Class, Instance, Probe, Registry, ValueFunctions};
use crate::write::{Encoder, Pickle, Pickler};
use crate::{Protocol, Unpickler};

/// An instance of a registered class inside a [`Value`]: the Rust value itself. A clone is the same
/// object until one of the two is changed.
///
/// Types that are `Send` and `Sync` and borrow nothing can be part of a value; the derive finds
/// that out, and classes written by hand say
/// [`Class::with_value`](crate::Class::with_value). Instances of other registered classes are kept as
/// [`Opaque`](super::Opaque) data, as those of unknown ones are.
///
/// What is equal, which instances are one key, and what `repr` shows, the Rust type says: two are
/// equal if it is `PartialEq` and says so, one key if it is `Eq` and `Hash`, and it is shown by its
/// [`Repr`](super::Repr). For types without these, an object is equal to itself, and shown as Python
/// shows it: `<shop.Order object>`.
///
/// ```
/// # use pickle_core as pickle;
/// # #[derive(Clone, Debug, PartialEq)]
/// # struct Site { x: i64 }
/// # impl pickle::Instance for Site {
/// #     const CLASS: &'static pickle::Class = &pickle::Class::new::<Self>("geo", "Site")
/// #         .with_attributes(&["x"]).with_value::<Self>().with_equality::<Self>();
/// # }
/// # impl pickle::Pickle for Site {
/// #     fn pickle(&self, encoder: &mut pickle::Encoder<'_>) -> pickle::Result<()> {
/// #         use pickle::Instance;
/// #         let mut object = encoder.object(Self::CLASS, 1)?;
/// #         object.attribute(0, &self.x)?;
/// #         object.end()
/// #     }
/// # }
/// # impl<'de> pickle::Unpickle<'de> for Site {
/// #     fn unpickle(cursor: pickle::Cursor<'_, 'de>) -> pickle::Result<Self> {
/// #         use pickle::Instance;
/// #         let mut attributes = cursor.object(Self::CLASS)?;
/// #         let mut x = None;
/// #         while let Some(index) = attributes.next()? {
/// #             if index == 0 { x = Some(attributes.value()?) }
/// #         }
/// #         Ok(Self { x: x.ok_or_else(|| attributes.missing(0))? })
/// #     }
/// # }
/// # pickle::register!(Site);
/// // #[derive(Pickle, Clone, Debug, PartialEq)] struct Site { x: i64 }
/// let mut value = pickle::value!([Site { x: 1 }, "home"]);
/// assert_eq!(value.to_string(), "[<geo.Site object>, 'home']");
///
/// value = pickle::loads(&pickle::dumps(&value)?)?;
/// assert_eq!(value[0].downcast_ref::<Site>().map(|site| site.x), Some(1));
/// assert_eq!(value, pickle::value!([Site { x: 1 }, "home"]));
///
/// if let Some(site) = value.get_mut(0).and_then(|site| site.downcast_mut::<Site>()) {
///     site.x = 2;
/// }
/// assert_eq!(value[0].downcast_ref::<Site>(), Some(&Site { x: 2 }));
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone)]
pub struct Object(Arc<Typed>);

struct Typed {
    class: &'static Class,
    dump: fn(&dyn Any, &mut Encoder<'_>) -> Result<()>,
    value: Box<dyn Any + Send + Sync>,
}

impl Object {
    /// Returns the object of a value.
    pub fn new<T>(value: T) -> Self
    where
        T: Instance + Pickle + for<'de> Unpickle<'de> + Send + Sync + 'static,
    {
        let dump = match Probe::<T>::VALUE {
            Some(ValueFunctions { dump, .. }) => dump,
            None => |_: &dyn Any, _: &mut Encoder<'_>| Err(Error::custom("no value")),
        };
        Self::with(T::CLASS, dump, Box::new(value))
    }

    fn with(
        class: &'static Class,
        dump: fn(&dyn Any, &mut Encoder<'_>) -> Result<()>,
        value: Box<dyn Any + Send + Sync>,
    ) -> Self {
        Self(Arc::new(Typed { class, dump, value }))
    }

    /// Reads an instance of a class whose values can be objects.
    pub(super) fn load(
        class: &'static Class,
        functions: &ValueFunctions,
        cursor: Cursor<'_, '_>,
    ) -> Result<Self> {
        let value = (functions.load)(cursor)?;
        Ok(Self::with(class, functions.dump, value))
    }

    /// The class that the object is an instance of.
    pub fn class(&self) -> &'static Class {
        self.0.class
    }

    /// Whether the value is a `T`.
    pub fn is<T: 'static>(&self) -> bool {
        self.0.value.is::<T>()
    }

    /// Returns a reference to the value if it is a `T`.
    pub fn downcast_ref<T: 'static>(&self) -> Option<&T> {
        self.0.value.downcast_ref()
    }

    /// Returns a mutable reference to the value if it is a `T`. The value is cloned first if the
    /// object is shared.
    pub fn downcast_mut<T: Clone + Send + Sync + 'static>(&mut self) -> Option<&mut T> {
        if Arc::get_mut(&mut self.0).is_none() {
            let Typed { class, dump, .. } = *self.0;
            let value = self.downcast_ref::<T>()?.clone();
            *self = Self::with(class, dump, Box::new(value));
        }
        Arc::get_mut(&mut self.0)?.value.downcast_mut()
    }

    /// Returns the value.
    ///
    /// # Errors
    ///
    /// The object, when it is of another type, or when it is shared:
    /// [`downcast_cloned`](Self::downcast_cloned) then clones the value.
    pub fn downcast<T: 'static>(self) -> Result<T, Self> {
        if !self.is::<T>() {
            return Err(self);
        }
        let Typed { class, dump, value } = Arc::try_unwrap(self.0).map_err(Self)?;
        match value.downcast() {
            Ok(value) => Ok(*value),
            Err(value) => Err(Self::with(class, dump, value)),
        }
    }

    /// Returns the value, cloned if the object is shared.
    ///
    /// # Errors
    ///
    /// The object, when it is of another type.
    pub fn downcast_cloned<T: Clone + 'static>(self) -> Result<T, Self> {
        self.downcast()
            .or_else(|object: Self| object.downcast_ref().cloned().ok_or(object))
    }

    /// Returns the object as data: what its pickle says, an [`Opaque`](super::Opaque).
    ///
    /// # Errors
    ///
    /// Those of dumping the value.
    pub fn to_data(&self) -> Result<Value> {
        let mut bytes = Vec::new();
        Pickler::new(&mut bytes)
            .with_protocol(Protocol::V5)
            .dump(self)?;
        Unpickler::from_slice(&bytes)
            .with_opaque(true)
            .with_registry(Registry::new())
            .load()
    }

    /// Whether both are one object, Python's `is`.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// What tells this object from others while it lives.
    pub fn address(&self) -> *const () {
        Arc::as_ptr(&self.0).cast()
    }

    pub(super) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    /// Writes the hash by which it is a key; `false` if it is one by identity.
    pub(super) fn hash(&self, state: &mut dyn Hasher) -> bool {
        match self.0.class.traits.hash {
            Some(hash) => {
                self.0.class.rust_type().hash(&mut { &mut *state });
                hash(&*self.0.value, state);
                true
            }
            None => false,
        }
    }

    /// Whether both are one key.
    pub(super) fn is_key(&self, other: &Self) -> bool {
        self.ptr_eq(other) || self.0.class.traits.hash.is_some() && self == other
    }

    /// Writes the type's own `repr`; `None` if it has none.
    pub(super) fn repr(&self, f: &mut fmt::Formatter<'_>) -> Option<fmt::Result> {
        Some(self.0.class.traits.repr?(&*self.0.value, f))
    }
}

impl Pickle for Object {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match self.is_shared() {
            true => encoder.shared(self.address(), &Content(self)),
            false => encoder.sole(self.address(), &Content(self)),
        }
    }
}

/// An object of whose identity has been taken care.
pub(super) struct Content<'a>(pub(super) &'a Object);

impl Pickle for Content<'_> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let Typed { dump, value, .. } = &*self.0.0;
        dump(&**value, encoder)
    }
}

impl PartialEq for Object {
    /// One object, or values that the Rust type says are equal.
    fn eq(&self, other: &Self) -> bool {
        let equal = |equal: fn(&dyn Any, &dyn Any) -> bool| equal(&*self.0.value, &*other.0.value);
        self.ptr_eq(other) || self.0.class.traits.equal.is_some_and(equal)
    }
}

/// The `repr` of the Rust type, or `<shop.Order object>`.
impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        repr::show(&Value::Object(self.clone()), f)
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<T> From<T> for Value
where
    T: Instance + Pickle + for<'de> Unpickle<'de> + Send + Sync + 'static,
{
    fn from(value: T) -> Self {
        Self::Object(Object::new(value))
    }
}

impl<T> Element for T where T: Instance + Pickle + for<'de> Unpickle<'de> + Send + Sync + 'static {}

impl Value {
    /// Returns a reference to the Rust value of a registered class, if this is a `T`.
    pub fn downcast_ref<T: 'static>(&self) -> Option<&T> {
        self.as_object()?.downcast_ref()
    }

    /// Returns a mutable reference to the Rust value of a registered class, if this is a `T`. It is
    /// cloned first if the object is shared.
    pub fn downcast_mut<T: Clone + Send + Sync + 'static>(&mut self) -> Option<&mut T> {
        match self {
            Self::Object(object) => object.downcast_mut(),
            _ => None,
        }
    }

    /// Returns the Rust value of a registered class.
    ///
    /// # Errors
    ///
    /// When this is no `T`, and when other values share the object:
    /// [`downcast_cloned`](Self::downcast_cloned) then clones it.
    pub fn downcast<T: 'static>(self) -> Result<T> {
        self.take(|object| object.downcast())
    }

    /// Returns the Rust value of a registered class, cloned if other values share the object.
    ///
    /// # Errors
    ///
    /// When this is no `T`.
    pub fn downcast_cloned<T: Clone + 'static>(self) -> Result<T> {
        self.take(|object| object.downcast_cloned())
    }

    fn take<T: 'static>(self, take: impl FnOnce(Object) -> Result<T, Object>) -> Result<T> {
        let expected = std::any::type_name::<T>();
        let Self::Object(object) = self else {
            let message = format!("expected `{expected}`, found {}", self.type_name());
            return Err(Error::new(ErrorKind::Mismatch, message));
        };
        take(object).map_err(|object| {
            let class = object.class();
            let message = match object.is::<T>() {
                true => format!("the `{expected}` is shared with other values"),
                false => format!(
                    "expected `{expected}`, found `{}` ({class})",
                    class.type_name()
                ),
            };
            Error::new(ErrorKind::Mismatch, message)
        })
    }
}
