//! The pickle machine: instructions to containers in the arena.
//!
//! It looks nothing up and calls nothing. Source: `load` and the `load_*` functions of CPython
//! 3.13's `Modules/_pickle.c`, whose checks, and their order, these methods share.

use std::borrow::Cow;

use super::arena::{Arena, Entry, Meaning, Shape};
use super::globals::{Builtin, GlobalName, GlobalRef};
use super::literal;
use super::memo::Memo;
use super::node::{Place, Word};
use super::options::Options;
use super::scalar::{Scalar, data1, data4, data8, line, scalar};
use super::text::check_utf8;
use crate::error::{Error, ErrorKind, Result};
use crate::opcode::Opcode;

/// What the machine works on; kept from one pickle to the next, for the memory or for the memo.
pub(crate) struct Workspace<W> {
    pub(super) arena: Arena<W>,
    pub(super) memo: Memo<W>,
    stack: Vec<W>,
    marks: Vec<W>,
}

impl<W: Word> Default for Workspace<W> {
    fn default() -> Self {
        Self {
            arena: Arena::default(),
            memo: Memo::default(),
            stack: Vec::new(),
            marks: Vec::new(),
        }
    }
}

impl<W: Word> Workspace<W> {
    /// How many bytes the tables take.
    pub(crate) fn memory(&self) -> usize {
        self.arena.memory()
            + self.memo.memory()
            + (self.stack.capacity() + self.marks.capacity()) * size_of::<W>()
    }

    /// Forgets everything, the memo included, and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.arena.clear();
        self.memo.clear();
    }
}

/// Carries out one pickle.
pub(crate) struct Machine<'m, 'de, W> {
    input: &'de [u8],
    position: usize,
    /// Where the instruction under way starts.
    offset: usize,
    protocol: u8,
    /// What of the stack lies below the topmost mark.
    fence: usize,
    workspace: &'m mut Workspace<W>,
    globals: &'m mut Vec<GlobalRef<'de>>,
    options: &'m Options<'de>,
    /// How many out-of-band buffers were asked for.
    buffers: usize,
    memory_limit: usize,
    /// Above this many containers and children the memory is looked at again.
    checked: usize,
}

impl<'m, 'de, W: Word> Machine<'m, 'de, W> {
    pub(crate) fn new(
        input: &'de [u8],
        position: usize,
        workspace: &'m mut Workspace<W>,
        globals: &'m mut Vec<GlobalRef<'de>>,
        options: &'m Options<'de>,
    ) -> Self {
        workspace.stack.clear();
        workspace.marks.clear();
        let memory_limit = options.limits.memory(input.len() as u64);
        Self {
            input,
            position,
            offset: position,
            protocol: 0,
            fence: 0,
            workspace,
            globals,
            options,
            buffers: 0,
            memory_limit: usize::try_from(memory_limit).unwrap_or(usize::MAX),
            checked: 0,
        }
    }

    /// Runs to STOP and returns the result, and the position behind the STOP.
    pub(crate) fn run(mut self) -> Result<(W, usize)> {
        match self.instructions() {
            Ok(result) => Ok((result, self.position)),
            Err(error) => Err(error.at(self.offset as u64)),
        }
    }

