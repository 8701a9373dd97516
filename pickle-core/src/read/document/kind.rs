//! What a value of a pickle is, as Python sees it.

use std::fmt;

use crate::opcode::Opcode;
use crate::read::argument::scalar::{Scalar, line, scalar};
use crate::read::argument::text::Encoding;

/// What a value of a pickle is, as Python sees it. Prints as the name of Python's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// `None`
    None,
    /// `True` or `False`
    Bool,
    /// An int of any size.
    Int,
    /// A float.
    Float,
    /// Text.
    Str,
    /// Immutable bytes.
    Bytes,
    /// Mutable bytes.
    ByteArray,
    /// A list.
    List,
    /// A tuple.
    Tuple,
    /// A dict.
    Dict,
    /// A set.
    Set,
    /// A frozenset.
    FrozenSet,
    /// An instance of a class that is not built in.
    Object,
    /// A class or a function itself.
    Global,
    /// An object outside of the pickle, known by its persistent id.
    Persistent,
    /// An out-of-band buffer.
    Buffer,
}

impl Kind {
    /// The kind of the scalar whose opcode stands at an offset; its content is not looked at,
    /// which for the text forms would mean parsing it.
    pub(in crate::read) fn of_scalar(input: &[u8], offset: usize, encoding: Encoding) -> Self {
        let opcode = input.get(offset).copied().and_then(Opcode::from_byte);
        match opcode {
            Some(Opcode::None) => Self::None,
            Some(Opcode::Newtrue | Opcode::Newfalse) => Self::Bool,
            // Bools among them have two digits, which are cheap to read.
            Some(Opcode::Int) if line(&input[offset + 1..]).len() == 2 => {
                match scalar(input, offset) {
                    Ok(Scalar::Bool(_)) => Self::Bool,
                    _ => Self::Int,
                }
            }
            Some(
                Opcode::Int
                | Opcode::Binint
                | Opcode::Binint1
                | Opcode::Binint2
                | Opcode::Long
                | Opcode::Long1
                | Opcode::Long4,
            ) => Self::Int,
            Some(Opcode::Float | Opcode::Binfloat) => Self::Float,
            // What is still to be read, in a stream.
            Some(Opcode::EmptyList) => Self::List,
            Some(Opcode::EmptyDict) => Self::Dict,
            Some(Opcode::EmptySet) => Self::Set,
            Some(
                Opcode::Unicode
                | Opcode::Binunicode
                | Opcode::ShortBinunicode
                | Opcode::Binunicode8
                | Opcode::Persid,
            ) => Self::Str,
            Some(Opcode::String | Opcode::Binstring | Opcode::ShortBinstring) => match encoding {
                Encoding::Bytes => Self::Bytes,
                _ => Self::Str,
            },
            Some(Opcode::Binbytes | Opcode::ShortBinbytes | Opcode::Binbytes8) => Self::Bytes,
            Some(Opcode::Bytearray8) => Self::ByteArray,
            Some(Opcode::EmptyTuple) => Self::Tuple,
            _ => Self::Object,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "NoneType",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "float",
            Self::Str => "str",
            Self::Bytes => "bytes",
            Self::ByteArray => "bytearray",
            Self::List => "list",
            Self::Tuple => "tuple",
            Self::Dict => "dict",
            Self::Set => "set",
            Self::FrozenSet => "frozenset",
            Self::Object => "object",
            Self::Global => "type",
            Self::Persistent => "persistent object",
            Self::Buffer => "buffer",
        })
    }
}
