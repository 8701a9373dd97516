//! Python's `array`.

use super::python_class;
use crate::error::{Error, Result};
use crate::value::GlobalRef;
use crate::{Cursor, Encoder, Global, Instance, Kind, Pickle, Protocol, Unpickle};

/// An `array.array`: numbers of one type side by side.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::python::array::Array;
///
/// let samples = Array::F64(vec![0.5, 1.5]);
/// assert_eq!(samples.typecode(), 'd');
/// let bytes = pickle::dumps(&samples)?;
/// assert_eq!(pickle::loads::<Array>(&bytes)?, samples);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// Pickles from another machine may have numbers of other sizes or in the other byte order; they
/// are read as what they mean.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Array {
    /// `array('b')`
    I8(Vec<i8>),
    /// `array('B')`
    U8(Vec<u8>),
    /// `array('h')`
    I16(Vec<i16>),
    /// `array('H')`
    U16(Vec<u16>),
    /// `array('i')`
    I32(Vec<i32>),
    /// `array('I')`
    U32(Vec<u32>),
    /// `array('l')`, C's `long`, which has 64 bits on most machines.
    Long(Vec<i64>),
    /// `array('L')`, C's `unsigned long`.
    ULong(Vec<u64>),
    /// `array('q')`
    I64(Vec<i64>),
    /// `array('Q')`
    U64(Vec<u64>),
    /// `array('f')`
    F32(Vec<f32>),
    /// `array('d')`
    F64(Vec<f64>),
    /// `array('u')`, C's `wchar_t`.
    WideChar(Vec<char>),
    /// `array('w')`, from Python 3.13 on.
    Char(Vec<char>),
}

// Pickles call a function.
python_class! { value (f64) Array = "array", "array", also "array"."_array_reconstructor" }

/// An item out of a pickle.
#[derive(Clone, Copy)]
enum Item {
    Int(i128),
    Float(f64),
    Char(char),
}

/// How the items of an array are laid out: Python's machine format codes, where the odd ones are of
/// the other byte order.
#[derive(Clone, Copy)]
struct Format {
    code: u8,
    size: usize,
}

impl Format {
    const UTF16: u8 = 18;
    const UTF32: u8 = 20;

    fn new(code: i64) -> Result<Self> {
        let sizes = [
            1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 8, 8, 8, 8, 4, 4, 8, 8, 2, 2, 4, 4,
        ];
        let size = usize::try_from(code).ok().and_then(|code| sizes.get(code));
        match (u8::try_from(code), size) {
            (Ok(code), Some(&size)) => Ok(Self { code, size }),
            _ => Err(value_error(
                "third argument must be a valid machine format code.",
            )),
        }
    }

    /// The items that these bytes are.
    fn items(self, bytes: &[u8]) -> Result<impl Iterator<Item = Result<Item>>> {
        if !bytes.len().is_multiple_of(self.size) {
            return Err(value_error("bytes length not a multiple of item size"));
        }
        let is_big_endian = self.code > 1 && self.code % 2 == 1;
        let mut units = bytes.chunks_exact(self.size).map(move |unit| {
            let mut bits = [0; 8];
            bits[..self.size].copy_from_slice(unit);
            if is_big_endian {
                bits[..self.size].reverse();
            }
            u64::from_le_bytes(bits)
        });
        Ok(std::iter::from_fn(move || {
            let unit = units.next()?;
            Some(self.item(unit, || units.next()))
        }))
    }

    /// An item out of its bits. A character may take two.
    fn item(self, unit: u64, next: impl FnOnce() -> Option<u64>) -> Result<Item> {
        // Shifted to the top and back, the highest bit becomes the sign.
        let unused = 64 - 8 * self.size as u32;
        let signed = (unit << unused) as i64 >> unused;
        let layout = if self.code > 1 {
            self.code & !1
        } else {
            self.code
        };
        Ok(match layout {
            1 | 4 | 8 | 12 => Item::Int(signed.into()),
            14 => Item::Float(f32::from_bits(unit as u32).into()),
            16 => Item::Float(f64::from_bits(unit)),
            Self::UTF16 => {
                let mut units = vec![unit as u16];
                if (0xD800..0xDC00).contains(&unit) {
                    units.extend(next().map(|unit| unit as u16));
                }
                let text = String::from_utf16(&units).map_err(|_| surrogate())?;
                text.chars().next().map(Item::Char).ok_or_else(surrogate)?
            }
            Self::UTF32 => char::from_u32(unit as u32)
                .map(Item::Char)
                .ok_or_else(surrogate)?,
            _ => Item::Int(unit.into()),
        })
    }
}

#[cold]
fn value_error(message: &str) -> Error {
    Error::custom(message).raised_as("ValueError")
}

#[cold]
fn surrogate() -> Error {
    value_error("an array of characters has one that is none, such as a lone surrogate")
}

