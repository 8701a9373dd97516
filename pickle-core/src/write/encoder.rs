//! What values write themselves into: scalars, the memo's opcodes, shared values.

use num_bigint::BigInt;

use super::Pickle;
use super::classes::Reference;
use super::memo::{self, Form, Memo, Slot};
use super::number;
use super::output::Output;
use super::outside::Hooks;
use crate::error::{Error, ErrorKind, Result};
use crate::opcode::Opcode;
use crate::protocol::Protocol;
use crate::value::Value;

/// How deep containers, instances and shared pointers may nest in what is dumped.
///
/// Python's recursion limit. A level of derived types takes up to 1 kB of stack in a debug build,
/// and threads have 2 MiB.
pub(super) const DEPTH_LIMIT: usize = 1000;

/// What a value writes itself into.
///
/// A [`Pickle`] implementation calls one of these methods once; containers hand out builders for
/// what is inside them. The encoder chooses the opcodes as CPython's pickler does, keeps the memo
/// and makes the frames.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::{Encoder, Pickle};
///
/// /// A colour, a tuple in Python.
/// struct Rgb(u8, u8, u8);
///
/// impl Pickle for Rgb {
///     fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
///         let mut tuple = encoder.tuple(3)?;
///         tuple.item(&self.0)?;
///         tuple.item(&self.1)?;
///         tuple.item(&self.2)?;
///         tuple.end()
///     }
/// }
/// assert_eq!(pickle::dumps(&Rgb(255, 127, 80))?, pickle::dumps(&(255, 127, 80))?);
/// # Ok::<(), pickle::Error>(())
/// ```
pub struct Encoder<'w> {
    pub(super) out: Output<'w>,
    pub(super) memo: Memo,
    pub(super) protocol: Protocol,
    /// Whether globals get their Python 2 names below protocol 3.
    pub(super) fix_imports: bool,
    /// Whether the same value gives the same bytes, whatever is shared: there is no memo then.
    pub(super) canonical: bool,
    /// How many state setters are being written, in the canonical form.
    pub(super) setters: Slot,
    depth: usize,
    depth_limit: usize,
    /// How many values were written in full: that it grows by one for each value asked for is how
    /// an implementation that writes none, or two, is found out.
    values: u64,
    /// The address under which the next object memoized will be remembered; 0 for none.
    pending: usize,
    /// How many shared objects are open that are memoized after their content.
    open_shared: usize,
    /// Which value was the last one that is known to be of some form, and which form: the number
    /// of values then, shifted, and the form.
    last_form: u64,
    /// What is asked of the value that is written next.
    pub(super) request: Option<Request>,
    pub(super) hooks: Option<&'w mut Hooks>,
    /// Values that were made on the way and that the memo may know by their addresses.
    pub(super) kept: Vec<Value>,
}

/// What else than itself a value is asked to write. Taken up by tuples and globals, which are
/// reached through whatever wraps them; see `reduce`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    pub(super) kind: RequestKind,
    /// The depth at which the value stands: what is inside of another value is not meant.
    depth: usize,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum RequestKind {
    /// A tuple writes its items into one that has been begun: with one item, which starts at this
    /// position of the buffer.
    Join(usize),
    /// A class writes its `__new__`.
    New,
}

/// An object that has been begun: what must be known again when it ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level {
    values: u64,
    /// The address of the shared pointer that it stands behind; 0 for none.
    pub(super) address: usize,
}

impl<'w> Encoder<'w> {
    pub(super) fn new(out: Output<'w>, memo: Memo, protocol: Protocol, depth_limit: usize) -> Self {
        Self {
            out,
            memo,
            protocol,
            fix_imports: true,
            canonical: false,
            setters: 0,
            depth: 0,
            depth_limit,
            values: 0,
            pending: 0,
            open_shared: 0,
            last_form: 0,
            request: None,
            hooks: None,
            kept: Vec::new(),
        }
    }

    /// Writes a whole pickle.
    pub(super) fn dump<T: Pickle + ?Sized>(&mut self, value: &T) -> Result<()> {
        if self.protocol >= Protocol::V2 {
            self.push(&[Opcode::Proto.byte(), self.protocol.into()]);
        }
        match self.canonical {
            // What is sorted must stay in the buffer until it is complete. Frames are no part of
            // what is said, and would be sorted along.
            true => {
                self.out.hold();
                self.memo.turn_off();
            }
            false if self.protocol >= Protocol::V4 => self.out.start_frames(),
            false => {}
        }
        self.value(value)?;
        // A builder that was given up on, with its error swallowed, has left half an object.
        if self.depth != 0 || self.out.failed() {
            return Err(unfinished());
        }
        self.op(Opcode::Stop);
        Ok(())
    }

