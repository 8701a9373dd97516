//! Where the machine builds: containers as headers, their children side by side.

pub(in crate::read) mod globals;
pub(in crate::read) mod node;
#[cfg(test)]
mod widths;

use crate::read::arena::node::{Node, Place, Word, widen};

/// What a container is, and how its children lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Its items.
    List,
    /// Its items.
    Tuple,
    /// Keys and values in turn, in the order in which they were stored, repeated keys included.
    Dict,
    /// Its elements, repeated ones included.
    Set,
    /// Its elements, repeated ones included.
    FrozenSet,
    /// A class or function: its index among the globals, no node; for `STACK_GLOBAL` also the
    /// nodes of the module and the name.
    Global,
    /// What `NEWOBJ` made: class, tuple of arguments; then the log.
    NewObj,
    /// What `NEWOBJ_EX` made: class, tuple of arguments, dict of keyword arguments; then the log.
    NewObjEx,
    /// What `REDUCE` made: callable, tuple of arguments; then the log.
    Reduce,
    /// What `INST` or `OBJ` made: class, tuple of arguments; then the log.
    Inst,
    /// What a persistent id stands for: the id; then the log.
    Persistent,
    /// An out-of-band buffer: its number, no node.
    Buffer,
    /// A read-only view of its only child.
    ReadOnly,
    /// What was appended to an instance.
    Items,
    /// Keys and values stored in an instance.
    Pairs,
    /// What was added to an instance.
    Additions,
}

impl Shape {
    /// How many children come before the log, for what has one.
    ///
    /// The log says what the pickle did to an instance, in order: pairs of an [`Entry`] and a node.
    pub(crate) const fn log_start(self) -> Option<usize> {
        match self {
            Self::Persistent => Some(1),
            Self::NewObj | Self::Reduce | Self::Inst => Some(2),
            Self::NewObjEx => Some(3),
            _ => None,
        }
    }
}

/// What an entry of an instance's log says about the node beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// `BUILD` gave it this state.
    State = 0,
    /// These [`Shape::Items`] were appended.
    Items = 1,
    /// These [`Shape::Pairs`] were stored.
    Pairs = 2,
    /// These [`Shape::Additions`] were added.
    Additions = 3,
    /// This call of a state setter was made, with the instance and its state as arguments.
    Setter = 4,
    /// A call of a built-in type made this value: the copy that Python makes.
    Value = 5,
}

impl Entry {
    fn from_index(index: usize) -> Self {
        match index {
            0 => Self::State,
            1 => Self::Items,
            2 => Self::Pairs,
            3 => Self::Additions,
            4 => Self::Setter,
            _ => Self::Value,
        }
    }
}

/// What calling a built-in type or function means, so that its result reads as what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Nothing that the machine knows.
    Call,
    /// `set(…)`; the log has the value.
    Set,
    /// `frozenset(…)`; the log has the value.
    FrozenSet,
    /// `list(…)`; the log has the value.
    List,
    /// `tuple(…)`; the log has the value.
    Tuple,
    /// `dict(…)`; the log has the value.
    Dict,
    /// `_codecs.encode(text, "latin1")` and `bytes()`.
    Bytes,
    /// `bytearray(…)`.
    ByteArray,
    /// `copyreg._reconstructor(cls, base, value)`: an instance of `cls`.
    Instance,
    /// `getattr(global, name)`; the log has the global that it gives.
    Attribute,
    /// `getattr(cls, "__new__")`; the log has the global that it gives.
    New,
    /// `functools.partial(…)`, by which protocols 2 and 3 pass keyword arguments to a `__new__`.
    Partial,
}

/// A container: what it is, and where its children are.
#[derive(Clone, Copy)]
struct Header<W> {
    start: W,
    len: W,
    cap: W,
    shape: Shape,
    meaning: Meaning,
    flags: Flags,
}

/// What else there is to say of a container. Together in a byte, which keeps a header of narrow
/// words at 16 bytes.
#[derive(Clone, Copy)]
struct Flags(u8);

