//! Python's `shelve` for Rust: a dictionary on disk whose values are pickles.
//!
//! ```
//! use pickle_shelve::Shelf;
//! # let directory = std::env::temp_dir().join(format!("shelve-lib-{}", std::process::id()));
//! # std::fs::create_dir_all(&directory)?;
//! # let path = directory.join("prices");
//!
//! let mut shelf = Shelf::open(&path)?; // shelve.open(path), as Python 3.13 has it
//! shelf.insert("tea", &2.5)?;
//! assert_eq!(shelf.get::<f64>("tea")?, Some(2.5));
//! assert_eq!(shelf.get::<f64>("cups")?, None);
//!
//! for item in shelf.items::<f64>()? {
//!     let (word, price) = item?;
//!     println!("{word}: {price}");
//! }
//! shelf.close()?;
//! # std::fs::remove_dir_all(&directory)?;
//! # Ok::<(), pickle_shelve::Error>(())
//! ```
//!
//! The files are those of Python's own module, in two of the formats that it knows:
//!
//! | [`Format`] | who makes it | several programs at once | a program that is killed |
//! |---|---|---|---|
//! | [`Sqlite`](Format::Sqlite) | Python since 3.13, and this crate | yes: they wait for one another | leaves the shelf as it was before or after the write |
//! | [`Dumb`](Format::Dumb) | older Pythons that lack `gdbm` and `ndbm` | no; this crate locks it against itself | see there |
//!
//! What is at a path says [`which_db`], by the rules of Python's `dbm.whichdb`. A shelf of GNU dbm
//! or ndbm, which older Pythons make where these libraries are, is refused with
//! [`Error::Unsupported`]: `shelve.open(new).update(shelve.open(old))` turns it into another.
//!
//! # Changing values in place
//!
//! A value that was got is a copy. [`Shelf::get_mut`] gives one that is written back by
//! [`Shelf::sync`] or [`Shelf::close`]: what `writeback=True` is in Python, for this value alone,
//! and only if it was changed.

mod database;
mod error;
mod format;
mod items;
mod options;
mod shelf;
mod writeback;

pub use error::{Error, Result};
pub use format::{Format, which_db};
pub use items::{Items, Keys, Values};
pub use options::{Flag, ShelfOptions};
pub use shelf::Shelf;
