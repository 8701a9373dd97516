//! Values that are in memory, to be changed there.

use std::any::Any;
use std::collections::HashMap;

use pickle_core::{Pickle, Pickler, Protocol};

use crate::database::Pair;
use crate::error::{Error, Result};

/// What [`Shelf::get_mut`](crate::Shelf::get_mut) has given out, by key.
#[derive(Default)]
pub(crate) struct Writeback {
    entries: HashMap<String, Entry>,
}

struct Entry {
    value: Box<dyn Value>,
    /// Its pickle as it would have been written when it was loaded. Python's may differ, without
    /// any change of the value.
    pickle: Vec<u8>,
}

/// A value that can be dumped and that can be told what it is.
trait Value: Any + Send {
    fn dump(&self, protocol: Protocol) -> pickle_core::Result<Vec<u8>>;
}

impl<T: Pickle + Send + 'static> Value for T {
    fn dump(&self, protocol: Protocol) -> pickle_core::Result<Vec<u8>> {
        dump(self, protocol)
    }
}

pub(crate) fn dump<T: Pickle + ?Sized>(
    value: &T,
    protocol: Protocol,
) -> pickle_core::Result<Vec<u8>> {
    let mut pickler = Pickler::new(Vec::new()).with_protocol(protocol);
    pickler.dump(value)?;
    Ok(pickler.into_inner())
}

impl Writeback {
    pub(crate) fn insert<T: Pickle + Send + 'static>(
        &mut self,
        key: &str,
        value: T,
        protocol: Protocol,
    ) -> Result<()> {
        let pickle = dump(&value, protocol).map_err(|error| Error::value(key, error))?;
        let value = Box::new(value);
        self.entries.insert(key.to_owned(), Entry { value, pickle });
        Ok(())
    }

    /// The value of a key, if it is here and of this type.
    pub(crate) fn get_mut<T: 'static>(&mut self, key: &str) -> Option<&mut T> {
        let value: &mut dyn Any = &mut *self.entries.get_mut(key)?.value;
        value.downcast_mut()
    }

    pub(crate) fn contains(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    pub(crate) fn remove(&mut self, key: &str) {
        self.entries.remove(key);
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }

    /// The pickle of a key's value as it is now, if it is here.
    pub(crate) fn pickle(&self, key: &str, protocol: Protocol) -> Result<Option<Vec<u8>>> {
        match self.entries.get(key) {
            Some(entry) => match entry.value.dump(protocol) {
                Ok(pickle) => Ok(Some(pickle)),
                Err(error) => Err(Error::value(key, error)),
            },
            None => Ok(None),
        }
    }

    /// What has to be written.
    pub(crate) fn changed(&self, protocol: Protocol) -> Result<Vec<Pair>> {
        let mut changed = Vec::new();
        for (key, entry) in &self.entries {
            let pickle = entry.value.dump(protocol);
            let pickle = pickle.map_err(|error| Error::value(key, error))?;
            if pickle != entry.pickle {
                changed.push((key.clone().into_bytes(), pickle));
            }
        }
        Ok(changed)
    }
}
