//! The one error of this workspace: what happened in Python's words, where, and what to do.

use std::borrow::Cow;
use std::fmt;

/// A `Result` whose error is [`Error`] unless said otherwise.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong while dumping or loading.
///
/// Its text has Python's message as the first line, where Python has one; the lines below say
/// where in the data and what to do about it. Programs ask [`kind`](Error::kind).
///
/// ```
/// # use pickle_core as pickle;
/// let error = pickle::loads::<String>(b"").unwrap_err();
/// assert_eq!(error.kind(), pickle::ErrorKind::EndOfInput);
/// assert_eq!(error.python_type(), "EOFError");
/// assert_eq!(error.message(), "Ran out of input");
/// ```
// Boxed: a `Result<u8>` that carries the whole body would make every decoder slower.
pub struct Error(Box<Body>);

struct Body {
    kind: ErrorKind,
    python_type: &'static str,
    message: String,
    offset: Option<u64>,
    /// Innermost segment first: each level adds its own on the way out.
    path: Vec<Segment>,
    notes: Vec<String>,
    io: Option<std::io::ErrorKind>,
}

/// The questions that programs ask of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There was no byte where an opcode was expected.
    EndOfInput,
    /// The data ended inside an opcode's argument or inside a frame.
    Truncated,
    /// A byte that is no opcode.
    Opcode,
    /// A protocol that does not exist.
    Protocol,
    /// An opcode found too little on the stack, or too little above a mark.
    Stack,
    /// An opcode found no mark.
    Mark,
    /// A memo slot that nothing was stored in, or an index that is none.
    Memo,
    /// A number or a string literal that cannot be read, or a number out of range.
    Literal,
    /// Text that is not valid in its encoding.
    Encoding,
    /// A frame whose length cannot be.
    Frame,
    /// An opcode met an operand of the wrong type.
    Operand,
    /// A module in which nothing is registered.
    UnknownModule,
    /// A name that is not registered in its module.
    UnknownClass,
    /// A name that two types claim.
    Conflict,
    /// The data has another type than the Rust target.
    Mismatch,
    /// An instance lacks an attribute that the Rust type needs.
    MissingAttribute,
    /// A list, dict or set as dict key or set element.
    Unhashable,
    /// A limit on memory or expansion was reached, or a length is beyond any memory.
    Limit,
    /// The data nests deeper than the limit.
    Depth,
    /// The data contains itself where the Rust type cannot.
    Cycle,
    /// An out-of-band buffer that the caller did not give.
    Buffer,
    /// A persistent id without a handler for it.
    PersistentId,
    /// An extension code that nothing is registered for.
    Extension,
    /// The value cannot be written at this protocol.
    Unpicklable,
    /// Reading or writing failed outside of this library.
    Io,
    /// A message of a hand-written implementation.
    Custom,
}

impl ErrorKind {
    /// The Python exception that this kind raises unless its constructor says otherwise.
    const fn python_type(self) -> &'static str {
        match self {
            Self::EndOfInput => "EOFError",
            Self::Truncated
            | Self::Opcode
            | Self::Stack
            | Self::Mark
            | Self::Memo
            | Self::Frame
            | Self::Buffer
            | Self::PersistentId
            | Self::Limit
            | Self::Cycle
            | Self::Conflict
            | Self::Custom => "UnpicklingError",
            Self::Protocol | Self::Literal | Self::Extension => "ValueError",
            Self::Encoding => "UnicodeDecodeError",
            Self::Operand | Self::Mismatch | Self::Unhashable => "TypeError",
            Self::UnknownModule => "ModuleNotFoundError",
            Self::UnknownClass | Self::MissingAttribute => "AttributeError",
            Self::Depth => "RecursionError",
            Self::Unpicklable => "PicklingError",
            Self::Io => "OSError",
        }
    }
}

/// One step from a value to a value inside it, as [`Error::path`] prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    /// `.name`
    Attribute(Cow<'static, str>),
    /// `[3]`
    Index(usize),
    /// `['key']`: the key as Python's `repr` shows it.
    Key(String),
    /// Several steps, as they are written.
    Path(String),
}

