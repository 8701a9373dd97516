//! Graphs of any depth, written without recursion.

use std::collections::HashSet;

use super::Pickle;
use super::batches::Batches;
use super::containers::{Open, inside, not_a_class};
use super::encoder::{Encoder, Level, RequestKind};
use super::key::key_repr;
use super::making::{Made, Making, Step};
use super::memo::{Form, Slot};
use super::reduce::{additions, check_setter};
use crate::error::{Error, ErrorKind, Result, Segment};
use crate::opcode::Opcode;
use crate::protocol::Protocol;

/// An object of a graph, as the walker sees it.
pub(crate) trait Object: Copy {
    /// Objects side by side; of a dict, keys and values in turn.
    type Parts: Iterator<Item = Self>;
    /// What was done to an instance.
    type Changes: Iterator<Item = Change<Self>>;

    /// The address by which the object is known again; 0 if nothing else refers to it.
    fn address(self) -> usize;

    /// The same, of an object that nothing else refers to as well: it is met again where something
    /// that is around it is gone through twice.
    fn place(self) -> usize {
        self.address()
    }

    /// Writes an object that has no parts and that nothing else refers to; `false` if it is another.
    /// Most objects are such, and are written without more ado.
    #[inline]
    fn write_leaf(self, _encoder: &mut Encoder<'_>) -> Result<bool> {
        Ok(false)
    }

    /// Whether this is known to be the empty tuple.
    #[inline]
    fn is_no_args(self) -> bool {
        false
    }

    /// Writes an object that has no parts, or gives the parts.
    fn begin(self, encoder: &mut Encoder<'_>) -> Result<Content<Self>>;

    /// The object as a key in the path of an error.
    #[cold]
    fn key_repr(self) -> String {
        key_repr(&Alone(self))
    }
}

/// What an object is made of.
pub(crate) enum Content<O: Object> {
    /// Nothing more: it is written.
    Written,
    List(usize, O::Parts),
    Tuple(usize, O::Parts),
    /// The number of entries, and keys and values in turn.
    Dict(usize, O::Parts),
    Set(usize, O::Parts),
    FrozenSet(usize, O::Parts),
    Instance {
        making: Making,
        class: O,
        args: O,
        kwargs: Option<O>,
        changes: O::Changes,
    },
    /// What stands for a persistent id, from protocol 1 on.
    Persistent(O),
    /// A read-only view of a buffer.
    ReadOnly(O),
}

/// One thing that is done to an instance after it was made.
pub(crate) enum Change<O: Object> {
    State(O),
    Setter { function: O, state: O },
    Items(usize, O::Parts),
    Pairs(usize, O::Parts),
    Additions(usize, O::Parts),
}

/// What is under way.
enum Task<O: Object> {
    /// A list, tuple or set.
    Items { open: Open, parts: O::Parts },
    /// A dict.
    Entries {
        open: Open,
        parts: O::Parts,
        entry: Entry<O>,
    },
    /// An instance that is being made.
    Making(Box<Under<O>>),
    /// Arguments that are not in a tuple.
    Spread(O::Parts),
    /// An instance that was made and is being changed.
    Made { made: Made, changes: O::Changes },
    /// Items for the instance below.
    ItemBatches { batches: Batches, parts: O::Parts },
    /// Keys and values for the instance below.
    PairBatches {
        batches: Batches,
        parts: O::Parts,
        entry: Entry<O>,
    },
    /// The state of the instance below.
    State,
    /// The state setter of the instance below, and then the state.
    Setter { slot: Slot, state: Option<O> },
    /// The id of a persistent object.
    Persistent,
    /// The buffer of a read-only view.
    ReadOnly,
}

/// The entry of a dict that is under way.
struct Entry<O> {
    key: Option<O>,
    in_value: bool,
}

impl<O: Object> Entry<O> {
    fn new() -> Self {
        Self {
            key: None,
            in_value: true,
        }
    }

