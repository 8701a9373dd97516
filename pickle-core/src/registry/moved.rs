//! Where libraries have had their classes in other versions.
//!
//! A pickle names a class by the module in which the version that wrote it had it. What stands here
//! in one line is one module, or one class, under two names; a name that means nothing to a registry
//! is looked for under the other one. Renames between Python 2 and 3 are a matter of the protocol
//! and stand in [`python2`](super::python2).

use std::borrow::Cow;
use std::sync::OnceLock;

use hashbrown::{HashMap, HashSet};

/// A module, and a name in it.
type Name = (&'static str, &'static str);

/// Modules with all that is inside of them.
static MODULES: &[(&str, &str)] = &[
    // numpy 2.0 (NEP 52) made its core private, and gives it another name in pickles.
    ("numpy.core", "numpy._core"),
    // Python 3.13; 3.14 went back.
    ("pathlib._local", "pathlib"),
    // The implementations in C, by the names that some versions and PyPy let their classes have.
    ("_ast", "ast"),
    ("_collections", "collections"),
    ("_collections_abc", "collections.abc"),
    ("_datetime", "datetime"),
    ("_pydatetime", "datetime"),
    ("_decimal", "decimal"),
    ("_pydecimal", "decimal"),
    ("decimal._decimal", "decimal"),
    ("_functools", "functools"),
    ("_io", "io"),
    ("_operator", "operator"),
    ("_pickle", "pickle"),
    ("_queue", "queue"),
    ("_random", "random"),
    ("_struct", "struct"),
    ("_zoneinfo", "zoneinfo"),
    ("backports.zoneinfo", "zoneinfo"),
    // Below protocol 3 the names of Python 2 are another matter; some picklers write them above.
    ("copy_reg", "copyreg"),
    // pandas 0.20 moved all that is private; `pandas.compat.pickle_compat` has the list.
    ("pandas.indexes", "pandas.core.indexes"),
    ("pandas.tseries.index", "pandas.core.indexes.datetimes"),
    ("pandas.tseries.period", "pandas.core.indexes.period"),
    ("pandas.tseries.tdi", "pandas.core.indexes.timedeltas"),
    ("pandas.tslib", "pandas._libs.tslib"),
    ("pandas._period", "pandas._libs.tslibs.period"),
    ("pandas._libs.period", "pandas._libs.tslibs.period"),
    ("pandas._sparse", "pandas._libs.sparse"),
];

/// Single classes and functions.
static NAMES: &[(Name, Name)] = &[
    (
        ("numpy.ma.core", "MaskedArray"),
        ("numpy.ma", "MaskedArray"),
    ),
    (("numpy", "recarray"), ("numpy.rec", "recarray")),
    (("numpy", "record"), ("numpy.rec", "record")),
    // Python 3.3 moved the abstract classes.
    (("collections", "Mapping"), ("collections.abc", "Mapping")),
    (("collections", "Sequence"), ("collections.abc", "Sequence")),
    (("collections", "KeysView"), ("collections.abc", "KeysView")),
    (
        ("collections", "ItemsView"),
        ("collections.abc", "ItemsView"),
    ),
    (
        ("collections", "ValuesView"),
        ("collections.abc", "ValuesView"),
    ),
    // Python 3.10 and 3.11 made these one exception.
    (("socket", "timeout"), ("builtins", "TimeoutError")),
    (
        ("asyncio.exceptions", "TimeoutError"),
        ("builtins", "TimeoutError"),
    ),
    (
        ("concurrent.futures._base", "TimeoutError"),
        ("builtins", "TimeoutError"),
    ),
    (("select", "error"), ("builtins", "OSError")),
    (("socket", "error"), ("builtins", "OSError")),
    // pandas; the other name of each is that of `pandas.compat.pickle_compat`.
    (
        ("pandas.core.series", "TimeSeries"),
        ("pandas.core.series", "Series"),
    ),
    (
        ("pandas.core.base", "FrozenList"),
        ("pandas.core.indexes.frozen", "FrozenList"),
    ),
    (
        ("pandas.core.categorical", "Categorical"),
        ("pandas.core.arrays", "Categorical"),
    ),
    (
        ("pandas.core.sparse.array", "SparseArray"),
        ("pandas.core.arrays", "SparseArray"),
    ),
    (
        ("pandas.sparse.array", "SparseArray"),
        ("pandas.core.arrays", "SparseArray"),
    ),
    (
        ("pandas.core.indexes.numeric", "Int64Index"),
        ("pandas.core.indexes.base", "Index"),
    ),
    (
        ("pandas.core.indexes.numeric", "UInt64Index"),
        ("pandas.core.indexes.base", "Index"),
    ),
    (
        ("pandas.core.indexes.numeric", "Float64Index"),
        ("pandas.core.indexes.base", "Index"),
    ),
    (
        ("pandas._libs.tslib", "Timestamp"),
        ("pandas._libs.tslibs.timestamps", "Timestamp"),
    ),
    (
        ("pandas._libs.tslib", "__nat_unpickle"),
        ("pandas._libs.tslibs.nattype", "__nat_unpickle"),
    ),
    (
        ("pandas._libs.tslibs.nattype", "__nat_unpickle"),
        ("pandas._libs.tslibs.nattype", "_nat_unpickle"),
    ),
];

