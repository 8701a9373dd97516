//! How the objects of a document are looked at.

use std::borrow::Cow;

use crate::error::Result;
use crate::read::arena::globals::GlobalRef;
use crate::read::arena::node::{Node, Place};
use crate::read::arena::{Container, Entry, Meaning, Shape};
use crate::read::argument::int::Int;
use crate::read::argument::scalar::{Plain, Scalar, plain};
use crate::read::document::Document;

/// What distinguishes the objects of a [`Document`]: two places with one id hold one object.
///
/// Ids of several documents can be compared where one [`Unpickler`](crate::Unpickler) that keeps
/// its memo has read them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeId(Node);

/// One object of a [`Document`], at one of the places that hold it.
#[derive(Clone, Copy)]
pub struct NodeRef<'d, 'de> {
    document: &'d Document<'de>,
    node: Node,
}

/// What an object of a [`Document`] is.
#[non_exhaustive]
pub enum View<'d, 'de> {
    /// `None`
    None,
    /// A bool.
    Bool(bool),
    /// An int.
    Int(Int<'de>),
    /// A float.
    Float(f64),
    /// Text: UTF-8 in which surrogates may stand alone.
    Str(Cow<'de, [u8]>),
    /// A Python 2 `str`.
    ByteString(Cow<'de, [u8]>),
    /// Bytes.
    Bytes(Cow<'de, [u8]>),
    /// A bytearray.
    ByteArray(Cow<'de, [u8]>),
    /// A list's items.
    List(Nodes<'d, 'de>),
    /// A tuple's items.
    Tuple(Nodes<'d, 'de>),
    /// A dict's keys and values in the order in which they were stored, repeated keys included.
    Dict(NodePairs<'d, 'de>),
    /// A set's elements, repeated ones included.
    Set(Nodes<'d, 'de>),
    /// A frozenset's elements, repeated ones included.
    FrozenSet(Nodes<'d, 'de>),
    /// A class or function, by its name as it stands in the pickle.
    Global {
        /// The module.
        module: &'d str,
        /// The qualified name.
        qualname: &'d str,
        /// The str objects of both, where they are objects of their own (protocol 4).
        names: Option<(NodeRef<'d, 'de>, NodeRef<'d, 'de>)>,
    },
    /// A class or function, by its extension code.
    Extension(u32),
    /// What a call made, and what was done to it then.
    Call(Call<'d, 'de>),
    /// What a persistent id stands for.
    Persistent(NodeRef<'d, 'de>),
    /// The out-of-band buffer of this number.
    Buffer(usize),
    /// A read-only view of a buffer.
    ReadOnly(NodeRef<'d, 'de>),
}

/// How an instance of a [`Document`] came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Construction {
    /// `callable(*args)`: the opcode `REDUCE`.
    Reduce,
    /// `cls.__new__(cls, *args)`: the opcode `NEWOBJ`.
    NewObj,
    /// `cls.__new__(cls, *args, **kwargs)`: the opcode `NEWOBJ_EX`.
    NewObjEx,
    /// An instance of an old-style class: the opcodes `INST` and `OBJ`.
    Inst,
}

/// What a call made, and what was done to it then.
#[derive(Clone, Copy)]
pub struct Call<'d, 'de> {
    document: &'d Document<'de>,
    container: Container,
}

/// One thing that was done to an instance after it was made.
#[non_exhaustive]
pub enum Step<'d, 'de> {
    /// It was given a state.
    State(NodeRef<'d, 'de>),
    /// These were appended.
    Items(Nodes<'d, 'de>),
    /// These keys and values were stored.
    Pairs(NodePairs<'d, 'de>),
    /// These were added.
    Additions(Nodes<'d, 'de>),
    /// A function was called with it and a state.
    Setter {
        /// The function.
        function: NodeRef<'d, 'de>,
        /// The state.
        state: NodeRef<'d, 'de>,
    },
}

impl NodeId {
    pub(in crate::read) fn node(self) -> Node {
        self.0
    }
}

impl<'d, 'de> NodeRef<'d, 'de> {
    #[inline]
    pub(crate) fn new(document: &'d Document<'de>, node: Node) -> Self {
        Self { document, node }
    }

    /// The object's identity.
    pub fn id(self) -> NodeId {
        NodeId(self.node)
    }

    /// Another object of the document.
    pub(crate) fn at(self, id: NodeId) -> Self {
        Self::new(self.document, id.0)
    }

    /// The node at a position among the children of all containers.
    #[inline]
    pub(crate) fn part(self, position: usize) -> Self {
        Self::new(self.document, self.document.arena.child(position))
    }

    /// The scalar of a common form that this is.
    #[inline]
    pub(crate) fn plain(self) -> Option<Plain<'de>> {
        match self.node.place() {
            Place::Scalar(offset) => plain(self.document.input, offset),
            Place::Container(_) => None,
        }
    }

    /// Whether the pickle refers to the object after it was made, so that several places may hold
    /// it. An object for which this is false is at one place.
    #[inline]
    pub(crate) fn is_shared(self) -> bool {
        self.document.arena.is_shared(self.node)
    }

    /// What the object is.
    pub fn view(self) -> View<'d, 'de> {
        let Self { document, node } = self;
        match document.container(node) {
            Some(container) => self.view_container(container),
            None => match document.scalar(node) {
                Ok(Some(scalar)) => view_scalar(document, scalar),
                // The machine has checked every scalar of the document.
                _ => View::None,
            },
        }
    }

    /// What the object is to someone who knows Python's built-in types: where the pickle calls
    /// `set`, `bytes`, `getattr` and the like, what the call gives.
    ///
    /// # Errors
    ///
    /// When such a call cannot be carried out.
    pub(crate) fn meaning(self) -> Result<View<'d, 'de>> {
        let Self { document, node } = self;
        let Some(container) = document.container(node) else {
            return Ok(match document.scalar(node)? {
                Some(Scalar::ByteString(bytes)) => match document.options.decode(&bytes)? {
                    Some(text) => View::Str(text.into_owned().into()),
                    None => View::Bytes(bytes),
                },
                _ => self.view(),
            });
        };
        match (container.shape, container.meaning) {
            // Nearly everything.
            (Shape::List | Shape::Tuple | Shape::Dict | Shape::NewObj, Meaning::Call) => {
                Ok(self.view_container(container))
            }
            (Shape::Buffer | Shape::ReadOnly, _) | (_, Meaning::Bytes | Meaning::ByteArray) => {
                match document.called_bytes(node)? {
                    Some((Meaning::Bytes, bytes)) => Ok(View::Bytes(bytes)),
                    Some((_, bytes)) => Ok(View::ByteArray(bytes)),
                    None => Ok(self.view()),
                }
            }
            // From protocol 4 on, names of nested classes need no call: what is called for is
            // something else, such as a method.
            (shape, Meaning::Attribute | Meaning::New)
                if shape != Shape::Global && document.is_attribute_of_stack_global(container) =>
            {
                Ok(self.view())
            }
            (Shape::Global, _) | (_, Meaning::Attribute | Meaning::New) => {
                let global = document.global_index(node);
                let (module, qualname) = match global.and_then(|nth| document.globals.get(nth)) {
                    Some(GlobalRef::Name(name)) => (&*name.module, &*name.qualname),
                    Some(GlobalRef::Extension { code, offset }) => {
                        let class = document.options.registry().find_extension(*code);
                        let class = class.map_err(|error| error.at(*offset as u64))?;
                        (class.module(), class.qualname())
                    }
                    None => return Ok(self.view()),
                };
                Ok(View::Global {
                    module,
                    qualname,
                    names: self.names(),
                })
            }
            (_, Meaning::Call | Meaning::Instance | Meaning::Partial) => Ok(self.view()),
            _ => Ok(document
                .content(node)
                .map_or(View::None, |content| self.view_container(content))),
        }
    }

    /// What the object is as a pickler would write it, which calls `getattr` for the name of a
    /// nested class.
    pub(in crate::read) fn literal(self) -> View<'d, 'de> {
        let Self { document, node } = self;
        match document.container(node) {
            Some(container)
                if matches!(container.meaning, Meaning::Attribute | Meaning::New)
                    && document.is_nested_name(container) =>
            {
                match document.global_name(node) {
                    Some(name) => View::Global {
                        module: &name.module,
                        qualname: &name.qualname,
                        names: None,
                    },
                    None => self.view(),
                }
            }
            _ => self.view(),
        }
    }

    /// The name of a class or function in Python 3.
    pub(in crate::read) fn python3_name(self) -> Option<(&'d str, &'d str)> {
        let name = self.document.global_name(self.node)?;
        Some((&name.module, &name.qualname))
    }

    /// An address for the object: no other object of this or another document has it.
    pub(in crate::read) fn place_address(self) -> usize {
        self.document.address(self.node)
    }

    /// The str objects that name a class or function, where they are objects of their own.
    fn names(self) -> Option<(Self, Self)> {
        match self.view() {
            View::Global { names, .. } => names,
            _ => None,
        }
    }

    #[inline]
    fn view_container(self, container: Container) -> View<'d, 'de> {
        let Self { document, .. } = self;
        let at = |nth: usize| NodeRef {
            document,
            node: document.arena.child(container.start + nth),
        };
        let nodes = Nodes::of(document, container);
        match container.shape {
            Shape::List | Shape::Items | Shape::Additions => View::List(nodes),
            Shape::Tuple => View::Tuple(nodes),
            Shape::Dict | Shape::Pairs => View::Dict(NodePairs(nodes)),
            Shape::Set => View::Set(nodes),
            Shape::FrozenSet => View::FrozenSet(nodes),
            Shape::Global => match &document.globals[document.arena.number(container.start)] {
                GlobalRef::Name(name) => {
                    let (module, qualname) = match &name.written {
                        Some((module, qualname)) => (module, qualname),
                        None => (&name.module, &name.qualname),
                    };
                    let names = (container.len == 3).then(|| (at(1), at(2)));
                    View::Global {
                        module,
                        qualname,
                        names,
                    }
                }
                GlobalRef::Extension { code, .. } => View::Extension(*code),
            },
            Shape::NewObj | Shape::NewObjEx | Shape::Reduce | Shape::Inst => View::Call(Call {
                document,
                container,
            }),
            Shape::Persistent => View::Persistent(at(0)),
            Shape::Buffer => View::Buffer(document.arena.number(container.start)),
            Shape::ReadOnly => View::ReadOnly(at(0)),
        }
    }
}

fn view_scalar<'d, 'de>(document: &'d Document<'de>, scalar: Scalar<'de>) -> View<'d, 'de> {
    match scalar {
        Scalar::None => View::None,
        Scalar::Bool(value) => View::Bool(value),
        Scalar::Int(value) => View::Int(Int::Small(value)),
        Scalar::Long(bytes) => View::Int(Int::from_long(bytes)),
        Scalar::BigInt(value) => View::Int(Int::Long(Cow::Owned(value.to_signed_bytes_le()))),
        Scalar::Float(value) => View::Float(value),
        Scalar::Str(text) => View::Str(text),
        Scalar::ByteString(bytes) => View::ByteString(bytes),
        Scalar::Bytes(bytes) => View::Bytes(bytes.into()),
        Scalar::ByteArray(bytes) => View::ByteArray(bytes.into()),
        Scalar::EmptyTuple => View::Tuple(Nodes {
            document,
            position: 0,
            end: 0,
        }),
    }
}

impl<'d, 'de> Call<'d, 'de> {
    /// How the instance came to be.
    pub fn construction(&self) -> Construction {
        match self.container.shape {
            Shape::NewObj => Construction::NewObj,
            Shape::NewObjEx => Construction::NewObjEx,
            Shape::Inst => Construction::Inst,
            _ => Construction::Reduce,
        }
    }

    fn child(&self, nth: usize) -> NodeRef<'d, 'de> {
        let document = self.document;
        NodeRef {
            document,
            node: document.arena.child(self.container.start + nth),
        }
    }

    /// The class or function that was called.
    pub fn callable(&self) -> NodeRef<'d, 'de> {
        self.child(0)
    }

    /// The tuple of arguments.
    pub fn args(&self) -> NodeRef<'d, 'de> {
        self.child(1)
    }

    /// The dict of keyword arguments, of what `NEWOBJ_EX` made.
    pub fn kwargs(&self) -> Option<NodeRef<'d, 'de>> {
        (self.container.shape == Shape::NewObjEx).then(|| self.child(2))
    }

    /// What was done to the instance then, in order.
    pub fn steps(&self) -> impl Iterator<Item = Step<'d, 'de>> + use<'d, 'de> {
        self.log()
    }

    /// As [`steps`](Self::steps), with a type that has a name.
    pub(crate) fn log(&self) -> Steps<'d, 'de> {
        let Container {
            shape, start, len, ..
        } = self.container;
        Steps {
            document: self.document,
            position: start + shape.log_start().unwrap_or(len).min(len),
            end: start + len,
        }
    }
}

/// What was done to an instance.
pub(crate) struct Steps<'d, 'de> {
    document: &'d Document<'de>,
    position: usize,
    end: usize,
}

impl<'d, 'de> Iterator for Steps<'d, 'de> {
    type Item = Step<'d, 'de>;

    fn next(&mut self) -> Option<Self::Item> {
        let document = self.document;
        while self.position < self.end {
            let (entry, node) = document.arena.log_entry(self.position);
            self.position += 2;
            let node = NodeRef { document, node };
            let nodes = || Nodes::of_node(node);
            return Some(match entry {
                Entry::State => Step::State(node),
                Entry::Items => Step::Items(nodes()),
                Entry::Pairs => Step::Pairs(NodePairs(nodes())),
                Entry::Additions => Step::Additions(nodes()),
                Entry::Setter => match setter(node) {
                    Some(step) => step,
                    None => continue,
                },
                // The result of the call, which its arguments tell as well.
                Entry::Value => continue,
            });
        }
        None
    }
}

/// The call of a state setter: a function, with the instance and the state.
fn setter<'d, 'de>(node: NodeRef<'d, 'de>) -> Option<Step<'d, 'de>> {
    let View::Call(call) = node.view() else {
        return None;
    };
    let View::Tuple(mut args) = call.args().view() else {
        return None;
    };
    Some(Step::Setter {
        function: call.callable(),
        state: args.nth(1)?,
    })
}

/// Objects of a [`Document`] that lie side by side.
#[derive(Clone)]
pub struct Nodes<'d, 'de> {
    document: &'d Document<'de>,
    position: usize,
    end: usize,
}

impl<'d, 'de> Nodes<'d, 'de> {
    fn of(document: &'d Document<'de>, container: Container) -> Self {
        let position = container.start;
        Self {
            document,
            position,
            end: position + container.len,
        }
    }

    /// Where they are among the children of all containers.
    pub(crate) fn span(&self) -> (usize, usize) {
        (self.position, self.end)
    }

    fn of_node(node: NodeRef<'d, 'de>) -> Self {
        match node.document.container(node.node) {
            Some(container) => Self::of(node.document, container),
            None => Self {
                document: node.document,
                position: 0,
                end: 0,
            },
        }
    }
}

impl<'d, 'de> Iterator for Nodes<'d, 'de> {
    type Item = NodeRef<'d, 'de>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.position == self.end {
            return None;
        }
        let node = self.document.arena.child(self.position);
        self.position += 1;
        Some(NodeRef {
            document: self.document,
            node,
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.end - self.position, Some(self.end - self.position))
    }
}

impl ExactSizeIterator for Nodes<'_, '_> {}

/// Keys and values of a [`Document`].
#[derive(Clone)]
pub struct NodePairs<'d, 'de>(pub(in crate::read) Nodes<'d, 'de>);

impl<'d, 'de> NodePairs<'d, 'de> {
    /// Keys and values in turn.
    pub(crate) fn into_nodes(self) -> Nodes<'d, 'de> {
        self.0
    }
}

impl<'d, 'de> Iterator for NodePairs<'d, 'de> {
    type Item = (NodeRef<'d, 'de>, NodeRef<'d, 'de>);

    fn next(&mut self) -> Option<Self::Item> {
        Some((self.0.next()?, self.0.next()?))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0.len() / 2, Some(self.0.len() / 2))
    }
}

impl ExactSizeIterator for NodePairs<'_, '_> {}
