//! What the classes and functions that a pickle names mean to a load.

use crate::error::{Error, Result};
use crate::read::arena::globals::{GlobalName, GlobalRef, Resolved};
use crate::read::document::Document;
use crate::read::document::locate::locate;
use crate::read::options::Options;
use crate::registry::{Found, Registry, registration};

/// Looks up what a pickle names.
///
/// # Errors
///
/// When two types claim a name; with a registry of the caller's own, when a name is not registered:
/// the first one in the pickle, the others as notes.
pub(crate) fn resolve(document: &Document<'_>) -> Result<Vec<Resolved>> {
    let registry = document.options.registry();
    let mut resolved = Vec::with_capacity(document.globals.len());
    for (nth, global) in document.globals.iter().enumerate() {
        resolved.push(match meaning(global, &document.options) {
            Some(resolved) => resolved,
            // The load of an earlier pickle has failed because of its own names.
            None if nth < document.earlier => Resolved::Missing,
            None => {
                let error = unresolved(&document.globals[nth..], registry);
                return Err(locate(document, nth, error));
            }
        });
    }
    Ok(resolved)
}

/// What a global means to a load: that it is missing, too, if it may yet turn out to be the class of
/// a typed target.
pub(super) fn meaning(global: &GlobalRef<'_>, options: &Options<'_>) -> Option<Resolved> {
    let registry = options.registry();
    // Asking for a type is registering it, as long as no registry restricts the load.
    let claimable = options.registry.is_none() || options.opaque;
    match look_up(global, registry) {
        Ok(resolved) => Some(resolved),
        Err(Unresolved::Missing) if claimable => Some(Resolved::Missing),
        Err(_) => None,
    }
}

/// Why a global means nothing.
enum Unresolved {
    /// It is a name that is not registered.
    Missing,
    /// Two types claim the name; or it is an extension code that is not registered.
    Refused,
}

/// What a global means.
fn look_up(global: &GlobalRef<'_>, registry: &Registry) -> Result<Resolved, Unresolved> {
    match global {
        GlobalRef::Extension { code, .. } => match registry.find_extension(*code) {
            Ok(class) => Ok(Resolved::Class(class)),
            Err(_) => Err(Unresolved::Refused),
        },
        GlobalRef::Name(name) if name.builtin.is_some() => Ok(Resolved::Builtin),
        GlobalRef::Name(name) if name.is_no_path() => Err(Unresolved::Missing),
        GlobalRef::Name(name) => match registry.find(&name.module, &name.qualname) {
            Found::Class(class) => Ok(Resolved::Class(class)),
            Found::Default(class) => Ok(Resolved::Claimed(class)),
            Found::Function(function) => Ok(Resolved::Function(function)),
            Found::Namespace => Ok(Resolved::Namespace),
            Found::Nothing if is_member(name, registry) => Ok(Resolved::Namespace),
            Found::Nothing => Err(Unresolved::Missing),
            Found::Conflict => Err(Unresolved::Refused),
        },
    }
}

/// Whether a name is one of a member of a registered enumeration.
fn is_member(name: &GlobalName<'_>, registry: &Registry) -> bool {
    // Most names are short and have no dot: this is less than a search for one.
    if name.qualname.bytes().all(|byte| byte != b'.') {
        return false;
    }
    let Some((class, member)) = name.qualname.rsplit_once('.') else {
        return false;
    };
    match registry.find(&name.module, class) {
        Found::Class(class) | Found::Default(class) => {
            class.members().iter().any(|known| known.is(member))
        }
        _ => false,
    }
}

/// The error that looking up the names of an incomplete pickle gives, if one: in Python a name is
/// looked up when its opcode is read, before whatever fails behind it.
pub(crate) fn first_missing(globals: &[GlobalRef<'_>], registry: &Registry) -> Option<Error> {
    let nth = globals
        .iter()
        .position(|global| look_up(global, registry).is_err())?;
    Some(unresolved(&globals[nth..], registry))
}

/// The error of the first of these globals, which means nothing; the others that are not registered
/// either are listed below.
#[cold]
pub(super) fn unresolved(globals: &[GlobalRef<'_>], registry: &Registry) -> Error {
    let (first, offset, error) = match &globals[0] {
        GlobalRef::Extension { code, offset } => match registry.find_extension(*code) {
            Err(error) => return error.at(*offset as u64),
            Ok(class) => return Error::custom(format!("extension code {code} is {class}")),
        },
        GlobalRef::Name(name) if name.is_no_path() => (
            name,
            name.offset,
            registry.missing_undotted(&name.module, &name.qualname),
        ),
        GlobalRef::Name(name) => match registry.find(&name.module, &name.qualname) {
            Found::Conflict => {
                return registry
                    .conflict(&name.module, &name.qualname)
                    .at(name.offset as u64);
            }
            _ => (
                name,
                name.offset,
                registry.missing(&name.module, &name.qualname),
            ),
        },
    };
    let mut others: Vec<String> = Vec::new();
    let mut registrations = Vec::new();
    for global in &globals[1..] {
        let GlobalRef::Name(name) = global else {
            continue;
        };
        let same = name.module == first.module && name.qualname == first.qualname;
        if same || look_up(global, registry).is_ok() {
            continue;
        }
        let shown = format!("{}.{}", name.module, name.qualname);
        if !others.contains(&shown) {
            others.push(shown);
            registrations.push(registration(&name.module, &name.qualname));
        }
        // The error is for people; a pickle may name any number of classes.
        if others.len() == 20 {
            others.push("…".to_owned());
            break;
        }
    }
    let error = error.at(offset as u64);
    match others.is_empty() {
        true => error,
        false => {
            let error = error.note(format!("not registered either: {}", others.join(", ")));
            // Ten to paste are a start.
            let registrations = registrations.into_iter().take(10);
            registrations.fold(error, |error, text| error.note(text))
        }
    }
}
