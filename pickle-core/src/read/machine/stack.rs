//! The stack, its marks, and the memo.

use std::fmt::Display;

use super::input::truncated;
use super::{Machine, Workspace};
use crate::error::{Error, ErrorKind, Result};
use crate::opcode::Opcode;
use crate::read::arena::node::{Place, Word};
use crate::read::arena::{Entry, Shape};
use crate::read::argument::literal;
use crate::read::argument::scalar::line;

impl<'de, W: Word> Machine<'_, 'de, W> {
    #[inline]
    pub(super) fn push(&mut self, word: W) {
        self.workspace.stack.push(word);
    }

    /// Pushes the scalar of the instruction under way, whose argument has so many bytes.
    #[inline]
    pub(super) fn push_scalar(&mut self, argument: usize) -> Result<()> {
        if self.input.len() - self.position < argument {
            return Err(truncated());
        }
        self.position += argument;
        self.push_here();
        Ok(())
    }

    /// Pushes the scalar of the instruction under way.
    #[inline]
    pub(super) fn push_here(&mut self) {
        self.workspace
            .stack
            .push(W::from_place(Place::Scalar(self.offset)));
    }

    #[inline]
    pub(super) fn push_new(&mut self, shape: Shape) -> Result<()> {
        let container = self.workspace.arena.make(shape, &[], 0);
        self.push(container);
        self.check_memory()
    }

    #[cold]
    pub(super) fn underflow(&self) -> Error {
        if self.workspace.marks.is_empty() {
            Error::new(ErrorKind::Stack, "unpickling stack underflow")
        } else {
            Error::new(ErrorKind::Stack, "unexpected MARK found")
        }
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Result<W> {
        if self.workspace.stack.len() <= self.fence {
            return Err(self.underflow());
        }
        self.workspace.stack.pop().ok_or_else(|| self.underflow())
    }

    #[inline]
    pub(super) fn top(&self) -> Result<W> {
        if self.workspace.stack.len() <= self.fence {
            return Err(self.underflow());
        }
        self.workspace
            .stack
            .last()
            .copied()
            .ok_or_else(|| self.underflow())
    }

    /// Takes the topmost mark away; what lies above its position is the slice.
    #[inline]
    pub(super) fn pop_mark(&mut self) -> Result<usize> {
        let Some(mark) = self.workspace.marks.pop() else {
            return Err(Error::new(ErrorKind::Mark, "could not find MARK"));
        };
        self.fence = self.workspace.marks.last().map_or(0, |mark| mark.index());
        Ok(mark.index())
    }

    /// The object below a slice: what opcodes such as APPENDS work on.
    #[inline]
    pub(super) fn below(&self, start: usize) -> Result<W> {
        let stack = &self.workspace.stack;
        if start > stack.len() || start <= self.fence {
            return Err(self.underflow());
        }
        stack
            .get(start - 1)
            .copied()
            .ok_or_else(|| self.underflow())
    }

    /// Replaces the slice by a container of it.
    #[inline]
    pub(super) fn collect(&mut self, shape: Shape, start: usize) {
        let Workspace { arena, stack, .. } = &mut *self.workspace;
        let container = arena.make(shape, &stack[start..], 0);
        stack.truncate(start);
        stack.push(container);
    }

    #[inline]
    pub(super) fn collect_tuple(&mut self, start: usize) -> Result<()> {
        let unhashable = self.workspace.stack[start..]
            .iter()
            .any(|&word| self.is_unhashable(word));
        self.collect(Shape::Tuple, start);
        if unhashable && let Some(Place::Container(index)) = self.top_place() {
            self.workspace.arena.set_unhashable(index);
        }
        self.check_memory()
    }

    pub(super) fn top_place(&self) -> Option<Place> {
        self.workspace.stack.last().map(|word| word.place())
    }

    #[inline]
    pub(super) fn short_tuple(&mut self, len: usize) -> Result<()> {
        let start = self.workspace.stack.len().wrapping_sub(len);
        if start < self.fence || start > self.workspace.stack.len() {
            return Err(self.underflow());
        }
        self.collect_tuple(start)
    }

    /// POP drops a mark if that is on top.
    pub(super) fn drop_top(&mut self) -> Result<()> {
        let top_mark = self.workspace.marks.last().map(|mark| mark.index());
        if top_mark == Some(self.workspace.stack.len()) {
            self.pop_mark()?;
            return Ok(());
        }
        let dropped = self.pop()?;
        if self.offset == self.reduced {
            self.keep_setter(dropped);
        }
        Ok(())
    }

    /// A state setter is called with an instance and its state, and the result is dropped at once.
    /// The instance remembers the call, which would be lost otherwise.
    pub(super) fn keep_setter(&mut self, dropped: W) {
        let arena = &self.workspace.arena;
        let Place::Container(call) = dropped.place() else {
            return;
        };
        if arena.get(call).shape != Shape::Reduce {
            return;
        }
        let &[callable, args, ..] = arena.children(call) else {
            return;
        };
        let Place::Container(arguments) = args.place() else {
            return;
        };
        if arena.get(arguments).shared && self.is_made_already(callable, args) {
            return;
        }
        let arena = &mut self.workspace.arena;
        let [object, _] = arena.children(arguments) else {
            return;
        };
        let Place::Container(object) = object.place() else {
            return;
        };
        if arena.get(object).shape.log_start().is_some() {
            arena.log(object, Entry::Setter, dropped);
        }
    }

    /// Whether the next instruction fetches the result of this very call.
    ///
    /// An object that is in its own arguments is made inside of them. When they are complete, the
    /// pickler makes it once more, drops that and fetches the first.
    fn is_made_already(&self, callable: W, args: W) -> bool {
        let fetched = self.fetched_next().map(Word::place);
        let Some(Place::Container(object)) = fetched else {
            return false;
        };
        let arena = &self.workspace.arena;
        arena.get(object).shape == Shape::Reduce && arena.children(object)[..2] == [callable, args]
    }

    /// The object that the next instruction fetches from the memo.
    fn fetched_next(&self) -> Option<W> {
        let (&opcode, argument) = self.input.get(self.position..)?.split_first()?;
        let slot = match Opcode::from_byte(opcode)? {
            Opcode::Binget => u64::from(*argument.first()?),
            Opcode::LongBinget => u32::from_le_bytes(*argument.first_chunk()?).into(),
            Opcode::Get => {
                let line = line(argument);
                let slot = literal::index(line, self.options.limits.digits()).ok()?;
                slot.try_into().ok()?
            }
            _ => return None,
        };
        self.workspace.memo.get(slot)
    }

    #[inline]
    pub(super) fn put(&mut self, slot: u64) -> Result<()> {
        let top = self.top()?;
        let read = self.position - self.start;
        self.workspace.memo.put(slot, top, read);
        self.check_memory()
    }

    pub(super) fn put_text(&mut self) -> Result<()> {
        let line = self.line()?;
        self.top()?;
        let slot = literal::index(line, self.options.limits.digits())?;
        match u64::try_from(slot) {
            Ok(slot) => self.put(slot),
            Err(_) => {
                Err(Error::new(ErrorKind::Memo, "negative PUT argument").raised_as("ValueError"))
            }
        }
    }

    #[inline]
    pub(super) fn get(&mut self, slot: u64) -> Result<()> {
        match self.workspace.memo.get(slot) {
            Some(word) => {
                self.share(word);
                self.push(word);
                Ok(())
            }
            None => Err(self.missing_memo(slot)),
        }
    }

    #[cold]
    pub(super) fn missing_memo(&self, slot: impl Display) -> Error {
        let message = format!("Memo value not found at index {slot}");
        let error = Error::new(ErrorKind::Memo, message);
        if self.options.memo_kept {
            return error;
        }
        error.note(
            "if the pickle refers to one before it, read both with one `Unpickler` that keeps its \
             memo: `with_memo_kept(true)`",
        )
    }

    /// Notes that several places may hold an object.
    #[inline]
    pub(super) fn share(&mut self, word: W) {
        self.workspace.arena.set_shared(word);
    }

    /// What the tables take is in proportion to the instructions read, so a look at the allocated
    /// memory now and then is enough.
    #[inline]
    pub(super) fn check_memory(&mut self) -> Result<()> {
        if self.position - self.checked < 4096 {
            return Ok(());
        }
        self.checked = self.position;
        let limit = self.options.limits.memory(self.bytes_read());
        let memory = self.workspace.memory() + size_of_val(self.globals.as_slice());
        if memory as u64 <= limit || memory <= self.kept {
            return Ok(());
        }
        let message =
            format!("the pickle needs more than the {limit} bytes of memory that the limits allow");
        Err(Error::new(ErrorKind::Limit, message).raised_as("MemoryError"))
    }

    fn bytes_read(&self) -> u64 {
        (self.position - self.start) as u64
    }

    /// Pays for copying or looking through what an instruction refers to: a few bytes of input can
    /// ask for megabytes of it, and for the same ones again and again.
    pub(super) fn charge(&mut self, bytes: usize) -> Result<()> {
        self.spent = self.spent.saturating_add(bytes as u64);
        let limit = self.options.limits.expansion(self.bytes_read());
        if self.spent <= limit {
            return Ok(());
        }
        Err(expanded(limit))
    }
}

/// The error of shared parts that take too much.
#[cold]
pub(in crate::read) fn expanded(limit: u64) -> Error {
    let message = format!(
        "shared parts of the data, copied to each place, take more than the {limit} bytes that the \
         limits allow"
    );
    Error::new(ErrorKind::Limit, message).raised_as("MemoryError")
}
