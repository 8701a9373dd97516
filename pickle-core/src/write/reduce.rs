//! Instances of every form: what `__reduce__` may return in Python.

use super::Pickle;
use super::batches::Batches;
use super::containers::{Open, inside};
use super::encoder::Encoder;
use super::key::key_repr;
use super::making::{Made, Making};
use crate::error::{Error, ErrorKind, Result, Segment};
use crate::opcode::Opcode;
use crate::protocol::Protocol;

impl<'w> Encoder<'w> {
    /// Begins what a class or function makes of some arguments: `callable(*args)`.
    ///
    /// This is what a `__reduce__` method that returns `(callable, args)` gives; what else it may
    /// return, the builder takes. `callable` is a [`Global`](crate::Global), a
    /// [`Class`](crate::Class), or anything else that is callable in Python; `args` is a tuple.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// use pickle::{Encoder, Global, Pickle};
    ///
    /// struct Fraction {
    ///     numerator: i64,
    ///     denominator: i64,
    /// }
    ///
    /// impl Pickle for Fraction {
    ///     fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
    ///         let class = Global::new("fractions", "Fraction");
    ///         encoder.reduce(&class, &(self.numerator, self.denominator))?.end()
    ///     }
    /// }
    ///
    /// let half = Fraction { numerator: 1, denominator: 2 };
    /// // pickle.dumps(fractions.Fraction(1, 2))
    /// let expected = b"\x8c\tfractions\x94\x8c\x08Fraction\x94\x93\x94K\x01K\x02\x86\x94R\x94.";
    /// assert!(pickle::dumps(&half)?.ends_with(expected));
    /// # Ok::<(), pickle::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When values nest too deep; those of the two values; when the first is none that could be
    /// called, or the second no tuple.
    /// ([`NoArgs`] is the empty one: `()` is Python's `None`.)
    pub fn reduce<C, A>(&mut self, callable: &C, args: &A) -> Result<ReduceEncoder<'_, 'w>>
    where
        C: Pickle + ?Sized,
        A: Pickle + ?Sized,
    {
        let made = self.make(Making::Reduce, callable, args, &())?;
        Ok(ReduceEncoder {
            encoder: self,
            made,
        })
    }

    /// Begins an instance that the class's `__new__` makes of some arguments:
    /// `cls.__new__(cls, *args)`.
    ///
    /// Protocols 0 and 1, which have no opcode for it, call `copyreg.__newobj__`.
    /// An instance without arguments, whose state is a dict, is what [`object`](Self::object)
    /// writes; there protocols 0 and 1 call `copyreg._reconstructor`, as Python does for a class
    /// that does not say otherwise.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// use pickle::{Encoder, Global, Pickle};
    ///
    /// /// A named tuple.
    /// struct Point(i64, i64);
    ///
    /// impl Pickle for Point {
    ///     fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
    ///         encoder.new_object(&Global::new("geo", "Point"), &(self.0, self.1))?.end()
    ///     }
    /// }
    ///
    /// let mut pickler = pickle::Pickler::new(Vec::new()).with_protocol(pickle::Protocol::V2);
    /// pickler.dump(&Point(3, 4))?;
    /// assert_eq!(pickler.into_inner(), b"\x80\x02cgeo\nPoint\nq\0K\x03K\x04\x86q\x01\x81q\x02.");
    /// # Ok::<(), pickle::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`reduce`](Self::reduce).
    pub fn new_object<C, A>(&mut self, class: &C, args: &A) -> Result<ReduceEncoder<'_, 'w>>
    where
        C: Pickle + ?Sized,
        A: Pickle + ?Sized,
    {
        let made = self.make(Making::NewObj, class, args, &())?;
        Ok(ReduceEncoder {
            encoder: self,
            made,
        })
    }

    /// Begins an instance that the class's `__new__` makes of some arguments and keyword
    /// arguments: `cls.__new__(cls, *args, **kwargs)`.
    ///
    /// Only protocol 4 has an opcode for it. Protocols 2 and 3 call a `functools.partial`, and
    /// there the class must be one that is written by its name; protocols 0 and 1 call
    /// `copyreg.__newobj_ex__`.
    ///
    /// # Errors
    ///
    /// As [`reduce`](Self::reduce), and when the keyword arguments are no dict.
    pub fn new_object_ex<C, A, K>(
        &mut self,
        class: &C,
        args: &A,
        kwargs: &K,
    ) -> Result<ReduceEncoder<'_, 'w>>
    where
        C: Pickle + ?Sized,
        A: Pickle + ?Sized,
        K: Pickle + ?Sized,
    {
        let made = self.make(Making::NewObjEx, class, args, kwargs)?;
        Ok(ReduceEncoder {
            encoder: self,
            made,
        })
    }
}

