//! Classes by name, and their instances.

use std::borrow::Cow;

use super::{
    BINPUT, BUILD, Content, EMPTY_DICT, EMPTY_TUPLE, GLOBAL, LONG_BINPUT, MARK, MEMOIZE, NEWOBJ,
    NOWHERE, Result, Run, SETITEMS, STACK_GLOBAL, Slot, Stream,
};
use crate::opcode::Opcode;
use crate::read::arena::globals::GlobalName;
use crate::read::arena::node::{Node, Place};
use crate::read::argument::scalar::binary_str;
use crate::read::argument::text::str_of;
use crate::read::decode::stream::run::{BATCH, Filled};

/// The opcode that fetches a name from the memo, to be compared with the input as a number.
#[derive(Clone, Copy)]
pub(in crate::read) struct Get {
    bytes: u64,
    mask: u64,
    length: usize,
}

/// No opcode: nothing equals it.
impl Default for Get {
    fn default() -> Self {
        Self {
            bytes: 1,
            mask: 0,
            length: 0,
        }
    }
}

impl Get {
    /// Whether there is one.
    #[inline]
    pub(in crate::read::decode) fn is_some(self) -> bool {
        self.length > 0
    }
}

impl<'de> Stream<'de> {
    /// Fetches a class that was named before; gives its index among the globals. `None` if something
    /// else comes next.
    #[inline]
    pub(in crate::read::decode) fn known_class(&mut self, node: Node) -> Result<Option<usize>> {
        self.opcode(node)?;
        if let Some((slot, length)) = self.fetched(self.position)
            && let Some(Content::Class(index)) = self.slot(slot)
        {
            self.position += length;
            return Ok(Some(index));
        }
        Ok(None)
    }

