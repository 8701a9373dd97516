//! What is not in the pickle itself: persistent ids and out-of-band buffers.

use std::any::Any;
use std::borrow::Cow;

use super::encoder::Encoder;
use super::memo::Form;
use crate::buffer::Buffer;
use crate::error::{Error, ErrorKind, Result};
use crate::opcode::Opcode;
use crate::protocol::Protocol;
use crate::value::Value;

/// What a pickler was given to ask.
#[derive(Default)]
pub(super) struct Hooks {
    pub(super) persistent_id: Option<PersistentId>,
    pub(super) buffer: Option<BufferCallback>,
}

/// Gives the id of an object that lives outside of the pickle.
pub(super) type PersistentId = Box<dyn Fn(&dyn Any) -> Result<Value> + Send + Sync>;

/// Takes a buffer, or leaves it in the pickle.
pub(super) type BufferCallback = Box<dyn FnMut(&Buffer<'_>) -> Result<bool> + Send>;

impl Encoder<'_> {
    /// Writes the id that the pickler's handler gives for an object.
    pub(crate) fn persistent(&mut self, object: &dyn Any) -> Result<()> {
        let Some(persistent_id) = self
            .hooks
            .as_ref()
            .and_then(|hooks| hooks.persistent_id.as_ref())
        else {
            return Err(Error::new(
                ErrorKind::PersistentId,
                "A Persistent object was dumped, but no persistent_id function was specified.",
            )
            .note("`Pickler::with_persistent_id` gives the ids of such objects"));
        };
        let id = persistent_id(object)?;
        if self.protocol == Protocol::V0 {
            let text = match &id {
                Value::Str(text) => text.to_string_lossy(),
                other => Cow::Owned(other.to_string()),
            };
            return self.persistent_line(&text);
        }
        self.take_address();
        self.value(&id)?;
        self.op(Opcode::Binpersid);
        self.note(Form::Callable);
        // Parts of it may be known by their addresses now.
        self.kept.push(id);
        Ok(())
    }

    /// Writes a persistent id as protocol 0 does: a line of text.
    pub(crate) fn persistent_line(&mut self, id: &str) -> Result<()> {
        // A line break would end the id. CPython writes it, and a pickle that is another one.
        if !id.is_ascii() || id.contains('\n') {
            return Err(persistent_id_not_ascii());
        }
        self.out.boundary()?;
        self.count_value();
        self.take_address();
        self.op(Opcode::Persid);
        self.push(id.as_bytes());
        self.push(b"\n");
        self.note(Form::Callable);
        Ok(())
    }

    /// Writes a buffer, or that it goes here, if the pickler's callback takes it.
    ///
    /// # Errors
    ///
    /// Below protocol 5, which has no buffers, and those of the callback.
    pub fn buffer(&mut self, buffer: &Buffer<'_>) -> Result<()> {
        self.check_buffers()?;
        let callback = self.hooks.as_mut().and_then(|hooks| hooks.buffer.as_mut());
        let in_band = match callback {
            Some(callback) => callback(buffer)?,
            None => true,
        };
        match (in_band, buffer.is_read_only()) {
            (true, true) => self.bytes(buffer),
            (true, false) => self.byte_array(buffer),
            (false, read_only) => {
                self.next_buffer()?;
                if read_only {
                    self.op(Opcode::ReadonlyBuffer);
                }
                Ok(())
            }
        }
    }

    /// Writes that the next out-of-band buffer stands here.
    pub(crate) fn next_buffer(&mut self) -> Result<()> {
        self.check_buffers()?;
        self.out.boundary()?;
        self.count_value();
        self.take_address();
        self.op(Opcode::NextBuffer);
        Ok(())
    }

    fn check_buffers(&self) -> Result<()> {
        match self.protocol >= Protocol::V5 {
            true => Ok(()),
            false => Err(unpicklable(
                "PickleBuffer can only be pickled with protocol >= 5",
            )),
        }
    }
}

/// The error of an id that protocol 0 cannot write.
#[cold]
pub(crate) fn persistent_id_not_ascii() -> Error {
    unpicklable("persistent IDs in protocol 0 must be ASCII strings")
}

#[cold]
fn unpicklable(message: &str) -> Error {
    Error::new(ErrorKind::Unpicklable, message)
}
