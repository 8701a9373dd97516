//! Lists, tuples, dicts and sets: item by item, batch by batch.

use super::{
    ADDITEMS, APPEND, APPENDS, EMPTY_DICT, EMPTY_LIST, EMPTY_SET, EMPTY_TUPLE, FRAME, FROZENSET,
    MARK, NOWHERE, Result, SETITEM, SETITEMS, Slot, Stream, TUPLE, TUPLE1, TUPLE2, TUPLE3,
};
use crate::read::Number;
use crate::read::arena::node::Node;

/// How many items CPython puts between a MARK and the opcode that takes them.
pub(super) const BATCH: u32 = 1000;

/// How many lists in lists at most are given room for all that may come.
const SHALLOW: usize = 8;

/// What is filled batch by batch, by the opcode that takes what stands above a MARK.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(in crate::read) enum Filled {
    List = APPENDS,
    Dict = SETITEMS,
    Set = ADDITEMS,
}

/// The items of a container, as far as they are not read. A pair of a dict is one item here.
#[derive(Clone, Copy)]
pub(in crate::read) enum Run {
    /// None.
    Done,
    /// Those up to the end of the batch; so many were before.
    Batch(Filled, u32),
    /// One, and the opcode that takes it; whether it was read.
    Single(u8, bool),
    /// Those up to TUPLE or FROZENSET.
    Marked(u8),
    /// So many, then this opcode, which makes a tuple of them.
    Exactly(u32, u8),
}

impl<'de> Stream<'de> {
    /// Goes into a list, or a tuple of more than three items.
    #[inline]
    pub(in crate::read::decode) fn list(&mut self, node: Node) -> Result<Run> {
        if let [EMPTY_LIST, ..] = self.from(node) {
            self.position += 1;
            self.open()?;
            return self.begin(Filled::List);
        }
        self.other_list(node)
    }

    #[inline(never)]
    fn other_list(&mut self, node: Node) -> Result<Run> {
        let opcode = self.opcode(node)?;
        self.position += 1;
        match opcode {
            EMPTY_LIST => {
                self.open()?;
                self.begin(Filled::List)
            }
            EMPTY_TUPLE => {
                self.enter()?;
                Ok(Run::Done)
            }
            MARK => {
                self.enter()?;
                Ok(Run::Marked(TUPLE))
            }
            _ => Err(self.give_up()),
        }
    }

    /// Goes into a tuple of so many items. The opcode that makes a tuple of up to three items comes
    /// behind them.
    #[inline]
    pub(in crate::read::decode) fn tuple(&mut self, node: Node, len: usize) -> Result<Run> {
        if !self.is_unread(node) {
            return Err(self.give_up());
        }
        self.enter()?;
        if self.owner_at == self.position {
            self.owner_at = NOWHERE;
        }
        let end = match len {
            1 => TUPLE1,
            2 => TUPLE2,
            3 => TUPLE3,
            _ => {
                self.expect(MARK)?;
                TUPLE
            }
        };
        match u32::try_from(len) {
            Ok(len) => Ok(Run::Exactly(len, end)),
            Err(_) => Err(self.give_up()),
        }
    }

    /// Goes into a dict.
    #[inline]
    pub(in crate::read::decode) fn dict(&mut self, node: Node) -> Result<Run> {
        if self.opcode(node)? != EMPTY_DICT {
            return Err(self.give_up());
        }
        self.position += 1;
        self.open()?;
        self.begin(Filled::Dict)
    }

    /// Goes into a set or frozenset, whose elements have to be hashable until it is left.
    pub(in crate::read::decode) fn set(&mut self, node: Node) -> Result<Run> {
        match self.opcode(node)? {
            EMPTY_SET => {
                self.position += 1;
                self.open()?;
                self.begin(Filled::Set)
            }
            MARK => {
                self.position += 1;
                self.enter()?;
                Ok(Run::Marked(FROZENSET))
            }
            _ => Err(self.give_up()),
        }
    }

    /// Goes into a container.
    #[inline]
    pub(super) fn enter(&mut self) -> Result<()> {
        if self.levels >= self.max_levels {
            return Err(self.give_up());
        }
        self.levels += 1;
        Ok(())
    }

