//! Out of a pickle.

use std::borrow::Cow;
use std::convert::Infallible;

use super::table::Table;
use super::{ByteArray, Bytes, Change, Dict, FrozenSet, GlobalRef, Int, List, Object, Opaque, Set};
use super::{Text, Tuple, Value};
use crate::error::{Error, ErrorKind, Result, Segment, start};
use crate::read::{
    self, Call, Construction, Cursor, Document, NodeId, NodeRef, Nodes, Plain, Step, Unpickle, View,
};
use crate::registry::{Class, ValueFunctions};

/// Any value. Instances of registered classes become [`Object`]s; those of others, and of types
/// that cannot be part of a value, are kept as [`Opaque`]. For classes that are not registered
/// [`Unpickler::with_opaque`](crate::Unpickler::with_opaque) must be asked for.
///
/// What the pickle mentions twice is one object in the value, and in all values of one load.
impl<'de> Unpickle<'de> for Value {
    fn unpickle(mut cursor: Cursor<'_, 'de>) -> Result<Self> {
        let root = cursor.id();
        let known = std::mem::take(cursor.values());
        let mut loader = Loader::new(&mut cursor, known);
        let result = loader.load(root);
        let known = loader.finish();
        *cursor.values() = known;
        result
    }
}

impl Value {
    /// The value as data: every instance as [`Opaque`], registered or not.
    pub(crate) fn data_of(cursor: &Cursor<'_, '_>) -> Result<Self> {
        let node = cursor.node_ref();
        Loader::new(node, Known::new()).load(node.id())
    }
}

impl Document<'_> {
    /// Returns the document as a value, every instance as [`Opaque`]: nothing is looked up.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// let document = pickle::Document::parse(b"(K\x01cos\nsystem\nt.")?;
    /// assert_eq!(document.to_value()?.to_string(), "(1, <global 'os.system'>)");
    /// # Ok::<(), pickle::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When it contains itself, or things that no value holds: persistent ids, buffers that were
    /// not given, keys that cannot be keys.
    pub fn to_value(&self) -> Result<Value> {
        let root = self.root();
        Loader::new(root, Known::new()).load(root.id())
    }
}

/// What several places may hold, by identity: done, or under way. Nothing else can be met a second
/// time, inside of itself or elsewhere.
pub(crate) type Known = hashbrown::HashMap<NodeId, Option<Value>>;

/// Where nodes come from.
trait Source<'de> {
    /// A class whose instances can be part of a value.
    type Class;

    /// The node of this identity.
    fn node(&self, id: NodeId) -> NodeRef<'_, 'de>;

    /// The registered class of a node.
    fn class(&self, id: NodeId) -> Option<Self::Class>;

    /// The value of a node that is an instance of this class.
    fn object(&mut self, id: NodeId, class: Self::Class, known: &mut Known) -> Result<Object>;
}

/// What is being loaded: its classes are looked up.
impl<'de> Source<'de> for &mut Cursor<'_, 'de> {
    type Class = (&'static Class, &'static ValueFunctions);

    fn node(&self, id: NodeId) -> NodeRef<'_, 'de> {
        self.node_of(id)
    }

    fn class(&self, id: NodeId) -> Option<Self::Class> {
        let class = self.class_of(id)?;
        Some((class, class.traits.value.as_ref()?))
    }

    fn object(
        &mut self,
        id: NodeId,
        (class, functions): Self::Class,
        known: &mut Known,
    ) -> Result<Object> {
        // Values inside of it are of the same load.
        *self.values() = std::mem::take(known);
        let object = Object::load(class, functions, self.at(id));
        *known = std::mem::take(self.values());
        object
    }
}

/// A document: nothing is looked up.
impl<'de> Source<'de> for NodeRef<'_, 'de> {
    type Class = Infallible;

    fn node(&self, id: NodeId) -> NodeRef<'_, 'de> {
        self.at(id)
    }

    fn class(&self, _: NodeId) -> Option<Infallible> {
        None
    }

    fn object(&mut self, _: NodeId, class: Infallible, _: &mut Known) -> Result<Object> {
        match class {}
    }
}

/// Any class or function, by its name.
impl<'de> Unpickle<'de> for GlobalRef {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        cursor.global()
    }
}

/// Builds values bottom-up with a stack of its own, so that no depth is too deep.
struct Loader<S> {
    source: S,
    work: Work,
}

/// What is under way.
struct Work {
    /// Containers, from the outside in.
    frames: Vec<Frame>,
    /// The parts of the instances among them, which lie at several places.
    planned: Vec<NodeId>,
    /// What was done to these instances with their parts.
    changes: Vec<Parts>,
    /// Parts of these instances that are done.
    done: Vec<Value>,
    known: Known,
}

