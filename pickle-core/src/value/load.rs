//! Out of a pickle.

use hashbrown::HashMap;

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
        let loader = Loader {
            tasks: Vec::new(),
            done: Vec::new(),
            known: HashMap::new(),
            allowance: Some(cursor.allowance()),
        };
        match loader.load(cursor.node_ref())? {
            Some(value) => Ok(value),
            None => Err(cursor.expanded()),
        }
    }
}

/// Builds values bottom-up with a stack of its own, so that no depth is too deep.
struct Loader<'d, 'de> {
    tasks: Vec<Task<'d, 'de>>,
    /// Values that are done and not yet part of a container, in order.
    done: Vec<Value>,
    /// Containers by identity: done, or under way.
    known: HashMap<NodeId, Option<Value>>,
    /// How many bytes of parts there may still be; nothing once they are used up. Objects of the
    /// pickle that are shared stay so, but each call of `set` or `bytearray` on a shared argument
    /// makes a copy.
    allowance: Option<u64>,
}

enum Task<'d, 'de> {
    /// Make the value of a node.
    Visit(NodeRef<'d, 'de>),
    /// Make a container of the last values that are done.
    Finish(NodeId, Container),
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
    /// Returns nothing when the allowance is used up.
    fn load(mut self, root: NodeRef<'d, 'de>) -> Result<Option<Value>> {
        self.tasks.push(Task::Visit(root));
        while let Some(task) = self.tasks.pop() {
            match task {
                Task::Visit(node) => {
                    self.visit(node)?;
                    if self.allowance.is_none() {
                        return Ok(None);
                    }
                }
                Task::Finish(id, container) => {
                    let value = self.finish(container)?;
                    self.known.insert(id, Some(value.clone()));
                    self.done.push(value);
                }
            }
        }
        self.done
            .pop()
            .map(Some)
            .ok_or_else(|| Error::custom("the pickle has no value"))
    }

    fn charge(&mut self, bytes: usize) {
        self.allowance = self
            .allowance
            .and_then(|allowance| allowance.checked_sub(bytes as u64));
    }

    fn visit(&mut self, node: NodeRef<'d, 'de>) -> Result<()> {
        // Before its meaning is asked for, which may take work: a call, or the decoding of text.
        if let Some(known) = self.known.get(&node.id()) {
            return match known {
                Some(value) => {
                    self.done.push(value.clone());
                    Ok(())
                }
                None => Err(self.cycle(node)),
            };
        }
        let view = match node.meaning()? {
            View::None => Value::None,
            View::Bool(value) => value.into(),
            View::Int(read::Int::Small(value)) => value.into(),
            // Nothing is an int's identity, but a long one need not be copied to each place.
            View::Int(read::Int::Long(bytes)) => {
                self.remember(node, Int::from_signed_bytes_le(&bytes))
            }
            View::Float(value) => value.into(),
            View::Str(text) => self.remember(node, Text::from_wtf8(text)?),
            View::Bytes(bytes) => {
                self.charge(bytes.len());
                self.remember(node, Bytes::from(bytes.into_owned()))
            }
            view => return self.enter(node, view),
        };
        self.done.push(view);
        Ok(())
    }

    /// Remembers a value without parts: where it is met again, it is the same object.
    fn remember(&mut self, node: NodeRef<'d, 'de>, value: impl Into<Value>) -> Value {
        let value = value.into();
        self.known.insert(node.id(), Some(value.clone()));
        value
    }

    /// A class or function whose names are strings of the pickle, perhaps found elsewhere in it.
    fn global(&mut self, module: NodeRef<'d, 'de>, qualname: NodeRef<'d, 'de>) -> Result<Value> {
        let mut names = [Text::default(), Text::default()];
        for (name, node) in names.iter_mut().zip([module, qualname]) {
            self.visit(node)?;
            if let Some(Value::Str(text)) = self.done.pop() {
                *name = text;
            }
        }
        let [module, qualname] = names;
        Ok(GlobalRef::of_strings(module, qualname).into())
    }

    /// Goes into what may hold other values, or may be held twice.
    fn enter(&mut self, node: NodeRef<'d, 'de>, view: View<'d, 'de>) -> Result<()> {
        let id = node.id();
        self.known.insert(id, None);
        match view {
            View::List(items) => self.push(id, Container::List(items.len()), items),
            View::Tuple(items) => self.push(id, Container::Tuple(items.len()), items),
            View::Set(items) => self.push(id, Container::Set(items.len()), items),
            View::FrozenSet(items) => self.push(id, Container::FrozenSet(items.len()), items),
            View::Dict(pairs) => {
                let container = Container::Dict(pairs.len());
                self.push(id, container, pairs.flat_map(|(key, value)| [key, value]));
            }
            View::Call(call) => self.call(id, call),
            view => {
                let value = match view {
                    View::Global {
                        names: Some((module, qualname)),
                        ..
                    } => self.global(module, qualname)?,
                    view => {
                        if let View::ByteArray(bytes) = &view {
                            self.charge(bytes.len());
                        }
                        leaf(view)?
                    }
                };
                self.known.insert(id, Some(value.clone()));
                self.done.push(value);
            }
        }
        Ok(())
    }

    /// Plans the parts of a container, in order, and then the container.
    fn push(
        &mut self,
        id: NodeId,
        container: Container,
        parts: impl Iterator<Item = NodeRef<'d, 'de>>,
    ) {
        self.tasks.push(Task::Finish(id, container));
        let first = self.tasks.len();
        self.tasks.extend(parts.map(Task::Visit));
        self.charge((self.tasks.len() - first) * size_of::<Value>());
        self.tasks[first..].reverse();
    }

    fn call(&mut self, id: NodeId, call: Call<'d, 'de>) {
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
        self.push(id, container, parts.into_iter());
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
                Task::Finish(id, container) => {
                    error = error.inside(container.segment(planned));
                    planned = 0;
                    if *id == node.id() {
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
