//! References to what was written already, as they stand in the pickle.

use super::memo::Slot;
use super::output::append;
use crate::opcode::Opcode;

/// The opcode that fetches a slot, in protocol 1 and above; no bytes at all while nothing is known.
///
/// The bytes stand in their order from the lowest up, their number stands in the highest.
// Public, because it is in the signature of a hidden method of `Pickle`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reference(u64);

impl Reference {
    /// No reference takes more bytes than this.
    pub(super) const LONGEST: usize = 5;

    /// Nothing.
    pub(super) const NONE: Self = Self(0);

    #[inline]
    pub(super) fn to(slot: Slot) -> Self {
        let (opcode, length) = match slot <= 0xFF {
            true => (Opcode::Binget, 2),
            false => (Opcode::LongBinget, 5),
        };
        Self(u64::from(opcode.byte()) | u64::from(slot) << 8 | length << 56)
    }

    #[inline]
    pub(super) fn is_known(self) -> bool {
        self.0 != 0
    }

    /// The number of bytes.
    #[inline]
    pub(super) fn len(self) -> usize {
        (self.0 >> 56) as usize & 7
    }

    /// The bytes, and some that count for nothing.
    #[inline]
    pub(super) fn bytes(self) -> [u8; 8] {
        self.0.to_le_bytes()
    }

    /// Appends the opcode.
    #[inline]
    pub(super) fn write(self, bytes: &mut Vec<u8>) {
        append(bytes, self.bytes(), self.len());
    }
}
