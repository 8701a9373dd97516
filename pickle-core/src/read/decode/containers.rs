//! Reading containers: items one by one, dicts pair by pair.

use crate::error::{Error, ErrorKind, Result, Segment, quoted_start};
use crate::read::arena::node::Node;
use crate::read::argument::scalar::Scalar;
use crate::read::argument::text::str_of;
use crate::read::decode::cursor::Cursor;
use crate::read::decode::decoder::{Decoder, Planned};
use crate::read::decode::scalar::{CHECKED_PER_CHARGE, shorten};
use crate::read::decode::stream::{Run, Stream};
use crate::read::document::kind::Kind;
use crate::read::{Number, Unpickle};

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
    stream: Option<ItemsInStream>,
}

/// Where the items are if they have not been read.
struct ItemsInStream {
    run: Run,
    /// Where they start.
    start: usize,
    /// Whether they are elements of a set.
    keys: bool,
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
            stream: None,
        })
    }

    /// The items of a container that the stream has gone into.
    #[inline]
    pub(in crate::read) fn in_stream(decoder: &'a mut Decoder<'de>, run: Run) -> Result<Self> {
        decoder.charge(CONTAINER_COST)?;
        let start = decoder.stream_ref().map_or(0, Stream::position);
        Ok(Self {
            decoder,
            position: 0,
            end: 0,
            start: 0,
            stream: Some(ItemsInStream {
                run,
                start,
                keys: false,
            }),
        })
    }

    /// The same, of elements that have to be hashable.
    pub(in crate::read) fn of_keys(mut self) -> Self {
        if let Some(stream) = &mut self.stream {
            stream.keys = true;
        }
        self
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

    /// Goes to the next item, which costs so much; `None` after the last one.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn next_node(&mut self, cost: usize) -> Result<Option<Node>> {
        let node = match (&mut self.stream, self.decoder.stream()) {
            (Some(items), Some(stream)) => match stream.more(&mut items.run)? {
                true => stream.here(),
                false => return Ok(None),
            },
            _ if self.position == self.end => return Ok(None),
            _ => self.decoder.arena.child(self.position),
        };
        self.decoder.charge(cost)?;
        self.position += 1;
        Ok(Some(node))
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
        let Some(node) = self.next_node(size_of::<T>().min(ITEM_COST))? else {
            return Ok(None);
        };
        match Cursor::new(self.decoder, node).read() {
            Ok(item) => Ok(Some(item)),
            Err(error) => Err(self.located(error)),
        }
    }

    /// Reads the numbers that come next, as far as they can be read at once: many in a list of
    /// numbers, none elsewhere.
    #[inline]
    pub(crate) fn next_numbers<T>(
        &mut self,
        vec: &mut Vec<T>,
        from_number: fn(Number) -> Option<T>,
    ) -> Result<()> {
        if let (Some(items), Some(stream)) = (&mut self.stream, self.decoder.stream()) {
            let count = stream.numbers(&mut items.run, vec, from_number);
            self.position += count;
            self.decoder.charge(count * size_of::<T>().min(ITEM_COST))?;
        }
        Ok(())
    }

    /// For how many more items to make room in a vector that is full.
    #[cold]
    pub(crate) fn room<T>(&self, vec: &[T]) -> usize {
        match (&self.stream, self.decoder.stream_ref()) {
            (Some(items), Some(stream)) => stream.room(items.run, items.start, vec.len()),
            // The count is real, but what an item takes is the target's affair.
            _ if vec.is_empty() => self.len().min((1 << 20) / size_of::<T>().max(1)),
            _ => vec.len().min(self.len()),
        }
    }

    /// Gives back the room that was made for items that did not come.
    #[inline]
    pub(crate) fn give_back<T>(&self, vec: &mut Vec<T>) {
        if vec.capacity() >= 1000 && vec.capacity() - vec.len() > vec.len() / 8 {
            vec.shrink_to_fit();
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
        self.decoder.no_stream()?;
        let node = self.next_node(CURSOR_COST)?;
        Ok(node.map(|node| Cursor::new(self.decoder, node)))
    }

    /// Ends the items, of which none may be left.
    ///
    /// # Errors
    ///
    /// When there is one.
    #[inline]
    pub fn end(mut self) -> Result<()> {
        match self.next_node(0)? {
            None => Ok(()),
            Some(_) => {
                self.decoder.no_stream()?;
                let more = self.len() + 1;
                Err(Error::custom(format_args!(
                    "{more} more items than expected"
                )))
            }
        }
    }
}

impl Drop for Items<'_, '_> {
    #[inline]
    fn drop(&mut self) {
        match (&self.stream, self.decoder.stream()) {
            (Some(items), Some(stream)) => {
                if items.keys {
                    stream.key_ends();
                }
                stream.leave(items.run);
            }
            _ => self.decoder.leave(),
        }
    }
}

