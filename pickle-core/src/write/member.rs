//! Members of enumerations.

use super::{Encoder, Pickle};
use crate::error::{Error, ErrorKind, Result};
use crate::registry::{Class, Constant, Member};

impl Encoder<'_> {
    /// Writes a member of an enumeration, by its index among the [members](Class::members) of the
    /// class: as a call of the class with the member's value. Python has one object of it, so it is
    /// a reference from the second time on.
    ///
    /// # Errors
    ///
    /// When the class has no such member; when it cannot be written by name.
    pub fn member(&mut self, class: &'static Class, index: usize) -> Result<()> {
        let Some(member) = class.members().get(index) else {
            let message = format!("`{class}` has no member with index {index}");
            return Err(Error::new(ErrorKind::Unpicklable, message));
        };
        let address = std::ptr::from_ref(member).cast();
        self.shared(address, &OfClass { class, member })
    }

    /// Writes a set of flags, an `enum.Flag` or `enum.IntFlag`, by its number. Python has one object
    /// of each combination, so it is a reference from the second time on.
    ///
    /// # Errors
    ///
    /// When the class cannot be written by name.
    pub fn flags(&mut self, class: &'static Class, bits: i64) -> Result<()> {
        let address = self.memo.flags(class, bits);
        self.shared(address, &Flags { class, bits })
    }
}

struct Flags {
    class: &'static Class,
    bits: i64,
}

impl Pickle for Flags {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.reduce(self.class, &(self.bits,))?.end()
    }
}

struct OfClass {
    class: &'static Class,
    member: &'static Member,
}

impl Pickle for OfClass {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.reduce(self.class, &(self.member.value,))?.end()
    }
}

impl Pickle for Constant {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match *self {
            Self::None => encoder.none(),
            Self::Bool(value) => encoder.bool(value),
            Self::Int(value) => encoder.int(value),
            Self::Float(value) => encoder.float(value),
            Self::Str(value) => encoder.str(value),
            Self::Tuple(items) => {
                let mut tuple = encoder.tuple(items.len())?;
                for item in items {
                    tuple.item(item)?;
                }
                tuple.end()
            }
        }
    }
}
