//! Instructions that make instances and give them their state.

use std::borrow::Cow;

use super::Machine;
use super::input::ascii;
use crate::error::{Error, ErrorKind, Result};
use crate::opcode::Opcode;
use crate::read::arena::globals::{Builtin, GlobalRef};
use crate::read::arena::node::{Place, Word};
use crate::read::arena::{Entry, Meaning, Shape};

impl<'de, W: Word> Machine<'_, 'de, W> {
    #[inline]
    pub(super) fn new_object(&mut self) -> Result<()> {
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

    pub(super) fn new_object_ex(&mut self) -> Result<()> {
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
    pub(super) fn operand(&self, text: &str, word: W) -> Error {
        let message = format!("{text} {}", self.type_name(word));
        Error::new(ErrorKind::Operand, message).raised_as("UnpicklingError")
    }

    #[inline]
    pub(super) fn reduce(&mut self) -> Result<()> {
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
        self.reduced = self.position;
        self.push(object);
        self.check_memory()
    }

    pub(super) fn builtin(&self, word: W) -> Option<Builtin> {
        let Place::Container(index) = word.place() else {
            return None;
        };
        let container = self.workspace.arena.get(index);
        if container.shape != Shape::Global {
            return None;
        }
        match self.global(index) {
            Some(GlobalRef::Name(name)) => name.builtin,
            _ => None,
        }
    }

    pub(super) fn inst(&mut self) -> Result<()> {
        let start = self.pop_mark()?;
        let module = ascii(self.line()?)?;
        let name = ascii(self.line()?)?;
        self.collect_tuple(start)?;
        let args = self.pop()?;
        self.push_global(Cow::Borrowed(module), Cow::Borrowed(name), &[]);
        let class = self.pop()?;
        self.instantiate(class, args)
    }

    pub(super) fn obj(&mut self) -> Result<()> {
        let start = self.pop_mark()?;
        if self.workspace.stack.len() <= start {
            return Err(self.underflow());
        }
        self.collect_tuple(start + 1)?;
        let args = self.pop()?;
        let class = self.pop()?;
        if !self.may_be_callable(class) {
            let message = format!("'{}' object is not callable", self.type_name(class));
            return Err(Error::new(ErrorKind::Operand, message));
        }
        self.instantiate(class, args)
    }

    pub(super) fn instantiate(&mut self, class: W, args: W) -> Result<()> {
        let object = self.workspace.arena.make(Shape::Inst, &[class, args], 2);
        // No pickler writes a built-in type so, but Python would call it.
        if let Some(builtin) = self.builtin(class)
            && let Place::Container(index) = object.place()
        {
            self.call_builtin(builtin, index, args)?;
        }
        self.push(object);
        self.check_memory()
    }

    #[inline]
    pub(super) fn build(&mut self) -> Result<()> {
        // Two objects are needed; CPython looks at both before it takes one.
        if self.workspace.stack.len() < self.fence + 2 {
            return Err(self.underflow());
        }
        let state = self.pop()?;
        let object = self.top()?;
        if let Place::Container(index) = object.place()
            && let container = self.workspace.arena.get(index)
            && container.shape.log_start().is_some()
            && matches!(
                container.meaning,
                Meaning::Call | Meaning::Instance | Meaning::Partial
            )
        {
            self.workspace.arena.log(index, Entry::State, state);
            return Ok(());
        }
        self.state_of_other(object, state)
    }

    /// Python's answer to a state of what is no instance: nothing to set is fine, all else fails.
    fn state_of_other(&self, object: W, state: W) -> Result<()> {
        let (state, slots) = match state.place() {
            Place::Container(index)
                if self.workspace.arena.get(index).shape == Shape::Tuple
                    && let &[state, slots] = self.workspace.arena.children(index) =>
            {
                (state, Some(slots))
            }
            _ => (state, None),
        };
        if !self.is_none(state) {
            let Some(entries) = self.dict_entries(state) else {
                return Err(self.no_dict("state"));
            };
            // A class has a `__dict__`, which is a view.
            if !self.may_be_class(object) {
                return Err(self.no_attribute(object, "__dict__"));
            }
            if !entries.is_empty() {
                let message = "'mappingproxy' object does not support item assignment";
                return Err(Error::new(ErrorKind::Operand, message));
            }
        }
        match slots.map(|slots| self.dict_entries(slots)) {
            None | Some(Some([])) => Ok(()),
            Some(None) => Err(self.no_dict("slot state")),
            Some(Some([name, ..])) => {
                let name = self.text(*name)?.unwrap_or_default();
                Err(self.no_attribute(object, &name))
            }
        }
    }

    fn is_none(&self, word: W) -> bool {
        matches!(word.place(), Place::Scalar(offset) if self.input[offset] == Opcode::None.byte())
    }

    /// The keys and values of a dict, if an object is one.
    fn dict_entries(&self, word: W) -> Option<&[W]> {
        let dict = self.iterable(word).filter(|of| of.is_dict)?;
        Some(self.workspace.arena.children(dict.index))
    }

    #[cold]
    fn no_dict(&self, what: &str) -> Error {
        Error::new(ErrorKind::Operand, format!("{what} is not a dictionary"))
            .raised_as("UnpicklingError")
    }
}