/// A container whose parts are under way.
struct Frame {
    node: NodeId,
    shared: bool,
    /// Where its parts are: among the children in the arena, of an instance among those planned.
    start: usize,
    next: usize,
    end: usize,
    container: Container,
}

/// A container with the parts that are done.
enum Container {
    List(Vec<Value>),
    Tuple(Vec<Value>),
    /// The entries, and the key of the one under way.
    Dict(Table<Value>, Option<Value>),
    Set(Table<()>),
    FrozenSet(Table<()>),
    Instance {
        construction: Construction,
        kwargs: bool,
        /// Where its changes start.
        changes: usize,
        /// Where its parts start.
        done: usize,
    },
}

/// A change of an instance whose parts are under way.
#[derive(Clone, Copy)]
enum Parts {
    State,
    Setter,
    Items(usize),
    Pairs(usize),
    Additions(usize),
}

impl<'de, S: Source<'de>> Loader<S> {
    fn new(source: S, known: Known) -> Self {
        let work = Work {
            frames: Vec::new(),
            planned: Vec::new(),
            changes: Vec::new(),
            done: Vec::new(),
            known,
        };
        Self { source, work }
    }

    fn load(&mut self, root: NodeId) -> Result<Value> {
        let mut part = Some(root);
        loop {
            let done = match part {
                Some(node) => self.visit(node)?,
                None => self.work.finish()?,
            };
            if let Some(value) = done
                && let Some(value) = self.work.add(value)?
            {
                return Ok(value);
            }
            part = self.work.fill(self.source.node(root))?;
        }
    }

    /// Makes the value of a node, or plans to.
    fn visit(&mut self, id: NodeId) -> Result<Option<Value>> {
        let node = self.source.node(id);
        if node.is_shared() {
            match self.work.known.get(&id) {
                Some(Some(value)) => return Ok(Some(value.clone())),
                Some(None) => return Err(self.work.cycle(node)),
                None => {}
            }
        }
        // Objects are read by their types, which may hold values: what is kept on the stack here
        // counts for every level. So what else a node may mean is looked at elsewhere.
        match self.source.class(id) {
            Some(class) if self.is_call(id)? => self.object(id, class).map(Some),
            _ => self.plain(id),
        }
    }

    #[inline(never)]
    fn is_call(&self, id: NodeId) -> Result<bool> {
        Ok(matches!(self.source.node(id).meaning()?, View::Call(_)))
    }

    /// Makes the value of an instance of a registered class.
    fn object(&mut self, id: NodeId, class: S::Class) -> Result<Value> {
        let shared = self.source.node(id).is_shared();
        if shared {
            self.work.known.insert(id, None);
        }
        match self.source.object(id, class, &mut self.work.known) {
            Ok(object) => Ok(self.keep(id, object.into())),
            Err(error) => {
                self.work.known.remove(&id);
                Err(self.work.located(error, None))
            }
        }
    }

    /// Makes the value of a node that is no such instance, or plans to.
    #[inline(never)]
    fn plain(&mut self, id: NodeId) -> Result<Option<Value>> {
        let Self { source, work } = self;
        let node = source.node(id);
        let value = match node.meaning()? {
            View::Call(call) => {
                work.call(node, call);
                None
            }
            view => work.value(node, view)?,
        };
        Ok(value.map(|value| self.keep(id, value)))
    }

    /// Keeps a value for the other places that hold it, if there are any.
    fn keep(&mut self, id: NodeId, value: Value) -> Value {
        if self.source.node(id).is_shared() {
            self.work.known.insert(id, Some(value.clone()));
        }
        value
    }

    /// Gives back what is known. Where loading has failed, somebody may try another reading: what
    /// was under way no longer is.
    fn finish(&mut self) -> Known {
        let mut known = std::mem::take(&mut self.work.known);
        for frame in self.work.frames.iter().filter(|frame| frame.shared) {
            known.remove(&frame.node);
        }
        known
    }
}

