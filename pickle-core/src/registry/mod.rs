//! What names mean: the classes that pickles may refer to, and the Rust types that stand for them.
//!
//! The registry is also the allowlist: what is not in it cannot be built.

mod class;
mod defaults;
mod function;
mod functions;
mod implementation;
mod member;
mod missing;
mod moved;
pub(crate) mod python2;
mod scope;

use std::any::TypeId;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use hashbrown::HashMap;

pub use class::{Class, Global, Instance};
pub use function::Function;
pub use functions::{Probe, Traits, Unknown, ValueFunctions};
pub use implementation::{Dynamic, Implementation, Loaders};
pub use member::{Constant, Member};
pub(crate) use missing::registration;
pub use scope::Classes;

use crate::error::{Error, ErrorKind, Result};

/// The names that pickles may refer to, and the Rust types behind them.
///
/// The [global](Registry::global) registry holds every class that the program derives or
/// [registers](crate::register). A registry of your own restricts or replaces it for a load:
///
/// ```
/// # use pickle_core as pickle;
/// # struct Point;
/// # impl pickle::Instance for Point {
/// #     const CLASS: &'static pickle::Class = &pickle::Class::new::<Self>("geo", "Point");
/// # }
/// use pickle::Registry;
///
/// let mut registry = Registry::new();
/// registry.register::<Point>();
/// assert!(registry.find_class("geo", "Point").is_ok());
///
/// let error = registry.find_class("geo", "Pint").unwrap_err();
/// assert!(error.message().starts_with("Can't get attribute 'Pint' on <module 'geo' from "));
/// ```
#[derive(Clone, Default)]
pub struct Registry {
    modules: HashMap<&'static str, Module>,
    /// As with names, several classes of one code are a conflict.
    extensions: HashMap<u32, Vec<&'static Class>>,
    /// By the Rust type of the class and the type of the trait's objects.
    implementations: HashMap<(TypeId, TypeId), &'static Implementation>,
    /// Some implementation of each trait, by the type of its objects.
    implemented: HashMap<TypeId, &'static Implementation>,
}

/// What is registered in one Python module.
#[derive(Clone, Default)]
struct Module {
    /// Usually one class a name; several are a conflict, reported when the name is used.
    names: HashMap<&'static str, Vec<&'static Class>>,
    functions: HashMap<&'static str, Vec<&'static Function>>,
    /// What stands under names that nobody claims.
    defaults: HashMap<&'static str, &'static Class>,
}