impl Error {
    /// Returns an error with a message of your own, for hand-written implementations.
    ///
    /// The path and the offset are added while it passes through the callers.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// let error = pickle::Error::custom("an hour has 60 minutes");
    /// assert_eq!(error.to_string(), "an hour has 60 minutes");
    /// ```
    #[cold]
    pub fn custom(message: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Custom, message.to_string())
    }

    #[cold]
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Body {
            kind,
            python_type: kind.python_type(),
            message: message.into(),
            offset: None,
            path: Vec::new(),
            notes: Vec::new(),
            io: None,
        }))
    }

    /// Says which Python exception this is, where it is another than the kind's usual one.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// let error = pickle::Error::custom("month must be in 1..12").raised_as("ValueError");
    /// assert_eq!(error.python_type(), "ValueError");
    /// ```
    #[cold]
    pub fn raised_as(mut self, python_type: &'static str) -> Self {
        self.0.python_type = python_type;
        self
    }

    /// Says where the failing opcode starts, unless that is known already.
    #[cold]
    pub(crate) fn at(mut self, offset: u64) -> Self {
        self.0.offset.get_or_insert(offset);
        self
    }

    /// Adds a line of help below the message.
    #[cold]
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.0.notes.push(note.into());
        self
    }

    #[cold]
    pub(crate) fn inside(mut self, segment: Segment) -> Self {
        self.0.path.push(segment);
        self
    }

    #[cold]
    pub(crate) fn in_attribute(self, name: impl Into<Cow<'static, str>>) -> Self {
        self.inside(Segment::Attribute(name.into()))
    }

    /// Puts a path that is known as a whole in front.
    #[cold]
    pub(crate) fn in_path(self, path: &str) -> Self {
        let path = path.strip_prefix('$').unwrap_or(path);
        self.inside(Segment::Path(path.to_owned()))
    }

    #[cold]
    pub(crate) fn in_index(self, index: usize) -> Self {
        self.inside(Segment::Index(index))
    }

    /// What kind of failure this is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The name of the exception that Python raises for this: `AttributeError`, `EOFError`,
    /// `UnpicklingError`, …
    pub fn python_type(&self) -> &'static str {
        self.0.python_type
    }

    /// The first line: Python's own text where Python has one.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The position of the failing opcode's first byte in the input, where one is to blame.
    pub fn offset(&self) -> Option<u64> {
        self.0.offset
    }

    /// The place in the data, from the outside in: `$.orders[3].note`. `$` is the whole value.
    pub fn path(&self) -> String {
        /// How many segments are shown at either end of a long path.
        const SHOWN: usize = 500;
        let mut path = String::from("$");
        let segments = &self.0.path;
        for (nth, segment) in segments.iter().rev().enumerate() {
            if nth >= SHOWN && nth + SHOWN < segments.len() {
                if nth == SHOWN {
                    path.push('…');
                }
                continue;
            }
            match segment {
                Segment::Attribute(name) => {
                    path.push('.');
                    path.push_str(name);
                }
                Segment::Index(index) => path.push_str(&format!("[{index}]")),
                Segment::Key(key) => path.push_str(&format!("[{key}]")),
                Segment::Path(steps) => path.push_str(steps),
            }
        }
        path
    }

    /// The lines of help below the message.
    pub fn notes(&self) -> impl Iterator<Item = &str> {
        self.0.notes.iter().map(String::as_str)
    }

    /// Whether the input ended where a pickle should have started or gone on.
    ///
    /// True for an empty input and for one that ends between two opcodes, as Python's `EOFError`;
    /// data that ends inside an opcode is [`ErrorKind::Truncated`].
    pub fn is_eof(&self) -> bool {
        self.0.kind == ErrorKind::EndOfInput
    }

    /// The kind of the input or output error behind this one, if there is one.
    pub fn io_kind(&self) -> Option<std::io::ErrorKind> {
        self.0.io
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        match (self.0.path.is_empty(), self.0.offset) {
            (true, None) => {}
            (true, Some(offset)) => write!(f, "\n  at byte {offset}")?,
            (false, None) => write!(f, "\n  in {}", self.path())?,
            (false, Some(offset)) => write!(f, "\n  in {}, at byte {offset}", self.path())?,
        }
        for note in &self.0.notes {
            for line in note.lines() {
                write!(f, "\n  {line}")?;
            }
        }
        Ok(())
    }
}

/// The start of a text that is too long to show. A path may have hundreds of segments, all of one
/// text that fills half of the input.
#[cold]
pub(crate) fn start(text: &str) -> Cow<'_, str> {
    const SHOWN: usize = 100;
    match text.char_indices().nth(SHOWN) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
    }
}

/// The [`start`] of a text, in quotes.
#[cold]
pub(crate) fn quoted_start(text: &str) -> String {
    quoted(&start(text))
}

/// Text in quotes, as Python's `repr` shows a str in a message.
#[cold]
pub(crate) fn quoted(text: &str) -> String {
    crate::value::repr(text).to_string()
}

/// What `unwrap` shows: the exception's name and the text.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {self}", self.0.python_type)
    }
}

// The io error is part of the message, so it is no `source` besides.
impl std::error::Error for Error {}

/// There is no such error.
impl From<std::convert::Infallible> for Error {
    fn from(error: std::convert::Infallible) -> Self {
        match error {}
    }
}

impl From<std::io::Error> for Error {
    #[cold]
    fn from(error: std::io::Error) -> Self {
        let mut this = Self::new(ErrorKind::Io, error.to_string());
        this.0.io = Some(error.kind());
        this
    }
}

impl From<Error> for std::io::Error {
    fn from(error: Error) -> Self {
        let kind = match error.kind() {
            ErrorKind::EndOfInput | ErrorKind::Truncated => std::io::ErrorKind::UnexpectedEof,
            ErrorKind::Io => error.io_kind().unwrap_or(std::io::ErrorKind::Other),
            _ => std::io::ErrorKind::InvalidData,
        };
        Self::new(kind, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_word_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
        assert_eq!(size_of::<Result<()>>(), size_of::<usize>());
    }

    #[test]
    fn text_says_what_where_and_what_to_do() {
        let error = Error::new(ErrorKind::Mismatch, "expected int, found str")
            .at(41)
            .in_attribute("note")
            .in_index(3)
            .in_attribute("orders")
            .note("first line\nsecond line");
        assert_eq!(error.path(), "$.orders[3].note");
        assert_eq!(
            error.to_string(),
            "expected int, found str\n  in $.orders[3].note, at byte 41\n  first line\n  second line"
        );
        assert_eq!(
            format!("{error:?}").lines().next(),
            Some("TypeError: expected int, found str")
        );
    }

    #[test]
    fn the_innermost_offset_stays() {
        let error = Error::custom("x").at(7).at(3);
        assert_eq!(error.offset(), Some(7));
    }
}