impl Work {
    /// Goes on with the innermost container: adds the parts that need no visit, and gives the next
    /// one that does, if there is one.
    #[inline]
    fn fill(&mut self, any: NodeRef<'_, '_>) -> Result<Option<NodeId>> {
        let Self {
            frames,
            planned,
            done,
            known,
            ..
        } = self;
        let Some(frame) = frames.last_mut() else {
            return Ok(None);
        };
        let Frame {
            next,
            end,
            container,
            ..
        } = frame;
        // The same loop three times: it is where the time goes.
        match container {
            Container::List(items) | Container::Tuple(items) => {
                while *next < *end {
                    let node = any.part(*next);
                    *next += 1;
                    match immediate(node, known) {
                        Some(value) => items.push(value),
                        None => return Ok(Some(node.id())),
                    }
                }
            }
            Container::Dict(entries, key) => {
                while *next < *end {
                    let node = any.part(*next);
                    *next += 1;
                    let Some(part) = immediate(node, known) else {
                        return Ok(Some(node.id()));
                    };
                    match key.take() {
                        None => *key = Some(part),
                        Some(key) => entries.add(key, part)?,
                    }
                }
            }
            container => {
                let is_instance = matches!(container, Container::Instance { .. });
                while *next < *end {
                    let node = match is_instance {
                        true => any.at(planned[*next]),
                        false => any.part(*next),
                    };
                    *next += 1;
                    match immediate(node, known) {
                        Some(value) => container.add(value, done)?,
                        None => return Ok(Some(node.id())),
                    }
                }
            }
        }
        Ok(None)
    }

    /// Adds a part that is done to the innermost container. Gives it back if there is none.
    fn add(&mut self, value: Value) -> Result<Option<Value>> {
        match self.frames.last_mut() {
            Some(frame) => frame.container.add(value, &mut self.done).map(|()| None),
            None => Ok(Some(value)),
        }
    }

    /// Makes the value that a view says, or plans to.
    fn value<'d, 'de>(
        &mut self,
        node: NodeRef<'d, 'de>,
        view: View<'d, 'de>,
    ) -> Result<Option<Value>> {
        Ok(Some(match view {
            View::None => Value::None,
            View::Bool(value) => value.into(),
            View::Int(read::Int::Small(value)) => value.into(),
            View::Int(read::Int::Long(bytes)) => Int::from_signed_bytes_le(&bytes).into(),
            View::Float(value) => value.into(),
            View::Str(text) => Text::checked(&text).into(),
            View::Bytes(bytes) => Bytes::from(bytes.into_owned()).into(),
            View::ByteArray(bytes) => ByteArray::from(bytes.into_owned()).into(),
            View::Global {
                names: Some((module, qualname)),
                ..
            } => GlobalRef::of_strings(self.name(module)?, self.name(qualname)?).into(),
            View::Global {
                module, qualname, ..
            } => GlobalRef::new(module, qualname).into(),
            View::Persistent(_) => {
                let message = "a persistent id stands for no value";
                return Err(Error::new(ErrorKind::PersistentId, message));
            }
            view => {
                let (container, items) = match view {
                    View::List(items) => (Container::List(room(&items)), items),
                    View::Tuple(items) if items.len() == 0 => return Ok(Some(Tuple::new().into())),
                    View::Tuple(items) => (Container::Tuple(room(&items)), items),
                    View::Set(items) => (Container::Set(Table::with_capacity(items.len())), items),
                    View::FrozenSet(items) => (
                        Container::FrozenSet(Table::with_capacity(items.len())),
                        items,
                    ),
                    View::Dict(pairs) => {
                        let table = Table::with_capacity(pairs.len());
                        (Container::Dict(table, None), pairs.into_nodes())
                    }
                    _ => return Err(Error::custom("this object has no form as a Value")),
                };
                self.enter(node, container, items.span());
                return Ok(None);
            }
        }))
    }

    /// A name that is a string of the pickle, perhaps found elsewhere in it.
    fn name(&mut self, node: NodeRef<'_, '_>) -> Result<Text> {
        if node.is_shared()
            && let Some(Some(Value::Str(text))) = self.known.get(&node.id())
        {
            return Ok(text.clone());
        }
        let View::Str(text) = node.meaning()? else {
            return Ok(Text::default());
        };
        let text = Text::checked(&text);
        if node.is_shared() {
            self.known.insert(node.id(), Some(text.clone().into()));
        }
        Ok(text)
    }

    /// Goes into a container whose parts are there.
    fn enter(&mut self, node: NodeRef<'_, '_>, container: Container, (start, end): (usize, usize)) {
        let shared = node.is_shared();
        if shared {
            self.known.insert(node.id(), None);
        }
        self.frames.push(Frame {
            node: node.id(),
            shared,
            start,
            next: start,
            end,
            container,
        });
    }