macro_rules! arrays {
    ($($variant:ident $type:ident $code:literal $format:literal;)*) => {
        impl Array {
            /// The letter by which Python names the type of the items.
            pub fn typecode(&self) -> char {
                match self {
                    $(Self::$variant(_) => $code,)*
                }
            }

            /// How many items there are.
            pub fn len(&self) -> usize {
                match self {
                    $(Self::$variant(items) => items.len(),)*
                }
            }

            /// The layout of the items as they are written.
            fn format(&self) -> u8 {
                match self {
                    $(Self::$variant(_) => $format,)*
                }
            }

            fn from_items(
                typecode: char,
                items: impl Iterator<Item = Result<Item>>,
            ) -> Result<Self> {
                Ok(match typecode {
                    $($code => Self::$variant(
                        items.map(|item| $type::from_item(item?)).collect::<Result<_>>()?,
                    ),)*
                    _ => return Err(value_error(
                        "bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)",
                    )),
                })
            }

            /// The items as they lie in the memory of a machine.
            fn to_bytes(&self) -> Vec<u8> {
                let mut bytes = Vec::new();
                match self {
                    $(Self::$variant(items) => {
                        items.iter().for_each(|item| bytes.extend(item.bytes()));
                    })*
                }
                bytes
            }
        }

        /// The items as a list.
        impl Pickle for Items<'_> {
            fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
                let mut list = encoder.list(self.0.len())?;
                match self.0 {
                    $(Array::$variant(items) => for item in items {
                        list.item(item)?;
                    })*
                }
                list.end()
            }
        }
    };
}
arrays! {
    I8 i8 'b' 1;
    U8 u8 'B' 0;
    I16 i16 'h' 4;
    U16 u16 'H' 2;
    I32 i32 'i' 8;
    U32 u32 'I' 6;
    Long i64 'l' 12;
    ULong u64 'L' 10;
    I64 i64 'q' 12;
    U64 u64 'Q' 10;
    F32 f32 'f' 14;
    F64 f64 'd' 16;
    WideChar char 'u' 20;
    Char char 'w' 20;
}

impl Array {
    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

struct Items<'a>(&'a Array);

/// What may be an item of an array.
trait Element: Sized {
    fn from_item(item: Item) -> Result<Self>;
    fn bytes(&self) -> impl Iterator<Item = u8>;
}

macro_rules! integers {
    ($($int:ident)*) => {$(
        impl Element for $int {
            fn from_item(item: Item) -> Result<Self> {
                let Item::Int(value) = item else {
                    return Err(Error::custom("an array of ints has another item")
                        .raised_as("TypeError"));
                };
                Self::try_from(value).map_err(|_| {
                    Error::custom(format_args!("the item {value} does not fit the array"))
                        .raised_as("OverflowError")
                })
            }

            fn bytes(&self) -> impl Iterator<Item = u8> {
                self.to_le_bytes().into_iter()
            }
        }
    )*};
}
integers! { i8 u8 i16 u16 i32 u32 i64 u64 }

macro_rules! floats {
    ($($float:ident)*) => {$(
        impl Element for $float {
            fn from_item(item: Item) -> Result<Self> {
                match item {
                    Item::Float(value) => Ok(value as Self),
                    Item::Int(value) => Ok(value as Self),
                    Item::Char(_) => {
                        Err(Error::custom("must be real number, not str").raised_as("TypeError"))
                    }
                }
            }

            fn bytes(&self) -> impl Iterator<Item = u8> {
                self.to_le_bytes().into_iter()
            }
        }
    )*};
}
floats! { f32 f64 }

impl Element for char {
    fn from_item(item: Item) -> Result<Self> {
        match item {
            Item::Char(value) => Ok(value),
            _ => {
                Err(Error::custom("array item must be a unicode character").raised_as("TypeError"))
            }
        }
    }

    fn bytes(&self) -> impl Iterator<Item = u8> {
        u32::from(*self).to_le_bytes().into_iter()
    }
}

impl<'de> Unpickle<'de> for Item {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        match cursor.kind() {
            Kind::Float => cursor.float().map(Self::Float),
            Kind::Str => char::unpickle(cursor).map(Self::Char),
            _ => i128::unpickle(cursor).map(Self::Int),
        }
    }
}

impl Pickle for Array {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        if encoder.protocol() < Protocol::V3 {
            return encoder
                .reduce(Self::CLASS, &(self.typecode(), Items(self)))?
                .end();
        }
        let function = Global::new("array", "_array_reconstructor");
        let bytes = crate::value::Bytes::from(self.to_bytes());
        let args = (Self::CLASS, self.typecode(), self.format(), bytes);
        encoder.reduce(&function, &args)?.end()
    }
}

impl<'de> Unpickle<'de> for Array {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut instance = cursor.instance(Self::CLASS)?;
        if instance.args_left() == 4 {
            let _class: Option<GlobalRef> = instance.arg("arraytype")?;
            let typecode: Option<char> = instance.arg("typecode")?;
            let format: Option<i64> = instance.arg("mformat_code")?;
            let items = instance.arg_with("items", |items| Ok(items.bytes()?.into_owned()))?;
            instance.end()?;
            return match (typecode, format, items) {
                (Some(typecode), Some(format), Some(items)) => {
                    Self::from_items(typecode, Format::new(format)?.items(&items)?)
                }
                _ => Err(value_error("an array is made of 4 arguments")),
            };
        }
        let typecode = instance.arg("typecode")?;
        let items = instance.arg_with("initializer", |items| match items.kind() {
            Kind::Str => Ok(items.str()?.chars().map(Item::Char).collect()),
            _ => Vec::<Item>::unpickle(items),
        })?;
        let Some(typecode) = typecode else {
            return Err(instance.lacks("typecode"));
        };
        instance.end()?;
        Self::from_items(typecode, items.unwrap_or_default().into_iter().map(Ok))
    }
}