/// No arguments: the empty tuple, for [`Encoder::reduce`] and its like.
///
/// Rust's own `()` is dumped as `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoArgs;

impl Pickle for NoArgs {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.tuple(0)?.end()
    }
}

/// An instance in the making; see [`Encoder::reduce`].
///
/// Each method does something to the instance that was made. Python's own order is items, then
/// pairs, then the state.
#[must_use = "an instance must be ended"]
#[derive(Debug)]
pub struct ReduceEncoder<'a, 'w> {
    encoder: &'a mut Encoder<'w>,
    made: Made,
}

impl<'w> ReduceEncoder<'_, 'w> {
    /// Appends so many items to the instance, as to a list.
    ///
    /// # Errors
    ///
    /// Only when the writer refuses the bytes before them.
    pub fn items(&mut self, len: usize) -> Result<ItemsEncoder<'_, 'w>> {
        let batches =
            Batches::iterated(self.encoder.protocol, len, Opcode::Append, Opcode::Appends);
        self.parts(batches)
    }

    /// Adds so many elements to the instance, as to a set.
    ///
    /// Python has an opcode for it, and reads it, but writes no instance like that.
    ///
    /// # Errors
    ///
    /// Below protocol 4, which has no opcode for it.
    pub fn additions(&mut self, len: usize) -> Result<ItemsEncoder<'_, 'w>> {
        let batches = additions(self.encoder.protocol, len)?;
        self.parts(batches)
    }

    fn parts(&mut self, batches: Batches) -> Result<ItemsEncoder<'_, 'w>> {
        // A level of its own, so that one that is not ended is found out.
        self.encoder.descend()?;
        Ok(ItemsEncoder {
            encoder: self.encoder,
            batches,
            dropped: self.made.dropped,
        })
    }

    /// Stores so many keys and values in the instance, as in a dict.
    ///
    /// # Errors
    ///
    /// Only when the writer refuses the bytes before them.
    pub fn pairs(&mut self, len: usize) -> Result<PairsEncoder<'_, 'w>> {
        let batches = Batches::iterated(
            self.encoder.protocol,
            len,
            Opcode::Setitem,
            Opcode::Setitems,
        );
        self.parts(batches).map(PairsEncoder)
    }

    /// Gives the instance a state: to its `__setstate__`, or, a dict, as its attributes.
    ///
    /// Python writes no state that is `None`; do not call this then.
    ///
    /// # Errors
    ///
    /// Those of the state.
    pub fn state<S: Pickle + ?Sized>(&mut self, state: &S) -> Result<()> {
        if self.made.dropped {
            return Ok(());
        }
        self.encoder
            .value(state)
            .map_err(|error| part(error, "__dict__"))?;
        self.encoder.op(Opcode::Build);
        Ok(())
    }

    /// Gives the instance a state, but for `None`, which is none.
    pub(super) fn state_unless_none<S: Pickle + ?Sized>(&mut self, state: &S) -> Result<()> {
        if self.made.dropped {
            return Ok(());
        }
        // So that what is written next stands behind everything that is there now.
        self.encoder.out.boundary()?;
        let start = self.encoder.out.bytes.len();
        self.encoder
            .value(state)
            .map_err(|error| part(error, "__dict__"))?;
        match self.encoder.out.bytes.get(start..) {
            Some([only]) if *only == Opcode::None.byte() => {
                self.encoder.out.bytes.truncate(start);
            }
            _ => self.encoder.op(Opcode::Build),
        }
        Ok(())
    }

    /// Gives the instance a state by way of a function: `setter(instance, state)`.
    ///
    /// # Errors
    ///
    /// Those of the two, and when the function is none that could be called.
    pub fn state_by<F, S>(&mut self, setter: &F, state: &S) -> Result<()>
    where
        F: Pickle + ?Sized,
        S: Pickle + ?Sized,
    {
        if self.made.dropped {
            return Ok(());
        }
        let encoder = &mut *self.encoder;
        let slot = encoder.begin_setter(&self.made);
        encoder.value(setter)?;
        check_setter(encoder)?;
        encoder.setter_target(slot)?;
        encoder
            .value(state)
            .map_err(|error| part(error, "__dict__"))?;
        encoder.setter_call();
        Ok(())
    }

    /// Gives the instance so many attributes: a dict as its state, whose keys are names.
    ///
    /// An instance without attributes has no state in Python; do not call this then.
    ///
    /// # Errors
    ///
    /// When values nest too deep.
    pub fn attributes(&mut self, len: usize) -> Result<AttributesEncoder<'_, 'w>> {
        let dropped = self.made.dropped;
        let open = match dropped {
            true => None,
            false => Some(self.encoder.open_dict(len)?),
        };
        Ok(AttributesEncoder {
            encoder: self.encoder,
            open,
            pair: None,
            left: len,
            slots: 0,
        })
    }

    /// Gives the instance the state of a class with `__slots__`: so many attributes of its
    /// `__dict__`, and then so many slots.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// use pickle::{Encoder, Global, NoArgs, Pickle, Protocol};
    ///
    /// /// In Python: `__slots__ = ('x',)`.
    /// struct Slotted(i64);
    ///
    /// impl Pickle for Slotted {
    ///     fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
    ///         let mut object = encoder.new_object(&Global::new("m", "Slotted"), &NoArgs)?;
    ///         let mut slots = object.slots(0, 1)?;
    ///         slots.attribute("x", &self.0)?;
    ///         slots.end()?;
    ///         object.end()
    ///     }
    /// }
    ///
    /// let mut pickler = pickle::Pickler::new(Vec::new()).with_protocol(Protocol::V2);
    /// pickler.dump(&Slotted(1))?;
    /// let expected = b"\x80\x02cm\nSlotted\nq\0)\x81q\x01N}q\x02X\x01\0\0\0xq\x03K\x01s\x86q\x04b.";
    /// assert_eq!(pickler.into_inner(), expected);
    /// # Ok::<(), pickle::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When values nest too deep.
    pub fn slots(&mut self, attributes: usize, slots: usize) -> Result<AttributesEncoder<'_, 'w>> {
        let (mut pair, mut open) = (None, None);
        if !self.made.dropped {
            let mut tuple = self.encoder.open_tuple(2)?;
            tuple.batches.next(&mut self.encoder.out.bytes)?;
            pair = Some(tuple);
            match attributes {
                0 => self.encoder.none()?,
                len => open = Some(self.encoder.open_dict(len)?),
            }
        }
        let mut encoder = AttributesEncoder {
            encoder: self.encoder,
            open,
            pair,
            left: attributes,
            slots,
        };
        if attributes == 0 {
            encoder.begin_slots()?;
        }
        Ok(encoder)
    }

    /// Ends the instance.
    ///
    /// # Errors
    ///
    /// None at present.
    pub fn end(self) -> Result<()> {
        self.encoder.leave_made(&self.made);
        Ok(())
    }
}

