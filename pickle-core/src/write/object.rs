//! Instances of classes.

use super::Pickle;
use super::batches::Batches;
use super::containers::inside;
use super::encoder::{Encoder, Level};
use super::global;
use crate::error::{Error, ErrorKind, Result, Segment};
use crate::opcode::Opcode;
use crate::protocol::Protocol;
use crate::registry::Class;

impl<'w> Encoder<'w> {
    /// Begins an instance of a class with so many attributes.
    ///
    /// Python makes it by `cls.__new__(cls)`, without calling `__init__`, and fills its `__dict__`
    /// with the attributes in their order.
    ///
    /// # Errors
    ///
    /// When values nest too deep, and when the class cannot be written by name.
    #[inline]
    pub fn object(&mut self, class: &'static Class, len: usize) -> Result<ObjectEncoder<'_, 'w>> {
        let level = self.enter()?;
        let place = self.memo.class(class);
        if self.protocol >= Protocol::V2 {
            self.class(class, place)?;
            self.out.boundary()?;
            self.push(&[Opcode::EmptyTuple.byte(), Opcode::Newobj.byte()]);
        } else {
            self.reconstructor(class, place)?;
        }
        self.put_at(level.address)?;
        let attributes = match len {
            0 => None,
            _ => {
                self.out.boundary()?;
                Some(self.begin_dict(len, 0)?)
            }
        };
        Ok(ObjectEncoder {
            encoder: self,
            level,
            class,
            place,
            attributes,
        })
    }

    /// Writes `copyreg._reconstructor(cls, object, None)`, which is how protocols 0 and 1 do it.
    fn reconstructor(&mut self, class: &'static Class, place: usize) -> Result<()> {
        self.global(global::RECONSTRUCTOR)?;
        self.op(Opcode::Mark);
        self.class(class, place)?;
        self.global(global::OBJECT)?;
        self.none()?;
        self.op(Opcode::Tuple);
        self.put()?;
        self.op(Opcode::Reduce);
        Ok(())
    }

    /// Writes the name of an attribute that the class declares, from the class's own slots.
    #[inline]
    fn class_attribute(&mut self, class: &'static Class, place: usize, index: usize) -> Result<()> {
        match self.memo.class_slot(place + 1 + index) {
            Some(slot) => self.get(slot),
            None => self.new_class_attribute(class, place, index),
        }
    }

    /// Another class may have an attribute of the same name.
    #[cold]
    fn new_class_attribute(
        &mut self,
        class: &'static Class,
        place: usize,
        index: usize,
    ) -> Result<()> {
        let slot = self.name_slot(class.attributes()[index])?;
        self.memo.set_class_slot(place + 1 + index, slot);
        Ok(())
    }
}

/// An instance in the making; see [`Encoder::object`].
#[must_use = "an object must be ended"]
#[derive(Debug)]
pub struct ObjectEncoder<'a, 'w> {
    encoder: &'a mut Encoder<'w>,
    level: Level,
    class: &'static Class,
    /// Where the class's slots start in the memo's class table.
    place: usize,
    /// An instance without attributes has no state at all.
    attributes: Option<Batches>,
}

impl ObjectEncoder<'_, '_> {
    /// Writes the next attribute, one that the class declares.
    ///
    /// `index` is its place in [`Class::attributes`].
    ///
    /// # Errors
    ///
    /// Those of the value; when the class declares no such attribute; when there are more than
    /// announced.
    #[inline]
    pub fn attribute<T: Pickle + ?Sized>(&mut self, index: usize, value: &T) -> Result<()> {
        self.next()?;
        if index >= self.class.attributes().len() {
            return Err(self.undeclared(index));
        }
        self.encoder
            .class_attribute(self.class, self.place, index)?;
        self.encoder
            .value(value)
            .map_err(|error| inside(error, || attribute(self.class.attributes()[index])))
    }

    /// Writes the next attribute under any name.
    ///
    /// # Errors
    ///
    /// As [`attribute`](Self::attribute).
    pub fn attribute_named<T: Pickle + ?Sized>(&mut self, name: &str, value: &T) -> Result<()> {
        self.next()?;
        self.encoder.name(name)?;
        self.encoder
            .value(value)
            .map_err(|error| inside(error, || Segment::Attribute(name.to_owned().into())))
    }

    #[inline]
    fn next(&mut self) -> Result<()> {
        match &mut self.attributes {
            Some(attributes) => attributes.next(&mut self.encoder.out.bytes),
            None => Err(none_announced(self.class)),
        }
    }

    /// Ends the instance.
    ///
    /// # Errors
    ///
    /// When there were fewer attributes than announced.
    #[inline]
    pub fn end(mut self) -> Result<()> {
        if let Some(attributes) = &mut self.attributes {
            attributes.finish(&mut self.encoder.out.bytes)?;
            self.encoder.op(Opcode::Build);
        }
        self.encoder.leave(&self.level);
        Ok(())
    }

    #[cold]
    fn undeclared(&self, index: usize) -> Error {
        let count = self.class.attributes().len();
        Error::new(
            ErrorKind::Unpicklable,
            format!(
                "`{}` declares {count} attributes, none with index {index}",
                self.class
            ),
        )
    }
}

#[cold]
fn attribute(name: &'static str) -> Segment {
    Segment::Attribute(name.into())
}

#[cold]
fn none_announced(class: &Class) -> Error {
    Error::new(
        ErrorKind::Unpicklable,
        format!("an instance of `{class}` was given attributes, none were announced"),
    )
}
