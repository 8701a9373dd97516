//! What repeats with each instance of a class, encoded once.

use std::collections::HashMap;

use super::memo::Addresses;
use super::output::append;
use super::reference::Reference;
use crate::opcode::Opcode;
use crate::registry::Class;

/// The shortcuts of the memo: opcodes that are the same for each further instance of a class, and for
/// each further dict of a struct that is one.
///
/// `Class`es and lists of names are static, so that an address stands for each of them. One may have
/// several addresses, as the compiler likes it; the memo proper knows its names by their text.
pub(super) struct Classes {
    /// The first one that was asked for. Nothing repeats before it is asked for again, or another:
    /// a small pickle allocates nothing here.
    first: Key,
    entries: Vec<Entry>,
    /// For each entry in turn, references to its names.
    names: Vec<Reference>,
    /// Where each key stands in `entries`, once there are more than [`FEW`].
    places: HashMap<Key, Place, Addresses>,
    /// What was asked for last, as the next one often is.
    last: Entry,
}

/// How many entries are looked through one by one.
const FEW: usize = 8;

/// Where something stands among the entries, or names stand among the names; beyond them if nothing is
/// kept of it.
pub(super) type Place = usize;
const NOWHERE: Place = usize::MAX;

/// What is known by its address: a class, or a list of names.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    address: usize,
    /// How many names it has.
    names: usize,
}

impl Key {
    const NONE: Self = Self {
        address: 0,
        names: 0,
    };
}

impl From<&'static Class> for Key {
    #[inline]
    fn from(class: &'static Class) -> Self {
        Self {
            address: std::ptr::from_ref(class).addr(),
            names: class.attributes().len(),
        }
    }
}

/// What is known of a class.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    key: Key,
    pub(super) place: Place,
    /// The class itself.
    pub(super) class: Reference,
    /// The beginning of an instance.
    pub(super) instance: Instance,
    /// Where the references to its names start.
    pub(super) names: Place,
}

impl Entry {
    const NONE: Self = Self::new(Key::NONE, NOWHERE, NOWHERE);

    const fn new(key: Key, place: Place, names: Place) -> Self {
        Self {
            key,
            place,
            class: Reference::NONE,
            instance: Instance(0),
            names,
        }
    }
}

impl Default for Classes {
    fn default() -> Self {
        Self {
            first: Key::NONE,
            entries: Vec::new(),
            names: Vec::new(),
            places: HashMap::default(),
            last: Entry::NONE,
        }
    }
}

/// What stands before the attributes of an instance, from protocol 4 on: the class, the making, the
/// dict and its MARK. As in a [`Reference`], the number of the bytes stands in the highest one.
#[derive(Clone, Copy)]
pub(super) struct Instance(u128);

impl Instance {
    /// No instance takes more bytes than this.
    pub(super) const LONGEST: usize = Reference::LONGEST + Self::MAKING.len();
    /// How many objects are memoized among them.
    pub(super) const OBJECTS: u64 = 2;

    const MAKING: [u8; 6] = [
        Opcode::EmptyTuple.byte(),
        Opcode::Newobj.byte(),
        Opcode::Memoize.byte(),
        Opcode::EmptyDict.byte(),
        Opcode::Memoize.byte(),
        Opcode::Mark.byte(),
    ];

    fn of(class: Reference) -> Self {
        let mut bytes = Vec::with_capacity(16);
        class.write(&mut bytes);
        bytes.extend_from_slice(&Self::MAKING);
        let length = bytes.len() as u128;
        bytes.resize(16, 0);
        let mut array = [0; 16];
        array.copy_from_slice(&bytes);
        Self(u128::from_le_bytes(array) | length << 120)
    }

    #[inline]
    pub(super) fn is_known(self) -> bool {
        self.0 != 0
    }

    #[inline]
    pub(super) fn write(self, bytes: &mut Vec<u8>) {
        append(bytes, self.0.to_le_bytes(), (self.0 >> 120) as usize);
    }
}

impl Classes {
    /// Returns what is known of a class, if anything is.
    #[inline]
    pub(super) fn find(&mut self, class: &'static Class) -> Option<&Entry> {
        self.find_key(class.into())
    }

    /// Returns what is known of a class, and sees to it that more will be.
    pub(super) fn enter(&mut self, class: &'static Class) -> Entry {
        self.enter_key(class.into())
    }

    /// Returns where the names of a list are known, if they are, and sees to it that they will be.
    #[inline]
    pub(super) fn enter_list(&mut self, list: &'static [&'static str]) -> Place {
        let key = Key {
            address: list.as_ptr().addr(),
            names: list.len(),
        };
        match self.last.key == key {
            true => self.last.names,
            false => self.enter_key(key).names,
        }
    }

    #[inline]
    fn find_key(&mut self, key: Key) -> Option<&Entry> {
        if self.last.key == key || self.finds_other(key) {
            return Some(&self.last);
        }
        None
    }

    #[inline(never)]
    fn finds_other(&mut self, key: Key) -> bool {
        let found = match self.places.is_empty() {
            true => self.entries.iter().find(|entry| entry.key == key).copied(),
            false => self.places.get(&key).map(|place| self.entries[*place]),
        };
        match found {
            Some(entry) => self.last = entry,
            None => return false,
        }
        true
    }

    fn enter_key(&mut self, key: Key) -> Entry {
        match self.find_key(key).copied() {
            Some(entry) => entry,
            None if self.first == Key::NONE => {
                self.first = key;
                Entry::NONE
            }
            None => self.insert(key),
        }
    }

    fn insert(&mut self, key: Key) -> Entry {
        let place = self.entries.len();
        let entry = Entry::new(key, place, self.names.len());
        self.names.resize(entry.names + key.names, Reference::NONE);
        self.entries.push(entry);
        if !self.places.is_empty() {
            self.places.insert(key, place);
        } else if place == FEW {
            self.places = self
                .entries
                .iter()
                .map(|entry| entry.key)
                .zip(0..)
                .collect();
        }
        entry
    }

    pub(super) fn set_class(&mut self, place: Place, class: Reference) {
        if let Some(entry) = self.entries.get_mut(place) {
            entry.class = class;
            entry.instance = Instance::of(class);
            if self.last.place == place {
                self.last = *entry;
            }
        }
    }

    /// The reference to the name that stands at `index` in a list; the list must have as many.
    #[inline]
    pub(super) fn name(&self, names: Place, index: usize) -> Reference {
        let reference = self.names.get(names.saturating_add(index));
        reference.copied().unwrap_or_default()
    }

    pub(super) fn set_name(&mut self, names: Place, index: usize, name: Reference) {
        if let Some(reference) = self.names.get_mut(names.saturating_add(index)) {
            *reference = name;
        }
    }
}
