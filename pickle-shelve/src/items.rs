//! Keys and values, one after the other.

use std::iter::FusedIterator;
use std::marker::PhantomData;
use std::vec;

use pickle_core::Unpickle;

use crate::error::{Error, Result};
use crate::shelf::Shelf;

/// The keys of a shelf, as they were when [`Shelf::keys`] was called.
#[derive(Debug)]
pub struct Keys(vec::IntoIter<Vec<u8>>);

impl Keys {
    pub(crate) fn new(keys: Vec<Vec<u8>>) -> Self {
        Self(keys.into_iter())
    }
}

impl Iterator for Keys {
    type Item = Result<String>;

    fn next(&mut self) -> Option<Result<String>> {
        let key = String::from_utf8(self.0.next()?);
        Some(key.map_err(|error| Error::Key {
            key: error.into_bytes(),
        }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for Keys {}
impl FusedIterator for Keys {}

/// The keys of a shelf with their values, each as a `T`: what [`Shelf::items`] returns.
pub struct Items<'s, T> {
    shelf: &'s Shelf,
    keys: Keys,
    value: PhantomData<fn() -> T>,
}

impl<'s, T> Items<'s, T> {
    pub(crate) fn new(shelf: &'s Shelf, keys: Keys) -> Self {
        Self {
            shelf,
            keys,
            value: PhantomData,
        }
    }
}

impl<T: for<'de> Unpickle<'de>> Iterator for Items<'_, T> {
    type Item = Result<(String, T)>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let key = match self.keys.next()? {
                Ok(key) => key,
                Err(error) => return Some(Err(error)),
            };
            match self.shelf.get(&key) {
                Ok(Some(value)) => return Some(Ok((key, value))),
                // Another program has removed it in the meantime.
                Ok(None) => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<T: for<'de> Unpickle<'de>> FusedIterator for Items<'_, T> {}

/// The values of a shelf, each as a `T`: what [`Shelf::values`] returns.
pub struct Values<'s, T>(pub(crate) Items<'s, T>);

impl<T: for<'de> Unpickle<'de>> Iterator for Values<'_, T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        Some(self.0.next()?.map(|(_, value)| value))
    }
}

impl<T: for<'de> Unpickle<'de>> FusedIterator for Values<'_, T> {}
