//! Instances of registered classes inside values.

use std::rc::Rc;

use pickle::value::{Dict, Object, Opaque};
use pickle::{ErrorKind, Pickle, Unpickler, Value, dumps, loads, value};

#[derive(Pickle, Clone, Debug, PartialEq, Eq, Hash)]
#[pickle(module = "objects")]
struct Place {
    x: i64,
    y: i64,
}

#[derive(Pickle, Debug)]
#[pickle(module = "objects")]
struct Plain {
    id: u8,
}

/// Neither `Send` nor `Sync`.
#[derive(Pickle)]
#[pickle(module = "objects")]
struct Local {
    id: Rc<u8>,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(module = "objects")]
struct Person {
    name: String,
    friends: Value,
}

const fn place(x: i64, y: i64) -> Place {
    Place { x, y }
}

#[test]
fn an_instance_is_its_rust_value() {
    let bytes = dumps(&(place(1, 2), vec![place(3, 4)], "text")).unwrap();
    let value: Value = loads(&bytes).unwrap();
    assert_eq!(value[0].downcast_ref(), Some(&place(1, 2)));
    assert!(value[0].downcast_ref::<Plain>().is_none());
    assert_eq!(value[1][0].as_object().unwrap().class().name(), "Place");
    assert_eq!(value, value!((place(1, 2), [place(3, 4)], "text")));
    assert_eq!(dumps(&value).unwrap(), bytes);

    let [first, list, _] = &Vec::from(value.as_tuple().unwrap().clone())[..] else {
        panic!()
    };
    let error = first.clone().downcast::<Plain>().unwrap_err();
    assert!(error.message().contains("(objects.Place)"), "{error}");
    let error = first.clone().downcast::<Place>().unwrap_err();
    assert!(error.message().ends_with("is shared with other values"));
    assert_eq!(
        first.clone().downcast_cloned::<Place>().unwrap(),
        place(1, 2)
    );
    let error = list.clone().downcast::<Place>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    assert_eq!(
        Value::from(place(5, 6)).downcast::<Place>().unwrap(),
        place(5, 6)
    );
}

#[test]
fn a_change_copies_what_is_shared() {
    let mut value = Value::from(place(1, 2));
    let before = value.clone();
    value.downcast_mut::<Place>().unwrap().x = 7;
    assert_eq!(value.downcast_ref(), Some(&place(7, 2)));
    assert_eq!(before.downcast_ref(), Some(&place(1, 2)));
    let address = value.as_object().unwrap().address();
    value.downcast_mut::<Place>().unwrap().x = 8;
    assert_eq!(value.as_object().unwrap().address(), address);
}

#[test]
fn one_object_stays_one_object() {
    let object = Value::from(place(1, 2));
    let bytes = dumps(&value!([(object.clone()), object, (place(1, 2))])).unwrap();
    let value: Value = loads(&bytes).unwrap();
    assert!(value[0].is(&value[1]) && !value[0].is(&value[2]));
    assert_eq!(value[0], value[2]);
    assert_eq!(dumps(&value).unwrap(), bytes);
}

#[test]
fn keys_are_compared_as_the_type_says() {
    let mut dict = Dict::new();
    dict.insert(place(1, 2), "by value");
    assert_eq!(dict.get(Value::from(place(1, 2))).unwrap(), "by value");
    assert_eq!(dict.insert(place(1, 2), 1), Some("by value".into()));
    // Without `Eq` and `Hash`, by identity.
    let (a, b) = (Value::from(Plain { id: 1 }), Value::from(Plain { id: 1 }));
    assert!(a == a.clone() && a != b);
    dict.try_insert(&a, 2).unwrap();
    assert!(dict.contains_key(&a) && !dict.contains_key(&b));
}

#[test]
fn a_type_that_is_not_for_threads_stays_data() {
    let bytes = dumps(&[Local { id: Rc::new(7) }]).unwrap();
    let value: Value = loads(&bytes).unwrap();
    let instance: &Opaque = value[0].as_opaque().unwrap();
    assert!(instance.class().unwrap().is("objects", "Local"));
    assert_eq!(instance.attribute("id").unwrap(), &7);
    assert_eq!(dumps(&value).unwrap(), bytes);
}

