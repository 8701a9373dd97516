//! The dictionary.

use std::fmt;
use std::path::Path;
use std::thread;

use pickle_core::{Pickle, Unpickle, Unpickler};

use crate::database::Database;
use crate::error::{Error, Result};
use crate::format::Format;
use crate::items::{Items, Keys, Values};
use crate::options::ShelfOptions;
use crate::writeback::{Writeback, dump};

/// A dictionary on disk, whose keys are text and whose values are pickles.
///
/// What [`insert`](Self::insert) and [`remove`](Self::remove) do is in the file when they return:
/// other programs see it, and it stays if this one is killed. A machine that loses its power may
/// lose what was written after the last [`sync`](Self::sync), but not the shelf. Values that [`get_mut`](Self::get_mut) gave out are written by [`sync`](Self::sync),
/// [`close`](Self::close), and when the shelf is dropped.
///
/// # Example: what a Python program has put there
///
/// ```no_run
/// use pickle_core::Value;
/// use pickle_shelve::Shelf;
///
/// // import shelve
/// // with shelve.open("orders") as shelf:
/// //     shelf["tea"] = {"price": 2.5, "note": None}
/// let shelf = Shelf::open("orders")?;
/// let order: Option<Value> = shelf.get("tea")?;
/// assert_eq!(order.unwrap().to_string(), "{'price': 2.5, 'note': None}");
/// # Ok::<(), pickle_shelve::Error>(())
/// ```
pub struct Shelf {
    database: Box<dyn Database + Send>,
    format: Format,
    options: ShelfOptions,
    writeback: Writeback,
}