    /// Plans the parts of an instance, and then the record of it.
    fn call(&mut self, node: NodeRef<'_, '_>, call: Call<'_, '_>) {
        let container = Container::Instance {
            construction: call.construction(),
            kwargs: call.kwargs().is_some(),
            changes: self.changes.len(),
            done: self.done.len(),
        };
        let start = self.planned.len();
        self.planned
            .extend([call.callable().id(), call.args().id()]);
        self.planned.extend(call.kwargs().map(NodeRef::id));
        for step in call.log() {
            let before = self.planned.len();
            let change = match step {
                Step::State(state) => {
                    self.planned.push(state.id());
                    Parts::State
                }
                Step::Setter { function, state } => {
                    self.planned.extend([function.id(), state.id()]);
                    Parts::Setter
                }
                Step::Items(items) => {
                    self.planned.extend(items.map(NodeRef::id));
                    Parts::Items(self.planned.len() - before)
                }
                Step::Additions(items) => {
                    self.planned.extend(items.map(NodeRef::id));
                    Parts::Additions(self.planned.len() - before)
                }
                Step::Pairs(pairs) => {
                    self.planned.extend(pairs.into_nodes().map(NodeRef::id));
                    Parts::Pairs((self.planned.len() - before) / 2)
                }
            };
            self.changes.push(change);
        }
        self.enter(node, container, (start, self.planned.len()));
    }

    /// Makes the innermost container, whose parts are done.
    fn finish(&mut self) -> Result<Option<Value>> {
        let Some(frame) = self.frames.pop() else {
            return Err(Error::custom("the pickle has no value"));
        };
        let value: Value = match frame.container {
            Container::List(items) => List::from(items).into(),
            Container::Tuple(items) => Tuple::from(items).into(),
            Container::Dict(entries, _) => Dict::from(entries).into(),
            Container::Set(elements) => Set::from(elements).into(),
            Container::FrozenSet(elements) => FrozenSet::from(Set::from(elements)).into(),
            Container::Instance {
                construction,
                kwargs,
                changes,
                done,
            } => {
                self.planned.truncate(frame.start);
                let instance = self.instance(construction, kwargs, changes, done)?;
                self.changes.truncate(changes);
                instance.into()
            }
        };
        if frame.shared {
            self.known.insert(frame.node, Some(value.clone()));
        }
        Ok(Some(value))
    }

    /// The record of an instance whose changes and parts start there.
    fn instance(
        &mut self,
        construction: Construction,
        kwargs: bool,
        changes: usize,
        done: usize,
    ) -> Result<Opaque> {
        // What nearly every instance is: attributes, and no more.
        if let ([Parts::State], false) = (&self.changes[changes..], kwargs)
            && let Some(state) = self.done.pop()
            && let Some(Value::Tuple(args)) = self.done.pop()
            && let Some(callable) = self.done.pop()
        {
            let change = Change::State(state);
            return Ok(Opaque::made(construction, callable, args, None, [change]));
        }
        let mut parts = self.done.drain(done..);
        let mut next = || parts.next().unwrap_or_default();
        let callable = next();
        let Value::Tuple(args) = next() else {
            return Err(Error::new(
                ErrorKind::Operand,
                "argument list must be a tuple",
            ));
        };
        let kwargs = match kwargs.then(&mut next) {
            Some(Value::Dict(kwargs)) => Some(kwargs),
            _ => None,
        };
        let mut changes = self.changes[changes..].iter().map(|change| match *change {
            Parts::State => Change::State(next()),
            Parts::Setter => Change::Setter {
                function: next(),
                state: next(),
            },
            Parts::Items(len) => Change::Items((0..len).map(|_| next()).collect()),
            Parts::Additions(len) => Change::Additions((0..len).map(|_| next()).collect()),
            Parts::Pairs(len) => Change::Pairs((0..len).map(|_| (next(), next())).collect()),
        });
        Ok(Opaque::made(
            construction,
            callable,
            args,
            kwargs,
            &mut changes,
        ))
    }

    /// The error of a container inside of itself, with the path to it.
    #[cold]
    fn cycle(&self, node: NodeRef<'_, '_>) -> Error {
        let error = Error::new(
            ErrorKind::Cycle,
            "the data contains itself, which a Value cannot",
        );
        let error = error.note("`pickle::Document` holds any graph");
        self.located(error, Some(node.id()))
    }

    /// Adds the path to the part that is under way.
    #[cold]
    fn located(&self, mut error: Error, again: Option<NodeId>) -> Error {
        // From the inside out; with the text of a key, which may turn out to name an attribute.
        let mut steps: Vec<(Segment, Option<&str>)> = Vec::new();
        for frame in self.frames.iter().rev() {
            let nth = frame.next.saturating_sub(frame.start + 1);
            let key = match &frame.container {
                Container::Dict(_, key) => key.as_ref(),
                Container::Instance { done, .. } => {
                    nth.checked_sub(1).and_then(|key| self.done.get(done + key))
                }
                _ => None,
            };
            match (frame.container.step(nth, &self.changes), steps.last_mut()) {
                (Way::State, Some((segment, Some(name)))) => {
                    *segment = Segment::Attribute(Cow::Owned((*name).to_owned()));
                }
                (way, _) => {
                    let text = key.filter(|_| way == Way::Value).and_then(Value::as_str);
                    steps.push((way.segment(key), text));
                }
            }
            if Some(frame.node) == again {
                error = error.note("the last place of the path is the same object again");
            }
        }
        steps
            .into_iter()
            .fold(error, |error, (segment, _)| error.inside(segment))
    }
}

