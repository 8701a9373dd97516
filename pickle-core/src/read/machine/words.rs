//! Python's words for what the instructions meet.

use super::Machine;
use crate::error::{Error, ErrorKind};
use crate::read::arena::globals::GlobalRef;
use crate::read::arena::node::{Place, Word};
use crate::read::arena::{Meaning, Shape};
use crate::read::argument::scalar::scalar;

impl<'de, W: Word> Machine<'_, 'de, W> {
    /// What Python calls the type of an object.
    pub(super) fn type_name(&self, word: W) -> &str {
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
                    (Shape::Global, _) | (_, Meaning::Attribute) => match self.builtin(word) {
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
    pub(super) fn class_name(&self, object: usize) -> &str {
        let class = self
            .workspace
            .arena
            .children(object)
            .first()
            .map(|class| class.place());
        if let Some(Place::Container(class)) = class
            && self.workspace.arena.get(class).shape == Shape::Global
            && let Some(GlobalRef::Name(name)) = self.global(class)
        {
            return name.qualname.rsplit('.').next().unwrap_or(&name.qualname);
        }
        "object"
    }

    #[cold]
    pub(super) fn no_attribute(&self, word: W, attribute: &str) -> Error {
        let message = format!(
            "'{}' object has no attribute '{attribute}'",
            self.type_name(word)
        );
        Error::new(ErrorKind::Operand, message).raised_as("AttributeError")
    }

    #[cold]
    pub(super) fn no_item_assignment(&self, word: W) -> Error {
        let message = format!(
            "'{}' object does not support item assignment",
            self.type_name(word)
        );
        Error::new(ErrorKind::Operand, message)
    }
}

#[cold]
pub(super) fn unknown_opcode(byte: u8) -> Error {
    let shown = match byte {
        b'\'' | b'\\' => format!("\\x{byte:02x}"),
        0x20..=0x7e => char::from(byte).to_string(),
        _ => format!("\\x{byte:02x}"),
    };
    Error::new(ErrorKind::Opcode, format!("invalid load key, '{shown}'."))
}
