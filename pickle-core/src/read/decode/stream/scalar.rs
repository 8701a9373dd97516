//! What stands in one piece, new or out of the memo.

use super::{
    BINBYTES, BINBYTES8, BINFLOAT, BINGET, BININT, BININT1, BININT2, BINUNICODE, Content,
    EMPTY_TUPLE, FRAME, LONG_BINGET, LONG1, MEMOIZE, NEWFALSE, NEWTRUE, NONE, Result,
    SHORT_BINBYTES, SHORT_BINUNICODE, Stream,
};
use crate::read::Number;
use crate::read::arena::node::Node;
use crate::read::argument::scalar::binary_str;
use crate::read::argument::text::{Encoding, check_utf8};
use crate::read::document::kind::Kind;

impl<'de> Stream<'de> {
    /// Reads text, whose UTF-8 the caller has to check, if it comes next as most text of protocol 4
    /// does.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::read::decode) fn new_text(&mut self, node: Node) -> Option<&'de [u8]> {
        if self.here() != node {
            return None;
        }
        let [SHORT_BINUNICODE, length, rest @ ..] = self.input.get(self.position..)? else {
            return None;
        };
        let (text, [MEMOIZE, ..]) = rest.split_at_checked((*length).into())? else {
            return None;
        };
        self.memo.push(self.scalar_slot(self.position));
        self.position += 3 + text.len();
        Some(text)
    }

    /// Reads text of any form, whose UTF-8 the caller has to check.
    pub(in crate::read::decode) fn text(&mut self, node: Node) -> Result<&'de [u8]> {
        let position = self.scalar(node)?;
        match binary_str(self.input, position) {
            Some(text) => Ok(text),
            None => Err(self.give_up()),
        }
    }

    /// Reads a number; `None` if something else comes next.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::read::decode) fn number(&mut self, node: Node) -> Result<Option<Number>> {
        match Number::split_first(self.from(node)) {
            Some((number, rest)) => {
                self.position = self.input.len() - rest.len();
                Ok(Some(number))
            }
            None => self.number_behind_frame(node),
        }
    }

    #[inline(never)]
    fn number_behind_frame(&mut self, node: Node) -> Result<Option<Number>> {
        self.opcode(node)?;
        let number = Number::split_first(&self.input[self.position..]);
        Ok(number.map(|(number, rest)| {
            self.position = self.input.len() - rest.len();
            number
        }))
    }

    /// Passes a value that nobody wants, if it is a scalar.
    #[cold]
    pub(in crate::read::decode) fn skip(&mut self, node: Node) -> Result<()> {
        let position = self.scalar(node)?;
        match binary_str(self.input, position) {
            Some(text) if check_utf8(text).is_err() => Err(self.give_up()),
            _ => Ok(()),
        }
    }

    /// Whether a value that comes next is `None`.
    #[inline]
    pub(in crate::read::decode) fn is_none(&self, node: Node) -> bool {
        match self.from(node) {
            [FRAME, ..] | [] => self.kind(node) == Kind::None,
            [opcode, ..] => *opcode == NONE,
        }
    }

    /// Passes `None`, if that is what comes next.
    #[inline]
    pub(in crate::read::decode) fn take_none(&mut self, node: Node) -> bool {
        let is_none = matches!(self.from(node), [NONE, ..]);
        self.position += usize::from(is_none);
        is_none
    }

    /// What a value is that comes next, as far as its opcode tells.
    pub(in crate::read::decode) fn kind(&self, node: Node) -> Kind {
        let mut at = self.position;
        while let Some(&FRAME) = self.input.get(at) {
            at += 9;
        }
        let at = match self.fetched(at).map(|(slot, _)| self.slot(slot)) {
            _ if !self.is_unread(node) => return Kind::Object,
            None => at,
            Some(Some(Content::Scalar(offset))) => self.start + offset,
            Some(_) => return Kind::Object,
        };
        Kind::of_scalar(self.input, at, Encoding::default())
    }

    /// Passes a scalar, new or out of the memo; gives the position of its opcode. Text has not been
    /// checked.
    pub(in crate::read::decode) fn scalar(&mut self, node: Node) -> Result<usize> {
        let opcode = self.opcode(node)?;
        let position = self.position;
        let length = match opcode {
            NONE | NEWTRUE | NEWFALSE | EMPTY_TUPLE => 1,
            BININT1 => 2,
            BININT2 => 3,
            BININT => 5,
            BINFLOAT => 9,
            LONG1 | SHORT_BINUNICODE | SHORT_BINBYTES => self.length::<1>()?,
            BINUNICODE | BINBYTES => self.length::<4>()?,
            BINBYTES8 => self.length::<8>()?,
            BINGET | LONG_BINGET => return self.get(),
            _ => return Err(self.give_up()),
        };
        if self.input.len() - position < length {
            return Err(self.give_up());
        }
        self.position += length;
        if let SHORT_BINUNICODE | BINUNICODE | SHORT_BINBYTES | BINBYTES | BINBYTES8 = opcode {
            self.memoize(self.scalar_slot(position))?;
        }
        Ok(position)
    }

    /// How many bytes the next opcode, its length of so many bytes, and its data take.
    fn length<const N: usize>(&mut self) -> Result<usize> {
        match self.input.get(self.position + 1..self.position + 1 + N) {
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

    /// Fetches a scalar; gives the position where it stands.
    fn get(&mut self) -> Result<usize> {
        let fetched = self.fetched(self.position);
        let scalar = fetched.and_then(|(slot, _)| self.scalar_in(slot));
        match (scalar, fetched) {
            (Some(position), Some((_, length))) => {
                self.position += length;
                Ok(position)
            }
            _ => Err(self.give_up()),
        }
    }

    /// The position of the scalar that a slot of the memo holds.
    fn scalar_in(&self, slot: usize) -> Option<usize> {
        match self.slot(slot)? {
            Content::Scalar(offset) => Some(self.start + offset),
            Content::Owner(index) => self.owners.get(index)?.scalar,
            _ => None,
        }
    }
}
