//! What the stream cannot tell from the next opcode: whether a container holds a single item.

use super::Stream;
use crate::opcode::{Argument, Opcode};
use crate::read::argument::scalar::{data1, data4, line};

/// How far a look ahead goes, in opcodes.
const LOOK_AHEAD: usize = 32;

impl Stream<'_> {
    /// Whether a container that is not followed by a MARK has a single item, of so many objects,
    /// rather than none: whether this opcode takes them. A guess, if that is too far away.
    pub(super) fn is_single(&self, end: u8, objects: usize) -> bool {
        let mut position = self.position;
        // How many objects lie above the container, and where the marks above it are.
        let mut height = 0;
        let mut marks = [0; 4];
        let mut depth = 0;
        // How many states lie above the instances that they will be given to.
        let mut building = 0;
        let mut is_new = false;
        for _ in 0..LOOK_AHEAD {
            let Some(opcode) = self
                .input
                .get(position)
                .copied()
                .and_then(Opcode::from_byte)
            else {
                return false;
            };
            if opcode.byte() == end && depth == 0 && height == objects {
                return true;
            }
            let (taken, left) = match opcode {
                Opcode::Mark if depth < marks.len() => {
                    marks[depth] = height;
                    depth += 1;
                    (0, 0)
                }
                Opcode::Appends | Opcode::Setitems | Opcode::Additems if depth > 0 => {
                    depth -= 1;
                    (height - marks[depth], 0)
                }
                Opcode::Tuple | Opcode::Frozenset if depth > 0 => {
                    depth -= 1;
                    (height - marks[depth], 1)
                }
                Opcode::Tuple1 => (1, 1),
                Opcode::Tuple2 | Opcode::Newobj | Opcode::Reduce | Opcode::StackGlobal => (2, 1),
                Opcode::Tuple3 => (3, 1),
                Opcode::Append | Opcode::Build => (2, 1),
                Opcode::Setitem => (3, 1),
                Opcode::Memoize | Opcode::Binput | Opcode::LongBinput | Opcode::Frame => (0, 0),
                Opcode::None
                | Opcode::Newtrue
                | Opcode::Newfalse
                | Opcode::Binint1
                | Opcode::Binint2
                | Opcode::Binint
                | Opcode::Binfloat
                | Opcode::Long1
                | Opcode::ShortBinunicode
                | Opcode::Binunicode
                | Opcode::ShortBinbytes
                | Opcode::Binbytes
                | Opcode::Binget
                | Opcode::LongBinget
                | Opcode::EmptyTuple
                | Opcode::EmptyList
                | Opcode::EmptyDict
                | Opcode::EmptySet
                | Opcode::Global => (0, 1),
                _ => return false,
            };
            if depth == 0 {
                building += usize::from(is_new && opcode == Opcode::EmptyDict);
                building -= usize::from(building > 0 && opcode == Opcode::Build);
            }
            is_new = match opcode {
                Opcode::Memoize | Opcode::Binput | Opcode::LongBinput => is_new,
                _ => opcode == Opcode::Newobj,
            };
            // What takes more is no part of the item.
            let floor = if depth == 0 { 0 } else { marks[depth - 1] };
            if height < floor + taken {
                return false;
            }
            height = height - taken + left;
            position = match self.behind(position, opcode) {
                Some(position) => position,
                None => return false,
            };
        }
        // Of an object that is begun and not complete, only what lies below it counts.
        let bottom = match depth {
            0 => height,
            _ => marks[0],
        };
        bottom.saturating_sub(building) <= objects
    }

    /// The position behind an opcode and its argument.
    pub(super) fn behind(&self, position: usize, opcode: Opcode) -> Option<usize> {
        let argument = self.input.get(position + 1..)?;
        let length = match opcode.argument() {
            Argument::Data1 => 1 + data1(argument)?.len(),
            Argument::Data4 => 4 + data4(argument)?.len(),
            Argument::TwoLines => {
                let module = line(argument).len() + 1;
                module + line(argument.get(module..)?).len() + 1
            }
            argument => argument.fixed(),
        };
        Some(position + 1 + length)
    }
}
