//! Reading containers: items one by one, dicts pair by pair.

use crate::error::{Error, ErrorKind, Result, Segment, quoted_start};
use crate::read::Unpickle;
use crate::read::arena::node::Node;
use crate::read::decode::cursor::{Cursor, shorten};
use crate::read::decode::decoder::Decoder;
use crate::read::document::kind::Kind;

/// What an owned item costs at most of the allowance for shared data: an item of the pickle takes
/// a byte at least, so that data without sharing never reaches the limit.
pub(in crate::read) const ITEM_COST: usize = 64;

/// What a container costs beside its items: its allocation, and what that is rounded up to. One
/// with items takes three bytes of the pickle at least.
pub(in crate::read) const CONTAINER_COST: usize = 32;

/// What an item costs of which only the target knows what it takes.
const CURSOR_COST: usize = 8;

/// The items of a list, tuple, set or frozenset, one by one.
pub struct Items<'a, 'de> {
    decoder: &'a mut Decoder<'de>,
    position: usize,
    end: usize,
    start: usize,
}

impl<'a, 'de> Items<'a, 'de> {
    #[inline]
    pub(in crate::read) fn new(
        decoder: &'a mut Decoder<'de>,
        node: Node,
        start: usize,
        len: usize,
    ) -> Result<Self> {
        if len > 0 {
            decoder.charge(CONTAINER_COST)?;
        }
        decoder.enter(node)?;
        Ok(Self {
            decoder,
            position: start,
            end: start + len,
            start,
        })
    }

    /// How many items are left.
    #[inline]
    pub fn len(&self) -> usize {
        self.end - self.position
    }

    /// Whether no item is left.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads the next item; `None` after the last one.
    ///
    /// # Errors
    ///
    /// Those of reading the item, with its index in the path.
    // Not an `Iterator`: the type of the item is chosen call by call.
    #[allow(
        clippy::should_implement_trait,
        reason = "an iterator has one type of item"
    )]
    #[inline]
    pub fn next<T: Unpickle<'de>>(&mut self) -> Result<Option<T>> {
        if self.position == self.end {
            return Ok(None);
        }
        self.decoder.charge(size_of::<T>().min(ITEM_COST))?;
        let node = self.decoder.arena.child(self.position);
        self.position += 1;
        match T::unpickle(Cursor::new(self.decoder, node)) {
            Ok(item) => Ok(Some(item)),
            Err(error) => Err(self.located(error)),
        }
    }

    #[cold]
    fn located(&self, error: Error) -> Error {
        error.in_index(self.position - 1 - self.start)
    }

    /// Reads the next item by a function; `None` after the last one.
    ///
    /// # Errors
    ///
    /// As [`next`](Self::next).
    pub fn next_with<T>(
        &mut self,
        read: impl FnOnce(Cursor<'_, 'de>) -> Result<T>,
    ) -> Result<Option<T>> {
        match self.next_cursor()? {
            None => Ok(None),
            Some(cursor) => match read(cursor) {
                Ok(item) => Ok(Some(item)),
                Err(error) => Err(self.located(error)),
            },
        }
    }

    /// Returns a cursor to the next item; `None` after the last one.
    ///
    /// # Errors
    ///
    /// When the limits' expansion is used up.
    pub fn next_cursor(&mut self) -> Result<Option<Cursor<'_, 'de>>> {
        if self.position == self.end {
            return Ok(None);
        }
        self.decoder.charge(CURSOR_COST)?;
        let node = self.decoder.arena.child(self.position);
        self.position += 1;
        Ok(Some(Cursor::new(self.decoder, node)))
    }
}

impl Drop for Items<'_, '_> {
    #[inline]
    fn drop(&mut self) {
        self.decoder.leave();
    }
}

/// The keys and values of a dict, in its order.
pub struct Pairs<'a, 'de> {
    decoder: &'a mut Decoder<'de>,
    position: usize,
    end: usize,
}

impl<'a, 'de> Pairs<'a, 'de> {
    #[inline]
    pub(in crate::read) fn new(
        decoder: &'a mut Decoder<'de>,
        node: Node,
        start: usize,
        len: usize,
    ) -> Result<Self> {
        if len > 0 {
            decoder.charge(CONTAINER_COST)?;
        }
        decoder.enter(node)?;
        Ok(Self {
            decoder,
            position: start,
            end: start + len,
        })
    }

    /// How many pairs are left, repeated keys included.
    #[inline]
    pub fn len(&self) -> usize {
        (self.end - self.position) / 2
    }

