//! `Rc` and `Weak` in typed structs: trees whose children point to their parents, graphs with
//! shared nodes, and cycles that no type of Rust can have.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::{self, Arc, Mutex};

use pickle::{Error, ErrorKind, Pickle, Pickler, Protocol, Unpickle};

#[derive(Pickle)]
#[pickle(module = "family")]
struct Person {
    name: String,
    children: Vec<Rc<Person>>,
    parent: Weak<Person>,
}

/// As Python writes it whose `__init__` sets the parent first.
#[derive(Pickle)]
#[pickle(module = "family")]
struct Folder {
    parent: RefCell<Weak<Folder>>,
    folders: RefCell<Vec<Rc<Folder>>>,
    depth: u32,
}

fn folder(parent: &Weak<Folder>, depth: u32) -> Rc<Folder> {
    Rc::new_cyclic(|this| Folder {
        parent: RefCell::new(parent.clone()),
        folders: RefCell::new(match depth {
            4 => Vec::new(),
            _ => (0..2).map(|_| folder(this, depth + 1)).collect(),
        }),
        depth,
    })
}

fn check(folder: &Rc<Folder>) -> usize {
    let mut count = 1;
    for inner in &*folder.folders.borrow() {
        let parent = inner.parent.borrow().upgrade().unwrap();
        assert!(Rc::ptr_eq(&parent, folder));
        assert_eq!(inner.depth, folder.depth + 1);
        count += check(inner);
    }
    count
}

fn dumps<T: Pickle + ?Sized>(value: &T, protocol: Protocol) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut pickler = Pickler::new(&mut bytes).with_protocol(protocol);
    pickler.dump(value).unwrap();
    bytes
}

fn error<T: for<'de> Unpickle<'de>>(pickle: &[u8]) -> Error {
    match pickle::loads::<T>(pickle) {
        Ok(_) => panic!("loaded"),
        Err(error) => error,
    }
}

#[test]
fn a_tree_knows_its_parents_again() {
    let root = folder(&Weak::new(), 0);
    for protocol in Protocol::ALL {
        let bytes = dumps(&root, protocol);
        let back: Rc<Folder> = pickle::loads(&bytes).unwrap();
        assert!(back.parent.borrow().upgrade().is_none());
        assert_eq!(check(&back), 31);
        assert_eq!(dumps(&back, protocol), bytes);
        // Nothing but the root owns the root.
        assert_eq!(Rc::strong_count(&back), 1);
    }
}

#[test]
fn weak_references_need_no_cell() {
    let root = Rc::new_cyclic(|root: &Weak<Person>| Person {
        name: "Ann".into(),
        children: ["Bob", "Cid"]
            .map(|name| {
                Rc::new(Person {
                    name: name.into(),
                    children: Vec::new(),
                    parent: root.clone(),
                })
            })
            .into(),
        parent: Weak::new(),
    });
    let back: Rc<Person> = pickle::loads(&pickle::dumps(&root).unwrap()).unwrap();
    let names: Vec<_> = back.children.iter().map(|child| &child.name).collect();
    assert_eq!(names, ["Bob", "Cid"]);
    for child in &back.children {
        assert!(Rc::ptr_eq(&child.parent.upgrade().unwrap(), &back));
    }
}

#[test]
fn the_owner_may_come_behind_the_reference() {
    #[derive(Pickle)]
    #[pickle(module = "family")]
    struct Selection {
        current: Weak<Person>,
        all: Vec<Rc<Person>>,
    }
    let person = |name: &str| {
        Rc::new(Person {
            name: name.into(),
            children: Vec::new(),
            parent: Weak::new(),
        })
    };
    let all = vec![person("Ann"), person("Bob")];
    let selection = Selection {
        current: Rc::downgrade(&all[1]),
        all,
    };
    let bytes = pickle::dumps(&selection).unwrap();
    let back: Selection = pickle::loads(&bytes).unwrap();
    assert!(Rc::ptr_eq(&back.current.upgrade().unwrap(), &back.all[1]));
}

#[test]
fn what_nothing_would_own_is_an_error_and_not_lost() {
    let parent = Rc::new_cyclic(|parent: &Weak<Person>| Person {
        name: "Ann".into(),
        children: vec![Rc::new(Person {
            name: "Bob".into(),
            children: Vec::new(),
            parent: parent.clone(),
        })],
        parent: Weak::new(),
    });
    // As in Python, the child takes its parent along.
    let bytes = pickle::dumps(&parent.children[0]).unwrap();
    let error_of_child = error::<Rc<Person>>(&bytes);
    assert_eq!(
        error_of_child.message(),
        "nothing but a `Weak` refers to the family.Person, which would be lost"
    );
    assert_eq!(error_of_child.path(), "$.parent");

    // Here two places have it, and both are weak.
    let weak = Rc::downgrade(&parent);
    let bytes = pickle::dumps(&vec![weak.clone(), weak]).unwrap();
    let error_of_both = error::<Vec<Weak<Person>>>(&bytes);
    assert_eq!(error_of_both.kind(), ErrorKind::Mismatch);
    assert_eq!(error_of_both.path(), "$[0]");
}

#[test]
fn a_parent_has_to_be_behind_an_owner() {
    let root = folder(&Weak::new(), 3);
    let bytes = pickle::dumps(&root).unwrap();
    let error = error::<Folder>(&bytes);
    assert_eq!(error.kind(), ErrorKind::Cycle);
    assert_eq!(error.message(), "the family.Folder contains itself");
    assert_eq!(error.path(), "$.folders[0].parent");
}