#[test]
fn an_object_as_data() {
    let data = Object::new(place(1, 2)).to_data().unwrap();
    assert_eq!(data.get("y").unwrap(), &2);
    assert_eq!(dumps(&data).unwrap(), dumps(&place(1, 2)).unwrap());
}

#[test]
fn values_in_objects_in_values_are_one_load() {
    let shared = value!(["a list", "that is shared"]);
    let person = |name: &str| Person {
        name: name.into(),
        friends: shared.clone(),
    };
    let bytes = dumps(&vec![person("a"), person("b")]).unwrap();
    let value: Value = loads(&bytes).unwrap();
    let friends = |nth: i32| &value[nth].downcast_ref::<Person>().unwrap().friends;
    assert!(friends(0).is(friends(1)));
    assert_eq!(dumps(&value).unwrap(), bytes);
    let people: Vec<Person> = loads(&bytes).unwrap();
    assert!(people[0].friends.is(&people[1].friends));
}

#[test]
fn cycles_through_objects_are_found() {
    // p = Person('a', None); p.friends = [p]
    let pickle = b"\x80\x02cobjects\nPerson\nq\0)\x81q\x01}(X\x04\0\0\0nameX\x01\0\0\0aX\x07\0\0\0friends](h\x01eub.";
    let error = loads::<Value>(pickle).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cycle);
    assert_eq!(error.path(), "$.friends[0]");
    // l = [Person('a', l)]
    let pickle = b"\x80\x02]q\x01(cobjects\nPerson\nq\0)\x81}(X\x04\0\0\0nameX\x01\0\0\0aX\x07\0\0\0friendsh\x01ube.";
    let error = loads::<Value>(pickle).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cycle);
    assert_eq!(error.path(), "$[0].friends");
}

#[test]
fn errors_of_an_instance_have_their_path() {
    let wrong = value!({"places": [{"x": 1}, (place(1, 2))]});
    let mut bytes = dumps(&wrong).unwrap();
    let at = bytes.windows(3).rposition(|w| w == b"K\x02u").unwrap();
    bytes[at..at + 2].copy_from_slice(b")0");
    bytes.splice(at + 1..at + 2, []);
    bytes.splice(2..11, []);
    let error = loads::<Value>(&bytes).unwrap_err();
    assert_eq!(error.message(), "expected int, found tuple");
    assert_eq!(error.path(), "$['places'][1].y");
}

#[test]
fn objects_nest_to_the_limit() {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(|| {
        let nested = |depth: usize| {
            let person = |name: &str, friends| Person {
                name: name.into(),
                friends,
            };
            let mut pickle = b"\x80\x02".to_vec();
            for _ in 0..depth {
                pickle.extend(
                    b"cobjects\nPerson\n)\x81}(X\x04\0\0\0nameX\x01\0\0\0aX\x07\0\0\0friends",
                );
            }
            pickle.extend(b"N");
            pickle.extend(b"ub".repeat(depth));
            pickle.extend(b".");
            (person("a", Value::None), pickle)
        };
        let (innermost, pickle) = nested(500);
        let mut value: Value = loads(&pickle).unwrap();
        for _ in 0..499 {
            value = value.downcast::<Person>().unwrap().friends;
        }
        assert_eq!(value.downcast::<Person>().unwrap(), innermost);
        let error = loads::<Value>(&nested(600).1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Depth);
    });
    thread.unwrap().join().unwrap();
}

#[test]
fn data_can_be_asked_for_by_an_empty_registry() {
    let bytes = dumps(&place(1, 2)).unwrap();
    let mut unpickler = Unpickler::from_slice(&bytes)
        .with_registry(pickle::Registry::new())
        .with_opaque(true);
    let value: Value = unpickler.load().unwrap();
    assert!(value.as_opaque().is_some());
    let document = pickle::Document::parse(&bytes).unwrap();
    assert_eq!(document.to_value().unwrap(), value);
}
