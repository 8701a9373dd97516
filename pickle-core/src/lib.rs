//! The run-time half of `pickle-rs`: the pickle machine, the pickler and the registry.
//!
//! Applications use the facade, the `pickle-rs` package, which re-exports all of this beside
//! `#[derive(Pickle)]`. Depend on this crate alone to implement [`Pickle`] and [`Unpickle`] by
//! hand without waiting for the derive to compile.

mod error;
mod protocol;
mod read;
mod registry;
mod write;

pub use error::{Error, ErrorKind, Result};
pub use protocol::Protocol;