    fn instructions(&mut self) -> Result<W> {
        loop {
            self.offset = self.position;
            let Some(&byte) = self.input.get(self.position) else {
                return Err(Error::new(ErrorKind::EndOfInput, "Ran out of input"));
            };
            self.position += 1;
            let Some(opcode) = Opcode::from_byte(byte) else {
                return Err(unknown_opcode(byte));
            };
            match opcode {
                Opcode::Stop => return self.pop(),
                Opcode::None | Opcode::Newtrue | Opcode::Newfalse | Opcode::EmptyTuple => {
                    self.push_scalar(0)?;
                }
                Opcode::Binint1 => self.push_scalar(1)?,
                Opcode::Binint2 => self.push_scalar(2)?,
                Opcode::Binint => self.push_scalar(4)?,
                Opcode::Binfloat => self.push_scalar(8)?,
                Opcode::ShortBinunicode => {
                    let text = self.data(1, data1)?;
                    check_utf8(text)?;
                    self.push_here();
                }
                Opcode::Binunicode => {
                    let text = self.data(4, data4)?;
                    check_utf8(text)?;
                    self.push_here();
                }
                Opcode::Binunicode8 => {
                    self.check_length("BINUNICODE")?;
                    let text = self.data(8, data8)?;
                    check_utf8(text)?;
                    self.push_here();
                }
                Opcode::ShortBinbytes | Opcode::ShortBinstring | Opcode::Long1 => {
                    self.data(1, data1)?;
                    self.push_here();
                }
                Opcode::Binbytes | Opcode::Binstring => {
                    self.data(4, data4)?;
                    self.push_here();
                }
                Opcode::Binbytes8 => {
                    self.check_length("BINBYTES")?;
                    self.data(8, data8)?;
                    self.push_here();
                }
                Opcode::Bytearray8 => {
                    self.check_length("BYTEARRAY8")?;
                    self.data(8, data8)?;
                    self.push_here();
                }
                Opcode::Long4 => self.long4()?,
                Opcode::Int => {
                    literal::int(self.line()?, self.options.limits.digits())?;
                    self.push_here();
                }
                Opcode::Long => {
                    literal::long(self.line()?, self.options.limits.digits())?;
                    self.push_here();
                }
                Opcode::Float => {
                    literal::float(self.line()?)?;
                    self.push_here();
                }
                Opcode::String => {
                    literal::string(self.any_line()?)?;
                    self.push_here();
                }
                Opcode::Unicode => {
                    literal::unicode(self.any_line()?)?;
                    self.push_here();
                }

                Opcode::Memoize => {
                    let top = self.top()?;
                    self.workspace.memo.memoize(top);
                    self.check_memory()?;
                }
                Opcode::Binput => {
                    let slot = self.unsigned(1)?;
                    self.put(slot)?;
                }
                Opcode::LongBinput => {
                    let slot = self.unsigned(4)?;
                    self.put(slot)?;
                }
                Opcode::Put => self.put_text()?,
                Opcode::Binget => {
                    let slot = self.unsigned(1)?;
                    self.get(slot)?;
                }
                Opcode::LongBinget => {
                    let slot = self.unsigned(4)?;
                    self.get(slot)?;
                }
                Opcode::Get => {
                    let slot = literal::index(self.line()?, self.options.limits.digits())?;
                    match u64::try_from(slot) {
                        Ok(slot) => self.get(slot)?,
                        Err(_) => return Err(missing_memo(slot)),
                    }
                }

                Opcode::Mark => {
                    self.fence = self.workspace.stack.len();
                    self.workspace.marks.push(W::from_index(self.fence));
                }
                Opcode::EmptyList => self.push_new(Shape::List),
                Opcode::EmptyDict => self.push_new(Shape::Dict),
                Opcode::EmptySet => self.push_new(Shape::Set),
                Opcode::Tuple => {
                    let start = self.pop_mark()?;
                    self.collect_tuple(start);
                }
                Opcode::Tuple1 => self.short_tuple(1)?,
                Opcode::Tuple2 => self.short_tuple(2)?,
                Opcode::Tuple3 => self.short_tuple(3)?,
                Opcode::List => {
                    let start = self.pop_mark()?;
                    self.collect(Shape::List, start);
                }
                Opcode::Dict => self.dict()?,
                Opcode::Frozenset => {
                    let start = self.pop_mark()?;
                    self.check_hashable(start, 1)?;
                    self.collect(Shape::FrozenSet, start);
                }
                Opcode::Append => {
                    let start = self.workspace.stack.len().wrapping_sub(1);
                    self.append(start)?;
                }
                Opcode::Appends => {
                    let start = self.pop_mark()?;
                    self.append(start)?;
                }
                Opcode::Setitem => {
                    let start = self.workspace.stack.len().wrapping_sub(2);
                    self.set_items(start)?;
                }
                Opcode::Setitems => {
                    let start = self.pop_mark()?;
                    self.set_items(start)?;
                }
                Opcode::Additems => {
                    let start = self.pop_mark()?;
                    self.add_items(start)?;
                }

                Opcode::Pop => self.drop_top()?,
                Opcode::PopMark => {
                    let start = self.pop_mark()?;
                    self.workspace.stack.truncate(start);
                }
                Opcode::Dup => {
                    let top = self.top()?;
                    self.push(top);
                }

                Opcode::Global => {
                    let (module, name) = self.two_lines()?;
                    self.push_global(module, name)?;
                }
                Opcode::StackGlobal => self.stack_global()?,
                Opcode::Ext1 | Opcode::Ext2 | Opcode::Ext4 => self.extension(opcode)?,
                Opcode::Newobj => self.new_object()?,
                Opcode::NewobjEx => self.new_object_ex()?,
                Opcode::Reduce => self.reduce()?,
                Opcode::Build => self.build()?,
                Opcode::Inst => self.inst()?,
                Opcode::Obj => self.obj()?,

                Opcode::Proto => {
                    let protocol = self.unsigned(1)?;
                    if protocol > 5 {
                        let message = format!("unsupported pickle protocol: {protocol}");
                        return Err(Error::new(ErrorKind::Protocol, message));
                    }
                    self.protocol = protocol as u8;
                }
                Opcode::Frame => self.frame()?,
                Opcode::Persid => self.persistent_text()?,
                Opcode::Binpersid => {
                    let id = self.pop()?;
                    self.check_persistent()?;
                    let object = self.workspace.arena.make(Shape::Persistent, &[id], 0);
                    self.push(object);
                }
                Opcode::NextBuffer => self.next_buffer()?,
                Opcode::ReadonlyBuffer => self.read_only()?,
            }
        }
    }

    // The input.

