//! Out of a pickle.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::{ByteArray, Bytes, Change, Dict, FrozenSet, GlobalRef, Int, List, Object, Opaque, Set};
use super::{Text, Tuple, Value};
use crate::error::{Error, ErrorKind, Result, Segment, start};
use crate::read::{
    self, Call, Construction, Cursor, Document, NodeId, NodeRef, Step, Unpickle, View,
};

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
pub(crate) type Known = HashMap<NodeId, Option<Value>>;

/// Where nodes come from.
trait Source<'de> {
    /// The node of this identity.
    fn node(&self, id: NodeId) -> NodeRef<'_, 'de>;

    /// The value of a node that is an instance of a registered class.
    fn object(&mut self, id: NodeId, known: &mut Known) -> Result<Option<Object>>;
}

/// What is being loaded: its classes are looked up.
impl<'de> Source<'de> for &mut Cursor<'_, 'de> {
    fn node(&self, id: NodeId) -> NodeRef<'_, 'de> {
        self.node_of(id)
    }

    fn object(&mut self, id: NodeId, known: &mut Known) -> Result<Option<Object>> {
        let cursor = self.at(id);
        let Some(class) = cursor.class() else {
            return Ok(None);
        };
        let Some(functions) = &class.traits.value else {
            return Ok(None);
        };
        // Values inside of it are of the same load.
        *self.values() = std::mem::take(known);
        let object = Object::load(class, functions, self.at(id));
        *known = std::mem::take(self.values());
        object.map(Some)
    }
}

/// A document: nothing is looked up.
impl<'de> Source<'de> for NodeRef<'_, 'de> {
    fn node(&self, id: NodeId) -> NodeRef<'_, 'de> {
        self.at(id)
    }

    fn object(&mut self, _: NodeId, _: &mut Known) -> Result<Option<Object>> {
        Ok(None)
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
    tasks: Vec<Task>,
    /// Values that are done and not yet part of a container, in order.
    done: Vec<Value>,
    known: Known,
}

enum Task {
    /// Make the value of a node.
    Visit(NodeId),
    /// Make a container of the last values that are done.
    Finish(NodeId, bool, Container),
}

/// A container whose parts are under way, with their number.
enum Container {
    List(usize),
    Tuple(usize),
    Dict(usize),
    Set(usize),
    FrozenSet(usize),
    Instance {
        construction: Construction,
        kwargs: bool,
        changes: Vec<Parts>,
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
            tasks: Vec::new(),
            done: Vec::new(),
            known,
        };
        Self { source, work }
    }

    fn load(&mut self, root: NodeId) -> Result<Value> {
        let Self { source, work } = self;
        work.tasks.push(Task::Visit(root));
        while let Some(task) = work.tasks.pop() {
            match task {
                Task::Visit(id) => {
                    let node = source.node(id);
                    if work.visit(node)? {
                        continue;
                    }
                    let shared = node.is_shared();
                    match source.object(id, &mut work.known) {
                        Ok(Some(object)) => work.push_done(id, shared, object.into()),
                        Ok(None) => work.call(source.node(id))?,
                        Err(error) => return Err(work.located(error, None)),
                    }
                }
                Task::Finish(node, shared, container) => {
                    let value = work.finish(container)?;
                    work.push_done(node, shared, value);
                }
            }
        }
        work.done
            .pop()
            .ok_or_else(|| Error::custom("the pickle has no value"))
    }

    /// Gives back what is known. Where loading has failed, somebody may try another reading: what
    /// was under way no longer is.
    fn finish(self) -> Known {
        let Work {
            tasks, mut known, ..
        } = self.work;
        for task in tasks {
            if let Task::Finish(node, ..) = task {
                known.remove(&node);
            }
        }
        known
    }
}

impl Work {
    /// Makes the value of a node, or plans to; `false` for an instance, which has to be looked up.
    fn visit<'d, 'de>(&mut self, node: NodeRef<'d, 'de>) -> Result<bool> {
        let again = node.is_shared() && node.is_worked_out();
        if again && let Some(Some(value)) = self.known.get(&node.id()) {
            self.done.push(value.clone());
            return Ok(true);
        }
        let view = match node.meaning()? {
            View::None => Value::None,
            View::Bool(value) => value.into(),
            View::Int(read::Int::Small(value)) => value.into(),
            // Nothing is an int's identity, but a long one need not be copied to each place.
            View::Int(read::Int::Long(bytes)) => {
                self.once(node, || Ok(Int::from_signed_bytes_le(&bytes).into()))?
            }
            View::Float(value) => value.into(),
            View::Str(text) => self.once(node, || Ok(Text::from_wtf8(text)?.into()))?,
            View::Bytes(bytes) => self.once(node, || Ok(Bytes::from(bytes.into_owned()).into()))?,
            view => return self.enter(node, view),
        };
        if again {
            self.known.insert(node.id(), Some(view.clone()));
        }
        self.done.push(view);
        Ok(true)
    }