    /// Takes the next key or value.
    fn next(
        &mut self,
        parts: &mut O::Parts,
        batches: &mut Batches,
        encoder: &mut Encoder<'_>,
    ) -> Result<Option<O>> {
        let part = parts.next();
        self.in_value = !self.in_value;
        if !self.in_value && part.is_some() {
            self.key = part;
            batches.next(&mut encoder.out.bytes)?;
        }
        Ok(part)
    }
}

/// An instance that is being made.
struct Under<O: Object> {
    level: Level,
    making: Making,
    plan: std::slice::Iter<'static, Step>,
    /// The step under way.
    step: Option<Step>,
    class: O,
    args: O,
    kwargs: Option<O>,
    changes: Option<O::Changes>,
    /// Where the first item of the tuple of arguments starts.
    start: usize,
}

/// Writes an object and all that is in it.
pub(crate) fn walk<O: Object>(root: O, encoder: &mut Encoder<'_>) -> Result<()> {
    match root.address() {
        0 => Root(root).pickle(encoder),
        address => encoder.shared(std::ptr::without_provenance(address), &Root(root)),
    }
}

/// An object as far as it can be written without what is inside: what went wrong there may do so
/// again.
struct Alone<O>(O);

impl<O: Object> Pickle for Alone<O> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match self.0.begin(encoder)? {
            Content::Written => Ok(()),
            _ => Err(Error::custom("an object with parts")),
        }
    }
}

/// An object of whose identity has been taken care.
struct Root<O>(O);

impl<O: Object> Pickle for Root<O> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let request = encoder.request.map(|request| request.kind);
        if let Some(RequestKind::Join(start)) = request
            && encoder.take_request().is_some()
        {
            return Walker::run(encoder, |walker| walker.join(self.0, start));
        }
        match self.0.begin(encoder)? {
            Content::Written => Ok(()),
            content => Walker::run(encoder, |walker| walker.open(content)),
        }
    }
}

struct Walker<'e, 'w, O: Object> {
    encoder: &'e mut Encoder<'w>,
    tasks: Vec<Task<O>>,
    /// How many sets are open that are memoized after their elements: one that contains itself, and
    /// what it holds, is gone through twice.
    late_sets: usize,
    above: Above,
}

/// The objects that the one being written is in, in the canonical form, which has no references:
/// their addresses, each with the number of tasks before it.
#[derive(Default)]
struct Above {
    path: Vec<(usize, usize)>,
    addresses: HashSet<usize>,
}

impl<'e, 'w, O: Object> Walker<'e, 'w, O> {
    fn run(
        encoder: &'e mut Encoder<'w>,
        begin: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let mut walker = Self {
            encoder,
            tasks: Vec::new(),
            late_sets: 0,
            above: Above::default(),
        };
        begin(&mut walker)?;
        // One level for all that follows.
        walker.encoder.descend()?;
        while !walker.tasks.is_empty() {
            if let Err(error) = walker.step() {
                return Err(walker.located(error));
            }
        }
        walker.encoder.ascend();
        Ok(())
    }

    /// Writes an object, or begins it.
    #[inline]
    fn write(&mut self, object: O) -> Result<()> {
        let address = match self.late_sets {
            0 => object.address(),
            _ => object.place(),
        };
        if address != 0
            && (self.encoder.met_before(address)
                || self.encoder.met(address)?
                || self.is_inside_itself(address)?)
        {
            return Ok(());
        }
        match object.begin(self.encoder)? {
            Content::Written => {
                self.encoder.take_address();
                Ok(())
            }
            content => self.open(content),
        }
    }

    /// Refuses an object inside of itself, where it cannot be written as a reference.
    fn is_inside_itself(&mut self, address: usize) -> Result<bool> {
        if !self.encoder.canonical {
            return Ok(false);
        }
        let Above { path, addresses } = &mut self.above;
        while let Some((_, done)) = path.pop_if(|(tasks, _)| *tasks >= self.tasks.len()) {
            addresses.remove(&done);
        }
        if !addresses.insert(address) {
            let message = "data that contains itself has no canonical form";
            return Err(Error::new(ErrorKind::Cycle, message));
        }
        path.push((self.tasks.len(), address));
        Ok(false)
    }

