//! A pickle read in one pass: values are decoded where they stand, without an arena.
//!
//! CPython writes containers from the front: an empty list, then its items, then the opcode that
//! appends them. A reader that knows what it expects can follow. [`Stream`] knows a part of the
//! pickle language, every sentence of which puts exactly one object on the machine's stack and
//! touches nothing below it:
//!
//! ```text
//! value  = scalar  put?                     NONE, BININT, BINFLOAT, BINUNICODE …
//!        | get                              of a scalar, or of what has several owners
//!        | EMPTY_LIST put?  ( MARK value* APPENDS )*  | EMPTY_LIST put? value APPEND
//!        | EMPTY_DICT put?  ( MARK (value value)* SETITEMS )*  | … value value SETITEM
//!        | EMPTY_SET  put?  ( MARK value* ADDITEMS )*
//!        | MARK value* TUPLE put?  | MARK value* FROZENSET put?
//!        | value TUPLE1 put?  | value value TUPLE2 put?  | value value value TUPLE3 put?
//!        | class EMPTY_TUPLE NEWOBJ put? ( EMPTY_DICT … BUILD )?
//! class  = GLOBAL put?  | value value STACK_GLOBAL put?  | get of a class
//! put    = MEMOIZE  | BINPUT or LONG_BINPUT of the next slot
//! ```
//!
//! Where the language leaves open what comes next, the stream guesses, and the opcode at the end
//! tells: a sentence that was followed to its end means what the machine would have made of it,
//! whatever was guessed on the way. Everything else gives up, and so does every error; the whole
//! load then starts anew on the machine and its arena, which have the last word. What the stream
//! gives is therefore always what the arena would have given.
//!
//! Nothing of the user's runs in a stream: only types of this crate, and derived ones without
//! functions of the user's, say [`Unpickle::STREAMS`](crate::Unpickle::STREAMS).

mod ahead;
mod class;
mod owner;
mod run;
mod scalar;

pub(in crate::read) use class::Get;
pub(super) use run::Run;

use crate::error::{Error, ErrorKind};
use crate::opcode::Opcode;
use crate::read::arena::node::{Node, Place};
use crate::read::decode::stream::owner::Owner;
use crate::read::options::Options;

/// For how many objects at most the memo has room from the start.
const MEMO: usize = 1 << 20;

/// No position.
const NOWHERE: usize = usize::MAX;

/// The stream has met what it does not know, or what is wrong: the arena has to decide which.
#[derive(Debug)]
pub(in crate::read) struct GaveUp;

/// The result of a step.
pub(in crate::read) type Result<T> = std::result::Result<T, GaveUp>;

/// Nobody sees it: a load that gave up is made once more.
impl From<GaveUp> for Error {
    #[cold]
    fn from(GaveUp: GaveUp) -> Self {
        Self::new(
            ErrorKind::Custom,
            "the pickle cannot be decoded as it is read",
        )
    }
}

/// A pickle on its way from its first opcode to its last.
///
/// A [`Node`] of a stream is the position where a value starts, which is read when somebody asks for
/// it, and once only. Where the position still is that of a node, nobody has.
pub(in crate::read) struct Stream<'de> {
    input: &'de [u8],
    start: usize,
    /// Everything before has been read.
    position: usize,
    /// Where the last headers of frames that were passed start, and where they end.
    frame: (usize, usize),
    memo: Vec<Slot>,
    /// What was read into values that have several owners.
    owners: Vec<Owner>,
    /// Where the value begins that is being read for an owner, as long as it may be no tuple.
    owner_at: usize,
    /// Where classes are named for the first time, and the slot of the instance behind the name.
    named: Vec<(usize, usize)>,
    protocol: u8,
    /// How many containers are under way.
    levels: usize,
    /// How many keys of dicts and elements of sets are under way, which must be hashable.
    keys: usize,
    fix_imports: bool,
    whole_input: bool,
    max_levels: usize,
    gave_up: bool,
}

/// The memory of a memo, for the next pickle.
#[derive(Default)]
pub(in crate::read) struct Memo(Vec<Slot>);

/// What a slot of the memo holds.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Slot(u32);

/// As [`Slot`], to be looked at.
enum Content {
    /// The scalar that starts so far behind the beginning of the pickle.
    Scalar(usize),
    /// The class of an index among the globals.
    Class(usize),
    /// The value of an index among the owners.
    Owner(usize),
    /// Something that is not read twice.
    Other,
}

