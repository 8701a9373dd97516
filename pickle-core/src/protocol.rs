//! The versions of the format that a writer may emit.

use crate::error::{Error, ErrorKind, Result};

/// A pickle protocol: what a writer may emit. A reader accepts every opcode at any protocol.
///
/// | protocol | since Python | brings |
/// |---|---|---|
/// | 0 | 1.4 | text |
/// | 1 | 1.5 | binary numbers, strings and memo |
/// | 2 | 2.3 | `NEWOBJ`, short tuples, booleans, extension codes (PEP 307) |
/// | 3 | 3.0 | `bytes` |
/// | 4 | 3.4 | frames, short and very large strings, `STACK_GLOBAL`, sets (PEP 3154) |
/// | 5 | 3.8 | `bytearray`, out-of-band buffers (PEP 574) |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Protocol {
    /// The original text protocol.
    V0 = 0,
    /// The old binary protocol.
    V1 = 1,
    /// The newest that Python 2 reads.
    V2 = 2,
    /// The default of Python 3.0 to 3.7.
    V3 = 3,
    /// The default of Python 3.8 to 3.13, and of this library.
    #[default]
    V4 = 4,
    /// The default of Python 3.14.
    V5 = 5,
}

impl Protocol {
    /// Whether there are opcodes that make instances by their class's `__new__`.
    #[doc(hidden)]
    pub const fn has_newobj(self) -> bool {
        !matches!(self, Self::V0 | Self::V1)
    }

    /// Every protocol, oldest first.
    pub const ALL: [Self; 6] = [Self::V0, Self::V1, Self::V2, Self::V3, Self::V4, Self::V5];

    /// The newest protocol, Python's `pickle.HIGHEST_PROTOCOL`.
    pub const HIGHEST: Self = Self::V5;
}

impl From<Protocol> for u8 {
    fn from(protocol: Protocol) -> Self {
        protocol as u8
    }
}

impl TryFrom<i64> for Protocol {
    type Error = Error;

    /// Returns the protocol of this number; as in Python, any negative number is the highest.
    ///
    /// # Errors
    ///
    /// When the number is above the highest protocol.
    fn try_from(number: i64) -> Result<Self> {
        if number < 0 {
            return Ok(Self::HIGHEST);
        }
        usize::try_from(number)
            .ok()
            .and_then(|n| Self::ALL.get(n).copied())
            .ok_or_else(|| Error::new(ErrorKind::Protocol, "pickle protocol must be <= 5"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_as_python_takes_them() {
        assert_eq!(Protocol::try_from(-7).unwrap(), Protocol::V5);
        assert_eq!(Protocol::try_from(3).unwrap(), Protocol::V3);
        let error = Protocol::try_from(6).unwrap_err();
        assert_eq!(error.message(), "pickle protocol must be <= 5");
        assert_eq!(error.python_type(), "ValueError");
    }
}
