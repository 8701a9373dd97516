//! Where in the data a class is used, for errors that come before the data is decoded.

use std::collections::HashSet;

use crate::error::{Error, Segment, quoted};
use crate::read::arena::node::{Node, Place};
use crate::read::arena::{Container, Entry, Shape};
use crate::read::argument::scalar::Scalar;
use crate::read::document::Document;

/// How many objects are looked at: an error is for people, who have seen such paths before.
const OBJECTS: usize = 100_000;

/// Adds to an error the place of an object that a global is the class of, or of the global itself:
/// one of the places that are the fewest steps away.
#[cold]
pub(in crate::read) fn locate(document: &Document<'_>, global: usize, error: Error) -> Error {
    let names = |node| document.global_index(node) == Some(global);
    let is_one = |node| names(node) || document.class_node(node).is_some_and(names);
    locate_where(document, is_one, error)
}

/// Adds to an error the place of a node.
#[cold]
pub(in crate::read) fn locate_node(document: &Document<'_>, wanted: Node, error: Error) -> Error {
    locate_where(document, |node| node == wanted, error)
}

fn locate_where(document: &Document<'_>, is_one: impl Fn(Node) -> bool, error: Error) -> Error {
    let mut search = Search {
        document,
        seen: HashSet::new(),
        visits: Vec::new(),
    };
    search.visit(document.root, 0, Step::Inside);
    let mut nth = 0;
    while let Some(&Visit { node, .. }) = search.visits.get(nth) {
        if is_one(node) {
            return search.describe(nth, error);
        }
        search.go_into(node, nth);
        nth += 1;
    }
    error
}

/// A search in breadth: what is to be looked at, and how it was reached.
struct Search<'a, 'de> {
    document: &'a Document<'de>,
    seen: HashSet<Node>,
    visits: Vec<Visit>,
}

struct Visit {
    node: Node,
    /// The index of the visit that led here.
    from: usize,
    step: Step,
}

/// How a value is reached from the one that holds it.
#[derive(Clone, Copy)]
enum Step {
    Index(usize),
    /// By the key of a dict.
    Key(Node),
    /// By the name of an attribute.
    Attribute(Node),
    /// In a way that a path has no words for: the element of a set, the argument of a call.
    Inside,
}

impl Search<'_, '_> {
    fn visit(&mut self, node: Node, from: usize, step: Step) {
        let is_container = matches!(node.place(), Place::Container(_));
        if is_container && self.visits.len() < OBJECTS && self.seen.insert(node) {
            self.visits.push(Visit { node, from, step });
        }
    }

    fn go_into(&mut self, node: Node, from: usize) {
        let document = self.document;
        let Some(content) = document.content(node) else {
            return;
        };
        match content.shape {
            Shape::List | Shape::Tuple | Shape::Items => self.items(content, from),
            Shape::Dict | Shape::Pairs => self.pairs(content, from, Step::Key),
            Shape::Set | Shape::FrozenSet | Shape::Additions => {
                for nth in 0..content.len {
                    let element = document.arena.child(content.start + nth);
                    self.visit(element, from, Step::Inside);
                }
            }
            Shape::Global | Shape::Buffer => {}
            Shape::ReadOnly => {
                let buffer = document.arena.child(content.start);
                self.visit(buffer, from, Step::Inside);
            }
            Shape::NewObj | Shape::NewObjEx | Shape::Reduce | Shape::Inst | Shape::Persistent => {
                for nth in 0..content.shape.log_start().unwrap_or_default() {
                    let part = document.arena.child(content.start + nth);
                    self.visit(part, from, Step::Inside);
                }
                for (entry, node) in document.arena.log(content) {
                    self.log_entry(entry, node, from);
                }
            }
        }
    }

    fn log_entry(&mut self, entry: Entry, node: Node, from: usize) {
        let Some(content) = self.document.content(node) else {
            return;
        };
        match (entry, content.shape) {
            (Entry::State, Shape::Dict) => self.pairs(content, from, Step::Attribute),
            // A dict of attributes and one of slots, perhaps.
            (Entry::State, Shape::Tuple) => {
                for nth in 0..content.len {
                    let part = self.document.arena.child(content.start + nth);
                    match self.document.content(part) {
                        Some(part) if part.shape == Shape::Dict => {
                            self.pairs(part, from, Step::Attribute);
                        }
                        _ => self.visit(part, from, Step::Inside),
                    }
                }
            }
            (Entry::Items, _) => self.items(content, from),
            (Entry::Pairs, _) => self.pairs(content, from, Step::Key),
            _ => self.visit(node, from, Step::Inside),
        }
    }

    fn items(&mut self, content: Container, from: usize) {
        for nth in 0..content.len {
            let item = self.document.arena.child(content.start + nth);
            self.visit(item, from, Step::Index(nth));
        }
    }

    fn pairs(&mut self, content: Container, from: usize, step: fn(Node) -> Step) {
        for position in (content.start..content.start + content.len).step_by(2) {
            let key = self.document.arena.child(position);
            let value = self.document.arena.child(position + 1);
            self.visit(key, from, Step::Inside);
            self.visit(value, from, step(key));
        }
    }

    /// Adds the path to a visit, from the inside out.
    fn describe(&self, mut nth: usize, mut error: Error) -> Error {
        while nth != 0 {
            let Visit { from, step, .. } = self.visits[nth];
            error = match step {
                Step::Index(index) => error.in_index(index),
                Step::Key(key) => error.inside(Segment::Key(self.key(key))),
                Step::Attribute(name) => error.in_attribute(self.name(name)),
                Step::Inside => error,
            };
            nth = from;
        }
        error
    }

    fn name(&self, node: Node) -> String {
        match self.document.scalar(node) {
            Ok(Some(Scalar::Str(text) | Scalar::ByteString(text))) => {
                String::from_utf8_lossy(&text).into_owned()
            }
            _ => "…".to_owned(),
        }
    }

    /// A key as Python's `repr` shows it, or `…` if it is no text or number.
    fn key(&self, node: Node) -> String {
        match self.document.scalar(node) {
            Ok(Some(Scalar::Str(_) | Scalar::ByteString(_))) => quoted(&self.name(node)),
            Ok(Some(Scalar::Int(number))) => number.to_string(),
            Ok(Some(Scalar::Bool(true))) => "True".to_owned(),
            Ok(Some(Scalar::Bool(false))) => "False".to_owned(),
            Ok(Some(Scalar::None)) => "None".to_owned(),
            _ => "…".to_owned(),
        }
    }
}
