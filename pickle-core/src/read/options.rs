//! What a load may see, and how it takes it.

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use super::argument::text::{Encoding, EncodingErrors};
use super::decode::cursor::Cursor;
use crate::error::Result;
use crate::limits::Limits;
use crate::registry::Registry;

/// A handler that gives the object of a persistent id.
pub(crate) type PersistentLoad =
    dyn Fn(Cursor<'_, '_>) -> Result<Box<dyn Any>> + Send + Sync + 'static;

/// The settings of an [`Unpickler`](super::Unpickler).
#[derive(Clone)]
pub(crate) struct Options<'de> {
    /// `None` is the global registry: taking it costs no reference count, which threads would
    /// contend for.
    pub(crate) registry: Option<Arc<Registry>>,
    pub(crate) limits: Limits,
    /// Whether names of Python 2 are replaced by those of Python 3, below protocol 3.
    pub(crate) fix_imports: bool,
    pub(crate) encoding: Encoding,
    pub(crate) encoding_errors: EncodingErrors,
    /// Whether persistent ids are allowed; nothing but the document needs a handler for them.
    pub(crate) persistent_ids: bool,
    pub(crate) persistent_load: Option<Arc<PersistentLoad>>,
    /// Out-of-band buffers: borrowed with a slice, owned with a reader.
    pub(crate) buffers: Option<Arc<[Cow<'de, [u8]>]>>,
    /// Whether the memo goes on from one pickle to the next.
    pub(crate) memo_kept: bool,
    /// Whether names that are not registered are kept as data.
    pub(crate) opaque: bool,
    /// Whether every name of the pickle is looked up.
    pub(crate) names_matter: bool,
    /// Whether pickles may be decoded as they are read. Tests compare both ways.
    pub(crate) streams: bool,
    /// Whether the input is all there is, so that a frame longer than it is cut short.
    pub(crate) whole_input: bool,
    /// From this length on the arena's words are wide.
    pub(crate) wide_from: usize,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            registry: None,
            limits: Limits::default(),
            fix_imports: true,
            encoding: Encoding::default(),
            encoding_errors: EncodingErrors::default(),
            persistent_ids: false,
            persistent_load: None,
            buffers: None,
            memo_kept: false,
            opaque: false,
            names_matter: true,
            streams: true,
            whole_input: true,
            // Positions in the arena count up to four for each byte of input, as lists that grow
            // move, and must fit into 32 bits.
            wide_from: 1 << 29,
        }
    }
}

impl Options<'_> {
    /// Whether a pickle may be decoded as it is read: nothing of the caller's is to be called, and
    /// nothing that the arena would refuse for its size would be let pass.
    pub(crate) fn may_stream(&self) -> bool {
        self.streams
            && !self.memo_kept
            && !self.opaque
            && self.persistent_load.is_none()
            && self.buffers.is_none()
            && self.limits.have_room_for_tables()
    }

    pub(crate) fn registry(&self) -> &Registry {
        match &self.registry {
            Some(registry) => registry,
            None => Registry::global(),
        }
    }

    /// Where the bytes begin that limits count, for a pickle that starts here: with a memo that is
    /// kept, the tables are those of all pickles so far.
    pub(crate) fn origin(&self, start: usize) -> usize {
        if self.memo_kept { 0 } else { start }
    }

    pub(crate) fn decode<'b>(&self, bytes: &'b [u8]) -> Result<Option<Cow<'b, [u8]>>> {
        self.encoding.decode(bytes, self.encoding_errors)
    }
}