/// The tables in both directions.
#[derive(Default)]
struct Index {
    modules: HashMap<&'static str, Vec<&'static str>>,
    names: HashMap<Name, Vec<Name>>,
    /// The first parts of all modules that have other names, or names in them that have.
    roots: HashSet<&'static str>,
    /// How long the longest module is.
    longest: usize,
}

/// The first part of a dotted name.
fn root(module: &str) -> &str {
    let end = module.bytes().position(|byte| byte == b'.');
    end.map_or(module, |end| &module[..end])
}

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut index = Index::default();
        for (from, to) in MODULES.iter().flat_map(|&(a, b)| [(a, b), (b, a)]) {
            index.modules.entry(from).or_default().push(to);
            index.roots.insert(root(from));
            index.longest = index.longest.max(from.len());
        }
        for (from, to) in NAMES.iter().flat_map(|&(a, b)| [(a, b), (b, a)]) {
            index.names.entry(from).or_default().push(to);
            index.roots.insert(root(from.0));
        }
        index
    })
}

/// The other names that a class or function has had.
pub(super) fn names<'n>(
    module: &'n str,
    qualname: &'n str,
) -> impl Iterator<Item = (Cow<'n, str>, &'n str)> {
    // Nearly no module has had another name.
    let index = Some(index()).filter(|index| index.roots.contains(root(module)));
    index
        .into_iter()
        .flat_map(move |index| index.names(module, qualname))
}

impl Index {
    fn names<'n>(
        &'n self,
        module: &'n str,
        qualname: &'n str,
    ) -> impl Iterator<Item = (Cow<'n, str>, &'n str)> {
        let key: (&str, &str) = (module, qualname);
        let names = self.names.get(&key).into_iter().flatten();
        let names = names.map(|&(module, qualname)| (Cow::Borrowed(module), qualname));
        let ends = module.match_indices('.').map(|(end, _)| end);
        let ends = ends.chain([module.len()]);
        let modules = ends
            .take_while(|end| *end <= self.longest)
            .flat_map(move |end| {
                let (prefix, rest) = module.split_at(end);
                let others = self.modules.get(prefix).into_iter().flatten();
                others.map(move |other| (Cow::Owned(format!("{other}{rest}")), qualname))
            });
        names.chain(modules)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_and_names_are_found_in_both_directions() {
        for (one, other) in [
            (
                ("numpy.core.multiarray", "scalar"),
                ("numpy._core.multiarray", "scalar"),
            ),
            (("pathlib", "PosixPath"), ("pathlib._local", "PosixPath")),
            (("_decimal", "Decimal"), ("decimal", "Decimal")),
            (("numpy", "recarray"), ("numpy.rec", "recarray")),
            (
                ("pandas.indexes.base", "Index"),
                ("pandas.core.indexes.base", "Index"),
            ),
        ] {
            for (from, to) in [(one, other), (other, one)] {
                let found = names(from.0, from.1).any(|(module, name)| (&*module, name) == to);
                assert!(found, "{from:?} is {to:?}");
            }
        }
    }

    #[test]
    fn other_names_are_left_alone() {
        for (module, name) in [
            ("numpy.corelib", "x"),
            ("numpy", "ndarray"),
            ("shop", "Order"),
        ] {
            assert_eq!(names(module, name).count(), 0, "{module}.{name}");
        }
    }
}
