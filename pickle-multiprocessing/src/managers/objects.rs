//! The objects that a server shares, and how many references to each there are.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Exception, Referent};

/// The objects by their idents.
#[derive(Default)]
pub(super) struct Objects(Mutex<Table>);

#[derive(Default)]
struct Table {
    shared: HashMap<String, Shared>,
    /// The number of idents so far: none is used twice.
    idents: u64,
}

struct Shared {
    object: Arc<dyn Referent>,
    references: usize,
}

impl Objects {
    fn with<T>(&self, run: impl FnOnce(&mut Table) -> T) -> T {
        run(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Counts a reference to an object, which is among the shared ones then. Gives its ident.
    pub(super) fn share(&self, object: Arc<dyn Referent>) -> String {
        self.with(|table| {
            // What is shared already keeps its ident, as in Python.
            let known = table
                .shared
                .iter_mut()
                .find(|(_, shared)| Arc::ptr_eq(&shared.object, &object));
            if let Some((ident, shared)) = known {
                shared.references += 1;
                return ident.clone();
            }
            table.idents += 1;
            let ident = format!("{:x}", table.idents);
            let references = 1;
            let shared = Shared { object, references };
            table.shared.insert(ident.clone(), shared);
            ident
        })
    }

    pub(super) fn get(&self, ident: &str) -> Result<Arc<dyn Referent>, Exception> {
        self.with(|table| Ok(table.get(ident)?.object.clone()))
    }

    pub(super) fn incref(&self, ident: &str) -> Result<(), Exception> {
        self.with(|table| {
            table.get(ident)?.references += 1;
            Ok(())
        })
    }

    pub(super) fn decref(&self, ident: &str) -> Result<(), Exception> {
        // What an object does when it is dropped may take the lock itself.
        let dropped: Result<_, Exception> = self.with(|table| {
            let shared = table.get(ident)?;
            shared.references -= 1;
            match shared.references {
                0 => Ok(table.shared.remove(ident)),
                _ => Ok(None),
            }
        });
        dropped.map(drop)
    }

    pub(super) fn len(&self) -> usize {
        self.with(|table| table.shared.len())
    }

    /// A line or two for each, as Python has them.
    pub(super) fn debug_info(&self) -> String {
        let mut objects: Vec<_> = self.with(|table| {
            let shared = table.shared.iter();
            shared
                .map(|(ident, shared)| (ident.clone(), shared.references, shared.object.clone()))
                .collect()
        });
        objects.sort_by(|one, other| one.0.cmp(&other.0));
        let mut info = String::new();
        for (ident, references, object) in objects {
            let shown: String = object.repr().chars().take(75).collect();
            let _ = writeln!(info, "  {ident}:       refcount={references}\n    {shown}");
        }
        info.truncate(info.trim_end().len());
        info
    }
}

impl Table {
    fn get(&mut self, ident: &str) -> Result<&mut Shared, Exception> {
        self.shared
            .get_mut(ident)
            .ok_or_else(|| Exception::new("builtins", "KeyError", (ident,)))
    }
}