/// The keys and values of a dict, in its order.
pub struct Pairs<'a, 'de> {
    decoder: &'a mut Decoder<'de>,
    position: usize,
    end: usize,
    /// The pairs, if they have not been read.
    run: Option<Run>,
    /// How many keys came before.
    count: usize,
    /// The key that was met last, and its value unless that is still to come.
    key: Option<Node>,
    value: Option<Node>,
    /// The plan of the names that are asked for, if the pairs have not been read.
    plan: Option<usize>,
    /// Where the pairs start in the stream.
    start: usize,
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
            run: None,
            count: 0,
            key: None,
            value: None,
            plan: None,
            start: 0,
        })
    }

    /// The pairs of a dict that the stream has gone into.
    #[inline]
    pub(in crate::read) fn in_stream(decoder: &'a mut Decoder<'de>, run: Run) -> Result<Self> {
        decoder.charge(CONTAINER_COST)?;
        let start = decoder.stream_ref().map_or(0, Stream::position);
        Ok(Self {
            decoder,
            position: 0,
            end: 0,
            run: Some(run),
            count: 0,
            key: None,
            value: None,
            plan: None,
            start,
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

    /// For how many more pairs to make room in a table that is full with so many.
    #[cold]
    pub(crate) fn room(&self, len: usize) -> usize {
        match (self.run, self.decoder.stream_ref()) {
            (Some(run), Some(stream)) => stream.room(run, self.start, len),
            _ => len.min(self.len()),
        }
    }

    /// Goes to the next key, of a pair that costs so much; `None` after the last one.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn next_key_node(&mut self, cost: usize) -> Result<Option<Node>> {
        let key = match (&mut self.run, self.decoder.stream()) {
            (Some(run), Some(stream)) => {
                // A value that nobody has read.
                match (self.key, self.value) {
                    (Some(_), None) => stream.skip(stream.here())?,
                    (Some(_), Some(value)) if stream.is_unread(value) => stream.skip(value)?,
                    _ => {}
                }
                self.value = None;
                match stream.more(run)? {
                    true => stream.here(),
                    false => return Ok(None),
                }
            }
            _ if self.position == self.end => return Ok(None),
            _ => {
                self.value = Some(self.decoder.arena.child(self.position + 1));
                self.position += 2;
                self.decoder.arena.child(self.position - 2)
            }
        };
        self.decoder.charge(cost)?;
        self.key = Some(key);
        self.count += 1;
        Ok(Some(key))
    }

    /// The value of the key that was met last. In a stream it comes behind the key.
    #[inline]
    fn value_node(&mut self) -> Result<Node> {
        match (self.value, self.decoder.stream()) {
            (Some(value), _) => Ok(value),
            (None, Some(stream)) if self.key.is_some() => {
                let value = stream.here();
                self.value = Some(value);
                Ok(value)
            }
            _ => Err(Error::custom("a value was asked for before its key")),
        }
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
        let cost = (size_of::<K>() + size_of::<V>()).min(2 * ITEM_COST);
        let Some(key) = self.next_key_node(cost)? else {
            return Ok(None);
        };
        let read_key = self.read_key(key)?;
        let value = self.value_node()?;
        let read_value = Cursor::new(self.decoder, value).read();
        let read_value = read_value.map_err(|error| in_key(self.decoder, key, error))?;
        Ok(Some((read_key, read_value)))
    }

    /// Reads a key. Apart from [`next`](Self::next), for what that keeps on the stack counts for
    /// every level of values in values.
    fn read_key<K: Unpickle<'de>>(&mut self, key: Node) -> Result<K> {
        if let Some(stream) = self.decoder.stream() {
            stream.key_begins();
        }
        let read = Cursor::new(self.decoder, key).read();
        if let Some(stream) = self.decoder.stream() {
            stream.key_ends();
        }
        read.map_err(|error| in_key(self.decoder, key, error))
    }

    /// Returns a cursor to the next key; [`value`](Self::value) then reads its value.
    ///
    /// # Errors
    ///
    /// When the limits' expansion is used up.
    pub fn next_key(&mut self) -> Result<Option<Cursor<'_, 'de>>> {
        self.decoder.no_stream()?;
        let key = self.next_key_node(2 * CURSOR_COST)?;
        Ok(key.map(|key| Cursor::new(self.decoder, key)))
    }

    /// Goes to the next key and returns its index among these names; `usize::MAX` for one that is
    /// not among them. `None` after the last one. [`value`](Self::value) then reads its value.
    ///
    /// # Errors
    ///
    /// When the limits' expansion is used up.
    // Not an `Iterator`: the value is read between two calls.
    #[inline]
    pub fn next_name(&mut self, names: &[&str]) -> Result<Option<usize>> {
        match self.next_expected(names) {
            Some(index) => Ok(Some(index)),
            None => self.next_other(names),
        }
    }

    /// Goes to the next key of a dict that has not been read, if that is the one that the last dict
    /// of these names had here.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn next_expected(&mut self, names: &[&str]) -> Option<usize> {
        let Some(Run::Batch(_, nth)) = &mut self.run else {
            return None;
        };
        let rest = self.decoder.allowance_after(2 * CURSOR_COST)?;
        if self.plan.is_none() {
            self.plan = self.decoder.dict_plan(names);
        }
        let (plans, stream) = self.decoder.dicts_and_stream();
        let expected = plans.get(self.plan?)?.names.get(*nth as usize)?;
        let before = self.value.unwrap_or(Node::NONE);
        let value = stream?.take_name(before, expected.get)?;
        *nth += 1;
        self.count += 1;
        self.key = Some(expected.node);
        self.value = Some(value);
        let index = expected.index;
        self.decoder.set_allowance(rest);
        Some(index)
    }

    #[inline(never)]
    fn next_other(&mut self, names: &[&str]) -> Result<Option<usize>> {
        let nth = self.count;
        let Some(key) = self.next_key_node(2 * CURSOR_COST)? else {
            return Ok(None);
        };
        // Keys mostly come in the order of the names.
        let index = |key: &[u8]| match names.get(nth) {
            Some(name) if name.as_bytes() == key => Some(nth),
            _ => names.iter().position(|name| name.as_bytes() == key),
        };
        if let Some(stream) = self.decoder.stream() {
            let get = stream.get_here();
            let (node, key) = stream.name(key)?;
            self.key = Some(node);
            self.value = Some(stream.here());
            self.decoder.charge(key.len() / CHECKED_PER_CHARGE)?;
            let index = index(key);
            if index.is_none() && str_of(key).is_err() {
                self.decoder.no_stream()?;
            }
            if let (Some(index), Some(Run::Batch(_, count))) = (index, self.run)
                && get.is_some()
                && key.len() < CHECKED_PER_CHARGE
            {
                let planned = Planned { node, index, get };
                self.decoder
                    .dict_planned(names, count as usize - 1, planned);
            }
            return Ok(Some(index.unwrap_or(usize::MAX)));
        }
        let key = Cursor::new(self.decoder, key);
        if key.kind() != Kind::Str {
            return Ok(Some(usize::MAX));
        }
        Ok(Some(index(key.str()?.as_bytes()).unwrap_or(usize::MAX)))
    }

    /// The key that [`next_key`](Self::next_key) or [`next_name`](Self::next_name) gave last, as
    /// text.
    ///
    /// # Errors
    ///
    /// When it is no str; when there was no key.
    pub fn name(&mut self) -> Result<String> {
        let Some(key) = self.key else {
            return Err(Error::custom("a key was asked for before the first one"));
        };
        if self.run.is_some() {
            // The key has been read, and checked.
            return match self.decoder.scalar(key)? {
                Some(Scalar::Str(text)) => {
                    self.decoder.charge(text.len() / CHECKED_PER_CHARGE)?;
                    Ok(String::from_utf8_lossy(&text).into_owned())
                }
                _ => Err(Error::custom("the key is no str")),
            };
        }
        Cursor::new(self.decoder, key).str().map(String::from)
    }

    /// The error of a key that is not among the names.
    #[cold]
    pub fn unknown(&mut self) -> Error {
        match self.key {
            Some(key) => {
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
        self.value_by(|cursor| cursor.read())
    }

    /// As [`value`](Self::value), read by a function.
    ///
    /// # Errors
    ///
    /// As [`value`](Self::value).
    pub fn value_with<V>(&mut self, read: impl FnOnce(Cursor<'_, 'de>) -> Result<V>) -> Result<V> {
        self.decoder.no_stream()?;
        self.value_by(read)
    }

    #[inline]
    fn value_by<V>(&mut self, read: impl FnOnce(Cursor<'_, 'de>) -> Result<V>) -> Result<V> {
        let value = self.value_node()?;
        read(Cursor::new(self.decoder, value)).map_err(|error| match self.key {
            Some(key) => in_key(self.decoder, key, error),
            None => error,
        })
    }
}

impl Drop for Pairs<'_, '_> {
    #[inline]
    fn drop(&mut self) {
        match (self.run, self.decoder.stream()) {
            (Some(run), Some(stream)) => stream.leave(run),
            _ => self.decoder.leave(),
        }
    }
}

/// Adds the key to an error's path, as Python's `repr` shows it.
#[cold]
fn in_key(decoder: &mut Decoder<'_>, key: Node, error: Error) -> Error {
    // Nobody sees the errors of a stream.
    if decoder.stream().is_some() {
        return error;
    }
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
