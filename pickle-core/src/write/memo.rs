//! What the pickle has already written, and in which memo slot.

use std::borrow::{Borrow, Cow};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use super::classes::Classes;
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
///
/// A pickle of a small object makes one for itself: it is to cost little as long as it holds little.
#[derive(Default)]
pub(super) struct Memo {
    /// The number of slots in use, and so the next slot.
    len: u64,
    /// One-character strings up to U+00FF; the last two are the empty string and the empty bytes.
    characters: Option<Box<[Slot; 258]>>,
    /// Interned strings: names of attributes, classes and modules.
    names: Few<&'static str, 8>,
    /// Classes and functions.
    globals: Few<Global, 4>,
    /// Values behind shared pointers.
    addresses: HashMap<usize, (Slot, Form), Addresses>,
    /// What most pickles have nothing of.
    more: Option<Box<More>>,
    /// Shortcuts to names and globals.
    pub(super) classes: Classes,
    /// Whether nothing is remembered.
    off: bool,
}

/// The part of the memo that most pickles do not need.
#[derive(Default)]
struct More {
    /// Interned strings that are not among the few.
    names: Table<Cow<'static, str>>,
    /// Module names that are other strings than the interned ones; see `Private`.
    private_names: [Option<Slot>; 2],
    /// Classes and functions that are not among the few.
    globals: Table<Names<'static>>,
    /// One-byte bytes, which below protocol 3 come out of a cache of Python's.
    one_byte: HashMap<u8, Slot>,
    /// Values of which Python has one for each key.
    singletons: HashMap<Box<str>, Slot>,
    /// A place in memory for each combination of flags, which Python has one object of.
    flags: HashMap<(usize, i64), Box<u8>>,
}

/// What a value is, as far as it matters for what may be done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Nothing to be told.
    Data,
    Tuple,
    Dict,
    /// A class, a function, or an instance, which may be callable.
    Callable,
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

    /// Takes the next slots, for as many things.
    #[inline]
    pub(super) fn count_many(&mut self, objects: u64) {
        self.len += objects;
    }

    /// Remembers nothing from now on.
    pub(super) fn turn_off(&mut self) {
        *self = Self {
            off: true,
            ..Self::default()
        };
    }

    /// The number of slots in use.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    #[inline]
    pub(super) fn single(&self, single: Single) -> Option<Slot> {
        self.characters
            .as_ref()
            .and_then(|slots| known(slots[single.index()]))
    }

    pub(super) fn set_single(&mut self, single: Single, slot: Slot) {
        if self.off {
            return;
        }
        let slots = self
            .characters
            .get_or_insert_with(|| Box::new([UNWRITTEN; 258]));
        slots[single.index()] = slot;
    }

    #[inline]
    fn more(&self) -> Option<&More> {
        self.more.as_deref()
    }

    fn more_mut(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }

    pub(super) fn one_byte(&self, byte: u8) -> Option<Slot> {
        self.more()?.one_byte.get(&byte).copied()
    }

    pub(super) fn set_one_byte(&mut self, byte: u8, slot: Slot) {
        if !self.off {
            self.more_mut().one_byte.insert(byte, slot);
        }
    }

    #[inline]
    pub(super) fn name(&self, name: &str) -> Option<Slot> {
        self.names
            .find(|other| other == name)
            .or_else(|| self.more()?.names.get(name))
    }

    #[inline]
    pub(super) fn set_name(&mut self, name: Cow<'static, str>, slot: Slot) {
        match name {
            _ if self.off => {}
            Cow::Borrowed(name) if self.names.push(name, slot) => {}
            name => {
                self.more_mut().names.insert(name, slot);
            }
        }
    }

    pub(super) fn global(&self, module: &str, qualname: &str) -> Option<Slot> {
        let few = self
            .globals
            .find(|other| (other.module, other.qualname) == (module, qualname));
        few.or_else(|| {
            let names = &(module, qualname) as &dyn Named;
            self.more()?.globals.get(names)
        })
    }

    pub(super) fn set_global(&mut self, names: Names<'static>, slot: Slot) {
        match (&names.module, &names.qualname) {
            _ if self.off => {}
            (Cow::Borrowed(module), Cow::Borrowed(qualname))
                if self.globals.push(Global::new(module, qualname), slot) => {}
            _ => {
                self.more_mut().globals.insert(names, slot);
            }
        }
    }

    pub(super) fn private_name(&self, name: usize) -> Option<Slot> {
        self.more()?.private_names[name]
    }

    pub(super) fn set_private_name(&mut self, name: usize, slot: Slot) {
        if !self.off {
            self.more_mut().private_names[name] = Some(slot);
        }
    }

    /// Where the value of a key is.
    pub(super) fn singleton(&self, key: &str) -> Option<Slot> {
        self.more()?.singletons.get(key).copied()
    }

    pub(super) fn set_singleton(&mut self, key: &str, slot: Slot) {
        if !self.off {
            self.more_mut().singletons.insert(key.into(), slot);
        }
    }

    pub(super) fn address(&self, address: usize) -> Option<(Slot, Form)> {
        self.addresses.get(&address).copied()
    }

    pub(super) fn set_address(&mut self, address: usize, slot: Slot) {
        if self.off {
            return;
        }
        self.addresses.insert(address, (slot, Form::Data));
    }

    /// The address that stands for a combination of flags.
    pub(super) fn flags(&mut self, class: &'static Class, bits: i64) -> *const () {
        let place = self
            .more_mut()
            .flags
            .entry((std::ptr::from_ref(class).addr(), bits))
            .or_default();
        std::ptr::from_ref::<u8>(place).cast()
    }

    /// Says what the value at an address is.
    pub(super) fn set_form(&mut self, address: usize, form: Form) {
        if let Some(entry) = self.addresses.get_mut(&address) {
            entry.1 = form;
        }
    }

    /// Forgets one address.
    pub(super) fn forget_address(&mut self, address: usize) {
        self.addresses.remove(&address);
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
        for slot in self.characters.as_deref_mut().into_iter().flatten() {
            if later(*slot) {
                *slot = UNWRITTEN;
            }
        }
        self.names.retain(|slot| !later(slot));
        self.globals.retain(|slot| !later(slot));
        if let Some(more) = &mut self.more {
            more.names.retain(|slot| !later(slot));
            more.private_names = more
                .private_names
                .map(|slot| slot.filter(|slot| !later(*slot)));
            more.globals.retain(|slot| !later(slot));
            more.one_byte.retain(|_, slot| !later(*slot));
            more.singletons.retain(|_, slot| !later(*slot));
        }
        self.addresses.clear();
        self.classes = Classes::default();
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

/// The module and the qualified name of a class or function.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Names<'a> {
    pub(super) module: Cow<'a, str>,
    pub(super) qualname: Cow<'a, str>,
}