impl Slot {
    const OTHER: Self = Self(u32::MAX);
    const CLASS: u32 = 1 << 31;
    const OWNER: u32 = 0b11 << 30;

    fn of_class(index: usize) -> Self {
        Self(index as u32 | Self::CLASS)
    }

    fn of_owner(index: usize) -> Self {
        Self(index as u32 | Self::OWNER)
    }

    #[inline]
    fn content(self) -> Content {
        match self {
            Self::OTHER => Content::Other,
            Self(offset) if offset & Self::CLASS == 0 => Content::Scalar(offset as usize),
            Self(index) if index & Self::OWNER == Self::OWNER => {
                Content::Owner((index & !Self::OWNER) as usize)
            }
            Self(index) => Content::Class((index & !Self::CLASS) as usize),
        }
    }
}

impl<'de> Stream<'de> {
    /// From this length on a pickle is left to the arena: slots have no room for its positions.
    const TOO_LONG: usize = 1 << 30;

    /// A stream of the pickle that starts at a position, if it looks like one that can be read so.
    #[inline(always)]
    pub(in crate::read) fn new(
        input: &'de [u8],
        start: usize,
        options: &Options<'_>,
        Memo(mut memo): Memo,
    ) -> Option<Self> {
        let protocol = match input.get(start..start + 2)? {
            &[PROTO, protocol @ 2..=5] => protocol,
            _ => return None,
        };
        let length = input.len() - start;
        if length >= Self::TOO_LONG {
            return None;
        }
        memo.clear();
        if memo.capacity() == 0 {
            // Memory that is not used costs nothing but addresses, and growing would move the rest.
            memo.reserve_exact((length / 8).clamp(8, MEMO));
        }
        Some(Self {
            input,
            start,
            position: start + 2,
            frame: (NOWHERE, NOWHERE),
            memo,
            owners: Vec::new(),
            owner_at: NOWHERE,
            named: Vec::new(),
            protocol,
            levels: 0,
            keys: 0,
            fix_imports: options.fix_imports,
            whole_input: options.whole_input,
            max_levels: options.limits.depth(),
            gave_up: false,
        })
    }

    /// The memory of the memo, when the pickle has been read.
    pub(in crate::read) fn into_memo(self) -> Memo {
        Memo(self.memo)
    }

    /// Everything before has been read.
    #[inline]
    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// How many bytes have been read.
    pub(super) fn bytes_read(&self) -> u64 {
        (self.position - self.start) as u64
    }

    /// Leaves the pickle to the arena. Whoever swallows the error gains nothing.
    #[cold]
    pub(super) fn give_up(&mut self) -> GaveUp {
        self.gave_up = true;
        GaveUp
    }

    /// Ends the pickle; gives the position behind it.
    pub(in crate::read) fn end(&mut self) -> Result<usize> {
        if self.gave_up || self.peek()? != STOP {
            return Err(self.give_up());
        }
        Ok(self.position + 1)
    }

    /// The value that comes next.
    #[inline]
    pub(super) fn here(&self) -> Node {
        Place::Scalar(self.position).into()
    }

    /// Whether nothing has been read of a value that came next.
    #[inline]
    pub(super) fn is_unread(&self, node: Node) -> bool {
        // A frame seldom ends here.
        self.here() == node || (self.frame.1 == self.position && self.is_behind_frame(node))
    }

    fn is_behind_frame(&self, node: Node) -> bool {
        self.frame.0 == position(node)
    }

