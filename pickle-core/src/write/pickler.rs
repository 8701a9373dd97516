//! The front door with state: protocol, options, a memo kept over several dumps.

use std::any::{Any, TypeId};
use std::io::Write;
use std::sync::Arc;

use super::Pickle;
use super::encoder::{DEPTH_LIMIT, Encoder};
use super::memo::Memo;
use super::output::Output;
use super::outside::Hooks;
use crate::buffer::Buffer;
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::Protocol;
use crate::registry::Registry;
use crate::value::Value;

/// How to dump.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    pub(super) protocol: Protocol,
    pub(super) fix_imports: bool,
    pub(super) canonical: bool,
    pub(super) depth_limit: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            protocol: Protocol::default(),
            fix_imports: true,
            canonical: false,
            depth_limit: DEPTH_LIMIT,
        }
    }
}

impl Options {
    /// Returns one pickle.
    pub(super) fn dumps<T: Pickle + ?Sized>(self, value: &T) -> Result<Vec<u8>> {
        let buffer = Vec::with_capacity(INITIAL_BUFFER);
        let mut encoder = Encoder::new(Output::new(buffer, None), self);
        encoder.dump(value)?;
        Ok(encoder.out.bytes)
    }

    /// Writes one pickle.
    pub(super) fn dump<T: Pickle + ?Sized>(self, value: &T, writer: &mut dyn Write) -> Result<()> {
        let buffer = Vec::with_capacity(INITIAL_BUFFER);
        Encoder::new(Output::new(buffer, Some(writer)), self).dump(value)
    }
}

/// Writes pickles one after another, with options, and with a memo over all of them.
///
/// As in Python, a later pickle refers to names that an earlier one wrote: of classes, attributes
/// and modules, and to one-character strings. It must then be loaded by the one
/// [`Unpickler`](crate::Unpickler) that loaded the earlier ones; where each pickle shall stand
/// alone, call [`clear_memo`](Self::clear_memo) in between or use [`dump`](crate::dump).
/// Unlike in Python, values behind `Rc` and `Arc` are forgotten after each dump: the pickler does
/// not keep them alive, so that other values may come to live at their addresses.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::{Pickler, Protocol};
///
/// let mut pickler = Pickler::new(Vec::new()).with_protocol(Protocol::V2);
/// pickler.dump(&(1, true))?;
/// assert_eq!(pickler.into_inner(), b"\x80\x02K\x01\x88\x86q\x00.");
/// # Ok::<(), pickle::Error>(())
/// ```
pub struct Pickler<W: Write> {
    writer: W,
    options: Options,
    /// None while a value is being dumped, and after a panic in there.
    memo: Option<Memo>,
    /// An empty buffer, for its capacity.
    buffer: Vec<u8>,
    hooks: Hooks,
}

/// Room for a small object.
const INITIAL_BUFFER: usize = 256;

/// The largest buffer that is kept from one dump to the next.
const KEPT_BUFFER: usize = 1024 * 1024;

impl<W: Write> Pickler<W> {
    /// Returns a pickler that writes to `writer` at protocol 4.
    ///
    /// Nothing is written in small pieces, so the writer needs no buffer. If it has one, flush it
    /// where somebody waits for the pickle: `pickler.get_mut().flush()`.
    pub fn new(writer: W) -> Self {
        Self {
            writer,
            options: Options::default(),
            memo: Some(Memo::default()),
            buffer: Vec::new(),
            hooks: Hooks::default(),
        }
    }

    /// Writes at another protocol.
    pub fn with_protocol(mut self, protocol: Protocol) -> Self {
        self.options.protocol = protocol;
        if let Some(memo) = &mut self.memo {
            // They hold opcodes of the old protocol.
            memo.classes = Default::default();
        }
        self
    }

    /// Says whether pickles below protocol 3 use the names of Python 2: `__builtin__` for
    /// `builtins` and the like. They do unless told otherwise.
    pub fn with_fix_imports(mut self, fix_imports: bool) -> Self {
        self.options.fix_imports = fix_imports;
        self
    }

