//! What a Rust type is called in pickles.

use std::any::TypeId;
use std::fmt;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::panic::Location;

use super::functions::{ObjectFunctions, Probe, Traits};
use super::{Member, moved};
use crate::read::Unpickle;
use crate::value::Repr;
use crate::write::Pickle;

/// The name by which pickles refer to a class or function: a module and a qualified name.
///
/// They are two fields, because joined by a dot they can no longer be told apart: `a.B.C` may be
/// class `C` of module `a.B`, or class `C` inside class `B` of module `a`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Global {
    /// The dotted import path, `shop.models`.
    pub module: &'static str,
    /// The name inside the module, dotted for nested classes: `Order.Line`.
    pub qualname: &'static str,
}

impl Global {
    /// Returns the global of this name.
    pub const fn new(module: &'static str, qualname: &'static str) -> Self {
        Self { module, qualname }
    }
}

impl fmt::Display for Global {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.module, self.qualname)
    }
}

/// A type whose values are instances of a Python class.
///
/// `#[derive(Pickle)]` writes this. By hand it is one line, and [`register!`](crate::register)
/// puts the class into the global registry:
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::{Class, Instance};
///
/// struct Point {
///     x: i64,
///     y: i64,
/// }
///
/// impl Instance for Point {
///     const CLASS: &'static Class = &Class::new::<Self>("geo", "Point").with_attributes(&["x", "y"]);
/// }
/// assert_eq!(Point::CLASS.to_string(), "geo.Point");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an instance of any Python class",
    note = "for your own types consider `#[derive(pickle::Pickle)]`",
    note = "an enum whose variants are plain data, such as numbers and strings, says so: \
            `#[pickle(untagged)]`"
)]
pub trait Instance {
    /// The class, with the names and functions that the registry needs.
    const CLASS: &'static Class;
}

macro_rules! pointers {
    ($($pointer:ty),*) => {$(
        /// What it points to.
        impl<T: Instance> Instance for $pointer {
            const CLASS: &'static Class = T::CLASS;
        }
    )*};
}
pointers! { Box<T>, std::rc::Rc<T>, std::sync::Arc<T> }

/// A Python class as a Rust type stands for it: names, aliases, attributes, place of declaration.
pub struct Class {
    global: Global,
    aliases: &'static [Global],
    attributes: &'static [&'static str],
    attribute_aliases: &'static [&'static str],
    members: &'static [Member],
    extension: Option<NonZeroU32>,
    // Functions, for `TypeId::of` and `type_name` of a type with parameters are no constants.
    type_id: fn() -> TypeId,
    type_name: fn() -> &'static str,
    location: &'static Location<'static>,
    pub(crate) object: Option<ObjectFunctions>,
    pub(crate) traits: Traits,
}

impl Class {
    /// Returns the class of `T` under its Python module and qualified name.
    ///
    /// The place of the call counts as the place of declaration.
    #[track_caller]
    pub const fn new<T: ?Sized>(module: &'static str, qualname: &'static str) -> Self {
        Self {
            global: Global::new(module, qualname),
            aliases: &[],
            attributes: &[],
            attribute_aliases: &[],
            members: &[],
            extension: None,
            type_id: typeid::of::<T>,
            type_name: std::any::type_name::<T>,
            location: Location::caller(),
            object: None,
            traits: Traits::NONE,
        }
    }

    /// Adds other names under which pickles may refer to this class. Dumping uses none of them.
    pub const fn with_aliases(self, aliases: &'static [Global]) -> Self {
        Self { aliases, ..self }
    }

