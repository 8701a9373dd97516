//! The instructions of the pickle machine, in one table that reader, writer and tools lean on.
//!
//! ```
//! # use pickle_core as pickle;
//! use pickle::opcode::OPCODES;
//!
//! let new_in_5: Vec<_> = OPCODES.iter().filter(|info| info.since == pickle::Protocol::V5).collect();
//! assert_eq!(new_in_5[0].name, "BYTEARRAY8");
//! ```
//!
//! Source: `opcodes` in CPython's `Lib/pickletools.py`, `enum opcode` in `Modules/_pickle.c`.

use crate::protocol::Protocol;

/// The argument that follows an opcode's byte in the stream. Numbers are little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Argument {
    /// Nothing.
    None,
    /// One unsigned byte.
    U8,
    /// Two bytes, unsigned.
    U16,
    /// Four bytes, unsigned.
    U32,
    /// Four bytes, signed.
    I32,
    /// Eight bytes, unsigned.
    U64,
    /// An IEEE 754 double, big-endian.
    F64,
    /// Text up to and including a line feed.
    Line,
    /// Two lines of text.
    TwoLines,
    /// A length of one byte, and that many bytes.
    Data1,
    /// A length of four bytes, and that many bytes.
    Data4,
    /// A length of four bytes that is signed, and that many bytes.
    DataI32,
    /// A length of eight bytes, and that many bytes.
    Data8,
}

impl Argument {
    /// How many bytes the part of fixed size takes: a number, or the length before data.
    pub const fn fixed(self) -> usize {
        match self {
            Self::None | Self::Line | Self::TwoLines => 0,
            Self::U8 | Self::Data1 => 1,
            Self::U16 => 2,
            Self::U32 | Self::I32 | Self::Data4 | Self::DataI32 => 4,
            Self::U64 | Self::F64 | Self::Data8 => 8,
        }
    }
}

/// What an opcode takes off the stack or leaves on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operand {
    /// Any object.
    Any,
    /// A mark.
    Mark,
    /// Everything above the topmost mark.
    Slice,
    /// `None`.
    None,
    /// A bool.
    Bool,
    /// An int.
    Int,
    /// An int, or a bool.
    IntOrBool,
    /// A float.
    Float,
    /// A Python 2 `str`.
    ByteString,
    /// A str.
    Str,
    /// Bytes.
    Bytes,
    /// A bytearray.
    ByteArray,
    /// An out-of-band buffer.
    Buffer,
    /// A tuple.
    Tuple,
    /// A list.
    List,
    /// A dict.
    Dict,
    /// A set.
    Set,
    /// A frozenset.
    FrozenSet,
}

/// What there is to know about an opcode.
#[derive(Debug)]
pub struct Info {
    /// The opcode.
    pub opcode: Opcode,
    /// The name in CPython's sources.
    pub name: &'static str,
    /// What follows its byte.
    pub argument: Argument,
    /// What it takes off the stack, topmost last.
    pub before: &'static [Operand],
    /// What it leaves instead, topmost last.
    pub after: &'static [Operand],
    /// The first protocol whose writers use it.
    pub since: Protocol,
    /// What it does, in a sentence.
    pub doc: &'static str,
}

macro_rules! opcodes {
    ($($variant:ident = $byte:literal, $name:literal, $argument:ident,
        [$($before:ident),*] -> [$($after:ident),*], $since:ident, $doc:literal;)*) => {
        /// An instruction of the pickle machine.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Opcode {
            $(#[doc = $doc] $variant = $byte,)*
        }

        /// Every opcode, grouped by purpose.
        pub static OPCODES: &[Info] = &[
            $(Info {
                opcode: Opcode::$variant,
                name: $name,
                argument: Argument::$argument,
                before: &[$(Operand::$before),*],
                after: &[$(Operand::$after),*],
                since: Protocol::$since,
                doc: $doc,
            },)*
        ];

        /// The opcode of each byte: a look-up is faster than 68 comparisons, however arranged.
        static BY_BYTE: [Option<Opcode>; 256] = {
            let mut table = [None; 256];
            $(table[$byte as usize] = Some(Opcode::$variant);)*
            table
        };

        impl Opcode {
            /// The opcode of this byte, if it is one.
            #[inline]
            pub const fn from_byte(byte: u8) -> Option<Self> {
                BY_BYTE[byte as usize]
            }

            /// The argument that follows the opcode.
            #[inline]
            pub const fn argument(self) -> Argument {
                match self {
                    $(Self::$variant => Argument::$argument,)*
                }
            }
        }
    };
}

