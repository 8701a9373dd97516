//! `value!`: Python's literals in Rust.

/// Writes a [`Value`](crate::Value) as Python writes it.
///
/// Lists, tuples, dicts and sets, `None`, `True` and `False` are spelled as in Python; anything
/// else is a Rust expression that is `Into<Value>`. A key that is neither a literal, a name nor a
/// tuple stands in parentheses.
///
/// ```
/// # use pickle_core as pickle;
/// let rows = vec![1, 2];
/// let value = pickle::value!([{"a": "A", "b": 2, (3, 4): rows}, (None, True), {1, 2}, (5,)]);
/// assert_eq!(
///     value.to_string(),
///     "[{'a': 'A', 'b': 2, (3, 4): [1, 2]}, (None, True), {1, 2}, (5,)]"
/// );
/// ```
///
/// # Panics
///
/// When a key or an element of a set is a list, a dict, a set or a bytearray.
#[macro_export]
macro_rules! value {
    // Items of a list, tuple or set: those done, then the rest.
    (@items [$($done:expr,)*]) => {
        ::std::vec![$($done),*] as ::std::vec::Vec<$crate::Value>
    };
    (@items [$($done:expr,)*] $next:tt) => {
        $crate::value!(@items [$($done,)* $crate::value!($next),])
    };
    (@items [$($done:expr,)*] $next:tt, $($rest:tt)*) => {
        $crate::value!(@items [$($done,)* $crate::value!($next),] $($rest)*)
    };
    (@items [$($done:expr,)*] $next:expr) => {
        $crate::value!(@items [$($done,)* $crate::value!($next),])
    };
    (@items [$($done:expr,)*] $next:expr, $($rest:tt)*) => {
        $crate::value!(@items [$($done,)* $crate::value!($next),] $($rest)*)
    };

    // Entries of a dict: its name, then the rest.
    (@entries $dict:ident) => {};
    (@entries $dict:ident - $key:literal: $($rest:tt)*) => {
        $crate::value!(@entry $dict (-$key) $($rest)*)
    };
    (@entries $dict:ident $key:tt: $($rest:tt)*) => {
        $crate::value!(@entry $dict $key $($rest)*)
    };
    (@entry $dict:ident $key:tt $value:tt) => {
        $crate::value::literal_entry(&mut $dict, $crate::value!($key), $crate::value!($value));
    };
    (@entry $dict:ident $key:tt $value:tt, $($rest:tt)*) => {
        $crate::value::literal_entry(&mut $dict, $crate::value!($key), $crate::value!($value));
        $crate::value!(@entries $dict $($rest)*);
    };
    (@entry $dict:ident $key:tt $value:expr) => {
        $crate::value::literal_entry(&mut $dict, $crate::value!($key), $crate::value!($value));
    };
    (@entry $dict:ident $key:tt $value:expr, $($rest:tt)*) => {
        $crate::value::literal_entry(&mut $dict, $crate::value!($key), $crate::value!($value));
        $crate::value!(@entries $dict $($rest)*);
    };

    (None) => { $crate::Value::None };
    (True) => { $crate::Value::Bool(true) };
    (False) => { $crate::Value::Bool(false) };

    ([$($items:tt)*]) => {
        $crate::Value::List($crate::value!(@items [] $($items)*).into())
    };

    (()) => { $crate::Value::Tuple($crate::value::Tuple::new()) };
    // A lone item without a comma is in parentheses, no tuple.
    (($first:tt, $($rest:tt)*)) => {
        $crate::Value::Tuple($crate::value!(@items [] $first, $($rest)*).into())
    };
    (($only:tt)) => { $crate::value!($only) };
    (($only:expr)) => { $crate::Value::from($only) };
    (($($items:tt)*)) => {
        $crate::Value::Tuple($crate::value!(@items [] $($items)*).into())
    };

    ({}) => { $crate::Value::Dict($crate::value::Dict::new()) };
    ({ - $key:literal: $($rest:tt)* }) => { $crate::value!(@dict - $key: $($rest)*) };
    ({ $key:tt: $($rest:tt)* }) => { $crate::value!(@dict $key: $($rest)*) };
    (@dict $($entries:tt)*) => {{
        let mut dict = $crate::value::Dict::new();
        $crate::value!(@entries dict $($entries)*);
        $crate::Value::Dict(dict)
    }};
    ({ $($elements:tt)* }) => {
        $crate::value::literal_set($crate::value!(@items [] $($elements)*))
    };

    ($value:expr) => { $crate::Value::from($value) };
}
