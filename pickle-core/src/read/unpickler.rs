//! The front door of the reading side: `loads`, `load`, `Unpickler`.

use std::any::Any;
use std::borrow::Cow;
use std::io::BufRead;
use std::sync::Arc;

use super::argument::text::{Encoding, EncodingErrors};
use super::document::Document;
use super::input::stream::read_pickle;
use super::machine::Position;
use super::options::Options;
use super::session::Session;
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
    pub(super) options: Options<'static>,
    session: Session,
}

/// The input of an [`Unpickler::from_slice`].
pub struct Slice<'de> {
    input: &'de [u8],
    position: Position,
    buffers: Option<Arc<[Cow<'de, [u8]>]>>,
}

/// The input of an [`Unpickler::new`].
pub struct Reader<R> {
    reader: R,
    /// The pickle under way, and those before it if the memo is kept.
    input: Vec<u8>,
    /// The number of the next out-of-band buffer.
    buffer: usize,
}

impl<S> Unpickler<S> {
    fn with_source(source: S) -> Self {
        Self {
            source,
            options: Options::default(),
            session: Session::default(),
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

    /// Sets whether [`Document`]s may hold persistent ids, as
    /// [`View::Persistent`](crate::View::Persistent). Off by default, as in Python, where they are
    /// an error unless somebody handles them.
    ///
    /// Typed loads need [`with_persistent_load`](Self::with_persistent_load) besides.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// use pickle::{Unpickler, View};
    ///
    /// let mut unpickler = Unpickler::from_slice(b"Pusers/7\n.").with_persistent_ids(true);
    /// let document = unpickler.document()?;
    /// let View::Persistent(id) = document.root().view() else { panic!() };
    /// assert!(matches!(id.view(), View::Str(text) if *text == *b"users/7"));
    /// # Ok::<(), pickle::Error>(())
    /// ```
    pub fn with_persistent_ids(mut self, persistent_ids: bool) -> Self {
        self.options.persistent_ids = persistent_ids;
        self
    }

    /// Sets whether pickles may be decoded as they are read, which gives the same values
    /// sooner. Tests compare both ways.
    #[doc(hidden)]
    pub fn with_streams(mut self, streams: bool) -> Self {
        self.options.streams = streams;
        self
    }

    /// Sets whether the memo goes on from one pickle to the next. Off by default.
    ///
    /// A Python `Pickler` whose `dump` is called several times writes what it has written before
    /// as a reference. Such pickles can be read one after the other only, by one `Unpickler` that
    /// keeps its memo; Python's always does. To keep it takes the memory of all pickles so far,
    /// and with a reader their bytes. A [`Document`] then is a copy of all of it, which a typed load
    /// is not.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// // p = Pickler(file); p.dump('tea'); p.dump('tea')
    /// let stream = b"X\x03\0\0\0teaq\0.h\0.";
    /// let mut unpickler = pickle::Unpickler::from_slice(stream).with_memo_kept(true);
    /// assert_eq!(unpickler.load::<&str>()?, "tea");
    /// assert_eq!(unpickler.load::<&str>()?, "tea");
    /// # Ok::<(), pickle::Error>(())
    /// ```
    pub fn with_memo_kept(mut self, memo_kept: bool) -> Self {
        self.options.memo_kept = memo_kept;
        self
    }
}

impl<'de> Unpickler<Slice<'de>> {
    /// Returns an unpickler over bytes, from which values may borrow.
    pub fn from_slice(bytes: &'de [u8]) -> Self {
        Self::with_source(Slice {
            input: bytes,
            position: Position::default(),
            buffers: None,
        })
    }

    /// Gives the out-of-band buffers that the pickles refer to, in order; values may borrow from
    /// them.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// // b = []; pickle.dumps(PickleBuffer(b'tea'), 5, buffer_callback=b.append)
    /// let pickled = b"\x80\x05\x97\x98.";
    /// let mut unpickler = pickle::Unpickler::from_slice(pickled).with_buffers([&b"tea"[..]]);
    /// assert_eq!(unpickler.load::<&[u8]>()?, b"tea");
    /// # Ok::<(), pickle::Error>(())
    /// ```
    pub fn with_buffers(mut self, buffers: impl IntoIterator<Item = &'de [u8]>) -> Self {
        self.source.buffers = Some(buffers.into_iter().map(Cow::Borrowed).collect());
        self
    }

    /// Reads the next pickle.
    ///
    /// # Errors
    ///
    /// As [`loads`].
    pub fn load<T: Unpickle<'de>>(&mut self) -> Result<T> {
        let options = self.options();
        let Slice {
            input, position, ..
        } = &mut self.source;
        self.session.load(input, position, options)
    }

    /// Reads the next pickle by a function.
    #[cfg(feature = "serde")]
    pub(crate) fn load_with<T>(
        &mut self,
        read: impl FnOnce(Cursor<'_, 'de>) -> Result<T>,
    ) -> Result<T> {
        let options = self.options();
        let Slice {
            input, position, ..
        } = &mut self.source;
        self.session.run(input, position, options, read)
    }

    /// Reads the next pickle if it can be decoded as it is read: what `load` tries first.
    #[doc(hidden)]
    pub fn stream<T: Unpickle<'de>>(&mut self) -> Option<T> {
        let options = self.options();
        if !T::STREAMS || !options.may_stream() {
            return None;
        }
        let Slice {
            input, position, ..
        } = &mut self.source;
        self.session.stream(input, position, options).ok()
    }