/// The batches of what is added to an instance.
pub(super) fn additions(protocol: Protocol, len: usize) -> Result<Batches> {
    if protocol < Protocol::V4 {
        return Err(Error::new(
            ErrorKind::Unpicklable,
            "elements are added to an instance at protocol 4 and above",
        ));
    }
    Ok(Batches::marked(len, Opcode::Additems))
}

/// Checks what was written as a state setter.
pub(super) fn check_setter(encoder: &Encoder<'_>) -> Result<()> {
    if encoder.wrote(super::memo::Form::Callable) {
        return Ok(());
    }
    let message = "sixth element of the tuple returned by __reduce__ must be a function";
    Err(Error::new(ErrorKind::Unpicklable, message))
}

#[cold]
fn part(error: Error, name: &'static str) -> Error {
    inside(error, || Segment::Attribute(name.into()))
}

/// Items on their way to an instance; see [`ReduceEncoder::items`].
#[must_use = "items must be ended"]
#[derive(Debug)]
pub struct ItemsEncoder<'a, 'w> {
    encoder: &'a mut Encoder<'w>,
    batches: Batches,
    dropped: bool,
}

impl ItemsEncoder<'_, '_> {
    /// Writes the next item.
    ///
    /// # Errors
    ///
    /// Those of the item, and when there are more than announced.
    pub fn item<T: Pickle + ?Sized>(&mut self, item: &T) -> Result<()> {
        if self.dropped {
            return Ok(());
        }
        self.batches.next(&mut self.encoder.out.bytes)?;
        self.encoder.value(item).map_err(|error| {
            inside(error, || {
                Segment::Index(self.batches.begun().saturating_sub(1))
            })
        })
    }

