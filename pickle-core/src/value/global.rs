//! A reference to a class or function, as a value.

use std::fmt;
use std::sync::Arc;

use super::hash::{self, Cache};
use super::{Text, repr};

/// A class or function that the data refers to by module and qualified name. A clone is the same
/// object.
///
/// The pickle does not say which of the two it is, nor does this library look. The `repr` is
/// Python's for what is known, `<class 'int'>`, `<built-in function len>`, `Ellipsis`; otherwise a
/// name with a capital is shown as a class, `<class 'shop.Order'>`, another as
/// `<global 'shop.total'>`.
///
/// ```
/// # use pickle_core as pickle;
/// let class = pickle::value::GlobalRef::new("shop", "Order");
/// assert_eq!(class.module().as_str(), Some("shop"));
/// assert_eq!(class.to_string(), "<class 'shop.Order'>");
/// ```
#[derive(Clone)]
pub struct GlobalRef(Arc<Names>);

struct Names {
    hash: Cache,
    module: Text,
    qualname: Text,
    /// Whether the names are strings of a pickle with an identity there. Otherwise they are shared
    /// by all that have the same text, as Python's interned strings.
    strings: bool,
}

impl GlobalRef {
    /// Returns the reference to this name.
    pub fn new(module: impl Into<Text>, qualname: impl Into<Text>) -> Self {
        Self::with(module.into(), qualname.into(), false)
    }

    /// Returns the reference to a name whose parts are strings of a pickle.
    pub(super) fn of_strings(module: Text, qualname: Text) -> Self {
        Self::with(module, qualname, true)
    }

    fn with(module: Text, qualname: Text, strings: bool) -> Self {
        let hash = Cache::default();
        Self(Arc::new(Names {
            hash,
            module,
            qualname,
            strings,
        }))
    }

    pub(super) fn has_strings(&self) -> bool {
        self.0.strings
    }

    /// The dotted import path, `shop.models`.
    pub fn module(&self) -> &Text {
        &self.0.module
    }

    /// The name inside the module, dotted for nested classes: `Order.Line`.
    pub fn qualname(&self) -> &Text {
        &self.0.qualname
    }

    /// Whether this is the class or function of that name.
    pub fn is(&self, module: &str, qualname: &str) -> bool {
        self.0.module == *module && self.0.qualname == *qualname
    }

    /// Whether both are one object, Python's `is`.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// What tells this object from others while it lives.
    pub fn address(&self) -> *const () {
        Arc::as_ptr(&self.0).cast()
    }

    pub(super) fn hash(&self) -> u64 {
        let Names {
            hash,
            module,
            qualname,
            ..
        } = &*self.0;
        hash.get_or(|| hash::global(module.as_wtf8(), qualname.as_wtf8()))
    }
}

impl From<crate::Global> for GlobalRef {
    fn from(global: crate::Global) -> Self {
        Self::new(global.module, global.qualname)
    }
}

impl PartialEq for GlobalRef {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (&*self.0, &*other.0);
        self.ptr_eq(other) || a.module == b.module && a.qualname == b.qualname
    }
}

impl Eq for GlobalRef {}

impl std::hash::Hash for GlobalRef {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (&self.0.module, &self.0.qualname).hash(state);
    }
}

/// Like Python's `repr`, as far as the name tells.
impl fmt::Display for GlobalRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        repr::write_global(self, f)
    }
}

impl fmt::Debug for GlobalRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