impl Flags {
    const UNHASHABLE: u8 = 1;
    /// The memo was asked for it, so that several places may hold it.
    const SHARED: u8 = 2;
    /// The children are those of another container too: copy before overwriting one.
    const BORROWED: u8 = 4;

    fn has(self, flag: u8) -> bool {
        self.0 & flag != 0
    }

    fn set(&mut self, flag: u8, on: bool) {
        self.0 = if on { self.0 | flag } else { self.0 & !flag };
    }
}

/// A container seen from outside.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Container {
    pub(crate) shape: Shape,
    pub(crate) meaning: Meaning,
    pub(crate) unhashable: bool,
    /// Whether several places may hold it.
    pub(crate) shared: bool,
    /// The position of the first child.
    pub(crate) start: usize,
    pub(crate) len: usize,
}

impl Container {
    /// Whether an instance can be given items in this way, as far as is known. What picklers never
    /// do, such as adding to the bytes of a `bytearray(…)`, may be possible as well.
    pub(crate) fn takes(self, entry: Entry) -> bool {
        self.shape.log_start().is_some()
            && match self.meaning {
                Meaning::Call | Meaning::Instance | Meaning::Attribute | Meaning::New => true,
                Meaning::List | Meaning::ByteArray => entry != Entry::Additions,
                Meaning::Dict => entry == Entry::Pairs,
                Meaning::Set => entry == Entry::Additions,
                Meaning::FrozenSet | Meaning::Tuple | Meaning::Bytes | Meaning::Partial => false,
            }
    }
}

/// All containers of a pickle. Indexes are never reused; nothing is freed before the end.
#[derive(Clone)]
pub(crate) struct Arena<W> {
    headers: Vec<Header<W>>,
    children: Vec<W>,
    /// One bit for each byte of input: whether the memo was asked for the scalar that stands there.
    fetched: Vec<u64>,
    /// Where the bits start: the pickle may stand far behind others.
    origin: usize,
}

impl<W> Default for Arena<W> {
    fn default() -> Self {
        Self {
            headers: Vec::new(),
            children: Vec::new(),
            fetched: Vec::new(),
            origin: 0,
        }
    }
}

impl<W: Word> Arena<W> {
    /// Makes a container of these children, with room for `spare` more.
    #[inline]
    pub(crate) fn make(&mut self, shape: Shape, children: &[W], spare: usize) -> W {
        let start = self.children.len();
        self.children.extend_from_slice(children);
        if spare > 0 {
            self.children
                .resize(start + children.len() + spare, W::EMPTY);
        }
        self.push(shape, start, children.len(), children.len() + spare)
    }

    /// Makes a container with the children that another has now, without copying them.
    pub(crate) fn make_copy(&mut self, shape: Shape, of: usize) -> W {
        let header = self.headers[of];
        self.headers[of].flags.set(Flags::BORROWED, true);
        let copy = self.push(
            shape,
            header.start.index(),
            header.len.index(),
            header.len.index(),
        );
        if let Some(last) = self.headers.last_mut() {
            last.flags.set(Flags::BORROWED, true);
        }
        copy
    }

    #[inline]
    fn push(&mut self, shape: Shape, start: usize, len: usize, cap: usize) -> W {
        let index = self.headers.len();
        self.headers.push(Header {
            start: W::from_index(start),
            len: W::from_index(len),
            cap: W::from_index(cap),
            shape,
            meaning: Meaning::Call,
            flags: Flags(match shape {
                Shape::List | Shape::Dict | Shape::Set => Flags::UNHASHABLE,
                _ => 0,
            }),
        });
        W::from_place(Place::Container(index))
    }

    /// Makes a container of the children at these positions. It is never changed, so that it can
    /// lie where they do.
    fn part(&mut self, shape: Shape, parts: &[(usize, usize)]) -> W {
        if let [(start, end)] = *parts {
            return self.push(shape, start, end - start, end - start);
        }
        let first = self.children.len();
        for &(start, end) in parts {
            self.children.extend_from_within(start..end);
        }
        let len = self.children.len() - first;
        self.push(shape, first, len, len)
    }

