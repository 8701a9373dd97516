//! Instructions that name classes and functions.

use std::borrow::Cow;

use super::Machine;
use crate::error::{Error, ErrorKind, Result};
use crate::opcode::Opcode;
use crate::read::arena::globals::{Builtin, GlobalName, GlobalRef};
use crate::read::arena::node::{Place, Word};
use crate::read::arena::{Meaning, Shape};
use crate::read::argument::scalar::{Scalar, literal_length, scalar};

impl<'de, W: Word> Machine<'_, 'de, W> {
    pub(super) fn push_global(
        &mut self,
        module: Cow<'de, str>,
        name: Cow<'de, str>,
        operands: &[W],
    ) {
        let fix_imports = self.options.fix_imports;
        let global = GlobalName::new(self.offset, module, name, self.protocol, fix_imports);
        self.push_global_ref(GlobalRef::Name(global), operands);
    }

    pub(super) fn push_global_ref(&mut self, global: GlobalRef<'de>, operands: &[W]) {
        let container = self.make_global(global, operands);
        self.push(container);
    }

    /// Makes the container of a global, with the nodes of its names where they are objects.
    pub(super) fn make_global(&mut self, global: GlobalRef<'de>, operands: &[W]) -> W {
        let number = W::from_index(self.globals.len());
        self.globals.push(global);
        let container = self.workspace.arena.make(Shape::Global, &[number], 0);
        if let Place::Container(index) = container.place() {
            self.workspace.arena.extend(index, operands);
        }
        container
    }

    /// The global that an object is, or that a `getattr` gave.
    pub(super) fn global_of(&self, word: W) -> Option<&GlobalRef<'de>> {
        let Place::Container(index) = word.place() else {
            return None;
        };
        let container = self.workspace.arena.get(index);
        match (container.shape, container.meaning) {
            (Shape::Global, _) => self.global(index),
            (_, Meaning::Attribute) => {
                self.global_of(*self.workspace.arena.children(index).get(3)?)
            }
            _ => None,
        }
    }

    /// The global of a container that is one.
    pub(super) fn global(&self, container: usize) -> Option<&GlobalRef<'de>> {
        let number = self.workspace.arena.children(container).first()?;
        self.globals.get(number.index())
    }

    pub(super) fn stack_global(&mut self) -> Result<()> {
        let name_node = self.pop()?;
        let module_node = self.pop()?;
        let (Some(module), Some(name)) = (self.name(module_node)?, self.name(name_node)?) else {
            return Err(Error::new(ErrorKind::Operand, "STACK_GLOBAL requires str")
                .raised_as("UnpicklingError"));
        };
        if module.is_empty() {
            return Err(
                Error::new(ErrorKind::UnknownModule, "Empty module name").raised_as("ValueError")
            );
        }
        self.push_global(module, name, &[module_node, name_node]);
        Ok(())
    }

    /// The text of a str that names something. Many instructions may refer to it, and each takes
    /// time in proportion to its length.
    pub(super) fn name(&mut self, word: W) -> Result<Option<Cow<'de, str>>> {
        if let Place::Scalar(offset) = word.place() {
            self.charge(literal_length(self.input, offset))?;
        }
        let text = self.text(word)?;
        if let Some(text) = &text {
            self.charge(text.len())?;
        }
        Ok(text)
    }

    /// The text of a str; `None` for anything else. Surrogates, which no name has, are replaced.
    pub(super) fn text(&self, word: W) -> Result<Option<Cow<'de, str>>> {
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

    pub(super) fn extension(&mut self, opcode: Opcode) -> Result<()> {
        let code = match opcode {
            Opcode::Ext1 => self.unsigned(1)? as i64,
            Opcode::Ext2 => self.unsigned(2)? as i64,
            _ => self.signed()?,
        };
        match u32::try_from(code) {
            Ok(code @ 1..) => {
                let offset = self.offset;
                self.push_global_ref(GlobalRef::Extension { code, offset }, &[]);
                Ok(())
            }
            _ => Err(Error::new(ErrorKind::Extension, "EXT specifies code <= 0")
                .raised_as("UnpicklingError")),
        }
    }

    /// Whether an object may be a class, as far as that can be known without looking names up.
    #[inline]
    pub(super) fn may_be_class(&self, word: W) -> bool {
        let Place::Container(index) = word.place() else {
            return false;
        };
        let container = self.workspace.arena.get(index);
        match container.shape {
            Shape::Global => match self.global(index) {
                Some(GlobalRef::Name(name)) => name.builtin.is_none_or(Builtin::is_class),
                _ => true,
            },
            Shape::Reduce | Shape::Persistent => {
                matches!(container.meaning, Meaning::Call | Meaning::Attribute)
            }
            _ => false,
        }
    }

    pub(super) fn may_be_callable(&self, word: W) -> bool {
        let Place::Container(index) = word.place() else {
            return false;
        };
        let container = self.workspace.arena.get(index);
        container.shape == Shape::Global
            || (container.shape.log_start().is_some()
                && matches!(
                    container.meaning,
                    Meaning::Call
                        | Meaning::Instance
                        | Meaning::Attribute
                        | Meaning::New
                        | Meaning::Partial
                ))
    }

    #[inline]
    pub(super) fn is_tuple(&self, word: W) -> bool {
        match word.place() {
            Place::Scalar(offset) => self.input[offset] == Opcode::EmptyTuple.byte(),
            Place::Container(index) => {
                let container = self.workspace.arena.get(index);
                container.shape == Shape::Tuple || container.meaning == Meaning::Tuple
            }
        }
    }
}