    /// The input from a value on, if that comes next; nothing otherwise, or if a frame is before it.
    #[inline]
    fn from(&self, node: Node) -> &'de [u8] {
        if self.here() != node {
            return &[];
        }
        self.input.get(self.position..).unwrap_or_default()
    }

    /// The opcode of a value, which must come next.
    #[inline]
    fn opcode(&mut self, node: Node) -> Result<u8> {
        match self.is_unread(node) {
            true => self.peek(),
            false => Err(self.give_up()),
        }
    }

    /// The next opcode, which stays where it is. Frames before it are passed.
    #[inline]
    fn peek(&mut self) -> Result<u8> {
        loop {
            match self.input.get(self.position) {
                Some(&FRAME) => self.pass_frame()?,
                Some(&byte) => return Ok(byte),
                None => return Err(self.give_up()),
            }
        }
    }

    /// Passes the header of a frame. Its bytes have to be there, as for the machine.
    #[cold]
    fn pass_frame(&mut self) -> Result<()> {
        let start = self.position + 1;
        let length = self.input.get(start..).and_then(<[u8]>::first_chunk);
        match length.map(|length| u64::from_le_bytes(*length)) {
            Some(length)
                if i64::try_from(length).is_ok()
                    && !(self.whole_input && length > (self.input.len() - start - 8) as u64) =>
            {
                if self.frame.1 != self.position {
                    self.frame.0 = self.position;
                }
                self.position = start + 8;
                self.frame.1 = self.position;
                Ok(())
            }
            _ => Err(self.give_up()),
        }
    }

    /// Passes this opcode, which has no argument.
    #[inline]
    pub(super) fn expect(&mut self, opcode: u8) -> Result<()> {
        match self.peek()? == opcode {
            true => {
                self.position += 1;
                Ok(())
            }
            false => Err(self.give_up()),
        }
    }

    /// What is put into the memo for a scalar.
    #[inline]
    fn scalar_slot(&self, position: usize) -> Slot {
        Slot((position - self.start) as u32)
    }

    /// Passes the opcode that puts what is before it into the memo, if there is one.
    #[inline]
    fn memoize(&mut self, slot: Slot) -> Result<()> {
        match self.input.get(self.position) {
            Some(&MEMOIZE) => {
                self.position += 1;
                self.memo.push(slot);
                Ok(())
            }
            _ => self.put(slot),
        }
    }

    #[inline(never)]
    fn put(&mut self, slot: Slot) -> Result<()> {
        self.peek()?;
        let (number, length) = match self.input[self.position..] {
            [MEMOIZE, ..] => (self.memo.len(), 1),
            [BINPUT, number, ..] => (usize::from(number), 2),
            [LONG_BINPUT, a, b, c, d, ..] => (u32::from_le_bytes([a, b, c, d]) as usize, 5),
            _ => return Ok(()),
        };
        if number != self.memo.len() {
            return Err(self.give_up());
        }
        self.position += length;
        self.memo.push(slot);
        Ok(())
    }

    /// The slot that the opcode at a position fetches, if it fetches anything, and how many bytes the
    /// opcode has.
    #[inline]
    fn fetched(&self, position: usize) -> Option<(usize, usize)> {
        match *self.input.get(position..)? {
            [BINGET, slot, ..] => Some((slot.into(), 2)),
            [LONG_BINGET, a, b, c, d, ..] => Some((u32::from_le_bytes([a, b, c, d]) as usize, 5)),
            _ => None,
        }
    }

    /// What a slot of the memo holds, if it holds anything.
    #[inline]
    fn slot(&self, number: usize) -> Option<Content> {
        self.memo.get(number).map(|slot| slot.content())
    }
}

/// The position of a node of a stream.
#[inline]
fn position(node: Node) -> usize {
    match node.place() {
        Place::Scalar(position) => position,
        // There are no containers here.
        Place::Container(_) => NOWHERE,
    }
}

macro_rules! opcodes {
    ($($name:ident $variant:ident)*) => {
        $(const $name: u8 = Opcode::$variant.byte();)*
    };
}

opcodes! {
    ADDITEMS Additems
    APPEND Append
    APPENDS Appends
    BINBYTES Binbytes
    BINBYTES8 Binbytes8
    BINFLOAT Binfloat
    BINGET Binget
    BININT Binint
    BININT1 Binint1
    BININT2 Binint2
    BINPUT Binput
    BINUNICODE Binunicode
    BUILD Build
    EMPTY_DICT EmptyDict
    EMPTY_LIST EmptyList
    EMPTY_SET EmptySet
    EMPTY_TUPLE EmptyTuple
    FRAME Frame
    FROZENSET Frozenset
    GLOBAL Global
    LONG1 Long1
    LONG_BINGET LongBinget
    LONG_BINPUT LongBinput
    MARK Mark
    MEMOIZE Memoize
    NEWFALSE Newfalse
    NEWOBJ Newobj
    NEWTRUE Newtrue
    NONE None
    PROTO Proto
    SETITEM Setitem
    SETITEMS Setitems
    SHORT_BINBYTES ShortBinbytes
    SHORT_BINUNICODE ShortBinunicode
    STACK_GLOBAL StackGlobal
    STOP Stop
    TUPLE Tuple
    TUPLE1 Tuple1
    TUPLE2 Tuple2
    TUPLE3 Tuple3
}