    /// Whether no pair is left.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads the next key and value; `None` after the last ones.
    ///
    /// # Errors
    ///
    /// Those of reading them, with the key in the path.
    #[allow(
        clippy::should_implement_trait,
        reason = "an iterator has one type of item"
    )]
    #[inline]
    pub fn next<K: Unpickle<'de>, V: Unpickle<'de>>(&mut self) -> Result<Option<(K, V)>> {
        if self.position == self.end {
            return Ok(None);
        }
        self.decoder
            .charge((size_of::<K>() + size_of::<V>()).min(2 * ITEM_COST))?;
        let key = self.decoder.arena.child(self.position);
        let value = self.decoder.arena.child(self.position + 1);
        self.position += 2;
        let read_key = K::unpickle(Cursor::new(self.decoder, key));
        let read_key = read_key.map_err(|error| in_key(self.decoder, key, error))?;
        let read_value = V::unpickle(Cursor::new(self.decoder, value));
        let read_value = read_value.map_err(|error| in_key(self.decoder, key, error))?;
        Ok(Some((read_key, read_value)))
    }

    /// Returns a cursor to the next key; [`value`](Self::value) then reads its value.
    ///
    /// # Errors
    ///
    /// When the limits' expansion is used up.
    pub fn next_key(&mut self) -> Result<Option<Cursor<'_, 'de>>> {
        if self.position == self.end {
            return Ok(None);
        }
        self.decoder.charge(2 * CURSOR_COST)?;
        let key = self.decoder.arena.child(self.position);
        self.position += 2;
        Ok(Some(Cursor::new(self.decoder, key)))
    }

    /// Goes to the next key and returns its index among these names; `usize::MAX` for one that is
    /// not among them. `None` after the last one. [`value`](Self::value) then reads its value.
    ///
    /// # Errors
    ///
    /// When the limits' expansion is used up.
    // Not an `Iterator`: the value is read between two calls.
    pub fn next_name(&mut self, names: &[&str]) -> Result<Option<usize>> {
        let Some(key) = self.next_key()? else {
            return Ok(None);
        };
        if key.kind() != Kind::Str {
            return Ok(Some(usize::MAX));
        }
        let key = key.str()?;
        let index = names.iter().position(|name| *name == key);
        Ok(Some(index.unwrap_or(usize::MAX)))
    }

    /// The key that [`next_key`](Self::next_key) or [`next_name`](Self::next_name) gave last, as
    /// text.
    ///
    /// # Errors
    ///
    /// When it is no str; when there was no key.
    pub fn name(&mut self) -> Result<String> {
        let Some(position) = self.position.checked_sub(2) else {
            return Err(Error::custom("a key was asked for before the first one"));
        };
        let key = self.decoder.arena.child(position);
        Cursor::new(self.decoder, key).str().map(String::from)
    }

    /// The error of a key that is not among the names.
    #[cold]
    pub fn unknown(&mut self) -> Error {
        match self.position.checked_sub(2) {
            Some(position) => {
                let key = self.decoder.arena.child(position);
                let error = Error::new(ErrorKind::Mismatch, "unexpected key in the dict");
                in_key(self.decoder, key, error.raised_as("KeyError"))
            }
            None => Error::custom("a key was asked for before the first one"),
        }
    }

    /// Reads the value of the key that [`next_key`](Self::next_key) gave last.
    ///
    /// # Errors
    ///
    /// Those of reading the value, with the key in the path; when there was no key.
    pub fn value<V: Unpickle<'de>>(&mut self) -> Result<V> {
        self.value_with(V::unpickle)
    }

    /// As [`value`](Self::value), read by a function.
    ///
    /// # Errors
    ///
    /// As [`value`](Self::value).
    pub fn value_with<V>(&mut self, read: impl FnOnce(Cursor<'_, 'de>) -> Result<V>) -> Result<V> {
        let Some(position) = self.position.checked_sub(1) else {
            return Err(Error::custom("a value was asked for before its key"));
        };
        let value = self.decoder.arena.child(position);
        let key = self.decoder.arena.child(position - 1);
        read(Cursor::new(self.decoder, value)).map_err(|error| in_key(self.decoder, key, error))
    }
}

impl Drop for Pairs<'_, '_> {
    #[inline]
    fn drop(&mut self) {
        self.decoder.leave();
    }
}

/// Adds the key to an error's path, as Python's `repr` shows it.
#[cold]
fn in_key(decoder: &mut Decoder<'_>, key: Node, error: Error) -> Error {
    let mut cursor = Cursor::new(decoder, key);
    let shown = match cursor.kind() {
        Kind::Str => cursor.str().map(|text| quoted_start(&text)).ok(),
        Kind::Int => cursor.int().map(|int| shorten(&int)).ok(),
        Kind::None => Some("None".to_owned()),
        Kind::Bool => cursor
            .reborrow()
            .bool()
            .ok()
            .map(|b| if b { "True" } else { "False" }.to_owned()),
        _ => None,
    };
    error.inside(Segment::Key(
        shown.unwrap_or_else(|| format!("<{}>", decoder.type_name(key))),
    ))
}
