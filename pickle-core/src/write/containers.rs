//! Builders for what has other values inside it.

use super::Pickle;
use super::batches::Batches;
use super::encoder::{Encoder, Level};
use super::global;
use super::key::key_repr;
use crate::error::{Error, ErrorKind, Result, Segment};
use crate::opcode::Opcode;
use crate::protocol::Protocol;
use crate::registry::Global;

impl<'w> Encoder<'w> {
    /// Begins a list of so many items.
    ///
    /// # Errors
    ///
    /// When values nest too deep, and when the writer refuses the bytes; as with all containers.
    #[inline]
    pub fn list(&mut self, len: usize) -> Result<ListEncoder<'_, 'w>> {
        let level = self.enter()?;
        let batches = self.begin_list(len, level.address)?;
        Ok(ListEncoder {
            encoder: self,
            level,
            batches,
        })
    }

    fn begin_list(&mut self, len: usize, address: usize) -> Result<Batches> {
        match self.protocol {
            Protocol::V0 => self.push(&[Opcode::Mark.byte(), Opcode::List.byte()]),
            _ => self.op(Opcode::EmptyList),
        }
        self.put_at(address)?;
        Ok(Batches::new(
            self.protocol,
            len,
            Opcode::Append,
            Opcode::Appends,
        ))
    }

    /// Begins a tuple of so many items.
    ///
    /// # Errors
    ///
    /// When values nest too deep.
    #[inline]
    pub fn tuple(&mut self, len: usize) -> Result<TupleEncoder<'_, 'w>> {
        let level = self.enter_late()?;
        if !self.is_short_tuple(len) {
            self.op(Opcode::Mark);
        }
        Ok(TupleEncoder {
            encoder: self,
            level,
            batches: Batches::plain(len),
        })
    }

    /// Whether a tuple has an opcode of its own, which needs no mark.
    #[inline]
    fn is_short_tuple(&self, len: usize) -> bool {
        match len {
            0 => self.protocol >= Protocol::V1,
            _ => self.protocol >= Protocol::V2 && len <= 3,
        }
    }

    /// Writes `()`, which is not memoized.
    pub(super) fn empty_tuple(&mut self) {
        match self.protocol {
            Protocol::V0 => self.push(&[Opcode::Mark.byte(), Opcode::Tuple.byte()]),
            _ => self.op(Opcode::EmptyTuple),
        }
    }

    /// Begins a dict of so many entries.
    ///
    /// # Errors
    ///
    /// When values nest too deep.
    #[inline]
    pub fn dict(&mut self, len: usize) -> Result<DictEncoder<'_, 'w>> {
        let level = self.enter()?;
        let batches = self.begin_dict(len, level.address)?;
        Ok(DictEncoder {
            encoder: self,
            level,
            batches,
        })
    }

    #[inline]
    pub(super) fn begin_dict(&mut self, len: usize, address: usize) -> Result<Batches> {
        match self.protocol {
            Protocol::V0 => self.push(&[Opcode::Mark.byte(), Opcode::Dict.byte()]),
            _ => self.op(Opcode::EmptyDict),
        }
        self.put_at(address)?;
        Ok(Batches::new(self.protocol, len, Opcode::Setitem, Opcode::Setitems).trailing())
    }

    /// Begins a set of so many elements, none of which may come twice.
    ///
    /// # Errors
    ///
    /// When values nest too deep.
    pub fn set(&mut self, len: usize) -> Result<SetEncoder<'_, 'w>> {
        if self.protocol < Protocol::V4 {
            return self.old_set(global::SET, len);
        }
        let level = self.enter()?;
        self.op(Opcode::EmptySet);
        self.put_at(level.address)?;
        let batches = Batches::marked(len, Opcode::Additems).trailing();
        Ok(SetEncoder {
            encoder: self,
            level,
            batches,
            form: SetForm::Set,
        })
    }

    /// Begins a frozenset of so many elements, none of which may come twice.
    ///
    /// # Errors
    ///
    /// When values nest too deep.
    pub fn frozenset(&mut self, len: usize) -> Result<SetEncoder<'_, 'w>> {
        if self.protocol < Protocol::V4 {
            return self.old_set(global::FROZENSET, len);
        }
        let level = self.enter_late()?;
        self.op(Opcode::Mark);
        Ok(SetEncoder {
            encoder: self,
            level,
            batches: Batches::plain(len),
            form: SetForm::Frozenset,
        })
    }

    /// Begins `set([…])`, below protocol 4.
    fn old_set(&mut self, class: Global, len: usize) -> Result<SetEncoder<'_, 'w>> {
        let level = self.enter_late()?;
        self.global(class)?;
        if self.protocol < Protocol::V2 {
            self.op(Opcode::Mark);
        }
        let batches = self.begin_list(len, 0)?;
        Ok(SetEncoder {
            encoder: self,
            level,
            batches,
            form: SetForm::Call,
        })
    }
}

/// Says at which item an error happened. The path of a nesting too deep would be a thousand steps.
#[cold]
pub(super) fn inside(error: Error, segment: impl FnOnce() -> Segment) -> Error {
    match error.kind() {
        ErrorKind::Depth => error,
        _ => error.inside(segment()),
    }
}

/// A list in the making; see [`Encoder::list`].
#[must_use = "a list must be ended"]
#[derive(Debug)]
pub struct ListEncoder<'a, 'w> {
    encoder: &'a mut Encoder<'w>,
    level: Level,
    batches: Batches,
}

impl ListEncoder<'_, '_> {
    /// Writes the next item.
    ///
    /// # Errors
    ///
    /// Those of the item, and when there are more than announced.
    #[inline]
    pub fn item<T: Pickle + ?Sized>(&mut self, item: &T) -> Result<()> {
        self.batches.next(&mut self.encoder.out.bytes)?;
        self.encoder
            .value(item)
            .map_err(|error| at_index(error, &self.batches))
    }