    /// Moves past a number of bytes.
    #[inline]
    fn take(&mut self, count: usize) -> Result<&'de [u8]> {
        let rest = &self.input[self.position..];
        let Some(bytes) = rest.get(..count) else {
            return Err(truncated());
        };
        self.position += count;
        Ok(bytes)
    }

    /// Moves past data behind a length of so many bytes.
    #[inline]
    fn data(
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
    fn unsigned(&mut self, count: usize) -> Result<u64> {
        let mut bytes = [0; 8];
        bytes[..count].copy_from_slice(self.take(count)?);
        Ok(u64::from_le_bytes(bytes))
    }

    /// The signed number in the next four bytes.
    fn signed(&mut self) -> Result<i64> {
        Ok(i64::from(self.unsigned(4)? as u32 as i32))
    }

    /// Refuses lengths that no address space holds, as CPython words it.
    fn check_length(&self, what: &str) -> Result<()> {
        let length = self.input[self.position..].first_chunk();
        match length.map(|bytes| u64::from_le_bytes(*bytes)) {
            Some(length) if i64::try_from(length).is_err() => {
                let message = format!("{what} exceeds system's maximum size of {} bytes", i64::MAX);
                Err(Error::new(ErrorKind::Literal, message).raised_as("OverflowError"))
            }
            _ => Ok(()),
        }
    }

    /// The next line without its line feed.
    fn any_line(&mut self) -> Result<&'de [u8]> {
        let rest = &self.input[self.position..];
        let line = line(rest);
        if line.len() == rest.len() {
            return Err(truncated());
        }
        self.position += line.len() + 1;
        Ok(line)
    }

    /// The next line, which may not be empty.
    fn line(&mut self) -> Result<&'de [u8]> {
        match self.any_line()? {
            [] => Err(truncated()),
            line => Ok(line),
        }
    }

    fn two_lines(&mut self) -> Result<(Cow<'de, str>, Cow<'de, str>)> {
        let module = utf8(self.line()?)?;
        let name = utf8(self.line()?)?;
        Ok((Cow::Borrowed(module), Cow::Borrowed(name)))
    }

    /// Frames have no meaning of their own; CPython checks that their bytes are there.
    fn frame(&mut self) -> Result<()> {
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

    // The stack.

    #[inline]
    fn push(&mut self, word: W) {
        self.workspace.stack.push(word);
    }

    /// Pushes the scalar of the instruction under way, whose argument has so many bytes.
    #[inline]
    fn push_scalar(&mut self, argument: usize) -> Result<()> {
        if self.input.len() - self.position < argument {
            return Err(truncated());
        }
        self.position += argument;
        self.push_here();
        Ok(())
    }

    /// Pushes the scalar of the instruction under way.
    #[inline]
    fn push_here(&mut self) {
        self.workspace
            .stack
            .push(W::from_place(Place::Scalar(self.offset)));
    }

    #[inline]
    fn push_new(&mut self, shape: Shape) {
        let container = self.workspace.arena.make(shape, &[], 0);
        self.push(container);
    }

    #[cold]
    fn underflow(&self) -> Error {
        if self.workspace.marks.is_empty() {
            Error::new(ErrorKind::Stack, "unpickling stack underflow")
        } else {
            Error::new(ErrorKind::Mark, "unexpected MARK found")
        }
    }

    #[inline]
    fn pop(&mut self) -> Result<W> {
        if self.workspace.stack.len() <= self.fence {
            return Err(self.underflow());
        }
        self.workspace.stack.pop().ok_or_else(|| self.underflow())
    }

    #[inline]
    fn top(&self) -> Result<W> {
        if self.workspace.stack.len() <= self.fence {
            return Err(self.underflow());
        }
        self.workspace
            .stack
            .last()
            .copied()
            .ok_or_else(|| self.underflow())
    }

    /// Takes the topmost mark away; what lies above its position is the slice.
    #[inline]
    fn pop_mark(&mut self) -> Result<usize> {
        let Some(mark) = self.workspace.marks.pop() else {
            return Err(Error::new(ErrorKind::Mark, "could not find MARK"));
        };
        self.fence = self.workspace.marks.last().map_or(0, |mark| mark.index());
        Ok(mark.index())
    }

    /// The object below a slice: what opcodes such as APPENDS work on.
    #[inline]
    fn below(&self, start: usize) -> Result<W> {
        let stack = &self.workspace.stack;
        if start > stack.len() || start <= self.fence {
            return Err(self.underflow());
        }
        stack
            .get(start - 1)
            .copied()
            .ok_or_else(|| self.underflow())
    }

    /// Replaces the slice by a container of it.
    fn collect(&mut self, shape: Shape, start: usize) {
        let Workspace { arena, stack, .. } = &mut *self.workspace;
        let container = arena.make(shape, &stack[start..], 0);
        stack.truncate(start);
        stack.push(container);
    }

    fn collect_tuple(&mut self, start: usize) {
        let unhashable = self.workspace.stack[start..]
            .iter()
            .any(|&word| self.is_unhashable(word));
        self.collect(Shape::Tuple, start);
        if unhashable && let Some(Place::Container(index)) = self.top_place() {
            self.workspace.arena.set_unhashable(index);
        }
    }

    fn top_place(&self) -> Option<Place> {
        self.workspace.stack.last().map(|word| word.place())
    }

    fn short_tuple(&mut self, len: usize) -> Result<()> {
        let start = self.workspace.stack.len().wrapping_sub(len);
        if start < self.fence || start > self.workspace.stack.len() {
            return Err(self.underflow());
        }
        self.collect_tuple(start);
        Ok(())
    }

    /// POP drops a mark if that is on top.
    fn drop_top(&mut self) -> Result<()> {
        let top_mark = self.workspace.marks.last().map(|mark| mark.index());
        if top_mark == Some(self.workspace.stack.len()) {
            self.pop_mark()?;
            return Ok(());
        }
        let dropped = self.pop()?;
        self.keep_setter(dropped);
        Ok(())
    }

    /// A state setter is called with an instance and its state, and the result is dropped. The
    /// instance remembers the call, which would be lost otherwise.
    fn keep_setter(&mut self, dropped: W) {
        let arena = &mut self.workspace.arena;
        let Place::Container(call) = dropped.place() else {
            return;
        };
        if arena.get(call).shape != Shape::Reduce {
            return;
        }
        let [_, args, ..] = arena.children(call) else {
            return;
        };
        let Place::Container(args) = args.place() else {
            return;
        };
        let [object, _] = arena.children(args) else {
            return;
        };
        let Place::Container(object) = object.place() else {
            return;
        };
        if arena.get(object).shape.log_start().is_some() {
            arena.log(object, Entry::Setter, dropped);
        }
    }

    // The memo.

    #[inline]
    fn put(&mut self, slot: u64) -> Result<()> {
        let top = self.top()?;
        self.workspace.memo.put(slot, top, self.position);
        self.check_memory()
    }

    fn put_text(&mut self) -> Result<()> {
        let line = self.line()?;
        self.top()?;
        let slot = literal::index(line, self.options.limits.digits())?;
        match u64::try_from(slot) {
            Ok(slot) => self.put(slot),
            Err(_) => {
                Err(Error::new(ErrorKind::Memo, "negative PUT argument").raised_as("ValueError"))
            }
        }
    }

    #[inline]
    fn get(&mut self, slot: u64) -> Result<()> {
        match self.workspace.memo.get(slot) {
            Some(word) => {
                self.push(word);
                Ok(())
            }
            None => Err(missing_memo(slot)),
        }
    }

    /// What the tables take is in proportion to the instructions read, so a look at the allocated
    /// memory now and then is enough.
    #[inline]
    fn check_memory(&mut self) -> Result<()> {
        if self.position - self.checked < 4096 {
            return Ok(());
        }
        self.checked = self.position;
        if self.workspace.memory() <= self.memory_limit {
            return Ok(());
        }
        let message = format!(
            "the pickle needs more than the {} bytes of memory that the limits allow",
            self.memory_limit
        );
        Err(Error::new(ErrorKind::Limit, message).raised_as("MemoryError"))
    }

    // Containers.

    fn append(&mut self, start: usize) -> Result<()> {
        let target = self.below(start)?;
        if start == self.workspace.stack.len() {
            return Ok(());
        }
        let Place::Container(index) = target.place() else {
            return Err(self.no_attribute(target, "append"));
        };
        let Workspace { arena, stack, .. } = &mut *self.workspace;
        let container = arena.get(index);
        match container.shape {
            Shape::List => arena.extend(index, &stack[start..]),
            shape if shape.log_start().is_some() => {
                self.extend_log(index, Entry::Items, Shape::Items, start);
            }
            _ => return Err(self.no_attribute(target, "append")),
        }
        self.workspace.stack.truncate(start);
        self.check_memory()
    }

    /// Adds the slice to what the log says an instance was given.
    fn extend_log(&mut self, index: usize, entry: Entry, shape: Shape, start: usize) {
        let Workspace { arena, stack, .. } = &mut *self.workspace;
        match arena.last_log(index, entry).map(|word| word.place()) {
            Some(Place::Container(items)) => arena.extend(items, &stack[start..]),
            _ => {
                let items = arena.make(shape, &stack[start..], 0);
                arena.log(index, entry, items);
            }
        }
        // The result of a call such as `set(…)` has its value at the start of the log.
        let meaning = arena.get(index).meaning;
        let fits = match entry {
            Entry::Items => meaning == Meaning::List,
            Entry::Pairs => meaning == Meaning::Dict,
            _ => meaning == Meaning::Set,
        };
        if fits
            && let [_, _, _, value, ..] = arena.children(index)
            && let Place::Container(value) = value.place()
        {
            arena.extend(value, &stack[start..]);
        }
    }

    fn dict(&mut self) -> Result<()> {
        let start = self.pop_mark()?;
        if (self.workspace.stack.len() - start) % 2 != 0 {
            return Err(Error::new(ErrorKind::Stack, "odd number of items for DICT"));
        }
        self.check_hashable(start, 2)?;
        self.collect(Shape::Dict, start);
        Ok(())
    }

    fn set_items(&mut self, start: usize) -> Result<()> {
        let target = self.below(start)?;
        let count = self.workspace.stack.len() - start;
        if count == 0 {
            return Ok(());
        }
        if count % 2 != 0 {
            return Err(Error::new(
                ErrorKind::Stack,
                "odd number of items for SETITEMS",
            ));
        }
        let Place::Container(index) = target.place() else {
            return Err(self.no_item_assignment(target));
        };
        let container = self.workspace.arena.get(index);
        match container.shape {
            Shape::Dict => {
                self.check_hashable(start, 2)?;
                let Workspace { arena, stack, .. } = &mut *self.workspace;
                arena.extend(index, &stack[start..]);
            }
            Shape::List => self.assign_items(index, start)?,
            shape if shape.log_start().is_some() => {
                self.extend_log(index, Entry::Pairs, Shape::Pairs, start);
            }
            _ => return Err(self.no_item_assignment(target)),
        }
        self.workspace.stack.truncate(start);
        self.check_memory()
    }

    /// `list[index] = value`, which no pickler writes.
    fn assign_items(&mut self, list: usize, start: usize) -> Result<()> {
        for pair in (start..self.workspace.stack.len()).step_by(2) {
            let (key, value) = (self.workspace.stack[pair], self.workspace.stack[pair + 1]);
            let at = match key.place() {
                Place::Scalar(offset) => match scalar(self.input, offset)? {
                    Scalar::Int(at) => Some(at),
                    Scalar::Bool(at) => Some(at.into()),
                    _ => None,
                },
                Place::Container(_) => None,
            };
            let Some(at) = at else {
                let message = format!(
                    "list indices must be integers or slices, not {}",
                    self.type_name(key)
                );
                return Err(Error::new(ErrorKind::Operand, message));
            };
            let len = self.workspace.arena.get(list).len;
            let at = if at < 0 { at + len as i64 } else { at };
            match usize::try_from(at) {
                Ok(at) if at < len => self.workspace.arena.replace(list, at, value),
                _ => {
                    let message = "list assignment index out of range";
                    return Err(Error::new(ErrorKind::Operand, message).raised_as("IndexError"));
                }
            }
        }
        Ok(())
    }

    fn add_items(&mut self, start: usize) -> Result<()> {
        let target = self.below(start)?;
        if start == self.workspace.stack.len() {
            return Ok(());
        }
        let Place::Container(index) = target.place() else {
            return Err(self.no_attribute(target, "add"));
        };
        match self.workspace.arena.get(index).shape {
            Shape::Set => {
                self.check_hashable(start, 1)?;
                let Workspace { arena, stack, .. } = &mut *self.workspace;
                arena.extend(index, &stack[start..]);
            }
            shape if shape.log_start().is_some() => {
                self.extend_log(index, Entry::Additions, Shape::Additions, start);
            }
            _ => return Err(self.no_attribute(target, "add")),
        }
        self.workspace.stack.truncate(start);
        self.check_memory()
    }

    // What may be a key.

    fn is_unhashable(&self, word: W) -> bool {
        match word.place() {
            Place::Scalar(offset) => self.input[offset] == Opcode::Bytearray8.byte(),
            Place::Container(index) => self.workspace.arena.get(index).unhashable,
        }
    }

    /// Checks every `step`th object of the slice.
    #[inline]
    fn check_hashable(&self, start: usize, step: usize) -> Result<()> {
        match self.workspace.stack[start..]
            .iter()
            .step_by(step)
            .find(|w| self.is_unhashable(**w))
        {
            None => Ok(()),
            Some(&word) => Err(self.unhashable(word)),
        }
    }

    /// A tuple is as unhashable as the first unhashable object in it.
    #[cold]
    fn unhashable(&self, mut word: W) -> Error {
        while let Place::Container(index) = word.place()
            && self.workspace.arena.get(index).shape == Shape::Tuple
            && let children = self.workspace.arena.children(index)
            && let Some(&inner) = children.iter().find(|&&child| self.is_unhashable(child))
        {
            word = inner;
        }
        let message = format!("unhashable type: '{}'", self.type_name(word));
        Error::new(ErrorKind::Unhashable, message)
    }

    // Globals and instances.

    fn push_global(&mut self, module: Cow<'de, str>, name: Cow<'de, str>) -> Result<()> {
        let fix_imports = self.options.fix_imports && self.protocol < 3;
        let global = GlobalName::new(self.offset, module, name, fix_imports);
        self.push_global_ref(GlobalRef::Name(global));
        Ok(())
    }

    fn push_global_ref(&mut self, global: GlobalRef<'de>) {
        let number = self.globals.len();
        self.globals.push(global);
        let global = self.workspace.arena.make_reference(Shape::Global, number);
        self.push(global);
    }

    fn stack_global(&mut self) -> Result<()> {
        let name = self.pop()?;
        let module = self.pop()?;
        let (Some(module), Some(name)) = (self.text(module)?, self.text(name)?) else {
            return Err(Error::new(ErrorKind::Operand, "STACK_GLOBAL requires str")
                .raised_as("UnpicklingError"));
        };
        if module.is_empty() {
            return Err(
                Error::new(ErrorKind::UnknownModule, "Empty module name").raised_as("ValueError")
            );
        }
        self.push_global(module, name)
    }

    /// The text of a str; `None` for anything else. Surrogates, which no name has, are replaced.
    fn text(&self, word: W) -> Result<Option<Cow<'de, str>>> {
        let Place::Scalar(offset) = word.place() else {
            return Ok(None);
        };
        let bytes = match scalar(self.input, offset)? {
            Scalar::Str(bytes) => bytes,
            Scalar::ByteString(bytes) => match self.options.decode(&bytes)? {
                Some(text) => Cow::Owned(text.into_owned()),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        Ok(Some(match bytes {
            Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        }))
    }

    fn extension(&mut self, opcode: Opcode) -> Result<()> {
        let code = match opcode {
            Opcode::Ext1 => self.unsigned(1)? as i64,
            Opcode::Ext2 => self.unsigned(2)? as i64,
            _ => self.signed()?,
        };
        match u32::try_from(code) {
            Ok(code @ 1..) => {
                let offset = self.offset;
                self.push_global_ref(GlobalRef::Extension { code, offset });
                Ok(())
            }
            _ => Err(Error::new(ErrorKind::Extension, "EXT specifies code <= 0")
                .raised_as("UnpicklingError")),
        }
    }

    /// Whether an object may be a class, as far as that can be known without looking names up.
    fn may_be_class(&self, word: W) -> bool {
        let Place::Container(index) = word.place() else {
            return false;
        };
        let container = self.workspace.arena.get(index);
        match container.shape {
            Shape::Global => match &self.globals[container.start] {
                GlobalRef::Name(name) => name.builtin.is_none_or(Builtin::is_class),
                GlobalRef::Extension { .. } => true,
            },
            Shape::Reduce | Shape::Persistent => container.meaning == Meaning::Call,
            _ => false,
        }
    }

    fn may_be_callable(&self, word: W) -> bool {
        let Place::Container(index) = word.place() else {
            return false;
        };
        let container = self.workspace.arena.get(index);
        container.shape == Shape::Global
            || (container.shape.log_start().is_some()
                && matches!(container.meaning, Meaning::Call | Meaning::Instance))
    }

    fn is_tuple(&self, word: W) -> bool {
        match word.place() {
            Place::Scalar(offset) => self.input[offset] == Opcode::EmptyTuple.byte(),
            Place::Container(index) => {
                let container = self.workspace.arena.get(index);
                container.shape == Shape::Tuple || container.meaning == Meaning::Tuple
            }
        }
    }

    fn new_object(&mut self) -> Result<()> {
        let args = self.pop()?;
        let class = self.pop()?;
        if !self.may_be_class(class) {
            return Err(self.operand("NEWOBJ class argument must be a type, not", class));
        }
        if !self.is_tuple(args) {
            return Err(self.operand("NEWOBJ args argument must be a tuple, not", args));
        }
        // Nearly every instance is given a state next.
        let object = self.workspace.arena.make(Shape::NewObj, &[class, args], 2);
        self.push(object);
        self.check_memory()
    }

    fn new_object_ex(&mut self) -> Result<()> {
        let kwargs = self.pop()?;
        let args = self.pop()?;
        let class = self.pop()?;
        if !self.may_be_class(class) {
            return Err(self.operand("NEWOBJ_EX class argument must be a type, not", class));
        }
        if !self.is_tuple(args) {
            return Err(self.operand("NEWOBJ_EX args argument must be a tuple, not", args));
        }
        let is_dict = match kwargs.place() {
            Place::Container(index) => self.workspace.arena.get(index).shape == Shape::Dict,
            Place::Scalar(_) => false,
        };
        if !is_dict {
            return Err(self.operand("NEWOBJ_EX kwargs argument must be a dict, not", kwargs));
        }
        let object = self
            .workspace
            .arena
            .make(Shape::NewObjEx, &[class, args, kwargs], 2);
        self.push(object);
        Ok(())
    }

    #[cold]
    fn operand(&self, text: &str, word: W) -> Error {
        let message = format!("{text} {}", self.type_name(word));
        Error::new(ErrorKind::Operand, message).raised_as("UnpicklingError")
    }

    fn reduce(&mut self) -> Result<()> {
        let args = self.pop()?;
        let callable = self.pop()?;
        if !self.is_tuple(args) {
            return Err(Error::new(
                ErrorKind::Operand,
                "argument list must be a tuple",
            ));
        }
        if !self.may_be_callable(callable) {
            let message = format!("'{}' object is not callable", self.type_name(callable));
            return Err(Error::new(ErrorKind::Operand, message));
        }
        let object = self
            .workspace
            .arena
            .make(Shape::Reduce, &[callable, args], 2);
        if let Some(builtin) = self.builtin(callable)
            && let Place::Container(index) = object.place()
        {
            self.call_builtin(builtin, index, args)?;
        }
        self.push(object);
        self.check_memory()
    }

    fn builtin(&self, word: W) -> Option<Builtin> {
        let Place::Container(index) = word.place() else {
            return None;
        };
        let container = self.workspace.arena.get(index);
        if container.shape != Shape::Global {
            return None;
        }
        match &self.globals[container.start] {
            GlobalRef::Name(name) => name.builtin,
            GlobalRef::Extension { .. } => None,
        }
    }

    /// Settles what calling a built-in makes, and takes the copy that Python takes.
    fn call_builtin(&mut self, builtin: Builtin, call: usize, args: W) -> Result<()> {
        let shape = match builtin {
            Builtin::Set => Shape::Set,
            Builtin::FrozenSet => Shape::FrozenSet,
            Builtin::List => Shape::List,
            Builtin::Tuple => Shape::Tuple,
            Builtin::Dict => Shape::Dict,
            _ => {
                self.workspace.arena.set_meaning(call, builtin.meaning());
                return Ok(());
            }
        };
        let (count, first) = match args.place() {
            Place::Scalar(_) => (0, None),
            Place::Container(index) => {
                let children = self.workspace.arena.children(index);
                (children.len(), children.first().copied())
            }
        };
        let Some(of) = first.filter(|_| count == 1).map(|word| self.iterable(word)) else {
            if count == 0 {
                let empty = self.workspace.arena.make(shape, &[], 0);
                self.workspace.arena.set_meaning(call, builtin.meaning());
                self.workspace.arena.log(call, Entry::Value, empty);
                return Ok(());
            }
            let message = format!(
                "{} expected at most 1 argument, got {count}",
                builtin.name()
            );
            return Err(Error::new(ErrorKind::Operand, message));
        };
        let first = first.unwrap_or(args);
        let value = match of {
            // `dict(…)` of pairs needs each pair taken apart.
            Some(of) if shape == Shape::Dict && !of.is_dict => self.dict_of_pairs(of.index)?,
            Some(of) if of.is_dict && shape != Shape::Dict => self.keys_of(shape, of.index),
            Some(of) => self.workspace.arena.make_copy(shape, of.index),
            None if self.is_tuple(first) => self.workspace.arena.make(shape, &[], 0),
            None => {
                let message = format!("'{}' object is not iterable", self.type_name(first));
                return Err(Error::new(ErrorKind::Operand, message));
            }
        };
        if let Place::Container(value) = value.place()
            && matches!(shape, Shape::Set | Shape::FrozenSet)
            && let children = self.workspace.arena.children(value)
            && let Some(&element) = children.iter().find(|&&word| self.is_unhashable(word))
        {
            return Err(self.unhashable(element));
        }
        self.workspace.arena.set_meaning(call, builtin.meaning());
        self.workspace.arena.log(call, Entry::Value, value);
        Ok(())
    }

    /// The container whose children an iteration would give; `None` for what has none.
    fn iterable(&self, word: W) -> Option<Iterable> {
        let Place::Container(index) = word.place() else {
            return None;
        };
        let arena = &self.workspace.arena;
        let container = arena.get(index);
        let index = match (container.shape, container.meaning) {
            (Shape::List | Shape::Tuple | Shape::Set | Shape::FrozenSet | Shape::Dict, _) => index,
            (
                Shape::Reduce,
                Meaning::List | Meaning::Tuple | Meaning::Set | Meaning::FrozenSet | Meaning::Dict,
            ) => match arena.children(index).get(3)?.place() {
                Place::Container(value) => value,
                Place::Scalar(_) => return None,
            },
            _ => return None,
        };
        Some(Iterable {
            index,
            is_dict: arena.get(index).shape == Shape::Dict,
        })
    }

    fn keys_of(&mut self, shape: Shape, dict: usize) -> W {
        let keys: Vec<W> = self
            .workspace
            .arena
            .children(dict)
            .iter()
            .step_by(2)
            .copied()
            .collect();
        self.workspace.arena.make(shape, &keys, 0)
    }

    fn dict_of_pairs(&mut self, pairs: usize) -> Result<W> {
        let count = self.workspace.arena.get(pairs).len;
        let mut items = Vec::with_capacity(2 * count);
        for at in 0..count {
            let pair = self.workspace.arena.children(pairs)[at];
            let pair = self
                .iterable(pair)
                .map(|pair| self.workspace.arena.children(pair.index));
            let Some(&[key, value]) = pair else {
                let message = format!(
                    "cannot convert dictionary update sequence element #{at} to a sequence"
                );
                return Err(Error::new(ErrorKind::Operand, message));
            };
            if self.is_unhashable(key) {
                return Err(self.unhashable(key));
            }
            items.extend([key, value]);
        }
        Ok(self.workspace.arena.make(Shape::Dict, &items, 0))
    }

    fn inst(&mut self) -> Result<()> {
        let start = self.pop_mark()?;
        let module = ascii(self.line()?)?;
        let name = ascii(self.line()?)?;
        self.collect_tuple(start);
        let args = self.pop()?;
        self.push_global(Cow::Borrowed(module), Cow::Borrowed(name))?;
        let class = self.pop()?;
        self.instantiate(class, args)
    }

    fn obj(&mut self) -> Result<()> {
        let start = self.pop_mark()?;
        if self.workspace.stack.len() <= start {
            return Err(self.underflow());
        }
        self.collect_tuple(start + 1);
        let args = self.pop()?;
        let class = self.pop()?;
        if !self.may_be_callable(class) {
            let message = format!("'{}' object is not callable", self.type_name(class));
            return Err(Error::new(ErrorKind::Operand, message));
        }
        self.instantiate(class, args)
    }

    fn instantiate(&mut self, class: W, args: W) -> Result<()> {
        let object = self.workspace.arena.make(Shape::Inst, &[class, args], 2);
        self.push(object);
        self.check_memory()
    }

    fn build(&mut self) -> Result<()> {
        // Two objects are needed; CPython looks at both before it takes one.
        if self.workspace.stack.len() < self.fence + 2 {
            return Err(self.underflow());
        }
        let state = self.pop()?;
        let object = self.top()?;
        if let Place::Container(index) = object.place()
            && let container = self.workspace.arena.get(index)
            && container.shape.log_start().is_some()
            && matches!(container.meaning, Meaning::Call | Meaning::Instance)
        {
            self.workspace.arena.log(index, Entry::State, state);
            return Ok(());
        }
        let is_dict = match state.place() {
            Place::Container(state) => self.workspace.arena.get(state).shape == Shape::Dict,
            Place::Scalar(_) => false,
        };
        if !is_dict {
            return Err(Error::new(ErrorKind::Operand, "state is not a dictionary")
                .raised_as("UnpicklingError"));
        }
        Err(self.no_attribute(object, "__dict__"))
    }

    // What the caller provides.

    fn check_persistent(&self) -> Result<()> {
        if self.options.persistent_ids {
            return Ok(());
        }
        let message = "A load persistent id instruction was encountered, \
                       but no persistent_load function was specified.";
        Err(Error::new(ErrorKind::PersistentId, message))
    }

    fn persistent_text(&mut self) -> Result<()> {
        if !self.any_line()?.is_ascii() {
            let message = "persistent IDs in protocol 0 must be ASCII strings";
            return Err(Error::new(ErrorKind::PersistentId, message));
        }
        self.check_persistent()?;
        let id = W::from_place(Place::Scalar(self.offset));
        let object = self.workspace.arena.make(Shape::Persistent, &[id], 0);
        self.push(object);
        Ok(())
    }

    fn next_buffer(&mut self) -> Result<()> {
        let message = match &self.options.buffers {
            None => "pickle stream refers to out-of-band data but no *buffers* argument was given",
            Some(buffers) if self.buffers == buffers.len() => "not enough out-of-band buffers",
            Some(_) => {
                let buffer = self
                    .workspace
                    .arena
                    .make_reference(Shape::Buffer, self.buffers);
                self.buffers += 1;
                self.push(buffer);
                return Ok(());
            }
        };
        Err(Error::new(ErrorKind::Buffer, message))
    }

    fn read_only(&mut self) -> Result<()> {
        let top = self.top()?;
        let is_buffer = match top.place() {
            Place::Scalar(offset) => matches!(
                scalar(self.input, offset)?,
                Scalar::Bytes(_) | Scalar::ByteArray(_)
            ),
            Place::Container(index) => {
                let container = self.workspace.arena.get(index);
                container.shape.log_start().is_some()
                    || matches!(container.shape, Shape::Buffer | Shape::ReadOnly)
            }
        };
        if !is_buffer {
            let message = format!(
                "memoryview: a bytes-like object is required, not '{}'",
                self.type_name(top)
            );
            return Err(Error::new(ErrorKind::Buffer, message).raised_as("TypeError"));
        }
        // Bytes are read-only already.
        let view = self.workspace.arena.make(Shape::ReadOnly, &[top], 0);
        self.pop()?;
        self.push(view);
        Ok(())
    }

    fn long4(&mut self) -> Result<()> {
        let length = self.signed()?;
        let Ok(length) = usize::try_from(length) else {
            let message = "LONG pickle has negative byte count";
            return Err(Error::new(ErrorKind::Literal, message).raised_as("UnpicklingError"));
        };
        self.take(length)?;
        self.push_here();
        Ok(())
    }

    // Words for messages.

    /// What Python calls the type of an object.
    fn type_name(&self, word: W) -> &str {
        match word.place() {
            Place::Scalar(offset) => match scalar(self.input, offset) {
                Ok(scalar) => scalar.type_name(),
                Err(_) => "object",
            },
            Place::Container(index) => {
                let container = self.workspace.arena.get(index);
                match (container.shape, container.meaning) {
                    (Shape::List, _) | (_, Meaning::List) => "list",
                    (Shape::Tuple, _) | (_, Meaning::Tuple) => "tuple",
                    (Shape::Dict, _) | (_, Meaning::Dict) => "dict",
                    (Shape::Set, _) | (_, Meaning::Set) => "set",
                    (Shape::FrozenSet, _) | (_, Meaning::FrozenSet) => "frozenset",
                    (_, Meaning::Bytes) => "bytes",
                    (_, Meaning::ByteArray) => "bytearray",
                    (Shape::Global, _) => match self.builtin(word) {
                        Some(builtin) if !builtin.is_class() => "function",
                        _ => "type",
                    },
                    (Shape::Buffer, _) => "bytearray",
                    (Shape::ReadOnly, _) => "memoryview",
                    _ => self.class_name(index),
                }
            }
        }
    }

    /// The name of an instance's class, as far as the pickle tells it.
    fn class_name(&self, object: usize) -> &str {
        let class = self
            .workspace
            .arena
            .children(object)
            .first()
            .map(|class| class.place());
        if let Some(Place::Container(class)) = class
            && let container = self.workspace.arena.get(class)
            && container.shape == Shape::Global
            && let GlobalRef::Name(name) = &self.globals[container.start]
        {
            return name.qualname.rsplit('.').next().unwrap_or(&name.qualname);
        }
        "object"
    }

    #[cold]
    fn no_attribute(&self, word: W, attribute: &str) -> Error {
        let message = format!(
            "'{}' object has no attribute '{attribute}'",
            self.type_name(word)
        );
        Error::new(ErrorKind::Operand, message).raised_as("AttributeError")
    }

    #[cold]
    fn no_item_assignment(&self, word: W) -> Error {
        let message = format!(
            "'{}' object does not support item assignment",
            self.type_name(word)
        );
        Error::new(ErrorKind::Operand, message)
    }
}

/// What an iteration goes over.
struct Iterable {
    index: usize,
    is_dict: bool,
}

#[cold]
fn truncated() -> Error {
    Error::new(ErrorKind::Truncated, "pickle data was truncated")
}

#[cold]
fn missing_memo(slot: impl std::fmt::Display) -> Error {
    Error::new(
        ErrorKind::Memo,
        format!("Memo value not found at index {slot}"),
    )
}

#[cold]
fn unknown_opcode(byte: u8) -> Error {
    let shown = match byte {
        b'\'' | b'\\' => format!("\\x{byte:02x}"),
        0x20..=0x7e => char::from(byte).to_string(),
        _ => format!("\\x{byte:02x}"),
    };
    Error::new(ErrorKind::Opcode, format!("invalid load key, '{shown}'."))
}

fn utf8(line: &[u8]) -> Result<&str> {
    std::str::from_utf8(line)
        .map_err(|error| super::text::utf8_error(line, error.valid_up_to(), error.error_len()))
}

fn ascii(line: &[u8]) -> Result<&str> {
    super::text::Encoding::Ascii.decode(line, super::text::EncodingErrors::Strict)?;
    utf8(line)
}
