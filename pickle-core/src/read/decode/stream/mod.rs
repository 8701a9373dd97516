//! A pickle read in one pass: values are decoded where they stand, without an arena.
//!
//! CPython writes containers from the front: an empty list, then its items, then the opcode that
//! appends them. A reader that knows what it expects can follow. [`Stream`] knows a part of the
//! pickle language, every sentence of which puts exactly one object on the machine's stack and
//! touches nothing below it:
//!
//! ```text
//! value  = scalar  put?                     NONE, BININT, BINFLOAT, BINUNICODE …
//!        | get                              of a scalar
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

pub(super) use class::ClassName;

use crate::error::{Error, ErrorKind};
use crate::opcode::Opcode;
use crate::read::arena::node::{Node, Place};
use crate::read::argument::scalar::binary_str;
use crate::read::argument::text::check_utf8;
use crate::read::options::Options;
use crate::registry::Class;

/// How many items CPython puts between a MARK and the opcode that takes them.
const BATCH: usize = 1000;

/// For how many objects at most the memo has room from the start.
const MEMO: usize = 1 << 20;

/// How many bytes the numbers and other scalars of fixed size take, by their opcodes.
static NUMBERS: [u8; 256] = {
    let mut lengths = [0; 256];
    lengths[NONE as usize] = 1;
    lengths[NEWTRUE as usize] = 1;
    lengths[NEWFALSE as usize] = 1;
    lengths[BININT1 as usize] = 2;
    lengths[BININT2 as usize] = 3;
    lengths[BININT as usize] = 5;
    lengths[BINFLOAT as usize] = 9;
    lengths
};

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
/// A [`Node`] of a stream is an offset: of a scalar, which has been passed, or of an opcode that
/// begins something else, which is read when somebody asks for it.
pub(in crate::read) struct Stream<'de> {
    input: &'de [u8],
    start: usize,
    /// Everything before has been passed.
    position: usize,
    /// The value that was met last, as long as something is to be done about it: to check it, if it
    /// is text, or to read it, if it has not been passed.
    pending: usize,
    /// The position behind the last value that has been passed.
    passed: usize,
    memo: Vec<Slot>,
    protocol: u8,
    /// How many containers are under way.
    levels: usize,
    /// How many keys of dicts and elements of sets are under way, which must be hashable.
    keys: usize,
    /// The class of the last instance, and its index among the globals.
    pub(super) last_class: Option<(usize, &'static Class)>,
    fix_imports: bool,
    whole_input: bool,
    max_levels: usize,
    gave_up: bool,
}

/// What a slot of the memo holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot(u64);

impl Slot {
    /// Something that is not read twice.
    pub(super) const OTHER: Self = Self(u64::MAX);
    const CLASS: u64 = 1 << 63;

    /// The scalar at an offset.
    fn scalar(offset: usize) -> Self {
        Self(offset as u64)
    }

    /// The class of an index among the globals.
    pub(super) fn of_class(index: usize) -> Self {
        Self(index as u64 | Self::CLASS)
    }

    fn class(self) -> Option<usize> {
        (self.0 & Self::CLASS != 0 && self != Self::OTHER)
            .then_some((self.0 & !Self::CLASS) as usize)
    }

    fn offset(self) -> Option<usize> {
        (self.0 & Self::CLASS == 0).then_some(self.0 as usize)
    }
}

/// What is filled batch by batch.
#[derive(Clone, Copy)]
pub(in crate::read) enum Filled {
    List,
    Dict,
    Set,
}

impl Filled {
    /// The opcode that takes what stands above a MARK.
    const fn many(self) -> u8 {
        match self {
            Self::List => APPENDS,
            Self::Dict => SETITEMS,
            Self::Set => ADDITEMS,
        }
    }

    /// The opcode that takes a single item; sets have none.
    const fn one(self) -> u8 {
        match self {
            Self::List => APPEND,
            Self::Dict => SETITEM,
            Self::Set => ADDITEMS,
        }
    }
}

/// The items of a container, as far as they are not read. A pair of a dict is one item here.
#[derive(Clone, Copy)]
pub(in crate::read) enum Run {
    /// None.
    Done,
    /// Those up to the end of the batch; so many were before.
    Batch(Filled, usize),
    /// One, and the opcode that takes it; whether it was read.
    Single(Filled, bool),
    /// Those up to TUPLE or FROZENSET.
    Marked(u8),
    /// So many, then this opcode, which makes a tuple of them.
    Exactly(usize, u8),
}

