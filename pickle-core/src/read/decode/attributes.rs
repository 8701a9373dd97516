//! Reading an instance: the attributes that its state gives it.

use std::borrow::Cow;

use crate::error::{Error, ErrorKind, Result, start};
use crate::read::Unpickle;
use crate::read::arena::node::Node;
use crate::read::arena::{Container, Entry, Shape};
use crate::read::argument::scalar::Scalar;
use crate::read::argument::text::check_utf8;
use crate::read::decode::containers::{CONTAINER_COST, ITEM_COST};
use crate::read::decode::cursor::Cursor;
use crate::read::decode::decoder::{Decoder, Planned};
use crate::read::decode::stream::{Get, Run};
use crate::registry::Class;

/// What an attribute costs of the allowance for shared parts, wanted or not: many instances may
/// have one state.
const ATTRIBUTE_COST: usize = 8;

/// The attributes of an instance, in the order in which its state names them.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::{Class, Cursor, Instance, Unpickle};
///
/// struct Point {
///     x: i64,
///     y: i64,
/// }
///
/// impl Instance for Point {
///     const CLASS: &'static Class =
///         &Class::new::<Self>("geo", "Point").with_attributes(&["x", "y"]);
/// }
///
/// impl<'de> Unpickle<'de> for Point {
///     fn unpickle(cursor: Cursor<'_, 'de>) -> pickle::Result<Self> {
///         let mut attributes = cursor.object(Self::CLASS)?;
///         let (mut x, mut y) = (None, None);
///         while let Some(index) = attributes.next()? {
///             match index {
///                 0 => x = Some(attributes.value()?),
///                 1 => y = Some(attributes.value()?),
///                 _ => {}
///             }
///         }
///         Ok(Self {
///             x: x.ok_or_else(|| attributes.missing(0))?,
///             y: y.ok_or_else(|| attributes.missing(1))?,
///         })
///     }
/// }
/// pickle::register!(Point);
///
/// let point: Point = pickle::loads(b"cgeo\nPoint\n)\x81}(X\x01\0\0\0xK\x01X\x01\0\0\0yK\x02ub.")?;
/// assert_eq!((point.x, point.y), (1, 2));
/// # Ok::<(), pickle::Error>(())
/// ```
pub struct Attributes<'a, 'de> {
    decoder: &'a mut Decoder<'de>,
    class: &'static Class,
    /// The index of the class among the globals of the pickle.
    global: usize,
    /// How many attributes came before.
    count: usize,
    /// The name and value of the attribute under way.
    name: Option<Node>,
    value: Option<Node>,
    /// What is left of the state under way: positions of names and values in turn.
    position: usize,
    end: usize,
    /// The second dict of a state of two: the slots.
    slots: Option<Node>,
    /// What is left of the log.
    log_position: usize,
    log_end: usize,
    /// The state, if it has not been read.
    stream: Option<Run>,
    /// Whether BUILD comes behind it.
    builds: bool,
    /// Whether this is all that reads the instance; otherwise somebody else gives account of
    /// everything but the attributes.
    alone: bool,
    /// Whether the instance is left when this ends.
    leaves: bool,
}

impl<'a, 'de> Attributes<'a, 'de> {
    #[inline]
    pub(in crate::read) fn new(
        decoder: &'a mut Decoder<'de>,
        node: Node,
        container: Container,
        class: &'static Class,
        global: usize,
    ) -> Result<Self> {
        decoder.charge(CONTAINER_COST)?;
        decoder.enter(node)?;
        let mut attributes = Self::inside(decoder, container, class, global);
        attributes.alone = true;
        attributes.leaves = true;
        Ok(attributes)
    }

    /// The attributes of an instance that somebody else reads before or after.
    pub(in crate::read) fn beside(
        decoder: &'a mut Decoder<'de>,
        node: Node,
        container: Container,
        class: &'static Class,
        plan: usize,
    ) -> Result<Self> {
        decoder.enter(node)?;
        let mut attributes = Self::inside(decoder, container, class, plan);
        attributes.leaves = true;
        Ok(attributes)
    }