    /// Adds children at the end of a container.
    #[inline]
    pub(crate) fn extend(&mut self, index: usize, new: &[W]) {
        let header = &mut self.headers[index];
        let (start, len, cap) = (header.start.index(), header.len.index(), header.cap.index());
        let total = len + new.len();
        header.len = W::from_index(total);
        if total <= cap {
            self.children[start + len..start + total].copy_from_slice(new);
        } else if len == 0 || start + cap == self.children.len() {
            // The last container of all grows where it is; an empty one begins at the end.
            let start = if len == 0 { self.children.len() } else { start };
            header.start = W::from_index(start);
            header.cap = W::from_index(total);
            self.children.truncate(start + len);
            self.children.extend_from_slice(new);
        } else {
            let moved = self.children.len();
            let room = total.max(2 * cap);
            header.start = W::from_index(moved);
            header.cap = W::from_index(room);
            header.flags.set(Flags::BORROWED, false);
            self.children.reserve(room);
            self.children.extend_from_within(start..start + len);
            self.children.extend_from_slice(new);
            self.children.resize(moved + room, W::EMPTY);
        }
    }

    /// Replaces a child.
    pub(crate) fn replace(&mut self, index: usize, child: usize, new: W) {
        let header = &mut self.headers[index];
        let (start, len) = (header.start.index(), header.len.index());
        if header.flags.has(Flags::BORROWED) {
            header.start = W::from_index(self.children.len());
            header.cap = header.len;
            header.flags.set(Flags::BORROWED, false);
            self.children.extend_from_within(start..start + len);
        }
        let at = self.headers[index].start.index() + child;
        self.children[at] = new;
    }

    /// Adds to an instance's log.
    pub(crate) fn log(&mut self, index: usize, entry: Entry, node: W) {
        self.extend(index, &[W::from_index(entry as usize), node]);
    }

    /// The node of the log's last entry, if it is one of these.
    pub(crate) fn last_log(&self, index: usize, entry: Entry) -> Option<W> {
        let container = self.get(index);
        let logged = container.len - container.shape.log_start()?;
        if logged < 2 {
            return None;
        }
        let end = container.start + container.len;
        let last = Entry::from_index(self.children[end - 2].index());
        (last == entry).then(|| self.children[end - 1])
    }

    pub(crate) fn set_meaning(&mut self, index: usize, meaning: Meaning) {
        let header = &mut self.headers[index];
        header.meaning = meaning;
        let unhashable = matches!(
            meaning,
            Meaning::Set | Meaning::List | Meaning::Dict | Meaning::ByteArray
        );
        header.flags.set(Flags::UNHASHABLE, unhashable);
    }

    /// Notes that several places may hold an object.
    #[inline]
    pub(crate) fn set_shared(&mut self, word: W) {
        match word.place() {
            Place::Container(index) => self.headers[index].flags.set(Flags::SHARED, true),
            Place::Scalar(offset) => {
                let offset = offset - self.origin;
                let word = offset / 64;
                if word >= self.fetched.len() {
                    self.fetched.resize(word + 1, 0);
                }
                self.fetched[word] |= 1 << (offset % 64);
            }
        }
    }

    #[inline]
    fn is_fetched(&self, offset: usize) -> bool {
        let offset = offset.wrapping_sub(self.origin);
        self.fetched
            .get(offset / 64)
            .is_some_and(|word| word & 1 << (offset % 64) != 0)
    }

    pub(crate) fn set_unhashable(&mut self, index: usize) {
        self.headers[index].flags.set(Flags::UNHASHABLE, true);
    }

    #[inline]
    pub(crate) fn get(&self, index: usize) -> Container {
        let header = &self.headers[index];
        Container {
            shape: header.shape,
            meaning: header.meaning,
            unhashable: header.flags.has(Flags::UNHASHABLE),
            shared: header.flags.has(Flags::SHARED),
            start: header.start.index(),
            len: header.len.index(),
        }
    }

