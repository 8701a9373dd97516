//! Instances of classes.

use super::Pickle;
use super::batches::Batches;
use super::classes::Reference;
use super::containers::inside;
use super::encoder::{Encoder, Level};
use super::global;
use super::memo::Form;
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
        let place = self.memo.classes.place(class);
        let reference = *self.memo.classes.class(place);
        let attributes = if self.protocol >= Protocol::V4
            && reference.is_known()
            && level.address == 0
            && Batches::is_one(len)
            && !self.out.ends_within(REPEATED_OBJECT)
        {
            // An instance like many before it, away from the end of a frame.
            self.repeated_object(reference);
            Batches::one(len, Opcode::Setitems)
        } else {
            self.any_object(class, place, &level, len)?
        };
        Ok(ObjectEncoder {
            encoder: self,
            level,
            class,
            place,
            attributes,
        })
    }

    #[inline]
    fn repeated_object(&mut self, class: Reference) {
        class.write(&mut self.out.bytes);
        self.push(&[
            Opcode::EmptyTuple.byte(),
            Opcode::Newobj.byte(),
            Opcode::Memoize.byte(),
            Opcode::EmptyDict.byte(),
            Opcode::Memoize.byte(),
            Opcode::Mark.byte(),
        ]);
        self.memo.count();
        self.memo.count();
    }

    fn any_object(
        &mut self,
        class: &'static Class,
        place: usize,
        level: &Level,
        len: usize,
    ) -> Result<Batches> {
        if self.protocol >= Protocol::V2 {
            self.class(class, place)?;
            self.out.boundary()?;
            self.push(&[Opcode::EmptyTuple.byte(), Opcode::Newobj.byte()]);
        } else {
            self.reconstructor(class, place)?;
        }
        self.put_at(level.address)?;
        if len == 0 {
            return Ok(Batches::plain(0));
        }
        self.out.boundary()?;
        self.begin_dict(len, 0)
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

    /// Writes the class itself.
    fn class(&mut self, class: &'static Class, place: usize) -> Result<()> {
        let known = *self.memo.classes.class(place);
        if known.is_known() {
            self.out.boundary()?;
            known.write(&mut self.out.bytes);
            return Ok(());
        }
        let (name, extension) = self.written_as(class)?;
        if extension.is_some() && self.protocol >= Protocol::V2 {
            return self.value(class);
        }
        self.global(name)?;
        // Protocol 0 writes references as text.
        if self.protocol > Protocol::V0
            && let Some(slot) = self.memo.global(name.module, name.qualname)
        {
            *self.memo.classes.class(place) = Reference::to(slot);
        }
        Ok(())
    }

    /// Writes the name of an attribute that the class declares.
    #[inline]
    fn class_attribute(&mut self, class: &'static Class, place: usize, index: usize) -> Result<()> {
        let name = *self.memo.classes.name(place, index);
        if !name.is_known() {
            return self.new_class_attribute(class, place, index);
        }
        self.out.boundary()?;
        name.write(&mut self.out.bytes);
        Ok(())
    }

    #[cold]
    fn new_class_attribute(
        &mut self,
        class: &'static Class,
        place: usize,
        index: usize,
    ) -> Result<()> {
        let slot = self.name_slot(class.attributes()[index].into())?;
        if self.protocol > Protocol::V0 && !self.canonical {
            *self.memo.classes.name(place, index) = Reference::to(slot);
        }
        Ok(())
    }
}

/// No more bytes than this stand before the attributes of an instance whose class was written.
const REPEATED_OBJECT: usize = 16;

/// An instance in the making; see [`Encoder::object`].
#[must_use = "an object must be ended"]
#[derive(Debug)]
pub struct ObjectEncoder<'a, 'w> {
    encoder: &'a mut Encoder<'w>,
    level: Level,
    class: &'static Class,
    /// Where the class stands among the memo's classes.
    place: usize,
    attributes: Batches,
}

impl ObjectEncoder<'_, '_> {
    /// The class of the instance.
    #[inline]
    pub(super) fn class(&self) -> &'static Class {
        self.class
    }

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
        self.attributes.next(&mut self.encoder.out.bytes)?;
        if index >= self.class.attributes().len() {
            return Err(undeclared(self.class, index));
        }
        self.encoder
            .class_attribute(self.class, self.place, index)?;
        match self.encoder.value(value) {
            Ok(()) => Ok(()),
            Err(error) => Err(in_attribute(error, self.class, index)),
        }
    }

    /// Writes the next attribute under any name.
    ///
    /// # Errors
    ///
    /// As [`attribute`](Self::attribute).
    pub fn attribute_named<T: Pickle + ?Sized>(&mut self, name: &str, value: &T) -> Result<()> {
        self.attributes.next(&mut self.encoder.out.bytes)?;
        self.encoder.name(name)?;
        self.encoder
            .value(value)
            .map_err(|error| inside(error, || Segment::Attribute(name.to_owned().into())))
    }

    /// Ends the instance.
    ///
    /// # Errors
    ///
    /// When there were fewer attributes than announced.
    #[inline]
    pub fn end(mut self) -> Result<()> {
        self.attributes.finish(&mut self.encoder.out.bytes)?;
        // An instance without attributes has no state at all.
        if self.attributes.begun() > 0 {
            self.encoder.op(Opcode::Build);
        }
        self.encoder.leave(&self.level);
        self.encoder.note_at(&self.level, Form::Callable);
        Ok(())
    }
}

#[cold]
fn in_attribute(error: Error, class: &'static Class, index: usize) -> Error {
    inside(error, || {
        Segment::Attribute(class.attributes()[index].into())
    })
}

#[cold]
fn undeclared(class: &Class, index: usize) -> Error {
    let count = class.attributes().len();
    Error::new(
        ErrorKind::Unpicklable,
        format!("`{class}` declares {count} attributes, none with index {index}"),
    )
}
