//! Bytes under bytes, on disk.

pub(crate) mod dumb;
pub(crate) mod sqlite;

use crate::error::Result;

/// A key and a value.
pub(crate) type Pair = (Vec<u8>, Vec<u8>);

/// What a shelf stands on.
pub(crate) trait Database {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>>;

    fn contains(&self, key: &[u8]) -> Result<bool>;

    fn len(&self) -> Result<usize>;

    fn keys(&self) -> Result<Vec<Vec<u8>>>;

    fn is_read_only(&self) -> bool;

    fn set(&mut self, key: &[u8], value: &[u8]) -> Result<()>;

    /// Sets all of them, or none if the format can do that.
    fn update(&mut self, pairs: &[Pair]) -> Result<()>;

    /// Removes a key; false if it was not there.
    fn remove(&mut self, key: &[u8]) -> Result<bool>;

    fn clear(&mut self) -> Result<()>;

    /// Sees to it that what was written is on the disk.
    fn sync(&mut self) -> Result<()>;
}
