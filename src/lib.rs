//! Python's pickle for Rust: derive, register, dump, load.
//!
//! ```
//! use pickle::Pickle;
//!
//! #[derive(Pickle, Debug, PartialEq)]
//! #[pickle(module = "__main__")]
//! struct SimpleObject {
//!     name: String,
//!     name_backwards: String,
//! }
//!
//! let object = SimpleObject { name: "pickle".into(), name_backwards: "elkcip".into() };
//! let bytes = pickle::dumps(&object)?; // what Python's pickle.dumps writes, byte for byte
//! let back: SimpleObject = pickle::loads(&bytes)?;
//! assert_eq!(back, object);
//! # Ok::<(), pickle::Error>(())
//! ```
//!
//! A pickle stores an object as a small program that names classes by module and name. The reader
//! must have those classes at hand: `#[derive(Pickle)]` puts a Rust type under a Python name into a
//! global [`Registry`]. The registry is the allowlist, too: what is not in it cannot be built, and
//! loading runs nothing that the program did not register.
//!
//! - [`dumps`] and [`loads`] work on bytes, [`dump`] and [`load`] on writers and readers;
//!   [`Pickler`] and [`Unpickler`] are the same with options and state, as in Python.
//! - A type says how it is written with [`Pickle`] and how it is read with [`Unpickle`]; the derive
//!   implements both, and by hand they are a few lines each.
//! - A typed target gets typed values, [`Object`] any registered class, [`Value`] data without
//!   types.
//! - An [`Error`] has Python's own text as its first line, then the place in the data and what to
//!   do.
//!
//! # Where to look
//!
//! | for | see |
//! |---|---|
//! | the attributes of the derive | [`derive@Pickle`] |
//! | `Box<dyn Trait>`, functions that pickles call | [`macro@dynamic`], [`macro@function`] |
//! | classes without a derive | [`Instance`], [`register!`] |
//! | dates, decimals, UUIDs, paths: Python's own classes | [`python`] |
//! | several pickles in one stream | [`load`], [`Unpickler`] |
//! | files, sockets and pipes | [`Unbuffered`] |
//! | input from strangers | [`Limits`], [`Registry`] |
//! | messages to other processes, objects shared with them | `pickle::multiprocessing`, with the feature `multiprocessing` |
//! | data without types | [`mod@value`], [`Document`] |
//! | types that have serde's traits; programs that used serde-pickle | the feature `serde`: `pickle::serde` |
//! | values as JSON | the feature `json`: `pickle::json` |
//! | older protocols | [`Protocol`], [`Pickler::with_protocol`] |
//! | asynchronous streams | the feature `tokio`: `pickle::tokio` |
//! | a dictionary on disk | the feature `shelve`: `pickle::shelve` |
//! | files that nobody may change | the feature `signed`: `pickle::signed` |

pub use pickle_core::*;
pub use pickle_derive::{Pickle, dynamic, function};
#[cfg(feature = "multiprocessing")]
pub use pickle_multiprocessing as multiprocessing;

#[cfg(feature = "shelve")]
pub use pickle_shelve as shelve;
#[cfg(feature = "signed")]
pub use pickle_signed as signed;
#[cfg(feature = "tokio")]
pub use pickle_tokio as tokio;

#[doc(hidden)]
pub use pickle_core::__private;

/// Keeps the code of the README true. It is a program of its own (`standalone_crate`), for the
/// documentation above registers `__main__.SimpleObject` too, and rustdoc makes one program of all
/// other examples.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