impl<'de> Stream<'de> {
    /// A stream of the pickle that starts at a position, if it looks like one that can be read so.
    pub(in crate::read) fn new(
        input: &'de [u8],
        start: usize,
        options: &Options<'_>,
    ) -> Option<Self> {
        let protocol = match input.get(start..start + 2)? {
            &[PROTO, protocol @ 2..=5] => protocol,
            _ => return None,
        };
        Some(Self {
            input,
            start,
            position: start + 2,
            pending: NOWHERE,
            passed: NOWHERE,
            // Memory that is not used costs nothing but addresses, and growing would move the rest.
            memo: Vec::with_capacity(((input.len() - start) / 8).clamp(8, MEMO)),
            protocol,
            levels: 0,
            keys: 0,
            last_class: None,
            fix_imports: options.fix_imports,
            whole_input: options.whole_input,
            max_levels: options.limits.depth(),
            gave_up: false,
        })
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
        self.settle()?;
        if self.gave_up || self.peek()? != STOP {
            return Err(self.give_up());
        }
        Ok(self.position + 1)
    }

    /// Does what is to be done about the value that was met last.
    #[inline]
    fn settle(&mut self) -> Result<()> {
        match self.pending {
            NOWHERE => Ok(()),
            offset => self.check(offset),
        }
    }

    /// Checks text that nobody has read. What else nobody has read cannot be passed.
    #[cold]
    fn check(&mut self, offset: usize) -> Result<()> {
        self.pending = NOWHERE;
        match binary_str(self.input, offset) {
            Some(text) if check_utf8(text).is_ok() => Ok(()),
            _ => Err(self.give_up()),
        }
    }

    /// Notes that the text at an offset has been checked.
    #[inline]
    pub(super) fn text_checked(&mut self, offset: usize) {
        if self.pending == offset {
            self.pending = NOWHERE;
        }
    }

    /// The next opcode, which stays where it is. Frames before it are passed.
    #[inline]
    fn peek(&mut self) -> Result<u8> {
        loop {
            match self.input.get(self.position) {
                Some(&FRAME) => self.frame()?,
                Some(&byte) => return Ok(byte),
                None => return Err(self.give_up()),
            }
        }
    }

