//! Reading an instance: the attributes that its state gives it.

use std::borrow::Cow;

use crate::error::{Error, ErrorKind, Result, start};
use crate::read::Unpickle;
use crate::read::arena::Container;
use crate::read::arena::node::Node;
use crate::read::argument::scalar::Scalar;
use crate::read::argument::text::check_utf8;
use crate::read::decode::containers::{CONTAINER_COST, ITEM_COST};
use crate::read::decode::cursor::Cursor;
use crate::read::decode::decoder::{Decoder, Planned};
use crate::read::decode::states::States;
use crate::read::decode::stream::{Get, Run};
use crate::registry::Class;

/// What an attribute costs of the allowance for shared parts, wanted or not: many instances may
/// have one state.
pub(super) const ATTRIBUTE_COST: usize = 8;

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
    /// The index of the plan: that of the class among the globals of the pickle, as a rule.
    global: usize,
    /// The name and value of the attribute under way, or no node.
    name: Node,
    value: Node,
    source: Source,
}

/// Where the attributes come from.
enum Source {
    /// From a state that has not been read; whether BUILD comes behind it.
    Stream(Run, bool),
    /// From the states that are known.
    States(States),
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
        let states = States::of(decoder, container).alone().leaving();
        Ok(Self::from(decoder, class, global, Source::States(states)))
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
        let states = States::of(decoder, container).leaving();
        Ok(Self::from(decoder, class, plan, Source::States(states)))
    }

    /// The attributes of an instance that is under way.
    #[inline]
    pub(in crate::read) fn inside(
        decoder: &'a mut Decoder<'de>,
        container: Container,
        class: &'static Class,
        global: usize,
    ) -> Self {
        let states = States::of(decoder, container);
        let plan = decoder.plan_of(global, class);
        Self::from(decoder, class, plan, Source::States(states))
    }

    /// The attributes of an instance that a stream has gone into; whether BUILD comes behind them.
    #[inline]
    pub(in crate::read) fn in_stream(
        decoder: &'a mut Decoder<'de>,
        class: &'static Class,
        global: usize,
        run: Run,
        builds: bool,
    ) -> Self {
        Self::from(decoder, class, global, Source::Stream(run, builds))
    }

    #[inline]
    fn from(
        decoder: &'a mut Decoder<'de>,
        class: &'static Class,
        global: usize,
        source: Source,
    ) -> Self {
        Self {
            decoder,
            class,
            global,
            name: Node::NONE,
            value: Node::NONE,
            source,
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
        match self.next_expected() {
            Some(index) => Ok(Some(index)),
            None => self.next_other(),
        }
    }

    /// Goes to the next attribute of a state that has not been read, if that is the one that the last
    /// instance of the class had here. This is all that most attributes take.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn next_expected(&mut self) -> Option<usize> {
        let Source::Stream(Run::Batch(_, nth), _) = &mut self.source else {
            return None;
        };
        let rest = self.decoder.allowance_after(ATTRIBUTE_COST)?;
        let (plans, stream) = self.decoder.plans_and_stream();
        let expected = plans.get(self.global)?.names.get(*nth as usize)?;
        self.value = stream?.take_name(self.value, expected.get)?;
        self.name = expected.node;
        *nth += 1;
        let index = expected.index;
        self.decoder.set_allowance(rest);
        Some(index)
    }

    fn next_other(&mut self) -> Result<Option<usize>> {
        match self.source {
            Source::Stream(..) => self.next_in_stream(),
            Source::States(_) => self.next_known(),
        }
    }

    #[inline(never)]
    fn next_known(&mut self) -> Result<Option<usize>> {
        let Source::States(states) = &mut self.source else {
            return Ok(None);
        };
        let Some((nth, name, value)) = states.next(self.decoder, self.class)? else {
            return Ok(self.none_left());
        };
        (self.name, self.value) = (name, value);
        let plan = self.decoder.plan(self.global);
        let index = match plan.and_then(|plan| plan.names.get(nth)) {
            Some(expected) if expected.node == name => expected.index,
            _ => self.look_up(nth)?,
        };
        self.pay(index)?;
        Ok(Some(index))
    }

    #[inline(never)]
    fn next_in_stream(&mut self) -> Result<Option<usize>> {
        let (Source::Stream(run, builds), Some(stream)) = (&mut self.source, self.decoder.stream())
        else {
            return Ok(None);
        };
        if stream.is_unread(self.value) {
            stream.skip(self.value)?;
        }
        if *builds && stream.take_end(run) {
            *builds = false;
            return Ok(self.none_left());
        }
        if !stream.more(run)? {
            if std::mem::take(builds) {
                stream.build()?;
            }
            return Ok(self.none_left());
        }
        // What a batch has counted already.
        let nth = match run {
            Run::Batch(_, count) => *count as usize - 1,
            _ => 0,
        };
        let get = stream.get_here();
        let (name, text) = stream.name(stream.here())?;
        (self.name, self.value) = (name, stream.here());
        let index = self.find(nth, text);
        if index == usize::MAX && check_utf8(text).is_err() {
            self.decoder.no_stream()?;
        }
        self.remember(nth, index, get);
        self.pay(index)?;
        Ok(Some(index))
    }

    fn none_left(&mut self) -> Option<usize> {
        (self.name, self.value) = (Node::NONE, Node::NONE);
        None
    }

    /// Pays for an attribute of this index.
    #[inline]
    fn pay(&self, index: usize) -> Result<()> {
        let cost = match index {
            // Who wants it needs its name as well.
            usize::MAX => CONTAINER_COST + self.decoder.text_length(self.name),
            _ => ATTRIBUTE_COST,
        };
        self.decoder.charge(cost)
    }

    /// Finds the attribute under way by the text of its name, and remembers it for the next instance.
    fn look_up(&mut self, nth: usize) -> Result<usize> {
        let index = match self.decoder.scalar(self.name)? {
            Some(Scalar::Str(text) | Scalar::ByteString(text)) => self.find(nth, &text),
            _ => usize::MAX,
        };
        self.remember(nth, index, Get::default());
        Ok(index)
    }

    /// The index of the attribute of this name; `usize::MAX` if the class does not name it.
    fn find(&self, nth: usize, text: &[u8]) -> usize {
        let names = self.class.attributes();
        let is_it = |name: &&str| name.as_bytes() == text;
        // The pickle mostly has them in the order of the class.
        if names.get(nth).is_some_and(is_it) {
            return nth;
        }
        let aliases = self.class.attribute_aliases();
        let names = names.iter().chain(aliases);
        names
            .copied()
            .position(|name| is_it(&name))
            .unwrap_or(usize::MAX)
    }

    fn remember(&mut self, nth: usize, index: usize, get: Get) {
        let planned = Planned {
            node: self.name,
            index,
            // What the class does not name costs more.
            get: match index {
                usize::MAX => Get::default(),
                _ => get,
            },
        };
        if let Some(plan) = self.decoder.plan(self.global) {
            plan.set(nth, planned);
        }
    }

    /// The name of the attribute under way; empty before the first and after the last one.
    pub fn name(&self) -> Cow<'_, str> {
        if self.name == Node::NONE {
            return Cow::Borrowed("");
        }
        match self.decoder.scalar(self.name) {
            Ok(Some(Scalar::Str(text) | Scalar::ByteString(text))) => {
                Cow::Owned(String::from_utf8_lossy(&text).into_owned())
            }
            _ => Cow::Owned(format!("<{}>", self.decoder.type_name(self.name))),
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
        if self.value == Node::NONE {
            return Err(Error::custom("a value was asked for before its attribute"));
        }
        self.decoder.charge(size_of::<T>().min(ITEM_COST))?;
        match read(Cursor::new(self.decoder, self.value)) {
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
        match (&self.source, self.decoder.stream()) {
            (Source::Stream(run, _), Some(stream)) => stream.leave(*run),
            (Source::States(states), _) if states.leaves() => self.decoder.leave(),
            _ => {}
        }
    }
}
