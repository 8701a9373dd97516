//! What the names of a pickle mean, and what to say about those that mean nothing.

use super::document::Document;
use super::globals::{GlobalRef, Resolved};
use super::locate::locate;
use crate::error::{Error, ErrorKind, Result};
use crate::registry::{Found, Registry};

/// Looks every global up.
///
/// # Errors
///
/// When two types claim a name; with a registry of the caller's own, when a name is not registered.
pub(super) fn resolve(document: &Document<'_>) -> Result<Vec<Resolved>> {
    let registry = document.options.registry();
    // Asking for a type is registering it, as long as no registry restricts the load.
    let claimable = document.options.registry.is_none() || document.options.opaque;
    let globals = document.globals.iter().enumerate();
    globals
        .map(|(nth, global)| match look_up(global, registry) {
            Ok(Some(resolved)) => Ok(resolved),
            Ok(None) if claimable => Ok(Resolved::Missing),
            Ok(None) => Err(missing(document, nth)),
            Err(error) => Err(locate(document, nth, error)),
        })
        .collect()
}

/// What a global means; `None` for a name under which nothing is registered.
///
/// A pickle may name any number of those, and what to say about one is worth some effort: so that is
/// left to [`missing`].
fn look_up(global: &GlobalRef<'_>, registry: &Registry) -> Result<Option<Resolved>> {
    match global {
        GlobalRef::Extension { code, offset } => match registry.find_extension(*code) {
            Ok(class) => Ok(Some(Resolved::Class(class))),
            Err(error) => Err(error.at(*offset as u64)),
        },
        GlobalRef::Name(name) if name.builtin.is_some() => Ok(Some(Resolved::Builtin)),
        GlobalRef::Name(name) => match registry.look_up(&name.module, &name.qualname) {
            Ok(Some(Found::Class(class))) => Ok(Some(Resolved::Class(class))),
            Ok(Some(Found::Namespace)) => Ok(Some(Resolved::Namespace)),
            Ok(None) => Ok(None),
            Err(error) => Err(error.at(name.offset as u64)),
        },
    }
}

/// The error of a name under which nothing is registered: its place in the data, and the other
/// names of the pickle that are missing too.
#[cold]
pub(super) fn missing(document: &Document<'_>, nth: usize) -> Error {
    let registry = document.options.registry();
    let error = unregistered(&document.globals[nth..], registry);
    locate(document, nth, error)
}

/// The error that looking up the names of an incomplete pickle gives, if one: in Python a name is
/// looked up when its opcode is read, before whatever fails behind it.
#[cold]
pub(super) fn first_missing(globals: &[GlobalRef<'_>], registry: &Registry) -> Option<Error> {
    globals
        .iter()
        .enumerate()
        .find_map(|(nth, global)| match look_up(global, registry) {
            Ok(Some(_)) => None,
            Ok(None) => Some(unregistered(&globals[nth..], registry)),
            Err(error) => Some(error),
        })
}

/// What to say about the first of these globals, and which of the others are not registered either.
fn unregistered(globals: &[GlobalRef<'_>], registry: &Registry) -> Error {
    let [GlobalRef::Name(first), later @ ..] = globals else {
        return Error::new(ErrorKind::UnknownClass, "a name that is not registered");
    };
    let error = registry
        .missing(&first.module, &first.qualname)
        .into_error()
        .at(first.offset as u64);
    let mut others: Vec<String> = Vec::new();
    for global in later {
        let GlobalRef::Name(name) = global else {
            continue;
        };
        let same = name.module == first.module && name.qualname == first.qualname;
        if same || !matches!(look_up(global, registry), Ok(None)) {
            continue;
        }
        let shown = format!("{}.{}", name.module, name.qualname);
        if !others.contains(&shown) {
            others.push(shown);
        }
        // The error is for people; a pickle may name any number of classes.
        if others.len() == 20 {
            others.push("…".to_owned());
            break;
        }
    }
    match others.is_empty() {
        true => error,
        false => error.note(format!("not registered either: {}", others.join(", "))),
    }
}
