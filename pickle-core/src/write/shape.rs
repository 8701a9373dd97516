//! Instances of every shape, for the derive: what the protocols write differently.

use super::global;
use super::object::UsualObject;
use super::{
    AttributesEncoder, DictEncoder, Encoder, ListEncoder, ObjectEncoder, Pickle, Pickler,
    ReduceEncoder, TupleEncoder,
};
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::Protocol;
use crate::registry::Class;

/// A list or tuple whose items a function writes.
pub struct Sequence<F> {
    len: usize,
    write: F,
}

/// A tuple of so many items, which the function writes.
pub fn tuple<F>(len: usize, write: F) -> Tuple<F>
where
    F: Fn(&mut TupleEncoder<'_, '_>) -> Result<()>,
{
    Tuple(Sequence { len, write })
}

/// See [`tuple`].
pub struct Tuple<F>(Sequence<F>);

impl<F: Fn(&mut TupleEncoder<'_, '_>) -> Result<()>> Pickle for Tuple<F> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let mut tuple = encoder.tuple(self.0.len)?;
        (self.0.write)(&mut tuple)?;
        tuple.end()
    }
}

/// A list of so many items, which the function writes.
pub fn list<F>(len: usize, write: F) -> List<F>
where
    F: Fn(&mut ListEncoder<'_, '_>) -> Result<()>,
{
    List(Sequence { len, write })
}

/// See [`list`].
pub struct List<F>(Sequence<F>);

impl<F: Fn(&mut ListEncoder<'_, '_>) -> Result<()>> Pickle for List<F> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let mut list = encoder.list(self.0.len)?;
        (self.0.write)(&mut list)?;
        list.end()
    }
}

/// A dict of so many entries, which the function writes.
pub fn dict<F>(len: usize, write: F) -> Dict<F>
where
    F: Fn(&mut DictEncoder<'_, '_>) -> Result<()>,
{
    Dict(Sequence { len, write })
}

/// See [`dict`].
pub struct Dict<F>(Sequence<F>);

impl<F: Fn(&mut DictEncoder<'_, '_>) -> Result<()>> Pickle for Dict<F> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let mut dict = encoder.dict(self.0.len)?;
        (self.0.write)(&mut dict)?;
        dict.end()
    }
}

/// A value that a function writes.
pub fn with<T: ?Sized, F>(value: &T, write: F) -> With<'_, T, F>
where
    F: Fn(&T, &mut Encoder<'_>) -> Result<()>,
{
    With(value, write)
}

/// See [`with`].
pub struct With<'a, T: ?Sized, F>(&'a T, F);

impl<T: ?Sized, F> Pickle for With<'_, T, F>
where
    F: Fn(&T, &mut Encoder<'_>) -> Result<()>,
{
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        (self.1)(self.0, encoder)
    }
}

/// Stands for an object that is written more than once, by its place in memory.
// Not of size zero: then all would have one place.
pub struct Place(u8);

impl Place {
    /// Another one.
    #[expect(
        clippy::new_without_default,
        reason = "expansions have no trait in scope"
    )]
    pub fn new() -> Self {
        Self(0)
    }

    fn address(&self) -> *const () {
        std::ptr::from_ref(&self.0).cast()
    }
}

/// A value that is one object in Python, wherever it is written with this place.
pub struct Placed<'a, T: ?Sized>(pub &'a Place, pub &'a T);

impl<T: Pickle + ?Sized> Pickle for Placed<'_, T> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.shared(self.0.address(), self.1)
    }
}

/// Forgets what was written with these places: others may come to live there.
pub fn forget(encoder: &mut Encoder<'_>, places: &[&Place]) {
    for place in places {
        encoder.memo.forget_address(place.address().addr());
    }
}

/// Text of which Python has one object.
pub struct Name<'a>(pub &'a str);

impl Pickle for Name<'_> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.name(self.0)
    }
}

/// A value that writes itself as a list of its items.
pub struct Items<'a, T: ?Sized>(pub &'a T);

impl<'a, T: ?Sized> Pickle for Items<'a, T>
where
    &'a T: IntoIterator<Item: Pickle, IntoIter: ExactSizeIterator>,
{
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let items = self.0.into_iter();
        let mut list = encoder.list(items.len())?;
        for item in items {
            list.item(&item)?;
        }
        list.end()
    }
}

/// Begins an instance that the class's `__new__` makes; below protocol 2, what
/// `copyreg._reconstructor` makes of the class, a built-in type that it is a subclass of, and its
/// value as that type.
pub fn new_object<'e, 'w, A, B>(
    encoder: &'e mut Encoder<'w>,
    class: &'static Class,
    args: &A,
    base: &str,
    value: &B,
) -> Result<ReduceEncoder<'e, 'w>>
where
    A: Pickle,
    B: Pickle,
{
    if encoder.protocol() >= Protocol::V2 {
        return encoder.new_object(class, args);
    }
    let reconstructed = tuple(3, |tuple| {
        tuple.item(class)?;
        tuple.item(&Builtin(base))?;
        tuple.item(value)
    });
    encoder.reduce(&global::RECONSTRUCTOR, &reconstructed)
}

/// A built-in type.
struct Builtin<'a>(&'a str);

impl Pickle for Builtin<'_> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.global_named("builtins", self.0)
    }
}

/// `None`.
pub struct Nothing;

impl Pickle for Nothing {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.none()
    }
}