impl Names<'static> {
    pub(super) fn owned(module: &str, qualname: &str) -> Self {
        Self {
            module: module.to_owned().into(),
            qualname: qualname.to_owned().into(),
        }
    }
}

impl From<Global> for Names<'static> {
    fn from(global: Global) -> Self {
        Self {
            module: global.module.into(),
            qualname: global.qualname.into(),
        }
    }
}

/// Lets [`Names`] that are owned be found by names that are borrowed.
trait Named {
    fn names(&self) -> (&str, &str);
}

impl Named for (&str, &str) {
    fn names(&self) -> (&str, &str) {
        *self
    }
}

impl Named for Names<'static> {
    fn names(&self) -> (&str, &str) {
        (&self.module, &self.qualname)
    }
}

impl<'a> Borrow<dyn Named + 'a> for Names<'static> {
    fn borrow(&self) -> &(dyn Named + 'a) {
        self
    }
}

impl PartialEq for dyn Named + '_ {
    fn eq(&self, other: &Self) -> bool {
        self.names() == other.names()
    }
}

impl Eq for dyn Named + '_ {}

impl Hash for dyn Named + '_ {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.names().hash(state);
    }
}

/// As its borrowed form, or it would not be found by that.
impl Hash for Names<'static> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.names().hash(state);
    }
}

/// The first entries of a map to slots. Most pickles have a handful of names: these are compared
/// rather than hashed, and need no memory of their own.
struct Few<K, const N: usize> {
    entries: [Option<(K, Slot)>; N],
    len: usize,
}

impl<K: Copy, const N: usize> Default for Few<K, N> {
    fn default() -> Self {
        Self {
            entries: [None; N],
            len: 0,
        }
    }
}

impl<K: Copy, const N: usize> Few<K, N> {
    #[inline]
    fn find(&self, is_wanted: impl Fn(K) -> bool) -> Option<Slot> {
        // Not by the length: a loop with one way out is what the compiler makes least of.
        for entry in &self.entries {
            let (key, slot) = (*entry)?;
            if is_wanted(key) {
                return Some(slot);
            }
        }
        None
    }

