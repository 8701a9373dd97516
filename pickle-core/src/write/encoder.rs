//! What values write themselves into: scalars, the memo's opcodes, shared values.

use std::any::TypeId;

use num_bigint::BigInt;

use super::Pickle;
use super::memo::{Form, Memo, Slot};
use super::number;
use super::output::Output;
use super::outside::Hooks;
use super::pickler::Options;
use super::reference::Reference;
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
    pub(super) depth: usize,
    pub(super) depth_limit: usize,
    /// How many values were written in full: that it grows by one for each value asked for is how
    /// an implementation that writes none, or two, is found out.
    pub(super) values: u64,
    /// The address under which the next object memoized will be remembered; 0 for none.
    pub(super) pending: usize,
    /// How many shared objects are open that are memoized after their content.
    pub(super) open_shared: usize,
    /// Which value was the last one that is known to be of some form, and which form: the number
    /// of values then, shifted, and the form.
    last_form: u64,
    /// What is asked of the value that is written next.
    pub(super) request: Option<Request>,
    pub(super) hooks: Option<&'w mut Hooks>,
    pub(super) has_overrides: bool,
    /// The type whose next value is not overridden.
    pub(super) not_overridden: Option<TypeId>,
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
    pub(super) fn new(out: Output<'w>, options: Options) -> Self {
        Self {
            out,
            memo: Memo::default(),
            protocol: options.protocol,
            fix_imports: options.fix_imports,
            canonical: options.canonical,
            setters: 0,
            depth: 0,
            depth_limit: options.depth_limit,
            values: 0,
            pending: 0,
            open_shared: 0,
            last_form: 0,
            request: None,
            hooks: None,
            has_overrides: false,
            not_overridden: None,
            kept: Vec::new(),
        }
    }

    /// Writes a whole pickle.
    pub(super) fn dump<T: Pickle + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.begin();
        self.value(value)?;
        self.end()
    }

    fn begin(&mut self) {
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
            false if self.protocol >= Protocol::V4 => self.out.open_frame(),
            false => {}
        }
    }

    fn end(&mut self) -> Result<()> {
        // A builder that was given up on, with its error swallowed, has left half an object.
        if self.depth != 0 || self.out.failed() {
            return Err(unfinished());
        }
        self.op(Opcode::Stop);
        self.out.finish()
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
        self.none_behind(Reference::NONE)
    }

    /// Writes `None` behind a name that was written before.
    #[doc(hidden)]
    #[inline]
    pub fn none_behind(&mut self, name: Reference) -> Result<()> {
        if self.out.is_in_frame(Reference::LONGEST) && self.out.has_room() {
            let code = Opcode::None.byte();
            self.out.pair(name, ([code; 16], 1));
            self.values += 1;
            return Ok(());
        }
        self.any_constant(name, &[Opcode::None.byte()])
    }

    fn any_constant(&mut self, name: Reference, code: &[u8]) -> Result<()> {
        self.out.make_room();
        self.known_name(name)?;
        self.out.boundary()?;
        self.push(code);
        self.values += 1;
        Ok(())
    }

    /// Writes a name that was written before, if there is one.
    #[doc(hidden)]
    #[inline]
    pub fn known_name(&mut self, name: Reference) -> Result<()> {
        if name.is_known() {
            self.out.boundary()?;
            name.write(&mut self.out.bytes);
        }
        Ok(())
    }

    /// Writes a bool.
    ///
    /// # Errors
    ///
    /// Only when the writer refuses the bytes before it.
    #[inline]
    pub fn bool(&mut self, value: bool) -> Result<()> {
        self.bool_behind(Reference::NONE, value)
    }

    /// Writes a bool behind a name that was written before.
    #[doc(hidden)]
    #[inline]
    pub fn bool_behind(&mut self, name: Reference, value: bool) -> Result<()> {
        let opcode = match value {
            true => Opcode::Newtrue,
            false => Opcode::Newfalse,
        };
        if self.out.is_in_frame(Reference::LONGEST) && self.out.has_room() {
            self.out.pair(name, ([opcode.byte(); 16], 1));
            self.values += 1;
            return Ok(());
        }
        let code: &[u8] = match value {
            _ if self.protocol >= Protocol::V2 => &[opcode.byte()],
            true => b"I01\n",
            false => b"I00\n",
        };
        self.any_constant(name, code)
    }

    /// Writes an int.
    ///
    /// # Errors
    ///
    /// Only when the writer refuses the bytes before it.
    #[inline]
    pub fn int(&mut self, value: i64) -> Result<()> {
        self.int_behind(Reference::NONE, value)
    }

    /// Writes an int behind a name that was written before.
    #[doc(hidden)]
    #[inline]
    pub fn int_behind(&mut self, name: Reference, value: i64) -> Result<()> {
        if self.out.is_in_frame(Reference::LONGEST) && self.out.has_room() {
            self.out.pair(name, number::int_code(value));
            self.values += 1;
            return Ok(());
        }
        self.any_int(name, value)
    }

    fn any_int(&mut self, name: Reference, value: i64) -> Result<()> {
        self.out.make_room();
        self.known_name(name)?;
        self.int128(value.into())
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
        self.float_behind(Reference::NONE, value)
    }

    /// Writes a float behind a name that was written before.
    #[doc(hidden)]
    #[inline]
    pub fn float_behind(&mut self, name: Reference, value: f64) -> Result<()> {
        if self.out.is_in_frame(Reference::LONGEST) && self.out.has_room() {
            self.out.pair(name, number::float_code(value));
            self.values += 1;
            return Ok(());
        }
        self.any_float(name, value)
    }

    fn any_float(&mut self, name: Reference, value: f64) -> Result<()> {
        self.out.make_room();
        self.known_name(name)?;
        self.out.boundary()?;
        self.values += 1;
        if self.protocol >= Protocol::V1 {
            let (code, length) = number::float_code(value);
            self.push(&code[..length]);
        } else {
            let text = crate::float::repr(value);
            number::line(&mut self.out.bytes, Opcode::Float, format_args!("{text}"));
        }
        Ok(())
    }

    /// Whether an object can be written at once in the form of protocol 4: in the open frame, even
    /// behind so many bytes, and with a slot in the memo that nothing refers to.
    #[inline]
    pub(super) fn is_plain(&self, behind: usize) -> bool {
        self.out.is_in_frame(behind) && self.pending == 0
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

    /// Goes up the level that [`descend`](Self::descend) went down.
    pub(super) fn ascend(&mut self) {
        self.depth -= 1;
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