    /// The protocol of what is being written.
    #[inline]
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// Writes any value that can be dumped.
    ///
    /// # Errors
    ///
    /// Those of the value, and when its implementation writes no value or more than one.
    #[inline]
    pub fn value<T: Pickle + ?Sized>(&mut self, value: &T) -> Result<()> {
        let before = self.values;
        value.pickle(self)?;
        if self.values != before + 1 {
            return Err(not_one_value::<T>());
        }
        Ok(())
    }

    /// Writes `None`.
    ///
    /// # Errors
    ///
    /// Only when the writer refuses the bytes before it, as with every scalar.
    #[inline]
    pub fn none(&mut self) -> Result<()> {
        self.out.boundary()?;
        self.values += 1;
        self.op(Opcode::None);
        Ok(())
    }

    /// Writes a bool.
    ///
    /// # Errors
    ///
    /// Only when the writer refuses the bytes before it.
    #[inline]
    pub fn bool(&mut self, value: bool) -> Result<()> {
        self.out.boundary()?;
        self.values += 1;
        if self.protocol >= Protocol::V2 {
            self.op(if value {
                Opcode::Newtrue
            } else {
                Opcode::Newfalse
            });
        } else {
            self.push(if value { b"I01\n" } else { b"I00\n" });
        }
        Ok(())
    }

    /// Writes an int.
    ///
    /// # Errors
    ///
    /// Only when the writer refuses the bytes before it.
    #[inline]
    pub fn int(&mut self, value: i64) -> Result<()> {
        match i32::try_from(value) {
            Ok(value) if self.protocol >= Protocol::V1 => {
                self.out.boundary()?;
                self.values += 1;
                number::binint(&mut self.out.bytes, value);
                Ok(())
            }
            _ => self.int128(value.into()),
        }
    }

    /// Writes an int of up to 128 bits.
    ///
    /// # Errors
    ///
    /// Only when the writer refuses the bytes before it.
    pub fn int128(&mut self, value: i128) -> Result<()> {
        self.out.boundary()?;
        self.values += 1;
        let bytes = &mut self.out.bytes;
        match i32::try_from(value) {
            Ok(value) if self.protocol >= Protocol::V1 => number::binint(bytes, value),
            Ok(value) => number::line(bytes, Opcode::Int, format_args!("{value}")),
            Err(_) if self.protocol >= Protocol::V2 => number::long1(bytes, value),
            Err(_) => number::line(bytes, Opcode::Long, format_args!("{value}L")),
        }
        Ok(())
    }

    /// Writes an int of up to 128 bits that is not negative.
    ///
    /// # Errors
    ///
    /// Only when the writer refuses the bytes before it.
    pub fn uint128(&mut self, value: u128) -> Result<()> {
        match i128::try_from(value) {
            Ok(value) => self.int128(value),
            Err(_) => self.big_int(&value.into()),
        }
    }

    /// Writes an int of any size.
    ///
    /// # Errors
    ///
    /// When it has more than 4300 digits, at protocols 0 and 1, which write them in decimal.
    pub fn big_int(&mut self, value: &BigInt) -> Result<()> {
        if let Ok(value) = i128::try_from(value) {
            return self.int128(value);
        }
        self.out.boundary()?;
        match self.protocol >= Protocol::V2 {
            true => number::long(&mut self.out.bytes, value)?,
            false => number::text_long(&mut self.out.bytes, value)?,
        }
        self.values += 1;
        Ok(())
    }

    /// Writes a float. At protocol 0, which writes text, a NaN loses its sign and payload.
    ///
    /// # Errors
    ///
    /// Only when the writer refuses the bytes before it.
    #[inline]
    pub fn float(&mut self, value: f64) -> Result<()> {
        self.out.boundary()?;
        self.values += 1;
        if self.protocol >= Protocol::V1 {
            let [a, b, c, d, e, f, g, h] = value.to_be_bytes();
            self.push(&[Opcode::Binfloat.byte(), a, b, c, d, e, f, g, h]);
        } else {
            let text = crate::float::repr(value);
            number::line(&mut self.out.bytes, Opcode::Float, format_args!("{text}"));
        }
        Ok(())
    }

    /// Writes a value that several owners may share: the first time the value itself, from then on
    /// a reference to it, so that it is one object in Python too.
    ///
    /// What makes it the same value is `address`, where it lives. The address counts until the end
    /// of the dump, so the value must stay there that long, and nothing else may be written as
    /// shared under its address. A container is remembered before its content is written:
    /// it may contain itself.
    ///
    /// For a value that has a single owner, [`sole`](Self::sole) spares the look-up.
    ///
    /// # Errors
    ///
    /// Those of the value, and when it contains itself without end, such as a tuple in itself.
    pub fn shared<T: Pickle + ?Sized>(&mut self, address: *const (), value: &T) -> Result<()> {
        if self.request.is_some() {
            return value.pickle(self);
        }
        let address = address.addr();
        let outer = self.pending;
        if self.met(address)? {
            return Ok(());
        }
        self.descend()?;
        self.value(value)?;
        self.depth -= 1;
        // Still pending: an int or another value that has no identity. It must not be left to the
        // next value.
        self.pending = 0;
        // A pointer to a pointer: Python has no such thing, both are the object.
        if outer != 0
            && let Some((slot, form)) = self.memo.address(address)
        {
            self.memo.set_address(outer, slot);
            self.memo.set_form(outer, form);
        }
        Ok(())
    }