    /// Names the attributes of the instances, in the order in which they are dumped.
    pub const fn with_attributes(self, attributes: &'static [&'static str]) -> Self {
        Self { attributes, ..self }
    }

    /// Adds other names under which pickles may have the attributes. Dumping uses none of them.
    ///
    /// Which name is whose, the one who reads the instance knows: by their indexes, which count on
    /// from those of [`attributes`](Self::attributes).
    pub const fn with_attribute_aliases(self, attribute_aliases: &'static [&'static str]) -> Self {
        Self {
            attribute_aliases,
            ..self
        }
    }

    /// Names the members of an enumeration, for [`Cursor::member`](crate::Cursor::member) and
    /// [`Encoder::member`](crate::Encoder::member). They are to be a `static`, whose places in
    /// memory are what distinguishes the members while they are written.
    pub const fn with_members(self, members: &'static [Member]) -> Self {
        Self { members, ..self }
    }

    /// Gives the class an extension code, which stands for its name from protocol 2 on.
    ///
    /// Codes are agreed upon by those who exchange pickles: Python's `copyreg.add_extension`
    /// (PEP 307). `code` is from 1 to 2³¹ − 1.
    ///
    /// # Panics
    ///
    /// At compile time where the class is a constant: when the code is out of range.
    pub const fn with_extension(self, code: u32) -> Self {
        assert!(code > 0 && code <= i32::MAX as u32, "code out of range");
        Self {
            extension: NonZeroU32::new(code),
            ..self
        }
    }

    /// Lets values of this class be loaded as [`Object`](crate::Object), whose type is found by
    /// the name in the pickle. Types that borrow from the input cannot.
    pub const fn with_object<T>(self) -> Self
    where
        T: Pickle + for<'de> Unpickle<'de> + 'static,
    {
        Self {
            object: Some(ObjectFunctions::of::<T>()),
            ..self
        }
    }

    /// Lets values of this class be part of a [`Value`](crate::Value), as
    /// [`value::Object`](crate::value::Object). Without it their data is, as
    /// [`Opaque`](crate::value::Opaque).
    pub const fn with_value<T>(self) -> Self
    where
        T: Pickle + for<'de> Unpickle<'de> + Send + Sync + 'static,
    {
        self.with_traits(Traits {
            value: Probe::<T>::VALUE,
            ..Traits::NONE
        })
    }

    /// Compares values of this class in a [`Value`](crate::Value) by `==`, rather than by identity.
    pub const fn with_equality<T: PartialEq + 'static>(self) -> Self {
        self.with_traits(Traits {
            equal: Probe::<T>::EQUAL,
            ..Traits::NONE
        })
    }

    /// Lets values of this class in a [`Value`](crate::Value) be keys by what they are equal to,
    /// rather than by identity.
    pub const fn with_hash<T: Eq + Hash + 'static>(self) -> Self {
        self.with_traits(Traits {
            equal: Probe::<T>::EQUAL,
            hash: Probe::<T>::HASH,
            ..Traits::NONE
        })
    }

    /// Shows values of this class in a [`Value`](crate::Value) by their own `repr`, rather than as
    /// `<shop.Order object>`.
    pub const fn with_repr<T: Repr + 'static>(self) -> Self {
        self.with_traits(Traits {
            repr: Probe::<T>::REPR,
            ..Traits::NONE
        })
    }

    /// What a [`Probe`] has found out about the type.
    #[doc(hidden)]
    pub const fn with_traits(self, traits: Traits) -> Self {
        Self {
            traits: traits.or(self.traits),
            ..self
        }
    }

    /// The name under which instances are dumped.
    pub const fn global(&self) -> Global {
        self.global
    }

    /// The module's dotted path.
    pub const fn module(&self) -> &'static str {
        self.global.module
    }

    /// The qualified name inside the module.
    pub const fn qualname(&self) -> &'static str {
        self.global.qualname
    }

    /// The class's own name: the last part of the qualified name, as Python's `__name__`.
    pub fn name(&self) -> &'static str {
        self.qualname()
            .rsplit('.')
            .next()
            .unwrap_or(self.qualname())
    }

    /// Other names that load as this class.
    pub const fn aliases(&self) -> &'static [Global] {
        self.aliases
    }

    /// Whether pickles may refer to the class by this name: its own, an alias, or one that it had in
    /// another version of its library.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// struct Array;
    /// let class = pickle::Class::new::<Array>("numpy._core.multiarray", "_reconstruct");
    /// assert!(class.is_called("numpy.core.multiarray", "_reconstruct"));
    /// assert!(!class.is_called("numpy", "_reconstruct"));
    /// ```
    pub fn is_called(&self, module: &str, qualname: &str) -> bool {
        let is = |module: &str, qualname: &str| {
            let mut names = std::iter::once(&self.global).chain(self.aliases);
            names.any(|name| name.qualname == qualname && name.module == module)
        };
        is(module, qualname)
            || moved::names(module, qualname).any(|(module, name)| is(&module, name))
    }

    /// The attributes' names, in the order in which they are dumped.
    pub const fn attributes(&self) -> &'static [&'static str] {
        self.attributes
    }

    /// The members, if the class is an enumeration.
    pub const fn members(&self) -> &'static [Member] {
        self.members
    }

    /// Other names of the attributes.
    pub const fn attribute_aliases(&self) -> &'static [&'static str] {
        self.attribute_aliases
    }

    /// The extension code that stands for the class's name, if it has one.
    pub const fn extension(&self) -> Option<u32> {
        match self.extension {
            Some(code) => Some(code.get()),
            None => None,
        }
    }

    /// The Rust type, lifetimes aside. (Not `type_id`, which every type has from `Any`.)
    pub fn rust_type(&self) -> TypeId {
        (self.type_id)()
    }

    /// The Rust type's name, for people.
    pub fn type_name(&self) -> &'static str {
        (self.type_name)()
    }

    /// Where the class was declared: `src/models.rs`, line 12.
    pub const fn location(&self) -> &'static Location<'static> {
        self.location
    }

    /// Whether this is the class of `T`, lifetimes aside.
    pub fn is<T: ?Sized>(&self) -> bool {
        self.rust_type() == typeid::of::<T>()
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.global.fmt(f)
    }
}

impl fmt::Debug for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "<class '{}' as {} at {}>",
            self.global,
            self.type_name(),
            self.location
        )
    }
}

/// Two classes are the same when they are the same Rust type under the same name.
impl PartialEq for Class {
    fn eq(&self, other: &Self) -> bool {
        self.global == other.global && self.rust_type() == other.rust_type()
    }
}

impl Eq for Class {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_last_part() {
        let class = Class::new::<u8>("m", "Outer.Inner");
        assert_eq!(class.name(), "Inner");
        assert!(class.is::<u8>());
        assert!(!class.is::<i8>());
    }

    #[test]
    fn lifetimes_do_not_make_another_type() {
        let class = Class::new::<&'static str>("m", "S");
        fn check<'a>(class: &Class, _: &'a str) -> bool {
            class.is::<&'a str>()
        }
        let local = String::from("x");
        assert!(check(&class, &local));
    }
}
