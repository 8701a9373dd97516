//! The place of one value, from which a type reads itself.

use std::any::{Any, TypeId};

use crate::error::{Error, ErrorKind, Result};
use crate::opcode::Opcode;
use crate::read::Unpickle;
use crate::read::arena::globals::Resolved;
use crate::read::arena::node::{Node, Place};
use crate::read::arena::{Container, Shape};
use crate::read::decode::attributes::Attributes;
use crate::read::decode::containers::{Items, Pairs};
use crate::read::decode::decoder::Decoder;
use crate::read::document::kind::Kind;
use crate::read::document::view::{NodeId, NodeRef, View};
use crate::read::machine::missing_persistent_load;
use crate::registry::{Class, Function, Registry};
use crate::value::{self, Known};

/// The place of one value in a pickle, from which a type reads itself.
///
/// Each reading method takes the cursor and gives the value in one form; asking for another form
/// than the pickle has is an error that names both. See [`Unpickle`](crate::Unpickle) for examples.
pub struct Cursor<'a, 'de> {
    pub(in crate::read) decoder: &'a mut Decoder<'de>,
    pub(in crate::read) node: Node,
}

impl<'a, 'de> Cursor<'a, 'de> {
    #[inline]
    pub(in crate::read) fn new(decoder: &'a mut Decoder<'de>, node: Node) -> Self {
        Self { decoder, node }
    }

    /// Returns a second cursor to the same value, to try one reading after another.
    #[inline]
    pub fn reborrow(&mut self) -> Cursor<'_, 'de> {
        Cursor {
            decoder: self.decoder,
            node: self.node,
        }
    }

