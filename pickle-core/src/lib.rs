//! The run-time half of `pickle-rs`: the pickle machine, the pickler and the registry.
//!
//! Applications use the facade, the `pickle-rs` package, which re-exports all of this beside
//! `#[derive(Pickle)]`. Depend on this crate alone to implement [`Pickle`] and [`Unpickle`] by
//! hand without waiting for the derive to compile.

mod buffer;
mod error;
mod float;
mod generated;
mod impls;
#[cfg(feature = "json")]
pub mod json;
mod limits;
pub mod opcode;
mod persistent;
mod protocol;
pub mod python;
mod read;
mod registry;
#[cfg(feature = "serde")]
pub mod serde;
pub mod value;
mod write;

pub use buffer::Buffer;
pub use error::{Error, ErrorKind, Result};
pub use impls::{ByteArray, FrozenSet};
pub use limits::Limits;
pub use persistent::Persistent;
pub use protocol::Protocol;
#[doc(hidden)]
pub use read::Number;
pub use read::{
    Attributes, Call, Construction, Cursor, Document, DowncastError, Encoding, EncodingErrors,
    InstanceReader, Int, Items, Kind, NodeId, NodePairs, NodeRef, Nodes, Object, Pairs, Pickles,
    Reader, Slice, Splitter, Step, Unbuffered, Unpickle, UnpickleBoxed, UnpickleWeak, Unpickler,
    View, load, loads,
};
pub use registry::{
    Class, Classes, Constant, Dynamic, Function, Global, Implementation, Instance, Member,
    Registration, Registry,
};
pub use value::{Value, repr};
pub use write::{
    AttributesEncoder, DictEncoder, Encoder, ItemsEncoder, ListEncoder, NoArgs, ObjectEncoder,
    PairsEncoder, Pickle, Pickler, ReduceEncoder, SetEncoder, TupleEncoder, dump, dumps,
};

/// What the derive's output and this crate's macros name. It may change without notice.
#[doc(hidden)]
pub mod __private {
    pub use crate::__traits as traits;
    pub use crate::error::{Error, Result};
    pub use crate::generated::*;
    pub use crate::protocol::Protocol;
    pub use crate::read::{Attributes, Cursor, Unpickle, UnpickleBoxed, UnpickleWeak};
    pub use crate::read::{InstanceReader, Items, Pairs};
    pub use crate::register;
    pub use crate::registry::{Class, Function, Global, Instance, Registration};
    pub use crate::registry::{Constant, Member};
    pub use crate::registry::{Dynamic, Loaders};
    pub use crate::registry::{Probe, Traits, Unknown, ValueFunctions};
    pub use crate::write::shape::*;
    pub use crate::write::{
        AttributesEncoder, DictEncoder, Encoder, ItemsEncoder, ListEncoder, ObjectEncoder,
        PairsEncoder, Pickle, RecordEncoder, ReduceEncoder, Reference, TupleEncoder,
    };
    pub use inventory;
    pub use std::boxed::Box;
    pub use std::rc::{Rc, Weak as RcWeak};
    pub use std::sync::{Arc, Weak as ArcWeak};

    /// A value in a box whose type is forgotten.
    pub fn boxed<T: 'static>(value: T) -> Box<dyn std::any::Any> {
        Box::new(value)
    }
}
