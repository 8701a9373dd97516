//! The arguments of a call.

use pickle_core::value::Tuple;
use pickle_core::{Encoder, NoArgs, Pickle, Result, TupleEncoder, Value};

/// Keyword arguments: `&[("timeout", &1.5)]`.
pub type Keywords<'a> = &'a [(&'a str, &'a dyn Pickle)];

/// The positional arguments of a call: a tuple of any values, `()` for none, or a
/// [`Tuple`] or a vector of [`Value`]s where their number is not known before.
pub trait Arguments {
    /// How many there are.
    #[doc(hidden)]
    fn count(&self) -> usize;

    /// Writes them.
    #[doc(hidden)]
    fn write(&self, tuple: &mut TupleEncoder<'_, '_>) -> Result<()>;
}

macro_rules! tuples {
    ($($len:literal: $($item:ident $index:tt),*;)*) => {$(
        impl<$($item: Pickle),*> Arguments for ($($item,)*) {
            fn count(&self) -> usize {
                $len
            }

            fn write(&self, tuple: &mut TupleEncoder<'_, '_>) -> Result<()> {
                $(tuple.item(&self.$index)?;)*
                Ok(())
            }
        }
    )*};
}

tuples! {
    1: A 0;
    2: A 0, B 1;
    3: A 0, B 1, C 2;
    4: A 0, B 1, C 2, D 3;
    5: A 0, B 1, C 2, D 3, E 4;
    6: A 0, B 1, C 2, D 3, E 4, F 5;
    7: A 0, B 1, C 2, D 3, E 4, F 5, G 6;
    8: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7;
}

impl Arguments for () {
    fn count(&self) -> usize {
        0
    }

    fn write(&self, _: &mut TupleEncoder<'_, '_>) -> Result<()> {
        Ok(())
    }
}

impl Arguments for NoArgs {
    fn count(&self) -> usize {
        0
    }

    fn write(&self, _: &mut TupleEncoder<'_, '_>) -> Result<()> {
        Ok(())
    }
}

impl Arguments for [Value] {
    fn count(&self) -> usize {
        self.len()
    }

    fn write(&self, tuple: &mut TupleEncoder<'_, '_>) -> Result<()> {
        self.iter().try_for_each(|item| tuple.item(item))
    }
}

impl Arguments for Vec<Value> {
    fn count(&self) -> usize {
        self.len()
    }

    fn write(&self, tuple: &mut TupleEncoder<'_, '_>) -> Result<()> {
        self[..].write(tuple)
    }
}

impl Arguments for Tuple {
    fn count(&self) -> usize {
        self.len()
    }

    fn write(&self, tuple: &mut TupleEncoder<'_, '_>) -> Result<()> {
        self[..].write(tuple)
    }
}

/// A message that asks for something: `(ident, method, args, kwds)`.
pub(super) struct Ask<'a, A: ?Sized> {
    /// Of which object; none for what the server itself does.
    pub(super) ident: Option<&'a str>,
    pub(super) method: &'a str,
    /// An argument before the others.
    pub(super) first: Option<&'a str>,
    pub(super) args: &'a A,
    pub(super) kwargs: Keywords<'a>,
}

impl<A: Arguments + ?Sized> Pickle for Ask<'_, A> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let mut message = encoder.tuple(4)?;
        message.item(&self.ident)?;
        message.item(self.method)?;
        message.item(&Positional(self.first, self.args))?;
        message.item(&Named(self.kwargs))?;
        message.end()
    }
}

struct Positional<'a, A: ?Sized>(Option<&'a str>, &'a A);

impl<A: Arguments + ?Sized> Pickle for Positional<'_, A> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let Self(first, args) = self;
        let mut tuple = encoder.tuple(usize::from(first.is_some()) + args.count())?;
        if let Some(first) = first {
            tuple.item(*first)?;
        }
        args.write(&mut tuple)?;
        tuple.end()
    }
}

struct Named<'a>(Keywords<'a>);

impl Pickle for Named<'_> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let mut dict = encoder.dict(self.0.len())?;
        for (name, value) in self.0 {
            dict.entry(*name, *value)?;
        }
        dict.end()
    }
}
