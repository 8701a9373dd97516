//! Classes that are there unless a program says otherwise.

use super::{Class, Global, Registry};

impl Registry {
    /// Adds classes that stand under their names as long as no other type claims these.
    ///
    /// A library offers its types with this: a user who registers one of their own under the same
    /// name gets that, and there is no conflict. [`names`](Self::names) and
    /// [`classes`](Self::classes) do not list them. The [global](Self::global) registry has
    /// Python's own classes as such; a registry of your own has them once you add them:
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// use pickle::Registry;
    ///
    /// let mut registry = Registry::new();
    /// assert!(registry.find_class("datetime", "date").is_err());
    /// registry.register_defaults(pickle::python::CLASSES);
    /// assert!(registry.find_class("datetime", "date").is_ok());
    /// ```
    pub fn register_defaults(&mut self, classes: &[&'static Class]) -> &mut Self {
        for &class in classes {
            for global in std::iter::once(&class.global()).chain(class.aliases()) {
                let module = self.modules.entry(global.module).or_default();
                module.defaults.entry(global.qualname).or_insert(class);
            }
        }
        self
    }

    /// Every name under which a class stands as long as no other claims it.
    pub(super) fn defaults(&self) -> impl Iterator<Item = (Global, &'static Class)> + '_ {
        self.modules.iter().flat_map(|(module, content)| {
            let defaults = content.defaults.iter();
            defaults.map(|(qualname, class)| (Global::new(module, qualname), *class))
        })
    }

    /// Adds what another registry has as defaults, as such.
    pub(super) fn extend_defaults(&mut self, other: &Self) {
        for (global, class) in other.defaults() {
            let module = self.modules.entry(global.module).or_default();
            module.defaults.entry(global.qualname).or_insert(class);
        }
    }
}
