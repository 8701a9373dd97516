//! What the argument of an opcode says: numbers and text, in text form and in binary.

pub(in crate::read) mod int;
pub(in crate::read) mod literal;
pub(in crate::read) mod number;
pub(in crate::read) mod scalar;
pub(in crate::read) mod text;
