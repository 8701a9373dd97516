//! Rust functions that pickles call.

use std::sync::Arc;

use pickle::{Class, ErrorKind, Function, Global, Object, Pickle, Registry, Unpickler};

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "geo")]
struct Point {
    x: i64,
    y: i64,
}

fn origin() -> Point {
    Point { x: 0, y: 0 }
}

fn polar(radius: f64, quarter: i64) -> Point {
    let radius = radius as i64;
    match quarter.rem_euclid(4) {
        0 => Point { x: radius, y: 0 },
        1 => Point { x: 0, y: radius },
        2 => Point { x: -radius, y: 0 },
        _ => Point { x: 0, y: -radius },
    }
}

pickle::register!(fn origin() -> Point as "geo", "origin");
pickle::register!(fn polar(radius: f64, quarter: i64) -> Point as "geo", "polar");

#[test]
fn reduce_calls_the_registered_function_with_typed_arguments() {
    let pickle = b"cgeo\npolar\n(F5.0\nI1\ntR.";
    assert_eq!(
        pickle::loads::<Point>(pickle).unwrap(),
        Point { x: 0, y: 5 }
    );
    let points: Vec<Point> = pickle::loads(b"]cgeo\norigin\n)Ra.").unwrap();
    assert_eq!(points, [Point { x: 0, y: 0 }]);
}

#[test]
fn an_object_takes_the_class_of_the_result() {
    let object: Object = pickle::loads(b"cgeo\norigin\n)R.").unwrap();
    assert_eq!(object.class().to_string(), "geo.Point");
    assert_eq!(object.downcast::<Point>().unwrap(), Point { x: 0, y: 0 });
}

#[test]
fn wrong_arguments_are_an_error_that_names_the_function() {
    let error = pickle::loads::<Vec<Point>>(b"]cgeo\npolar\n(Vfar\nI1\ntRa.").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    assert_eq!(error.message(), "expected float, found str");
    assert!(
        error.notes().any(|note| note == "in a call of geo.polar"),
        "{error}"
    );
    assert!(error.path().starts_with("$[0]"), "{error}");
    assert!(pickle::loads::<Point>(b"cgeo\npolar\n(F1.0\ntR.").is_err());
}

#[test]
fn a_result_that_is_given_a_state_is_refused() {
    let error = pickle::loads::<Point>(b"cgeo\norigin\n)R}Vx\nI1\nsb.").unwrap_err();
    assert_eq!(
        error.message(),
        "the result of geo.origin() takes no state and no items"
    );
}

#[test]
fn a_function_that_is_not_registered_is_not_called() {
    let error = pickle::loads::<Point>(b"cgeo\nevil\n)R.").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownClass);
    assert!(
        error
            .message()
            .starts_with("Can't get attribute 'evil' on <module 'geo' from '")
    );
}

#[test]
fn the_registry_lists_functions() {
    let names: Vec<String> = Registry::global()
        .functions()
        .map(ToString::to_string)
        .collect();
    assert_eq!(names, ["geo.origin", "geo.polar"]);
    assert!(Registry::global().find_class("geo", "polar").is_err());
}

#[test]
fn classes_and_functions_are_values_too() {
    #[derive(Pickle)]
    #[pickle(module = "geo", name = "Plan")]
    struct Plan {
        kind: &'static Class,
        make: &'static Function,
    }
    let pickle =
        b"\x80\x02cgeo\nPlan\n)\x81}(X\x04\0\0\0kindcgeo\nPoint\nX\x04\0\0\0makecgeo\npolar\nub.";
    let plan: Plan = pickle::loads(pickle).unwrap();
    assert!(plan.kind.is::<Point>());
    assert_eq!(plan.make.to_string(), "geo.polar");
    let bytes = pickle::dumps(&plan).unwrap();
    let again: Plan = pickle::loads(&bytes).unwrap();
    assert!(std::ptr::eq(again.make, plan.make));

    let error = pickle::loads::<Vec<&'static Class>>(b"]cgeo\npolar\na.").unwrap_err();
    assert_eq!(error.path(), "$[0]");
    assert!(
        error
            .message()
            .starts_with("expected a registered class, found "),
        "{error}"
    );
    let error = pickle::loads::<&'static Function>(b"cgeo\norigin\n)R.").unwrap_err();
    assert!(
        error
            .message()
            .starts_with("expected a registered function, found "),
        "{error}"
    );
}

#[test]
fn other_names_of_modules_and_functions_call_the_same() {
    let mut registry = Registry::new();
    registry.extend(Registry::global());
    registry.alias_module("__mp_main__", "geo");
    let polar = registry.functions().find(|f| f.to_string() == "geo.polar");
    registry.register_function_as(Global::new("old", "polar"), polar.unwrap());
    let mut extended = Registry::new();
    extended.extend(&registry);
    let extended = Arc::new(extended);
    for pickle in [
        &b"c__mp_main__\npolar\n(F5.0\nI0\ntR."[..],
        b"cold\npolar\n(F5.0\nI0\ntR.",
    ] {
        let mut unpickler = Unpickler::new(pickle).with_registry(extended.clone());
        let point: Point = unpickler.load().unwrap();
        assert_eq!(point, Point { x: 5, y: 0 });
        assert!(pickle::loads::<Point>(pickle).is_err());
    }
    assert_eq!(extended.functions().count(), registry.functions().count());
    assert_eq!(extended.conflicts().count(), 0);
}
