//! Which classes implement which traits: what `Box<dyn Trait>` can be loaded as.

use std::any::{Any, TypeId};
use std::fmt;
use std::panic::Location;
use std::rc::{self, Rc};
use std::sync::{self, Arc};

use super::Class;
use crate::error::Result;
use crate::read::Cursor;

/// A trait whose implementations are registered, as the type of its objects: `dyn Shape`.
///
/// `#[pickle::dynamic]` on the trait writes this.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a trait whose implementations pickles can name",
    label = "its trait lacks `#[pickle::dynamic]`",
    note = "write `#[pickle::dynamic]` above the trait, too; in `register!` leave `+ Send` and \
            `+ Sync` away"
)]
pub trait Dynamic {
    /// The type of its objects with all auto traits that the trait demands: `dyn Shape + Send`.
    ///
    /// A box of it is a box of `dyn Shape` too, but not the other way round.
    type Strictest: ?Sized + 'static;
}

/// That a class implements a trait: how its instances become a `Box`, `Rc` or `Arc` of `dyn Trait`.
///
/// `#[pickle::dynamic]` on the `impl` registers one, and so does [`register!`](crate::register) in
/// the form `pickle::register!(Circle as dyn Shape)`. For a registry filled by hand,
/// [`implementation!`](crate::implementation) returns it.
pub struct Implementation {
    class: &'static Class,
    object: fn() -> TypeId,
    object_name: fn() -> &'static str,
    /// `Loaders<D>`, where `object` is the id of `D`.
    loaders: &'static (dyn Any + Sync),
    location: &'static Location<'static>,
}

/// How an instance is read to where a trait object is asked for.
#[doc(hidden)]
pub struct Loaders<D: ?Sized> {
    pub boxed: fn(Cursor<'_, '_>) -> Result<Box<D>>,
    pub rc: fn(Cursor<'_, '_>) -> Result<Rc<D>>,
    pub arc: fn(Cursor<'_, '_>) -> Result<Arc<D>>,
    pub rc_weak: fn(Cursor<'_, '_>) -> Result<rc::Weak<D>>,
    pub arc_weak: fn(Cursor<'_, '_>) -> Result<sync::Weak<D>>,
}

impl Implementation {
    /// What [`implementation!`](crate::implementation) calls.
    #[doc(hidden)]
    #[track_caller]
    pub const fn new<D: ?Sized + 'static>(
        class: &'static Class,
        loaders: &'static Loaders<D>,
    ) -> Self {
        Self {
            class,
            object: TypeId::of::<D>,
            object_name: std::any::type_name::<D>,
            loaders,
            location: Location::caller(),
        }
    }

    /// The class.
    pub const fn class(&self) -> &'static Class {
        self.class
    }

    /// The type of the trait's objects, with the auto traits that the trait demands.
    pub fn object(&self) -> TypeId {
        (self.object)()
    }

    /// The name of the trait, for people: `dyn shop::Shape`.
    pub fn object_name(&self) -> &'static str {
        (self.object_name)()
    }

    /// Where it was registered.
    pub const fn location(&self) -> &'static Location<'static> {
        self.location
    }

    pub(super) fn loaders<D: ?Sized + 'static>(&self) -> Option<&'static Loaders<D>> {
        let loaders: &dyn Any = self.loaders;
        loaders.downcast_ref()
    }
}

impl fmt::Debug for Implementation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (class, object) = (self.class, self.object_name());
        write!(f, "<class '{class}' as {object} at {}>", self.location)
    }
}

/// Returns the [`Implementation`] of a trait by the class of a type, for
/// [`Registry::register_implementation`](crate::Registry::register_implementation).
#[macro_export]
macro_rules! implementation {
    ($type:ty as $object:ty) => {{
        const IMPLEMENTATION: $crate::Implementation = $crate::Implementation::new::<
            <$object as $crate::Dynamic>::Strictest,
        >(
            <$type as $crate::Instance>::CLASS,
            &$crate::__private::Loaders {
                boxed: |cursor| {
                    let value: $crate::__private::Box<$type> = $crate::Unpickle::unpickle(cursor)?;
                    ::core::result::Result::Ok(value)
                },
                rc: |cursor| {
                    let value: $crate::__private::Rc<$type> = $crate::Unpickle::unpickle(cursor)?;
                    ::core::result::Result::Ok(value)
                },
                arc: |cursor| {
                    let value: $crate::__private::Arc<$type> = $crate::Unpickle::unpickle(cursor)?;
                    ::core::result::Result::Ok(value)
                },
                rc_weak: |cursor| {
                    let value: $crate::__private::RcWeak<$type> =
                        $crate::Unpickle::unpickle(cursor)?;
                    ::core::result::Result::Ok(value)
                },
                arc_weak: |cursor| {
                    let value: $crate::__private::ArcWeak<$type> =
                        $crate::Unpickle::unpickle(cursor)?;
                    ::core::result::Result::Ok(value)
                },
            },
        );
        &IMPLEMENTATION
    }};
}
