//! Reading an instance of any shape: what made it, what it was given, its state.

use crate::error::{Error, ErrorKind, Result};
use crate::read::Unpickle;
use crate::read::arena::globals::Builtin;
use crate::read::arena::node::{Node, Place};
use crate::read::arena::{Container, Entry, Meaning, Shape};
use crate::read::decode::attributes::Attributes;
use crate::read::decode::containers::{ITEM_COST, Items};
use crate::read::decode::cursor::Cursor;
use crate::read::decode::decoder::Decoder;
use crate::read::document::Document;
use crate::registry::{Class, Global};

/// What an instance was made from, whichever way the pickle says it.
struct Making {
    /// The positions of the arguments.
    args: (usize, usize),
    /// The dict of keyword arguments.
    kwargs: Option<Node>,
    /// The built-in type whose instance it is too, and what that is made of.
    base: Option<(Builtin, Node)>,
}

impl Document<'_> {
    /// The positions of class and arguments behind `partial(cls.__new__, cls, *args, **kwargs)`,
    /// and what comes behind them: the callable of an instance with keyword arguments at protocols
    /// 2 and 3.
    pub(in crate::read) fn partial_args(&self, callable: Node) -> Option<(usize, usize)> {
        self.partial(callable).map(|(args, _)| args)
    }

    fn partial(&self, callable: Node) -> Option<((usize, usize), Node)> {
        let container = self.container(callable)?;
        if container.meaning != Meaning::Partial {
            return None;
        }
        // The state is `(function, args, kwargs, dict)`.
        let mut log = self.arena.log(container);
        let (Some((Entry::State, state)), None) = (log.next(), log.next()) else {
            return None;
        };
        let (start, end) = self.items(state).filter(|(start, end)| end - start == 4)?;
        let function = self.container(self.arena.child(start))?;
        if function.meaning != Meaning::New {
            return None;
        }
        let args = self.items(self.arena.child(start + 1))?;
        debug_assert!(end == start + 4);
        (args.0 < args.1).then(|| (args, self.arena.child(start + 2)))
    }

    /// The class of an instance, or whatever was called to make it.
    fn callable_node(&self, node: Node) -> Option<Node> {
        self.class_node(node).or_else(|| {
            let container = self.container(node)?;
            (container.shape == Shape::Reduce).then(|| self.arena.child(container.start))
        })
    }

    /// Whether nothing went into the making of an instance but its class.
    pub(in crate::read) fn is_made_without_arguments(&self, container: Container) -> bool {
        let Some(making) = self.making(container) else {
            return false;
        };
        let kwargs = making.kwargs.and_then(|kwargs| self.content(kwargs));
        making.args.0 == making.args.1
            && making.base.is_none()
            && kwargs.is_none_or(|kwargs| kwargs.len == 0)
    }

    fn making(&self, container: Container) -> Option<Making> {
        let first = self.arena.child(container.start);
        let args = self.arena.child(container.start + 1);
        let plain = |args| Making {
            args,
            kwargs: None,
            base: None,
        };
        match (container.shape, container.meaning) {
            (Shape::NewObjEx, _) => Some(Making {
                kwargs: Some(self.arena.child(container.start + 2)),
                ..plain(self.items(args)?)
            }),
            (Shape::Reduce, Meaning::Instance) => {
                let (start, end) = self.items(args)?;
                match (self.builtin(first)?, end - start) {
                    (Builtin::NewObj, 1..) => Some(plain((start + 1, end))),
                    (Builtin::NewObjEx, 3) => Some(Making {
                        kwargs: Some(self.arena.child(start + 2)),
                        ..plain(self.items(self.arena.child(start + 1))?)
                    }),
                    (Builtin::Reconstructor, 3) => {
                        let base = self.builtin(self.arena.child(start + 1))?;
                        let value = self.arena.child(start + 2);
                        Some(Making {
                            base: Some((base, value)).filter(|_| base != Builtin::Object),
                            ..plain((0, 0))
                        })
                    }
                    _ => None,
                }
            }
            (Shape::Reduce, _) => match self.partial(first) {
                Some(((start, end), kwargs)) if self.is_empty_tuple(args) => Some(Making {
                    kwargs: Some(kwargs),
                    ..plain((start + 1, end))
                }),
                Some(_) => None,
                None => Some(plain(self.items(args)?)),
            },
            (Shape::NewObj | Shape::Inst, _) => Some(plain(self.items(args)?)),
            _ => None,
        }
    }
}