opcodes! {
    // The stack.
    Mark = b'(', "MARK", None, [] -> [Mark], V0,
        "Pushes a mark; opcodes that take any number of objects take those above it.";
    Stop = b'.', "STOP", None, [Any] -> [], V0,
        "Ends the pickle; the object on top is the result.";
    Pop = b'0', "POP", None, [Any] -> [], V0,
        "Drops the object on top, or the mark if that is on top.";
    PopMark = b'1', "POP_MARK", None, [Mark, Slice] -> [], V1,
        "Drops the topmost mark and everything above it.";
    Dup = b'2', "DUP", None, [Any] -> [Any, Any], V0,
        "Pushes the object on top a second time.";

    // Constants and numbers.
    None = b'N', "NONE", None, [] -> [None], V0,
        "Pushes None.";
    Newtrue = 0x88, "NEWTRUE", None, [] -> [Bool], V2,
        "Pushes True.";
    Newfalse = 0x89, "NEWFALSE", None, [] -> [Bool], V2,
        "Pushes False.";
    Int = b'I', "INT", Line, [] -> [IntOrBool], V0,
        "Pushes an int, or a bool for the lines 00 and 01.";
    Long = b'L', "LONG", Line, [] -> [Int], V0,
        "Pushes an int of any size; an L follows the digits.";
    Binint = b'J', "BININT", I32, [] -> [Int], V1,
        "Pushes a four-byte signed int.";
    Binint1 = b'K', "BININT1", U8, [] -> [Int], V1,
        "Pushes a one-byte unsigned int.";
    Binint2 = b'M', "BININT2", U16, [] -> [Int], V1,
        "Pushes a two-byte unsigned int.";
    Long1 = 0x8a, "LONG1", Data1, [] -> [Int], V2,
        "Pushes an int of up to 255 bytes, two's complement, little-endian.";
    Long4 = 0x8b, "LONG4", DataI32, [] -> [Int], V2,
        "Pushes an int of up to 2 GiB, two's complement, little-endian.";
    Float = b'F', "FLOAT", Line, [] -> [Float], V0,
        "Pushes a float given as text.";
    Binfloat = b'G', "BINFLOAT", F64, [] -> [Float], V1,
        "Pushes an IEEE 754 double, big-endian.";

    // Strings.
    String = b'S', "STRING", Line, [] -> [ByteString], V0,
        "Pushes a Python 2 byte string given as its repr.";
    Binstring = b'T', "BINSTRING", DataI32, [] -> [ByteString], V1,
        "Pushes a Python 2 byte string.";
    ShortBinstring = b'U', "SHORT_BINSTRING", Data1, [] -> [ByteString], V1,
        "Pushes a Python 2 byte string of up to 255 bytes.";
    Unicode = b'V', "UNICODE", Line, [] -> [Str], V0,
        "Pushes a str given in the raw-unicode-escape encoding.";
    Binunicode = b'X', "BINUNICODE", Data4, [] -> [Str], V1,
        "Pushes a str in UTF-8.";
    ShortBinunicode = 0x8c, "SHORT_BINUNICODE", Data1, [] -> [Str], V4,
        "Pushes a str of up to 255 bytes of UTF-8.";
    Binunicode8 = 0x8d, "BINUNICODE8", Data8, [] -> [Str], V4,
        "Pushes a str in UTF-8 of any length.";
    Binbytes = b'B', "BINBYTES", Data4, [] -> [Bytes], V3,
        "Pushes bytes.";
    ShortBinbytes = b'C', "SHORT_BINBYTES", Data1, [] -> [Bytes], V3,
        "Pushes bytes, up to 255 of them.";
    Binbytes8 = 0x8e, "BINBYTES8", Data8, [] -> [Bytes], V4,
        "Pushes bytes of any length.";
    Bytearray8 = 0x96, "BYTEARRAY8", Data8, [] -> [ByteArray], V5,
        "Pushes a bytearray.";
    NextBuffer = 0x97, "NEXT_BUFFER", None, [] -> [Buffer], V5,
        "Pushes the next out-of-band buffer.";
    ReadonlyBuffer = 0x98, "READONLY_BUFFER", None, [Buffer] -> [Buffer], V5,
        "Makes the buffer on top read-only.";

    // Tuples.
    EmptyTuple = b')', "EMPTY_TUPLE", None, [] -> [Tuple], V1,
        "Pushes the empty tuple.";
    Tuple = b't', "TUPLE", None, [Mark, Slice] -> [Tuple], V0,
        "Makes a tuple of the objects above the mark.";
    Tuple1 = 0x85, "TUPLE1", None, [Any] -> [Tuple], V2,
        "Makes a tuple of the object on top.";
    Tuple2 = 0x86, "TUPLE2", None, [Any, Any] -> [Tuple], V2,
        "Makes a tuple of the two objects on top.";
    Tuple3 = 0x87, "TUPLE3", None, [Any, Any, Any] -> [Tuple], V2,
        "Makes a tuple of the three objects on top.";

    // Lists.
    EmptyList = b']', "EMPTY_LIST", None, [] -> [List], V1,
        "Pushes an empty list.";
    List = b'l', "LIST", None, [Mark, Slice] -> [List], V0,
        "Makes a list of the objects above the mark.";
    Append = b'a', "APPEND", None, [List, Any] -> [List], V0,
        "Appends the object on top to the list below it.";
    Appends = b'e', "APPENDS", None, [List, Mark, Slice] -> [List], V1,
        "Appends the objects above the mark to the list below it.";

    // Dicts.
    EmptyDict = b'}', "EMPTY_DICT", None, [] -> [Dict], V1,
        "Pushes an empty dict.";
    Dict = b'd', "DICT", None, [Mark, Slice] -> [Dict], V0,
        "Makes a dict of the keys and values above the mark.";
    Setitem = b's', "SETITEM", None, [Dict, Any, Any] -> [Dict], V0,
        "Stores a key and a value in the dict below them.";
    Setitems = b'u', "SETITEMS", None, [Dict, Mark, Slice] -> [Dict], V1,
        "Stores the keys and values above the mark in the dict below it.";

    // Sets.
    EmptySet = 0x8f, "EMPTY_SET", None, [] -> [Set], V4,
        "Pushes an empty set.";
    Additems = 0x90, "ADDITEMS", None, [Set, Mark, Slice] -> [Set], V4,
        "Adds the objects above the mark to the set below it.";
    Frozenset = 0x91, "FROZENSET", None, [Mark, Slice] -> [FrozenSet], V4,
        "Makes a frozenset of the objects above the mark.";

    // The memo.
    Get = b'g', "GET", Line, [] -> [Any], V0,
        "Pushes the object in the memo slot of this number.";
    Binget = b'h', "BINGET", U8, [] -> [Any], V1,
        "Pushes the object in the memo slot of this one-byte number.";
    LongBinget = b'j', "LONG_BINGET", U32, [] -> [Any], V1,
        "Pushes the object in the memo slot of this four-byte number.";
    Put = b'p', "PUT", Line, [Any] -> [Any], V0,
        "Stores the object on top in the memo slot of this number.";
    Binput = b'q', "BINPUT", U8, [Any] -> [Any], V1,
        "Stores the object on top in the memo slot of this one-byte number.";
    LongBinput = b'r', "LONG_BINPUT", U32, [Any] -> [Any], V1,
        "Stores the object on top in the memo slot of this four-byte number.";
    Memoize = 0x94, "MEMOIZE", None, [Any] -> [Any], V4,
        "Stores the object on top in the memo slot whose number is the count of filled slots.";

    // Globals.
    Global = b'c', "GLOBAL", TwoLines, [] -> [Any], V0,
        "Pushes the class or function of this module and name.";
    StackGlobal = 0x93, "STACK_GLOBAL", None, [Str, Str] -> [Any], V4,
        "Pushes the class or function of the module and qualified name on top.";
    Ext1 = 0x82, "EXT1", U8, [] -> [Any], V2,
        "Pushes what is registered for this one-byte extension code.";
    Ext2 = 0x83, "EXT2", U16, [] -> [Any], V2,
        "Pushes what is registered for this two-byte extension code.";
    Ext4 = 0x84, "EXT4", I32, [] -> [Any], V2,
        "Pushes what is registered for this four-byte extension code.";

    // Instances.
    Reduce = b'R', "REDUCE", None, [Any, Tuple] -> [Any], V0,
        "Calls a callable with a tuple of arguments.";
    Build = b'b', "BUILD", None, [Any, Any] -> [Any], V0,
        "Gives an instance its state.";
    Inst = b'i', "INST", TwoLines, [Mark, Slice] -> [Any], V0,
        "Makes an instance of the named class; the objects above the mark are its arguments.";
    Obj = b'o', "OBJ", None, [Mark, Any, Slice] -> [Any], V1,
        "Makes an instance of the class above the mark; the rest are its arguments.";
    Newobj = 0x81, "NEWOBJ", None, [Any, Tuple] -> [Any], V2,
        "Calls `cls.__new__(cls, *args)`.";
    NewobjEx = 0x92, "NEWOBJ_EX", None, [Any, Tuple, Dict] -> [Any], V4,
        "Calls `cls.__new__(cls, *args, **kwargs)`.";

    // The pickle itself.
    Proto = 0x80, "PROTO", U8, [] -> [], V2,
        "Names the protocol of what follows.";
    Frame = 0x95, "FRAME", U64, [] -> [], V4,
        "Says how many bytes can be read at once; it has no other meaning.";

    // Persistent ids.
    Persid = b'P', "PERSID", Line, [] -> [Any], V0,
        "Pushes the object of the persistent id given as text.";
    Binpersid = b'Q', "BINPERSID", None, [Any] -> [Any], V1,
        "Replaces a persistent id by its object.";
}

