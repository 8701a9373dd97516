//! Instructions that make and fill containers.

use super::{Machine, Workspace};
use crate::error::{Error, ErrorKind, Result};
use crate::opcode::Opcode;
use crate::read::arena::node::{Place, Word};
use crate::read::arena::{Entry, Meaning, Shape};
use crate::read::argument::scalar::{Scalar, scalar};

impl<'de, W: Word> Machine<'_, 'de, W> {
    #[inline]
    pub(super) fn append(&mut self, start: usize) -> Result<()> {
        let target = self.below(start)?;
        if start == self.workspace.stack.len() {
            return Ok(());
        }
        let Place::Container(index) = target.place() else {
            return Err(self.no_attribute(target, "append"));
        };
        let Workspace { arena, stack, .. } = &mut *self.workspace;
        let container = arena.get(index);
        match container.shape {
            Shape::List => arena.extend(index, &stack[start..]),
            _ if container.takes(Entry::Items) => {
                self.extend_log(index, Entry::Items, Shape::Items, start);
            }
            _ => return Err(self.no_attribute(target, "append")),
        }
        self.workspace.stack.truncate(start);
        self.check_memory()
    }

    /// Adds the slice to what the log says an instance was given.
    pub(super) fn extend_log(&mut self, index: usize, entry: Entry, shape: Shape, start: usize) {
        // What is done to bytes that a call made is not followed: the call is all that is known.
        if self.workspace.arena.get(index).meaning == Meaning::ByteArray {
            self.workspace.arena.set_meaning(index, Meaning::Call);
        }
        let Workspace { arena, stack, .. } = &mut *self.workspace;
        match arena.last_log(index, entry).map(|word| word.place()) {
            Some(Place::Container(items)) => arena.extend(items, &stack[start..]),
            _ => {
                let items = arena.make(shape, &stack[start..], 0);
                arena.log(index, entry, items);
            }
        }
        // The result of a call such as `set(…)` has its value at the start of the log.
        let meaning = arena.get(index).meaning;
        let fits = match entry {
            Entry::Items => meaning == Meaning::List,
            Entry::Pairs => meaning == Meaning::Dict,
            _ => meaning == Meaning::Set,
        };
        if fits
            && let [_, _, _, value, ..] = arena.children(index)
            && let Place::Container(value) = value.place()
        {
            arena.extend(value, &stack[start..]);
        }
    }

    pub(super) fn dict(&mut self) -> Result<()> {
        let start = self.pop_mark()?;
        if !(self.workspace.stack.len() - start).is_multiple_of(2) {
            return Err(Error::new(ErrorKind::Stack, "odd number of items for DICT"));
        }
        self.check_hashable(start, 2)?;
        self.collect(Shape::Dict, start);
        Ok(())
    }

    #[inline]
    pub(super) fn set_items(&mut self, start: usize) -> Result<()> {
        let target = self.below(start)?;
        let count = self.workspace.stack.len() - start;
        if count == 0 {
            return Ok(());
        }
        if !count.is_multiple_of(2) {
            return Err(Error::new(
                ErrorKind::Stack,
                "odd number of items for SETITEMS",
            ));
        }
        let Place::Container(index) = target.place() else {
            return Err(self.no_item_assignment(target));
        };
        let container = self.workspace.arena.get(index);
        match container.shape {
            Shape::Dict => {
                self.check_hashable(start, 2)?;
                let Workspace { arena, stack, .. } = &mut *self.workspace;
                arena.extend(index, &stack[start..]);
            }
            Shape::List => self.assign_items(index, start)?,
            _ if container.takes(Entry::Pairs) => {
                match container.meaning {
                    Meaning::Dict => self.check_hashable(start, 2)?,
                    Meaning::List => {
                        if let Some(list) = self.iterable(target) {
                            self.assign_items(list.index, start)?;
                        }
                    }
                    _ => {}
                }
                self.extend_log(index, Entry::Pairs, Shape::Pairs, start);
            }
            _ => return Err(self.no_item_assignment(target)),
        }
        self.workspace.stack.truncate(start);
        self.check_memory()
    }

    /// `list[index] = value`, which no pickler writes.
    pub(super) fn assign_items(&mut self, list: usize, start: usize) -> Result<()> {
        for pair in (start..self.workspace.stack.len()).step_by(2) {
            let (key, value) = (self.workspace.stack[pair], self.workspace.stack[pair + 1]);
            let at = match key.place() {
                Place::Scalar(offset) => match scalar(self.input, offset)? {
                    Scalar::Int(at) => Some(at),
                    Scalar::Bool(at) => Some(at.into()),
                    _ => None,
                },
                Place::Container(_) => None,
            };
            let Some(at) = at else {
                let message = format!(
                    "list indices must be integers or slices, not {}",
                    self.type_name(key)
                );
                return Err(Error::new(ErrorKind::Operand, message));
            };
            let len = self.workspace.arena.get(list).len;
            let at = if at < 0 { at + len as i64 } else { at };
            match usize::try_from(at) {
                Ok(at) if at < len => self.workspace.arena.replace(list, at, value),
                _ => {
                    let message = "list assignment index out of range";
                    return Err(Error::new(ErrorKind::Operand, message).raised_as("IndexError"));
                }
            }
        }
        Ok(())
    }

    pub(super) fn add_items(&mut self, start: usize) -> Result<()> {
        let target = self.below(start)?;
        if start == self.workspace.stack.len() {
            return Ok(());
        }
        let Place::Container(index) = target.place() else {
            return Err(self.no_attribute(target, "add"));
        };
        let container = self.workspace.arena.get(index);
        match container.shape {
            Shape::Set => {
                self.check_hashable(start, 1)?;
                let Workspace { arena, stack, .. } = &mut *self.workspace;
                arena.extend(index, &stack[start..]);
            }
            _ if container.takes(Entry::Additions) => {
                if container.meaning == Meaning::Set {
                    self.check_hashable(start, 1)?;
                }
                self.extend_log(index, Entry::Additions, Shape::Additions, start);
            }
            _ => return Err(self.no_attribute(target, "add")),
        }
        self.workspace.stack.truncate(start);
        self.check_memory()
    }

    #[inline]
    pub(super) fn is_unhashable(&self, word: W) -> bool {
        match word.place() {
            Place::Scalar(offset) => self.input[offset] == Opcode::Bytearray8.byte(),
            Place::Container(index) => self.workspace.arena.get(index).unhashable,
        }
    }

    /// Checks every `step`th object of the slice.
    #[inline]
    pub(super) fn check_hashable(&self, start: usize, step: usize) -> Result<()> {
        let mut at = start;
        while let Some(&word) = self.workspace.stack.get(at) {
            if self.is_unhashable(word) {
                return Err(self.unhashable(word));
            }
            at += step;
        }
        Ok(())
    }

    /// A tuple is as unhashable as the first unhashable object in it.
    #[cold]
    pub(super) fn unhashable(&self, mut word: W) -> Error {
        while let Place::Container(index) = word.place()
            && self.workspace.arena.get(index).shape == Shape::Tuple
            && let children = self.workspace.arena.children(index)
            && let Some(&inner) = children.iter().find(|&&child| self.is_unhashable(child))
        {
            word = inner;
        }
        let message = format!("unhashable type: '{}'", self.type_name(word));
        Error::new(ErrorKind::Unhashable, message)
    }
}
