//! `dbm.dumb`: an index in `.dir`, the values in `.dat`, an older index in `.bak`.
//!
//! Nothing that the index in the file refers to is ever written over: a value goes to blocks that
//! are free, and one more line of the index makes it valid, the later line of a key being the one
//! that counts. So a program may be killed at any moment. Lines that no longer count are cleared
//! away when the index is replaced, which is done by renaming.

mod index;
mod place;

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use index::{Index, line};
use place::{Free, Place};

use super::{Database, Pair};
use crate::error::{Error, Result};
use crate::format::with_extension;
use crate::options::Flag;

pub(crate) struct Dumb {
    directory: PathBuf,
    backup: PathBuf,
    /// Locked, against other programs that use this crate.
    data: File,
    index: Index,
    free: Free,
    /// Whether the last line of the index may have been written in part.
    torn: bool,
    read_only: bool,
}

impl Dumb {
    pub(crate) fn open(path: &Path, flag: Flag, busy_timeout: Duration) -> Result<Self> {
        let directory = with_extension(path, ".dir");
        let backup = with_extension(path, ".bak");
        let read_only = flag == Flag::ReadOnly;
        let data = OpenOptions::new()
            .read(true)
            .write(!read_only)
            .create(flag.creates())
            .open(with_extension(path, ".dat"))
            .map_err(|error| match error.kind() {
                ErrorKind::NotFound => Error::NotFound {
                    path: path.to_owned(),
                },
                _ => error.into(),
            })?;
        lock(&data, read_only, busy_timeout)?;

        let length = data.metadata()?.len();
        let (index, whole) = match flag {
            Flag::New => (Index::default(), false),
            _ => match read_index(&directory, &backup)? {
                Some(read) => read,
                None if flag.creates() && length == 0 => (Index::default(), false),
                None => return Err(Error::not_a_shelf(path, "there are values but no index")),
            },
        };
        let mut this = Self {
            directory,
            backup,
            free: Free::beside(&index),
            data,
            index,
            torn: !whole,
            read_only,
        };
        if flag == Flag::New {
            this.clear()?;
        } else if this.torn && !read_only {
            this.replace_index()?;
        }
        Ok(this)
    }

    /// Appends a line to the index: from now on the value counts.
    fn append(&mut self, key: &[u8], place: Place) -> Result<()> {
        let mut file = OpenOptions::new().append(true).open(&self.directory)?;
        self.torn = true;
        file.write_all(&line(key, place))?;
        self.torn = false;
        self.index.lines += 1;
        Ok(())
    }

    /// Writes the index anew, and keeps the old one as the backup.
    fn replace_index(&mut self) -> Result<()> {
        let new = with_extension(&self.directory, ".new");
        fs::write(&new, self.index.write())?;
        match fs::metadata(&self.directory) {
            Ok(old) => {
                fs::set_permissions(&new, old.permissions())?;
                remove_if_there(&self.backup)?;
                // There is an index at every moment, and it is never half of one.
                if fs::hard_link(&self.directory, &self.backup).is_err() {
                    fs::copy(&self.directory, &self.backup)?;
                }
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        fs::rename(&new, &self.directory)?;
        self.index.lines = self.index.len();
        self.torn = false;
        Ok(())
    }

    fn has_many_old_lines(&self) -> bool {
        self.index.lines > 2 * self.index.len() + 1000
    }
}

impl Database for Dumb {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        let Some(Place { start, size }) = self.index.get(key) else {
            return Ok(None);
        };
        let mut data = &self.data;
        data.seek(SeekFrom::Start(start))?;
        // The size is a claim: no more is allocated than there is.
        let mut value = Vec::new();
        data.take(size).read_to_end(&mut value)?;
        if (value.len() as u64) < size {
            return Err(Error::corrupt(format!(
                "the index has {size} bytes at {start}, where the data has {}",
                value.len()
            )));
        }
        Ok(Some(value))
    }

    fn contains(&self, key: &[u8]) -> Result<bool> {
        Ok(self.index.get(key).is_some())
    }

    fn len(&self) -> Result<usize> {
        Ok(self.index.len())
    }

    fn keys(&self) -> Result<Vec<Vec<u8>>> {
        Ok(self.index.keys())
    }

    fn is_read_only(&self) -> bool {
        self.read_only
    }

    fn set(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        if self.torn {
            self.replace_index()?;
        }
        let place = self.free.take(value.len() as u64);
        self.data.seek(SeekFrom::Start(place.start))?;
        let written = self.data.write_all(value).map_err(Error::from);
        if let Err(error) = written.and_then(|()| self.append(key, place)) {
            self.free.give(place);
            return Err(error);
        }
        if let Some(old) = self.index.set(key.to_owned(), place) {
            self.free.give(old);
        }
        if self.has_many_old_lines() {
            self.replace_index()?;
        }
        Ok(())
    }

    fn update(&mut self, pairs: &[Pair]) -> Result<()> {
        pairs
            .iter()
            .try_for_each(|(key, value)| self.set(key, value))
    }

    fn remove(&mut self, key: &[u8]) -> Result<bool> {
        let Some(place) = self.index.remove(key) else {
            return Ok(false);
        };
        if let Err(error) = self.replace_index() {
            self.index.set(key.to_owned(), place);
            return Err(error);
        }
        self.free.give(place);
        Ok(true)
    }

    fn clear(&mut self) -> Result<()> {
        let old = std::mem::take(&mut self.index);
        if let Err(error) = self.replace_index() {
            self.index = old;
            return Err(error);
        }
        // The backup would lead to values that are no longer there.
        remove_if_there(&self.backup)?;
        self.data.set_len(0)?;
        self.free = Free::default();
        Ok(())
    }

    fn sync(&mut self) -> Result<()> {
        self.data.sync_all()?;
        if self.torn || self.index.lines != self.index.len() {
            self.replace_index()?;
        }
        let index = OpenOptions::new().append(true).open(&self.directory)?;
        Ok(index.sync_all()?)
    }
}

/// Reads the index; if it is missing, a program was killed while it replaced it, and the backup is
/// the last there is. `None` if there is neither.
fn read_index(directory: &Path, backup: &Path) -> Result<Option<(Index, bool)>> {
    match fs::read(directory) {
        Ok(bytes) => return Index::parse(&bytes).map(Some),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    match fs::read(backup) {
        Ok(bytes) => Index::parse(&bytes).map(|(index, _)| Some((index, false))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn lock(data: &File, read_only: bool, busy_timeout: Duration) -> Result<()> {
    let started = Instant::now();
    loop {
        let locked = match read_only {
            true => data.try_lock_shared(),
            false => data.try_lock(),
        };
        match locked {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if started.elapsed() < busy_timeout => {
                thread::sleep(Duration::from_millis(10));
            }
            Err(TryLockError::WouldBlock) => return Err(Error::Locked),
            // Some file systems have no locks; Python uses none.
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {
                return Ok(());
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
