//! A whole pickle as data: nothing looked up, nothing called, sharing and cycles included.

mod bytes;
mod dump;
pub(in crate::read) mod kind;
pub(in crate::read) mod locate;
mod show;
pub(in crate::read) mod view;

use crate::error::Result;
use crate::opcode::Opcode;
use crate::read::arena::globals::{Builtin, GlobalName, GlobalRef};
use crate::read::arena::node::{Node, Place};
use crate::read::arena::{AnyArena, Arena, Container, Entry, Meaning, Shape};
use crate::read::argument::scalar::{Scalar, line, scalar};
use crate::read::document::kind::Kind;
use crate::read::document::view::NodeRef;
use crate::read::options::Options;

const EMPTY_TUPLE: u8 = Opcode::EmptyTuple.byte();

/// A whole pickle as data: what its opcodes say, with nothing looked up and nothing called.
///
/// It holds any graph, cycles included, and any class, registered or not.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::{Document, View};
///
/// // l = [os.system]; l.append(l)
/// let document = Document::parse(b"]q\0cos\nsystem\nah\0a.")?;
/// let View::List(items) = document.root().view() else { panic!() };
/// let [system, itself] = items.collect::<Vec<_>>()[..] else { panic!() };
/// assert!(matches!(system.view(), View::Global { module, qualname, .. }
///     if module == "os" && qualname == "system"));
/// assert_eq!(itself.id(), document.root().id());
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone)]
pub struct Document<'de> {
    pub(in crate::read) input: &'de [u8],
    pub(in crate::read) arena: AnyArena,
    pub(in crate::read) globals: Vec<GlobalRef<'de>>,
    /// How many of the globals are those of pickles before, of which the memo was kept.
    pub(in crate::read) earlier: usize,
    pub(in crate::read) options: Options<'de>,
    pub(in crate::read) root: Node,
    /// How much of the input was read for it, which is what limits count.
    pub(in crate::read) bytes_read: u64,
}

impl<'de> Document<'de> {
    /// Reads one pickle from bytes; what follows its end is ignored.
    ///
    /// # Errors
    ///
    /// When the bytes are no pickle.
    pub fn parse(bytes: &'de [u8]) -> Result<Self> {
        crate::read::Unpickler::from_slice(bytes).document()
    }

    /// A document with nothing in it, for a pickle that is decoded as it is read.
    #[inline(always)]
    pub(in crate::read) fn empty(input: &'de [u8], options: Options<'de>) -> Self {
        Self {
            input,
            arena: AnyArena::Narrow(Arena::default()),
            globals: Vec::new(),
            earlier: 0,
            options,
            root: Place::Scalar(0).into(),
            bytes_read: 0,
        }
    }

    /// The object that the pickle is of.
    pub fn root(&self) -> NodeRef<'_, 'de> {
        NodeRef::new(self, self.root)
    }

    // What the decoder and the views share.

