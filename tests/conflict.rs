//! Two types that claim one name: said when the name is used, with the place of both.

use pickle::{ErrorKind, Object, Pickle, Registry};
use shop::Line;

#[derive(Pickle, Debug)]
#[pickle(module = "shop")]
struct Order {
    number: u32,
}

const ORDER: &[u8] =
    b"\x80\x04\x8c\x04shop\x8c\x05Order\x93)\x81}(\x8c\x06numberK\x07\x8c\x05lines]ub.";
const PURCHASE: &[u8] = b"cshop.old\nPurchase\n)\x81}(X\x06\0\0\0numberK\x07X\x05\0\0\0lines]ub.";
const LINE: &[u8] = b"\x80\x04\x8c\x04shop\x8c\x0aOrder.Line\x93)\x81}(\
    \x8c\x07article\x8c\x03tea\x8c\x05countK\x02ub.";

#[test]
fn a_name_with_two_types_is_refused_with_both_places() {
    // Typed loads too: which of the two the pickle means is not known.
    let errors = [
        pickle::loads::<Object>(ORDER).map(|_| ()).unwrap_err(),
        pickle::loads::<Order>(ORDER).map(|_| ()).unwrap_err(),
        pickle::loads::<shop::Order>(ORDER).map(|_| ()).unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
        let text = error.to_string();
        assert!(
            text.lines().next().unwrap().contains("shop.Order"),
            "{text}"
        );
        for place in [
            "`conflict::Order` at tests/conflict.rs:",
            "`shop::Order` at tests/crates/shop/src/lib.rs:",
        ] {
            let place = place.replace('/', std::path::MAIN_SEPARATOR_STR);
            let line = text.lines().find_map(|line| line.split_once(&place));
            let (_, numbers) = line.unwrap_or_else(|| panic!("no {place:?} in: {text}"));
            assert!(numbers.starts_with(|c: char| c.is_ascii_digit()), "{text}");
        }
    }
}

#[test]
fn other_names_are_as_good_as_ever() {
    let object: Object = pickle::loads(LINE).unwrap();
    assert_eq!(object.downcast::<Line>().unwrap().count, 2);

    // So is the name that only one of the two has besides.
    let object: Object = pickle::loads(PURCHASE).unwrap();
    assert_eq!(object.downcast::<shop::Order>().unwrap().number, 7);
}

#[test]
fn the_registry_lists_the_conflict() {
    let conflicts: Vec<_> = Registry::global().conflicts().collect();
    assert_eq!(conflicts.len(), 1);
    let (global, classes) = conflicts[0];
    assert_eq!(global.to_string(), "shop.Order");
    let mut types: Vec<_> = classes.iter().map(|class| class.type_name()).collect();
    types.sort_unstable();
    assert_eq!(types, ["conflict::Order", "shop::Order"]);
}

#[test]
fn a_registry_of_ones_own_settles_it() {
    let mut registry = Registry::new();
    registry.register::<Order>();
    let mut unpickler = pickle::Unpickler::from_slice(ORDER).with_registry(registry);
    let order: Order = unpickler.load().unwrap();
    assert_eq!(order.number, 7);
}
