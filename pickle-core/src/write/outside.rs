//! What is not in the pickle itself: persistent ids and out-of-band buffers.

use std::any::{Any, TypeId};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::Pickle;
use super::encoder::Encoder;
use super::memo::Form;
use crate::buffer::Buffer;
use crate::error::{Error, ErrorKind, Result};
use crate::opcode::Opcode;
use crate::protocol::Protocol;
use crate::registry::Registry;
use crate::value::Value;

/// What a pickler was given to ask.
#[derive(Default)]
pub(super) struct Hooks {
    /// What may be written, and by which names; the global registry unless there is one.
    pub(super) registry: Option<Arc<Registry>>,
    pub(super) persistent_id: Option<PersistentId>,
    pub(super) buffer: Option<BufferCallback>,
    pub(super) overrides: HashMap<TypeId, Override>,
}

/// Writes a value in place of its own implementation.
pub(super) type Override = Arc<dyn Fn(&dyn Any, &mut Encoder<'_>) -> Result<()> + Send + Sync>;

/// Gives the id of an object that lives outside of the pickle.
pub(super) type PersistentId = Box<dyn Fn(&dyn Any) -> Result<Value> + Send + Sync>;

/// Takes a buffer, or leaves it in the pickle.
pub(super) type BufferCallback = Box<dyn FnMut(&Buffer<'_>) -> Result<bool> + Send>;

impl Encoder<'_> {
    /// Writes a value as the pickler was told to, by
    /// [`Pickler::with_override`](crate::Pickler::with_override), if it was.
    ///
    /// The derive asks this first. By hand:
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// use pickle::{Encoder, Pickle};
    ///
    /// struct Celsius(f64);
    ///
    /// impl Pickle for Celsius {
    ///     fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
    ///         if let Some(written) = encoder.overridden(self) {
    ///             return written;
    ///         }
    ///         encoder.float(self.0)
    ///     }
    /// }
    ///
    /// let mut pickler = pickle::Pickler::new(Vec::new())
    ///     .with_override(|value: &Celsius, encoder| encoder.float(value.0 + 273.15));
    /// pickler.dump(&Celsius(20.0))?;
    /// assert_eq!(pickle::loads::<f64>(&pickler.into_inner())?, 293.15);
    /// # Ok::<(), pickle::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the override.
    #[inline]
    pub fn overridden<T: 'static>(&mut self, value: &T) -> Option<Result<()>> {
        match self.has_overrides {
            true => self.call_override(value),
            false => None,
        }
    }

    #[cold]
    fn call_override(&mut self, value: &dyn Any) -> Option<Result<()>> {
        let type_id = value.type_id();
        if self.not_overridden.take() == Some(type_id) {
            return None;
        }
        let overrides = &self.hooks.as_ref()?.overrides;
        let write = Arc::clone(overrides.get(&type_id)?);
        Some(write(value, self))
    }

    /// Writes a value as its own implementation does, whatever the pickler was told: for overrides
    /// that only change what is around it, or that only sometimes change anything.
    ///
    /// # Errors
    ///
    /// Those of the value.
    pub fn not_overridden<T: Pickle + 'static>(&mut self, value: &T) -> Result<()> {
        self.not_overridden = Some(TypeId::of::<T>());
        let written = self.value(value);
        self.not_overridden = None;
        written
    }

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
