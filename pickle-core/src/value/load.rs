//! Out of a pickle.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::{ByteArray, Bytes, Change, Dict, FrozenSet, GlobalRef, Int, List, Opaque, Set};
use super::{Text, Tuple, Value};
use crate::error::{Error, ErrorKind, Result, Segment};
use crate::read::{self, Call, Construction, Cursor, NodeId, NodeRef, Step, Unpickle, View};

/// Any value. Instances are kept as [`Opaque`]; their classes must be registered, or
/// [`Unpickler::with_opaque`](crate::Unpickler::with_opaque) asked for.
///
/// What the pickle mentions twice is one object in the value.
impl<'de> Unpickle<'de> for Value {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        Loader::default().load(cursor.node_ref())
    }
}

/// Any class or function, by its name.
impl<'de> Unpickle<'de> for GlobalRef {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        cursor.global()
    }
}

/// Builds values bottom-up with a stack of its own, so that no depth is too deep.
#[derive(Default)]
struct Loader<'d, 'de> {
    tasks: Vec<Task<'d, 'de>>,
    /// Values that are done and not yet part of a container, in order.
    done: Vec<Value>,
    /// What several places may hold, by identity: done, or under way. Nothing else can be met a
    /// second time, inside of itself or elsewhere.
    known: HashMap<NodeId, Option<Value>>,
}

enum Task<'d, 'de> {
    /// Make the value of a node.
    Visit(NodeRef<'d, 'de>),
    /// Make a container of the last values that are done.
    Finish(NodeRef<'d, 'de>, Container),
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

impl<'d, 'de> Loader<'d, 'de> {
    fn load(mut self, root: NodeRef<'d, 'de>) -> Result<Value> {
        self.tasks.push(Task::Visit(root));
        while let Some(task) = self.tasks.pop() {
            match task {
                Task::Visit(node) => self.visit(node)?,
                Task::Finish(node, container) => {
                    let value = self.finish(container)?;
                    self.push_done(node, value);
                }
            }
        }
        self.done
            .pop()
            .ok_or_else(|| Error::custom("the pickle has no value"))
    }

    fn visit(&mut self, node: NodeRef<'d, 'de>) -> Result<()> {
        let again = node.is_shared() && node.is_worked_out();
        if again && let Some(Some(value)) = self.known.get(&node.id()) {
            self.done.push(value.clone());
            return Ok(());
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
        Ok(())
    }

    /// A value without parts, or what was made of it where it was met first: it is one object.
    fn once(
        &mut self,
        node: NodeRef<'d, 'de>,
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
    fn global(&mut self, module: NodeRef<'d, 'de>, qualname: NodeRef<'d, 'de>) -> Result<Value> {
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
    fn enter(&mut self, node: NodeRef<'d, 'de>, view: View<'d, 'de>) -> Result<()> {
        if node.is_shared() {
            match self.known.entry(node.id()) {
                Entry::Occupied(known) => match known.get() {
                    Some(value) => {
                        self.done.push(value.clone());
                        return Ok(());
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
            View::Call(call) => self.call(node, call),
            view => {
                let value = match view {
                    View::Global {
                        names: Some((module, qualname)),
                        ..
                    } => self.global(module, qualname)?,
                    view => leaf(view)?,
                };
                self.push_done(node, value);
            }
        }
        Ok(())
    }

    fn push_done(&mut self, node: NodeRef<'d, 'de>, value: Value) {
        if node.is_shared() {
            self.known.insert(node.id(), Some(value.clone()));
        }
        self.done.push(value);
    }

    /// Plans the parts of a container, in order, and then the container.
    fn push(
        &mut self,
        node: NodeRef<'d, 'de>,
        container: Container,
        parts: impl Iterator<Item = NodeRef<'d, 'de>>,
    ) {
        self.tasks.push(Task::Finish(node, container));
        let first = self.tasks.len();
        self.tasks.extend(parts.map(Task::Visit));
        self.tasks[first..].reverse();
    }

    fn call(&mut self, node: NodeRef<'d, 'de>, call: Call<'d, 'de>) {
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
    fn cycle(&self, node: NodeRef<'d, 'de>) -> Error {
        let mut error = Error::new(
            ErrorKind::Cycle,
            "the data contains itself, which a Value cannot",
        )
        .note("`pickle::Document` holds any graph");
        let mut planned = 0;
        for task in self.tasks.iter().rev() {
            match task {
                Task::Visit(_) => planned += 1,
                Task::Finish(holder, container) => {
                    error = error.inside(container.segment(planned));
                    planned = 0;
                    if holder.id() == node.id() {
                        error = error.note("the last place of the path is the same object again");
                    }
                }
            }
        }
        error
    }
}

impl Container {
    /// What leads to the part that is under way, when so many more are planned.
    fn segment(&self, planned: usize) -> Segment {
        match self {
            Self::List(len) | Self::Tuple(len) | Self::Set(len) | Self::FrozenSet(len) => {
                Segment::Index((len - 1).saturating_sub(planned))
            }
            Self::Dict(len) => {
                let at = (2 * len - 1).saturating_sub(planned) / 2;
                Segment::Key(format!("<item {at}>"))
            }
            Self::Instance { changes, .. } if !changes.is_empty() => {
                Segment::Attribute("__dict__".into())
            }
            Self::Instance { .. } => Segment::Attribute("args".into()),
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
