//! The front door of the reading side: `loads`, `load`, `Unpickler`.

use std::any::Any;
use std::io::BufRead;
use std::sync::Arc;

use super::arena::AnyArena;
use super::decoder::{Decoder, first_missing};
use super::document::Document;
use super::machine::Workspace;
use super::options::Options;
use super::stream::read_pickle;
use super::text::{Encoding, EncodingErrors};
use super::{Cursor, Unpickle};
use crate::error::Result;
use crate::limits::Limits;
use crate::registry::Registry;

/// Reads one pickle from bytes; what follows its end is ignored, as in Python.
///
/// The bytes may come from anyone: this runs no code, does not panic, and uses memory within a
/// small constant factor of the input's length.
///
/// # Errors
///
/// When the bytes are no pickle, name a class that is not registered, or hold something else than
/// the target expects.
///
/// # Example
///
/// ```
/// # use pickle_core as pickle;
/// let prices: Vec<(&str, f64)> = pickle::loads(b"]X\x03\0\0\0teaG@\x04\0\0\0\0\0\0\x86a.")?;
/// assert_eq!(prices, [("tea", 2.5)]);
/// # Ok::<(), pickle::Error>(())
/// ```
#[doc(alias = "from_slice")]
#[doc(alias = "from_bytes")]
pub fn loads<'de, T: Unpickle<'de>>(bytes: &'de [u8]) -> Result<T> {
    Unpickler::from_slice(bytes).load()
}

/// Reads one pickle from a reader, up to its end and not a byte further.
///
/// Several pickles, or anything else, may follow. For a reader that is not buffered see
/// [`Unbuffered`](super::Unbuffered).
///
/// # Errors
///
/// As [`loads`]; `Ran out of input` (`EOFError`) when the reader is at its end; what reading gives.
///
/// # Example: until the end of the input
///
/// ```
/// # use pickle_core as pickle;
/// let mut reader: &[u8] = b"K\x01.K\x02.";
/// let mut numbers = Vec::new();
/// loop {
///     match pickle::load::<i64>(&mut reader) {
///         Ok(number) => numbers.push(number),
///         Err(error) if error.is_eof() => break,
///         Err(error) => return Err(error),
///     }
/// }
/// assert_eq!(numbers, [1, 2]);
/// # Ok::<(), pickle::Error>(())
/// ```
#[doc(alias = "from_reader")]
pub fn load<T: for<'de> Unpickle<'de>>(reader: impl BufRead) -> Result<T> {
    Unpickler::new(reader).load()
}

/// Reads pickles, with options and with memory that serves for one after the other.
///
/// ```
/// # use pickle_core as pickle;
/// let mut unpickler = pickle::Unpickler::from_slice(b"K\x01.K\x02.");
/// let first: i64 = unpickler.load()?;
/// let second: i64 = unpickler.load()?;
/// assert_eq!((first, second), (1, 2));
/// # Ok::<(), pickle::Error>(())
/// ```
pub struct Unpickler<S> {
    source: S,
    options: Options<'static>,
    workspaces: Workspaces,
}

/// Where the reading side keeps its tables between two pickles.
#[derive(Default)]
struct Workspaces {
    narrow: Workspace<u32>,
    wide: Workspace<u64>,
}

impl Workspaces {
    /// Keeps an arena's memory for the next pickle.
    fn reuse(&mut self, arena: AnyArena) {
        match arena {
            AnyArena::Narrow(arena) => self.narrow.arena = arena,
            AnyArena::Wide(arena) => self.wide.arena = arena,
        }
    }
}

/// The input of an [`Unpickler::from_slice`].
pub struct Slice<'de> {
    input: &'de [u8],
    position: usize,
}

/// The input of an [`Unpickler::new`].
pub struct Reader<R> {
    reader: R,
    buffer: Vec<u8>,
}

impl<S> Unpickler<S> {
    fn with_source(source: S) -> Self {
        Self {
            source,
            options: Options::default(),
            workspaces: Workspaces::default(),
        }
    }

    /// Looks names up in this registry instead of the global one.
    pub fn with_registry(mut self, registry: impl Into<Arc<Registry>>) -> Self {
        self.options.registry = Some(registry.into());
        self
    }

    /// Keeps instances of classes that are not registered as data, where the target can: a
    /// [`Value`](crate::Value) holds them as [`Opaque`](crate::value::Opaque). Nothing is called.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// let pickle = b"cshop\nOrder\n)\x81}X\x02\0\0\0idK\x07sb.";
    /// assert!(pickle::loads::<pickle::Value>(pickle).is_err());
    ///
    /// let mut unpickler = pickle::Unpickler::from_slice(pickle).with_opaque(true);
    /// let order: pickle::Value = unpickler.load()?;
    /// assert_eq!(order.to_string(), "<shop.Order object>");
    /// # Ok::<(), pickle::Error>(())
    /// ```
    pub fn with_opaque(mut self, opaque: bool) -> Self {
        self.options.opaque = opaque;
        self
    }

