//! A walk over everything that a document holds, shared parts once.

use std::collections::HashMap;
use std::fmt::Write;

use pickle::{Document, NodeId, NodeRef, Step, View};

/// Writes a document as text: a line for each object, in the order in which they are met, with the
/// objects inside by their numbers.
///
/// Two documents that say the same give the same text. It does not recurse, and takes time in
/// proportion to the document.
pub(super) fn render(document: &Document<'_>) -> String {
    let mut walk = Walk {
        numbers: HashMap::new(),
        queue: Vec::new(),
        text: String::new(),
    };
    walk.reference(document.root());
    let mut next = 0;
    while let Some(node) = walk.queue.get(next).copied() {
        next += 1;
        walk.text.push('\n');
        walk.object(node);
    }
    walk.text
}

struct Walk<'d, 'de> {
    numbers: HashMap<NodeId, usize>,
    queue: Vec<NodeRef<'d, 'de>>,
    text: String,
}

impl<'d, 'de> Walk<'d, 'de> {
    fn reference(&mut self, node: NodeRef<'d, 'de>) {
        let next = self.queue.len();
        let number = *self.numbers.entry(node.id()).or_insert(next);
        if number == next {
            self.queue.push(node);
        }
        let _ = write!(self.text, " {number}");
    }

    fn references(&mut self, nodes: impl Iterator<Item = NodeRef<'d, 'de>>) {
        for node in nodes {
            self.reference(node);
        }
    }

    fn word(&mut self, word: impl std::fmt::Display) {
        let _ = write!(self.text, "{word}");
    }

    fn bytes(&mut self, name: &str, bytes: &[u8]) {
        let _ = write!(self.text, "{name} {}", bytes.escape_ascii());
    }

    fn object(&mut self, node: NodeRef<'d, 'de>) {
        match node.view() {
            View::None => self.word("None"),
            View::Bool(value) => self.word(value),
            View::Int(value) => {
                let bytes = value.to_big_int().to_signed_bytes_le();
                self.word("int ");
                for byte in bytes {
                    self.word(format_args!("{byte:02x}"));
                }
            }
            View::Float(value) => self.word(format_args!("float {:016x}", value.to_bits())),
            View::Str(value) => self.bytes("str", &value),
            View::ByteString(value) => self.bytes("string", &value),
            View::Bytes(value) => self.bytes("bytes", &value),
            View::ByteArray(value) => self.bytes("bytearray", &value),
            View::List(items) => {
                self.word("list");
                self.references(items);
            }
            View::Tuple(items) => {
                self.word("tuple");
                self.references(items);
            }
            View::Dict(pairs) => {
                self.word("dict");
                self.references(pairs.flat_map(|(key, value)| [key, value]));
            }
            View::Set(items) => {
                self.word("set");
                self.references(items);
            }
            View::FrozenSet(items) => {
                self.word("frozenset");
                self.references(items);
            }
            View::Global {
                module,
                qualname,
                names,
            } => {
                self.bytes("global", module.as_bytes());
                self.bytes("", qualname.as_bytes());
                if let Some((module, qualname)) = names {
                    self.references([module, qualname].into_iter());
                }
            }
            View::Extension(code) => self.word(format_args!("extension {code}")),
            View::Call(call) => {
                self.word(format_args!("{:?}", call.construction()));
                self.reference(call.callable());
                self.reference(call.args());
                self.references(call.kwargs().into_iter());
                call.steps().for_each(|step| self.step(step));
            }
            View::Persistent(id) => {
                self.word("persistent");
                self.reference(id);
            }
            View::Buffer(number) => self.word(format_args!("buffer {number}")),
            View::ReadOnly(of) => {
                self.word("read-only");
                self.reference(of);
            }
            _ => self.word("something new"),
        }
    }

    fn step(&mut self, step: Step<'d, 'de>) {
        match step {
            Step::State(state) => {
                self.word(" state");
                self.reference(state);
            }
            Step::Items(items) => {
                self.word(" items");
                self.references(items);
            }
            Step::Pairs(pairs) => {
                self.word(" pairs");
                self.references(pairs.flat_map(|(key, value)| [key, value]));
            }
            Step::Additions(items) => {
                self.word(" additions");
                self.references(items);
            }
            Step::Setter { function, state } => {
                self.word(" setter");
                self.reference(function);
                self.reference(state);
            }
            _ => self.word(" something new"),
        }
    }
}