    /// A value without parts, or what was made of it where it was met first: it is one object.
    fn once(
        &mut self,
        node: NodeRef<'_, '_>,
        make: impl FnOnce() -> Result<Value>,
    ) -> Result<Value> {
        if !node.is_shared() {
            return make();
        }
        let value = match self.known.entry(node.id()) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(entry) => entry.insert(Some(make()?)).clone(),
        };
        Ok(value.unwrap_or_default())
    }

    /// A class or function whose names are strings of the pickle, perhaps found elsewhere in it.
    fn global(&mut self, module: NodeRef<'_, '_>, qualname: NodeRef<'_, '_>) -> Result<Value> {
        let mut names = [Text::default(), Text::default()];
        for (name, node) in names.iter_mut().zip([module, qualname]) {
            if let View::Str(text) = node.meaning()?
                && let Value::Str(text) = self.once(node, || Ok(Text::from_wtf8(text)?.into()))?
            {
                *name = text;
            }
        }
        let [module, qualname] = names;
        Ok(GlobalRef::of_strings(module, qualname).into())
    }

    /// Goes into what may hold other values, or may be held twice.
    fn enter<'d, 'de>(&mut self, node: NodeRef<'d, 'de>, view: View<'d, 'de>) -> Result<bool> {
        if node.is_shared() {
            match self.known.entry(node.id()) {
                Entry::Occupied(known) => match known.get() {
                    Some(value) => {
                        self.done.push(value.clone());
                        return Ok(true);
                    }
                    None => return Err(self.cycle(node)),
                },
                Entry::Vacant(entry) => entry.insert(None),
            };
        }
        match view {
            View::List(items) => self.push(node, Container::List(items.len()), items),
            View::Tuple(items) => self.push(node, Container::Tuple(items.len()), items),
            View::Set(items) => self.push(node, Container::Set(items.len()), items),
            View::FrozenSet(items) => self.push(node, Container::FrozenSet(items.len()), items),
            View::Dict(pairs) => {
                let container = Container::Dict(pairs.len());
                self.push(node, container, pairs.flat_map(|(key, value)| [key, value]));
            }
            View::Call(_) => return Ok(false),
            view => {
                let value = match view {
                    View::Global {
                        names: Some((module, qualname)),
                        ..
                    } => self.global(module, qualname)?,
                    view => leaf(view)?,
                };
                self.push_done(node.id(), node.is_shared(), value);
            }
        }
        Ok(true)
    }

    fn push_done(&mut self, node: NodeId, shared: bool, value: Value) {
        if shared {
            self.known.insert(node, Some(value.clone()));
        }
        self.done.push(value);
    }

    /// Plans the parts of a container, in order, and then the container.
    fn push<'d, 'de: 'd>(
        &mut self,
        node: NodeRef<'d, 'de>,
        container: Container,
        parts: impl Iterator<Item = NodeRef<'d, 'de>>,
    ) {
        self.tasks
            .push(Task::Finish(node.id(), node.is_shared(), container));
        let first = self.tasks.len();
        self.tasks.extend(parts.map(|part| Task::Visit(part.id())));
        self.tasks[first..].reverse();
    }

    /// Plans the parts of an instance, and then the record of it.
    fn call(&mut self, node: NodeRef<'_, '_>) -> Result<()> {
        let View::Call(call) = node.meaning()? else {
            return Err(Error::custom("this object has no form as a Value"));
        };
        self.record(node, call);
        Ok(())
    }

    fn record<'d, 'de>(&mut self, node: NodeRef<'d, 'de>, call: Call<'d, 'de>) {
        let mut parts = vec![call.callable(), call.args()];
        let kwargs = call.kwargs();
        parts.extend(kwargs);
        let mut changes = Vec::new();
        for step in call.steps() {
            let before = parts.len();
            changes.push(match step {
                Step::State(state) => {
                    parts.push(state);
                    Parts::State
                }
                Step::Setter { function, state } => {
                    parts.extend([function, state]);
                    Parts::Setter
                }
                Step::Items(items) => {
                    parts.extend(items);
                    Parts::Items(parts.len() - before)
                }
                Step::Additions(items) => {
                    parts.extend(items);
                    Parts::Additions(parts.len() - before)
                }
                Step::Pairs(pairs) => {
                    parts.extend(pairs.flat_map(|(key, value)| [key, value]));
                    Parts::Pairs((parts.len() - before) / 2)
                }
            });
        }
        let kwargs = kwargs.is_some();
        let container = Container::Instance {
            construction: call.construction(),
            kwargs,
            changes,
        };
        self.push(node, container, parts.into_iter());
    }

    fn finish(&mut self, container: Container) -> Result<Value> {
        Ok(match container {
            Container::List(len) => List::from(self.take(len)).into(),
            Container::Tuple(len) => Tuple::from(self.take(len)).into(),
            Container::Dict(len) => {
                let mut dict = Dict::with_capacity(len);
                for (key, value) in self.take_pairs(len) {
                    dict.try_insert(key, value)?;
                }
                dict.into()
            }
            Container::Set(len) => self.take_set(len)?.into(),
            Container::FrozenSet(len) => FrozenSet::from(self.take_set(len)?).into(),
            Container::Instance {
                construction,
                kwargs,
                changes,
            } => {
                let mut changes: Vec<Change> = changes
                    .into_iter()
                    .rev()
                    .map(|parts| self.change(parts))
                    .collect();
                changes.reverse();
                let kwargs = match kwargs.then(|| self.done.pop()).flatten() {
                    Some(Value::Dict(kwargs)) => Some(kwargs),
                    _ => None,
                };
                let Some(Value::Tuple(args)) = self.done.pop() else {
                    return Err(Error::new(
                        ErrorKind::Operand,
                        "argument list must be a tuple",
                    ));
                };
                let callable = self.done.pop().unwrap_or_default();
                let mut instance = match (construction, kwargs) {
                    (_, Some(kwargs)) => Opaque::instance_with(callable, args, kwargs),
                    (Construction::Reduce, None) => Opaque::call(callable, args),
                    (Construction::Inst, None) => Opaque::old_style(callable, args),
                    (_, None) => Opaque::instance(callable, args),
                };
                *instance.changes_mut() = changes;
                instance.into()
            }
        })
    }

    fn change(&mut self, parts: Parts) -> Change {
        let mut pop = || self.done.pop().unwrap_or_default();
        match parts {
            Parts::State => Change::State(pop()),
            Parts::Setter => {
                let state = pop();
                Change::Setter {
                    function: pop(),
                    state,
                }
            }
            Parts::Items(len) => Change::Items(self.take(len)),
            Parts::Additions(len) => Change::Additions(self.take(len)),
            Parts::Pairs(len) => Change::Pairs(self.take_pairs(len).collect()),
        }
    }

    /// The last values that are done.
    fn take(&mut self, count: usize) -> Vec<Value> {
        let start = self.done.len().saturating_sub(count);
        self.done.split_off(start)
    }

    fn take_pairs(&mut self, count: usize) -> impl Iterator<Item = (Value, Value)> + use<> {
        let mut values = self.take(2 * count).into_iter();
        std::iter::from_fn(move || Some((values.next()?, values.next()?)))
    }

    fn take_set(&mut self, count: usize) -> Result<Set> {
        let mut set = Set::with_capacity(count);
        for element in self.take(count) {
            set.try_insert(element)?;
        }
        Ok(set)
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
        let (mut planned, mut done) = (0, self.done.len());
        // From the inside out; with the text of a key, which may turn out to name an attribute.
        let mut steps: Vec<(Segment, Option<&str>)> = Vec::new();
        for task in self.tasks.iter().rev() {
            let Task::Finish(holder, _, container) = task else {
                planned += 1;
                continue;
            };
            let nth = (container.parts() - 1).saturating_sub(planned);
            planned = 0;
            done = done.saturating_sub(nth);
            let key = nth.checked_sub(1).and_then(|key| self.done.get(done + key));
            match (container.step(nth), steps.last_mut()) {
                (Way::State, Some((segment, Some(name)))) => {
                    *segment = Segment::Attribute(Cow::Owned((*name).to_owned()));
                }
                (way, _) => {
                    let text = key.filter(|_| way == Way::Value).and_then(Value::as_str);
                    steps.push((way.segment(key), text));
                }
            }
            if Some(*holder) == again {
                error = error.note("the last place of the path is the same object again");
            }
        }
        steps
            .into_iter()
            .fold(error, |error, (segment, _)| error.inside(segment))
    }
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
    /// The number of its parts, keys and values counted each.
    fn parts(&self) -> usize {
        match self {
            Self::List(len) | Self::Tuple(len) | Self::Set(len) | Self::FrozenSet(len) => *len,
            Self::Dict(len) => 2 * len,
            Self::Instance {
                kwargs, changes, ..
            } => {
                2 + usize::from(*kwargs) + changes.iter().map(|parts| parts.count()).sum::<usize>()
            }
        }
    }

    /// How the nth part is reached.
    fn step(&self, mut nth: usize) -> Way {
        let (kwargs, changes) = match self {
            Self::Dict(_) => return Way::entry(nth),
            Self::Instance {
                kwargs, changes, ..
            } => (*kwargs, changes),
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

/// What holds no other values.
fn leaf(view: View<'_, '_>) -> Result<Value> {
    Ok(match view {
        View::ByteArray(bytes) => ByteArray::from(bytes.into_owned()).into(),
        View::Global {
            module, qualname, ..
        } => GlobalRef::new(module, qualname).into(),
        View::Persistent(_) => {
            let message = "a persistent id stands for no value";
            return Err(Error::new(ErrorKind::PersistentId, message));
        }
        _ => return Err(Error::custom("this object has no form as a Value")),
    })
}