    /// Reads the next pickle as a [`Document`], with nothing looked up.
    ///
    /// # Errors
    ///
    /// When the bytes are no pickle.
    pub fn document(&mut self) -> Result<Document<'de>> {
        let Slice {
            input, position, ..
        } = self.source;
        let options = self.options();
        let (document, end) = self.session.document(input, position, options)?;
        self.source.position = end;
        Ok(document)
    }

    fn options(&self) -> Options<'de> {
        let mut options = Options::<'de>::clone(&self.options);
        options.buffers = self.source.buffers.clone();
        options
    }

    /// The position behind the last pickle that was read.
    pub fn position(&self) -> usize {
        self.source.position.byte
    }

    /// The bytes behind the last pickle that was read.
    pub fn rest(&self) -> &'de [u8] {
        &self.source.input[self.source.position.byte..]
    }
}

impl<R: BufRead> Unpickler<Reader<R>> {
    /// Returns an unpickler over a reader, of which it takes whole pickles and no byte more.
    pub fn new(reader: R) -> Self {
        Self::with_source(Reader {
            reader,
            input: Vec::new(),
            buffer: 0,
        })
    }

    /// Gives the out-of-band buffers that the pickles refer to, in order.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// // b = []; pickle.dump(PickleBuffer(b'tea'), file, 5, buffer_callback=b.append)
    /// let mut file: &[u8] = b"\x80\x05\x97\x98.";
    /// let mut unpickler = pickle::Unpickler::new(&mut file).with_buffers([b"tea"]);
    /// let tea: pickle::Document = unpickler.document()?;
    /// assert!(matches!(tea.root().view(), pickle::View::ReadOnly(_)));
    /// # Ok::<(), pickle::Error>(())
    /// ```
    pub fn with_buffers<B: Into<Vec<u8>>>(mut self, buffers: impl IntoIterator<Item = B>) -> Self {
        let owned = buffers.into_iter().map(|buffer| Cow::Owned(buffer.into()));
        self.options.buffers = Some(owned.collect());
        self
    }

    /// Reads the next pickle.
    ///
    /// # Errors
    ///
    /// As [`load`].
    pub fn load<T: for<'de> Unpickle<'de>>(&mut self) -> Result<T> {
        let (mut position, options) = self.read()?;
        let Reader { input, buffer, .. } = &mut self.source;
        let value = self.session.load(input, &mut position, options);
        *buffer = position.buffer;
        value
    }

