//! Classes by name, and their instances.

use std::borrow::Cow;

use super::{
    BUILD, EMPTY_DICT, EMPTY_TUPLE, Filled, GLOBAL, NEWOBJ, NOWHERE, Result, Run, STACK_GLOBAL,
    Slot, Stream,
};
use crate::opcode::Opcode;
use crate::read::arena::globals::GlobalName;
use crate::read::arena::node::Node;
use crate::read::argument::scalar::binary_str;

/// The name of a class, as the stream has it.
pub(in crate::read::decode) enum ClassName<'de> {
    /// It was named before, and has this index among the globals.
    Known(usize),
    /// It is named for the first time.
    New(GlobalName<'de>),
}

impl<'de> Stream<'de> {
    /// Passes the name of a class. A new one is to be put into the memo, by
    /// [`memoize_class`](Self::memoize_class).
    #[inline]
    pub(in crate::read::decode) fn class(&mut self, node: Node) -> Result<ClassName<'de>> {
        let offset = self.offset(node);
        if self.position == offset
            && let Some((slot, length)) = self.fetched(offset)
            && let Some(index) = slot.class()
        {
            self.position += length;
            self.pending = NOWHERE;
            return Ok(ClassName::Known(index));
        }
        self.new_class(offset)
    }

    #[cold]
    fn new_class(&mut self, offset: usize) -> Result<ClassName<'de>> {
        let at;
        let (module, qualname) = if self.take(offset, GLOBAL) {
            at = offset;
            let Some(end) = self.behind(offset, Opcode::Global) else {
                return Err(self.give_up());
            };
            let lines = self.input.get(offset + 1..end).unwrap_or_default();
            self.position = end;
            let mut lines = lines.split(|&byte| byte == b'\n');
            match (lines.next(), lines.next(), lines.next()) {
                (Some(module), Some(qualname), Some([])) => (Some(module), Some(qualname)),
                _ => (None, None),
            }
        } else {
            // The module's name must be the value that was met last.
            if self.position != self.passed {
                return Err(self.give_up());
            }
            let module = binary_str(self.input, offset);
            let name = self.next_value()?;
            let qualname = binary_str(self.input, self.offset(name));
            self.settle()?;
            self.peek()?;
            at = self.position;
            self.expect(STACK_GLOBAL)?;
            (module, qualname)
        };
        let text = |bytes: Option<&'de [u8]>| std::str::from_utf8(bytes?).ok();
        match (text(module), text(qualname)) {
            (Some(module), Some(qualname)) if !module.is_empty() && !qualname.is_empty() => {
                let (module, qualname) = (Cow::Borrowed(module), Cow::Borrowed(qualname));
                let name = GlobalName::new(at, module, qualname, self.protocol, self.fix_imports);
                Ok(ClassName::New(name))
            }
            _ => Err(self.give_up()),
        }
    }

    /// Passes what makes an instance of a class without arguments, and goes into its state: the
    /// attributes, and whether BUILD comes behind them.
    #[inline]
    pub(in crate::read::decode) fn instance(&mut self) -> Result<(Run, bool)> {
        match self.input.get(self.position..) {
            Some([EMPTY_TUPLE, NEWOBJ, ..]) => self.position += 2,
            _ => {
                self.expect(EMPTY_TUPLE)?;
                self.expect(NEWOBJ)?;
            }
        }
        self.memoize(Slot::OTHER)?;
        if self.peek()? != EMPTY_DICT {
            self.enter()?;
            return Ok((Run::Done, false));
        }
        self.position += 1;
        self.open()?;
        Ok((self.begin(Filled::Dict)?, true))
    }

    /// Ends the state of an instance.
    #[inline]
    pub(in crate::read::decode) fn build(&mut self) -> Result<()> {
        self.expect(BUILD)
    }
}
