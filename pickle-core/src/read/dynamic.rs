//! Instances of whichever class implements a trait.

use std::any::TypeId;
use std::rc::{self, Rc};
use std::sync::{self, Arc};

use super::Cursor;
use crate::error::{Error, Result};
use crate::registry::Loaders;

impl<'de> Cursor<'_, 'de> {
    /// Reads an instance of whichever registered class the pickle names, if the class implements
    /// the trait that `D` is the object type of: `dyn Shape`.
    ///
    /// # Errors
    ///
    /// When the value is no instance of a registered class, or of one that is not registered as an
    /// [`Implementation`](crate::Implementation) of the trait; those of reading it.
    pub fn dynamic<D: ?Sized + 'static>(mut self) -> Result<Box<D>> {
        match self.made()? {
            Some(value) => Ok(value),
            None => (self.loaders::<D>()?.boxed)(self),
        }
    }

    /// As [`dynamic`](Self::dynamic), for a value that several places of the pickle may hold.
    ///
    /// # Errors
    ///
    /// As [`dynamic`](Self::dynamic).
    pub fn dynamic_rc<D: ?Sized + 'static>(mut self) -> Result<Rc<D>> {
        match self.makes::<Box<D>>() {
            true => self.shared(|cursor| cursor.dynamic().map(Rc::from)),
            false => (self.loaders::<D>()?.rc)(self),
        }
    }

    /// As [`dynamic`](Self::dynamic), for a value that several places of the pickle may hold.
    ///
    /// # Errors
    ///
    /// As [`dynamic`](Self::dynamic).
    pub fn dynamic_arc<D: ?Sized + 'static>(mut self) -> Result<Arc<D>> {
        match self.makes::<Box<D>>() {
            true => self.shared(|cursor| cursor.dynamic().map(Arc::from)),
            false => (self.loaders::<D>()?.arc)(self),
        }
    }

    /// As [`dynamic`](Self::dynamic), for a value that an `Rc` owns elsewhere in the pickle.
    ///
    /// # Errors
    ///
    /// As [`dynamic`](Self::dynamic), and those of [`rc_weak`](Self::rc_weak).
    pub fn dynamic_rc_weak<D: ?Sized + 'static>(mut self) -> Result<rc::Weak<D>> {
        (self.weak_loaders::<D>()?.rc_weak)(self)
    }

    /// As [`dynamic`](Self::dynamic), for a value that an `Arc` owns elsewhere in the pickle.
    ///
    /// # Errors
    ///
    /// As [`dynamic`](Self::dynamic), and those of [`arc_weak`](Self::arc_weak).
    pub fn dynamic_arc_weak<D: ?Sized + 'static>(mut self) -> Result<sync::Weak<D>> {
        (self.weak_loaders::<D>()?.arc_weak)(self)
    }

    /// What a registered function makes that the pickle calls, if it makes a `T`.
    fn made<T: 'static>(&mut self) -> Result<Option<T>> {
        match self.makes::<T>() {
            true => self.call(),
            false => Ok(None),
        }
    }

    /// Whether the value is the result of a registered function, and a `T`.
    fn makes<T: 'static>(&self) -> bool {
        self.result_type() == Some(TypeId::of::<T>())
    }

    /// How what is here becomes a `D`.
    fn loaders<D: ?Sized + 'static>(&mut self) -> Result<&'static Loaders<D>> {
        let class = self.class();
        let Some(type_id) = self.result_type().or(class.map(|class| class.rust_type())) else {
            let expected = format!("an instance of a class that implements `{}`", name::<D>());
            return Err(self.mismatch(&expected));
        };
        match self.registry().implementation(type_id) {
            Some(loaders) => Ok(loaders),
            None => Err(self.no_implementation(name::<D>())),
        }
    }

    /// As [`loaders`](Self::loaders), and for `None` those of any class: a reference to nothing has
    /// to be made of one to some type.
    fn weak_loaders<D: ?Sized + 'static>(&mut self) -> Result<&'static Loaders<D>> {
        match self.is_none() {
            true => match self.registry().any_implementation() {
                Some(loaders) => Ok(loaders),
                None => Err(self.no_implementation(name::<D>())),
            },
            false => self.loaders(),
        }
    }

    #[cold]
    fn no_implementation(&self, object: &str) -> Error {
        let error = self.mismatch(&format!(
            "an instance of a class that implements `{object}`"
        ));
        let Some(class) = self.class() else {
            return error;
        };
        error.note(format!(
            "`{}` at {} is registered as {class}, but not as a `{object}`: write \
             `#[pickle::dynamic]` above the impl of the trait, or \
             `pickle::register!({} as {object});`",
            class.type_name(),
            class.location(),
            class.type_name(),
        ))
    }
}

/// The name of a trait object's type, for people.
fn name<D: ?Sized>() -> &'static str {
    std::any::type_name::<D>()
}