    /// Ends the list.
    ///
    /// # Errors
    ///
    /// When there were fewer items than announced.
    pub fn end(mut self) -> Result<()> {
        self.batches.finish(&mut self.encoder.out.bytes)?;
        self.encoder.leave(&self.level);
        Ok(())
    }
}

#[cold]
fn at_index(error: Error, batches: &Batches) -> Error {
    inside(error, || Segment::Index(batches.begun().saturating_sub(1)))
}

/// A tuple in the making; see [`Encoder::tuple`].
#[must_use = "a tuple must be ended"]
#[derive(Debug)]
pub struct TupleEncoder<'a, 'w> {
    encoder: &'a mut Encoder<'w>,
    level: Level,
    batches: Batches,
}

impl TupleEncoder<'_, '_> {
    /// Writes the next item.
    ///
    /// # Errors
    ///
    /// Those of the item, and when there are more than announced.
    #[inline]
    pub fn item<T: Pickle + ?Sized>(&mut self, item: &T) -> Result<()> {
        self.batches.next(&mut self.encoder.out.bytes)?;
        self.encoder
            .value(item)
            .map_err(|error| at_index(error, &self.batches))
    }

    /// Ends the tuple.
    ///
    /// # Errors
    ///
    /// When there were fewer items than announced.
    pub fn end(mut self) -> Result<()> {
        let Self {
            encoder,
            level,
            batches,
        } = &mut self;
        batches.finish(&mut encoder.out.bytes)?;
        let len = batches.begun();
        let short = encoder.is_short_tuple(len);
        let opcode = match len {
            0 if short => Opcode::EmptyTuple,
            1 if short => Opcode::Tuple1,
            2 if short => Opcode::Tuple2,
            3 if short => Opcode::Tuple3,
            _ => Opcode::Tuple,
        };
        if len == 0 {
            // Not memoized: there is only one.
            encoder.op(opcode);
            encoder.leave_unmemoized(level);
            return Ok(());
        }
        encoder.put_late(
            level,
            |encoder| encoder.op(opcode),
            |encoder| match (short, encoder.protocol) {
                (true, _) => (0..len).for_each(|_| encoder.op(Opcode::Pop)),
                // The mark is popped as well.
                (false, Protocol::V0) => (0..=len).for_each(|_| encoder.op(Opcode::Pop)),
                (false, _) => encoder.op(Opcode::PopMark),
            },
        )?;
        encoder.leave(level);
        Ok(())
    }
}

/// A dict in the making; see [`Encoder::dict`].
#[must_use = "a dict must be ended"]
#[derive(Debug)]
pub struct DictEncoder<'a, 'w> {
    encoder: &'a mut Encoder<'w>,
    level: Level,
    batches: Batches,
}

impl DictEncoder<'_, '_> {
    /// Writes the next key and its value.
    ///
    /// # Errors
    ///
    /// Those of the two, and when there are more entries than announced.
    #[inline]
    pub fn entry<K, V>(&mut self, key: &K, value: &V) -> Result<()>
    where
        K: Pickle + ?Sized,
        V: Pickle + ?Sized,
    {
        self.batches.next(&mut self.encoder.out.bytes)?;
        self.encoder.value(key)?;
        self.encoder
            .value(value)
            .map_err(|error| inside(error, || Segment::Key(key_repr(key))))
    }

    /// Ends the dict.
    ///
    /// # Errors
    ///
    /// When there were fewer entries than announced.
    pub fn end(mut self) -> Result<()> {
        self.batches.finish(&mut self.encoder.out.bytes)?;
        self.encoder.leave(&self.level);
        Ok(())
    }
}

/// A set or frozenset in the making; see [`Encoder::set`] and [`Encoder::frozenset`].
#[must_use = "a set must be ended"]
#[derive(Debug)]
pub struct SetEncoder<'a, 'w> {
    encoder: &'a mut Encoder<'w>,
    level: Level,
    batches: Batches,
    form: SetForm,
}

#[derive(Clone, Copy, Debug)]
enum SetForm {
    /// EMPTY_SET and ADDITEMS.
    Set,
    /// MARK and FROZENSET.
    Frozenset,
    /// The class called with a list.
    Call,
}

impl SetEncoder<'_, '_> {
    /// Writes the next element.
    ///
    /// # Errors
    ///
    /// Those of the element, and when there are more than announced.
    #[inline]
    pub fn item<T: Pickle + ?Sized>(&mut self, item: &T) -> Result<()> {
        self.batches.next(&mut self.encoder.out.bytes)?;
        self.encoder.value(item)
    }

    /// Ends the set.
    ///
    /// # Errors
    ///
    /// When there were fewer elements than announced.
    pub fn end(mut self) -> Result<()> {
        let Self {
            encoder,
            level,
            batches,
            form,
        } = &mut self;
        batches.finish(&mut encoder.out.bytes)?;
        match form {
            SetForm::Set => {}
            SetForm::Frozenset => encoder.put_late(
                level,
                |encoder| encoder.op(Opcode::Frozenset),
                |encoder| encoder.op(Opcode::PopMark),
            )?,
            SetForm::Call => {
                // The arguments: a tuple of the list.
                encoder.op(match encoder.protocol < Protocol::V2 {
                    true => Opcode::Tuple,
                    false => Opcode::Tuple1,
                });
                encoder.put()?;
                encoder.op(Opcode::Reduce);
                encoder.put_late(level, |_| {}, |encoder| encoder.op(Opcode::Pop))?;
            }
        }
        encoder.leave(level);
        Ok(())
    }
}
