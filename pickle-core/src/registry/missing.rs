//! What to say about a name that is not registered: Python's text, then what Python lacks.

use std::borrow::Cow;

use super::{Class, Global, Registry};
use crate::error::{Error, ErrorKind, quoted};

/// The error of a name that is not registered, with Python's text as the first line, then help.
///
/// `dotted` says whether dots in the name lead into classes, as they do from protocol 4 on.
pub(super) fn error(registry: &Registry, module: &str, qualname: &str, dotted: bool) -> Error {
    // A class inside of a function, which nobody gets at from outside.
    let local = match dotted && qualname.split('.').any(|part| part == "<locals>") {
        true => "local ",
        false => "",
    };
    let error = match origin(registry, module) {
        Some(origin) => Error::new(
            ErrorKind::UnknownClass,
            format!(
                "Can't get {local}attribute {} on {origin}",
                quoted(qualname)
            ),
        ),
        None => Error::new(
            ErrorKind::UnknownModule,
            format!("No module named {}", quoted(module)),
        ),
    };
    let error = match nearest(registry, module, qualname) {
        Some(near) => {
            let Global { module, qualname } = near.0;
            error.note(format!(
                "nearest registered name: {module}.{qualname}, for `{}` at {}",
                near.1.type_name(),
                near.1.location()
            ))
        }
        None if registry.names().next().is_none() => error.note("no class is registered at all"),
        None => error,
    };
    let error = match !dotted && qualname.contains('.') {
        true => error.note("dots lead into classes from protocol 4 on"),
        false => error,
    };
    let derive = format!("to load it, derive: {}", registration(module, qualname));
    error.note(derive).note(
        "if a crate of yours registers it, name that crate somewhere, \
             or it is not linked: `use that_crate as _;`",
    )
}

/// A registration to paste.
pub(crate) fn registration(module: &str, qualname: &str) -> String {
    let last = qualname.rsplit('.').next().unwrap_or(qualname);
    let is_name = |part: &str| {
        !part.is_empty()
            && !part.starts_with(|c: char| c.is_ascii_digit())
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    let type_name = if is_name(last) { last } else { "YourType" };
    let name = if type_name == qualname {
        String::new()
    } else {
        format!(", name = {qualname:?}")
    };
    format!(
        "#[derive(Pickle)] #[pickle(module = {module:?}{name})] \
         struct {type_name} {{ … }}"
    )
}

/// A module as Python shows it; `None` if nothing is registered in it.
fn origin(registry: &Registry, module: &str) -> Option<String> {
    let shown = quoted(module);
    match module {
        "__main__" => Some(format!("<module {shown} from {}>", quoted(&program()))),
        "builtins" => Some(format!("<module {shown} (built-in)>")),
        _ if registry.has_module(module) => {
            let classes = registry
                .names()
                .map(|(global, class)| (global.module, class.location()));
            let functions = registry
                .functions()
                .map(|function| (function.global().module, function.location()));
            let defaults = registry
                .defaults()
                .map(|(global, class)| (global.module, class.location()));
            let file = classes
                .chain(functions)
                .chain(defaults)
                .find(|(name, _)| name.starts_with(module))
                .map_or("", |(_, location)| location.file());
            Some(format!("<module {shown} from {}>", quoted(file)))
        }
        _ => None,
    }
}

/// The running program as it was started, as Python shows its script.
fn program() -> Cow<'static, str> {
    match std::env::args_os().next() {
        Some(program) => Cow::Owned(program.to_string_lossy().into_owned()),
        None => Cow::Borrowed(""),
    }
}

/// The registered name that differs least, if it differs little.
fn nearest(registry: &Registry, module: &str, qualname: &str) -> Option<(Global, &'static Class)> {
    let wanted = format!("{module}.{qualname}");
    registry
        .names()
        .chain(registry.defaults())
        .map(|(global, class)| {
            // The same name elsewhere is the likeliest slip of all.
            let same_name = global.qualname == qualname;
            let distance = edit_distance(&wanted, &global.to_string());
            (
                if same_name { 0 } else { distance },
                distance,
                global,
                class,
            )
        })
        .min_by_key(|&(rank, distance, global, _)| (rank, distance, global))
        .filter(|(rank, ..)| *rank <= 2.max(qualname.chars().count() / 3))
        .map(|(.., global, class)| (global, class))
}

/// How many characters have to be inserted, deleted, replaced or swapped with the next one.
fn edit_distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(200).collect();
    let b: Vec<char> = b.chars().take(200).collect();
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = vec![i + 1];
        for j in 0..b.len() {
            let mut cost = (last[j] + usize::from(a[i] != b[j]))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_slips() {
        assert_eq!(edit_distance("Order", "Order"), 0);
        assert_eq!(edit_distance("Order", "Odrer"), 1);
        assert_eq!(edit_distance("Order", "Ordr"), 1);
        assert_eq!(edit_distance("", "abc"), 3);
    }

    #[test]
    fn the_registration_to_paste_names_nested_classes() {
        assert!(registration("m", "C").contains("#[pickle(module = \"m\")] struct C {"));
        assert!(
            registration("m", "A.B")
                .contains("#[pickle(module = \"m\", name = \"A.B\")] struct B {")
        );
        assert!(registration("m", "f.<locals>.<lambda>").contains("struct YourType {"));
    }
}
