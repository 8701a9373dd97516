//! `Box<dyn Trait>`: whichever class the pickle names, if it implements the trait.

use std::any::Any;
use std::rc::Rc;
use std::sync::Arc;

use pickle::{Error, ErrorKind, Pickle, Registry, Unpickler};

#[pickle::dynamic]
trait Shape: Any {
    fn area(&self) -> f64;
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "geo")]
struct Circle {
    radius: f64,
}

#[pickle::dynamic]
impl Shape for Circle {
    fn area(&self) -> f64 {
        self.radius * self.radius * 3.0
    }
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "geo", alias = "geo.old.Box")]
struct Square {
    side: f64,
}

#[pickle::dynamic]
impl Shape for Square {
    fn area(&self) -> f64 {
        self.side * self.side
    }
}

/// Holds others, and sharing with them.
#[derive(Pickle)]
#[pickle(module = "geo")]
struct Group {
    shapes: Vec<Rc<dyn Shape>>,
}

#[pickle::dynamic]
impl Shape for Group {
    fn area(&self) -> f64 {
        self.shapes.iter().map(|shape| shape.area()).sum()
    }
}

/// Registered, but no shape.
#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "geo")]
struct Label {
    text: String,
}

/// A shape that nobody has registered as one.
#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "geo")]
struct Hidden {
    area: f64,
}

impl Shape for Hidden {
    fn area(&self) -> f64 {
        self.area
    }
}

fn circle(radius: f64) -> Circle {
    Circle { radius }
}

#[test]
fn a_box_holds_whichever_class_the_pickle_names() {
    let shapes: Vec<Box<dyn Shape>> = vec![Box::new(circle(2.0)), Box::new(Square { side: 3.0 })];
    let bytes = pickle::dumps(&shapes).unwrap();
    let back: Vec<Box<dyn Shape>> = pickle::loads(&bytes).unwrap();
    let areas: Vec<f64> = back.iter().map(|shape| shape.area()).collect();
    assert_eq!(areas, [12.0, 9.0]);
    let square: Box<dyn Any> = back.into_iter().nth(1).unwrap();
    assert_eq!(*square.downcast::<Square>().unwrap(), Square { side: 3.0 });
}

#[test]
fn dumping_writes_the_own_class_of_the_object() {
    let shape: Box<dyn Shape> = Box::new(circle(2.0));
    assert_eq!(
        pickle::dumps(&shape).unwrap(),
        pickle::dumps(&circle(2.0)).unwrap()
    );
    // Nothing has to be registered for that.
    let hidden: Box<dyn Shape> = Box::new(Hidden { area: 1.0 });
    let back: Hidden = pickle::loads(&pickle::dumps(&hidden).unwrap()).unwrap();
    assert_eq!(back, Hidden { area: 1.0 });
}

#[test]
fn an_alias_names_the_class_too() {
    let shape: Box<dyn Shape> =
        pickle::loads(b"\x80\x02cgeo.old\nBox\n)\x81}X\x04\0\0\0sideK\x02sb.").unwrap();
    assert_eq!(shape.area(), 4.0);
}

#[test]
fn owners_of_one_object_stay_owners_of_one_object() {
    let shared: Rc<dyn Shape> = Rc::new(circle(1.0));
    let group: Rc<dyn Shape> = Rc::new(Group {
        shapes: vec![shared.clone(), Rc::new(circle(1.0))],
    });
    let shapes = vec![shared.clone(), group, shared];
    for protocol in pickle::Protocol::ALL {
        let mut bytes = Vec::new();
        let mut pickler = pickle::Pickler::new(&mut bytes).with_protocol(protocol);
        pickler.dump(&shapes).unwrap();
        let back: Vec<Rc<dyn Shape>> = pickle::loads(&bytes).unwrap();
        assert!(Rc::ptr_eq(&back[0], &back[2]));
        let group = back[1].clone() as Rc<dyn Any>;
        let group = group.downcast::<Group>().unwrap();
        assert!(Rc::ptr_eq(&group.shapes[0], &back[0]));
        assert!(!Rc::ptr_eq(&group.shapes[1], &back[0]));
    }
}