impl Shelf {
    /// Opens the shelf at a path for reading and writing, and makes it if it is not there:
    /// `shelve.open(path)`. [`ShelfOptions`] has the rest.
    ///
    /// # Errors
    ///
    /// As [`ShelfOptions::open`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        ShelfOptions::new().open(path)
    }

    pub(crate) fn new(
        database: Box<dyn Database + Send>,
        format: Format,
        options: ShelfOptions,
    ) -> Self {
        Self {
            database,
            format,
            options,
            writeback: Writeback::default(),
        }
    }

    /// The format of the file.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Returns the value of a key, or `None` if the key is not there.
    ///
    /// It is a copy. [`get_mut`](Self::get_mut) gives one that is written back.
    ///
    /// # Errors
    ///
    /// [`Error::Value`] when the value is no `T`.
    pub fn get<T: for<'de> Unpickle<'de>>(&self, key: &str) -> Result<Option<T>> {
        match self.pickle(key)? {
            Some(pickle) => self.load(key, &pickle).map(Some),
            None => Ok(None),
        }
    }

    /// Returns the pickle of a key's value, or `None` if the key is not there: for an
    /// [`Unpickler`] with options, or values that borrow.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn pickle(&self, key: &str) -> Result<Option<Vec<u8>>> {
        match self.writeback.pickle(key, self.options.protocol)? {
            Some(pickle) => Ok(Some(pickle)),
            None => self.database.get(key.as_bytes()),
        }
    }

    /// Returns a reference to the value of a key, or `None` if the key is not there. If the value
    /// is changed, it is written back by [`sync`](Self::sync), [`close`](Self::close), and when the
    /// shelf is dropped: what `writeback=True` does in Python for every value.
    ///
    /// Until then the value is in memory, and [`get`](Self::get) sees what has become of it.
    /// Whether it was changed is found by dumping it, so that this costs a dump twice. If another
    /// program writes the same key in the meantime, the later one prevails.
    ///
    /// ```
    /// # let directory = std::env::temp_dir().join(format!("shelve-mut-{}", std::process::id()));
    /// # std::fs::create_dir_all(&directory)?;
    /// # let path = directory.join("orders");
    /// let mut shelf = pickle_shelve::Shelf::open(&path)?;
    /// shelf.insert("tea", &vec![1, 2])?;
    /// if let Some(numbers) = shelf.get_mut::<Vec<i64>>("tea")? {
    ///     numbers.push(300);
    /// }
    /// shelf.sync()?;
    /// assert_eq!(shelf.get::<Vec<i64>>("tea")?, Some(vec![1, 2, 300]));
    /// # std::fs::remove_dir_all(&directory)?;
    /// # Ok::<(), pickle_shelve::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Value`] when the value is no `T`, and [`Error::ReadOnly`] when it could not be
    /// written back.
    #[doc(alias = "writeback")]
    pub fn get_mut<T>(&mut self, key: &str) -> Result<Option<&mut T>>
    where
        T: for<'de> Unpickle<'de> + Pickle + Send + 'static,
    {
        self.writable()?;
        if self.writeback.get_mut::<T>(key).is_none() {
            if self.writeback.contains(key) {
                // It is there as a value of another type, perhaps with changes.
                self.write_back()?;
            }
            let Some(value) = self.get::<T>(key)? else {
                return Ok(None);
            };
            self.writeback.insert(key, value, self.options.protocol)?;
        }
        Ok(self.writeback.get_mut(key))
    }

    /// Whether the key is there.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    #[doc(alias = "contains_key")]
    pub fn contains(&self, key: &str) -> Result<bool> {
        self.database.contains(key.as_bytes())
    }

    /// How many keys there are.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn len(&self) -> Result<usize> {
        self.database.len()
    }

    /// Whether there are no keys.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn is_empty(&self) -> Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Returns the keys as they are now, in no order that means something. The shelf may be changed
    /// while one goes through them.
    ///
    /// # Errors
    ///
    /// When the file cannot be read. A key that is not UTF-8 is an [`Error::Key`] in its place.
    pub fn keys(&self) -> Result<Keys> {
        Ok(Keys::new(self.database.keys()?))
    }

    /// Returns an iterator over the keys and their values, each as a `T`;
    /// [`Value`](pickle_core::Value) and [`Object`](pickle_core::Object) take values of different
    /// types. One value is in memory at a time.
    ///
    /// # Errors
    ///
    /// When the file cannot be read. A value that is no `T` is an [`Error::Value`] in its place,
    /// and the others follow.
    pub fn items<T: for<'de> Unpickle<'de>>(&self) -> Result<Items<'_, T>> {
        Ok(Items::new(self, self.keys()?))
    }

    /// Returns an iterator over the values, as [`items`](Self::items) does.
    ///
    /// # Errors
    ///
    /// As [`items`](Self::items).
    pub fn values<T: for<'de> Unpickle<'de>>(&self) -> Result<Values<'_, T>> {
        Ok(Values(self.items()?))
    }

    /// Puts a value under a key, in the place of what was there.
    ///
    /// # Errors
    ///
    /// [`Error::Value`] when the value cannot be dumped; when the file cannot be written.
    pub fn insert<T: Pickle + ?Sized>(&mut self, key: &str, value: &T) -> Result<()> {
        self.writable()?;
        let pickle = self.dump(key, value)?;
        self.database.set(key.as_bytes(), &pickle)?;
        self.writeback.remove(key);
        Ok(())
    }

    /// Puts several values under their keys at once, which is much faster than one by one: with
    /// [`Format::Sqlite`] it is one transaction, and other programs see all of them or none.
    ///
    /// ```
    /// # let directory = std::env::temp_dir().join(format!("shelve-up-{}", std::process::id()));
    /// # std::fs::create_dir_all(&directory)?;
    /// # let path = directory.join("prices");
    /// let mut shelf = pickle_shelve::Shelf::open(&path)?;
    /// shelf.update([("tea", 2.5), ("cups", 4.0)])?;
    /// assert_eq!(shelf.len()?, 2);
    /// # std::fs::remove_dir_all(&directory)?;
    /// # Ok::<(), pickle_shelve::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`insert`](Self::insert). A value that cannot be dumped is found before anything is
    /// written.
    #[doc(alias = "extend")]
    pub fn update<K: AsRef<str>, T: Pickle>(
        &mut self,
        items: impl IntoIterator<Item = (K, T)>,
    ) -> Result<()> {
        self.writable()?;
        let mut pairs = Vec::new();
        let mut keys = Vec::new();
        for (key, value) in items {
            let key = key.as_ref();
            pairs.push((key.as_bytes().to_owned(), self.dump(key, &value)?));
            keys.push(key.to_owned());
        }
        self.database.update(&pairs)?;
        for key in &keys {
            self.writeback.remove(key);
        }
        Ok(())
    }

    /// Removes a key and its value; false if it was not there.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    #[doc(alias = "delete")]
    pub fn remove(&mut self, key: &str) -> Result<bool> {
        self.writable()?;
        let was_there = self.database.remove(key.as_bytes())?;
        self.writeback.remove(key);
        Ok(was_there)
    }

    /// Removes all keys.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn clear(&mut self) -> Result<()> {
        self.writable()?;
        self.database.clear()?;
        self.writeback.clear();
        Ok(())
    }

    /// Writes back what [`get_mut`](Self::get_mut) has given out and was changed, and sees to it
    /// that all that was written is on the disk.
    ///
    /// # Errors
    ///
    /// [`Error::Value`] when a value cannot be dumped: nothing is written then, and all of them
    /// are still in memory. When the file cannot be written.
    pub fn sync(&mut self) -> Result<()> {
        self.write_back()?;
        match self.database.is_read_only() {
            true => Ok(()),
            false => self.database.sync(),
        }
    }

    /// Does what [`sync`](Self::sync) does, and closes the file. A shelf that is dropped does so as
    /// well, but has nobody to tell about errors; and not while it panics, as values may be half
    /// changed then.
    ///
    /// # Errors
    ///
    /// As [`sync`](Self::sync). The file is closed even so.
    pub fn close(mut self) -> Result<()> {
        let synced = self.sync();
        // Not once more, when it is dropped.
        self.writeback.clear();
        synced
    }

    fn write_back(&mut self) -> Result<()> {
        let changed = self.writeback.changed(self.options.protocol)?;
        if !changed.is_empty() {
            self.database.update(&changed)?;
        }
        self.writeback.clear();
        Ok(())
    }

    fn writable(&self) -> Result<()> {
        match self.database.is_read_only() {
            true => Err(Error::ReadOnly),
            false => Ok(()),
        }
    }

    fn dump<T: Pickle + ?Sized>(&self, key: &str, value: &T) -> Result<Vec<u8>> {
        dump(value, self.options.protocol).map_err(|error| Error::value(key, error))
    }

    fn load<T: for<'de> Unpickle<'de>>(&self, key: &str, pickle: &[u8]) -> Result<T> {
        let mut unpickler = Unpickler::from_slice(pickle).with_limits(self.options.limits);
        if let Some(registry) = &self.options.registry {
            unpickler = unpickler.with_registry(registry.clone());
        }
        unpickler.load().map_err(|error| Error::value(key, error))
    }
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelf")
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        if !thread::panicking() {
            // There is nobody to tell; `close` tells.
            let _ = self.sync();
        }
    }
}
