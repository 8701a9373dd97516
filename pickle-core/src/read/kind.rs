//! What a value of a pickle is, as Python sees it.

use std::fmt;

use super::scalar::Scalar;
use super::text::Encoding;

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
    pub(super) fn of_scalar(scalar: &Scalar<'_>, encoding: Encoding) -> Self {
        match scalar {
            Scalar::None => Self::None,
            Scalar::Bool(_) => Self::Bool,
            Scalar::Int(_) | Scalar::Long(_) | Scalar::BigInt(_) => Self::Int,
            Scalar::Float(_) => Self::Float,
            Scalar::Str(_) => Self::Str,
            Scalar::ByteString(_) if encoding == Encoding::Bytes => Self::Bytes,
            Scalar::ByteString(_) => Self::Str,
            Scalar::Bytes(_) => Self::Bytes,
            Scalar::ByteArray(_) => Self::ByteArray,
            Scalar::EmptyTuple => Self::Tuple,
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