/// What a name means in a registry.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Found {
    Class(&'static Class),
    Function(&'static Function),
    /// A class that stands here as long as no other claims the name.
    Default(&'static Class),
    /// No class itself, but classes are nested in it.
    Namespace,
    /// Several types claim the name.
    Conflict,
    Nothing,
}

impl Registry {
    /// Returns a registry in which nothing is registered.
    ///
    /// Built-in data (numbers, strings, containers) needs no registration.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the registry of every class in the program, made on first use.
    ///
    /// A crate that only stands in `Cargo.toml` is not linked, so that its classes are missing;
    /// `use that_crate as _;` brings them in.
    pub fn global() -> &'static Self {
        static GLOBAL: OnceLock<Registry> = OnceLock::new();
        GLOBAL.get_or_init(|| {
            let mut registry = Self::new();
            for registration in inventory::iter::<Registration> {
                match registration.0 {
                    Registered::Class(class) => registry.register_class(class),
                    Registered::Function(function) => registry.register_function(function),
                    Registered::Implementation(implementation) => {
                        registry.register_implementation(implementation)
                    }
                    Registered::Defaults(classes) => registry.register_defaults(classes),
                };
            }
            registry
        })
    }

    /// Adds the class of a type, under its name and its aliases.
    pub fn register<T: Instance>(&mut self) -> &mut Self {
        self.register_class(T::CLASS)
    }

    /// Adds a class, under its name and its aliases.
    ///
    /// Another class of the same name is kept beside it; the name then is a conflict, which is
    /// reported when it is used. The same type again changes nothing.
    pub fn register_class(&mut self, class: &'static Class) -> &mut Self {
        for global in std::iter::once(&class.global()).chain(class.aliases()) {
            let module = self.modules.entry(global.module).or_default();
            claim(module.names.entry(global.qualname).or_default(), class);
        }
        if let Some(code) = class.extension() {
            claim(self.extensions.entry(code).or_default(), class);
        }
        self
    }

    /// Adds a class under another name than its own, under which pickles may refer to it too.
    /// Dumping does not use it.
    pub fn register_class_as(&mut self, global: Global, class: &'static Class) -> &mut Self {
        let module = self.modules.entry(global.module).or_default();
        claim(module.names.entry(global.qualname).or_default(), class);
        self
    }

    /// Adds a function that pickles may call.
    ///
    /// Another function or class of the same name is kept beside it, as with classes.
    pub fn register_function(&mut self, function: &'static Function) -> &mut Self {
        self.register_function_as(function.global(), function)
    }

    /// Adds a function under another name than its own, by which pickles may call it too.
    pub fn register_function_as(
        &mut self,
        global: Global,
        function: &'static Function,
    ) -> &mut Self {
        let module = self.modules.entry(global.module).or_default();
        let functions = module.functions.entry(global.qualname).or_default();
        if !functions.iter().any(|other| std::ptr::eq(*other, function)) {
            functions.push(function);
            functions.sort_by_key(|function| function.location().to_string());
        }
        self
    }

    /// Adds a class and that it implements a trait, so that it can be loaded as `Box<dyn Trait>`.
    ///
    /// What `#[pickle::dynamic]` has registered in the global registry holds in every other one as
    /// well: that a class implements a trait is a fact, and no permission to load the class.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// # trait Shape {}
    /// # impl pickle::Dynamic for dyn Shape { type Strictest = dyn Shape; }
    /// # struct Circle;
    /// # impl Shape for Circle {}
    /// # impl pickle::Instance for Circle {
    /// #     const CLASS: &'static pickle::Class = &pickle::Class::new::<Self>("geo", "Circle");
    /// # }
    /// # impl<'de> pickle::Unpickle<'de> for Circle {
    /// #     fn unpickle(_: pickle::Cursor<'_, 'de>) -> pickle::Result<Self> { Ok(Self) }
    /// # }
    /// use pickle::Registry;
    ///
    /// let mut registry = Registry::new();
    /// registry.register_implementation(pickle::implementation!(Circle as dyn Shape));
    /// assert!(registry.find_class("geo", "Circle").is_ok());
    /// ```
    pub fn register_implementation(
        &mut self,
        implementation: &'static Implementation,
    ) -> &mut Self {
        let class = implementation.class();
        let key = (class.rust_type(), implementation.object());
        self.implementations.entry(key).or_insert(implementation);
        let object = implementation.object();
        self.implemented.entry(object).or_insert(implementation);
        self.register_class(class)
    }

    /// How a type is loaded as the object of a trait, if its class implements that.
    #[inline]
    pub(crate) fn implementation<D: ?Sized + 'static>(
        &self,
        class: TypeId,
    ) -> Option<&'static Loaders<D>> {
        let key = (class, TypeId::of::<D>());
        let own = self.implementations.get(&key);
        own.or_else(|| Self::global().implementations.get(&key))?
            .loaders()
    }

    /// How some type is loaded as the object of a trait.
    pub(crate) fn any_implementation<D: ?Sized + 'static>(&self) -> Option<&'static Loaders<D>> {
        let key = TypeId::of::<D>();
        let own = self.implemented.get(&key);
        own.or_else(|| Self::global().implemented.get(&key))?
            .loaders()
    }

    /// Returns every registered implementation of a trait by a class, sorted by class and trait.
    pub fn implementations(&self) -> impl Iterator<Item = &'static Implementation> + '_ {
        let mut all: Vec<_> = self.implementations.values().copied().collect();
        all.sort_by_key(|implementation| {
            (
                implementation.class().global(),
                implementation.object_name(),
            )
        });
        all.into_iter()
    }

    /// Whether no name has an extension code.
    pub(crate) fn has_no_extensions(&self) -> bool {
        self.extensions.is_empty()
    }

    /// The extension code that stands for a name.
    pub(crate) fn extension_of(&self, module: &str, qualname: &str) -> Option<u32> {
        if self.has_no_extensions() {
            return None;
        }
        let class = self.find_class(module, qualname).ok()?;
        class
            .extension()
            .filter(|_| class.module() == module && class.qualname() == qualname)
    }

    /// The name under which a class is written, and the extension code if that stands for it: its
    /// own name if that means the class here, else the first name that does.
    pub(crate) fn written_as(&self, class: &Class) -> Option<(Global, Option<u32>)> {
        let own = class.global();
        if let Found::Class(found) | Found::Default(found) =
            self.find_here(own.module, own.qualname)
            && found == class
        {
            let code = self.extension_of(own.module, own.qualname);
            return Some((own, code));
        }
        let names = self.names().filter(|(_, named)| *named == class);
        let mut alone = names.filter(|(name, _)| {
            matches!(self.find_here(name.module, name.qualname), Found::Class(_))
        });
        alone.next().map(|(name, _)| (name, None))
    }

    /// Whether a function can be called by its own name.
    pub(crate) fn has_function(&self, function: &Function) -> bool {
        let Global { module, qualname } = function.global();
        matches!(self.find_here(module, qualname), Found::Function(found) if found.location() == function.location())
    }

    /// Returns the class of an extension code.
    ///
    /// # Errors
    ///
    /// With Python's text when no class has this code; when several have.
    pub fn find_extension(&self, code: u32) -> Result<&'static Class> {
        match self.extensions.get(&code).map(Vec::as_slice) {
            Some([class]) => Ok(class),
            Some(classes) => Err(conflict(&format!("extension code {code}"), classes)),
            None => {
                let message = format!("unregistered extension code {code}");
                Err(Error::new(ErrorKind::Extension, message))
            }
        }
    }

    /// Returns the class of this name.
    ///
    /// # Errors
    ///
    /// With Python's text when nothing is registered in the module (`ModuleNotFoundError`) or under
    /// the name (`AttributeError`); when two types claim the name.
    pub fn find_class(&self, module: &str, qualname: &str) -> Result<&'static Class> {
        match self.find(module, qualname) {
            Found::Class(class) | Found::Default(class) => Ok(class),
            Found::Function(function) => Err(not_a_class(function)),
            Found::Namespace | Found::Nothing => Err(self.missing(module, qualname)),
            Found::Conflict => Err(self.conflict(module, qualname)),
        }
    }

    /// Returns what this name means; what means nothing may have had another name in another version
    /// of its library.
    #[inline]
    pub(crate) fn find(&self, module: &str, qualname: &str) -> Found {
        match self.find_here(module, qualname) {
            Found::Nothing => self.find_moved(module, qualname),
            found => found,
        }
    }

    #[cold]
    fn find_moved(&self, module: &str, qualname: &str) -> Found {
        moved::names(module, qualname)
            .map(|(module, qualname)| self.find_here(&module, qualname))
            .find(|found| !matches!(found, Found::Nothing | Found::Conflict))
            .unwrap_or(Found::Nothing)
    }

    #[inline]
    fn find_here(&self, module: &str, qualname: &str) -> Found {
        match self.claims(module, qualname) {
            ([class], []) => Found::Class(class),
            ([], [function]) => Found::Function(function),
            ([], []) if let Some(class) = self.default_of(module, qualname) => {
                Found::Default(class)
            }
            ([], []) if self.has_inside(module, qualname) => Found::Namespace,
            ([], []) => Found::Nothing,
            _ => Found::Conflict,
        }
    }

    fn default_of(&self, module: &str, qualname: &str) -> Option<&'static Class> {
        self.modules.get(module)?.defaults.get(qualname).copied()
    }

    /// The classes and the functions that claim a name.
    #[inline]
    fn claims(&self, module: &str, name: &str) -> (&[&'static Class], &[&'static Function]) {
        let Some(module) = self.modules.get(module) else {
            return (&[], &[]);
        };
        let functions = if module.functions.is_empty() {
            None
        } else {
            module.functions.get(name)
        };
        (
            module.names.get(name).map_or(&[], Vec::as_slice),
            functions.map_or(&[], Vec::as_slice),
        )
    }

    /// The error of a name that is not registered: Python's text, then help.
    #[cold]
    pub(crate) fn missing(&self, module: &str, qualname: &str) -> Error {
        missing::error(self, module, qualname, true)
    }

    /// The error of a name with dots in a pickle below protocol 4, where no class has such a name.
    #[cold]
    pub(crate) fn missing_undotted(&self, module: &str, qualname: &str) -> Error {
        missing::error(self, module, qualname, false)
    }

    /// The error of a name that several types claim.
    #[cold]
    pub(crate) fn conflict(&self, module: &str, qualname: &str) -> Error {
        let (classes, functions) = self.claims(module, qualname);
        let error = conflict(&format!("{module}.{qualname}"), classes);
        functions.iter().fold(error, |error, function| {
            error.note(format!("a function at {}", function.location()))
        })
    }

    /// Whether something is registered under a name inside of this one.
    fn has_inside(&self, module: &str, qualname: &str) -> bool {
        self.modules.get(module).is_some_and(|module| {
            module
                .names
                .keys()
                .chain(module.functions.keys())
                .any(|name| {
                    name.strip_prefix(qualname)
                        .is_some_and(|rest| rest.starts_with('.'))
                })
        })
    }

    /// Returns every registered name and the class it means, sorted by module and name.
    pub fn names(&self) -> impl Iterator<Item = (Global, &'static Class)> + '_ {
        let mut names = BTreeMap::new();
        for (module, content) in &self.modules {
            for (qualname, classes) in &content.names {
                for (nth, class) in classes.iter().enumerate() {
                    names.insert((Global::new(module, qualname), nth), *class);
                }
            }
        }
        names
            .into_iter()
            .map(|((global, _), class)| (global, class))
    }

    /// Returns every registered class once, sorted by module and name, aliases left out.
    pub fn classes(&self) -> impl Iterator<Item = &'static Class> + '_ {
        self.names()
            .filter(|(global, class)| *global == class.global())
            .map(|(_, class)| class)
    }

    /// Every name by which pickles may call a function, in no order.
    fn function_names(&self) -> impl Iterator<Item = (Global, &'static Function)> + '_ {
        self.modules.iter().flat_map(|(module, content)| {
            content.functions.iter().flat_map(|(qualname, functions)| {
                let global = Global::new(module, qualname);
                functions.iter().map(move |function| (global, *function))
            })
        })
    }

    /// Returns every registered function once, sorted by module and name, other names left out.
    pub fn functions(&self) -> impl Iterator<Item = &'static Function> + '_ {
        let mut functions: Vec<_> = self
            .function_names()
            .filter(|(global, function)| *global == function.global())
            .map(|(_, function)| function)
            .collect();
        functions.sort_by_key(|function| (function.global(), function.location().to_string()));
        functions.into_iter()
    }

    /// Returns every name that several types or functions claim, with the types' classes, sorted.
    pub fn conflicts(&self) -> impl Iterator<Item = (Global, &[&'static Class])> + '_ {
        let mut conflicts = BTreeMap::new();
        for (module, content) in &self.modules {
            for (qualname, classes) in &content.names {
                let functions = content.functions.get(qualname).map_or(0, Vec::len);
                if classes.len() + functions > 1 {
                    conflicts.insert(Global::new(module, qualname), classes.as_slice());
                }
            }
            for (qualname, functions) in &content.functions {
                if functions.len() > 1 {
                    let name = Global::new(module, qualname);
                    conflicts.entry(name).or_insert(&[][..]);
                }
            }
        }
        conflicts.into_iter()
    }

    /// Whether anything is registered in the module or inside of it.
    fn has_module(&self, module: &str) -> bool {
        self.modules.keys().any(|name| {
            name.strip_prefix(module)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self
            .names()
            .map(|(global, class)| (global.to_string(), class));
        f.debug_map().entries(names).finish()
    }
}

/// Adds a class to those that claim a name or a code.
fn claim(classes: &mut Vec<&'static Class>, class: &'static Class) {
    if !classes
        .iter()
        .any(|other| other.rust_type() == class.rust_type())
    {
        classes.push(class);
        // Registration follows the linker's order, which nothing observable may.
        classes.sort_by_key(|class| (class.type_name(), class.location().to_string()));
    }
}

#[cold]
fn conflict(claimed: &str, classes: &[&'static Class]) -> Error {
    let message = format!("several types are registered as {claimed}");
    let mut error = Error::new(ErrorKind::Conflict, message);
    for class in classes {
        error = error.note(format!("`{}` at {}", class.type_name(), class.location()));
    }
    error.note("rename one of them, or load with a registry of your own")
}

#[cold]
fn not_a_class(function: &Function) -> Error {
    Error::new(
        ErrorKind::Operand,
        format!("{function} is a function, not a class"),
    )
}

/// A class, function or implementation in the global registry: what [`register!`](crate::register) and the derive
/// submit.
pub struct Registration(Registered);

enum Registered {
    Class(&'static Class),
    Function(&'static Function),
    Implementation(&'static Implementation),
    Defaults(&'static [&'static Class]),
}

impl Registration {
    /// Returns the registration of a type's class.
    pub const fn of<T: Instance>() -> Self {
        Self(Registered::Class(T::CLASS))
    }

    /// Returns the registration of a function.
    pub const fn function(function: &'static Function) -> Self {
        Self(Registered::Function(function))
    }

    /// Returns the registration of a class and of a trait that it implements.
    pub const fn implementation(implementation: &'static Implementation) -> Self {
        Self(Registered::Implementation(implementation))
    }

    /// Returns the registration of classes that stand under their names as long as no other type
    /// claims these; see [`Registry::register_defaults`].
    pub const fn defaults(classes: &'static [&'static Class]) -> Self {
        Self(Registered::Defaults(classes))
    }
}

inventory::collect!(Registration);

/// Puts the class of a type, or a function, into the global registry.
///
/// The type implements [`Instance`]; `#[derive(Pickle)]` does both by itself, except for types
/// with type parameters, each use of which is a class of its own.
///
/// ```
/// # use pickle_core as pickle;
/// struct Marker;
///
/// impl pickle::Instance for Marker {
///     const CLASS: &'static pickle::Class = &pickle::Class::new::<Self>("geo", "Marker");
/// }
/// pickle::register!(Marker);
///
/// assert!(pickle::Registry::global().find_class("geo", "Marker").is_ok());
/// ```
///
/// A function is registered with its signature and the name that pickles call it by; see
/// [`Function`] for how its results are read:
///
/// ```
/// # use pickle_core as pickle;
/// fn area(width: u32, height: u32) -> u32 {
///     width * height
/// }
/// pickle::register!(fn area(width: u32, height: u32) -> u32 as "geo.tools", "area");
///
/// let mut functions = pickle::Registry::global().functions();
/// assert!(functions.any(|function| function.to_string() == "geo.tools.area"));
/// ```
#[macro_export]
macro_rules! register {
    (fn $function:ident($($argument:ident: $type:ty),* $(,)?) -> $result:ty
        as $module:literal, $name:literal) => {
        $crate::__private::inventory::submit! {
            $crate::__private::Registration::function(
                &$crate::__private::Function::new::<$result>($module, $name, |cursor| {
                    let ($($argument,)*): ($($type,)*) =
                        $crate::__private::Unpickle::unpickle(cursor)?;
                    let result: $result = $function($($argument),*);
                    ::core::result::Result::Ok($crate::__private::boxed(result))
                })
            )
        }
    };
    ($type:ty as $object:ty) => {
        $crate::__private::inventory::submit! {
            $crate::__private::Registration::implementation(
                $crate::implementation!($type as $object)
            )
        }
    };
    ($type:ty) => {
        $crate::__private::inventory::submit! { $crate::__private::Registration::of::<$type>() }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! classes {
        ($($type:ident = $module:literal . $name:literal $(, alias $amodule:literal . $aname:literal)*;)*) => {
            $(struct $type;
            impl Instance for $type {
                const CLASS: &'static Class = &Class::new::<Self>($module, $name)
                    .with_aliases(&[$(Global::new($amodule, $aname)),*]);
            })*
        };
    }

    classes! {
        Order = "shop.models"."Order", alias "shop.old"."Order", alias "shop"."Shop.Order";
        OtherOrder = "shop.models"."Order";
        Line = "shop.models"."Order.Line";
    }

    #[test]
    fn names_and_aliases_find_the_class() {
        let mut registry = Registry::new();
        registry.register::<Order>().register::<Order>();
        for (module, name) in [
            ("shop.models", "Order"),
            ("shop.old", "Order"),
            ("shop", "Shop.Order"),
        ] {
            assert!(registry.find_class(module, name).unwrap().is::<Order>());
        }
        assert_eq!(registry.names().count(), 3);
        assert_eq!(registry.classes().count(), 1);
    }

    #[test]
    fn two_types_on_one_name_are_reported_when_it_is_used() {
        let mut registry = Registry::new();
        registry
            .register::<OtherOrder>()
            .register::<Order>()
            .register::<Line>();
        assert!(registry.find_class("shop.old", "Order").is_ok());
        let error = registry.find_class("shop.models", "Order").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        let notes: Vec<_> = error.notes().collect();
        assert!(notes[0].contains("::Order` at ") && notes[1].contains("::OtherOrder` at "));
        assert!(notes[0].contains(file!()));
        assert_eq!(registry.conflicts().count(), 1);
    }

    #[test]
    fn a_class_may_only_be_there_for_what_is_nested_in_it() {
        let mut registry = Registry::new();
        registry.register::<Line>();
        assert!(matches!(
            registry.find("shop.models", "Order"),
            Found::Namespace
        ));
        assert!(registry.find_class("shop.models", "Order").is_err());
        assert!(registry.find_class("shop.models", "Order.Line").is_ok());
    }

    #[test]
    fn what_is_missing_is_said_in_pythons_words() {
        let mut registry = Registry::new();
        registry.register::<Line>();
        let module = registry.find_class("sho", "Order").unwrap_err();
        assert_eq!(module.message(), "No module named 'sho'");
        assert_eq!(module.python_type(), "ModuleNotFoundError");
        let name = registry.find_class("shop.models", "Ordr").unwrap_err();
        let text = name.message();
        assert!(text.starts_with("Can't get attribute 'Ordr' on <module 'shop.models' from '"));
        assert_eq!(name.python_type(), "AttributeError");
        let main = registry.find_class("__main__", "C").unwrap_err();
        let program = std::env::args().next().unwrap();
        let text = format!("Can't get attribute 'C' on <module '__main__' from '{program}'>");
        assert_eq!(main.message(), text);
    }
}
