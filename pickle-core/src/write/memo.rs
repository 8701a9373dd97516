//! What the pickle has already written, and in which memo slot.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::error::{Error, ErrorKind, Result};
use crate::registry::{Class, Global};

/// The index of a memo slot.
pub(super) type Slot = u32;

/// In the tables: not written yet.
const UNWRITTEN: Slot = Slot::MAX;

/// The pickler's memo.
///
/// In Python it is one table from object identity to slot. Rust values have no identity of their
/// own, so the table is split by what makes two values one object in Python: the same text, the
/// same class, the same address. A string or list that nothing can refer to again only counts.
#[derive(Default)]
pub(super) struct Memo {
    /// The number of slots in use, and so the next slot.
    len: u64,
    /// One-character strings up to U+00FF; the last two are the empty string and the empty bytes.
    characters: Option<Box<[Slot; 258]>>,
    /// One-byte bytes, which below protocol 3 come out of a cache of Python's.
    one_byte: Option<Box<[Slot; 256]>>,
    /// Interned strings: names of attributes, classes and modules.
    names: HashMap<Box<str>, Slot>,
    /// The module name of `len` and the like, another string than the one of `int`.
    pub(super) builtins_of_functions: Option<Slot>,
    /// Classes and functions.
    globals: HashMap<Global, Slot>,
    /// Values behind shared pointers.
    addresses: HashMap<usize, Slot, Addresses>,
    /// Where a class's slots stand in `class_slots`: `Class`es are static, so that an address
    /// stands for a class. One class may have several addresses.
    classes: HashMap<usize, usize, Addresses>,
    /// For each class its own slot and those of its attributes' names.
    class_slots: Vec<Slot>,
    /// Where the slots stand of the class that was asked for last.
    last_class: (usize, usize),
}

/// A string or bytes of which Python has only one.
#[derive(Clone, Copy)]
pub(super) enum Single {
    /// A character up to U+00FF.
    Character(u8),
    EmptyStr,
    EmptyBytes,
}

impl Single {
    /// The single object that this text is, if it is one.
    #[inline]
    pub(super) fn of_str(text: &str) -> Option<Self> {
        match *text.as_bytes() {
            [] => Some(Self::EmptyStr),
            [byte] => Some(Self::Character(byte)),
            // U+0080 to U+00FF.
            [lead @ (0xC2 | 0xC3), next] => Some(Self::Character((lead & 3) << 6 | next & 0x3F)),
            _ => None,
        }
    }

    fn index(self) -> usize {
        match self {
            Self::Character(byte) => byte.into(),
            Self::EmptyStr => 256,
            Self::EmptyBytes => 257,
        }
    }
}

fn known(slot: Slot) -> Option<Slot> {
    (slot != UNWRITTEN).then_some(slot)
}

impl Memo {
    /// Takes the next slot for something that nothing will refer to.
    #[inline]
    pub(super) fn count(&mut self) -> u64 {
        let slot = self.len;
        self.len += 1;
        slot
    }

