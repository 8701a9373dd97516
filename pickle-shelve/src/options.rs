//! How a shelf is opened.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use pickle_core::{Limits, Protocol, Registry};

use crate::database::Database;
use crate::database::dumb::Dumb;
use crate::database::sqlite::Sqlite;
use crate::error::{Error, Result};
use crate::format::{Format, which_db, with_extension};
use crate::shelf::Shelf;

/// What may be done with a shelf, and whether it must be there: Python's flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Flag {
    /// `'r'`: an existing shelf, for reading only.
    ReadOnly,
    /// `'w'`: an existing shelf, for reading and writing.
    ReadWrite,
    /// `'c'`: for reading and writing; makes it if it is not there.
    #[default]
    Create,
    /// `'n'`: a new and empty shelf; what was there is gone.
    New,
}

impl Flag {
    pub(crate) fn creates(self) -> bool {
        matches!(self, Self::Create | Self::New)
    }
}

/// How to open a shelf.
///
/// ```
/// use pickle_shelve::{Error, Flag, ShelfOptions};
///
/// let shelf = ShelfOptions::new().with_flag(Flag::ReadOnly).open("no such file");
/// assert!(matches!(shelf, Err(Error::NotFound { .. })));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ShelfOptions {
    flag: Flag,
    format: Format,
    busy_timeout: Duration,
    pub(crate) protocol: Protocol,
    pub(crate) registry: Option<Arc<Registry>>,
    pub(crate) limits: Limits,
}

impl Default for ShelfOptions {
    fn default() -> Self {
        Self {
            flag: Flag::default(),
            format: Format::default(),
            // As `sqlite3.connect` in Python.
            busy_timeout: Duration::from_secs(5),
            protocol: Protocol::default(),
            registry: None,
            limits: Limits::default(),
        }
    }
}

impl ShelfOptions {
    /// Returns the options of [`Shelf::open`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what may be done, and whether the shelf must be there. [`Flag::Create`] unless told
    /// otherwise.
    pub fn with_flag(mut self, flag: Flag) -> Self {
        self.flag = flag;
        self
    }

    /// Sets the format of a shelf that is made. One that is there has its own.
    pub fn with_format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }

    /// Sets how long to wait for other programs that are writing: 5 seconds unless told otherwise.
    pub fn with_busy_timeout(mut self, timeout: Duration) -> Self {
        self.busy_timeout = timeout;
        self
    }

    /// Writes values at another protocol than 4.
    pub fn with_protocol(mut self, protocol: Protocol) -> Self {
        self.protocol = protocol;
        self
    }

    /// Looks the names of classes up in this registry instead of the global one.
    pub fn with_registry(mut self, registry: impl Into<Arc<Registry>>) -> Self {
        self.registry = Some(registry.into());
        self
    }

    /// Sets what loading a value may cost.
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Opens the shelf at a path. As in Python, some formats append extensions to it.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::NotAShelf`] and [`Error::Unsupported`] say what is there;
    /// [`Error::Locked`] that it is in use.
    pub fn open(self, path: impl AsRef<Path>) -> Result<Shelf> {
        let path = path.as_ref();
        let format = match self.flag {
            Flag::New => self.make_room(path)?,
            _ => self.existing(path)?,
        };
        let database: Box<dyn Database + Send> = match format {
            Format::Sqlite => Box::new(Sqlite::open(path, self.flag, self.busy_timeout)?),
            Format::Dumb => Box::new(Dumb::open(path, self.flag, self.busy_timeout)?),
            format => {
                return Err(Error::Unsupported {
                    path: path.to_owned(),
                    format,
                });
            }
        };
        Ok(Shelf::new(database, format, self))
    }

    /// The format of what is there, or of what is to be made.
    fn existing(&self, path: &Path) -> Result<Format> {
        match which_db(path) {
            Ok(Some(format)) => Ok(format),
            Ok(None) if self.flag.creates() => Ok(self.format),
            Ok(None) => Err(Error::NotFound {
                path: path.to_owned(),
            }),
            // Another program has made the file just now, and its first page is yet to come.
            Err(Error::NotAShelf { .. }) if self.flag.creates() && is_empty(path) => {
                Ok(Format::Sqlite)
            }
            Err(error) => Err(error),
        }
    }

    /// Removes what would hide a new shelf: Python would go on to find the old one.
    fn make_room(&self, path: &Path) -> Result<Format> {
        match which_db(path) {
            Ok(Some(Format::Dumb)) if self.format != Format::Dumb => {
                for extension in [".dir", ".dat", ".bak"] {
                    let part = with_extension(path, extension);
                    if part.exists() {
                        fs::remove_file(part)?;
                    }
                }
            }
            Ok(Some(Format::Ndbm)) => {
                return Err(Error::Unsupported {
                    path: path.to_owned(),
                    format: Format::Ndbm,
                });
            }
            Ok(_) | Err(Error::NotAShelf { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(self.format)
    }
}

fn is_empty(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() == 0)
}