    /// Writes classes and functions as this registry has them, instead of the global one: those that
    /// it has, by the names and extension codes that they have there.
    ///
    /// A class is written by its own name if that means the class in the registry, else by the first
    /// name that does, an alias. Names that a [`Value`] or a [`Document`](crate::Document) holds as
    /// data are written as they stand.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// use pickle::{Class, Encoder, Instance, Pickle, Pickler, Protocol, Registry};
    ///
    /// struct Tea;
    ///
    /// impl Instance for Tea {
    ///     const CLASS: &'static Class = &Class::new::<Self>("shop", "Tea");
    /// }
    ///
    /// impl Pickle for Tea {
    ///     fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
    ///         encoder.object(Self::CLASS, 0)?.end()
    ///     }
    /// }
    ///
    /// let restricted = Registry::new();
    /// let error = Pickler::new(Vec::new()).with_registry(restricted).dump(&Tea).unwrap_err();
    /// assert_eq!(
    ///     error.message(),
    ///     "Can't pickle <class 'shop.Tea'>: attribute lookup Tea on shop failed"
    /// );
    /// # Ok::<(), pickle::Error>(())
    /// ```
    ///
    /// Dumping a class or function that the registry does not have is an error.
    pub fn with_registry(mut self, registry: impl Into<Arc<Registry>>) -> Self {
        self.hooks.registry = Some(registry.into());
        // They may be known there by other names.
        self.clear_memo();
        self
    }

    /// Writes the canonical form: the same value gives the same bytes, for a hash, a signature, or
    /// a cache that is keyed by them.
    ///
    /// What else decides about bytes is left out. Nothing is written as a reference to what was
    /// written before, and nothing is put into the memo, as with `Pickler.fast` in Python, so that
    /// it does not matter what is shared. The entries of dicts, the elements of sets and the
    /// attributes of instances come in the order of their bytes. There are no frames. Python loads
    /// it like any other pickle.
    ///
    /// What counts as the same value: equal parts of the same types, at the same protocol. `1` and
    /// `1.0` are two values. The items of a subclass of `dict` keep their order, which may mean
    /// something. A shared value is written at each place, so that data which shares much can
    /// become large; data that contains itself has no canonical form. The pickle is built in memory
    /// before the first byte is written.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// use std::collections::HashMap;
    ///
    /// let canonical = |value: &HashMap<&str, i64>| {
    ///     let mut pickler = pickle::Pickler::new(Vec::new()).with_canonical(true);
    ///     pickler.dump(value)?;
    ///     Ok::<_, pickle::Error>(pickler.into_inner())
    /// };
    /// let some = HashMap::from([("tea", 2), ("cups", 4)]);
    /// let same = HashMap::from([("cups", 4), ("tea", 2)]);
    /// assert_eq!(canonical(&some)?, canonical(&same)?);
    /// assert_eq!(canonical(&some)?, b"\x80\x04}(\x8c\x03teaK\x02\x8c\x04cupsK\x04u.");
    /// # Ok::<(), pickle::Error>(())
    /// ```
    pub fn with_canonical(mut self, canonical: bool) -> Self {
        self.options.canonical = canonical;
        self
    }

    /// Gives the ids of objects that live outside of the pickle: of everything that is dumped as
    /// [`Persistent`](crate::Persistent).
    ///
    /// The handler is given the object in there. At protocol 0 an id is written as text, what
    /// `str` makes of it in Python; that must be ASCII.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// use pickle::{Error, Persistent, Pickler, Protocol};
    ///
    /// struct Connection(i64);
    ///
    /// let mut pickler = Pickler::new(Vec::new())
    ///     .with_protocol(Protocol::V2)
    ///     .with_persistent_id(|object| match object.downcast_ref::<Connection>() {
    ///         Some(connection) => Ok(connection.0.into()),
    ///         None => Err(Error::custom("only connections are known by an id")),
    ///     });
    /// pickler.dump(&Persistent(Connection(7)))?;
    /// assert_eq!(pickler.into_inner(), b"\x80\x02K\x07Q.");
    /// # Ok::<(), pickle::Error>(())
    /// ```
    pub fn with_persistent_id<F>(mut self, persistent_id: F) -> Self
    where
        F: Fn(&dyn Any) -> Result<Value> + Send + Sync + 'static,
    {
        self.hooks.persistent_id = Some(Box::new(persistent_id));
        self
    }