    /// Begins an object that has parts.
    fn open(&mut self, content: Content<O>) -> Result<()> {
        let encoder = &mut *self.encoder;
        let task = match content {
            Content::Written => return Ok(()),
            Content::List(len, parts) => {
                let open = encoder.flat(|encoder| encoder.open_list(len))?;
                Task::Items { open, parts }
            }
            Content::Tuple(len, parts) => {
                let open = encoder.flat(|encoder| encoder.open_tuple(len))?;
                Task::Items { open, parts }
            }
            Content::Set(len, parts) => {
                let open = encoder.flat(|encoder| encoder.open_set(len))?;
                self.late_sets += usize::from(encoder.protocol < Protocol::V4);
                Task::Items { open, parts }
            }
            Content::FrozenSet(len, parts) => {
                let open = encoder.flat(|encoder| encoder.open_frozenset(len))?;
                self.late_sets += usize::from(encoder.protocol < Protocol::V4);
                Task::Items { open, parts }
            }
            Content::Dict(len, parts) => Task::Entries {
                open: encoder.flat(|encoder| encoder.open_dict(len))?,
                parts,
                entry: Entry::new(),
            },
            Content::Instance {
                making,
                class,
                args,
                kwargs,
                changes,
            } => {
                let level = encoder.flat(Encoder::enter_late)?;
                // Most instances are made without arguments, of a class that is a leaf.
                if making == Making::NewObj
                    && encoder.protocol >= Protocol::V2
                    && args.is_no_args()
                    && class.write_leaf(encoder)?
                {
                    making.check_class(encoder)?;
                    encoder.out.boundary()?;
                    encoder.push(&[Opcode::EmptyTuple.byte(), Opcode::Newobj.byte()]);
                    let made = encoder.made(level)?;
                    Task::Made { made, changes }
                } else {
                    Task::Making(Box::new(Under {
                        level,
                        making,
                        plan: making.plan(encoder.protocol).iter(),
                        step: None,
                        class,
                        args,
                        kwargs,
                        changes: Some(changes),
                        start: 0,
                    }))
                }
            }
            Content::Persistent(id) => {
                encoder.take_address();
                self.tasks.push(Task::Persistent);
                return self.write(id);
            }
            Content::ReadOnly(of) => {
                encoder.take_address();
                self.tasks.push(Task::ReadOnly);
                return self.write(of);
            }
        };
        self.tasks.push(task);
        Ok(())
    }

    /// Begins a tuple that continues one whose first item stands at `start`.
    fn join(&mut self, args: O, start: usize) -> Result<()> {
        let Content::Tuple(len, parts) = args.begin(self.encoder)? else {
            return Err(Making::NewObj.not_a_tuple());
        };
        let open = self.encoder.flat(|e| e.open_joined(len, start))?;
        self.tasks.push(Task::Items { open, parts });
        Ok(())
    }

    /// Ends the topmost container.
    fn close(&mut self) -> Result<()> {
        match self.tasks.pop() {
            Some(Task::Items { mut open, .. }) => {
                if !open.is_sequence() {
                    self.late_sets = self.late_sets.saturating_sub(1);
                }
                self.encoder.flat(|encoder| encoder.close(&mut open))
            }
            Some(Task::Entries { mut open, .. }) => {
                self.encoder.flat(|encoder| encoder.close(&mut open))
            }
            Some(Task::ItemBatches { mut batches, .. } | Task::PairBatches { mut batches, .. }) => {
                batches.finish(&mut self.encoder.out.bytes)
            }
            _ => Ok(()),
        }
    }

    /// Goes on with the topmost task.
    fn step(&mut self) -> Result<()> {
        let encoder = &mut *self.encoder;
        // Inside of these, what is met again has to be known even if nothing else refers to it.
        let has_leaves = self.late_sets == 0;
        let Some(task) = self.tasks.last_mut() else {
            return Ok(());
        };
        let part = match task {
            Task::Items { open, parts } => write_leaves(encoder, has_leaves, |encoder| {
                let part = parts.next();
                if part.is_some() {
                    open.batches.next(&mut encoder.out.bytes)?;
                }
                Ok(part)
            })?,
            Task::Entries { open, parts, entry } => write_leaves(encoder, has_leaves, |encoder| {
                entry.next(parts, &mut open.batches, encoder)
            })?,
            Task::Spread(parts) => parts.next(),
            Task::ItemBatches { batches, parts } => {
                let part = parts.next();
                if part.is_some() {
                    batches.next(&mut encoder.out.bytes)?;
                }
                part
            }
            Task::PairBatches {
                batches,
                parts,
                entry,
            } => entry.next(parts, batches, encoder)?,
            Task::Making(_) => return self.make(),
            Task::Made { .. } => return self.change(),
            Task::Setter { slot, state } => match state.take() {
                Some(state) => {
                    check_setter(encoder)?;
                    encoder.setter_target(*slot)?;
                    Some(state)
                }
                None => {
                    encoder.setter_call();
                    None
                }
            },
            Task::State => {
                encoder.op(Opcode::Build);
                None
            }
            Task::Persistent => {
                encoder.op(Opcode::Binpersid);
                encoder.note(Form::Callable);
                None
            }
            Task::ReadOnly => {
                encoder.op(Opcode::ReadonlyBuffer);
                None
            }
        };
        match part {
            Some(part) => self.write(part),
            None => self.close(),
        }
    }