    #[inline]
    pub(crate) fn children(&self, index: usize) -> &[W] {
        let header = &self.headers[index];
        let start = header.start.index();
        // What only refers to something outside has a number in the place of a position.
        self.children
            .get(start..start + header.len.index())
            .unwrap_or_default()
    }

    /// How many bytes the tables take.
    pub(crate) fn memory(&self) -> usize {
        self.headers.capacity() * size_of::<Header<W>>()
            + self.children.capacity() * size_of::<W>()
            + self.fetched.capacity() * size_of::<u64>()
    }

    pub(crate) fn len(&self) -> usize {
        self.headers.len()
    }

    /// Makes room for what an input of this length may need. Memory that is not used costs nothing
    /// but addresses, and growing by doubling would move what there is.
    pub(crate) fn reserve(&mut self, input: usize) {
        self.headers.reserve(input / 16);
        self.children.reserve(input / 4);
    }

    /// Empties the arena for a pickle that starts here.
    pub(crate) fn clear(&mut self, origin: usize) {
        self.headers.clear();
        self.children.clear();
        self.fetched.clear();
        self.origin = origin;
    }

    /// Gives back room that was made and is not used.
    pub(crate) fn shrink(&mut self) {
        // Small tables are not worth a visit to the allocator.
        const SPARE: usize = 64 << 10;
        if self.headers.capacity() - self.headers.len() > SPARE {
            self.headers.shrink_to_fit();
        }
        if self.children.capacity() - self.children.len() > SPARE {
            self.children.shrink_to_fit();
        }
    }
}

impl Arena<u32> {
    pub(crate) fn widen(self) -> Arena<u64> {
        let headers = self.headers.into_iter().map(|header| Header {
            start: header.start.into(),
            len: header.len.into(),
            cap: header.cap.into(),
            shape: header.shape,
            meaning: header.meaning,
            flags: header.flags,
        });
        Arena {
            headers: headers.collect(),
            // Numbers are no longer than half a word, so that they widen like nodes.
            children: self.children.into_iter().map(widen).collect(),
            fetched: self.fetched,
            origin: self.origin,
        }
    }
}

/// The arena of a finished pickle, whichever width its words have.
#[derive(Clone)]
pub(crate) enum AnyArena {
    Narrow(Arena<u32>),
    Wide(Arena<u64>),
}

impl AnyArena {
    #[inline]
    pub(crate) fn get(&self, index: usize) -> Container {
        match self {
            Self::Narrow(arena) => arena.get(index),
            Self::Wide(arena) => arena.get(index),
        }
    }

    /// Gives back room that was made and is not used.
    pub(crate) fn shrink(&mut self) {
        match self {
            Self::Narrow(arena) => arena.shrink(),
            Self::Wide(arena) => arena.shrink(),
        }
    }

    /// Whether several places may hold a node.
    #[inline]
    pub(crate) fn is_shared(&self, node: Node) -> bool {
        match (node.place(), self) {
            (Place::Container(index), _) => self.get(index).shared,
            (Place::Scalar(offset), Self::Narrow(arena)) => arena.is_fetched(offset),
            (Place::Scalar(offset), Self::Wide(arena)) => arena.is_fetched(offset),
        }
    }

    /// Makes a container of the children at these positions.
    pub(crate) fn part(&mut self, shape: Shape, parts: &[(usize, usize)]) -> Node {
        match self {
            Self::Narrow(arena) => arena.part(shape, parts).place().into(),
            Self::Wide(arena) => arena.part(shape, parts).place().into(),
        }
    }

    /// The child at a position; positions are counted over the whole arena, as
    /// [`Container::start`] is.
    #[inline]
    pub(crate) fn child(&self, position: usize) -> Node {
        match self {
            Self::Narrow(arena) => arena.children[position].place().into(),
            Self::Wide(arena) => arena.children[position].place().into(),
        }
    }

