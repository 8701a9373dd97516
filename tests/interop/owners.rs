//! A tree whose children know their parent, and a graph with shared nodes, both ways.

use std::cell::RefCell;
use std::fs;
use std::rc::{Rc, Weak};

use pickle::{Pickle, Protocol};

use crate::dump_to;
use crate::support::{Python, TempDir, pythons, run};

#[derive(Pickle)]
#[pickle(module = "family")]
struct Folder {
    parent: Weak<Folder>,
    folders: Vec<Rc<Folder>>,
    depth: u32,
}

#[derive(Pickle)]
#[pickle(module = "family")]
struct Map {
    places: Vec<Rc<Place>>,
}

#[derive(Pickle)]
#[pickle(module = "family")]
struct Place {
    map: Weak<Map>,
    name: String,
    roads: RefCell<Vec<Rc<Place>>>,
}

fn folder(parent: &Weak<Folder>, depth: u32) -> Rc<Folder> {
    Rc::new_cyclic(|this| Folder {
        parent: parent.clone(),
        folders: match depth {
            4 => Vec::new(),
            _ => (0..2).map(|_| folder(this, depth + 1)).collect(),
        },
        depth,
    })
}

fn map() -> Rc<Map> {
    Rc::new_cyclic(|map| {
        let places = ["a", "b", "c", "d"].map(|name| {
            Rc::new(Place {
                map: map.clone(),
                name: name.into(),
                roads: RefCell::default(),
            })
        });
        for (start, end) in [(0, 1), (0, 2), (1, 3), (2, 3), (0, 3)] {
            let [start, end] = [start, end].map(|nth: usize| &places[nth]);
            start.roads.borrow_mut().push(end.clone());
        }
        Map {
            places: places.into(),
        }
    })
}

fn check_folder(folder: &Rc<Folder>, depth: u32) {
    assert_eq!(folder.depth, depth);
    assert_eq!(folder.folders.len(), if depth < 4 { 2 } else { 0 });
    for inner in &folder.folders {
        assert!(Rc::ptr_eq(&inner.parent.upgrade().unwrap(), folder));
        check_folder(inner, depth + 1);
    }
}

fn check_map(map: &Rc<Map>) {
    let index = |place: &Rc<Place>| map.places.iter().position(|p| Rc::ptr_eq(p, place));
    let roads: Vec<Vec<_>> = map
        .places
        .iter()
        .map(|place| place.roads.borrow().iter().map(index).collect())
        .collect();
    assert_eq!(
        roads,
        [
            vec![Some(1), Some(2), Some(3)],
            vec![Some(3)],
            vec![Some(3)],
            vec![]
        ]
    );
    for place in &map.places {
        assert!(Rc::ptr_eq(&place.map.upgrade().unwrap(), map));
    }
}

fn dumps<T: Pickle>(value: &T, protocol: Protocol) -> Vec<u8> {
    let mut bytes = Vec::new();
    dump_to(&mut bytes, value, protocol);
    bytes
}

#[test]
fn trees_and_graphs_cross_both_ways() {
    for python in pythons() {
        let written = TempDir::new();
        run(python
            .script("tests/python/owners.py")
            .arg("write")
            .arg(written.path()));
        let ours = TempDir::new();
        for &protocol in python.protocols() {
            let number = protocol as u8;
            let tree = dumps(&folder(&Weak::new(), 0), protocol);
            let graph = dumps(&map(), protocol);
            read(
                python,
                &written,
                &format!("folder.{number}"),
                &tree,
                |bytes| {
                    check_folder(&pickle::loads(bytes)?, 0);
                    Ok(())
                },
            );
            read(
                python,
                &written,
                &format!("map.{number}"),
                &graph,
                |bytes| {
                    check_map(&pickle::loads(bytes)?);
                    Ok(())
                },
            );
            fs::write(ours.join(format!("folder.{number}")), tree).unwrap();
            fs::write(ours.join(format!("map.{number}")), graph).unwrap();
        }
        run(python
            .script("tests/python/owners.py")
            .arg("read")
            .arg(ours.path()));
    }
}

/// Loads what Python has written, which is what is written here, byte for byte.
fn read(
    python: &Python,
    directory: &TempDir,
    name: &str,
    ours: &[u8],
    load: impl Fn(&[u8]) -> pickle::Result<()>,
) {
    let bytes = fs::read(directory.join(name)).unwrap();
    load(&bytes).unwrap_or_else(|error| panic!("{python}: {name}: {error}"));
    load(ours).unwrap();
    if python.version >= (3, 8) {
        assert!(bytes == ours, "{python}: {name}: {}", bytes.escape_ascii());
    }
}