    /// Hands every [`Buffer`] to a callback instead of writing it, at protocol 5.
    ///
    /// As in Python the callback says whether the buffer stays in the pickle after all: it returns
    /// `false` once it has taken care of it. See [`Buffer`] for an example.
    pub fn with_buffer_callback<F>(mut self, callback: F) -> Self
    where
        F: FnMut(&Buffer<'_>) -> Result<bool> + Send + 'static,
    {
        self.hooks.buffer = Some(Box::new(callback));
        self
    }

    /// Writes values of one type in another way than the type's own, Python's `reducer_override` and
    /// `dispatch_table`.
    ///
    /// This holds for types with a derive and no parameters, and for those that ask
    /// [`Encoder::overridden`]. To leave some values as they are, the override calls
    /// [`Encoder::not_overridden`].
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// use pickle::{Encoder, Global, Pickle, Pickler, Protocol};
    ///
    /// struct Secret(String);
    ///
    /// impl Pickle for Secret {
    ///     fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
    ///         match encoder.overridden(self) {
    ///             Some(written) => written,
    ///             None => encoder.str(&self.0),
    ///         }
    ///     }
    /// }
    ///
    /// let mut pickler = Pickler::new(Vec::new())
    ///     .with_protocol(Protocol::V2)
    ///     .with_override(|_: &Secret, encoder| encoder.none());
    /// pickler.dump(&(Secret("hunter2".into()), 1))?;
    /// assert_eq!(pickler.into_inner(), b"\x80\x02NK\x01\x86q\0.");
    /// # Ok::<(), pickle::Error>(())
    /// ```
    pub fn with_override<T, F>(mut self, write: F) -> Self
    where
        T: 'static,
        F: Fn(&T, &mut Encoder<'_>) -> Result<()> + Send + Sync + 'static,
    {
        let write =
            move |value: &dyn Any, encoder: &mut Encoder<'_>| match value.downcast_ref::<T>() {
                Some(value) => write(value, encoder),
                None => Err(Error::custom("an override was given another type")),
            };
        self.hooks
            .overrides
            .insert(TypeId::of::<T>(), Arc::new(write));
        self
    }

    /// Sets how deep containers, instances and shared pointers may nest: 1000 unless told
    /// otherwise.
    ///
    /// Dumping is recursive. A level takes up to 1 kB of stack in debug builds; a thread that
    /// dumps deeper values needs a stack that is large enough.
    pub fn with_depth_limit(mut self, levels: usize) -> Self {
        self.options.depth_limit = levels;
        self
    }

    /// Writes the pickle of a value.
    ///
    /// # Errors
    ///
    /// When the value has no form in Python or nests too deep, and when the writer fails.
    ///
    /// A dump that fails writes nothing, unless the pickle was so large that a part of it was
    /// handed over before: every 64 KiB at protocol 4 and above, and before each string of 64 KiB
    /// at any protocol. The memo is as it was before, so that the next dump is sound; in Python
    /// it would refer to what was never written.
    pub fn dump<T: Pickle + ?Sized>(&mut self, value: &T) -> Result<()> {
        if self.hooks.buffer.is_some() && self.options.protocol < Protocol::V5 {
            return Err(Error::new(
                ErrorKind::Unpicklable,
                "buffer_callback needs protocol >= 5",
            )
            .raised_as("ValueError"));
        }
        let Some(memo) = self.memo.take() else {
            return Err(poisoned());
        };
        let before = memo.len();
        let buffer = std::mem::take(&mut self.buffer);
        let out = Output::new(buffer, Some(&mut self.writer));
        let mut encoder = Encoder::new(out, self.options);
        encoder.memo = memo;
        encoder.has_overrides = !self.hooks.overrides.is_empty();
        encoder.hooks = Some(&mut self.hooks);
        let result = encoder.dump(value);
        let Encoder { out, mut memo, .. } = encoder;
        match &result {
            _ if self.options.canonical => memo = Memo::default(),
            Ok(()) => memo.forget_addresses(),
            Err(_) => memo.roll_back(before),
        }
        self.memo = Some(memo);
        result?;
        if out.bytes.capacity() <= KEPT_BUFFER {
            self.buffer = out.bytes;
        }
        Ok(())
    }

    /// Forgets what earlier dumps wrote: the next pickle stands alone.
    pub fn clear_memo(&mut self) {
        self.memo = Some(Memo::default());
    }

    /// The writer.
    pub fn get_ref(&self) -> &W {
        &self.writer
    }

    /// The writer, to write other things between pickles.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.writer
    }

    /// Returns the writer.
    pub fn into_inner(self) -> W {
        self.writer
    }
}

impl<W: Write> std::fmt::Debug for Pickler<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pickler")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

#[cold]
fn poisoned() -> Error {
    Error::new(
        ErrorKind::Unpicklable,
        "an earlier dump of this pickler panicked, its memo is lost; call `clear_memo`",
    )
}
