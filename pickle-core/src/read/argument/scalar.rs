//! What an opcode that pushes a scalar or a string says.

use std::borrow::Cow;

use num_bigint::BigInt;

use crate::error::{Error, ErrorKind, Result};
use crate::opcode::Opcode;
use crate::read::argument::literal::{self, TextInt};

/// A value that stands in the input in one piece.
pub(crate) enum Scalar<'de> {
    None,
    Bool(bool),
    Int(i64),
    /// An int in two's complement, little-endian.
    Long(&'de [u8]),
    /// An int given as text that needs more than 64 bits.
    BigInt(BigInt),
    Float(f64),
    /// UTF-8 in which surrogates may stand alone.
    Str(Cow<'de, [u8]>),
    /// A Python 2 `str`.
    ByteString(Cow<'de, [u8]>),
    Bytes(&'de [u8]),
    ByteArray(&'de [u8]),
    EmptyTuple,
}

/// A scalar of one of the forms that picklers write most.
pub(crate) enum Plain<'de> {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(&'de [u8]),
    EmptyTuple,
}

/// Reads a scalar of one of the common binary forms; `None` for anything else.
#[inline]
pub(crate) fn plain(input: &[u8], offset: usize) -> Option<Plain<'_>> {
    let (&opcode, arg) = input.get(offset..)?.split_first()?;
    Some(match Opcode::from_byte(opcode)? {
        Opcode::Binint1 => Plain::Int((*arg.first()?).into()),
        Opcode::Binint2 => Plain::Int(u16::from_le_bytes(array(arg)?).into()),
        Opcode::Binint => Plain::Int(i32::from_le_bytes(array(arg)?).into()),
        Opcode::Long1 => Plain::Int(short_long(data1(arg)?)?),
        Opcode::Binfloat => Plain::Float(f64::from_be_bytes(array(arg)?)),
        Opcode::ShortBinunicode => Plain::Str(data1(arg)?),
        Opcode::Binunicode => Plain::Str(data4(arg)?),
        Opcode::None => Plain::None,
        Opcode::Newtrue => Plain::Bool(true),
        Opcode::Newfalse => Plain::Bool(false),
        Opcode::EmptyTuple => Plain::EmptyTuple,
        _ => return None,
    })
}

/// The bytes of a str of the common binary forms; `None` for anything else.
#[inline]
pub(crate) fn binary_str(input: &[u8], offset: usize) -> Option<&[u8]> {
    match *input.get(offset)? {
        SHORT_BINUNICODE => data1(&input[offset + 1..]),
        BINUNICODE => data4(&input[offset + 1..]),
        _ => None,
    }
}

const SHORT_BINUNICODE: u8 = Opcode::ShortBinunicode.byte();
const BINUNICODE: u8 = Opcode::Binunicode.byte();

/// An int of the common binary forms; `None` for anything else.
#[inline]
pub(crate) fn binary_int(input: &[u8], offset: usize) -> Option<i64> {
    match *input.get(offset)? {
        BININT1 => input.get(offset + 1).map(|byte| i64::from(*byte)),
        BININT2 => array(&input[offset + 1..]).map(|bytes| u16::from_le_bytes(bytes).into()),
        BININT => array(&input[offset + 1..]).map(|bytes| i32::from_le_bytes(bytes).into()),
        LONG1 => data1(&input[offset + 1..]).and_then(short_long),
        _ => None,
    }
}

/// A float of the binary form; `None` for anything else.
#[inline]
pub(crate) fn binary_float(input: &[u8], offset: usize) -> Option<f64> {
    match *input.get(offset)? {
        BINFLOAT => array(&input[offset + 1..]).map(f64::from_be_bytes),
        _ => None,
    }
}

/// An int of up to eight bytes in two's complement; `None` for a longer one.
#[inline]
pub(crate) fn short_long(bytes: &[u8]) -> Option<i64> {
    let unused = 64
        - 8 * u32::try_from(bytes.len())
            .ok()
            .filter(|len| (1..=8).contains(len))?;
    let mut wide = [0; 8];
    wide[..bytes.len()].copy_from_slice(bytes);
    Some(i64::from_le_bytes(wide) << unused >> unused)
}

const BINFLOAT: u8 = Opcode::Binfloat.byte();
const BININT1: u8 = Opcode::Binint1.byte();
const BININT2: u8 = Opcode::Binint2.byte();
const BININT: u8 = Opcode::Binint.byte();
const LONG1: u8 = Opcode::Long1.byte();

/// Reads the scalar whose opcode stands at an offset that the machine or the stream has passed.
pub(crate) fn scalar(input: &[u8], offset: usize) -> Result<Scalar<'_>> {
    let lost = || Error::new(ErrorKind::Truncated, "pickle data was truncated").at(offset as u64);
    let opcode = input
        .get(offset)
        .copied()
        .and_then(Opcode::from_byte)
        .ok_or_else(lost)?;
    let arg = &input[offset + 1..];
    Ok(match opcode {
        Opcode::None => Scalar::None,
        Opcode::Newtrue => Scalar::Bool(true),
        Opcode::Newfalse => Scalar::Bool(false),
        Opcode::Binint1 => Scalar::Int(array::<1>(arg).ok_or_else(lost)?[0].into()),
        Opcode::Binint2 => Scalar::Int(u16::from_le_bytes(array(arg).ok_or_else(lost)?).into()),
        Opcode::Binint => Scalar::Int(i32::from_le_bytes(array(arg).ok_or_else(lost)?).into()),
        Opcode::Binfloat => Scalar::Float(f64::from_be_bytes(array(arg).ok_or_else(lost)?)),
        Opcode::EmptyTuple => Scalar::EmptyTuple,
        Opcode::Long1 => Scalar::Long(data1(arg).ok_or_else(lost)?),
        Opcode::Long4 => Scalar::Long(data4(arg).ok_or_else(lost)?),
        Opcode::ShortBinunicode => Scalar::Str(Cow::Borrowed(data1(arg).ok_or_else(lost)?)),
        Opcode::Binunicode => Scalar::Str(Cow::Borrowed(data4(arg).ok_or_else(lost)?)),
        Opcode::Binunicode8 => Scalar::Str(Cow::Borrowed(data8(arg).ok_or_else(lost)?)),
        Opcode::ShortBinbytes => Scalar::Bytes(data1(arg).ok_or_else(lost)?),
        Opcode::Binbytes => Scalar::Bytes(data4(arg).ok_or_else(lost)?),
        Opcode::Binbytes8 => Scalar::Bytes(data8(arg).ok_or_else(lost)?),
        Opcode::Bytearray8 => Scalar::ByteArray(data8(arg).ok_or_else(lost)?),
        Opcode::ShortBinstring => Scalar::ByteString(Cow::Borrowed(data1(arg).ok_or_else(lost)?)),
        Opcode::Binstring => Scalar::ByteString(Cow::Borrowed(data4(arg).ok_or_else(lost)?)),
        // The text forms were checked when the machine passed them, with the limit on digits.
        Opcode::Int => text_int(literal::int(line(arg), usize::MAX)?),
        Opcode::Long => text_int(literal::long(line(arg), usize::MAX)?),
        Opcode::Float => Scalar::Float(literal::float(line(arg))?),
        Opcode::String => match line(arg) {
            [b'\'' | b'"', text @ .., _] if is_plain(text) => Scalar::ByteString(text.into()),
            line => Scalar::ByteString(literal::string(line)?.into()),
        },
        Opcode::Unicode => match line(arg) {
            text if is_plain(text) => Scalar::Str(text.into()),
            line => Scalar::Str(literal::unicode(line)?.into()),
        },
        Opcode::Persid => Scalar::Str(Cow::Borrowed(line(arg))),
        _ => return Err(lost()),
    })
}

