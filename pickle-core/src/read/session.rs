//! One pickle after another: machine, look-up, decoding, and what goes on to the next.

use super::arena::AnyArena;
use super::arena::globals::GlobalRef;
use super::decode::decoder::Decoder;
use super::decode::names::{first_missing, resolve};
use super::decode::stream::{Memo, Stream};
use super::document::Document;
use super::machine::{Position, Workspace};
use super::options::Options;
use super::{Cursor, Unpickle};
use crate::error::Result;

/// What goes on from one pickle to the next: memory, and the memo if it is kept.
#[derive(Default)]
pub(super) struct Session {
    /// Made when the machine first runs.
    tables: Option<Box<Tables>>,
    /// What the pickles so far have named, if the memo is kept.
    globals: Vec<GlobalRef<'static>>,
    /// Whether a pickle before could not be read in one pass.
    gave_up: bool,
    /// The memo of the last pickle that was read in one pass.
    memo: Memo,
}

/// What the machine works on.
#[derive(Default)]
struct Tables {
    narrow: Workspace<u32>,
    wide: Workspace<u64>,
}

impl Session {
    /// Takes back what the next pickle needs.
    fn recycle(&mut self, document: Document<'_>) {
        let tables = self.tables.get_or_insert_default();
        match document.arena {
            AnyArena::Narrow(arena) => tables.narrow.arena = arena,
            AnyArena::Wide(arena) => tables.wide.arena = arena,
        }
        if document.options.memo_kept {
            self.keep(document.globals);
        }
    }

    fn keep(&mut self, globals: Vec<GlobalRef<'_>>) {
        self.globals = globals.into_iter().map(GlobalRef::into_owned).collect();
    }

    /// Runs the machine over one pickle; gives the document and the position behind it.
    fn parse<'de>(
        &mut self,
        input: &'de [u8],
        start: Position,
        options: Options<'de>,
    ) -> Result<(Document<'de>, Position)> {
        let mut globals: Vec<GlobalRef<'de>> = std::mem::take(&mut self.globals);
        let earlier = globals.len();
        let tables = self.tables.get_or_insert_default();
        let run = if input.len() < options.wide_from {
            tables.narrow.run(input, start, &mut globals, &options)
        } else {
            if options.memo_kept && !tables.narrow.is_empty() {
                tables.wide = tables.narrow.widen();
            }
            tables.wide.run(input, start, &mut globals, &options)
        };
        let origin = options.origin(start.byte);
        match run {
            Ok((arena, root, end)) => Ok((
                Document {
                    input,
                    arena,
                    globals,
                    earlier,
                    options,
                    root,
                    bytes_read: (end.byte - origin) as u64,
                },
                end,
            )),
            Err(error) => {
                // Python looks a name up when it reads it: before it gets to what failed behind it.
                let missing = match options.names_matter && !options.opaque {
                    true => first_missing(&globals[earlier..], options.registry()),
                    false => None,
                };
                if options.memo_kept {
                    self.keep(globals);
                }
                Err(missing.unwrap_or(error))
            }
        }
    }

    /// Runs the machine over one pickle whose names nobody looks up.
    pub(super) fn document<'de>(
        &mut self,
        input: &'de [u8],
        start: Position,
        mut options: Options<'de>,
    ) -> Result<(Document<'de>, Position)> {
        options.names_matter = false;
        let (mut document, end) = self.parse(input, start, options)?;
        if document.options.memo_kept {
            self.recycle(document.clone());
        } else {
            document.arena.shrink();
        }
        Ok((document, end))
    }

    /// Loads one pickle, and moves the position behind it: in one pass if that can be, and otherwise
    /// by way of the arena.
    pub(super) fn load<'de, T: Unpickle<'de>>(
        &mut self,
        input: &'de [u8],
        position: &mut Position,
        mut options: Options<'de>,
    ) -> Result<T> {
        if T::STREAMS && !self.gave_up && options.may_stream() {
            options = match self.stream(input, position, options) {
                Ok(value) => return Ok(value),
                Err(options) => options,
            };
            // The next pickle is likely to be of the same kind.
            self.gave_up = true;
        }
        self.run(input, position, options, T::unpickle)
    }

    /// Decodes one pickle as it is read, and moves the position behind it. Gives the options back if
    /// that cannot be.
    pub(super) fn stream<'de, T: Unpickle<'de>>(
        &mut self,
        input: &'de [u8],
        position: &mut Position,
        options: Options<'de>,
    ) -> Result<T, Options<'de>> {
        let memo = std::mem::take(&mut self.memo);
        let mut decoder = begin_stream(input, position.byte, options, memo)?;
        let whole = decoder.stream_whole();
        let (options, memo) = decoder.into_parts();
        self.memo = memo;
        let (value, end) = whole.ok_or(options)?;
        position.byte = end;
        Ok(value)
    }

    /// Runs the machine over one pickle, decodes its result, and moves the position behind it.
    pub(super) fn run<'de, T>(
        &mut self,
        input: &'de [u8],
        position: &mut Position,
        options: Options<'de>,
        decode: impl FnOnce(Cursor<'_, 'de>) -> Result<T>,
    ) -> Result<T> {
        let (document, end) = self.parse(input, *position, options)?;
        // The memo has seen the pickle, whatever decoding it may give: it cannot be read again.
        if document.options.memo_kept {
            *position = end;
        }
        let root = document.root;
        let resolved = match resolve(&document) {
            Ok(resolved) => resolved,
            Err(error) => {
                self.recycle(document);
                return Err(error);
            }
        };
        let mut decoder = Decoder::new(document, resolved);
        let value = decode(decoder.cursor(root));
        let value = value.and_then(|value| decoder.lost().map_or(Ok(value), Err));
        let (document, missing) = decoder.finish();
        self.recycle(document);
        let value = match missing {
            Some(missing) => Err(missing),
            None => value,
        };
        if value.is_ok() {
            *position = end;
        }
        value
    }
}

/// A decoder of a pickle that is still to be read. Apart, for it is the same for all types, and is
/// made where it stays: it is large.
#[inline(never)]
fn begin_stream<'de>(
    input: &'de [u8],
    start: usize,
    options: Options<'de>,
    memo: Memo,
) -> Result<Decoder<'de>, Options<'de>> {
    match Stream::new(input, start, &options, memo) {
        Some(stream) => Ok(Decoder::streaming(Document::empty(input, options), stream)),
        None => Err(options),
    }
}
