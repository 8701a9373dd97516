//! A crate that is named brings its classes into the program.

use pickle::{Object, Registry};
use shop::{Line, Order};

/// `Order(number=7, lines=[])` as `shop.Order` and under its former name.
const ORDER: &[u8] =
    b"\x80\x04\x8c\x04shop\x8c\x05Order\x93)\x81}(\x8c\x06numberK\x07\x8c\x05lines]ub.";
const PURCHASE: &[u8] = b"cshop.old\nPurchase\n)\x81}(X\x06\0\0\0numberK\x07X\x05\0\0\0lines]ub.";

#[test]
fn an_object_is_an_instance_of_another_crates_class() {
    for pickle in [ORDER, PURCHASE] {
        let object: Object = pickle::loads(pickle).unwrap();
        assert_eq!(object.class().to_string(), "shop.Order");
        let order: Order = object.downcast().unwrap();
        assert_eq!((order.number, order.lines.len()), (7, 0));
    }
}

#[test]
fn another_crates_type_crosses() {
    let lines = vec![Line {
        article: "gherkin".to_owned(),
        count: 12,
    }];
    let order = Order { number: 8, lines };
    let object: Object = pickle::loads(&pickle::dumps(&order).unwrap()).unwrap();
    assert_eq!(object.downcast::<Order>().unwrap(), order);
}

#[test]
fn the_listing_has_what_is_linked() {
    let classes: Vec<_> = Registry::global()
        .classes()
        // `pickle::multiprocessing` brings classes of its own.
        .filter(|class| !class.module().starts_with("multiprocessing"))
        .map(ToString::to_string)
        .collect();
    assert_eq!(classes, ["shop.Order", "shop.Order.Line"]);
}
