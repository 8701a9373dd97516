//! How instances are made: which opcodes surround a class and its arguments.
//!
//! A plan is a list of steps, because two writers follow them: the builder, which is given the
//! class and the arguments as values, and the walker, which must not recurse into them.

use super::Pickle;
use super::containers::inside;
use super::encoder::{Encoder, Level, RequestKind};
use super::global;
use super::memo::{Form, Slot};
use crate::error::{Error, ErrorKind, Result, Segment};
use crate::opcode::Opcode;
use crate::protocol::Protocol;
use crate::registry::Global;

/// How an instance is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Making {
    /// `callable(*args)`
    Reduce,
    /// `cls.__new__(cls, *args)`
    NewObj,
    /// `cls.__new__(cls, *args, **kwargs)`
    NewObjEx,
    /// `cls(*args)`, of an old-style class of Python 2.
    Inst,
}

/// One step of a plan.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// The callable or class.
    Class,
    /// The class's `__new__`.
    New,
    /// The tuple of arguments.
    Args,
    /// The arguments, as further items of a tuple whose first item was just written.
    Join,
    /// The arguments, one by one.
    Spread,
    /// The dict of keyword arguments.
    Kwargs,
    /// What follows may still get something put before it.
    Hold,
    Global(Global),
    None,
    /// A tuple of so many of the last values.
    TupleOf(u8),
    Op(Opcode),
    /// Stores what was made so far in the memo.
    Put,
}

const NEWOBJ_EX: Global = Global::new("copyreg", "__newobj_ex__");

impl Making {
    /// The steps that make an instance, but for storing it in the memo.
    pub(super) fn plan(self, protocol: Protocol) -> &'static [Step] {
        match self {
            Self::Reduce => &[Step::Class, Step::Args, Step::Op(Opcode::Reduce)],
            Self::NewObj if protocol >= Protocol::V2 => {
                &[Step::Class, Step::Args, Step::Op(Opcode::Newobj)]
            }
            Self::NewObj => &[
                Step::Global(global::NEWOBJ),
                Step::Hold,
                Step::Class,
                Step::Join,
                Step::Op(Opcode::Reduce),
            ],
            Self::NewObjEx if protocol >= Protocol::V4 => &[
                Step::Class,
                Step::Args,
                Step::Kwargs,
                Step::Op(Opcode::NewobjEx),
            ],
            // `functools.partial(cls.__new__, cls, *args, **kwargs)()`
            Self::NewObjEx if protocol >= Protocol::V2 => &[
                Step::Global(global::PARTIAL),
                Step::New,
                Step::TupleOf(1),
                Step::Op(Opcode::Reduce),
                Step::Put,
                Step::Op(Opcode::Mark),
                Step::New,
                Step::Hold,
                Step::Class,
                Step::Join,
                Step::Kwargs,
                Step::None,
                Step::TupleOf(4),
                Step::Op(Opcode::Build),
                Step::Op(Opcode::EmptyTuple),
                Step::Op(Opcode::Reduce),
            ],
            Self::NewObjEx => &[
                Step::Global(NEWOBJ_EX),
                Step::Op(Opcode::Mark),
                Step::Class,
                Step::Args,
                Step::Kwargs,
                Step::TupleOf(3),
                Step::Op(Opcode::Reduce),
            ],
            Self::Inst => &[
                Step::Op(Opcode::Mark),
                Step::Class,
                Step::Spread,
                Step::Op(Opcode::Obj),
            ],
        }
    }

    /// Checks what was written as the class or callable.
    pub(super) fn check_class(self, encoder: &Encoder<'_>) -> Result<()> {
        if encoder.wrote(Form::Callable) {
            return Ok(());
        }
        Err(unpicklable(match self {
            Self::NewObj => "args[0] from __newobj__ args is not a type",
            Self::NewObjEx => "first item from NEWOBJ_EX argument tuple must be a class",
            _ => "first item of the tuple returned by __reduce__ must be callable",
        }))
    }

    /// Checks what was written as the arguments.
    pub(super) fn check_args(self, encoder: &Encoder<'_>) -> Result<()> {
        match encoder.wrote(Form::Tuple) {
            true => Ok(()),
            false => Err(self.not_a_tuple()),
        }
    }

    /// The error of arguments that are something else than a tuple.
    #[cold]
    pub(super) fn not_a_tuple(self) -> Error {
        unpicklable(match self {
            Self::NewObjEx => "second item from NEWOBJ_EX argument tuple must be a tuple",
            _ => "second item of the tuple returned by __reduce__ must be a tuple",
        })
    }

    /// Checks what was written as the keyword arguments.
    pub(super) fn check_kwargs(self, encoder: &Encoder<'_>) -> Result<()> {
        match encoder.wrote(Form::Dict) {
            true => Ok(()),
            false => Err(self.not_a_dict()),
        }
    }

    /// The error of keyword arguments that are something else than a dict.
    #[cold]
    pub(super) fn not_a_dict(self) -> Error {
        unpicklable("third item from NEWOBJ_EX argument tuple must be a dict")
    }
}