/// An instance of any shape, part by part: arguments, items, state.
///
/// [`Cursor::object`] is for instances that have attributes and nothing else. This is for all
/// others: what Python's `__reduce__`, `__getnewargs__`, `__getstate__` and subclasses of built-in
/// types make of an instance. It sees through the ways in which the protocols write the same.
///
/// Every part is asked for; [`end`](Self::end) checks that none is left.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::{Class, Cursor, Instance, Unpickle};
///
/// /// In Python: a subclass of `list` with an attribute.
/// struct Playlist {
///     title: String,
///     songs: Vec<String>,
/// }
///
/// impl Instance for Playlist {
///     const CLASS: &'static Class =
///         &Class::new::<Self>("music", "Playlist").with_attributes(&["title"]);
/// }
///
/// impl<'de> Unpickle<'de> for Playlist {
///     fn unpickle(cursor: Cursor<'_, 'de>) -> pickle::Result<Self> {
///         let mut instance = cursor.instance(Self::CLASS)?;
///         let songs = instance.items()?.unwrap_or_default();
///         let mut title = None;
///         let mut attributes = instance.attributes();
///         while let Some(index) = attributes.next()? {
///             if index == 0 {
///                 title = Some(attributes.value()?);
///             }
///         }
///         let title = title.ok_or_else(|| attributes.missing(0))?;
///         drop(attributes);
///         instance.end()?;
///         Ok(Self { title, songs })
///     }
/// }
/// pickle::register!(Playlist);
///
/// let bytes = b"\x80\x02cmusic\nPlaylist\n)\x81(X\x01\0\0\0aX\x01\0\0\0be}X\x05\0\0\0titleX\x01\0\0\0csb.";
/// let playlist: Playlist = pickle::loads(bytes)?;
/// assert_eq!((playlist.title.as_str(), playlist.songs.len()), ("c", 2));
/// # Ok::<(), pickle::Error>(())
/// ```
#[must_use = "an instance must be ended, so that nothing of it is lost"]
pub struct InstanceReader<'a, 'de> {
    decoder: &'a mut Decoder<'de>,
    class: &'static Class,
    node: Node,
    container: Container,
    /// The index of the class among the globals of the pickle.
    global: usize,
    making: Making,
    /// How many keyword arguments have been read.
    kwargs_read: usize,
    /// What has been read of the log, one bit for each kind of [`Entry`].
    read: u8,
}

impl<'a, 'de> Cursor<'a, 'de> {
    /// Reads an instance of a class part by part, however it was made.
    ///
    /// # Errors
    ///
    /// When the value is not an instance of this class, contains itself or nests too deep.
    pub fn instance(self, class: &'static Class) -> Result<InstanceReader<'a, 'de>> {
        let Self { decoder, node } = self;
        decoder.no_stream()?;
        let found = match (decoder.container(node), decoder.class(node)) {
            (Some(container), Some((global, found)))
                if std::ptr::eq(found, class) || found == class =>
            {
                Some((container, global))
            }
            (Some(container), _) => decoder.claim(node, class).map(|global| (container, global)),
            (None, _) => None,
        };
        let making = found.and_then(|(container, _)| decoder.making(container));
        let (Some((container, global)), Some(making)) = (found, making) else {
            return Err(Cursor::new(decoder, node).mismatch(&class.to_string()));
        };
        decoder.enter(node)?;
        Ok(InstanceReader {
            decoder,
            class,
            node,
            container,
            global,
            making,
            kwargs_read: 0,
            read: 0,
        })
    }

    /// Reads an instance of any class part by part. What the class is, or whatever was called to make
    /// the instance, [`callable`](InstanceReader::callable) reads.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// use pickle::value::GlobalRef;
    /// use pickle::{Cursor, Unpickle};
    ///
    /// /// What was called with a number, and with which.
    /// struct Called(GlobalRef, i64);
    ///
    /// impl<'de> Unpickle<'de> for Called {
    ///     fn unpickle(cursor: Cursor<'_, 'de>) -> pickle::Result<Self> {
    ///         let mut instance = cursor.any_instance()?;
    ///         let callable = instance.callable()?;
    ///         let Some(number) = instance.arg("number")? else {
    ///             return Err(instance.lacks("number"));
    ///         };
    ///         instance.end()?;
    ///         Ok(Self(callable, number))
    ///     }
    /// }
    ///
    /// let Called(callable, number) = pickle::loads(b"cshop\nMeters\n(I5\ntR.")?;
    /// assert!(callable.is("shop", "Meters") && number == 5);
    /// # Ok::<(), pickle::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the value is no instance, contains itself or nests too deep.
    pub fn any_instance(self) -> Result<InstanceReader<'a, 'de>> {
        static ANY: Class = Class::new::<()>("builtins", "object");
        let Self { decoder, node } = self;
        let found = decoder.container(node).and_then(|container| {
            let global = decoder.global_index(decoder.callable_node(node)?)?;
            Some((container, global, decoder.making(container)?))
        });
        let Some((container, global, making)) = found else {
            return Err(Cursor::new(decoder, node).mismatch("an instance"));
        };
        // What `getattr` gives may be the name of something nested: here it is a call.
        if let Some(nested) = decoder.global_index(node) {
            decoder.accept_name(nested);
        }
        decoder.enter(node)?;
        Ok(InstanceReader {
            decoder,
            class: &ANY,
            node,
            container,
            global,
            making,
            kwargs_read: 0,
            read: 0,
        })
    }

