//! Two crates bring their classes into one program that names neither type.

use geo as _;
use pickle::{Object, Registry};
use shop as _;

#[test]
fn both_crates_register() {
    let classes: Vec<_> = Registry::global()
        .classes()
        // `pickle::multiprocessing` brings classes of its own.
        .filter(|class| !class.module().starts_with("multiprocessing"))
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        classes,
        ["geo.Place", "geo.Point", "shop.Order", "shop.Order.Line"]
    );
    assert_eq!(Registry::global().conflicts().count(), 0);
}

#[test]
fn one_pickle_has_objects_of_both() {
    let pickle =
        b"\x80\x04](\x8c\x04shop\x8c\x05Order\x93)\x81}(\x8c\x06numberK\x07\x8c\x05lines]ub\
        \x8c\x03geo\x8c\x05Place\x93)\x81}(\x8c\x04name\x8c\x04here\x8c\x08position\
        \x8c\x03geo\x8c\x05Point\x93)\x81}(\x8c\x05northK\x01\x8c\x04eastK\x02ubube.";
    let objects: Vec<Object> = pickle::loads(pickle).unwrap();
    let classes: Vec<_> = objects
        .iter()
        .map(|object| object.class().to_string())
        .collect();
    assert_eq!(classes, ["shop.Order", "geo.Place"]);

    // What is registered can be written again without its type being known here.
    let again: Vec<Object> = pickle::loads(&pickle::dumps(&objects).unwrap()).unwrap();
    assert!(
        again
            .iter()
            .map(Object::class)
            .eq(objects.iter().map(Object::class))
    );
}
