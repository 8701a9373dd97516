//! What serde takes containers and instances for.

use crate::error::{Error, ErrorKind, Result};
use crate::read::{Call, Construction, NodeId, NodeRef, Step, View};

/// A container as serde knows them.
pub(super) enum Form {
    Sequence(Vec<NodeId>),
    Map {
        entries: Vec<(NodeId, NodeId)>,
        /// Whether it is an instance, and its attributes.
        attributes: bool,
    },
    /// What another value is.
    Of(NodeId),
}

impl Form {
    fn sequence<'d, 'de: 'd>(items: impl Iterator<Item = NodeRef<'d, 'de>>) -> Self {
        Self::Sequence(items.map(NodeRef::id).collect())
    }

    fn map(entries: Vec<(NodeId, NodeId)>) -> Self {
        Self::Map {
            entries,
            attributes: false,
        }
    }
}

/// What a container or an instance is.
pub(super) fn form(node: NodeRef<'_, '_>) -> Result<Form> {
    Ok(match node.meaning()? {
        View::List(items) | View::Tuple(items) | View::Set(items) | View::FrozenSet(items) => {
            Form::sequence(items)
        }
        View::Dict(pairs) => Form::map(pairs.map(ids).collect()),
        View::Call(call) => instance(&call)?,
        _ => {
            let message = "this object has no form in serde";
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
    })
}

fn ids((key, value): (NodeRef<'_, '_>, NodeRef<'_, '_>)) -> (NodeId, NodeId) {
    (key.id(), value.id())
}

/// The only argument that an instance was made from, if nothing was done to it then that counts.
pub(super) fn made_from(node: NodeRef<'_, '_>) -> Result<Option<NodeId>> {
    let View::Call(call) = node.meaning()? else {
        return Ok(None);
    };
    let found = found(&call)?;
    match (
        found.args.as_slice(),
        found.items.is_empty() && found.entries.is_empty(),
    ) {
        ([only], true) => Ok(Some(*only)),
        _ => Ok(None),
    }
}

/// What there is of an instance.
struct Found {
    /// Its value as an instance of a built-in base, if that is one.
    base: Option<NodeId>,
    args: Vec<NodeId>,
    kwargs: Vec<(NodeId, NodeId)>,
    entries: Vec<(NodeId, NodeId)>,
    items: Vec<NodeId>,
    state: Option<NodeId>,
    /// The attributes of the state, if it is made of them.
    attributes: Option<Vec<(NodeId, NodeId)>>,
}

fn found<'d, 'de>(call: &Call<'d, 'de>) -> Result<Found> {
    let (base, args) = arguments(call)?;
    let mut found = Found {
        base,
        args,
        kwargs: Vec::new(),
        entries: Vec::new(),
        items: Vec::new(),
        state: None,
        attributes: None,
    };
    if let Some(kwargs) = call.kwargs()
        && let View::Dict(kwargs) = kwargs.meaning()?
    {
        found.kwargs = kwargs.map(ids).collect();
    }
    for step in call.steps() {
        match step {
            Step::Items(items) | Step::Additions(items) => {
                found.items.extend(items.map(NodeRef::id));
            }
            Step::Pairs(pairs) => found.entries.extend(pairs.map(ids)),
            Step::State(state) | Step::Setter { state, .. } => {
                found.state = Some(state.id());
                found.attributes = attributes(state)?;
            }
        }
    }
    Ok(found)
}

fn instance(call: &Call<'_, '_>) -> Result<Form> {
    let found = found(call)?;
    Ok(match found {
        Found { entries, .. } if !entries.is_empty() => Form::map(entries),
        Found { items, .. } if !items.is_empty() => Form::Sequence(items),
        Found {
            base: Some(base), ..
        } => Form::Of(base),
        Found {
            attributes: Some(entries),
            args,
            ..
        } if !entries.is_empty() && !args.is_empty() => {
            return Err(no_form("arguments and attributes"));
        }
        Found {
            attributes: Some(entries),
            args,
            ..
        } if args.is_empty() => Form::Map {
            entries,
            attributes: true,
        },
        Found {
            state: Some(state),
            attributes: None,
            ..
        } => Form::Of(state),
        Found { args, kwargs, .. } if !kwargs.is_empty() => match args.is_empty() {
            true => Form::map(kwargs),
            false => return Err(no_form("arguments and keyword arguments")),
        },
        // `Counter({…})`, `deque([…], 3)` without items, `Color(1)`: what a function was given.
        Found { args, .. } if args.len() == 1 && call.construction() == Construction::Reduce => {
            Form::Of(args[0])
        }
        Found { args, .. } if !args.is_empty() => Form::Sequence(args),
        _ => Form::Map {
            entries: Vec::new(),
            attributes: true,
        },
    })
}

#[cold]
fn no_form(what: &str) -> Error {
    let message = format!("an instance that has {what} has no form in serde");
    Error::new(ErrorKind::Mismatch, message).note("a `pickle::Value` holds it")
}

/// The value of a built-in base, and the arguments that are the instance's own: those of `copyreg`'s
/// functions name the class first.
fn arguments<'d, 'de>(call: &Call<'d, 'de>) -> Result<(Option<NodeId>, Vec<NodeId>)> {
    let View::Tuple(args) = call.args().meaning()? else {
        return Ok((None, Vec::new()));
    };
    let args: Vec<NodeRef<'d, 'de>> = args.collect();
    let function = match call.callable().meaning()? {
        View::Global {
            module: "copyreg",
            qualname,
            ..
        } => qualname,
        _ => "",
    };
    let own = match function {
        "__newobj__" => args.get(1..).unwrap_or_default(),
        // `_reconstructor(cls, base, value)`, where `object` has no value.
        "_reconstructor" => {
            let value = args.get(2).map(|value| value.id());
            let has_value = args
                .get(2)
                .is_some_and(|value| !matches!(value.view(), View::None));
            return Ok((value.filter(|_| has_value), Vec::new()));
        }
        _ => &args,
    };
    Ok((None, own.iter().map(|arg| arg.id()).collect()))
}

/// The attributes of a state: a dict, or a pair of dicts as classes with `__slots__` have it.
fn attributes(state: NodeRef<'_, '_>) -> Result<Option<Vec<(NodeId, NodeId)>>> {
    let parts = match state.meaning()? {
        View::Dict(pairs) => return Ok(Some(pairs.map(ids).collect())),
        View::Tuple(parts) if parts.len() == 2 => parts,
        View::None => return Ok(Some(Vec::new())),
        _ => return Ok(None),
    };
    let mut entries = Vec::new();
    for part in parts {
        match part.meaning()? {
            View::None => {}
            View::Dict(pairs) => entries.extend(pairs.map(ids)),
            _ => return Ok(None),
        }
    }
    Ok(Some(entries))
}
