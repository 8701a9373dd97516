//! Builders for what has other values inside it.

use super::Pickle;
use super::batches::Batches;
use super::encoder::{Encoder, Level, RequestKind};
use super::global;
use super::key::key_repr;
use super::memo::Form;
use crate::error::{Error, ErrorKind, Result, Segment};
use crate::opcode::Opcode;
use crate::protocol::Protocol;
use crate::registry::Global;

/// A container that has been begun.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) level: Level,
    pub(super) batches: Batches,
    form: OpenForm,
}

impl Open {
    /// Whether the items have a number.
    pub(super) fn is_sequence(&self) -> bool {
        matches!(
            self.form,
            OpenForm::List | OpenForm::Tuple | OpenForm::Joined
        )
    }
}

#[derive(Clone, Copy, Debug)]
enum OpenForm {
    List,
    Tuple,
    /// A tuple whose first item was written before it was begun.
    Joined,
    Dict,
    /// EMPTY_SET and ADDITEMS.
    Set,
    /// MARK and FROZENSET.
    Frozenset,
    /// The class called with a list, below protocol 4.
    Call,
}

impl<'w> Encoder<'w> {
    /// Begins a list of so many items.
    ///
    /// # Errors
    ///
    /// When values nest too deep, and when the writer refuses the bytes; as with all containers.
    #[inline]
    pub fn list(&mut self, len: usize) -> Result<ListEncoder<'_, 'w>> {
        let open = self.open_list(len)?;
        Ok(ListEncoder {
            encoder: self,
            open,
        })
    }

    #[inline]
    pub(super) fn open_list(&mut self, len: usize) -> Result<Open> {
        let level = self.enter()?;
        let batches = self.begin_list(len, level.address)?;
        let form = OpenForm::List;
        Ok(Open {
            level,
            batches,
            form,
        })
    }

    /// Begins what is filled in one batch, as nearly everything is: with the opcode that makes it and
    /// the one that ends the batch. Otherwise does nothing.
    #[inline]
    fn begin_batch(
        &mut self,
        len: usize,
        address: usize,
        opcode: Opcode,
        many: Opcode,
    ) -> Option<Batches> {
        if !(Batches::is_one(len) && self.out.has_frames() && address == 0) {
            return None;
        }
        self.push(&[opcode.byte(), Opcode::Memoize.byte(), Opcode::Mark.byte()]);
        self.memo.count();
        Some(Batches::one(len, many))
    }

    #[inline]
    fn begin_list(&mut self, len: usize, address: usize) -> Result<Batches> {
        match self.begin_batch(len, address, Opcode::EmptyList, Opcode::Appends) {
            Some(batches) => Ok(batches),
            None => self.begin_any_list(len, address),
        }
    }

    fn begin_any_list(&mut self, len: usize, address: usize) -> Result<Batches> {
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
        let open = match self.request {
            None => self.open_tuple(len)?,
            Some(_) => self.requested_tuple(len)?,
        };
        Ok(TupleEncoder {
            encoder: self,
            open,
        })
    }

    #[inline]
    pub(super) fn open_tuple(&mut self, len: usize) -> Result<Open> {
        let level = self.enter_late()?;
        if !self.is_short_tuple(len) {
            self.op(Opcode::Mark);
        }
        Ok(Open {
            level,
            batches: Batches::plain(len),
            form: OpenForm::Tuple,
        })
    }

    #[cold]
    fn requested_tuple(&mut self, len: usize) -> Result<Open> {
        match self.take_request() {
            Some(RequestKind::Join(start)) => self.open_joined(len, start),
            Some(RequestKind::New) => Err(not_a_class()),
            None => self.open_tuple(len),
        }
    }

