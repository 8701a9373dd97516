//! The order in which `pprint` shows keys and elements: Python's `<`, where there is one.

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};

use super::{Int, Value};

/// Sorts as Python's `sorted(…, key=pprint._safe_key)`: by `<`; values that have no order, by the
/// names of their types, and those of one type stay as they are (Python takes their addresses).
pub(super) fn sort<T>(items: Vec<T>, key: impl Fn(&T) -> &Value + Copy) -> Vec<T> {
    merge_sort(items, &mut |a, b| less_or_named(key(a), key(b)))
}

/// Values that have no order are compared to a depth at which they are equal.
const DEPTH: usize = 64;

fn less_or_named(a: &Value, b: &Value) -> bool {
    less(a, b, DEPTH).unwrap_or_else(|| type_text(a) < type_text(b))
}

/// Python's `str(type(value))`.
fn type_text(value: &Value) -> String {
    match value {
        Value::Object(object) => format!("<class '{}'>", object.class()),
        Value::Opaque(instance) => match instance.class() {
            Some(class) => class.to_string(),
            None => "<class 'object'>".to_owned(),
        },
        _ => format!("<class '{}'>", value.type_name()),
    }
}

/// Python's `a < b`; `None` where that is a `TypeError`.
fn less(a: &Value, b: &Value, depth: usize) -> Option<bool> {
    use Value::{FrozenSet, List, Set, Str, Tuple};
    if let (Some(a), Some(b)) = (a.as_bytes(), b.as_bytes()) {
        return Some(a < b);
    }
    match (a, b) {
        (Str(a), Str(b)) => Some(a < b),
        (List(a), List(b)) => sequences(a, b, depth),
        (Tuple(a), Tuple(b)) => sequences(a, b, depth),
        (Set(_) | FrozenSet(_), Set(_) | FrozenSet(_)) => Some(is_proper_subset(a, b)),
        _ => match (Number::of(a)?, Number::of(b)?) {
            (Number::Int(a), Number::Int(b)) => Some(a < b),
            (Number::Float(a), Number::Float(b)) => Some(a < b),
            (Number::Int(a), Number::Float(b)) => Some(compare(&a, b)?.is_lt()),
            (Number::Float(a), Number::Int(b)) => Some(compare(&b, a)?.is_gt()),
        }
        .or(Some(false)),
    }
}

/// The first two items that differ decide.
fn sequences(a: &[Value], b: &[Value], depth: usize) -> Option<bool> {
    match a.iter().zip(b).find(|(a, b)| a != b) {
        Some((a, b)) => less(a, b, depth.checked_sub(1)?),
        None => Some(a.len() < b.len()),
    }
}

fn is_proper_subset(a: &Value, b: &Value) -> bool {
    let has = |element: &Value| match b {
        Value::Set(set) => set.contains(element),
        Value::FrozenSet(set) => set.contains(element),
        _ => false,
    };
    a.len() < b.len() && a.iter().all(has)
}

enum Number {
    Int(Int),
    Float(f64),
}

impl Number {
    fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Bool(value) => Self::Int(u8::from(*value).into()),
            Value::Int(int) => Self::Int(int.clone()),
            Value::Float(float) => Self::Float(*float),
            _ => return None,
        })
    }
}

/// Exact; `None` for a NaN.
fn compare(int: &Int, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    if float.is_infinite() {
        return 0.0.partial_cmp(&float);
    }
    let whole = Int::from(big(float.trunc()));
    Some(int.cmp(&whole).then_with(|| match float.fract() {
        fraction if fraction > 0.0 => Ordering::Less,
        fraction if fraction < 0.0 => Ordering::Greater,
        _ => Ordering::Equal,
    }))
}

/// The int that a float without a fraction is.
fn big(float: f64) -> BigInt {
    if float.abs() < 9e15 {
        return BigInt::from(float as i64);
    }
    let bits = float.to_bits();
    let mantissa = BigInt::from(bits & ((1 << 52) - 1) | 1 << 52);
    let exponent = (bits >> 52 & 0x7FF) - 1075;
    let sign = if float < 0.0 { Sign::Minus } else { Sign::Plus };
    BigInt::from_biguint(sign, mantissa.magnitude() << exponent)
}