    /// Reads the next pickle as a [`Document`], with nothing looked up.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// use pickle::{Unpickler, View};
    ///
    /// let mut unpickler = Unpickler::new(&b"cos\nsystem\n.K\x01."[..]);
    /// assert!(matches!(unpickler.document()?.root().view(), View::Global { .. }));
    /// assert!(matches!(unpickler.document()?.root().view(), View::Int(_)));
    /// assert!(unpickler.document().is_err_and(|error| error.is_eof()));
    /// # Ok::<(), pickle::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the bytes are no pickle, or reading fails.
    pub fn document(&mut self) -> Result<Document<'_>> {
        let (start, options) = self.read()?;
        let input = &self.source.input;
        let (document, end) = self.session.document(input, start, options)?;
        self.source.buffer = end.buffer;
        Ok(document)
    }

    /// Reads the bytes of the next pickle. Gives where they start, and how to take them.
    fn read(&mut self) -> Result<(Position, Options<'static>)> {
        let Reader {
            reader,
            input,
            buffer,
        } = &mut self.source;
        let mut options = self.options.clone();
        if !options.memo_kept {
            input.clear();
        }
        let start = Position {
            byte: input.len(),
            buffer: *buffer,
        };
        let complete = read_pickle(reader, input).inspect_err(|_| input.truncate(start.byte))?;
        // A pickle that is not complete has a frame that ends behind it, or lacks what it needs.
        options.whole_input = !complete;
        Ok((start, options))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::read::View;

    // p = Pickler(file); p.dump('tea'); p.dump(['tea']); p.dump(the same list)
    const STREAM: &[u8] = b"X\x03\0\0\0teaq\0.]q\x01h\0a.h\x01.";

    fn text<'de>(document: &Document<'de>) -> Vec<u8> {
        let mut node = document.root();
        while let View::List(mut items) = node.view() {
            node = items.next().unwrap();
        }
        match node.view() {
            View::Str(text) => text.into_owned(),
            _ => panic!("no str"),
        }
    }

    #[test]
    fn a_kept_memo_goes_on_in_slices_and_readers() {
        let mut slice = Unpickler::from_slice(STREAM).with_memo_kept(true);
        let mut reader = Unpickler::new(STREAM).with_memo_kept(true);
        let mut ids = Vec::new();
        for _ in 0..3 {
            let document = slice.document().unwrap();
            assert_eq!(text(&document), b"tea");
            assert_eq!(text(&reader.document().unwrap()), b"tea");
            ids.push(document.root().id());
        }
        assert_eq!(ids[1], ids[2]);
        assert_ne!(ids[0], ids[1]);
        assert!(reader.document().is_err_and(|error| error.is_eof()));
    }

    #[test]
    fn a_memo_that_is_not_kept_says_how_to_keep_it() {
        let mut unpickler = Unpickler::from_slice(STREAM);
        unpickler.document().unwrap();
        let error = unpickler.document().err().unwrap();
        assert_eq!(error.message(), "Memo value not found at index 0");
        assert!(
            error
                .notes()
                .any(|note| note.contains("with_memo_kept(true)"))
        );

        let missing: &[u8] = b"h\x07.";
        let mut unpickler = Unpickler::new(missing).with_memo_kept(true);
        let error = unpickler.document().err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Memo);
        assert_eq!(error.notes().count(), 0);
    }

    #[test]
    fn a_kept_memo_outlives_narrow_words() {
        for wide_from in [0, 12, 13, 19, 23, 100] {
            let mut unpickler = Unpickler::new(STREAM).with_memo_kept(true);
            unpickler.options.wide_from = wide_from;
            for _ in 0..3 {
                assert_eq!(text(&unpickler.document().unwrap()), b"tea", "{wide_from}");
            }
        }
    }

    #[test]
    fn a_kept_memo_outlives_failed_loads() {
        // A str where an int is wanted; a class that is not registered; a str from the memo.
        let stream: &[u8] = b"X\x03\0\0\0teaq\0.(cm\nC\nq\x01h\0t.h\0.cm\nC\n.";
        let mut unpickler = Unpickler::new(stream).with_memo_kept(true);
        let error = unpickler.load::<i64>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        let error = unpickler.load::<String>().unwrap_err();
        assert_eq!(error.message(), "No module named 'm'");
        assert_eq!(unpickler.load::<String>().unwrap(), "tea");
        let error = unpickler.load::<String>().unwrap_err();
        assert_eq!(error.message(), "No module named 'm'");

        let mut unpickler = Unpickler::from_slice(stream).with_memo_kept(true);
        assert!(unpickler.load::<i64>().is_err());
        assert!(unpickler.load::<&str>().is_err());
        assert_eq!(unpickler.load::<&str>().unwrap(), "tea");
    }

    #[test]
    fn buffers_are_taken_in_order_by_one_pickle_after_the_other() {
        let stream: &[u8] = b"\x97\x98.\x97\x97\x98\x86.\x97.";
        let buffers = [b"one", b"two", b"six"];
        let mut slice = Unpickler::from_slice(stream).with_buffers(buffers.map(|b| &b[..]));
        assert_eq!(slice.load::<&[u8]>().unwrap(), b"one");
        assert_eq!(
            slice.load::<(&[u8], &[u8])>().unwrap(),
            (&b"two"[..], &b"six"[..])
        );
        let error = slice.load::<&[u8]>().unwrap_err();
        assert_eq!(error.message(), "not enough out-of-band buffers");

        let mut reader = Unpickler::new(stream).with_buffers(buffers);
        assert_eq!(reader.load::<Vec<u8>>().unwrap(), b"one");
        assert_eq!(reader.load::<(Vec<u8>, Vec<u8>)>().unwrap().1, b"six");
        let error = reader.load::<Vec<u8>>().unwrap_err();
        assert_eq!(error.message(), "not enough out-of-band buffers");
    }

    #[test]
    fn persistent_ids_need_to_be_asked_for() {
        let pickle = b"Pid\n.";
        let error = Unpickler::from_slice(pickle).document().err().unwrap();
        assert_eq!(error.kind(), ErrorKind::PersistentId);
        let mut unpickler = Unpickler::from_slice(pickle).with_persistent_ids(true);
        let document = unpickler.document().unwrap();
        assert!(matches!(document.root().view(), View::Persistent(_)));
    }
}