    /// Goes on with an instance that is being made.
    fn make(&mut self) -> Result<()> {
        let Some(Task::Making(under)) = self.tasks.last_mut() else {
            return Ok(());
        };
        let encoder = &mut *self.encoder;
        let making = under.making;
        match under.step {
            Some(Step::Class) => making.check_class(encoder)?,
            Some(Step::Args) => making.check_args(encoder)?,
            Some(Step::Kwargs) => making.check_kwargs(encoder)?,
            _ => {}
        }
        under.step = under.plan.next().copied();
        let (class, args, start) = (under.class, under.args, under.start);
        match under.step {
            Some(Step::Class) => self.write(class),
            Some(Step::New) => {
                encoder.ask(RequestKind::New);
                match class.begin(encoder)? {
                    Content::Written if encoder.request.take().is_none() => Ok(()),
                    _ => Err(not_a_class()),
                }
            }
            Some(Step::Args) => self.write(args),
            Some(Step::Join) => self.join(args, start),
            Some(Step::Spread) => match args.begin(encoder)? {
                Content::Tuple(_, parts) => {
                    self.tasks.push(Task::Spread(parts));
                    Ok(())
                }
                _ => Err(making.not_a_tuple()),
            },
            Some(Step::Kwargs) => match under.kwargs {
                Some(kwargs) => self.write(kwargs),
                None => Err(making.not_a_dict()),
            },
            Some(Step::Hold) => {
                under.start = encoder.out.hold();
                Ok(())
            }
            Some(step) => encoder.plain_step(step),
            None => {
                let changes = under.changes.take();
                let made = encoder.made(under.level)?;
                self.tasks.pop();
                self.tasks
                    .extend(changes.map(|changes| Task::Made { made, changes }));
                Ok(())
            }
        }
    }

    /// Goes on with an instance that was made.
    fn change(&mut self) -> Result<()> {
        let Some(Task::Made { made, changes }) = self.tasks.last_mut() else {
            return Ok(());
        };
        let encoder = &mut *self.encoder;
        let next = match made.dropped {
            true => None,
            false => changes.next(),
        };
        let protocol = encoder.protocol;
        let (task, part) = match next {
            None => {
                encoder.flat(|encoder| encoder.leave_made(made));
                self.tasks.pop();
                return Ok(());
            }
            Some(Change::State(state)) => (Task::State, Some(state)),
            Some(Change::Setter { function, state }) => {
                let slot = encoder.begin_setter(made);
                let state = Some(state);
                (Task::Setter { slot, state }, Some(function))
            }
            Some(Change::Items(len, parts)) => {
                let batches = Batches::iterated(protocol, len, Opcode::Append, Opcode::Appends);
                (Task::ItemBatches { batches, parts }, None)
            }
            Some(Change::Additions(len, parts)) => {
                let batches = additions(protocol, len)?;
                (Task::ItemBatches { batches, parts }, None)
            }
            Some(Change::Pairs(len, parts)) => {
                let batches = Batches::iterated(protocol, len, Opcode::Setitem, Opcode::Setitems);
                let entry = Entry::new();
                let task = Task::PairBatches {
                    batches,
                    parts,
                    entry,
                };
                (task, None)
            }
        };
        self.tasks.push(task);
        match part {
            Some(part) => self.write(part),
            None => Ok(()),
        }
    }

    /// Says where an error happened.
    #[cold]
    fn located(&self, mut error: Error) -> Error {
        if self.tasks.len() > LONGEST_PATH {
            return error;
        }
        for task in self.tasks.iter().rev() {
            let segment = match task {
                Task::Items { open, .. } if open.is_sequence() => Segment::Index(open.batches.at()),
                Task::ItemBatches { batches, .. } => Segment::Index(batches.at()),
                Task::Entries { entry, .. } | Task::PairBatches { entry, .. } => match entry.key {
                    Some(key) if entry.in_value => Segment::Key(key.key_repr()),
                    _ => continue,
                },
                Task::Making(under) if matches!(under.step, Some(Step::Args | Step::Join)) => {
                    Segment::Attribute("args".into())
                }
                Task::State | Task::Setter { state: None, .. } => {
                    Segment::Attribute("__dict__".into())
                }
                _ => continue,
            };
            error = inside(error, || segment);
        }
        error
    }
}

/// Writes objects up to the first that is no leaf, and returns that.
#[inline]
fn write_leaves<O: Object>(
    encoder: &mut Encoder<'_>,
    has_leaves: bool,
    mut next: impl FnMut(&mut Encoder<'_>) -> Result<Option<O>>,
) -> Result<Option<O>> {
    loop {
        match next(encoder)? {
            Some(object) if has_leaves && object.write_leaf(encoder)? => {}
            other => return Ok(other),
        }
    }
}

/// The path of an error in data that is nested deeper than this would help nobody.
const LONGEST_PATH: usize = 1000;