/// The value of a node that has no parts, or is known: nearly every one.
#[inline]
fn immediate(node: NodeRef<'_, '_>, known: &mut Known) -> Option<Value> {
    let Some(plain) = node.plain() else {
        // What is under way has to be told from what is not known yet.
        return match node.is_shared() {
            true => known.get(&node.id()).cloned().flatten(),
            false => None,
        };
    };
    Some(match plain {
        Plain::None => Value::None,
        Plain::Bool(value) => Value::Bool(value),
        Plain::Int(value) => value.into(),
        Plain::Float(value) => Value::Float(value),
        Plain::EmptyTuple => Tuple::new().into(),
        Plain::Str(text) if !node.is_shared() => Text::checked(text).into(),
        Plain::Str(text) => match known.get(&node.id()) {
            Some(Some(text)) => text.clone(),
            _ => first(node, text, known),
        },
    })
}

/// A text that several places may hold, where it is met first.
#[cold]
fn first(node: NodeRef<'_, '_>, text: &[u8], known: &mut Known) -> Value {
    let text = Value::from(Text::checked(text));
    known.insert(node.id(), Some(text.clone()));
    text
}

/// Room for the items that there are.
fn room(items: &Nodes<'_, '_>) -> Vec<Value> {
    Vec::with_capacity(items.len())
}

/// How a part is reached from its container.
#[derive(PartialEq)]
enum Way {
    Index(usize),
    /// It is the key of the nth entry.
    Key(usize),
    /// It is the value of the key before it.
    Value,
    State,
    Attribute(&'static str),
}

impl Way {
    fn segment(&self, key: Option<&Value>) -> Segment {
        match (self, key) {
            (Self::Index(nth), _) => Segment::Index(*nth),
            (Self::Value, Some(key)) => Segment::Key(start(&key.to_string()).into_owned()),
            (Self::Key(nth), _) => Segment::Key(format!("<item {nth}>")),
            (Self::Attribute(name), _) => Segment::Attribute(Cow::Borrowed(name)),
            (Self::State | Self::Value, _) => Segment::Attribute(Cow::Borrowed("__dict__")),
        }
    }

    fn entry(nth: usize) -> Self {
        match nth % 2 {
            0 => Self::Key(nth / 2),
            _ => Self::Value,
        }
    }
}

impl Container {
    /// Adds a part that is done.
    #[inline]
    fn add(&mut self, part: Value, done: &mut Vec<Value>) -> Result<()> {
        match self {
            Self::List(items) | Self::Tuple(items) => items.push(part),
            Self::Dict(entries, key) => match key.take() {
                None => *key = Some(part),
                Some(key) => entries.add(key, part)?,
            },
            Self::Set(elements) | Self::FrozenSet(elements) => elements.add(part, ())?,
            Self::Instance { .. } => done.push(part),
        }
        Ok(())
    }

    /// How the nth part is reached.
    fn step(&self, mut nth: usize, changes: &[Parts]) -> Way {
        let (kwargs, changes) = match self {
            Self::Dict(..) => return Way::entry(nth),
            Self::Instance {
                kwargs,
                changes: start,
                ..
            } => (*kwargs, &changes[*start..]),
            _ => return Way::Index(nth),
        };
        match nth {
            0 => return Way::Attribute("__class__"),
            1 => return Way::Attribute("args"),
            2 if kwargs => return Way::Attribute("kwargs"),
            _ => nth -= 2 + usize::from(kwargs),
        }
        for parts in changes {
            if nth < parts.count() {
                return match parts {
                    Parts::State | Parts::Setter => Way::State,
                    Parts::Items(_) | Parts::Additions(_) => Way::Index(nth),
                    Parts::Pairs(_) => Way::entry(nth),
                };
            }
            nth -= parts.count();
        }
        Way::State
    }
}

impl Parts {
    fn count(self) -> usize {
        match self {
            Self::State => 1,
            Self::Setter => 2,
            Self::Items(len) | Self::Additions(len) => len,
            Self::Pairs(len) => 2 * len,
        }
    }
}