    /// Reads the value as a type: what [`Unpickle::unpickle`] does, for those who read what is inside
    /// of their own value.
    ///
    /// # Errors
    ///
    /// Those of the type.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn read<T: Unpickle<'de>>(self) -> Result<T> {
        if !T::STREAMS {
            self.decoder.no_stream()?;
        }
        T::unpickle(self)
    }

    /// The value as data, whatever it is.
    pub(crate) fn node_ref(&self) -> NodeRef<'_, 'de> {
        NodeRef::new(self.decoder, self.node)
    }

    /// The identity of the value.
    pub(crate) fn id(&self) -> NodeId {
        self.node_ref().id()
    }

    /// Another value of the pickle, as data.
    pub(crate) fn node_of(&self, id: NodeId) -> NodeRef<'_, 'de> {
        NodeRef::new(self.decoder, id.node())
    }

    /// A cursor to another value of the pickle.
    pub(crate) fn at(&mut self, id: NodeId) -> Cursor<'_, 'de> {
        Cursor::new(self.decoder, id.node())
    }

    /// As [`at`](Self::at), in place of this one.
    #[cfg(feature = "serde")]
    pub(crate) fn into_at(self, id: NodeId) -> Self {
        Cursor::new(self.decoder, id.node())
    }

    /// Goes into the value; [`leave`](Self::leave) goes out of it again.
    ///
    /// # Errors
    ///
    /// When it is under way already, or the data nests too deep.
    #[cfg(feature = "serde")]
    pub(crate) fn enter(&mut self) -> Result<()> {
        self.decoder.enter(self.node)
    }

    /// Goes out of the value.
    #[cfg(feature = "serde")]
    pub(crate) fn leave(&mut self) {
        self.decoder.leave();
    }

    /// What this load has made values of, for all places that hold it.
    pub(crate) fn values(&mut self) -> &mut Known {
        self.decoder.values()
    }

    /// What the value is, as Python sees it.
    pub fn kind(&self) -> Kind {
        match self.decoder.stream_ref() {
            Some(stream) => stream.kind(self.node),
            None => self.decoder.kind(self.node),
        }
    }

    /// Whether the value is `None`.
    #[inline]
    pub fn is_none(&self) -> bool {
        if let Some(stream) = self.decoder.stream_ref() {
            return stream.is_none(self.node);
        }
        match self.node.place() {
            Place::Scalar(offset) => self.decoder.input.get(offset) == Some(&Opcode::None.byte()),
            Place::Container(_) => false,
        }
    }

    /// The registered class that the value is an instance of, if it is one.
    pub fn class(&self) -> Option<&'static Class> {
        self.class_of(self.id())
    }

    /// The registered class of another value of the pickle.
    pub(crate) fn class_of(&self, id: NodeId) -> Option<&'static Class> {
        self.decoder.class(id.node()).map(|(_, class)| class)
    }

    /// The registered class of a Rust type.
    pub(in crate::read) fn class_of_type(&self, type_id: TypeId) -> Option<&'static Class> {
        let mut classes = self.decoder.options.registry().classes();
        classes.find(|class| class.rust_type() == type_id)
    }

    /// The type that the registered function returns whose result the value is.
    pub(in crate::read) fn result_type(&self) -> Option<TypeId> {
        let (function, _) = self.decoder.called_function(self.node)?;
        Some(function.result())
    }

    /// What the global means that the value is.
    pub(in crate::read) fn resolved(&self) -> Option<&Resolved> {
        self.decoder.resolved(self.node)
    }

    /// What names mean in this load.
    pub(in crate::read) fn registry(&self) -> &Registry {
        self.decoder.options.registry()
    }

    /// The error of a value that is something else than expected: `expected int, found str`.
    #[cold]
    pub fn mismatch(&self, expected: &str) -> Error {
        let found = self.decoder.type_name(self.node);
        self.located(Error::new(
            ErrorKind::Mismatch,
            format!("expected {expected}, found {found}"),
        ))
    }

    #[cold]
    pub(super) fn located(&self, error: Error) -> Error {
        match self.decoder.offset(self.node) {
            Some(offset) => error.at(offset),
            None => error,
        }
    }

    /// Reads a reference to a class or a function, by its name. It need not be registered, for
    /// nothing is looked up.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// let function: pickle::value::GlobalRef = pickle::loads(b"cshop\ntotal\n.")?;
    /// assert!(function.is("shop", "total"));
    /// # Ok::<(), pickle::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the value is neither.
    pub fn global(self) -> Result<value::GlobalRef> {
        let found = match self.node_ref().meaning()? {
            View::Global {
                module, qualname, ..
            } => value::GlobalRef::new(module, qualname),
            _ => return Err(self.mismatch("a class or function")),
        };
        let mut nodes = vec![self.node];
        // The class that a nested one is in is named as well.
        while let Some(node) = nodes.pop() {
            if let Some(global) = self.decoder.global_index(node) {
                self.decoder.accept_name(global);
            }
            if let Some(container) = self.decoder.container(node)
                && container.shape == Shape::Reduce
                && let Some((start, _)) = self
                    .decoder
                    .items(self.decoder.arena.child(container.start + 1))
            {
                nodes.push(self.decoder.arena.child(start));
            }
        }
        Ok(found)
    }

    /// Reads a list or a tuple, item by item.
    ///
    /// # Errors
    ///
    /// When the value is neither, contains itself or nests too deep.
    #[inline]
    pub fn list(self) -> Result<Items<'a, 'de>> {
        if let Some(stream) = self.decoder.stream() {
            let run = stream.list(self.node)?;
            return Items::in_stream(self.decoder, run);
        }
        match self.decoder.content(self.node) {
            Some(content) if matches!(content.shape, Shape::List | Shape::Tuple) => {
                Items::new(self.decoder, self.node, content.start, content.len)
            }
            None if self.decoder.is_empty_tuple(self.node) => {
                Items::new(self.decoder, self.node, 0, 0)
            }
            _ => Err(self.mismatch("list")),
        }
    }

    /// Reads a tuple or a list of so many items, item by item. All of them must be asked for, and
    /// then the end: [`Items::end`].
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// use pickle::{Cursor, Error, Unpickle};
    ///
    /// struct Point(f64, f64);
    ///
    /// impl<'de> Unpickle<'de> for Point {
    ///     fn unpickle(cursor: Cursor<'_, 'de>) -> pickle::Result<Self> {
    ///         let mut items = cursor.tuple(2)?;
    ///         let (x, y) = (items.next()?, items.next()?);
    ///         items.end()?;
    ///         x.zip(y).map(|(x, y)| Self(x, y)).ok_or_else(|| Error::custom("no point"))
    ///     }
    /// }
    ///
    /// let Point(x, y) = pickle::loads(b"K\x01K\x02\x86.")?;
    /// assert_eq!((x, y), (1.0, 2.0));
    /// assert!(pickle::loads::<Point>(b"K\x01\x85.").is_err());
    /// # Ok::<(), pickle::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`list`](Self::list); when there are more or fewer items.
    #[inline]
    pub fn tuple(self, len: usize) -> Result<Items<'a, 'de>> {
        if let Some(stream) = self.decoder.stream() {
            let run = stream.tuple(self.node, len)?;
            return Items::in_stream(self.decoder, run);
        }
        let items = self.list()?;
        match items.len() {
            found if found == len => Ok(items),
            found => Err(Error::custom(format_args!(
                "expected a tuple of {len} items, found {found}"
            ))),
        }
    }

    /// Reads a set or a frozenset, element by element. Equal elements may come more than once.
    ///
    /// # Errors
    ///
    /// When the value is neither, contains itself or nests too deep.
    pub fn set(self) -> Result<Items<'a, 'de>> {
        if let Some(stream) = self.decoder.stream() {
            let run = stream.set(self.node)?;
            stream.key_begins();
            return Items::in_stream(self.decoder, run).map(Items::of_keys);
        }
        match self.decoder.content(self.node) {
            Some(content) if matches!(content.shape, Shape::Set | Shape::FrozenSet) => {
                Items::new(self.decoder, self.node, content.start, content.len)
            }
            _ => Err(self.mismatch("set")),
        }
    }

    /// Reads a dict, key by key, in its order. A key may come more than once: the last value is
    /// the one that counts.
    ///
    /// # Errors
    ///
    /// When the value is not a dict, contains itself or nests too deep.
    pub fn dict(self) -> Result<Pairs<'a, 'de>> {
        if let Some(stream) = self.decoder.stream() {
            let run = stream.dict(self.node)?;
            return Pairs::in_stream(self.decoder, run);
        }
        match self.decoder.content(self.node) {
            Some(content) if content.shape == Shape::Dict => {
                Pairs::new(self.decoder, self.node, content.start, content.len)
            }
            _ => Err(self.mismatch("dict")),
        }
    }

    /// Calls the registered function whose result the value is; `None` if it is no such result.
    ///
    /// The function is called once for each place that holds the value and reads it this way.
    ///
    /// # Errors
    ///
    /// Those of reading the arguments and of the function; when its result is no `T`; when the
    /// pickle gives the result a state or items, which a Rust value cannot take.
    #[inline]
    pub fn call<T: 'static>(&mut self) -> Result<Option<T>> {
        let Some((function, result)) = self.call_any()? else {
            return Ok(None);
        };
        match result.downcast() {
            Ok(result) => Ok(Some(*result)),
            Err(_) => Err(self.other_result(function, std::any::type_name::<T>())),
        }
    }

    #[cold]
    fn other_result(&self, function: &Function, expected: &str) -> Error {
        let found = function.result_name();
        let message = format!("expected `{expected}`, found `{found}` from {function}()");
        self.located(Error::new(ErrorKind::Mismatch, message))
    }

    /// Calls the registered function whose result the value is, whatever that is.
    #[inline]
    pub(in crate::read) fn call_any(
        &mut self,
    ) -> Result<Option<(&'static Function, Box<dyn Any>)>> {
        match self.decoder.called_function(self.node) {
            Some((function, args)) => self.call_function(function, args).map(Some),
            None => Ok(None),
        }
    }

    // Apart, for nearly no instance is made by a call, and each type asks.
    #[inline(never)]
    fn call_function(
        &mut self,
        function: &'static Function,
        args: Node,
    ) -> Result<(&'static Function, Box<dyn Any>)> {
        let changed = self
            .decoder
            .container(self.node)
            .is_some_and(|container| self.decoder.arena.log(container).next().is_some());
        if changed {
            let message = format!("the result of {function}() takes no state and no items");
            return Err(self.located(Error::new(ErrorKind::Mismatch, message)));
        }
        self.decoder.enter(self.node)?;
        let result = function.call(Cursor::new(self.decoder, args));
        self.decoder.leave();
        Ok((function, result?))
    }

    /// Reads an instance of a class, attribute by attribute.
    ///
    /// # Errors
    ///
    /// When the value is not an instance of this class, was made with arguments, was given items,
    /// has a state that is no dict of attributes, contains itself or nests too deep.
    #[inline]
    pub fn object(self, class: &'static Class) -> Result<Attributes<'a, 'de>> {
        if self.decoder.stream_ref().is_none() {
            return self.known_object(class);
        }
        let (global, run, builds) = self.decoder.enter_instance(self.node, class)?;
        Ok(Attributes::in_stream(
            self.decoder,
            class,
            global,
            run,
            builds,
        ))
    }

    #[inline(never)]
    fn known_object(self, class: &'static Class) -> Result<Attributes<'a, 'de>> {
        if let Some(container) = self.decoder.container(self.node)
            && container.shape == Shape::NewObj
            && let Some(global) = self.decoder.same_class(container, class)
            && self
                .decoder
                .is_written_empty_tuple(self.decoder.arena.child(container.start + 1))
        {
            return Attributes::new(self.decoder, self.node, container, class, global);
        }
        self.any_object(class)
    }

    /// Reads an instance that is not the usual one.
    #[inline(never)]
    fn any_object(self, class: &'static Class) -> Result<Attributes<'a, 'de>> {
        if let Some(plan) = self.decoder.flattened(self.node, class)
            && let Some(container) = self.decoder.container(self.node)
        {
            return Attributes::beside(self.decoder, self.node, container, class, plan);
        }
        match (
            self.decoder.container(self.node),
            self.decoder.class(self.node),
        ) {
            (Some(container), Some((global, found)))
                if std::ptr::eq(found, class) || found == class =>
            {
                self.check_plain(found)?;
                self.known_class(container, class, global)
            }
            _ => self.claim(class),
        }
    }

    /// Reads what an instance has as one of a base class: `T` is the Rust type of the base class,
    /// and reads its attributes from the instance, whatever class that is of.
    ///
    /// This comes before anything else is read of the instance.
    ///
    /// # Errors
    ///
    /// Those of reading it.
    pub fn base_class<T: Unpickle<'de>>(&mut self) -> Result<T> {
        self.decoder.no_stream()?;
        let before = self.decoder.set_flattened(Some(self.node));
        let value = T::unpickle(self.reborrow());
        self.decoder.set_flattened(before);
        value
    }

    /// Reads an instance whose class is not registered but asked for by its name.
    #[cold]
    fn claim(self, class: &'static Class) -> Result<Attributes<'a, 'de>> {
        match (
            self.decoder.container(self.node),
            self.decoder.claim(self.node, class),
        ) {
            (Some(container), Some(global)) => {
                self.check_plain(class)?;
                self.known_class(container, class, global)
            }
            _ => Err(self.mismatch(&class.to_string())),
        }
    }

    /// Reads an instance of a class that was looked up.
    #[inline]
    fn known_class(
        self,
        container: Container,
        class: &'static Class,
        global: usize,
    ) -> Result<Attributes<'a, 'de>> {
        let plan = self.decoder.plan_of(global, class);
        self.decoder.remember_class(container, class, plan);
        Attributes::new(self.decoder, self.node, container, class, plan)
    }

    /// Checks that an instance was made without arguments, which would be lost.
    #[inline]
    fn check_plain(&self, class: &'static Class) -> Result<()> {
        let Some(container) = self.decoder.container(self.node) else {
            return Ok(());
        };
        let plain = self.decoder.is_made_without_arguments(container);
        if plain {
            return Ok(());
        }
        let message = format!(
            "`{}` is made without arguments, the pickle gives some",
            class
        );
        Err(self.located(Error::new(ErrorKind::Mismatch, message)))
    }

    /// Reads a value that several places of the pickle may hold, once for all of them: the first
    /// place reads it, the others get clones of what that gave. For `Rc`, `Arc` and the like.
    ///
    /// # Errors
    ///
    /// Those of `read`.
    pub fn shared<T: Clone + 'static>(
        self,
        read: impl FnOnce(Cursor<'_, 'de>) -> Result<T>,
    ) -> Result<T> {
        let Self { decoder, node } = self;
        if decoder.stream().is_some() {
            return Cursor::new(decoder, node).owner_in_stream(read);
        }
        if !decoder.may_be_shared(node) {
            return read(Cursor::new(decoder, node));
        }
        if let Some(value) = decoder.shared(node) {
            return Ok(value);
        }
        let value = read(Cursor::new(decoder, node))?;
        decoder.share(node, value.clone());
        Ok(value)
    }

    /// Reads the object that a persistent id stands for, from the handler of
    /// [`Unpickler::with_persistent_load`](crate::Unpickler::with_persistent_load).
    ///
    /// # Errors
    ///
    /// When the value has no persistent id; those of the handler; when the handler gives an object
    /// of another type.
    pub fn persistent<T: 'static>(self) -> Result<T> {
        self.decoder.no_stream()?;
        let Some(id) = self.decoder.persistent_id(self.node) else {
            return Err(self.mismatch("an object with a persistent id"));
        };
        let Some(load) = self.decoder.options.persistent_load.clone() else {
            return Err(missing_persistent_load());
        };
        let object = load(Cursor::new(self.decoder, id))?;
        match object.downcast() {
            Ok(object) => Ok(*object),
            Err(_) => Err(self.located(Error::new(
                ErrorKind::Mismatch,
                format!(
                    "expected `{}`, the handler of persistent ids gave another type",
                    std::any::type_name::<T>()
                ),
            ))),
        }
    }

    /// Pays for owned memory that the value takes at this place: values that the pickle holds once
    /// and refers to from several places are copied to each of them.
    ///
    /// # Errors
    ///
    /// When the limits' expansion is used up.
    pub fn charge(&mut self, bytes: usize) -> Result<()> {
        self.decoder.charge(bytes)
    }
}
