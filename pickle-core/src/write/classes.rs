//! What repeats with each instance of a class, encoded once.

use std::collections::HashMap;

use super::memo::{Addresses, Slot};
use crate::opcode::Opcode;
use crate::registry::Class;

/// The shortcuts of the memo: opcodes that are the same for each further instance of a class.
///
/// `Class`es are static, so that an address stands for a class. One class may have several
/// addresses, as the compiler likes it; the memo proper knows it by name.
#[derive(Default)]
pub(super) struct Classes {
    /// From the class's address to its place in `entries`.
    places: HashMap<usize, usize, Addresses>,
    entries: Vec<Entry>,
    /// For each class in turn, references to its attributes' names.
    names: Vec<Reference>,
    /// The class that was asked for last, as the next one often is.
    last: (usize, usize),
}

#[derive(Clone, Copy, Default)]
struct Entry {
    class: Reference,
    /// Where its attributes start in `names`.
    names: usize,
}

/// The opcode that fetches a slot, in protocol 1 and above; 0 while nothing is known.
///
/// The bytes stand in their order from the lowest up, their number stands in the highest.
#[derive(Clone, Copy, Default)]
pub(super) struct Reference(u64);

impl Reference {
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

    /// Appends the opcode: one write of fixed size and a cut, which needs no branch.
    #[inline]
    pub(super) fn write(self, bytes: &mut Vec<u8>) {
        let end = bytes.len() + (self.0 >> 56) as usize;
        bytes.extend_from_slice(&self.0.to_le_bytes());
        bytes.truncate(end);
    }
}

impl Classes {
    /// Returns where the class stands here.
    #[inline]
    pub(super) fn place(&mut self, class: &'static Class) -> usize {
        let address = std::ptr::from_ref(class).addr();
        match self.last.0 == address {
            true => self.last.1,
            false => self.other_place(class, address),
        }
    }

    fn other_place(&mut self, class: &'static Class, address: usize) -> usize {
        let place = match self.places.get(&address) {
            Some(place) => *place,
            None => {
                let names = self.names.len();
                self.names
                    .resize(names + class.attributes().len(), Reference::default());
                self.entries.push(Entry {
                    class: Reference::default(),
                    names,
                });
                self.places.insert(address, self.entries.len() - 1);
                self.entries.len() - 1
            }
        };
        self.last = (address, place);
        place
    }

    /// The reference to the class itself.
    #[inline]
    pub(super) fn class(&mut self, place: usize) -> &mut Reference {
        &mut self.entries[place].class
    }

    /// The reference to an attribute's name; the class must declare as many.
    #[inline]
    pub(super) fn name(&mut self, place: usize, index: usize) -> &mut Reference {
        &mut self.names[self.entries[place].names + index]
    }
}