    /// The number at a position, where no node is.
    #[inline]
    pub(crate) fn number(&self, position: usize) -> usize {
        match self {
            Self::Narrow(arena) => arena.children[position].index(),
            Self::Wide(arena) => arena.children[position].index(),
        }
    }

    /// The entry of a log at a position, and its node.
    #[inline]
    pub(crate) fn log_entry(&self, position: usize) -> (Entry, Node) {
        (
            Entry::from_index(self.number(position)),
            self.child(position + 1),
        )
    }

    /// The log of an instance, oldest entry first.
    pub(crate) fn log(&self, container: Container) -> impl Iterator<Item = (Entry, Node)> + '_ {
        let start = container
            .shape
            .log_start()
            .unwrap_or(container.len)
            .min(container.len);
        (container.start + start..container.start + container.len)
            .step_by(2)
            .map(|position| self.log_entry(position))
    }

    /// An address for a container, while the arena is not changed.
    pub(crate) fn address(&self, index: usize) -> usize {
        match self {
            Self::Narrow(arena) => arena.headers.as_ptr().wrapping_add(index).addr(),
            Self::Wide(arena) => arena.headers.as_ptr().wrapping_add(index).addr(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Narrow(arena) => arena.len(),
            Self::Wide(arena) => arena.len(),
        }
    }
}

#[cfg(test)]
impl AnyArena {
    /// Whether two arenas are the same, container by container and child by child.
    pub(crate) fn same(&self, other: &Self) -> bool {
        let shown = |arena: &Self, index| {
            let container = arena.get(index);
            let children: Vec<_> = (0..container.len)
                .map(|nth| arena.child(container.start + nth))
                .collect();
            (format!("{container:?}"), children)
        };
        self.len() == other.len()
            && (0..self.len()).all(|index| shown(self, index) == shown(other, index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(word: u32) -> usize {
        match word.place() {
            Place::Container(index) => index,
            Place::Scalar(offset) => panic!("{offset} is a scalar"),
        }
    }

    #[test]
    fn a_narrow_header_takes_16_bytes() {
        assert_eq!(size_of::<Header<u32>>(), 16);
    }

    #[test]
    fn containers_grow_past_one_another() {
        let mut arena = Arena::<u32>::default();
        let a = container(arena.make(Shape::List, &[], 0));
        let b = container(arena.make(Shape::List, &[], 0));
        for n in 0..100 {
            arena.extend(a, &[n]);
            arena.extend(b, &[n + 1000, n + 2000]);
        }
        assert_eq!(arena.children(a), (0..100).collect::<Vec<_>>());
        assert_eq!(arena.children(b).len(), 200);
        assert_eq!(arena.children(b)[199], 2099);
        // Doubling keeps the waste bounded.
        assert!(arena.children.len() < 1200, "{}", arena.children.len());
    }

    #[test]
    fn a_copy_does_not_see_what_comes_later() {
        let mut arena = Arena::<u32>::default();
        let list = container(arena.make(Shape::List, &[1, 2], 0));
        let copy = container(arena.make_copy(Shape::Set, list));
        arena.extend(list, &[3]);
        arena.replace(list, 0, 9);
        arena.extend(copy, &[7]);
        assert_eq!(arena.children(list), [9, 2, 3]);
        assert_eq!(arena.children(copy), [1, 2, 7]);
    }

    #[test]
    fn the_log_stands_behind_what_made_the_instance() {
        let mut arena = Arena::<u32>::default();
        let object = container(arena.make(Shape::NewObj, &[5, 6], 2));
        assert_eq!(arena.last_log(object, Entry::State), None);
        arena.log(object, Entry::State, 7);
        arena.log(object, Entry::Items, 8);
        assert_eq!(arena.last_log(object, Entry::Items), Some(8));
        let arena = AnyArena::Narrow(arena);
        let log: Vec<_> = arena.log(arena.get(object)).collect();
        assert_eq!(
            log,
            [
                (Entry::State, Place::Scalar(7).into()),
                (Entry::Items, Place::Scalar(8).into())
            ]
        );
    }
}