/// An instance that has been made, and what is still to be known of it.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) level: Level,
    /// Where it is in the memo.
    pub(super) slot: Slot,
    /// Whether it was made, with all that is in it, inside of its own arguments. What is said of
    /// it then is not written again.
    pub(super) dropped: bool,
}

impl Encoder<'_> {
    /// Carries out a step that writes no value of the instance.
    pub(super) fn plain_step(&mut self, step: Step) -> Result<()> {
        match step {
            Step::Global(global) => self.global(global)?,
            Step::None => self.none()?,
            Step::TupleOf(len) => {
                // The mark that protocols 0 and 1 need, and four values at any protocol, is part
                // of the plan.
                match len {
                    1 => self.tuple_of(1)?,
                    _ => {
                        self.op(Opcode::Tuple);
                        self.put()?;
                    }
                }
            }
            Step::Op(opcode) => self.op(opcode),
            Step::Put => self.put()?,
            Step::Class
            | Step::New
            | Step::Args
            | Step::Join
            | Step::Spread
            | Step::Kwargs
            | Step::Hold => {}
        }
        Ok(())
    }

    /// Writes what a plan makes of a class and its arguments.
    pub(super) fn make<C, A, K>(
        &mut self,
        making: Making,
        class: &C,
        args: &A,
        kwargs: &K,
    ) -> Result<Made>
    where
        C: Pickle + ?Sized,
        A: Pickle + ?Sized,
        K: Pickle + ?Sized,
    {
        let level = self.enter_late()?;
        let mut start = 0;
        for step in making.plan(self.protocol) {
            match step {
                Step::Class => {
                    self.value(class)?;
                    making.check_class(self)?;
                }
                Step::New => {
                    self.ask(RequestKind::New);
                    self.value(class)?;
                    if self.request.take().is_some() {
                        return Err(super::containers::not_a_class());
                    }
                }
                Step::Args | Step::Spread => {
                    self.value(args).map_err(in_args)?;
                    making.check_args(self)?;
                }
                Step::Hold => start = self.out.hold(),
                Step::Join => {
                    self.ask(RequestKind::Join(start));
                    self.value(args).map_err(in_args)?;
                    if self.request.take().is_some() {
                        return Err(making.not_a_tuple());
                    }
                }
                Step::Kwargs => {
                    self.value(kwargs)?;
                    making.check_kwargs(self)?;
                }
                step => self.plain_step(*step)?,
            }
        }
        self.made(level)
    }

    /// Stores the instance just made in the memo, or takes it back if it is there already.
    pub(super) fn made(&mut self, level: Level) -> Result<Made> {
        if level.address != 0
            && let Some(slot) = self.made_before(&level)
        {
            return Ok(Made {
                level,
                slot,
                dropped: true,
            });
        }
        let slot = self.put_known(level.address)?;
        // Its own state may call it.
        self.note_at(&level, Form::Callable);
        Ok(Made {
            level,
            slot,
            dropped: false,
        })
    }

    /// Ends an instance.
    pub(super) fn leave_made(&mut self, made: &Made) {
        self.leave(&made.level);
        self.note_at(&made.level, Form::Callable);
    }

    /// Makes sure that the instance, which was made last, is in the memo, for its state setter is
    /// written next. Returns its slot.
    pub(super) fn begin_setter(&mut self, made: &Made) -> Slot {
        if !self.canonical {
            return made.slot;
        }
        // Where there is no memo otherwise: a slot that does not tell what was written before.
        let slot = self.setters;
        self.old_put(slot);
        self.setters += 1;
        slot
    }

    /// Writes what comes between a state setter and the state: the instance.
    pub(super) fn setter_target(&mut self, slot: Slot) -> Result<()> {
        self.setters = self.setters.saturating_sub(1);
        self.out.boundary()?;
        self.reference(slot);
        Ok(())
    }

    /// Writes the opcodes behind the state of a state setter, whose result goes.
    ///
    /// TUPLE2 is of protocol 2; CPython writes it at every protocol.
    pub(super) fn setter_call(&mut self) {
        self.push(&[Opcode::Tuple2, Opcode::Reduce, Opcode::Pop].map(Opcode::byte));
    }
}

#[cold]
fn in_args(error: Error) -> Error {
    inside(error, || Segment::Attribute("args".into()))
}

#[cold]
fn unpicklable(message: &str) -> Error {
    Error::new(ErrorKind::Unpicklable, message)
}