impl Opcode {
    /// The byte that stands for it in the stream.
    pub const fn byte(self) -> u8 {
        self as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_every_opcode_once() {
        assert_eq!(OPCODES.len(), 68);
        let mut seen = std::collections::HashSet::new();
        for info in OPCODES {
            assert!(
                seen.insert(info.opcode.byte()),
                "{} stands twice",
                info.name
            );
            assert_eq!(Opcode::from_byte(info.opcode.byte()), Some(info.opcode));
            assert_eq!(info.opcode.argument(), info.argument);
            assert!(info.doc.ends_with('.') && !info.name.is_empty());
        }
        assert_eq!(
            (0..=255)
                .filter(|&b| Opcode::from_byte(b).is_some())
                .count(),
            68
        );
    }

    #[test]
    fn protocols_added_as_many_opcodes_as_python_says() {
        let count = |since| OPCODES.iter().filter(|info| info.since == since).count();
        assert_eq!(count(Protocol::V0) + count(Protocol::V1), 41);
        assert_eq!(count(Protocol::V2), 12);
        assert_eq!(count(Protocol::V3), 2);
        assert_eq!(count(Protocol::V4), 10);
        assert_eq!(count(Protocol::V5), 3);
    }

    #[test]
    fn a_slice_stands_above_a_mark() {
        for info in OPCODES {
            if info.before.contains(&Operand::Slice) {
                assert!(info.before.contains(&Operand::Mark), "{}", info.name);
            }
            assert!(!info.after.contains(&Operand::Slice), "{}", info.name);
        }
    }
}
