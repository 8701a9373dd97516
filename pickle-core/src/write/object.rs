//! Instances of classes.

use super::Pickle;
use super::batches::Batches;
use super::classes::{Entry, Instance, Place};
use super::containers::inside;
use super::encoder::{Encoder, Level};
use super::global;
use super::memo::Form;
use super::reference::Reference;
use super::shape::AttributeSink;
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
        let names = self.make_object(class, &level)?;
        let attributes = self.begin_attributes(len)?;
        Ok(ObjectEncoder {
            encoder: self,
            level,
            class,
            names,
            attributes,
        })
    }

    /// Begins an instance of the usual kind, and returns the place at which the memo knows the names of
    /// its attributes; or does nothing, if there is something special about it.
    fn begin_usual(&mut self, class: &'static Class, len: usize) -> Result<Option<Place>> {
        if let Some(known) = self.memo.classes.find(class) {
            let (instance, names) = (known.instance, known.names);
            if instance.is_known()
                && Batches::is_one(len)
                && self.is_plain(Instance::LONGEST)
                && self.out.has_room()
                && self.depth < self.depth_limit
            {
                self.depth += 1;
                instance.write(&mut self.out.bytes);
                self.memo.count_many(Instance::OBJECTS);
                return Ok(Some(names));
            }
        }
        self.begin_first(class, len)
    }

    /// The same for the first instance of a class, and for one at the end of a frame.
    #[inline(never)]
    fn begin_first(&mut self, class: &'static Class, len: usize) -> Result<Option<Place>> {
        if !(Batches::is_one(len) && self.out.has_frames() && self.pending == 0) {
            return Ok(None);
        }
        let level = self.enter()?;
        let names = self.make_object(class, &level)?;
        self.out.boundary()?;
        self.push(&[
            Opcode::EmptyDict.byte(),
            Opcode::Memoize.byte(),
            Opcode::Mark.byte(),
        ]);
        self.memo.count();
        Ok(Some(names))
    }

    /// Writes what makes an instance, and returns where the memo knows the names of its attributes.
    fn make_object(&mut self, class: &'static Class, level: &Level) -> Result<Place> {
        let known = self.memo.classes.enter(class);
        if self.protocol >= Protocol::V2 {
            self.class(class, &known)?;
            self.out.boundary()?;
            self.push(&[Opcode::EmptyTuple.byte(), Opcode::Newobj.byte()]);
        } else {
            self.reconstructor(class, &known)?;
        }
        self.put_at(level.address)?;
        Ok(known.names)
    }

    /// Writes what comes before the attributes, and says how these go into batches.
    fn begin_attributes(&mut self, len: usize) -> Result<Batches> {
        if len == 0 {
            return Ok(Batches::plain(0));
        }
        self.out.boundary()?;
        self.begin_dict(len, 0)
    }

    /// Writes `copyreg._reconstructor(cls, object, None)`, which is how protocols 0 and 1 do it.
    fn reconstructor(&mut self, class: &'static Class, known: &Entry) -> Result<()> {
        self.global(global::RECONSTRUCTOR)?;
        self.op(Opcode::Mark);
        self.class(class, known)?;
        self.global(global::OBJECT)?;
        self.none()?;
        self.op(Opcode::Tuple);
        self.put()?;
        self.op(Opcode::Reduce);
        Ok(())
    }

    /// Writes the class itself.
    fn class(&mut self, class: &'static Class, known: &Entry) -> Result<()> {
        if known.class.is_known() {
            self.out.boundary()?;
            known.class.write(&mut self.out.bytes);
            return Ok(());
        }
        let (name, extension) = self.written_as(class)?;
        if extension.is_some() && self.protocol >= Protocol::V2 {
            return self.value(class);
        }
        // Protocol 0 writes references as text.
        if let Some(slot) = self.global_slot(name)?
            && self.protocol > Protocol::V0
            && !self.canonical
        {
            self.memo
                .classes
                .set_class(known.place, Reference::to(slot));
        }
        Ok(())
    }

    /// Writes a value behind a name that stands at `index` in a list, which the memo knows as `names`.
    #[inline(always)]
    pub(super) fn named<T: Pickle + ?Sized>(
        &mut self,
        list: &'static [&'static str],
        names: Place,
        index: usize,
        value: &T,
    ) -> Result<()> {
        let name = self.memo.classes.name(names, index);
        if !name.is_known() {
            self.new_name(list, names, index)?;
        }
        value.pickle_behind(name, self)
    }

    /// Writes an attribute under any name.
    fn named_attribute<T: Pickle + ?Sized>(&mut self, name: &str, value: &T) -> Result<()> {
        self.name(name)?;
        self.value(value)
            .map_err(|error| inside(error, || Segment::Attribute(name.to_owned().into())))
    }

    #[cold]
    fn new_name(
        &mut self,
        list: &'static [&'static str],
        names: Place,
        index: usize,
    ) -> Result<()> {
        let slot = self.static_name(list[index])?;
        // Protocol 0 writes references as text.
        if self.protocol > Protocol::V0 && !self.canonical {
            let name = Reference::to(slot);
            self.memo.classes.set_name(names, index, name);
        }
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
    /// Where the names of its attributes are known.
    names: Place,
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
        let list = self.class.attributes();
        if index >= list.len() {
            return Err(undeclared(self.class, index));
        }
        match self.encoder.named(list, self.names, index, value) {
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
        self.encoder.named_attribute(name, value)
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

/// An instance of the usual kind: at protocol 4, with some attributes, which its class declares.
/// [`ObjectEncoder`] writes it as well; here there is nothing to decide, and what the compiler knows
/// of the class is not forgotten on the way.
pub(super) struct UsualObject<'a, 'w> {
    encoder: &'a mut Encoder<'w>,
    class: &'static Class,
    /// Where the names of its attributes are known.
    names: Place,
    /// How many attributes are still to come.
    left: usize,
    level: Level,
}

impl<'a, 'w> UsualObject<'a, 'w> {
    /// Begins such an instance, if it is one.
    #[inline(always)]
    pub(super) fn begin(
        encoder: &'a mut Encoder<'w>,
        class: &'static Class,
        len: usize,
    ) -> Result<Option<Self>> {
        let level = encoder.level_here();
        let Some(names) = encoder.begin_usual(class, len)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            encoder,
            class,
            names,
            left: len,
            level,
        }))
    }

    #[inline(always)]
    fn count(&mut self) -> Result<()> {
        if self.left == 0 {
            return Err(other_count());
        }
        self.left -= 1;
        Ok(())
    }

    /// Ends the instance.
    #[inline(always)]
    pub(super) fn end(self) -> Result<()> {
        if self.left > 0 {
            return Err(other_count());
        }
        self.encoder
            .push(&[Opcode::Setitems.byte(), Opcode::Build.byte()]);
        self.encoder.leave(&self.level);
        self.encoder.note(Form::Callable);
        Ok(())
    }
}

impl AttributeSink for UsualObject<'_, '_> {
    #[inline(always)]
    fn attribute<T: Pickle + ?Sized>(
        &mut self,
        class: &'static Class,
        index: usize,
        value: &T,
    ) -> Result<()> {
        let list = class.attributes();
        if !std::ptr::eq(class, self.class) {
            return self.attribute_named(list[index], value);
        }
        self.count()?;
        match self.encoder.named(list, self.names, index, value) {
            Ok(()) => Ok(()),
            Err(error) => Err(in_attribute(error, self.class, index)),
        }
    }

    fn attribute_named<T: Pickle + ?Sized>(&mut self, name: &str, value: &T) -> Result<()> {
        self.count()?;
        self.encoder.named_attribute(name, value)
    }
}

/// The error of a class that has more attributes or fewer than it has said.
#[cold]
fn other_count() -> Error {
    let message = "an instance was given other attributes than were announced";
    Error::new(ErrorKind::Unpicklable, message)
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