    /// Writes a value that could have several owners and has one: plainly, since it is met once.
    ///
    /// Inside a shared tuple it is written as [`shared`](Self::shared) all the same. Python
    /// memoizes tuples after their items; one that contains itself is gone through twice.
    ///
    /// # Errors
    ///
    /// As [`shared`](Self::shared).
    #[inline]
    pub fn sole<T: Pickle + ?Sized>(&mut self, address: *const (), value: &T) -> Result<()> {
        match self.open_shared {
            0 => value.pickle(self),
            _ => self.shared(address, value),
        }
    }

    /// Begins an object that is memoized after its content; [`put_late`](Self::put_late) ends it.
    #[inline]
    pub(super) fn enter_late(&mut self) -> Result<Level> {
        let level = self.enter()?;
        self.open_shared += usize::from(level.address != 0);
        Ok(level)
    }

    /// Ends an object that is memoized after its content. `finish` writes the opcodes that make it.
    ///
    /// If it is shared and contains itself, by way of a list or an instance, then it was written,
    /// and ended, inside its own content. In that case `undo` takes what there is of it off the
    /// stack, and the finished one is fetched.
    pub(super) fn put_late(
        &mut self,
        level: &Level,
        finish: impl FnOnce(&mut Self),
        undo: impl FnOnce(&mut Self),
    ) -> Result<()> {
        if level.address == 0 {
            finish(self);
            return self.put();
        }
        self.open_shared -= 1;
        if let Some((slot, _)) = self.memo.address(level.address) {
            undo(self);
            self.reference(slot);
            return Ok(());
        }
        finish(self);
        self.put_at(level.address)
    }

    /// If an object that has an address was written inside of its own content, takes what there is
    /// of it off the stack and fetches the finished one, whose slot it returns.
    pub(super) fn made_before(&mut self, level: &Level) -> Option<Slot> {
        self.open_shared -= 1;
        let (slot, _) = self.memo.address(level.address)?;
        self.op(Opcode::Pop);
        self.reference(slot);
        Some(slot)
    }

    /// Refers to the object of an address, if it was written; else it is what is written next.
    #[inline]
    pub(super) fn met(&mut self, address: usize) -> Result<bool> {
        match self.memo.address(address) {
            Some((slot, form)) => {
                self.get(slot)?;
                self.note(form);
                Ok(true)
            }
            None => {
                if !self.canonical {
                    self.pending = address;
                }
                Ok(false)
            }
        }
    }

    /// Goes up the level that [`descend`](Self::descend) went down.
    pub(super) fn ascend(&mut self) {
        self.depth -= 1;
    }

    /// Ends an object that was begun by [`enter_late`](Self::enter_late) and has no identity.
    pub(super) fn leave_unmemoized(&mut self, level: &Level) {
        self.open_shared -= usize::from(level.address != 0);
        self.leave(level);
    }

    /// Begins an object with others inside it.
    #[inline]
    pub(super) fn enter(&mut self) -> Result<Level> {
        self.out.boundary()?;
        self.descend()?;
        Ok(Level {
            values: self.values,
            address: std::mem::take(&mut self.pending),
        })
    }

    /// A level of an object that begins where something else of it stands already.
    pub(super) fn level_here(&self) -> Level {
        Level {
            values: self.values,
            address: 0,
        }
    }

    /// Ends an object: all that was written since [`enter`](Self::enter) counts as one value.
    #[inline]
    pub(super) fn leave(&mut self, level: &Level) {
        self.depth -= 1;
        self.values = level.values + 1;
        // Of the first value inside, which had the same number.
        self.last_form = 0;
    }

    /// Says of the value just written what it is, for those who need to know.
    #[inline]
    pub(super) fn note(&mut self, form: Form) {
        self.last_form = self.values << 2 | form as u64;
    }

    /// As [`note`](Self::note), also for whoever refers to the value later.
    #[inline]
    pub(super) fn note_at(&mut self, level: &Level, form: Form) {
        self.note(form);
        if level.address != 0 {
            self.memo.set_form(level.address, form);
        }
    }

    /// Whether the value just written is of this form.
    pub(super) fn wrote(&self, form: Form) -> bool {
        self.last_form == self.values << 2 | form as u64
    }

