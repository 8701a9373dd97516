//! One pass is never given more than the arena allows itself.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use pickle::{Limits, Pickle, Unpickle, Unpickler};

use super::targets::{
    Bag, Empty, Label, Open, Owner, Owners, Part, Point, Record, Shop, Strict, Tree,
};
use super::{PROTOCOLS, dump};

/// The smallest number for which this is true, if it is true for a large one.
fn smallest(is_enough: impl Fn(u64) -> bool) -> Option<u64> {
    let (mut low, mut high) = (0, 1 << 24);
    if !is_enough(high) {
        return None;
    }
    while low < high {
        let middle = u64::midpoint(low, high);
        match is_enough(middle) {
            true => high = middle,
            false => low = middle + 1,
        }
    }
    Some(low)
}

/// Compares the smallest limits with which the bytes can be read each way; whether they can be read
/// in one pass.
fn compare<'de, T: Unpickle<'de>>(bytes: &'de [u8]) -> bool {
    let same = |name: &str, limits: &dyn Fn(u64) -> Limits| {
        let with = |number| Unpickler::from_slice(bytes).with_limits(limits(number));
        let stream = smallest(|number| with(number).stream::<T>().is_some());
        let arena = smallest(|number| with(number).with_streams(false).load::<T>().is_ok());
        let Some(stream) = stream else {
            return false;
        };
        let what = format!(
            "{name} of {}: {}",
            std::any::type_name::<T>(),
            bytes.escape_ascii()
        );
        let arena = arena.unwrap_or_else(|| panic!("only in one pass: {what}"));
        assert!(
            arena <= stream,
            "{arena} by the arena, {stream} in one pass, {what}"
        );
        true
    };
    let limits = Limits::default();
    same("bytes", &|base| limits.with_expansion(base, 0))
        && same("bytes for a byte", &|per_byte| {
            limits.with_expansion(0, per_byte)
        })
        && same("levels", &|depth| limits.with_depth(depth as usize))
}

fn check<T: Pickle + for<'de> Unpickle<'de>>(value: &T) {
    for protocol in PROTOCOLS {
        compare::<T>(&dump(value, protocol));
    }
}

#[test]
fn one_pass_needs_no_smaller_limits_than_the_arena() {
    let long = "a text of more than sixteen letters, and of more than 32".to_owned();
    let texts = ["", "a", "sixteen letters!", &long].map(str::to_owned);
    let record = Record {
        name: long.clone(),
        note: Some(long.clone()),
        tags: texts.to_vec(),
        stock: BTreeMap::from([(long.clone(), 1), ("a".to_owned(), 1)]),
        pair: (1, long.clone()),
        place: Point {
            x: 1,
            y: 2.0,
            label: Some(Label(long.clone())),
        },
        ..Record::default()
    };
    let nested = Record {
        inner: Some(Box::new(record.clone())),
        more: vec![record.clone(), Record::default(), record.clone()],
        ..Record::default()
    };
    check(&1_i64);
    check(&i128::MAX);
    check(&long);
    check(&texts.to_vec());
    check(&vec![1.5, 2.5]);
    check(&(0..3000).collect::<Vec<i64>>());
    check(&vec![vec![1_u8, 2], vec![]]);
    check(&vec![vec![1_i64], vec![], vec![1, 2]]);
    check(&((1, 2), (3,), (1, 2, 3, 4), [1, 2], Some(1)));
    check(&BTreeMap::from([(1, vec![1]), (2, vec![])]));
    check(&HashMap::from([(long.clone(), long.clone())]));
    check(&BTreeMap::<i64, i64>::new());
    check(&vec![BTreeSet::from([1, 2]), BTreeSet::new()]);
    check(&Tree(vec![Tree(vec![]), Tree(vec![Tree(vec![])])]));
    check(&vec![record.clone(), nested.clone(), nested.clone()]);
    check(&vec![
        record.place.clone(),
        Point::default(),
        record.place.clone(),
    ]);
    check(&vec![Empty {}, Empty {}, Empty {}]);
    let strict = |a, b| Strict { a, b };
    let inner = strict(Some(1), Some(Box::new(strict(None, None))));
    check(&vec![inner.clone(), strict(None, None), inner]);
    let rest = BTreeMap::from([(long.clone(), vec![1]), ("b".to_owned(), vec![])]);
    check(&vec![
        Open {
            a: 1,
            rest: rest.clone(),
        },
        Open { a: 2, rest },
    ]);
    let bag = Bag {
        name: None,
        a_name_of_more_than_sixteen_letters: 1,
        rest: BTreeMap::from([(long.clone(), 1), ("b".to_owned(), 2)]),
    };
    check(&vec![bag.clone(), bag.clone(), Bag::default()]);
    let (text, empty) = (Owner(Rc::new(long.clone())), Owner(Rc::new(Empty {})));
    let list = Owner(Rc::new(vec![text.clone(), text.clone()]));
    let shop = Shop {
        name: Some(text.clone()),
        empty: Some(empty.clone()),
        list: Some(list.clone()),
        tuple: None,
        inner: None,
    };
    check(&vec![
        shop.clone(),
        shop.clone(),
        Shop {
            inner: Some(Box::new(shop.clone())),
            ..shop
        },
    ]);
    check(&Owners(vec![Rc::new(nested.clone()), Rc::new(nested)]));
    check(&(
        text.clone(),
        (text, empty.clone(), empty, list.clone(), list),
    ));
}

#[test]
fn what_is_fetched_needs_no_smaller_limits() {
    // One text at many places, and as names that are known or not.
    let long = "a text of more than sixteen letters, and of more than 32";
    let text = [b"\x8c\x38", long.as_bytes(), b"\x94"].concat();
    let pickle = |parts: &[&[u8]]| [b"\x80\x04", &parts.concat()[..]].concat();
    let list = pickle(&[b"]\x94(", &text, b"h\x01h\x01h\x01h\x01e."]);
    assert!(compare::<Vec<String>>(&list));
    assert!(compare::<Vec<&str>>(&list));
    assert!(compare::<Vec<Box<str>>>(&list));
    assert!(compare::<Vec<Owner<String>>>(&list));
    assert!(compare::<Vec<Rc<str>>>(&list));
    assert!(compare::<Vec<Option<Label>>>(&list));
    let again = b"K\x01u}\x94(h\x02K\x01h\x02K\x02u}\x94h\x02K\x01s}\x94(h\x02K\x01ue.";
    let dicts = pickle(&[b"]\x94(}\x94(", &text, again]);
    assert!(compare::<Vec<Bag>>(&dicts));
    assert!(compare::<Vec<BTreeMap<String, i64>>>(&dicts));
    let named = pickle(&[
        b"]\x94(}\x94(\x8c\x23a_name_of_more_than_sixteen_letters\x94K\x01",
        &text,
        b"K\x01u}\x94(h\x02K\x01h\x03K\x02u}\x94(h\x02K\x01ue.",
    ]);
    assert!(compare::<Vec<Bag>>(&named));
    let attributes = pickle(&[
        b"]\x94(cstreams\nPartly\n\x94)\x81\x94}\x94(\x8c\x02id\x94K\x01",
        &text,
        b"h\x05ubh\x01)\x81\x94}\x94(h\x04K\x01h\x05h\x05ub",
        b"h\x01)\x81\x94}\x94(h\x04K\x01h\x05h\x05ube.",
    ]);
    assert!(compare::<Vec<Part<'_>>>(&attributes));
}