    /// Adds a key, a new one, if there is room for it.
    #[inline]
    fn push(&mut self, key: K, slot: Slot) -> bool {
        match self.entries.get_mut(self.len) {
            Some(entry) => *entry = Some((key, slot)),
            None => return false,
        }
        self.len += 1;
        true
    }

    fn retain(&mut self, keep: impl Fn(Slot) -> bool) {
        for (key, slot) in std::mem::take(self).entries.into_iter().flatten() {
            if keep(slot) {
                self.push(key, slot);
            }
        }
    }
}

/// How many entries a [`Table`] looks through one by one.
const FEW: usize = 16;

/// A map to slots, of which the first are compared rather than hashed as well.
struct Table<K> {
    few: Vec<(K, Slot)>,
    /// Everything, once there are more than [`FEW`].
    many: HashMap<K, Slot>,
}

impl<K> Default for Table<K> {
    fn default() -> Self {
        Self {
            few: Vec::new(),
            many: HashMap::new(),
        }
    }
}

impl<K: Eq + Hash> Table<K> {
    fn get<Q>(&self, key: &Q) -> Option<Slot>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        match self.many.is_empty() {
            true => {
                let entry = self.few.iter().find(|(other, _)| other.borrow() == key)?;
                Some(entry.1)
            }
            false => self.many.get(key).copied(),
        }
    }

    /// The key must be a new one.
    fn insert(&mut self, key: K, slot: Slot) {
        if self.many.is_empty() && self.few.len() < FEW {
            self.few.push((key, slot));
            return;
        }
        self.many.extend(self.few.drain(..));
        self.many.insert(key, slot);
    }

    fn retain(&mut self, keep: impl Fn(Slot) -> bool) {
        self.few.retain(|(_, slot)| keep(*slot));
        self.many.retain(|_, slot| keep(*slot));
    }
}

/// Hashes addresses.
pub(super) type Addresses = BuildHasherDefault<AddressHasher>;

/// Spreads addresses, which differ in their middle bits and which no input chooses.
#[derive(Default)]
pub(super) struct AddressHasher(u64);

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
        memo.set_name("before".into(), before);
        let after = slot(memo.count()).unwrap();
        memo.set_name("after".into(), after);
        memo.set_single(Single::EmptyStr, after);
        memo.set_global(Global::new("m", "C").into(), after);
        memo.roll_back(1);
        assert_eq!(memo.len(), 1);
        assert_eq!(memo.name("before"), Some(0));
        assert_eq!(memo.name("after"), None);
        assert_eq!(memo.single(Single::EmptyStr), None);
        assert_eq!(memo.global("m", "C"), None);
    }

    #[test]
    fn more_than_a_few_names() {
        const NAMES: [&str; 10] = ["a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9"];
        let mut memo = Memo::default();
        memo.set_name("owned".to_owned().into(), 10);
        for (name, slot) in NAMES.into_iter().zip(0..) {
            memo.set_name(name.into(), slot);
        }
        assert_eq!(memo.name("owned"), Some(10));
        for (name, slot) in NAMES.into_iter().zip(0..) {
            assert_eq!(memo.name(name), Some(slot));
        }
        memo.roll_back(3);
        assert_eq!(memo.name("a2"), Some(2));
        assert_eq!(memo.name("a3"), None);
        assert_eq!(memo.name("a9"), None);
        assert_eq!(memo.name("owned"), None);
        memo.set_name("a9".into(), 3);
        assert_eq!(memo.name("a9"), Some(3));
    }

    #[test]
    fn a_table_grows() {
        let mut table = Table::default();
        for slot in 0..100 {
            table.insert(Cow::Owned(format!("name{slot}")), slot);
        }
        assert_eq!(table.get("name3"), Some(3));
        assert_eq!(table.get("name99"), Some(99));
        table.retain(|slot| slot < 50);
        assert_eq!(table.get("name3"), Some(3));
        assert_eq!(table.get("name99"), None);
    }

    #[test]
    fn slots_that_no_get_can_name() {
        assert_eq!(slot(0xFFFF_FFFE).unwrap(), 0xFFFF_FFFE);
        assert!(slot(0xFFFF_FFFF).is_err());
        assert!(slot(1 << 32).is_err());
    }
}