    /// The scalar of a node; `None` for a container.
    #[inline]
    pub(in crate::read) fn scalar(&self, node: Node) -> Result<Option<Scalar<'de>>> {
        match node.place() {
            Place::Scalar(offset) => scalar(self.input, offset).map(Some),
            Place::Container(_) => Ok(None),
        }
    }

    #[inline]
    pub(in crate::read) fn container(&self, node: Node) -> Option<Container> {
        match node.place() {
            Place::Container(index) => Some(self.arena.get(index)),
            Place::Scalar(_) => None,
        }
    }

    /// The container in which a node's content is: for the result of a call such as `set(…)`, the
    /// value that the call made.
    #[inline]
    pub(in crate::read) fn content(&self, node: Node) -> Option<Container> {
        let container = self.container(node)?;
        match container.meaning {
            Meaning::Set
            | Meaning::FrozenSet
            | Meaning::List
            | Meaning::Tuple
            | Meaning::Dict
            | Meaning::Attribute
            | Meaning::New => match self.arena.log(container).next() {
                Some((Entry::Value, value)) => self.container(value),
                _ => None,
            },
            _ => Some(container),
        }
    }

    /// The children of a tuple.
    pub(in crate::read) fn tuple(&self, node: Node) -> Option<Vec<Node>> {
        if let Ok(Some(Scalar::EmptyTuple)) = self.scalar(node) {
            return Some(Vec::new());
        }
        let content = self
            .content(node)
            .filter(|content| content.shape == Shape::Tuple)?;
        Some(
            (0..content.len)
                .map(|nth| self.arena.child(content.start + nth))
                .collect(),
        )
    }

    /// The positions of the items of a tuple or list.
    pub(in crate::read) fn items(&self, node: Node) -> Option<(usize, usize)> {
        if self.is_written_empty_tuple(node) {
            return Some((0, 0));
        }
        let content = self
            .content(node)
            .filter(|content| matches!(content.shape, Shape::Tuple | Shape::List))?;
        Some((content.start, content.start + content.len))
    }

    /// Whether a node is an empty tuple that the pickle writes as such.
    #[inline]
    pub(in crate::read) fn is_written_empty_tuple(&self, node: Node) -> bool {
        match node.place() {
            Place::Scalar(offset) => self.input.get(offset) == Some(&EMPTY_TUPLE),
            Place::Container(_) => false,
        }
    }

    /// Whether a node is the empty tuple.
    #[inline]
    pub(in crate::read) fn is_empty_tuple(&self, node: Node) -> bool {
        match node.place() {
            Place::Scalar(_) => matches!(self.scalar(node), Ok(Some(Scalar::EmptyTuple))),
            Place::Container(_) => self
                .content(node)
                .is_some_and(|c| c.shape == Shape::Tuple && c.len == 0),
        }
    }

    /// The index of a node among the globals, if it is one.
    #[inline]
    pub(in crate::read) fn global_index(&self, node: Node) -> Option<usize> {
        let container = self.content(node)?;
        (container.shape == Shape::Global).then(|| self.arena.number(container.start))
    }

    /// The name of a node that is a global.
    pub(in crate::read) fn global_name(&self, node: Node) -> Option<&GlobalName<'de>> {
        match self.globals.get(self.global_index(node)?)? {
            GlobalRef::Name(name) => Some(name),
            GlobalRef::Extension { .. } => None,
        }
    }

    pub(in crate::read) fn builtin(&self, node: Node) -> Option<Builtin> {
        self.global_name(node)?.builtin
    }

    /// The node of an instance's class.
    #[inline]
    pub(in crate::read) fn class_node(&self, node: Node) -> Option<Node> {
        let container = self.container(node)?;
        container.shape.log_start()?;
        match container.meaning {
            Meaning::Call if container.shape == Shape::Reduce => {
                let callable = self.arena.child(container.start);
                match self.partial_args(callable) {
                    Some((start, _)) => Some(self.arena.child(start)),
                    None => Some(callable),
                }
            }
            Meaning::Partial => Some(self.arena.child(container.start)),
            Meaning::Call if container.shape != Shape::Persistent => {
                Some(self.arena.child(container.start))
            }
            // `_reconstructor(cls, base, value)`
            Meaning::Instance => {
                let (start, end) = self.items(self.arena.child(container.start + 1))?;
                (start < end).then(|| self.arena.child(start))
            }
            _ => None,
        }
    }

    /// What a node is called in messages, and what a target may ask.
    pub(in crate::read) fn kind(&self, node: Node) -> Kind {
        let Some(container) = self.container(node) else {
            return match node.place() {
                Place::Scalar(offset) => Kind::of_scalar(self.input, offset, self.options.encoding),
                Place::Container(_) => Kind::Object,
            };
        };
        match (container.shape, container.meaning) {
            (Shape::List, _) | (_, Meaning::List) => Kind::List,
            (Shape::Tuple, _) | (_, Meaning::Tuple) => Kind::Tuple,
            (Shape::Dict, _) | (_, Meaning::Dict) => Kind::Dict,
            (Shape::Set, _) | (_, Meaning::Set) => Kind::Set,
            (Shape::FrozenSet, _) | (_, Meaning::FrozenSet) => Kind::FrozenSet,
            (_, Meaning::Bytes) => Kind::Bytes,
            (_, Meaning::ByteArray) => Kind::ByteArray,
            (Shape::Global, _) | (_, Meaning::Attribute | Meaning::New) => Kind::Global,
            (Shape::Persistent, _) => Kind::Persistent,
            (Shape::Buffer | Shape::ReadOnly, _) => Kind::Buffer,
            _ => Kind::Object,
        }
    }
}

/// What writing a document back needs to know.
impl Document<'_> {
    /// An address for a node: that of its bytes in the input, or of its container in the arena.
    pub(in crate::read) fn address(&self, node: Node) -> usize {
        match node.place() {
            Place::Scalar(offset) => self.input.as_ptr().addr() + offset,
            Place::Container(index) => self.arena.address(index),
        }
    }

    /// Whether a call of `getattr` is how protocols below 4 write the name of a nested class,
    /// rather than a call for something that the pickler had as an object: a method, say. In the
    /// former the outermost class is no object, and is not put into the memo.
    pub(in crate::read) fn is_nested_name(&self, call: Container) -> bool {
        let args = self.arena.child(call.start + 1);
        let Some(&outer) = self.tuple(args).as_deref().and_then(<[Node]>::first) else {
            return false;
        };
        let Some(container) = self.container(outer) else {
            return false;
        };
        if container.shape != Shape::Global {
            return self.is_nested_name_chain(container);
        }
        let Some(name) = self.global_name(outer) else {
            return false;
        };
        // GLOBAL, two lines, and then perhaps a PUT. STACK_GLOBAL names nested classes as they are.
        let Some((&GLOBAL, mut code)) = self.input.get(name.offset..).and_then(<[u8]>::split_first)
        else {
            return false;
        };
        for _ in 0..2 {
            let line = line(code).len() + 1;
            code = code.get(line..).unwrap_or_default();
        }
        let next = code.first().copied().and_then(Opcode::from_byte);
        !matches!(
            next,
            Some(Opcode::Put | Opcode::Binput | Opcode::LongBinput | Opcode::Memoize)
        )
    }

    /// Whether a call of `getattr` is for something of a class that STACK_GLOBAL named.
    pub(in crate::read) fn is_attribute_of_stack_global(&self, call: Container) -> bool {
        let args = self.tuple(self.arena.child(call.start + 1));
        args.and_then(|args| self.container(*args.first()?))
            .is_some_and(|outer| outer.shape == Shape::Global && outer.len == 3)
    }

    /// As [`is_nested_name`](Self::is_nested_name), one level further out.
    fn is_nested_name_chain(&self, mut call: Container) -> bool {
        // A chain of calls is followed without recursion: the innermost one tells.
        while matches!(call.meaning, Meaning::Attribute | Meaning::New) {
            let args = self.arena.child(call.start + 1);
            let outer = self.tuple(args).and_then(|args| args.first().copied());
            match outer.and_then(|outer| self.container(outer)) {
                Some(outer) if outer.shape == Shape::Global => return self.is_nested_name(call),
                Some(outer) => call = outer,
                None => return false,
            }
        }
        false
    }
}

const GLOBAL: u8 = Opcode::Global.byte();
