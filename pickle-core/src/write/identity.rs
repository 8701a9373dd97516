//! What was written already: shared values, references to them, the opcodes of the memo.

use super::Pickle;
use super::encoder::{Encoder, Level};
use super::memo::{self, Slot};
use super::number;
use super::reference::Reference;
use crate::error::Result;
use crate::opcode::Opcode;
use crate::protocol::Protocol;

impl Encoder<'_> {
    /// Writes a value that several owners may share: the first time the value itself, from then on
    /// a reference to it, so that it is one object in Python too.
    ///
    /// What makes it the same value is `address`, where it lives. The address counts until the end
    /// of the dump, so the value must stay there that long, and nothing else may be written as
    /// shared under its address. A container is remembered before its content is written:
    /// it may contain itself.
    ///
    /// For a value that has a single owner, [`sole`](Self::sole) spares the look-up.
    ///
    /// # Errors
    ///
    /// Those of the value, and when it contains itself without end, such as a tuple in itself.
    #[inline]
    pub fn shared<T: Pickle + ?Sized>(&mut self, address: *const (), value: &T) -> Result<()> {
        let address = address.addr();
        if self.request.is_none() && self.met_before(address) {
            return Ok(());
        }
        self.shared_at(address, value)
    }

    fn shared_at<T: Pickle + ?Sized>(&mut self, address: usize, value: &T) -> Result<()> {
        if self.request.is_some() {
            return value.pickle(self);
        }
        let outer = self.pending;
        if self.met(address)? {
            return Ok(());
        }
        self.descend()?;
        self.value(value)?;
        self.depth -= 1;
        // Still pending: an int or another value that has no identity. It must not be left to the
        // next value.
        self.pending = 0;
        // A pointer to a pointer: Python has no such thing, both are the object.
        if outer != 0
            && let Some((slot, form)) = self.memo.address(address)
        {
            self.memo.set_address(outer, slot);
            self.memo.set_form(outer, form);
        }
        Ok(())
    }

    /// Writes a value that could have several owners and has one: plainly, since it is met once.
    ///
    /// Inside a shared tuple it is written as [`shared`](Self::shared) all the same. Python
    /// memoizes tuples after their items; one that contains itself is gone through twice.
    ///
    /// # Errors
    ///
    /// As [`shared`](Self::shared).
    #[inline]
    pub fn sole<T: Pickle + ?Sized>(&mut self, address: *const (), value: &T) -> Result<()> {
        match self.open_shared {
            0 => value.pickle(self),
            _ => self.shared(address, value),
        }
    }

    /// Writes a value of which there is one object for each key in Python, as there is one member of
    /// each name in an enumeration: from the second time on a reference to it, whichever Rust value
    /// stands for it.
    ///
    /// The key is to be one that nobody else has: the name of the class, and what tells its objects
    /// apart.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// use pickle::{Encoder, Pickle};
    ///
    /// struct Label(&'static str);
    ///
    /// impl Pickle for Label {
    ///     fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
    ///         encoder.singleton(&format!("shop.Label({})", self.0), self.0)
    ///     }
    /// }
    ///
    /// let bytes = pickle::dumps(&[Label("cheap"), Label("cheap")])?;
    /// assert!(bytes.ends_with(b"\x8c\x05cheap\x94h\x01e."));
    /// # Ok::<(), pickle::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the value.
    pub fn singleton<T: Pickle + ?Sized>(&mut self, key: &str, value: &T) -> Result<()> {
        if self.request.is_some() {
            return value.pickle(self);
        }
        if let Some(slot) = self.memo.singleton(key) {
            self.get(slot)?;
            self.note(memo::Form::Callable);
            return Ok(());
        }
        // For the time in which it is written, the key stands for the address that it lacks.
        let key_string: Box<str> = key.into();
        let address = key_string.as_ptr().addr();
        self.shared(key_string.as_ptr().cast(), value)?;
        if let Some((slot, _)) = self.memo.address(address) {
            self.memo.forget_address(address);
            self.memo.set_singleton(key, slot);
        }
        Ok(())
    }

    /// Begins an object that is memoized after its content; [`put_late`](Self::put_late) ends it.
    #[inline]
    pub(super) fn enter_late(&mut self) -> Result<Level> {
        let level = self.enter()?;
        self.open_shared += usize::from(level.address != 0);
        Ok(level)
    }

    /// Ends an object that is memoized after its content. `finish` writes the opcodes that make it.
    ///
    /// If it is shared and contains itself, by way of a list or an instance, then it was written,
    /// and ended, inside its own content. In that case `undo` takes what there is of it off the
    /// stack, and the finished one is fetched.
    pub(super) fn put_late(
        &mut self,
        level: &Level,
        finish: impl FnOnce(&mut Self),
        undo: impl FnOnce(&mut Self),
    ) -> Result<()> {
        if level.address == 0 {
            finish(self);
            return self.put();
        }
        self.open_shared -= 1;
        if let Some((slot, _)) = self.memo.address(level.address) {
            undo(self);
            self.reference(slot);
            return Ok(());
        }
        finish(self);
        self.put_at(level.address)
    }

    /// If an object that has an address was written inside of its own content, takes what there is
    /// of it off the stack and fetches the finished one, whose slot it returns.
    pub(super) fn made_before(&mut self, level: &Level) -> Option<Slot> {
        self.open_shared -= 1;
        let (slot, _) = self.memo.address(level.address)?;
        self.op(Opcode::Pop);
        self.reference(slot);
        Some(slot)
    }

    /// Refers to the object of an address, if it was written and nothing else is to be done.
    pub(crate) fn met_before(&mut self, address: usize) -> bool {
        if !(self.is_plain(0) && self.out.has_room()) {
            return false;
        }
        let Some((slot, form)) = self.memo.address(address) else {
            return false;
        };
        Reference::to(slot).write(&mut self.out.bytes);
        self.values += 1;
        self.note(form);
        true
    }

    /// Refers to the object of an address, if it was written; else it is what is written next.
    #[inline]
    pub(super) fn met(&mut self, address: usize) -> Result<bool> {
        match self.memo.address(address) {
            Some((slot, form)) => {
                self.get(slot)?;
                self.note(form);
                Ok(true)
            }
            None => {
                if !self.canonical {
                    self.pending = address;
                }
                Ok(false)
            }
        }
    }

    /// Ends an object that was begun by [`enter_late`](Self::enter_late) and has no identity.
    pub(super) fn leave_unmemoized(&mut self, level: &Level) {
        self.open_shared -= usize::from(level.address != 0);
        self.leave(level);
    }

    /// Writes a reference to a slot, in place of a value.
    #[inline]
    pub(super) fn get(&mut self, slot: Slot) -> Result<()> {
        self.out.boundary()?;
        self.values += 1;
        if self.pending != 0 {
            let address = self.take_address();
            self.memo.set_address(address, slot);
        }
        self.reference(slot);
        Ok(())
    }

    /// Writes the opcode that fetches a slot. Protocols 4 and 5 have none of their own.
    #[inline]
    pub(super) fn reference(&mut self, slot: Slot) {
        if self.protocol == Protocol::V0 {
            number::line(&mut self.out.bytes, Opcode::Get, format_args!("{slot}"));
            return;
        }
        Reference::to(slot).write(&mut self.out.bytes);
    }

    /// Stores the object just written in the next slot, which nothing will refer to.
    #[inline]
    pub(super) fn put(&mut self) -> Result<()> {
        let number = self.memo.count();
        if self.protocol >= Protocol::V4 && !self.canonical {
            self.op(Opcode::Memoize);
            return Ok(());
        }
        if !self.canonical {
            self.old_put(memo::slot(number)?);
        }
        Ok(())
    }

    /// Stores the object just written in the next slot, and remembers its address if it has one.
    #[inline]
    pub(super) fn put_at(&mut self, address: usize) -> Result<()> {
        match address {
            0 => self.put(),
            _ => self.put_known(address).map(drop),
        }
    }

    /// As [`put_at`](Self::put_at), and returns the slot, to refer to it by other means.
    pub(super) fn put_known(&mut self, address: usize) -> Result<Slot> {
        let slot = memo::slot(self.memo.len())?;
        self.put()?;
        if address != 0 {
            self.memo.set_address(address, slot);
        }
        Ok(slot)
    }

    pub(super) fn old_put(&mut self, slot: Slot) {
        let bytes = &mut self.out.bytes;
        match (self.protocol, u8::try_from(slot)) {
            (Protocol::V0, _) => number::line(bytes, Opcode::Put, format_args!("{slot}")),
            (_, Ok(slot)) => bytes.extend_from_slice(&[Opcode::Binput.byte(), slot]),
            (_, Err(_)) => {
                bytes.push(Opcode::LongBinput.byte());
                bytes.extend_from_slice(&slot.to_le_bytes());
            }
        }
    }
}
