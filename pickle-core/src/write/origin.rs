//! Which names of Python's own classes are one string with which others.
//!
//! From protocol 4 on the module and the name of a global are strings of the pickle, and Python
//! writes a string as a reference where it is the same object as one before. For what is defined in
//! Python both are interned: they are one object with every attribute or class of the same name.
//! For what is defined in C they often are not, and it is a matter of how the type was made.
//!
//! Found out by looking at the strings, in CPython 3.13.

/// Where the strings of a global come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Both strings are interned.
    Python,
    /// The module is interned, the name is made anew each time: types that are static in C, and
    /// functions.
    Static,
    /// Neither string is any other's: types that C makes at run time.
    Heap,
    /// The module is a string that only the globals of the same origin share.
    Shared(Private),
}

/// A module's name that is not the interned string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Private {
    /// `builtins` of the functions in it; the types have the interned one.
    Builtins,
    Decimal,
}

impl Origin {
    pub(super) fn of(module: &str, qualname: &str) -> Self {
        match (module, qualname) {
            ("builtins", name) if BUILTIN_FUNCTIONS.binary_search(&name).is_ok() => {
                Self::Shared(Private::Builtins)
            }
            ("builtins", "ExceptionGroup") => Self::Heap,
            ("builtins", _) => Self::Static,
            ("decimal", "Decimal" | "Context") => Self::Shared(Private::Decimal),
            ("datetime", "date" | "datetime" | "time" | "timedelta" | "timezone" | "tzinfo")
            | ("collections", "OrderedDict")
            | ("types", "GenericAlias" | "SimpleNamespace")
            | ("array", "_array_reconstructor")
            | ("io", "UnsupportedOperation")
            | ("_codecs" | "_functools" | "_operator", _) => Self::Static,
            ("collections", "defaultdict" | "deque")
            | ("functools", "partial")
            | ("operator", "attrgetter" | "itemgetter" | "methodcaller")
            | ("_io", "BytesIO" | "StringIO")
            | ("_random", "Random")
            | ("_struct", "Struct")
            | ("array", "array")
            | ("os", "stat_result")
            | ("re", "Pattern")
            | ("time", "struct_time")
            | ("zoneinfo", "ZoneInfo")
            | ("itertools", _) => Self::Heap,
            _ => Self::Python,
        }
    }
}

/// The functions of `builtins`, sorted; what else is in it is a type.
#[rustfmt::skip]
static BUILTIN_FUNCTIONS: &[&str] = &[
    "__build_class__", "__import__", "abs", "aiter", "all", "anext", "any", "ascii", "bin",
    "breakpoint", "callable", "chr", "compile", "delattr", "dir", "divmod", "eval", "exec",
    "format", "getattr", "globals", "hasattr", "hash", "hex", "id", "input", "isinstance",
    "issubclass", "iter", "len", "locals", "max", "min", "next", "oct", "open", "ord", "pow",
    "print", "repr", "round", "setattr", "sorted", "sum", "vars",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_functions_can_be_searched() {
        assert!(BUILTIN_FUNCTIONS.is_sorted());
        let origin = |name| Origin::of("builtins", name);
        assert_eq!(origin("getattr"), Origin::Shared(Private::Builtins));
        assert_eq!(origin("int"), Origin::Static);
    }
}
