//! Which kind of file a shelf is.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// What the first bytes of every SQLite database are.
const SQLITE: &[u8; 16] = b"SQLite format 3\0";

/// The kind of file that a shelf is, by the module that Python has for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// `dbm.sqlite3`: one file, a table in a SQLite database.
    ///
    /// What Python 3.13 makes. Several programs, in Rust and in Python, may have it open at once:
    /// each write is a transaction, and waits for its turn.
    #[default]
    Sqlite,
    /// `dbm.dumb`: an index `.dir`, the values `.dat`, and an older index `.bak`.
    ///
    /// What older Pythons make where they have nothing better, and every Python reads. Its
    /// weaknesses are the format's: the whole index is in memory, one program may have it open at a
    /// time, and Python itself, when it is killed, leaves an index that does not fit to the data
    /// where it has written over values. This crate writes a value beside the one that it
    /// replaces, and then one line of the index, which decides: a program that is killed leaves the
    /// shelf as it was before or after the write, for Python, too. The index is replaced as a whole,
    /// by renaming. It refuses a shelf that another program which uses this crate has open for
    /// writing; Python does not look at such locks.
    Dumb,
    /// `dbm.gnu`, which this crate does not read.
    Gnu,
    /// `dbm.ndbm`, which this crate does not read.
    Ndbm,
}

/// The name of Python's module.
impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "dbm.sqlite3",
            Self::Dumb => "dbm.dumb",
            Self::Gnu => "dbm.gnu",
            Self::Ndbm => "dbm.ndbm",
        })
    }
}

/// Returns the format of the shelf at a path, or `None` if there is no file.
///
/// The rules are those of Python's `dbm.whichdb`, in its order. There are two additions: a `.db`
/// file is looked at, where Python tries to open it with ndbm; and a `.dat` that has lost its
/// `.dir` but has its `.bak`, as a Python leaves it that is killed while it replaces its index, is
/// still a shelf.
///
/// # Errors
///
/// [`Error::NotAShelf`] when there is a file of no format that is known.
///
/// # Example
///
/// ```
/// use pickle_shelve::which_db;
///
/// assert_eq!(which_db("no such file")?, None);
/// # Ok::<(), pickle_shelve::Error>(())
/// ```
pub fn which_db(path: impl AsRef<Path>) -> Result<Option<Format>> {
    let path = path.as_ref();
    let there = |extension| with_extension(path, extension).is_file();

    if there(".pag") && there(".dir") || is_berkeley_db(&with_extension(path, ".db"))? {
        return Ok(Some(Format::Ndbm));
    }
    if there(".dat") {
        match start::<1>(&with_extension(path, ".dir"))? {
            // An index without keys is empty; a line starts with a key.
            Some(start) if matches!(start[..], [] | [b'\'' | b'"']) => {
                return Ok(Some(Format::Dumb));
            }
            None if there(".bak") => return Ok(Some(Format::Dumb)),
            _ => {}
        }
    }
    let Some(start) = start::<16>(path)? else {
        return Ok(None);
    };
    if start == SQLITE {
        return Ok(Some(Format::Sqlite));
    }
    match start.first_chunk().map(|magic| u32::from_ne_bytes(*magic)) {
        Some(0x1357_9acd..=0x1357_9acf) => Ok(Some(Format::Gnu)),
        None => Err(Error::not_a_shelf(path, "the file is too short")),
        Some(_) => Err(Error::not_a_shelf(path, "the file starts as none does")),
    }
}

/// Whether a file is a hash table of Berkeley DB, which emulates ndbm.
fn is_berkeley_db(path: &Path) -> Result<bool> {
    const HASH: u32 = 0x0006_1561;
    let magic = |word: Option<&[u8; 4]>| {
        word.is_some_and(|word| {
            [u32::from_le_bytes(*word), u32::from_be_bytes(*word)].contains(&HASH)
        })
    };
    // Version 1 has it at the start, the later ones behind a pad.
    let start = start::<16>(path)?.unwrap_or_default();
    Ok(magic(start.first_chunk()) || start.len() == 16 && magic(start.last_chunk()))
}

/// Appends to the name, even if it has an extension.
pub(crate) fn with_extension(path: &Path, extension: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(extension);
    name.into()
}

/// The first bytes of a file, or fewer if it has fewer; `None` if there is none.
fn start<const N: usize>(path: &Path) -> Result<Option<Vec<u8>>> {
    if !path.is_file() {
        return Ok(None);
    }
    let mut start = Vec::new();
    match File::open(path).and_then(|file| file.take(N as u64).read_to_end(&mut start)) {
        Ok(_) => Ok(Some(start)),
        // Removed by somebody else in this moment.
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => {
            Err(io::Error::new(error.kind(), format!("{}: {error}", path.display())).into())
        }
    }
}