    /// Passes the name of a class that is named for the first time. It is to be put into the memo by
    /// [`memoize_class`](Self::memoize_class).
    #[cold]
    pub(in crate::read::decode) fn new_class(&mut self, node: Node) -> Result<GlobalName<'de>> {
        let opcode = self.opcode(node)?;
        let start = self.position;
        let at;
        let (module, qualname) = match opcode {
            GLOBAL => {
                at = start;
                let Some(end) = self.behind(at, Opcode::Global) else {
                    return Err(self.give_up());
                };
                let lines = self.input.get(at + 1..end).unwrap_or_default();
                self.position = end;
                let mut lines = lines.split(|&byte| byte == b'\n');
                match (lines.next(), lines.next(), lines.next()) {
                    (Some(module), Some(qualname), Some([])) => (Some(module), Some(qualname)),
                    _ => (None, None),
                }
            }
            _ => {
                let module = self.scalar(node)?;
                let qualname = self.scalar(self.here())?;
                self.peek()?;
                at = self.position;
                self.expect(STACK_GLOBAL)?;
                (
                    binary_str(self.input, module),
                    binary_str(self.input, qualname),
                )
            }
        };
        let text = |bytes: Option<&'de [u8]>| str_of(bytes?).ok();
        match (text(module), text(qualname)) {
            (Some(module), Some(qualname)) if !module.is_empty() && !qualname.is_empty() => {
                // Only what has several owners is asked for later.
                if self.owner_at != NOWHERE {
                    self.named.push((start, NOWHERE));
                }
                let (module, qualname) = (Cow::Borrowed(module), Cow::Borrowed(qualname));
                Ok(GlobalName::new(
                    at,
                    module,
                    qualname,
                    self.protocol,
                    self.fix_imports,
                ))
            }
            _ => Err(self.give_up()),
        }
    }

    /// Puts a class into the memo that was named for the first time.
    #[cold]
    pub(in crate::read::decode) fn memoize_class(&mut self, index: usize) -> Result<()> {
        self.memoize(Slot::of_class(index))?;
        if self.owner_at != NOWHERE
            && self.makes_instance(self.position)
            && let Some((_, slot)) = self.named.last_mut()
        {
            *slot = self.memo.len();
        }
        Ok(())
    }

    /// Whether an instance is made at a position, and put into the memo.
    pub(super) fn makes_instance(&self, position: usize) -> bool {
        matches!(
            self.input.get(position..),
            Some([EMPTY_TUPLE, NEWOBJ, MEMOIZE | BINPUT | LONG_BINPUT, ..])
        )
    }

    /// Passes what makes an instance of a class without arguments, and goes into its state: the
    /// attributes, and whether BUILD comes behind them.
    #[inline]
    pub(in crate::read::decode) fn instance(&mut self) -> Result<(Run, bool)> {
        // All that there nearly always is, at protocol 4.
        if let Some([EMPTY_TUPLE, NEWOBJ, MEMOIZE, EMPTY_DICT, MEMOIZE, MARK]) = self
            .input
            .get(self.position..)
            .and_then(<[u8]>::first_chunk)
            && self.keys == 0
        {
            self.enter()?;
            self.position += 6;
            self.memo.push(Slot::OTHER);
            self.memo.push(Slot::OTHER);
            return Ok((Run::Batch(Filled::Dict, 0), true));
        }
        self.other_instance()
    }

    #[inline(never)]
    fn other_instance(&mut self) -> Result<(Run, bool)> {
        self.expect(EMPTY_TUPLE)?;
        self.expect(NEWOBJ)?;
        self.memoize(Slot::OTHER)?;
        if self.peek()? != EMPTY_DICT {
            self.enter()?;
            return Ok((Run::Done, false));
        }
        self.position += 1;
        self.open()?;
        Ok((self.begin(Filled::Dict)?, true))
    }

    /// Ends a batch and the state that it is the only or last one of, if that is what comes next.
    #[inline]
    pub(in crate::read::decode) fn take_end(&mut self, run: &mut Run) -> bool {
        let is_end = matches!(*run, Run::Batch(_, count) if count != BATCH)
            && matches!(self.input.get(self.position..), Some([SETITEMS, BUILD, ..]));
        if is_end {
            self.position += 2;
            *run = Run::Done;
        }
        is_end
    }

    /// Ends the state of an instance.
    #[inline]
    pub(in crate::read::decode) fn build(&mut self) -> Result<()> {
        self.expect(BUILD)
    }

    /// Passes the name of an attribute if it is fetched so, and the value before it has been read;
    /// gives the value that comes next.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::read::decode) fn take_name(&mut self, before: Node, get: Get) -> Option<Node> {
        let bytes = self.input.get(self.position..)?.first_chunk()?;
        if u64::from_le_bytes(*bytes) & get.mask != get.bytes || self.is_unread(before) {
            return None;
        }
        self.position += get.length;
        Some(self.here())
    }

    /// The opcode that a name is fetched by, if that is what comes next.
    pub(in crate::read::decode) fn get_here(&self) -> Get {
        let fetched = self.fetched(self.position);
        let bytes = self
            .input
            .get(self.position..)
            .and_then(<[u8]>::first_chunk);
        match (fetched, bytes) {
            (Some((_, length)), Some(bytes)) => {
                let mask = (1 << (8 * length)) - 1;
                Get {
                    bytes: u64::from_le_bytes(*bytes) & mask,
                    mask,
                    length,
                }
            }
            _ => Get::default(),
        }
    }

    /// Reads a name, whose UTF-8 the caller has to check; gives the node of its text as well.
    #[inline]
    pub(in crate::read::decode) fn name(&mut self, node: Node) -> Result<(Node, &'de [u8])> {
        if let Some(text) = self.new_text(node) {
            return Ok((node, text));
        }
        let position = self.scalar(node)?;
        match binary_str(self.input, position) {
            Some(text) => Ok((Place::Scalar(position).into(), text)),
            None => Err(self.give_up()),
        }
    }
}