/// Begins an instance that the class's `__new__` makes of arguments some of which have names;
/// below protocol 2 Python writes none of them.
pub fn new_object_ex<'e, 'w, A, K, B>(
    encoder: &'e mut Encoder<'w>,
    class: &'static Class,
    args: &A,
    kwargs: &K,
    base: &str,
    value: &B,
) -> Result<ReduceEncoder<'e, 'w>>
where
    A: Pickle,
    K: Pickle,
    B: Pickle,
{
    match encoder.protocol() >= Protocol::V2 {
        true => encoder.new_object_ex(class, args, kwargs),
        false => new_object(encoder, class, args, base, value),
    }
}

/// The error of a class with slots, below protocol 2.
#[cold]
pub fn check_slots(encoder: &Encoder<'_>) -> Result<()> {
    if encoder.protocol() >= Protocol::V2 {
        return Ok(());
    }
    let message = "a class that defines __slots__ without defining __getstate__ cannot be pickled \
                   with protocol 0 or 1";
    Err(Error::new(ErrorKind::Unpicklable, message).raised_as("TypeError"))
}

/// The error of a class made by `__new__`, below protocol 2: Python leaves the arguments out there.
#[cold]
pub fn check_args(encoder: &Encoder<'_>, class: &'static Class) -> Result<()> {
    if encoder.protocol() >= Protocol::V2 {
        return Ok(());
    }
    let message =
        format!("protocols 0 and 1 do not write the arguments of `{class}`, which would be lost");
    Err(Error::new(ErrorKind::Unpicklable, message))
}

/// Gives an instance the state that its `__getstate__` returned: none if that is `None`, and below
/// protocol 2 none that is false.
pub fn state<S: Pickle>(
    protocol: Protocol,
    instance: &mut ReduceEncoder<'_, '_>,
    state: &S,
) -> Result<()> {
    if protocol < Protocol::V2 {
        let mut bytes = Vec::new();
        Pickler::new(&mut bytes)
            .with_protocol(Protocol::V1)
            .dump(state)?;
        const FALSE: [&[u8]; 8] = [
            b"I00\n.",
            b"K\0.",
            b"G\0\0\0\0\0\0\0\0.",
            b").",
            b"]q\0.",
            b"}q\0.",
            b"X\0\0\0\0q\0.",
            b"c__builtin__\nbytes\nq\0)Rq\x01.",
        ];
        if FALSE.contains(&&bytes[..]) {
            return Ok(());
        }
    }
    instance.state_unless_none(state)
}

/// Appends to an instance the items of a container.
pub fn items<'a, T: ?Sized>(instance: &mut ReduceEncoder<'_, '_>, items: &'a T) -> Result<()>
where
    &'a T: IntoIterator<Item: Pickle, IntoIter: ExactSizeIterator>,
{
    let items = items.into_iter();
    let mut encoder = instance.items(items.len())?;
    for item in items {
        encoder.item(&item)?;
    }
    encoder.end()
}

/// How many items a container has.
pub fn count<'a, T: ?Sized>(container: &'a T) -> usize
where
    &'a T: IntoIterator<IntoIter: ExactSizeIterator>,
{
    container.into_iter().len()
}

/// How many attributes a field is: none if a function says that it is left out.
pub fn unless(left_out: bool) -> usize {
    usize::from(!left_out)
}

/// Attributes of an instance, some of which a base class may write.
pub trait AttributeSink {
    /// Writes the next attribute: one that the class declares.
    fn attribute<T: Pickle + ?Sized>(
        &mut self,
        class: &'static Class,
        index: usize,
        value: &T,
    ) -> Result<()>;

    /// Writes the next attribute under any name.
    fn attribute_named<T: Pickle + ?Sized>(&mut self, name: &str, value: &T) -> Result<()>;
}

impl AttributeSink for ObjectEncoder<'_, '_> {
    #[inline]
    fn attribute<T: Pickle + ?Sized>(
        &mut self,
        class: &'static Class,
        index: usize,
        value: &T,
    ) -> Result<()> {
        match std::ptr::eq(class, self.class()) {
            true => ObjectEncoder::attribute(self, index, value),
            false => self.attribute_named(class.attributes()[index], value),
        }
    }

    fn attribute_named<T: Pickle + ?Sized>(&mut self, name: &str, value: &T) -> Result<()> {
        ObjectEncoder::attribute_named(self, name, value)
    }
}

impl AttributeSink for AttributesEncoder<'_, '_> {
    fn attribute<T: Pickle + ?Sized>(
        &mut self,
        class: &'static Class,
        index: usize,
        value: &T,
    ) -> Result<()> {
        AttributesEncoder::attribute(self, class.attributes()[index], value)
    }

    fn attribute_named<T: Pickle + ?Sized>(&mut self, name: &str, value: &T) -> Result<()> {
        AttributesEncoder::attribute(self, name, value)
    }
}

/// Writes an instance that has attributes and nothing else.
#[inline]
pub fn object<T: PickleAttributes>(
    encoder: &mut Encoder<'_>,
    class: &'static Class,
    value: &T,
) -> Result<()> {
    let len = value.attribute_count();
    if let Some(mut object) = UsualObject::begin(encoder, class, len)? {
        value.pickle_attributes(&mut object)?;
        return object.end();
    }
    let mut object = encoder.object(class, len)?;
    value.pickle_attributes(&mut object)?;
    object.end()
}

/// A class whose instances have attributes, which instances of subclasses have too.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be flattened into another class",
    note = "`#[pickle(flatten)]` is for the attributes of a base class: the field's type must be a \
            struct with named fields that derives `pickle::Pickle`, without words like `slots`, \
            `state` or `newargs` that make its instances more than attributes"
)]
pub trait PickleAttributes {
    /// How many there are.
    fn attribute_count(&self) -> usize;

    /// Writes them.
    fn pickle_attributes<S: AttributeSink>(&self, sink: &mut S) -> Result<()>;
}