    /// The attributes of an instance that is under way.
    #[inline]
    pub(in crate::read) fn inside(
        decoder: &'a mut Decoder<'de>,
        container: Container,
        class: &'static Class,
        global: usize,
    ) -> Self {
        let log_start = container.shape.log_start().unwrap_or(container.len);
        let mut attributes = Self {
            decoder,
            class,
            global,
            count: 0,
            name: None,
            value: None,
            position: 0,
            end: 0,
            slots: None,
            log_position: container.start + log_start.min(container.len),
            log_end: container.start + container.len,
            stream: None,
            builds: false,
            alone: false,
            leaves: false,
        };
        attributes.first_state();
        attributes
    }

    /// The attributes of an instance of which the stream has passed the class.
    #[inline]
    pub(in crate::read) fn in_stream(
        decoder: &'a mut Decoder<'de>,
        class: &'static Class,
        global: usize,
    ) -> Result<Self> {
        decoder.charge(CONTAINER_COST)?;
        let (run, builds) = match decoder.stream() {
            Some(stream) => stream.instance()?,
            None => (Run::Done, false),
        };
        Ok(Self {
            decoder,
            class,
            global,
            count: 0,
            name: None,
            value: None,
            position: 0,
            end: 0,
            slots: None,
            log_position: 0,
            log_end: 0,
            stream: Some(run),
            builds,
            alone: true,
            leaves: true,
        })
    }

    /// Begins with the state if it is the plain dict that nearly all instances have.
    #[inline]
    fn first_state(&mut self) {
        if self.log_position < self.log_end
            && let (Entry::State, state) = self.decoder.arena.log_entry(self.log_position)
            && let Some(dict) = self.decoder.container(state)
            && dict.shape == Shape::Dict
        {
            self.log_position += 2;
            (self.position, self.end) = (dict.start, dict.start + dict.len);
        }
    }

