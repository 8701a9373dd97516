//! Instructions that ask for what the caller provides: persistent ids and buffers.

use super::Machine;
use crate::error::{Error, ErrorKind, Result};
use crate::read::arena::node::{Place, Word};
use crate::read::arena::{Meaning, Shape};
use crate::read::argument::scalar::{Scalar, scalar};

impl<'de, W: Word> Machine<'_, 'de, W> {
    pub(super) fn check_persistent(&self) -> Result<()> {
        if self.options.persistent_ids {
            return Ok(());
        }
        Err(missing_persistent_load())
    }

    pub(super) fn persistent_text(&mut self) -> Result<()> {
        if !self.any_line()?.is_ascii() {
            let message = "persistent IDs in protocol 0 must be ASCII strings";
            return Err(Error::new(ErrorKind::PersistentId, message));
        }
        self.check_persistent()?;
        let id = W::from_place(Place::Scalar(self.offset));
        let object = self.workspace.arena.make(Shape::Persistent, &[id], 0);
        self.push(object);
        Ok(())
    }

    pub(super) fn next_buffer(&mut self) -> Result<()> {
        let message = match &self.options.buffers {
            None => "pickle stream refers to out-of-band data but no *buffers* argument was given",
            Some(buffers) if self.buffer == buffers.len() => "not enough out-of-band buffers",
            Some(_) => {
                let buffer =
                    self.workspace
                        .arena
                        .make(Shape::Buffer, &[W::from_index(self.buffer)], 0);
                self.buffer += 1;
                self.push(buffer);
                return Ok(());
            }
        };
        Err(Error::new(ErrorKind::Buffer, message))
    }

    pub(super) fn read_only(&mut self) -> Result<()> {
        let top = self.top()?;
        let is_buffer = match top.place() {
            Place::Scalar(offset) => match scalar(self.input, offset)? {
                // They are read-only already, and stay the object that they are.
                Scalar::Bytes(_) => return Ok(()),
                scalar => matches!(scalar, Scalar::ByteArray(_)),
            },
            Place::Container(index) => {
                let container = self.workspace.arena.get(index);
                if container.shape == Shape::ReadOnly || container.meaning == Meaning::Bytes {
                    return Ok(());
                }
                container.shape.log_start().is_some() || container.shape == Shape::Buffer
            }
        };
        if !is_buffer {
            let message = format!(
                "memoryview: a bytes-like object is required, not '{}'",
                self.type_name(top)
            );
            return Err(Error::new(ErrorKind::Buffer, message).raised_as("TypeError"));
        }
        // Whoever reads the view may copy what it shows.
        let length = self.bytes_length(top);
        self.charge(length)?;
        let view = self.workspace.arena.make(Shape::ReadOnly, &[top], 0);
        self.pop()?;
        self.push(view);
        Ok(())
    }
}

#[cold]
pub(in crate::read) fn missing_persistent_load() -> Error {
    let message = "A load persistent id instruction was encountered, \
                   but no persistent_load function was specified.";
    Error::new(ErrorKind::PersistentId, message)
}