    /// Sets what a load may cost.
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.options.limits = limits;
        self
    }

    /// Sets whether names of Python 2 are replaced by those of Python 3 below protocol 3. On by
    /// default.
    pub fn with_fix_imports(mut self, fix_imports: bool) -> Self {
        self.options.fix_imports = fix_imports;
        self
    }

    /// Sets how Python 2's byte strings become text: strict ASCII by default.
    pub fn with_encoding(mut self, encoding: Encoding, errors: EncodingErrors) -> Self {
        self.options.encoding = encoding;
        self.options.encoding_errors = errors;
        self
    }

    /// Gives the objects of persistent ids: stand-ins for objects that live outside of the pickle.
    ///
    /// The handler reads the id from the cursor (at protocol 0 it is always a str) and returns the
    /// object in a box; [`Persistent`](crate::Persistent) targets take it out.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// use pickle::{Persistent, Unpickle, Unpickler};
    ///
    /// let mut unpickler = Unpickler::from_slice(b"Pusers/7\n.").with_persistent_load(|id| {
    ///     let id = String::unpickle(id)?;
    ///     Ok(Box::new(id.len()))
    /// });
    /// let Persistent(length) = unpickler.load::<Persistent<usize>>()?;
    /// assert_eq!(length, 7);
    /// # Ok::<(), pickle::Error>(())
    /// ```
    pub fn with_persistent_load<F>(mut self, load: F) -> Self
    where
        F: Fn(Cursor<'_, '_>) -> Result<Box<dyn Any>> + Send + Sync + 'static,
    {
        self.options.persistent_ids = true;
        self.options.persistent_load = Some(Arc::new(load));
        self
    }
}

impl<'de> Unpickler<Slice<'de>> {
    /// Returns an unpickler over bytes, from which values may borrow.
    pub fn from_slice(bytes: &'de [u8]) -> Self {
        Self::with_source(Slice {
            input: bytes,
            position: 0,
        })
    }

    /// Reads the next pickle.
    ///
    /// # Errors
    ///
    /// As [`loads`].
    pub fn load<T: Unpickle<'de>>(&mut self) -> Result<T> {
        let Slice { input, position } = self.source;
        let options = Options::<'de>::clone(&self.options);
        let (value, end) = run(&mut self.workspaces, input, position, options, T::unpickle)?;
        self.source.position = end;
        Ok(value)
    }

    /// Reads the next pickle as a [`Document`], with nothing looked up.
    ///
    /// # Errors
    ///
    /// When the bytes are no pickle.
    pub fn document(&mut self) -> Result<Document<'de>> {
        let Slice { input, position } = self.source;
        let mut options = Options::<'de>::clone(&self.options);
        options.names_matter = false;
        let (document, end) = parse(&mut self.workspaces, input, position, options)?;
        self.source.position = end;
        Ok(document)
    }

    /// The position behind the last pickle that was read.
    pub fn position(&self) -> usize {
        self.source.position
    }

    /// The bytes behind the last pickle that was read.
    pub fn rest(&self) -> &'de [u8] {
        &self.source.input[self.source.position..]
    }
}

impl<R: BufRead> Unpickler<Reader<R>> {
    /// Returns an unpickler over a reader, of which it takes whole pickles and no byte more.
    pub fn new(reader: R) -> Self {
        Self::with_source(Reader {
            reader,
            buffer: Vec::new(),
        })
    }

    /// Reads the next pickle.
    ///
    /// # Errors
    ///
    /// As [`load`].
    pub fn load<T: for<'de> Unpickle<'de>>(&mut self) -> Result<T> {
        let Reader { reader, buffer } = &mut self.source;
        buffer.clear();
        read_pickle(reader, buffer)?;
        let mut options = self.options.clone();
        // The pickle ends with its STOP; frames that promise more cannot be checked.
        options.whole_input = false;
        run(&mut self.workspaces, buffer, 0, options, T::unpickle).map(|(value, _)| value)
    }

    /// Reads the next pickle as a [`Document`], with nothing looked up. It borrows the bytes from
    /// the unpickler.
    ///
    /// # Errors
    ///
    /// When the bytes are no pickle; what reading gives.
    pub fn document(&mut self) -> Result<Document<'_>> {
        let Reader { reader, buffer } = &mut self.source;
        buffer.clear();
        read_pickle(reader, buffer)?;
        let mut options = self.options.clone();
        options.whole_input = false;
        options.names_matter = false;
        parse(&mut self.workspaces, buffer, 0, options).map(|(document, _)| document)
    }

    /// The reader.
    pub fn get_ref(&self) -> &R {
        &self.source.reader
    }

    /// The reader, to read something else from it between two pickles.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.source.reader
    }

    /// Returns the reader, at the end of the last pickle.
    pub fn into_inner(self) -> R {
        self.source.reader
    }
}

/// Runs the machine over one pickle; gives the document and the position behind it.
fn parse<'de>(
    workspaces: &mut Workspaces,
    input: &'de [u8],
    position: usize,
    options: Options<'de>,
) -> Result<(Document<'de>, usize)> {
    let mut globals = Vec::new();
    let run = if input.len() < options.wide_from {
        workspaces
            .narrow
            .run(input, position, &mut globals, &options)
    } else {
        workspaces.wide.run(input, position, &mut globals, &options)
    };
    match run {
        Ok((arena, root, end)) => Ok((
            Document {
                input,
                arena,
                globals,
                options,
                root,
                range: position..end,
            },
            end,
        )),
        // Python looks a name up when it reads it: before it gets to what failed behind it.
        Err(error) if options.names_matter && !options.opaque => {
            Err(first_missing(&globals, options.registry()).unwrap_or(error))
        }
        Err(error) => Err(error),
    }
}

/// Runs the machine over one pickle and decodes its result.
fn run<'de, T>(
    workspaces: &mut Workspaces,
    input: &'de [u8],
    position: usize,
    options: Options<'de>,
    decode: impl FnOnce(Cursor<'_, 'de>) -> Result<T>,
) -> Result<(T, usize)> {
    let (document, end) = parse(workspaces, input, position, options)?;
    let root = document.root;
    let mut decoder = Decoder::new(document)?;
    let value = decode(decoder.cursor(root));
    let (document, missing) = decoder.finish();
    workspaces.reuse(document.arena);
    match missing {
        Some(missing) => Err(missing),
        None => value.map(|value| (value, end)),
    }
}