#[test]
fn owners_that_own_one_another_are_an_error_with_the_path_of_the_cycle() {
    #[derive(Pickle)]
    #[pickle(module = "family")]
    struct Link {
        next: Option<Rc<Link>>,
    }
    // a = Link(); a.next = Link(); a.next.next = a
    let pickle = b"\x80\x04\x8c\x06family\x8c\x04Link\x93\x94)\x81\x94}\x8c\x04next\x94\
        h\x00)\x81}h\x02h\x01sbsb.";
    let error = error::<Rc<Link>>(pickle);
    assert_eq!(error.kind(), ErrorKind::Cycle);
    assert_eq!(error.message(), "the family.Link contains itself");
    assert_eq!(error.path(), "$.next.next");
    assert!(
        error.notes().any(|note| note.contains("for a `Weak`")),
        "{error}"
    );
}

#[test]
fn an_error_inside_of_an_owner_under_way_is_an_error() {
    let root = folder(&Weak::new(), 2);
    let mut bytes = pickle::dumps(&root).unwrap();
    // The depth of the innermost folder becomes `None`.
    let place = bytes.windows(2).position(|pair| pair == b"K\x04").unwrap();
    bytes.splice(place..place + 2, *b"N0N");
    let start = bytes.len();
    // Frames have lengths: this pickle goes without.
    let bytes = [&bytes[..2], &bytes[11..start]].concat();
    let error = error::<Rc<Folder>>(&bytes);
    assert_eq!(error.message(), "expected int, found NoneType");
    assert_eq!(error.path(), "$.folders[0].folders[0].depth");
}

#[test]
fn threads_have_trees_too() {
    #[derive(Pickle)]
    #[pickle(module = "family")]
    struct Task {
        parent: Mutex<sync::Weak<Task>>,
        tasks: Vec<Arc<Task>>,
    }
    let root = Arc::new_cyclic(|root| Task {
        parent: Mutex::default(),
        tasks: vec![Arc::new(Task {
            parent: Mutex::new(sync::Weak::clone(root)),
            tasks: Vec::new(),
        })],
    });
    for protocol in Protocol::ALL {
        let back: Arc<Task> = pickle::loads(&dumps(&root, protocol)).unwrap();
        let parent = back.tasks[0].parent.lock().unwrap().upgrade().unwrap();
        assert!(Arc::ptr_eq(&parent, &back));
        let none = back.parent.lock().unwrap();
        assert!(none.upgrade().is_none());
    }
}

#[pickle::dynamic]
trait Widget {
    fn children(&self) -> &[Rc<dyn Widget>];
    fn parent(&self) -> Option<Rc<dyn Widget>>;
}

#[derive(Pickle)]
#[pickle(module = "ui")]
struct Window {
    parent: Weak<dyn Widget>,
    children: Vec<Rc<dyn Widget>>,
}

#[pickle::dynamic]
impl Widget for Window {
    fn children(&self) -> &[Rc<dyn Widget>] {
        &self.children
    }

    fn parent(&self) -> Option<Rc<dyn Widget>> {
        self.parent.upgrade()
    }
}

#[derive(Pickle)]
#[pickle(module = "ui")]
struct Button {
    parent: Weak<dyn Widget>,
}

#[pickle::dynamic]
impl Widget for Button {
    fn children(&self) -> &[Rc<dyn Widget>] {
        &[]
    }

    fn parent(&self) -> Option<Rc<dyn Widget>> {
        self.parent.upgrade()
    }
}

#[test]
fn parents_may_be_of_any_class() {
    let window: Rc<dyn Widget> = Rc::new_cyclic(|window: &Weak<Window>| Window {
        parent: Weak::<Window>::new(),
        children: vec![
            Rc::new(Button {
                parent: window.clone(),
            }),
            Rc::new(Window {
                parent: window.clone(),
                children: Vec::new(),
            }),
        ],
    });
    for protocol in Protocol::ALL {
        let back: Rc<dyn Widget> = pickle::loads(&dumps(&window, protocol)).unwrap();
        assert!(back.parent().is_none());
        assert_eq!(back.children().len(), 2);
        for child in back.children() {
            assert!(Rc::ptr_eq(&child.parent().unwrap(), &back));
        }
    }
}

/// A chain of folders, each in the one before.
fn chain(parent: &Weak<Folder>, depth: u32, last: u32) -> Rc<Folder> {
    Rc::new_cyclic(|this| Folder {
        parent: RefCell::new(parent.clone()),
        folders: RefCell::new(match depth == last {
            true => Vec::new(),
            false => vec![chain(this, depth + 1, last)],
        }),
        depth,
    })
}

#[test]
fn the_limit_of_depth_comes_before_that_of_the_stack() {
    // A folder and its list are two levels.
    let bytes = pickle::dumps(&chain(&Weak::new(), 1, 250)).unwrap();
    let back: Rc<Folder> = pickle::loads(&bytes).unwrap();
    assert_eq!(pickle::dumps(&back).unwrap(), bytes);
    let bytes = pickle::dumps(&chain(&Weak::new(), 1, 300)).unwrap();
    assert_eq!(error::<Rc<Folder>>(&bytes).kind(), ErrorKind::Depth);
}
