//! Dicts whose keys are written in the program: those of a struct that is one.

use super::Pickle;
use super::classes::Place;
use super::containers::{Open, in_key};
use super::encoder::Encoder;
use crate::error::Result;

/// A dict of a struct in the making. Its keys are names, which are known by their place in a list from
/// the second such dict on.
#[must_use = "a dict must be ended"]
pub struct RecordEncoder<'a, 'w> {
    encoder: &'a mut Encoder<'w>,
    open: Open,
    list: &'static [&'static str],
    /// Where the names are known.
    names: Place,
}

impl<'a, 'w> RecordEncoder<'a, 'w> {
    /// Begins a dict of so many entries.
    #[inline]
    pub fn begin(
        encoder: &'a mut Encoder<'w>,
        list: &'static [&'static str],
        len: usize,
    ) -> Result<Self> {
        let open = encoder.open_dict(len)?;
        let names = encoder.memo.classes.enter_list(list);
        Ok(Self {
            encoder,
            open,
            list,
            names,
        })
    }

    /// Writes the next entry, under a name of the list.
    #[inline]
    pub fn named<T: Pickle + ?Sized>(&mut self, index: usize, value: &T) -> Result<()> {
        self.open.batches.next(&mut self.encoder.out.bytes)?;
        match self.encoder.named(self.list, self.names, index, value) {
            Ok(()) => Ok(()),
            Err(error) => Err(in_key(error, self.list[index])),
        }
    }

    /// Writes the next entry, under any key.
    pub fn entry<K, V>(&mut self, key: &K, value: &V) -> Result<()>
    where
        K: Pickle + ?Sized,
        V: Pickle + ?Sized,
    {
        self.encoder.entry(&mut self.open, key, value)
    }

    /// Ends the dict.
    #[inline]
    pub fn end(mut self) -> Result<()> {
        self.encoder.close_dict(&mut self.open)
    }
}