    /// Passes the header of a frame. Its bytes have to be there, as for the machine.
    #[cold]
    fn frame(&mut self) -> Result<()> {
        let start = self.position + 1;
        let length = self.input.get(start..).and_then(<[u8]>::first_chunk);
        match length.map(|length| u64::from_le_bytes(*length)) {
            Some(length)
                if i64::try_from(length).is_ok()
                    && !(self.whole_input && length > (self.input.len() - start - 8) as u64) =>
            {
                self.position = start + 8;
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

    /// Goes to the next value: passes it if it is a scalar, new or out of the memo.
    #[inline]
    pub(super) fn next_value(&mut self) -> Result<Node> {
        match self.next_number() {
            Some(number) => Ok(number),
            None => self.other_value(),
        }
    }

    fn other_value(&mut self) -> Result<Node> {
        self.value()
    }

    #[inline(always)]
    fn value(&mut self) -> Result<Node> {
        self.settle()?;
        loop {
            let offset = self.position;
            let Some(&byte) = self.input.get(offset) else {
                return Err(self.give_up());
            };
            return match byte {
                NONE | NEWTRUE | NEWFALSE | EMPTY_TUPLE => self.scalar(offset, 1),
                BININT1 => self.scalar(offset, 2),
                BININT2 => self.scalar(offset, 3),
                BININT => self.scalar(offset, 5),
                BINFLOAT => self.scalar(offset, 9),
                LONG1 => {
                    let length = self.length::<1>(offset)?;
                    self.scalar(offset, length)
                }
                SHORT_BINUNICODE => {
                    let length = self.length::<1>(offset)?;
                    self.text(offset, length)
                }
                BINUNICODE => {
                    let length = self.length::<4>(offset)?;
                    self.text(offset, length)
                }
                SHORT_BINBYTES => {
                    let length = self.length::<1>(offset)?;
                    self.object(offset, length)
                }
                BINBYTES => {
                    let length = self.length::<4>(offset)?;
                    self.object(offset, length)
                }
                BINBYTES8 => {
                    let length = self.length::<8>(offset)?;
                    self.object(offset, length)
                }
                BINGET | LONG_BINGET => self.get(offset),
                EMPTY_LIST | EMPTY_DICT | EMPTY_SET | MARK | GLOBAL => {
                    self.pending = offset;
                    Ok(node(offset))
                }
                FRAME => {
                    self.frame()?;
                    continue;
                }
                _ => Err(self.give_up()),
            };
        }
    }

    /// How many bytes an opcode with a length of so many bytes and its data take.
    #[inline]
    fn length<const N: usize>(&mut self, offset: usize) -> Result<usize> {
        match self.input.get(offset + 1..offset + 1 + N) {
            Some(bytes) => {
                let mut length = [0; 8];
                length[..N].copy_from_slice(bytes);
                match usize::try_from(u64::from_le_bytes(length)) {
                    Ok(length) => Ok(length.saturating_add(1 + N)),
                    Err(_) => Err(self.give_up()),
                }
            }
            None => Err(self.give_up()),
        }
    }

    /// Passes a scalar of so many bytes.
    #[inline]
    fn scalar(&mut self, offset: usize, length: usize) -> Result<Node> {
        if self.input.len() - offset < length {
            return Err(self.give_up());
        }
        self.position = offset + length;
        self.passed = self.position;
        Ok(node(offset))
    }

    /// Passes a scalar that may be put into the memo.
    #[inline]
    fn object(&mut self, offset: usize, length: usize) -> Result<Node> {
        let node = self.scalar(offset, length)?;
        self.memoize(Slot::scalar(offset))?;
        self.passed = self.position;
        Ok(node)
    }

    /// Passes a str, which is checked by whoever reads it, or before the next value.
    #[inline]
    fn text(&mut self, offset: usize, length: usize) -> Result<Node> {
        let node = self.object(offset, length)?;
        self.pending = offset;
        Ok(node)
    }

    /// Fetches a scalar; a class stays where it is.
    #[inline]
    fn get(&mut self, offset: usize) -> Result<Node> {
        let Some((slot, length)) = self.fetched(offset) else {
            return Err(self.give_up());
        };
        if let Some(scalar) = slot.offset() {
            self.position = offset + length;
            self.passed = self.position;
            return Ok(node(scalar));
        }
        if slot.class().is_none() {
            return Err(self.give_up());
        }
        self.pending = offset;
        Ok(node(offset))
    }

    /// What the opcode at an offset fetches, if it fetches anything, and how many bytes it has.
    #[inline]
    fn fetched(&self, offset: usize) -> Option<(Slot, usize)> {
        let (slot, length) = match *self.input.get(offset..)? {
            [BINGET, slot, ..] => (usize::from(slot), 2),
            [LONG_BINGET, a, b, c, d, ..] => (u32::from_le_bytes([a, b, c, d]) as usize, 5),
            _ => return None,
        };
        Some((*self.memo.get(slot)?, length))
    }

    /// Passes the opcode that puts what is before it into the memo, if there is one.
    #[inline]
    pub(super) fn memoize(&mut self, slot: Slot) -> Result<()> {
        match self.input.get(self.position) {
            Some(&MEMOIZE) => {
                self.position += 1;
                self.memo.push(slot);
                Ok(())
            }
            _ => self.put(slot),
        }
    }

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

    /// Goes into a container.
    #[inline]
    fn enter(&mut self) -> Result<()> {
        if self.levels >= self.max_levels {
            return Err(self.give_up());
        }
        self.levels += 1;
        Ok(())
    }

    /// Goes out of a container, of which all items must have been read.
    #[inline]
    pub(super) fn leave(&mut self, run: Run) {
        self.levels -= 1;
        self.gave_up |= !matches!(run, Run::Done);
    }

    /// Passes the opcode of a node, if it is this one and comes next.
    #[inline]
    fn take(&mut self, offset: usize, opcode: u8) -> bool {
        let is_next = self.position == offset && self.input.get(offset) == Some(&opcode);
        if is_next {
            self.position += 1;
            self.pending = NOWHERE;
        }
        is_next
    }

    /// Goes into a list, or a tuple of more than three items.
    #[inline]
    pub(super) fn list(&mut self, node: Node) -> Result<Run> {
        let offset = self.offset(node);
        if self.take(offset, EMPTY_LIST) {
            self.open()?;
            return self.begin(Filled::List);
        }
        self.enter()?;
        if self.input.get(offset) == Some(&EMPTY_TUPLE) {
            return Ok(Run::Done);
        }
        match self.take(offset, MARK) {
            true => Ok(Run::Marked(TUPLE)),
            false => Err(self.give_up()),
        }
    }

    /// Goes into a tuple of so many items. The first one may have been met already: the opcode that
    /// makes a tuple of up to three items comes behind them.
    #[inline]
    pub(super) fn tuple(&mut self, node: Node, len: usize) -> Result<(Run, Option<Node>)> {
        let offset = self.offset(node);
        self.enter()?;
        let end = match len {
            1 => TUPLE1,
            2 => TUPLE2,
            3 => TUPLE3,
            _ if self.take(offset, MARK) => return Ok((Run::Exactly(len, TUPLE), None)),
            _ => return Err(self.give_up()),
        };
        // It must be the value that was met last.
        if self.position != offset && self.position != self.passed {
            return Err(self.give_up());
        }
        Ok((Run::Exactly(len, end), Some(node)))
    }

    /// Goes into a dict.
    #[inline]
    pub(super) fn dict(&mut self, node: Node) -> Result<Run> {
        let offset = self.offset(node);
        if !self.take(offset, EMPTY_DICT) {
            return Err(self.give_up());
        }
        self.open()?;
        self.begin(Filled::Dict)
    }

    /// Goes into a set or frozenset, whose elements have to be hashable until it is left.
    pub(super) fn set(&mut self, node: Node) -> Result<Run> {
        let offset = self.offset(node);
        if self.take(offset, EMPTY_SET) {
            self.open()?;
            return self.begin(Filled::Set);
        }
        if !self.take(offset, MARK) {
            return Err(self.give_up());
        }
        self.enter()?;
        Ok(Run::Marked(FROZENSET))
    }

    /// Goes into a new container that can be filled, which is not hashable.
    #[inline]
    fn open(&mut self) -> Result<()> {
        if self.keys > 0 {
            return Err(self.give_up());
        }
        self.enter()?;
        self.memoize(Slot::OTHER)
    }

    /// Says that what comes next must be hashable; [`key_ends`](Self::key_ends) takes it back.
    #[inline]
    pub(super) fn key_begins(&mut self) {
        self.keys += 1;
    }

    #[inline]
    pub(super) fn key_ends(&mut self) {
        self.keys -= 1;
    }

    /// What fills a container at whose beginning, or at the end of a full batch, this is.
    #[inline]
    fn begin(&mut self, filled: Filled) -> Result<Run> {
        if self.peek()? == MARK {
            self.position += 1;
            return Ok(Run::Batch(filled, 0));
        }
        Ok(match filled {
            Filled::List if self.is_single(APPEND, 1) => Run::Single(filled, false),
            Filled::Dict if self.is_single(SETITEM, 2) => Run::Single(filled, false),
            _ => Run::Done,
        })
    }

    /// Goes to the next item; false after the last one.
    #[inline]
    pub(super) fn more(&mut self, run: &mut Run) -> Result<bool> {
        match run {
            Run::Done => return Ok(false),
            Run::Batch(filled, count) => {
                let end = filled.many();
                if self.peek()? != end {
                    *count += 1;
                    return Ok(true);
                }
                self.position += 1;
                // CPython begins another batch behind a full one only.
                if *count == BATCH {
                    *run = self.begin(*filled)?;
                    return self.more(run);
                }
            }
            Run::Single(_, read @ false) => {
                *read = true;
                return Ok(true);
            }
            Run::Single(filled, true) => self.expect(filled.one())?,
            Run::Exactly(left @ 1.., _) => {
                *left -= 1;
                return Ok(true);
            }
            Run::Exactly(0, end) => {
                self.expect(*end)?;
                self.memoize(Slot::OTHER)?;
            }
            Run::Marked(end) => {
                if self.peek()? != *end {
                    return Ok(true);
                }
                self.position += 1;
                self.memoize(Slot::OTHER)?;
            }
        }
        *run = Run::Done;
        Ok(false)
    }

    /// Goes to the next item, and, as [`next_value`](Self::next_value), to its value; `None` after
    /// the last one.
    #[inline]
    pub(super) fn next_item(&mut self, run: &mut Run) -> Result<Option<Node>> {
        // Numbers in a batch are too small a matter for a call.
        if let Run::Batch(_, count) = run
            && let Some(number) = self.next_number()
        {
            *count += 1;
            return Ok(Some(number));
        }
        self.other_item(run)
    }

    fn other_item(&mut self, run: &mut Run) -> Result<Option<Node>> {
        if let Run::Batch(filled, count) = run
            && self.peek()? != filled.many()
        {
            *count += 1;
        } else if !self.more(run)? {
            return Ok(None);
        }
        self.value().map(Some)
    }

    /// Passes a number, if that is what comes next.
    #[inline]
    fn next_number(&mut self) -> Option<Node> {
        let offset = self.position;
        let length = NUMBERS[usize::from(*self.input.get(offset)?)];
        let end = offset + usize::from(length);
        if length == 0 || end > self.input.len() || self.pending != NOWHERE {
            return None;
        }
        self.position = end;
        self.passed = end;
        Some(node(offset))
    }

    fn offset(&self, node: Node) -> usize {
        match node.place() {
            Place::Scalar(offset) => offset,
            // There are no containers here.
            Place::Container(_) => NOWHERE,
        }
    }
}

fn node(offset: usize) -> Node {
    Place::Scalar(offset).into()
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