    /// Goes to the next attribute and returns its index among the names of the class;
    /// `usize::MAX` for one that the class does not name. `None` after the last one. Other names
    /// of the attributes count on from the first ones.
    ///
    /// # Errors
    ///
    /// When the state is not a dict of attributes, or a dict and one for the slots; when the
    /// instance was given list items or dict items.
    // Not an `Iterator`: the value is read between two calls.
    #[allow(
        clippy::should_implement_trait,
        reason = "the value is read between two calls"
    )]
    #[inline]
    pub fn next(&mut self) -> Result<Option<usize>> {
        if self.stream.is_some() {
            return self.next_in_stream();
        }
        let Some((name, value)) = self.next_nodes()? else {
            self.name = None;
            self.value = None;
            return Ok(None);
        };
        self.name = Some(name);
        self.value = Some(value);
        let nth = self.count;
        self.count += 1;
        let index = match self.decoder.plan(self.global).names.get(nth) {
            Some(expected) if expected.node == name => expected.index,
            _ => self.look_up(nth, name, Get::default())?,
        };
        self.pay(index)?;
        Ok(Some(index))
    }

    /// As [`next`](Self::next), of a state that has not been read.
    #[inline]
    fn next_in_stream(&mut self) -> Result<Option<usize>> {
        let (plans, Some(stream)) = self.decoder.plans_and_stream() else {
            return Ok(None);
        };
        if let Some(value) = self.value
            && stream.is_unread(value)
        {
            stream.skip(value)?;
        }
        if let Some(run) = &mut self.stream
            && let Some(expected) = plans[self.global].names.get(self.count)
            && stream.take_name(run, expected.get)
        {
            self.name = Some(expected.node);
            self.value = Some(stream.here());
            self.count += 1;
            let index = expected.index;
            self.pay(index)?;
            return Ok(Some(index));
        }
        self.next_name_in_stream()
    }

    fn next_name_in_stream(&mut self) -> Result<Option<usize>> {
        let (Some(run), Some(stream)) = (&mut self.stream, self.decoder.stream()) else {
            return Ok(None);
        };
        if !stream.more(run)? {
            if std::mem::take(&mut self.builds) {
                stream.build()?;
            }
            self.name = None;
            self.value = None;
            return Ok(None);
        }
        let get = stream.get_here();
        let (name, text) = stream.name(stream.here())?;
        if check_utf8(text).is_err() {
            return Err(stream.give_up().into());
        }
        self.name = Some(name);
        self.value = Some(stream.here());
        let nth = self.count;
        self.count += 1;
        let index = self.look_up(nth, name, get)?;
        self.pay(index)?;
        Ok(Some(index))
    }

    /// Pays for an attribute of this index.
    #[inline]
    fn pay(&self, index: usize) -> Result<()> {
        let cost = match (index, self.name) {
            // Who wants it needs its name as well.
            (usize::MAX, Some(name)) => CONTAINER_COST + self.decoder.text_length(name),
            _ => ATTRIBUTE_COST,
        };
        self.decoder.charge(cost)
    }

    /// The next name and value.
    #[inline(always)]
    fn next_nodes(&mut self) -> Result<Option<(Node, Node)>> {
        while self.position == self.end {
            if !self.next_state()? {
                return Ok(None);
            }
        }
        self.position += 2;
        Ok(Some((
            self.decoder.arena.child(self.position - 2),
            self.decoder.arena.child(self.position - 1),
        )))
    }

    /// Finds an attribute by the text of its name, and remembers it for the next instance.
    fn look_up(&mut self, nth: usize, name: Node, get: Get) -> Result<usize> {
        let names = self.class.attributes();
        let aliases = self.class.attribute_aliases();
        let index = match self.decoder.scalar(name)? {
            Some(Scalar::Str(text) | Scalar::ByteString(text)) => {
                // The pickle mostly has them in the order of the class.
                let is_name =
                    |index: usize| names.get(index).is_some_and(|n| n.as_bytes() == &*text);
                match is_name(nth) {
                    true => nth,
                    false => (0..names.len())
                        .find(|index| is_name(*index))
                        .or_else(|| {
                            let nth = aliases.iter().position(|n| n.as_bytes() == &*text)?;
                            Some(names.len() + nth)
                        })
                        .unwrap_or(usize::MAX),
                }
            }
            _ => usize::MAX,
        };
        let plan = &mut self.decoder.plan(self.global).names;
        let planned = Planned {
            node: name,
            index,
            get,
        };
        if let Some(entry) = plan.get_mut(nth) {
            *entry = planned;
        } else if plan.len() == nth {
            plan.push(planned);
        }
        Ok(index)
    }

    /// Goes to the next dict of attributes; false when there is none.
    fn next_state(&mut self) -> Result<bool> {
        if let Some(slots) = self.slots.take() {
            return match self.dict(slots) {
                Some((start, len)) => {
                    (self.position, self.end) = (start, start + len);
                    Ok(true)
                }
                None => Err(self.bad_state("slot state is not a dictionary")),
            };
        }
        if self.log_position == self.log_end {
            return Ok(false);
        }
        self.decoder.charge(ATTRIBUTE_COST)?;
        let (entry, node) = self.decoder.arena.log_entry(self.log_position);
        self.log_position += 2;
        match entry {
            Entry::State => {}
            _ if !self.alone => return Ok(true),
            Entry::Items => return Err(self.surplus("list items")),
            Entry::Pairs => return Err(self.surplus("dict items")),
            Entry::Additions => return Err(self.surplus("set items")),
            Entry::Setter => return Err(self.surplus("a state by a function")),
            Entry::Value => return Ok(true),
        }
        if let Some((start, len)) = self.dict(node) {
            (self.position, self.end) = (start, start + len);
            return Ok(true);
        }
        // `(dict or None, slots)`, or None, which changes nothing.
        let state = match self.decoder.tuple(node).as_deref() {
            Some(&[state, slots]) => {
                self.slots = Some(slots);
                state
            }
            _ => node,
        };
        if matches!(self.decoder.scalar(state)?, Some(Scalar::None)) {
            return Ok(true);
        }
        match self.dict(state) {
            Some((start, len)) => {
                (self.position, self.end) = (start, start + len);
                Ok(true)
            }
            None => Err(self.bad_state("state is not a dictionary")),
        }
    }

    /// The position and length of a dict's content.
    fn dict(&self, node: Node) -> Option<(usize, usize)> {
        let content = self.decoder.content(node)?;
        (content.shape == Shape::Dict).then_some((content.start, content.len))
    }

    #[cold]
    fn bad_state(&self, message: &str) -> Error {
        Error::new(ErrorKind::Mismatch, message).raised_as("UnpicklingError")
    }

    #[cold]
    fn surplus(&self, what: &str) -> Error {
        let message = format!(
            "`{}` takes attributes only, the pickle gives it {what}",
            self.class
        );
        Error::new(ErrorKind::Mismatch, message)
    }

    /// The name of the attribute under way; empty before the first and after the last one.
    pub fn name(&self) -> Cow<'_, str> {
        let Some(name) = self.name else {
            return Cow::Borrowed("");
        };
        match self.decoder.scalar(name) {
            Ok(Some(Scalar::Str(text) | Scalar::ByteString(text))) => {
                Cow::Owned(String::from_utf8_lossy(&text).into_owned())
            }
            _ => Cow::Owned(format!("<{}>", self.decoder.type_name(name))),
        }
    }

    /// Reads the value of the attribute under way. A value that is not asked for is skipped.
    ///
    /// # Errors
    ///
    /// Those of reading the value, with the attribute in the path; when no attribute is under way.
    #[inline]
    pub fn value<T: Unpickle<'de>>(&mut self) -> Result<T> {
        self.value_by(|cursor| cursor.read())
    }

    /// As [`value`](Self::value), read by a function.
    ///
    /// # Errors
    ///
    /// As [`value`](Self::value).
    pub fn value_with<T>(&mut self, read: impl FnOnce(Cursor<'_, 'de>) -> Result<T>) -> Result<T> {
        self.decoder.no_stream()?;
        self.value_by(read)
    }

    #[inline]
    fn value_by<T>(&mut self, read: impl FnOnce(Cursor<'_, 'de>) -> Result<T>) -> Result<T> {
        let Some(value) = self.value else {
            return Err(Error::custom("a value was asked for before its attribute"));
        };
        self.decoder.charge(size_of::<T>().min(ITEM_COST))?;
        match read(Cursor::new(self.decoder, value)) {
            Ok(value) => Ok(value),
            Err(error) => Err(self.in_attribute(error)),
        }
    }

    /// Apart, for it would be compiled for each field of each struct.
    #[cold]
    #[inline(never)]
    fn in_attribute(&self, error: Error) -> Error {
        error.in_attribute(start(&self.name()).into_owned())
    }

    /// The error of an attribute that the class does not have, in Python's words.
    #[cold]
    pub fn unknown(&self) -> Error {
        let message = format!(
            "'{}' object has an unexpected attribute '{}'",
            self.class.name(),
            self.name()
        );
        Error::new(ErrorKind::Mismatch, message).raised_as("AttributeError")
    }

    /// The error of an instance without the attribute of this index, in Python's words.
    #[cold]
    pub fn missing(&self, index: usize) -> Error {
        self.missing_named(
            self.class
                .attributes()
                .get(index)
                .copied()
                .unwrap_or_default(),
        )
    }

    /// The error of an instance without the attribute of this name, in Python's words.
    #[cold]
    pub fn missing_named(&self, name: &str) -> Error {
        let message = format!("'{}' object has no attribute '{name}'", self.class.name());
        Error::new(ErrorKind::MissingAttribute, message)
    }
}

impl Drop for Attributes<'_, '_> {
    #[inline]
    fn drop(&mut self) {
        match (self.stream, self.decoder.stream()) {
            (Some(run), Some(stream)) => stream.leave(run),
            _ if self.leaves => self.decoder.leave(),
            _ => {}
        }
    }
}
