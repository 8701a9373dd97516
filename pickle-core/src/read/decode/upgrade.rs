//! Instances of older versions of a class, whose state is made into that of today.

use crate::error::{Error, ErrorKind, Result};
use crate::protocol::Protocol;
use crate::read::decode::cursor::Cursor;
use crate::read::machine::Position;
use crate::read::session::Session;
use crate::registry::Class;
use crate::value::{Change, Value};
use crate::write::Pickler;

/// For how many levels of data an upgrade counts.
const LEVELS: usize = 8;

impl Cursor<'_, '_> {
    /// Reads an instance whose state a function has first made into another: the one that the
    /// class has today. The function is given the state as it stands in the pickle, or `None` if
    /// there is none.
    ///
    /// What the instance holds is copied on the way, so that it shares nothing with the rest of the
    /// pickle, and can borrow nothing from the input.
    ///
    /// # Errors
    ///
    /// When the value is not an instance of the class; those of the function; those of reading.
    pub fn upgraded<T>(
        self,
        class: &'static Class,
        upgrade: impl FnOnce(Value) -> Result<Value>,
        read: impl for<'x> FnOnce(Cursor<'_, 'x>) -> Result<T>,
    ) -> Result<T> {
        self.decoder.no_stream()?;
        if !self.is_instance(class) {
            return Err(self.mismatch(&class.to_string()));
        }
        let mut options = self.decoder.options.clone();
        // Instances inside of it are read in a pickle inside of this one, which takes more of the
        // stack than a level of data.
        let depth = options.limits.depth();
        let left = depth.saturating_sub(self.decoder.levels() + LEVELS);
        options.limits = options.limits.with_depth(left);
        let Value::Opaque(mut instance) = Value::data_of(&self)? else {
            let message = format!("`{class}` is no instance in the pickle");
            return Err(Error::new(ErrorKind::Mismatch, message));
        };
        let changes = instance.changes_mut();
        let is_state = |change: &Change| matches!(change, Change::State(_));
        let mut states = changes.iter_mut().filter(|change| is_state(change));
        match (states.next(), states.next()) {
            (Some(Change::State(state)), None) => *state = upgrade(std::mem::take(state))?,
            (None, _) => match upgrade(Value::None)? {
                Value::None => {}
                state => changes.push(Change::State(state)),
            },
            _ => {
                let message = format!("the pickle gives `{class}` more than one state");
                return Err(Error::new(ErrorKind::Mismatch, message));
            }
        }
        let mut bytes = Vec::new();
        Pickler::new(&mut bytes)
            .with_protocol(Protocol::V5)
            .dump(&Value::Opaque(instance))?;
        // The old pickle's buffers and its memo are in the new one.
        options.memo_kept = false;
        options.buffers = None;
        options.whole_input = true;
        Session::default().run(&bytes, &mut Position::default(), options, read)
    }
}