    /// Goes into a new container that can be filled, which is not hashable.
    #[inline]
    pub(super) fn open(&mut self) -> Result<()> {
        if self.keys > 0 {
            return Err(self.give_up());
        }
        self.enter()?;
        self.memoize(Slot::OTHER)
    }

    /// Goes out of a container, of which all items must have been read.
    #[inline]
    pub(in crate::read::decode) fn leave(&mut self, run: Run) {
        self.levels -= 1;
        self.gave_up |= !matches!(run, Run::Done);
    }

    /// Says that what comes next must be hashable; [`key_ends`](Self::key_ends) takes it back.
    #[inline]
    pub(in crate::read::decode) fn key_begins(&mut self) {
        self.keys += 1;
    }

    #[inline]
    pub(in crate::read::decode) fn key_ends(&mut self) {
        self.keys -= 1;
    }

    /// What fills a container at whose beginning, or at the end of a full batch, this is.
    #[inline]
    pub(super) fn begin(&mut self, filled: Filled) -> Result<Run> {
        if self.peek()? == MARK {
            self.position += 1;
            return Ok(Run::Batch(filled, 0));
        }
        Ok(self.one_or_none(filled))
    }

    #[inline(never)]
    fn one_or_none(&mut self, filled: Filled) -> Run {
        match filled {
            Filled::List if self.is_single(APPEND, 1) => Run::Single(APPEND, false),
            Filled::Dict if self.is_single(SETITEM, 2) => Run::Single(SETITEM, false),
            _ => Run::Done,
        }
    }

    /// Goes to the next item; false after the last one.
    #[inline]
    pub(in crate::read::decode) fn more(&mut self, run: &mut Run) -> Result<bool> {
        if let Run::Batch(filled, count) = run
            && let Some(&byte) = self.input.get(self.position)
            && byte != *filled as u8
            && byte != FRAME
        {
            *count += 1;
            return Ok(true);
        }
        self.other_more(run)
    }

    #[inline(never)]
    fn other_more(&mut self, run: &mut Run) -> Result<bool> {
        match run {
            Run::Done => return Ok(false),
            Run::Batch(filled, count) => {
                if self.peek()? != *filled as u8 {
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
            Run::Single(end, true) => self.expect(*end)?,
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

    /// For how many more items to make room, where so many have been read since a position.
    ///
    /// What is left of the input tells how many may come. Vectors that grow bit by bit move, and
    /// moving a large one costs as much as filling it.
    pub(in crate::read::decode) fn room(&self, run: Run, start: usize, items: usize) -> usize {
        match run {
            Run::Done => return 0,
            Run::Single(..) => return 1,
            Run::Exactly(left, _) => return left as usize,
            Run::Batch(..) | Run::Marked(_) if items < BATCH as usize => return items.max(4),
            Run::Batch(..) | Run::Marked(_) => {}
        }
        let read = (self.position - start).max(1) as u64;
        let left = (self.input.len() - self.position) as u64;
        let expected = (items as u64).saturating_mul(left) / read;
        let expected = expected.saturating_add(expected / 64) as usize;
        // Who says that the rest of the input belongs to the same list may be wrong, and it cannot
        // belong to each of many lists in lists.
        let most = match self.levels {
            0..=SHALLOW => 7,
            _ => 1,
        };
        expected.clamp(items / 4, most * items)
    }

    /// Reads the numbers that come next in a batch, as far as they are what is wanted; gives how many
    /// these are.
    #[inline]
    pub(in crate::read::decode) fn numbers<T>(
        &mut self,
        run: &mut Run,
        vec: &mut Vec<T>,
        convert: impl Fn(Number) -> Option<T>,
    ) -> usize {
        let Run::Batch(_, count) = run else {
            return 0;
        };
        let mut rest = self.input.get(self.position..).unwrap_or_default();
        let before = vec.len();
        while vec.len() < vec.capacity()
            && let Some((number, behind)) = Number::split_first(rest)
            && let Some(value) = convert(number)
        {
            vec.push(value);
            rest = behind;
        }
        self.position = self.input.len() - rest.len();
        let read = vec.len() - before;
        // The input is too short for more.
        *count += read as u32;
        read
    }
}