/// As many as Python sorts by insertion.
const SHORT: usize = 64;

/// A stable sort that takes what `less` says as it is: between sets, which may be no order at all.
fn merge_sort<T>(mut items: Vec<T>, less: &mut impl FnMut(&T, &T) -> bool) -> Vec<T> {
    if items.len() < SHORT {
        return insertion_sort(items, less);
    }
    let right = merge_sort(items.split_off(items.len() / 2), less);
    let left = merge_sort(items, less);
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let next = if less(b, a) {
            right.next()
        } else {
            left.next()
        };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    merged
}

/// CPython's: the run in front, reversed if it descends, and then one after the other.
fn insertion_sort<T>(mut items: Vec<T>, less: &mut impl FnMut(&T, &T) -> bool) -> Vec<T> {
    let descends = items.len() > 1 && less(&items[1], &items[0]);
    let mut run = items.len().min(2);
    while run < items.len() && less(&items[run], &items[run - 1]) == descends {
        run += 1;
    }
    if descends {
        items[..run].reverse();
    }
    for next in run..items.len() {
        let (mut low, mut high) = (0, next);
        while low < high {
            let middle = low + (high - low) / 2;
            match less(&items[next], &items[middle]) {
                true => high = middle,
                false => low = middle + 1,
            }
        }
        items[low..=next].rotate_right(1);
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    /// `[repr(x) for x in sorted(…, key=pprint._safe_key)]`
    #[test]
    fn values_are_ordered_as_in_python() {
        let sorted = |values: Vec<Value>| Value::from(sort(values, |value| value)).to_string();
        let values = |value: Value| Vec::from(value.as_list().cloned().unwrap_or_default());
        for (list, expected) in [
            (
                value!([3, 1.5, True, -2, 1e300]),
                "[-2, True, 1.5, 3, 1e+300]",
            ),
            (
                value!(["b", "a", "\u{10000}", "\u{ffff}"]),
                "['a', 'b', '\\uffff', '\u{10000}']",
            ),
            (
                value!([(2, 1), (1, "x"), (1,), ()]),
                "[(), (1,), (1, 'x'), (2, 1)]",
            ),
            (value!([2, "a", 1, "b", None]), "[None, 1, 2, 'a', 'b']"),
            (value!([(1, "a"), (1, 2)]), "[(1, 'a'), (1, 2)]"),
            (value!([{1, 2}, {1}, {3}]), "[{1}, {1, 2}, {3}]"),
            (value!([b"b", b"a"]), "[b'a', b'b']"),
        ] {
            assert_eq!(sorted(values(list)), expected);
        }
        let numbers: Vec<Value> = (0..1000).map(|n: i64| (n * 7919 % 1000).into()).collect();
        assert_eq!(sorted(numbers), Value::from_iter(0..1000).to_string());
    }

    #[test]
    fn ints_and_floats_are_compared_exactly() {
        let two = |exponent: u32| Int::from(BigInt::from(1) << exponent);
        for (int, float, ordering) in [
            (Int::from(1), 1.5, Ordering::Less),
            (Int::from(-1), -1.5, Ordering::Greater),
            (
                Int::from((1_i64 << 53) + 1),
                2f64.powi(53),
                Ordering::Greater,
            ),
            (two(100), 2f64.powi(100), Ordering::Equal),
            (
                Int::from((BigInt::from(1) << 100) - 1),
                2f64.powi(100),
                Ordering::Less,
            ),
            (two(2000), f64::INFINITY, Ordering::Less),
            (two(2000), f64::MAX, Ordering::Greater),
            (
                Int::from(BigInt::from(-1) << 2000),
                f64::NEG_INFINITY,
                Ordering::Greater,
            ),
        ] {
            assert_eq!(compare(&int, float), Some(ordering), "{int} {float}");
        }
        assert_eq!(compare(&Int::from(1), f64::NAN), None);
    }
}