    /// Ends the items.
    ///
    /// # Errors
    ///
    /// When there were fewer than announced.
    pub fn end(mut self) -> Result<()> {
        if !self.dropped {
            self.batches.finish(&mut self.encoder.out.bytes)?;
        }
        self.encoder.ascend();
        Ok(())
    }
}

/// Keys and values on their way to an instance; see [`ReduceEncoder::pairs`].
#[must_use = "pairs must be ended"]
#[derive(Debug)]
pub struct PairsEncoder<'a, 'w>(ItemsEncoder<'a, 'w>);

impl PairsEncoder<'_, '_> {
    /// Writes the next key and its value.
    ///
    /// # Errors
    ///
    /// Those of the two, and when there are more than announced.
    pub fn entry<K, V>(&mut self, key: &K, value: &V) -> Result<()>
    where
        K: Pickle + ?Sized,
        V: Pickle + ?Sized,
    {
        let ItemsEncoder {
            encoder,
            batches,
            dropped,
        } = &mut self.0;
        if *dropped {
            return Ok(());
        }
        batches.next(&mut encoder.out.bytes)?;
        encoder.value(key)?;
        encoder
            .value(value)
            .map_err(|error| inside(error, || Segment::Key(key_repr(key))))
    }

    /// Ends the pairs.
    ///
    /// # Errors
    ///
    /// When there were fewer than announced.
    pub fn end(self) -> Result<()> {
        self.0.end()
    }
}

/// Attributes on their way to an instance; see [`ReduceEncoder::attributes`] and
/// [`ReduceEncoder::slots`].
#[must_use = "attributes must be ended"]
#[derive(Debug)]
pub struct AttributesEncoder<'a, 'w> {
    encoder: &'a mut Encoder<'w>,
    /// The dict that is being filled. None: nothing is written.
    open: Option<Open>,
    /// The pair of two dicts that is the state of a class with slots.
    pair: Option<Open>,
    /// Attributes before the slots.
    left: usize,
    /// Slots after the attributes.
    slots: usize,
}

impl AttributesEncoder<'_, '_> {
    /// Writes the next attribute or slot.
    ///
    /// # Errors
    ///
    /// Those of the value, and when there are more than announced.
    pub fn attribute<T: Pickle + ?Sized>(&mut self, name: &str, value: &T) -> Result<()> {
        let Some(open) = &mut self.open else {
            return Ok(());
        };
        open.batches.next(&mut self.encoder.out.bytes)?;
        self.encoder.name(name)?;
        self.encoder
            .value(value)
            .map_err(|error| inside(error, || Segment::Attribute(name.to_owned().into())))?;
        self.left = self.left.saturating_sub(1);
        if self.left == 0 && self.slots > 0 {
            self.encoder.close(open)?;
            self.begin_slots()?;
        }
        Ok(())
    }

    /// Goes over from the attributes to the slots.
    fn begin_slots(&mut self) -> Result<()> {
        let slots = std::mem::take(&mut self.slots);
        if let Some(pair) = &mut self.pair {
            pair.batches.next(&mut self.encoder.out.bytes)?;
            self.open = Some(self.encoder.open_dict(slots)?);
        }
        Ok(())
    }

    /// Ends the state.
    ///
    /// # Errors
    ///
    /// When there were fewer than announced.
    pub fn end(mut self) -> Result<()> {
        let Some(mut open) = self.open.take() else {
            return Ok(());
        };
        self.encoder.close(&mut open)?;
        if let Some(mut pair) = self.pair.take() {
            self.encoder.close(&mut pair)?;
        }
        self.encoder.op(Opcode::Build);
        Ok(())
    }
}