#[test]
fn a_place_that_knows_the_type_shares_with_one_that_does_not() {
    #[derive(Pickle)]
    #[pickle(module = "geo", name = "Both")]
    struct Both {
        known: Rc<Circle>,
        unknown: Rc<dyn Shape>,
    }
    let known = Rc::new(circle(1.0));
    let unknown = known.clone();
    let bytes = pickle::dumps(&Both { known, unknown }).unwrap();
    let back: Both = pickle::loads(&bytes).unwrap();
    let unknown = (back.unknown as Rc<dyn Any>).downcast::<Circle>().unwrap();
    assert!(Rc::ptr_eq(&unknown, &back.known));
}

fn error<T: for<'de> pickle::Unpickle<'de>>(pickle: &[u8]) -> Error {
    match pickle::loads::<T>(pickle) {
        Ok(_) => panic!("loaded"),
        Err(error) => error,
    }
}

#[test]
fn a_class_that_does_not_implement_the_trait_is_an_error_that_names_both() {
    let labels = pickle::dumps(&vec![Label { text: "a".into() }]).unwrap();
    let error = error::<Vec<Box<dyn Shape>>>(&labels);
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    assert_eq!(
        error.message(),
        "expected an instance of a class that implements `dyn dynamic::Shape`, found geo.Label"
    );
    assert_eq!(error.path(), "$[0]");
    let note = error.notes().next().unwrap();
    assert!(
        note.contains("`pickle::register!(dynamic::Label as dyn dynamic::Shape);`"),
        "{note}"
    );
}

#[test]
fn data_is_an_error_too() {
    let error = error::<Vec<Rc<dyn Shape>>>(b"]K\x05a.");
    assert_eq!(
        error.message(),
        "expected an instance of a class that implements `dyn dynamic::Shape`, found int"
    );
    assert_eq!(error.path(), "$[0]");
}

#[test]
fn a_missing_class_is_missing() {
    let error = error::<Vec<Box<dyn Shape>>>(b"](cgeo\nOval\n)\x81}be.");
    assert_eq!(error.kind(), ErrorKind::UnknownClass, "{error}");
    assert!(error.message().starts_with("Can't get attribute 'Oval'"));
    assert_eq!(error.path(), "$[0]");
}

// Traits that demand to be shared between threads have objects that say so.

#[pickle::dynamic]
trait Job: Send + Sync {
    fn run(&self) -> i64;
}

#[derive(Pickle)]
#[pickle(module = "jobs")]
struct Count {
    to: i64,
}

#[pickle::dynamic]
impl Job for Count {
    fn run(&self) -> i64 {
        self.to
    }
}

#[test]
fn send_and_sync_may_be_said_or_not() {
    let bytes = pickle::dumps(&(Count { to: 3 }, Count { to: 4 })).unwrap();
    let (one, two): (Box<dyn Job>, Box<dyn Job + Send>) = pickle::loads(&bytes).unwrap();
    assert_eq!(one.run() + two.run(), 7);
    let (one, two): (Arc<dyn Job + Send + Sync>, Arc<dyn Job + Sync>) =
        pickle::loads(&bytes).unwrap();
    let sum = std::thread::spawn(move || one.run()).join().unwrap() + two.run();
    assert_eq!(sum, 7);
    assert_eq!(
        pickle::dumps(&two).unwrap(),
        pickle::dumps(&Count { to: 4 }).unwrap()
    );
}

// Each use of a trait with parameters is a trait of its own.

#[pickle::dynamic]
trait Source<T> {
    fn next(&self) -> T;
}

#[derive(Pickle)]
#[pickle(module = "sources")]
struct Constant<T> {
    value: T,
}

impl<T: Clone + pickle::Pickle> Source<T> for Constant<T> {
    fn next(&self) -> T {
        self.value.clone()
    }
}

pickle::register!(Constant<i64> as dyn Source<i64>);

#[derive(Pickle)]
#[pickle(module = "sources")]
struct Greeting;