/// Whether the text forms have the text as it is: ASCII, nothing escaped.
fn is_plain(text: &[u8]) -> bool {
    text.iter().all(|byte| byte.is_ascii() && *byte != b'\\')
}

fn text_int(value: TextInt) -> Scalar<'static> {
    match value {
        TextInt::Bool(value) => Scalar::Bool(value),
        TextInt::Small(value) => Scalar::Int(value),
        TextInt::Big(value) => Scalar::BigInt(value),
    }
}

/// Whether a scalar has text form, which is parsed each time it is asked for.
#[inline]
pub(crate) fn is_literal(input: &[u8], offset: usize) -> bool {
    matches!(
        input.get(offset),
        Some(b'I' | b'L' | b'F' | b'S' | b'V' | b'P')
    )
}

/// How long the line of a scalar in text form is; 0 for the other forms.
#[inline]
pub(crate) fn literal_length(input: &[u8], offset: usize) -> usize {
    match is_literal(input, offset) {
        true => line(&input[offset + 1..]).len(),
        false => 0,
    }
}

/// The bytes before the next line feed.
pub(crate) fn line(input: &[u8]) -> &[u8] {
    input
        .iter()
        .position(|&b| b == b'\n')
        .map_or(input, |end| &input[..end])
}

#[inline]
pub(crate) fn array<const N: usize>(input: &[u8]) -> Option<[u8; N]> {
    input.first_chunk().copied()
}

/// Data behind a length of one byte.
#[inline]
pub(crate) fn data1(input: &[u8]) -> Option<&[u8]> {
    let (&len, rest) = input.split_first()?;
    rest.get(..usize::from(len))
}

/// Data behind a length of four bytes.
#[inline]
pub(crate) fn data4(input: &[u8]) -> Option<&[u8]> {
    let (&len, rest) = input.split_first_chunk()?;
    rest.get(..u32::from_le_bytes(len) as usize)
}

/// Data behind a length of eight bytes.
pub(crate) fn data8(input: &[u8]) -> Option<&[u8]> {
    let (&len, rest) = input.split_first_chunk()?;
    rest.get(..usize::try_from(u64::from_le_bytes(len)).ok()?)
}

impl Scalar<'_> {
    /// What Python calls the type.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::None => "NoneType",
            Self::Bool(_) => "bool",
            Self::Int(_) | Self::Long(_) | Self::BigInt(_) => "int",
            Self::Float(_) => "float",
            Self::Str(_) | Self::ByteString(_) => "str",
            Self::Bytes(_) => "bytes",
            Self::ByteArray(_) => "bytearray",
            Self::EmptyTuple => "tuple",
        }
    }
}
