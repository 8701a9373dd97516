//! Against real Pythons: files and data cross both ways, and say the same.
//!
//! These tests need a `python3` of version 3.8 or later, and use every other Python that they find;
//! see [`support`]. Without one they fail, unless `PICKLE_TESTS_WITHOUT_PYTHON=1` is set.

#[path = "../corpus/any.rs"]
mod any;
mod chapter;
mod classes;
mod data;
mod deadline;
mod encodings;
mod fixpoint;
mod graphs;
mod lengths;
mod owners;
mod pool;
mod shapes;
mod streams;
mod support;

use pickle::Pickle;

/// The class of the chapter: in Python a class of the script.
#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(module = "__main__")]
struct SimpleObject {
    name: String,
    name_backwards: String,
}

impl SimpleObject {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            name_backwards: name.chars().rev().collect(),
        }
    }
}

fn dump_to<T: Pickle + ?Sized>(bytes: &mut Vec<u8>, value: &T, protocol: pickle::Protocol) {
    pickle::Pickler::new(bytes)
        .with_protocol(protocol)
        .dump(value)
        .unwrap();
}