    /// Asks something of the value that is written next.
    pub(super) fn ask(&mut self, kind: RequestKind) {
        let depth = self.depth;
        self.request = Some(Request { kind, depth });
    }

    /// Takes the request, if the value at hand is the one that is meant.
    pub(super) fn take_request(&mut self) -> Option<RequestKind> {
        let depth = self.depth;
        let request = self.request.take_if(|request| request.depth == depth)?;
        Some(request.kind)
    }

    /// Runs what enters or leaves an object without counting it as a level: for writers that do
    /// not recurse.
    pub(super) fn flat<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        let depth = std::mem::replace(&mut self.depth, 1);
        let result = run(self);
        self.depth = depth;
        result
    }

    #[inline]
    pub(super) fn descend(&mut self) -> Result<()> {
        if self.depth >= self.depth_limit {
            return Err(too_deep());
        }
        self.depth += 1;
        Ok(())
    }

    /// Counts a value that was written by other means than the methods above.
    #[inline]
    pub(super) fn count_value(&mut self) {
        self.values += 1;
    }

    /// Takes the address that the object now being written has.
    #[inline]
    pub(super) fn take_address(&mut self) -> usize {
        std::mem::take(&mut self.pending)
    }

    #[inline]
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.out.bytes.extend_from_slice(bytes);
    }

    #[inline]
    pub(super) fn op(&mut self, opcode: Opcode) {
        self.out.bytes.push(opcode.byte());
    }

    /// Writes a reference to a slot, in place of a value.
    #[inline]
    pub(super) fn get(&mut self, slot: Slot) -> Result<()> {
        self.out.boundary()?;
        self.values += 1;
        if self.pending != 0 {
            let address = self.take_address();
            self.memo.set_address(address, slot);
        }
        self.reference(slot);
        Ok(())
    }

    /// Writes the opcode that fetches a slot. Protocols 4 and 5 have none of their own.
    #[inline]
    pub(super) fn reference(&mut self, slot: Slot) {
        if self.protocol == Protocol::V0 {
            number::line(&mut self.out.bytes, Opcode::Get, format_args!("{slot}"));
            return;
        }
        Reference::to(slot).write(&mut self.out.bytes);
    }

    /// Stores the object just written in the next slot, which nothing will refer to.
    #[inline]
    pub(super) fn put(&mut self) -> Result<()> {
        let number = self.memo.count();
        if self.protocol >= Protocol::V4 && !self.canonical {
            self.op(Opcode::Memoize);
            return Ok(());
        }
        if !self.canonical {
            self.old_put(memo::slot(number)?);
        }
        Ok(())
    }

    /// Stores the object just written in the next slot, and remembers its address if it has one.
    #[inline]
    pub(super) fn put_at(&mut self, address: usize) -> Result<()> {
        match address {
            0 => self.put(),
            _ => self.put_known(address).map(drop),
        }
    }

    /// As [`put_at`](Self::put_at), and returns the slot, to refer to it by other means.
    pub(super) fn put_known(&mut self, address: usize) -> Result<Slot> {
        let slot = memo::slot(self.memo.len())?;
        self.put()?;
        if address != 0 {
            self.memo.set_address(address, slot);
        }
        Ok(slot)
    }

    pub(super) fn old_put(&mut self, slot: Slot) {
        let bytes = &mut self.out.bytes;
        match (self.protocol, u8::try_from(slot)) {
            (Protocol::V0, _) => number::line(bytes, Opcode::Put, format_args!("{slot}")),
            (_, Ok(slot)) => bytes.extend_from_slice(&[Opcode::Binput.byte(), slot]),
            (_, Err(_)) => {
                bytes.push(Opcode::LongBinput.byte());
                bytes.extend_from_slice(&slot.to_le_bytes());
            }
        }
    }

    /// Takes the parts apart again: the pickle's bytes, if there is no writer, and the memo.
    pub(super) fn into_parts(self) -> (Output<'w>, Memo) {
        (self.out, self.memo)
    }
}

impl std::fmt::Debug for Encoder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encoder")
            .field("protocol", &self.protocol)
            .finish_non_exhaustive()
    }
}

#[cold]
fn too_deep() -> Error {
    Error::new(
        ErrorKind::Depth,
        "maximum recursion depth exceeded while pickling an object",
    )
}

#[cold]
fn unfinished() -> Error {
    Error::new(
        ErrorKind::Unpicklable,
        "a value was begun and not ended: its error was ignored",
    )
}

#[cold]
fn not_one_value<T: ?Sized>() -> Error {
    Error::new(
        ErrorKind::Unpicklable,
        format!(
            "the `Pickle` implementation of `{}` must write exactly one value",
            std::any::type_name::<T>()
        ),
    )
}