    /// Begins a tuple of one item more than `len`, which stands in the buffer from `start` on.
    pub(super) fn open_joined(&mut self, len: usize, start: usize) -> Result<Open> {
        self.out.release();
        self.descend()?;
        let level = self.level_here();
        if !self.is_short_tuple(len + 1) {
            self.out.bytes.insert(start, Opcode::Mark.byte());
        }
        Ok(Open {
            level,
            batches: Batches::plain(len),
            form: OpenForm::Joined,
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

    #[inline]
    fn close_tuple(&mut self, open: &mut Open) -> Result<()> {
        open.batches.finish(&mut self.out.bytes)?;
        let len = open.batches.begun() + usize::from(matches!(open.form, OpenForm::Joined));
        let short = self.is_short_tuple(len);
        let opcode = match len {
            0 if short => Opcode::EmptyTuple,
            1 if short => Opcode::Tuple1,
            2 if short => Opcode::Tuple2,
            3 if short => Opcode::Tuple3,
            _ => Opcode::Tuple,
        };
        if len == 0 {
            // Not memoized: there is only one.
            self.op(opcode);
            self.leave_unmemoized(&open.level);
            self.note(Form::Tuple);
            return Ok(());
        }
        self.put_late(
            &open.level,
            |encoder| encoder.op(opcode),
            |encoder| match (short, encoder.protocol) {
                (true, _) => (0..len).for_each(|_| encoder.op(Opcode::Pop)),
                // The mark is popped as well.
                (false, Protocol::V0) => (0..=len).for_each(|_| encoder.op(Opcode::Pop)),
                (false, _) => encoder.op(Opcode::PopMark),
            },
        )?;
        self.leave(&open.level);
        self.note_at(&open.level, Form::Tuple);
        Ok(())
    }

    /// Begins a dict of so many entries.
    ///
    /// # Errors
    ///
    /// When values nest too deep.
    #[inline]
    pub fn dict(&mut self, len: usize) -> Result<DictEncoder<'_, 'w>> {
        let open = self.open_dict(len)?;
        Ok(DictEncoder {
            encoder: self,
            open,
        })
    }

    #[inline]
    pub(super) fn open_dict(&mut self, len: usize) -> Result<Open> {
        let level = self.enter()?;
        let batches = self.begin_dict(len, level.address)?;
        let form = OpenForm::Dict;
        Ok(Open {
            level,
            batches,
            form,
        })
    }

    #[inline]
    pub(super) fn begin_dict(&mut self, len: usize, address: usize) -> Result<Batches> {
        match self.begin_batch(len, address, Opcode::EmptyDict, Opcode::Setitems) {
            Some(batches) => Ok(batches),
            None => self.begin_any_dict(len, address),
        }
    }

    fn begin_any_dict(&mut self, len: usize, address: usize) -> Result<Batches> {
        match self.protocol {
            Protocol::V0 => self.push(&[Opcode::Mark.byte(), Opcode::Dict.byte()]),
            _ => self.op(Opcode::EmptyDict),
        }
        self.put_at(address)?;
        // An instance inside may have the dict as its keyword arguments.
        if address != 0 {
            self.memo.set_form(address, Form::Dict);
        }
        let batches = Batches::new(self.protocol, len, Opcode::Setitem, Opcode::Setitems);
        Ok(batches.trailing().sorted(self.canonical))
    }

    /// Writes an entry of a dict.
    #[inline]
    pub(super) fn entry<K, V>(&mut self, open: &mut Open, key: &K, value: &V) -> Result<()>
    where
        K: Pickle + ?Sized,
        V: Pickle + ?Sized,
    {
        open.batches.next(&mut self.out.bytes)?;
        self.value(key)?;
        self.value(value).map_err(|error| in_key(error, key))
    }

    #[inline]
    pub(super) fn close_dict(&mut self, open: &mut Open) -> Result<()> {
        open.batches.finish(&mut self.out.bytes)?;
        self.leave(&open.level);
        self.note_at(&open.level, Form::Dict);
        Ok(())
    }

    /// Begins a set of so many elements, none of which may come twice.
    ///
    /// # Errors
    ///
    /// When values nest too deep.
    pub fn set(&mut self, len: usize) -> Result<SetEncoder<'_, 'w>> {
        let open = self.open_set(len)?;
        Ok(SetEncoder {
            encoder: self,
            open,
        })
    }

    pub(super) fn open_set(&mut self, len: usize) -> Result<Open> {
        if self.protocol < Protocol::V4 {
            return self.open_set_call(global::SET, len);
        }
        let level = self.enter()?;
        self.op(Opcode::EmptySet);
        self.put_at(level.address)?;
        Ok(Open {
            level,
            batches: Batches::marked(len, Opcode::Additems)
                .trailing()
                .sorted(self.canonical),
            form: OpenForm::Set,
        })
    }

    /// Begins a frozenset of so many elements, none of which may come twice.
    ///
    /// # Errors
    ///
    /// When values nest too deep.
    pub fn frozenset(&mut self, len: usize) -> Result<SetEncoder<'_, 'w>> {
        let open = self.open_frozenset(len)?;
        Ok(SetEncoder {
            encoder: self,
            open,
        })
    }

    pub(super) fn open_frozenset(&mut self, len: usize) -> Result<Open> {
        if self.protocol < Protocol::V4 {
            return self.open_set_call(global::FROZENSET, len);
        }
        let level = self.enter_late()?;
        self.op(Opcode::Mark);
        Ok(Open {
            level,
            batches: Batches::plain(len).sorted(self.canonical),
            form: OpenForm::Frozenset,
        })
    }

    /// Begins `set([…])`, below protocol 4.
    fn open_set_call(&mut self, class: Global, len: usize) -> Result<Open> {
        let level = self.enter_late()?;
        self.global(class)?;
        if self.protocol < Protocol::V2 {
            self.op(Opcode::Mark);
        }
        let batches = self.begin_list(len, 0)?.sorted(self.canonical);
        Ok(Open {
            level,
            batches,
            form: OpenForm::Call,
        })
    }

    /// Ends a container.
    pub(super) fn close(&mut self, open: &mut Open) -> Result<()> {
        match open.form {
            OpenForm::Tuple | OpenForm::Joined => return self.close_tuple(open),
            OpenForm::Dict => return self.close_dict(open),
            _ => open.batches.finish(&mut self.out.bytes)?,
        }
        match open.form {
            OpenForm::Frozenset => self.put_late(
                &open.level,
                |encoder| encoder.op(Opcode::Frozenset),
                |encoder| encoder.op(Opcode::PopMark),
            )?,
            OpenForm::Call => {
                // The arguments: a tuple of the list.
                self.tuple_of(1)?;
                self.op(Opcode::Reduce);
                self.put_late(&open.level, |_| {}, |encoder| encoder.op(Opcode::Pop))?;
            }
            _ => {}
        }
        self.leave(&open.level);
        Ok(())
    }

    /// Makes a tuple of the last one to three values, which below protocol 2 have a mark before
    /// them, and memoizes it.
    pub(super) fn tuple_of(&mut self, len: u8) -> Result<()> {
        self.op(match len {
            _ if self.protocol < Protocol::V2 => Opcode::Tuple,
            1 => Opcode::Tuple1,
            2 => Opcode::Tuple2,
            _ => Opcode::Tuple3,
        });
        self.put()
    }
}

#[cold]
pub(super) fn not_a_class() -> Error {
    Error::new(
        ErrorKind::Unpicklable,
        "the class of an instance with keyword arguments must be one that is written by its name, \
         below protocol 4",
    )
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
    open: Open,
}

impl ListEncoder<'_, '_> {
    /// Writes the next item.
    ///
    /// # Errors
    ///
    /// Those of the item, and when there are more than announced.
    #[inline]
    pub fn item<T: Pickle + ?Sized>(&mut self, item: &T) -> Result<()> {
        self.open.batches.next(&mut self.encoder.out.bytes)?;
        self.encoder
            .value(item)
            .map_err(|error| at_index(error, &self.open.batches))
    }

    /// Ends the list.
    ///
    /// # Errors
    ///
    /// When there were fewer items than announced.
    pub fn end(mut self) -> Result<()> {
        self.open.batches.finish(&mut self.encoder.out.bytes)?;
        self.encoder.leave(&self.open.level);
        Ok(())
    }
}

#[cold]
pub(super) fn at_index(error: Error, batches: &Batches) -> Error {
    inside(error, || Segment::Index(batches.at()))
}

/// A tuple in the making; see [`Encoder::tuple`].
#[must_use = "a tuple must be ended"]
#[derive(Debug)]
pub struct TupleEncoder<'a, 'w> {
    encoder: &'a mut Encoder<'w>,
    open: Open,
}

impl TupleEncoder<'_, '_> {
    /// Writes the next item.
    ///
    /// # Errors
    ///
    /// Those of the item, and when there are more than announced.
    #[inline]
    pub fn item<T: Pickle + ?Sized>(&mut self, item: &T) -> Result<()> {
        self.open.batches.next(&mut self.encoder.out.bytes)?;
        self.encoder
            .value(item)
            .map_err(|error| at_index(error, &self.open.batches))
    }

    /// Ends the tuple.
    ///
    /// # Errors
    ///
    /// When there were fewer items than announced.
    #[inline]
    pub fn end(mut self) -> Result<()> {
        self.encoder.close_tuple(&mut self.open)
    }
}

/// A dict in the making; see [`Encoder::dict`].
#[must_use = "a dict must be ended"]
#[derive(Debug)]
pub struct DictEncoder<'a, 'w> {
    encoder: &'a mut Encoder<'w>,
    open: Open,
}

/// The error of the value of a key.
#[cold]
pub(super) fn in_key<K: Pickle + ?Sized>(error: Error, key: &K) -> Error {
    inside(error, || Segment::Key(key_repr(key)))
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
        self.encoder.entry(&mut self.open, key, value)
    }

    /// Ends the dict.
    ///
    /// # Errors
    ///
    /// When there were fewer entries than announced.
    pub fn end(mut self) -> Result<()> {
        self.encoder.close_dict(&mut self.open)
    }
}

/// A set or frozenset in the making; see [`Encoder::set`] and [`Encoder::frozenset`].
#[must_use = "a set must be ended"]
#[derive(Debug)]
pub struct SetEncoder<'a, 'w> {
    encoder: &'a mut Encoder<'w>,
    open: Open,
}

impl SetEncoder<'_, '_> {
    /// Writes the next element.
    ///
    /// # Errors
    ///
    /// Those of the element, and when there are more than announced.
    #[inline]
    pub fn item<T: Pickle + ?Sized>(&mut self, item: &T) -> Result<()> {
        self.open.batches.next(&mut self.encoder.out.bytes)?;
        self.encoder.value(item)
    }

    /// Ends the set.
    ///
    /// # Errors
    ///
    /// When there were fewer elements than announced.
    pub fn end(mut self) -> Result<()> {
        self.encoder.close(&mut self.open)
    }
}
