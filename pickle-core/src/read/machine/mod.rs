//! The pickle machine: instructions to containers in the arena.
//!
//! It looks nothing up and calls nothing. Source: `load` and the `load_*` functions of CPython
//! 3.13's `Modules/_pickle.c`, whose checks, and their order, these methods share.

mod builtins;
mod containers;
mod globals;
mod input;
mod instances;
mod memo;
mod provided;
mod stack;
mod words;

pub(in crate::read) use self::provided::missing_persistent_load;
pub(in crate::read) use self::stack::expanded;
use self::words::unknown_opcode;
use crate::error::{Error, ErrorKind, Result};
use crate::opcode::Opcode;
use crate::read::arena::globals::GlobalRef;
use crate::read::arena::node::{Node, Word};
use crate::read::arena::{AnyArena, Arena, Shape};
use crate::read::argument::literal;
use crate::read::argument::scalar::{data1, data4, data8};
use crate::read::argument::text::check_utf8;
use crate::read::options::Options;
use memo::Memo;

/// What the machine works on; kept from one pickle to the next, for the memory or for the memo.
pub(crate) struct Workspace<W> {
    pub(in crate::read) arena: Arena<W>,
    pub(in crate::read) memo: Memo<W>,
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
    /// Whether there is nothing to keep.
    pub(crate) fn is_empty(&self) -> bool {
        self.arena.len() == 0 && self.memo.is_empty()
    }

    /// How many bytes the tables take.
    pub(crate) fn memory(&self) -> usize {
        self.arena.memory()
            + self.memo.memory()
            + (self.stack.capacity() + self.marks.capacity()) * size_of::<W>()
    }

    /// Carries out one pickle. Gives the arena, the result, and the position behind the pickle.
    pub(crate) fn run<'de>(
        &mut self,
        input: &'de [u8],
        start: Position,
        globals: &mut Vec<GlobalRef<'de>>,
        options: &Options<'de>,
    ) -> Result<(AnyArena, Node, Position)> {
        if !options.memo_kept {
            self.arena.clear(start.byte);
            self.memo.clear();
        }
        self.stack.clear();
        self.marks.clear();
        let length = (input.len() - start.byte).min(RESERVE_UP_TO);
        self.arena.reserve(length);
        self.memo.reserve(length);
        self.stack.reserve(length.min(STACK));
        let (root, end) = Machine::new(input, start, self, globals, options).run()?;
        Ok((
            W::finish(std::mem::take(&mut self.arena)),
            root.place().into(),
            end,
        ))
    }
}

/// Room is made for all of the input at once, but for no more than this: it may hold many pickles,
/// and be larger than the memory.
const RESERVE_UP_TO: usize = 16 << 20;

/// What is on the stack is a handful of values, or a batch of a thousand.
const STACK: usize = 32;

impl Workspace<u32> {
    /// Takes over what a narrow workspace has, for an input that has grown too long for it.
    pub(crate) fn widen(&mut self) -> Workspace<u64> {
        let narrow = std::mem::take(self);
        Workspace {
            arena: narrow.arena.widen(),
            memo: narrow.memo.widen(),
            ..Workspace::default()
        }
    }
}

/// Where a pickle starts or ends.
#[derive(Clone, Copy, Default)]
pub(crate) struct Position {
    /// In the input.
    pub(crate) byte: usize,
    /// Among the out-of-band buffers.
    pub(crate) buffer: usize,
}

/// Carries out one pickle.
struct Machine<'m, 'de, W> {
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
    /// The number of the next out-of-band buffer.
    buffer: usize,
    /// Where the pickle starts, or the first one if the memo is kept.
    start: usize,
    /// The position at which the memory was last looked at.
    checked: usize,
    /// What the tables took at the start: they may be those of a larger pickle before this one.
    kept: usize,
    /// How many bytes of shared parts were copied or looked through.
    spent: u64,
    /// The position behind the last REDUCE.
    reduced: usize,
}

impl<'m, 'de, W: Word> Machine<'m, 'de, W> {
    fn new(
        input: &'de [u8],
        start: Position,
        workspace: &'m mut Workspace<W>,
        globals: &'m mut Vec<GlobalRef<'de>>,
        options: &'m Options<'de>,
    ) -> Self {
        let kept = workspace.memory();
        Self {
            input,
            position: start.byte,
            offset: start.byte,
            protocol: 0,
            fence: 0,
            workspace,
            globals,
            options,
            buffer: start.buffer,
            start: options.origin(start.byte),
            checked: start.byte,
            kept,
            spent: 0,
            // No instruction starts there.
            reduced: usize::MAX,
        }
    }

    /// Runs to STOP and returns the result, and the position behind the pickle.
    fn run(mut self) -> Result<(W, Position)> {
        match self.instructions() {
            Ok(result) => {
                let end = Position {
                    byte: self.position,
                    buffer: self.buffer,
                };
                Ok((result, end))
            }
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
                Opcode::Stop => {
                    self.check_memory()?;
                    return self.pop();
                }
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
                        Err(_) => return Err(self.missing_memo(slot)),
                    }
                }

                Opcode::Mark => {
                    self.fence = self.workspace.stack.len();
                    self.workspace.marks.push(W::from_index(self.fence));
                }
                Opcode::EmptyList => self.push_new(Shape::List)?,
                Opcode::EmptyDict => self.push_new(Shape::Dict)?,
                Opcode::EmptySet => self.push_new(Shape::Set)?,
                Opcode::Tuple => {
                    let start = self.pop_mark()?;
                    self.collect_tuple(start)?;
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
                    self.share(top);
                    self.push(top);
                }

                Opcode::Global => {
                    let (module, name) = self.two_lines()?;
                    self.push_global(module, name, &[]);
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
}
