//! What the instructions read from the input.

use std::borrow::Cow;

use super::Machine;
use crate::error::{Error, ErrorKind, Result};
use crate::read::arena::node::Word;
use crate::read::argument::scalar::line;
use crate::read::argument::text::{Encoding, EncodingErrors, utf8_error};

impl<'de, W: Word> Machine<'_, 'de, W> {
    /// Moves past a number of bytes.
    #[inline]
    pub(super) fn take(&mut self, count: usize) -> Result<&'de [u8]> {
        let rest = &self.input[self.position..];
        let Some(bytes) = rest.get(..count) else {
            return Err(truncated());
        };
        self.position += count;
        Ok(bytes)
    }

    /// Moves past data behind a length of so many bytes.
    #[inline]
    pub(super) fn data(
        &mut self,
        length: usize,
        read: fn(&'de [u8]) -> Option<&'de [u8]>,
    ) -> Result<&'de [u8]> {
        let Some(data) = read(&self.input[self.position..]) else {
            return Err(truncated());
        };
        self.position += length + data.len();
        Ok(data)
    }

    /// The unsigned number in the next bytes.
    #[inline]
    pub(super) fn unsigned(&mut self, count: usize) -> Result<u64> {
        let mut bytes = [0; 8];
        bytes[..count].copy_from_slice(self.take(count)?);
        Ok(u64::from_le_bytes(bytes))
    }

    /// The signed number in the next four bytes.
    pub(super) fn signed(&mut self) -> Result<i64> {
        Ok(i64::from(self.unsigned(4)? as u32 as i32))
    }

    /// Refuses lengths that no address space holds, as CPython words it.
    pub(super) fn check_length(&self, what: &str) -> Result<()> {
        let length = self.input[self.position..].first_chunk();
        match length.map(|bytes| u64::from_le_bytes(*bytes)) {
            Some(length) if i64::try_from(length).is_err() => {
                let message = format!("{what} exceeds system's maximum size of {} bytes", i64::MAX);
                Err(Error::new(ErrorKind::Limit, message).raised_as("OverflowError"))
            }
            _ => Ok(()),
        }
    }

    /// The next line without its line feed.
    pub(super) fn any_line(&mut self) -> Result<&'de [u8]> {
        let rest = &self.input[self.position..];
        let line = line(rest);
        if line.len() == rest.len() {
            return Err(truncated());
        }
        self.position += line.len() + 1;
        Ok(line)
    }

    /// The next line, which may not be empty.
    pub(super) fn line(&mut self) -> Result<&'de [u8]> {
        match self.any_line()? {
            [] => Err(truncated()),
            line => Ok(line),
        }
    }

    pub(super) fn two_lines(&mut self) -> Result<(Cow<'de, str>, Cow<'de, str>)> {
        let module = utf8(self.line()?)?;
        let name = utf8(self.line()?)?;
        Ok((Cow::Borrowed(module), Cow::Borrowed(name)))
    }

    /// Frames have no meaning of their own; CPython checks that their bytes are there.
    pub(super) fn frame(&mut self) -> Result<()> {
        let length = self.unsigned(8)?;
        if i64::try_from(length).is_err() {
            let message = format!(
                "FRAME length exceeds system's maximum of {} bytes",
                i64::MAX
            );
            return Err(Error::new(ErrorKind::Frame, message).raised_as("OverflowError"));
        }
        if self.options.whole_input && length > (self.input.len() - self.position) as u64 {
            if i64::try_from(length + self.position as u64).is_err() {
                let message = "read would overflow (invalid bytecode)";
                return Err(Error::new(ErrorKind::Frame, message));
            }
            return Err(truncated());
        }
        Ok(())
    }

    pub(super) fn long4(&mut self) -> Result<()> {
        let length = self.signed()?;
        let Ok(length) = usize::try_from(length) else {
            let message = "LONG pickle has negative byte count";
            return Err(Error::new(ErrorKind::Literal, message).raised_as("UnpicklingError"));
        };
        self.take(length)?;
        self.push_here();
        Ok(())
    }
}

#[cold]
pub(super) fn truncated() -> Error {
    Error::new(ErrorKind::Truncated, "pickle data was truncated")
}

fn utf8(line: &[u8]) -> Result<&str> {
    std::str::from_utf8(line)
        .map_err(|error| utf8_error(line, error.valid_up_to(), error.error_len()))
}

pub(super) fn ascii(line: &[u8]) -> Result<&str> {
    Encoding::Ascii.decode(line, EncodingErrors::Strict)?;
    utf8(line)
}
