//! What is not in the pickle itself: persistent ids and out-of-band buffers.

use super::encoder::Encoder;
use super::memo::Form;
use crate::error::{Error, ErrorKind, Result};
use crate::opcode::Opcode;
use crate::protocol::Protocol;

impl Encoder<'_> {
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