#[pickle::dynamic]
impl Source<String> for Greeting {
    fn next(&self) -> String {
        "hello".to_owned()
    }
}

#[pickle::dynamic]
impl Source<i64> for Greeting {
    fn next(&self) -> i64 {
        5
    }
}

#[test]
fn a_generic_trait_is_a_trait_for_each_type() {
    let number: Box<dyn Source<i64>> =
        pickle::loads(&pickle::dumps(&Constant { value: 7 }).unwrap()).unwrap();
    assert_eq!(number.next(), 7);
    let greeting = pickle::dumps(&Greeting).unwrap();
    let text: Box<dyn Source<String>> = pickle::loads(&greeting).unwrap();
    assert_eq!(text.next(), "hello");
    let number: Box<dyn Source<i64>> = pickle::loads(&greeting).unwrap();
    assert_eq!(number.next(), 5);
    let bytes = pickle::dumps(&Constant { value: 7 }).unwrap();
    assert!(pickle::loads::<Box<dyn Source<String>>>(&bytes).is_err());
}

// Registries.

#[test]
fn a_registry_of_a_few_types_restricts_the_load() {
    let registry = Arc::new(Registry::only::<(Circle,)>());
    let load = |bytes: &[u8]| {
        Unpickler::new(bytes)
            .with_registry(registry.clone())
            .load::<Box<dyn Shape>>()
            .map(|shape| shape.area())
    };
    let bytes = pickle::dumps(&circle(1.0)).unwrap();
    assert_eq!(load(&bytes).unwrap(), 3.0);
    let bytes = pickle::dumps(&Square { side: 1.0 }).unwrap();
    assert_eq!(load(&bytes).unwrap_err().kind(), ErrorKind::UnknownClass);
}

#[test]
fn a_registry_filled_by_hand_makes_an_implementation_known() {
    let mut registry = Registry::new();
    registry.register_implementation(pickle::implementation!(Hidden as dyn Shape));
    let bytes = pickle::dumps(&Hidden { area: 2.0 }).unwrap();
    let mut unpickler = Unpickler::new(&bytes[..]).with_registry(registry);
    assert_eq!(unpickler.load::<Box<dyn Shape>>().unwrap().area(), 2.0);
    assert!(pickle::loads::<Box<dyn Shape>>(&bytes).is_err());
}

#[test]
fn the_registry_lists_who_implements_what() {
    let all = Registry::global().implementations();
    let shapes = all.filter(|entry| entry.object_name() == "dyn dynamic::Shape");
    let classes: Vec<_> = shapes.map(|entry| entry.class().to_string()).collect();
    assert_eq!(classes, ["geo.Circle", "geo.Group", "geo.Square"]);
}

// Functions.

#[pickle::function(module = "geo")]
fn unit(name: &str) -> pickle::Result<Box<dyn Shape>> {
    match name {
        "circle" => Ok(Box::new(circle(1.0))),
        "square" => Ok(Box::new(Square { side: 1.0 })),
        _ => Err(Error::custom(format!("no shape is called {name}"))),
    }
}

#[pickle::function(module = "geo", name = "disk")]
fn make_disk(diameter: f64) -> Circle {
    circle(diameter / 2.0)
}

#[test]
fn a_function_may_make_the_object() {
    let shape: Box<dyn Shape> = pickle::loads(b"cgeo\nunit\n(Vsquare\ntR.").unwrap();
    assert_eq!(shape.area(), 1.0);
    let shapes: Vec<Rc<dyn Shape>> =
        pickle::loads(b"](cgeo\nunit\n(Vcircle\ntRq\x00h\x00e.").unwrap();
    assert!(Rc::ptr_eq(&shapes[0], &shapes[1]));
    let shape: Box<dyn Shape> = pickle::loads(b"cgeo\ndisk\n(F4.0\ntR.").unwrap();
    assert_eq!(shape.area(), 12.0);
    let error = error::<Vec<Box<dyn Shape>>>(b"]cgeo\nunit\n(Vcube\ntRa.");
    assert_eq!(error.message(), "no shape is called cube");
    assert!(error.notes().any(|note| note == "in a call of geo.unit"));
}