    /// The number of slots in use.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    pub(super) fn single(&self, single: Single) -> Option<Slot> {
        self.characters
            .as_ref()
            .and_then(|slots| known(slots[single.index()]))
    }

    pub(super) fn set_single(&mut self, single: Single, slot: Slot) {
        let slots = self
            .characters
            .get_or_insert_with(|| Box::new([UNWRITTEN; 258]));
        slots[single.index()] = slot;
    }

    pub(super) fn one_byte(&self, byte: u8) -> Option<Slot> {
        self.one_byte
            .as_ref()
            .and_then(|slots| known(slots[usize::from(byte)]))
    }

    pub(super) fn set_one_byte(&mut self, byte: u8, slot: Slot) {
        let slots = self
            .one_byte
            .get_or_insert_with(|| Box::new([UNWRITTEN; 256]));
        slots[usize::from(byte)] = slot;
    }

    pub(super) fn name(&self, name: &str) -> Option<Slot> {
        self.names.get(name).copied()
    }

    pub(super) fn set_name(&mut self, name: &str, slot: Slot) {
        self.names.insert(name.into(), slot);
    }

    pub(super) fn global(&self, global: Global) -> Option<Slot> {
        self.globals.get(&global).copied()
    }

    pub(super) fn set_global(&mut self, global: Global, slot: Slot) {
        self.globals.insert(global, slot);
    }

    pub(super) fn address(&self, address: usize) -> Option<Slot> {
        self.addresses.get(&address).copied()
    }

    pub(super) fn set_address(&mut self, address: usize, slot: Slot) {
        self.addresses.insert(address, slot);
    }

    /// Returns where the slots of a class start; the attributes follow.
    #[inline]
    pub(super) fn class(&mut self, class: &'static Class) -> usize {
        let address = std::ptr::from_ref(class).addr();
        if self.last_class.0 == address {
            return self.last_class.1;
        }
        let start = match self.classes.get(&address) {
            Some(start) => *start,
            None => self.add_class(class, address),
        };
        self.last_class = (address, start);
        start
    }

    #[cold]
    fn add_class(&mut self, class: &'static Class, address: usize) -> usize {
        let start = self.class_slots.len();
        self.class_slots
            .resize(start + 1 + class.attributes().len(), UNWRITTEN);
        self.classes.insert(address, start);
        start
    }

    /// The slot at this place of the class table.
    #[inline]
    pub(super) fn class_slot(&self, place: usize) -> Option<Slot> {
        known(self.class_slots[place])
    }

    pub(super) fn set_class_slot(&mut self, place: usize, slot: Slot) {
        self.class_slots[place] = slot;
    }

    /// Forgets the addresses: once a dump is over, the values behind them may be dropped, and
    /// other values may come to live there.
    pub(super) fn forget_addresses(&mut self) {
        self.addresses.clear();
    }

    /// Returns to the state in which `len` slots were in use.
    pub(super) fn roll_back(&mut self, len: u64) {
        self.len = len;
        let later = |slot: Slot| u64::from(slot) >= len;
        let tables = [
            self.characters.as_deref_mut().map(|slots| &mut slots[..]),
            self.one_byte.as_deref_mut().map(|slots| &mut slots[..]),
            Some(&mut self.class_slots[..]),
        ];
        for slot in tables.into_iter().flatten().flatten() {
            if later(*slot) {
                *slot = UNWRITTEN;
            }
        }
        self.builtins_of_functions = self.builtins_of_functions.filter(|slot| !later(*slot));
        self.names.retain(|_, slot| !later(*slot));
        self.globals.retain(|_, slot| !later(*slot));
        self.addresses.clear();
    }
}

/// Returns the number as one that a GET can name.
#[inline]
pub(super) fn slot(number: u64) -> Result<Slot> {
    match Slot::try_from(number) {
        Ok(slot) if slot != UNWRITTEN => Ok(slot),
        _ => Err(too_large()),
    }
}

#[cold]
fn too_large() -> Error {
    Error::new(ErrorKind::Unpicklable, "memo id too large for LONG_BINGET")
}

type Addresses = BuildHasherDefault<AddressHasher>;

/// Spreads addresses, which differ in their middle bits and which no input chooses.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_usize((*byte).into());
        }
    }

    fn write_usize(&mut self, value: usize) {
        // Fibonacci hashing: 2^64 divided by the golden ratio. The table looks at the top bits and
        // at the bottom ones, so that both must depend on all.
        let product = (self.0 ^ value as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = product ^ product >> 32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_strings() {
        let index = |text| Single::of_str(text).map(Single::index);
        assert_eq!(index(""), Some(256));
        assert_eq!(index("a"), Some(0x61));
        assert_eq!(index("\u{7f}"), Some(0x7F));
        assert_eq!(index("\u{80}"), Some(0x80));
        assert_eq!(index("é"), Some(0xE9));
        assert_eq!(index("ÿ"), Some(0xFF));
        assert_eq!(index("Ā"), None);
        assert_eq!(index("ab"), None);
    }

    #[test]
    fn rolling_back_keeps_what_was_there_before() {
        let mut memo = Memo::default();
        let before = slot(memo.count()).unwrap();
        memo.set_name("before", before);
        let after = slot(memo.count()).unwrap();
        memo.set_name("after", after);
        memo.set_single(Single::EmptyStr, after);
        memo.set_global(Global::new("m", "C"), after);
        memo.roll_back(1);
        assert_eq!(memo.len(), 1);
        assert_eq!(memo.name("before"), Some(0));
        assert_eq!(memo.name("after"), None);
        assert_eq!(memo.single(Single::EmptyStr), None);
        assert_eq!(memo.global(Global::new("m", "C")), None);
    }

    #[test]
    fn slots_that_no_get_can_name() {
        assert_eq!(slot(0xFFFF_FFFE).unwrap(), 0xFFFF_FFFE);
        assert!(slot(0xFFFF_FFFF).is_err());
        assert!(slot(1 << 32).is_err());
    }
}