    /// Whether the value is an instance of a class, by the name in the pickle.
    pub fn is_instance(&self, class: &'static Class) -> bool {
        let Some(node) = self.decoder.class_node(self.node) else {
            return false;
        };
        match self.decoder.registered_class(self.node) {
            Some(found) => found == class,
            None => self
                .decoder
                .global_name(node)
                .is_some_and(|name| class.is_called(&name.module, &name.qualname)),
        }
    }
}

impl<'de> InstanceReader<'_, 'de> {
    /// Reads the class of the instance, or whatever was called to make it.
    ///
    /// # Errors
    ///
    /// Those of reading it.
    pub fn callable<T: Unpickle<'de>>(&mut self) -> Result<T> {
        match self.decoder.callable_node(self.node) {
            Some(callable) => self.value(callable, "__class__"),
            None => Err(self.lacks("class")),
        }
    }

    /// How many positional arguments are left.
    pub fn args_left(&self) -> usize {
        self.making.args.1 - self.making.args.0
    }

    /// Reads the next positional argument; `None` after the last one. The name is for the path of
    /// an error.
    ///
    /// # Errors
    ///
    /// Those of reading it.
    pub fn arg<T: Unpickle<'de>>(&mut self, name: &str) -> Result<Option<T>> {
        self.arg_with(name, T::unpickle)
    }

    /// As [`arg`](Self::arg), read by a function.
    ///
    /// # Errors
    ///
    /// As [`arg`](Self::arg).
    pub fn arg_with<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(Cursor<'_, 'de>) -> Result<T>,
    ) -> Result<Option<T>> {
        let (start, end) = self.making.args;
        if start == end {
            return Ok(None);
        }
        self.making.args.0 += 1;
        let node = self.decoder.arena.child(start);
        self.value_with(node, name, read).map(Some)
    }

    /// Reads all positional arguments that are left, as a tuple.
    ///
    /// # Errors
    ///
    /// Those of reading them.
    pub fn args<T: Unpickle<'de>>(&mut self) -> Result<T> {
        let (start, end) = self.making.args;
        self.making.args = (end, end);
        let node = self.decoder.part(Shape::Tuple, &[(start, end)]);
        self.value(node, "args")
    }

    /// Reads a keyword argument; `None` if it is not given.
    ///
    /// # Errors
    ///
    /// Those of reading it.
    pub fn kwarg<T: Unpickle<'de>>(&mut self, name: &str) -> Result<Option<T>> {
        self.kwarg_with(name, T::unpickle)
    }

    /// As [`kwarg`](Self::kwarg), read by a function.
    ///
    /// # Errors
    ///
    /// As [`kwarg`](Self::kwarg).
    pub fn kwarg_with<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(Cursor<'_, 'de>) -> Result<T>,
    ) -> Result<Option<T>> {
        let content = self
            .making
            .kwargs
            .and_then(|kwargs| self.decoder.content(kwargs));
        let Some(content) = content.filter(|content| content.shape == Shape::Dict) else {
            return Ok(None);
        };
        // Of equal keys the last counts.
        for position in (content.start..content.start + content.len)
            .step_by(2)
            .rev()
        {
            let key = self.decoder.arena.child(position);
            if Cursor::new(self.decoder, key)
                .str()
                .is_ok_and(|key| key == name)
            {
                self.kwargs_read += 1;
                let value = self.decoder.arena.child(position + 1);
                return self.value_with(value, name, read).map(Some);
            }
        }
        Ok(None)
    }

    /// Takes the items of an instance of a subclass of `tuple` for its arguments, as
    /// `collections.namedtuple` has it.
    pub fn spread_tuple(&mut self) {
        if let Some((Builtin::Tuple, value)) = self.making.base
            && let Some(items) = self.decoder.items(value)
        {
            self.making.base = None;
            self.making.args = items;
        }
    }

    /// Reads what an instance of a subclass of a built-in type is as that type: the number of a
    /// subclass of `int`, say, or the items of a subclass of `tuple`. `None` if there is no such
    /// thing.
    ///
    /// # Errors
    ///
    /// Those of reading it.
    pub fn base<T: Unpickle<'de>>(&mut self) -> Result<Option<T>> {
        self.base_with(T::unpickle)
    }

    /// As [`base`](Self::base), read by a function.
    ///
    /// # Errors
    ///
    /// As [`base`](Self::base).
    pub fn base_with<T>(
        &mut self,
        read: impl FnOnce(Cursor<'_, 'de>) -> Result<T>,
    ) -> Result<Option<T>> {
        let node = match self.making.base.take() {
            Some((_, value)) => value,
            None if self.args_left() == 1 => {
                self.making.args.0 += 1;
                self.decoder.arena.child(self.making.args.0 - 1)
            }
            None => return Ok(None),
        };
        read(Cursor::new(self.decoder, node)).map(Some)
    }

    /// Reads the items that were appended to the instance, as a list. `None` if there are none.
    ///
    /// # Errors
    ///
    /// Those of reading them.
    pub fn items<T: Unpickle<'de>>(&mut self) -> Result<Option<T>> {
        let base = self.take_base(Builtin::List);
        self.parts(base, Entry::Items, Shape::List)
    }

    /// Reads the keys and values that were stored in the instance, as a dict. `None` if there are
    /// none.
    ///
    /// # Errors
    ///
    /// Those of reading them.
    pub fn pairs<T: Unpickle<'de>>(&mut self) -> Result<Option<T>> {
        let base = self.take_base(Builtin::Dict);
        self.parts(base, Entry::Pairs, Shape::Dict)
    }

    /// Reads the elements of an instance of a subclass of `set` or `frozenset`: those of the list
    /// that is its last argument, and those that were added. `None` if there are none.
    ///
    /// # Errors
    ///
    /// Those of reading them.
    pub fn elements<T: Unpickle<'de>>(&mut self) -> Result<Option<T>> {
        let mut base = None;
        if self.args_left() == 1 {
            let node = self.decoder.arena.child(self.making.args.0);
            let content = self.decoder.content(node);
            base = self.decoder.items(node).or_else(|| {
                let content = content?;
                matches!(content.shape, Shape::Set | Shape::FrozenSet)
                    .then_some((content.start, content.start + content.len))
            });
            self.making.args.0 += usize::from(base.is_some());
        }
        self.parts(base, Entry::Additions, Shape::Set)
    }

    /// The content of the built-in value that the instance was made of.
    fn take_base(&mut self, builtin: Builtin) -> Option<(usize, usize)> {
        let (_, value) = self.making.base.take_if(|(base, _)| *base == builtin)?;
        let content = self.decoder.content(value)?;
        Some((content.start, content.start + content.len))
    }

    /// Reads everything that entries of one kind give, as one container.
    fn parts<T: Unpickle<'de>>(
        &mut self,
        base: Option<(usize, usize)>,
        entry: Entry,
        shape: Shape,
    ) -> Result<Option<T>> {
        let mut parts: Vec<_> = base.into_iter().collect();
        for node in self.entries(entry) {
            if let Some(content) = self.decoder.container(node) {
                parts.push((content.start, content.start + content.len));
            }
        }
        if parts.is_empty() {
            return Ok(None);
        }
        let node = self.decoder.part(shape, &parts);
        T::unpickle(Cursor::new(self.decoder, node)).map(Some)
    }

    /// The nodes that the log has under entries of one kind, which are read herewith.
    fn entries(&mut self, entry: Entry) -> Vec<Node> {
        self.read |= 1 << entry as u8;
        let log = self.decoder.arena.log(self.container);
        log.filter(|(found, _)| *found == entry)
            .map(|(_, node)| node)
            .collect()
    }

    /// Reads the attributes that the instance was given: its state is a dict, or a dict and one for
    /// the slots.
    pub fn attributes(&mut self) -> Attributes<'_, 'de> {
        self.read |= 1 << Entry::State as u8;
        Attributes::inside(self.decoder, self.container, self.class, self.global)
    }

    /// Reads the state, whatever form it has; `None` if there is none.
    ///
    /// # Errors
    ///
    /// Those of reading it; when there are several.
    pub fn state<T: Unpickle<'de>>(&mut self) -> Result<Option<T>> {
        match self.entries(Entry::State)[..] {
            [] => Ok(None),
            [state] => self.value(state, "__dict__").map(Some),
            _ => Err(self.surplus("more than one state")),
        }
    }

    /// Reads the state item by item: it is a list or a tuple.
    ///
    /// # Errors
    ///
    /// When there is no state, or several; when it is something else.
    pub fn state_items(&mut self) -> Result<Items<'_, 'de>> {
        match self.entries(Entry::State)[..] {
            [] => Err(self.lacks("state")),
            [state] => Cursor::new(self.decoder, state).list(),
            _ => Err(self.surplus("more than one state")),
        }
    }

    /// Reads the state that a function gave the instance: the state setter of Python's
    /// `__reduce__`. `None` if there is none.
    ///
    /// # Errors
    ///
    /// Those of reading it; when another function was called.
    pub fn state_by<T: Unpickle<'de>>(&mut self, setter: Global) -> Result<Option<T>> {
        let call = match self.entries(Entry::Setter)[..] {
            [] => return Ok(None),
            [call] => self.decoder.container(call),
            _ => None,
        };
        let Some(call) = call else {
            return Err(self.surplus("more than one state by a function"));
        };
        let function = self.decoder.arena.child(call.start);
        let is_setter = self
            .decoder
            .global_name(function)
            .is_some_and(|name| name.module == setter.module && name.qualname == setter.qualname);
        let args = self.decoder.items(self.decoder.arena.child(call.start + 1));
        match args {
            Some((start, end)) if is_setter && end - start == 2 => {
                let state = self.decoder.arena.child(start + 1);
                self.value(state, "__dict__").map(Some)
            }
            _ => {
                let name = self.decoder.type_name(function);
                Err(self.surplus(&format!(
                    "a state by another function than {setter}: {name}"
                )))
            }
        }
    }

    fn value<T: Unpickle<'de>>(&mut self, node: Node, name: &str) -> Result<T> {
        self.value_with(node, name, T::unpickle)
    }

    fn value_with<T>(
        &mut self,
        node: Node,
        name: &str,
        read: impl FnOnce(Cursor<'_, 'de>) -> Result<T>,
    ) -> Result<T> {
        self.decoder.charge(size_of::<T>().min(ITEM_COST))?;
        let value = read(Cursor::new(self.decoder, node));
        value.map_err(|error| error.in_attribute(name.to_owned()))
    }

    /// The error of an instance without the state or the items that its class needs.
    #[cold]
    pub fn lacks(&self, what: &str) -> Error {
        let message = format!("the pickle gives `{}` no {what}", self.class);
        Error::new(ErrorKind::Mismatch, message)
    }

    /// Ends the instance.
    ///
    /// # Errors
    ///
    /// When the pickle gives it something that was not asked for.
    pub fn end(self) -> Result<()> {
        let kwargs = self
            .making
            .kwargs
            .and_then(|node| self.decoder.content(node));
        let log = self.decoder.arena.log(self.container);
        let unread = |(entry, _): &(Entry, Node)| self.read & (1 << *entry as u8) == 0;
        let surplus = if self.args_left() > 0 || self.making.base.is_some() {
            "more arguments"
        } else if kwargs.is_some_and(|kwargs| kwargs.len > 2 * self.kwargs_read) {
            "other keyword arguments"
        } else {
            match { log }.find(unread) {
                None | Some((Entry::Value, _)) => return Ok(()),
                Some((Entry::State, _)) => "a state",
                Some((Entry::Items, _)) => "list items",
                Some((Entry::Pairs, _)) => "dict items",
                Some((Entry::Additions, _)) => "set items",
                Some((Entry::Setter, _)) => "a state by a function",
            }
        };
        Err(self.surplus(surplus))
    }

    #[cold]
    fn surplus(&self, what: &str) -> Error {
        let message = format!(
            "the pickle gives `{}` {what}, which it does not take",
            self.class
        );
        Error::new(ErrorKind::Mismatch, message)
    }
}

impl Drop for InstanceReader<'_, '_> {
    fn drop(&mut self) {
        self.decoder.leave();
    }
}

impl Decoder<'_> {
    /// A container with the children at these positions, to be read as what it is not in the
    /// pickle: the items of an instance as a list, say.
    fn part(&mut self, shape: Shape, parts: &[(usize, usize)]) -> Node {
        let node = self.document_mut().arena.part(shape, parts);
        if let Place::Container(index) = node.place() {
            self.make_room(index);
        }
        node
    }
}
