//! Instances of classes that only the data knows, written as they were made.

use super::encoder::Encoder;
use crate::error::{Error, ErrorKind, Result};
use crate::opcode::Opcode;
use crate::protocol::Protocol;
use crate::read::Construction;
use crate::registry::Global;
use crate::value::{Change, Opaque};

const NEWOBJ: Global = Global::new("copyreg", "__newobj__");
const NEWOBJ_EX: Global = Global::new("copyreg", "__newobj_ex__");

/// How many items go between a MARK and its APPENDS or SETITEMS; `BATCHSIZE` in CPython.
const BATCH_SIZE: usize = 1000;

impl Encoder<'_> {
    /// Writes an instance: the call that makes it, and what was done to it then.
    pub(crate) fn instance(&mut self, instance: &Opaque) -> Result<()> {
        let level = self.enter()?;
        self.construct(instance)?;
        let slot = self.put_known(level.address)?;
        for change in instance.changes() {
            match change {
                Change::State(state) => {
                    self.value(state)?;
                    self.op(Opcode::Build);
                }
                Change::Setter { function, state } => {
                    // Called for what it does: the result goes.
                    self.value(function)?;
                    self.out.boundary()?;
                    self.reference(slot);
                    self.value(state)?;
                    self.push(&[Opcode::Tuple2, Opcode::Reduce, Opcode::Pop].map(Opcode::byte));
                }
                Change::Items(items) => {
                    self.batches(items, Opcode::Append, Opcode::Appends, Self::value)?;
                }
                Change::Pairs(pairs) => {
                    self.batches(pairs, Opcode::Setitem, Opcode::Setitems, |this, pair| {
                        this.value(&pair.0)?;
                        this.value(&pair.1)
                    })?;
                }
                Change::Additions(items) if self.protocol >= Protocol::V4 => {
                    self.op(Opcode::Mark);
                    for item in items {
                        self.value(item)?;
                    }
                    self.op(Opcode::Additems);
                }
                Change::Additions(_) => return Err(additions()),
            }
        }
        self.leave(&level);
        Ok(())
    }

    /// Writes the call, without memo.
    fn construct(&mut self, instance: &Opaque) -> Result<()> {
        let (callable, args) = (instance.callable(), instance.args());
        match (instance.construction(), instance.kwargs()) {
            (Construction::NewObj, _) if self.protocol >= Protocol::V2 => {
                self.value(callable)?;
                self.value(args)?;
                self.op(Opcode::Newobj);
            }
            (Construction::NewObj, _) => {
                self.global(NEWOBJ)?;
                self.op(Opcode::Mark);
                self.value(callable)?;
                args.iter().try_for_each(|arg| self.value(arg))?;
                self.op(Opcode::Tuple);
                self.put()?;
                self.op(Opcode::Reduce);
            }
            (Construction::NewObjEx, Some(kwargs)) if self.protocol >= Protocol::V4 => {
                self.value(callable)?;
                self.value(args)?;
                self.value(kwargs)?;
                self.op(Opcode::NewobjEx);
            }
            // DIFFERENCE: CPython calls a `functools.partial` of the class's `__new__`.
            (Construction::NewObjEx, Some(kwargs)) => {
                self.global(NEWOBJ_EX)?;
                self.op(Opcode::Mark);
                self.value(callable)?;
                self.value(args)?;
                self.value(kwargs)?;
                self.op(Opcode::Tuple);
                self.put()?;
                self.op(Opcode::Reduce);
            }
            (Construction::Inst, _) if self.protocol >= Protocol::V1 => {
                self.op(Opcode::Mark);
                self.value(callable)?;
                args.iter().try_for_each(|arg| self.value(arg))?;
                self.op(Opcode::Obj);
            }
            _ => {
                self.value(callable)?;
                self.value(args)?;
                self.op(Opcode::Reduce);
            }
        }
        Ok(())
    }

    /// Writes items as CPython writes those of an instance, which come out of an iterator: a last
    /// one on its own has no mark.
    fn batches<T>(
        &mut self,
        items: &[T],
        one: Opcode,
        many: Opcode,
        mut write: impl FnMut(&mut Self, &T) -> Result<()>,
    ) -> Result<()> {
        if self.protocol == Protocol::V0 {
            for item in items {
                write(self, item)?;
                self.op(one);
            }
            return Ok(());
        }
        for batch in items.chunks(BATCH_SIZE) {
            if let [item] = batch {
                write(self, item)?;
                self.op(one);
                continue;
            }
            self.op(Opcode::Mark);
            for item in batch {
                write(self, item)?;
            }
            self.op(many);
        }
        Ok(())
    }
}

#[cold]
fn additions() -> Error {
    Error::new(
        ErrorKind::Unpicklable,
        "elements are added to an instance at protocol 4 and above",
    )
}
