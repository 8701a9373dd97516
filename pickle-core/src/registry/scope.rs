//! Registries of a few types, and of more than the global one has.

use super::{Class, Global, Instance, Registry};
use crate::error::{Error, ErrorKind, Result};

/// Types that are registered together: one, or a tuple of up to twelve.
pub trait Classes {
    /// Their classes.
    fn classes() -> impl Iterator<Item = &'static Class>;
}

macro_rules! tuples {
    ($($($item:ident)*;)*) => {$(
        impl<$($item: Instance),*> Classes for ($($item,)*) {
            fn classes() -> impl Iterator<Item = &'static Class> {
                [$($item::CLASS),*].into_iter()
            }
        }
    )*};
}
tuples! {
    A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H;
    A B C D E F G H I; A B C D E F G H I J; A B C D E F G H I J K; A B C D E F G H I J K L;
}

impl Registry {
    /// Returns a registry of these types and nothing else, for a load that may build no others.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// # struct Point;
    /// # impl pickle::Instance for Point {
    /// #     const CLASS: &'static pickle::Class = &pickle::Class::new::<Self>("geo", "Point");
    /// # }
    /// # struct Line;
    /// # impl pickle::Instance for Line {
    /// #     const CLASS: &'static pickle::Class = &pickle::Class::new::<Self>("geo", "Line");
    /// # }
    /// use pickle::Registry;
    ///
    /// let registry = Registry::only::<(Point, Line)>();
    /// assert_eq!(registry.classes().count(), 2);
    /// ```
    pub fn only<T: Classes>() -> Self {
        let mut registry = Self::new();
        for class in T::classes() {
            registry.register_class(class);
        }
        registry
    }

    /// Adds all that another registry has.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// use pickle::Registry;
    ///
    /// let mut registry = Registry::new();
    /// registry.extend(Registry::global());
    /// ```
    pub fn extend(&mut self, other: &Self) -> &mut Self {
        for (global, class) in other.names() {
            self.register_class_as(global, class);
        }
        for class in other.classes() {
            self.register_class(class);
        }
        for (global, function) in other.function_names() {
            self.register_function_as(global, function);
        }
        for implementation in other.implementations() {
            self.register_implementation(implementation);
        }
        self.extend_defaults(other);
        self
    }

    /// Lets pickles refer to everything in a module under the name of another one too: what a
    /// script has pickled as `__main__`, say. What is registered later is not included.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// # struct Order;
    /// # impl pickle::Instance for Order {
    /// #     const CLASS: &'static pickle::Class = &pickle::Class::new::<Self>("shop", "Order");
    /// # }
    /// use pickle::Registry;
    ///
    /// let mut registry = Registry::only::<(Order,)>();
    /// registry.alias_module("__main__", "shop");
    /// assert_eq!(registry.find_class("__main__", "Order")?, registry.find_class("shop", "Order")?);
    /// # Ok::<(), pickle::Error>(())
    /// ```
    pub fn alias_module(&mut self, alias: &'static str, module: &str) -> &mut Self {
        let names: Vec<_> = self
            .names()
            .filter(|(global, _)| global.module == module)
            .collect();
        for (global, class) in names {
            self.register_class_as(Global::new(alias, global.qualname), class);
        }
        let functions: Vec<_> = self
            .function_names()
            .filter(|(global, _)| global.module == module)
            .collect();
        for (global, function) in functions {
            self.register_function_as(Global::new(alias, global.qualname), function);
        }
        self
    }

    /// Checks that pickles find a type under its name.
    ///
    /// # Errors
    ///
    /// When it is not registered, or another type claims its name.
    pub fn expect<T: Classes>(&self) -> Result<()> {
        for class in T::classes() {
            let found = self.find_class(class.module(), class.qualname())?;
            if found != class {
                let message = format!(
                    "{class} is registered as `{}`, not as `{}`",
                    found.type_name(),
                    class.type_name()
                );
                return Err(Error::new(ErrorKind::Conflict, message));
            }
        }
        Ok(())
    }
}

/// Checks, where a program starts, that the global registry has these types, which it lacks if the
/// crate that registers them is not linked.
///
/// ```
/// # use pickle_core as pickle;
/// # struct Unit;
/// # impl pickle::Instance for Unit {
/// #     const CLASS: &'static pickle::Class = &pickle::Class::new::<Self>("geo", "Unit");
/// # }
/// # pickle::register!(Unit);
/// pickle::expect_registered!(Unit);
/// ```
///
/// # Panics
///
/// When one is missing, with the error that a load would give.
#[macro_export]
macro_rules! expect_registered {
    ($($type:ty),+ $(,)?) => {$(
        if let ::core::result::Result::Err(error) =
            $crate::Registry::global().expect::<($type,)>()
        {
            ::core::panic!("{error}");
        }
    )+};
}
