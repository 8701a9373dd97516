//! An instance of a class that is not registered, kept as what the pickle says about it.

use std::fmt;
use std::mem::{Discriminant, discriminant};

use triomphe::Arc;

use super::fall::{self, Node};
use super::tuple::EMPTY;
use super::{Dict, GlobalRef, Tuple, Value, equal, repr};
use crate::read::Construction;

/// An instance of an unknown class: what was called to make it, with what, and what was done to it
/// then. Nothing of that was run. A clone is the same object until one of the two is changed.
///
/// Two are equal when they were made in the same way: `==` knows nothing of the class's own. As
/// keys of a dict they are compared by identity, so that no entry is lost.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::value::{Change, Dict, GlobalRef, Opaque};
///
/// let mut order = Opaque::instance(GlobalRef::new("shop", "Order"), ());
/// order.change(Change::State(Dict::from([("id", 7)]).into()));
///
/// assert_eq!(order.class().map(|class| class.is("shop", "Order")), Some(true));
/// assert_eq!(order.attribute("id").and_then(|id| id.as_i64()), Some(7));
/// assert_eq!(order.to_string(), "<shop.Order object>");
/// ```
#[derive(Clone)]
pub struct Opaque(Arc<Record>);

#[derive(Clone)]
struct Record {
    making: Making,
    callable: Value,
    /// A tuple.
    args: Value,
    changes: Changes,
}

/// How an instance is made. With keyword arguments it is made in one way only, which spares every
/// other one the room for them.
#[derive(Clone)]
enum Making {
    Reduce,
    NewObj,
    Inst,
    /// The keyword arguments, a dict.
    NewObjEx(Value),
}

static NO_KWARGS: Value = Value::None;

impl Making {
    fn new(construction: Construction, kwargs: Option<Dict>) -> Self {
        match (construction, kwargs) {
            (_, Some(kwargs)) => Self::NewObjEx(kwargs.into()),
            (Construction::Reduce, None) => Self::Reduce,
            (Construction::Inst, None) => Self::Inst,
            (Construction::NewObj | Construction::NewObjEx, None) => Self::NewObj,
        }
    }

    fn construction(&self) -> Construction {
        match self {
            Self::Reduce => Construction::Reduce,
            Self::NewObj => Construction::NewObj,
            Self::Inst => Construction::Inst,
            Self::NewObjEx(_) => Construction::NewObjEx,
        }
    }

    fn kwargs(&self) -> &Value {
        match self {
            Self::NewObjEx(kwargs) => kwargs,
            _ => &NO_KWARGS,
        }
    }
}

/// What was done to an instance; nearly always it was given a state, which takes no allocation.
#[derive(Clone)]
enum Changes {
    One(Change),
    Many(Vec<Change>),
}

impl Changes {
    fn as_slice(&self) -> &[Change] {
        match self {
            Self::One(change) => std::slice::from_ref(change),
            Self::Many(changes) => changes,
        }
    }

    fn as_vec(&mut self) -> &mut Vec<Change> {
        if let Self::One(change) = self {
            let change = std::mem::replace(change, Change::State(Value::None));
            *self = Self::Many(vec![change]);
        }
        match self {
            Self::Many(changes) => changes,
            Self::One(_) => unreachable!("it was made many"),
        }
    }

    fn as_mut_slice(&mut self) -> &mut [Change] {
        match self {
            Self::One(change) => std::slice::from_mut(change),
            Self::Many(changes) => changes,
        }
    }
}

impl FromIterator<Change> for Changes {
    fn from_iter<I: IntoIterator<Item = Change>>(changes: I) -> Self {
        let mut changes = changes.into_iter();
        match (changes.next(), changes.next()) {
            (None, _) => Self::Many(Vec::new()),
            (Some(change), None) => Self::One(change),
            (Some(first), Some(second)) => {
                Self::Many([first, second].into_iter().chain(changes).collect())
            }
        }
    }
}

/// One thing that was done to an instance after it was made.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// It was given a state: to its `__setstate__`, or, a dict, as its attributes.
    State(Value),
    /// These were appended, as to a list.
    Items(Vec<Value>),
    /// These keys and values were stored, as in a dict.
    Pairs(Vec<(Value, Value)>),
    /// These were added, as to a set.
    Additions(Vec<Value>),
    /// A function was called with it and a state.
    Setter {
        /// The function.
        function: Value,
        /// The state.
        state: Value,
    },
}

impl Opaque {
    /// Returns an instance made by the class's `__new__` from these arguments.
    pub fn instance(class: impl Into<Value>, args: impl Into<Tuple>) -> Self {
        Self::new(Construction::NewObj, class.into(), args.into(), None)
    }

    /// Returns an instance made by the class's `__new__` from these arguments and keywords.
    pub fn instance_with(class: impl Into<Value>, args: impl Into<Tuple>, kwargs: Dict) -> Self {
        Self::new(
            Construction::NewObjEx,
            class.into(),
            args.into(),
            Some(kwargs),
        )
    }

    /// Returns what a class or function makes of these arguments when it is called.
    pub fn call(callable: impl Into<Value>, args: impl Into<Tuple>) -> Self {
        Self::new(Construction::Reduce, callable.into(), args.into(), None)
    }

    /// Returns an instance of an old-style class of Python 2.
    pub fn old_style(class: impl Into<Value>, args: impl Into<Tuple>) -> Self {
        Self::new(Construction::Inst, class.into(), args.into(), None)
    }

    fn new(construction: Construction, callable: Value, args: Tuple, kwargs: Option<Dict>) -> Self {
        Self::made(construction, callable, args, kwargs, [])
    }

    /// Returns an instance that was made so, and to which this was done.
    pub(super) fn made(
        construction: Construction,
        callable: Value,
        args: Tuple,
        kwargs: Option<Dict>,
        changes: impl IntoIterator<Item = Change>,
    ) -> Self {
        Self(Arc::new(Record {
            making: Making::new(construction, kwargs),
            callable,
            args: args.into(),
            changes: changes.into_iter().collect(),
        }))
    }

    /// How it is made.
    pub fn construction(&self) -> Construction {
        self.0.making.construction()
    }

    /// The class or function that was to be called, nearly always a [`GlobalRef`].
    pub fn callable(&self) -> &Value {
        &self.0.callable
    }

    /// The arguments.
    pub fn args(&self) -> &Tuple {
        self.0.args.as_tuple().unwrap_or(&EMPTY)
    }

    /// The keyword arguments, if any were given.
    pub fn kwargs(&self) -> Option<&Dict> {
        self.kwargs_value().as_dict()
    }

    pub(crate) fn args_value(&self) -> &Value {
        &self.0.args
    }

    pub(crate) fn kwargs_value(&self) -> &Value {
        self.0.making.kwargs()
    }

    /// Sets the class or function that is to be called.
    pub fn set_callable(&mut self, callable: impl Into<Value>) {
        self.record_mut().callable = callable.into();
    }

    /// Sets the arguments.
    pub fn set_args(&mut self, args: impl Into<Tuple>) {
        self.record_mut().args = args.into().into();
    }

    /// Sets the keyword arguments: with them, the instance is made by `cls.__new__(*args, **kwargs)`,
    /// without them by `cls.__new__(*args)`.
    pub fn set_kwargs(&mut self, kwargs: Option<Dict>) {
        let record = self.record_mut();
        record.making = Making::new(record.making.construction(), kwargs);
    }

    /// What was done to it then, in order.
    pub fn changes(&self) -> &[Change] {
        self.0.changes.as_slice()
    }

    /// Records that something was done to it. The record is copied first if it is shared.
    pub fn change(&mut self, change: Change) {
        self.changes_mut().push(change);
    }

    /// Gives what was done to it, to be changed. The record is copied first if it is shared.
    pub fn changes_mut(&mut self) -> &mut Vec<Change> {
        self.record_mut().changes.as_vec()
    }

    fn record_mut(&mut self) -> &mut Record {
        Arc::make_mut(&mut self.0)
    }

    /// The items that it was given, as a list or a set is.
    pub fn items(&self) -> impl Iterator<Item = &Value> {
        self.changes().iter().flat_map(|change| match change {
            Change::Items(items) | Change::Additions(items) => items.iter(),
            _ => [].iter(),
        })
    }

    /// The keys and values that it was given, as a dict is; a later one replaces an earlier one.
    pub fn pairs(&self) -> impl Iterator<Item = &(Value, Value)> {
        self.changes().iter().flat_map(|change| match change {
            Change::Pairs(pairs) => pairs.iter(),
            _ => [].iter(),
        })
    }

    /// The class, where the record tells: it was made by the class's `__new__`, or by
    /// `copyreg._reconstructor` and its like, whose first argument is the class.
    pub fn class(&self) -> Option<&GlobalRef> {
        let callable = match self.callable() {
            Value::Global(callable) => callable,
            // Protocols 2 and 3 write keyword arguments so: partial(cls.__new__, cls, **kwargs)().
            Value::Opaque(partial)
                if partial.callable().as_global()?.is("functools", "partial") =>
            {
                let [function, Value::Tuple(args), ..] = partial.state()?.as_slice()? else {
                    return None;
                };
                let name = function.as_global()?.qualname().as_str()?;
                let class = args.first()?.as_global()?;
                let is_new = name.strip_suffix(".__new__") == class.qualname().as_str();
                return is_new.then_some(class);
            }
            _ => return None,
        };
        match self.construction() {
            Construction::NewObj | Construction::NewObjEx | Construction::Inst => Some(callable),
            Construction::Reduce => {
                let reconstructor = ["_reconstructor", "__newobj__", "__newobj_ex__"]
                    .iter()
                    .any(|name| callable.is("copyreg", name) || callable.is("copy_reg", name));
                self.args().first().filter(|_| reconstructor)?.as_global()
            }
        }
    }

    /// The state it was given last.
    pub fn state(&self) -> Option<&Value> {
        self.changes().iter().rev().find_map(|change| match change {
            Change::State(state) | Change::Setter { state, .. } => Some(state),
            _ => None,
        })
    }

    /// An attribute from the state, if that is a dict, or a pair of dicts as classes with
    /// `__slots__` have it.
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        match self.state()? {
            Value::Dict(state) => state.get(name),
            Value::Tuple(pair) if pair.len() == 2 => {
                pair.iter().rev().find_map(|part| part.as_dict()?.get(name))
            }
            _ => None,
        }
    }

    /// The names and values of all attributes, as [`attribute`](Self::attribute) finds them; `None` if
    /// there is no state, or one that is something else.
    pub fn attributes(&self) -> Option<Vec<(&Value, &Value)>> {
        match self.state()? {
            Value::Dict(state) => Some(state.iter().collect()),
            Value::Tuple(pair) if pair.len() == 2 => {
                let mut attributes = Vec::new();
                for part in pair {
                    match part {
                        Value::None => {}
                        Value::Dict(part) => attributes.extend(part),
                        _ => return None,
                    }
                }
                Some(attributes)
            }
            _ => None,
        }
    }

    /// The state it was given last, to be changed. The record is copied first if it is shared.
    pub fn state_mut(&mut self) -> Option<&mut Value> {
        let changes = self.record_mut().changes.as_mut_slice().iter_mut().rev();
        changes
            .filter_map(|change| match change {
                Change::State(state) | Change::Setter { state, .. } => Some(state),
                _ => None,
            })
            .next()
    }

    /// An attribute from the state, to be changed.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// # use pickle::value::{Change, Dict, GlobalRef, Opaque};
    /// let mut order = Opaque::instance(GlobalRef::new("shop", "Order"), ());
    /// order.set_attribute("id", 7).unwrap();
    /// if let Some(id) = order.attribute_mut("id") {
    ///     *id = 8.into();
    /// }
    /// assert_eq!(order.attribute("id").and_then(|id| id.as_i64()), Some(8));
    /// ```
    pub fn attribute_mut(&mut self, name: &str) -> Option<&mut Value> {
        match self.state_mut()? {
            Value::Dict(state) => state.get_mut(name),
            Value::Tuple(pair) if pair.len() == 2 => {
                let has = |part: &Value| part.as_dict().is_some_and(|d| d.contains_key(name));
                let nth = pair.iter().rposition(has)?;
                pair.items_mut()[nth].as_dict_mut()?.get_mut(name)
            }
            _ => None,
        }
    }

    /// Sets an attribute in the state: among the slots if it is one, otherwise in the dict of
    /// attributes, which is made if there is no state. Returns the value that it replaced.
    ///
    /// A state that is something else is left as it is: then this is `Err` with the value.
    pub fn set_attribute(
        &mut self,
        name: &str,
        value: impl Into<Value>,
    ) -> Result<Option<Value>, Value> {
        let value = value.into();
        if let Some(place) = self.attribute_mut(name) {
            return Ok(Some(std::mem::replace(place, value)));
        }
        if self.state().is_none() {
            self.change(Change::State(Dict::new().into()));
        }
        match self.state_mut() {
            Some(Value::Dict(state)) => Ok(state.insert(name, value)),
            Some(Value::Tuple(pair)) if pair.len() == 2 => match &mut pair.items_mut()[0] {
                Value::Dict(state) => Ok(state.insert(name, value)),
                none @ Value::None => {
                    *none = Dict::from([(name, value)]).into();
                    Ok(None)
                }
                _ => Err(value),
            },
            _ => Err(value),
        }
    }

    /// Whether both are one object, Python's `is`.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// What tells this object from others while it lives.
    pub fn address(&self) -> *const () {
        Arc::as_ptr(&self.0).cast()
    }

    pub(super) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    pub(super) fn fall(self, stack: &mut Vec<Value>) {
        fall::unfold(self.0, stack);
    }

    /// All that is in it: what the changes are and how long, and the values.
    pub(crate) fn flat(&self) -> (Vec<(Discriminant<Change>, usize)>, Vec<&Value>) {
        let record = &*self.0;
        let mut kinds = Vec::new();
        let mut values = vec![&record.callable, &record.args, record.making.kwargs()];
        for change in self.changes() {
            let before = values.len();
            match change {
                Change::State(state) => values.push(state),
                Change::Setter { function, state } => values.extend([function, state]),
                Change::Items(items) | Change::Additions(items) => values.extend(items),
                Change::Pairs(pairs) => {
                    values.extend(pairs.iter().flat_map(|(key, value)| [key, value]));
                }
            }
            kinds.push((discriminant(change), values.len() - before));
        }
        (kinds, values)
    }
}

impl Change {
    fn nests(&self) -> bool {
        match self {
            Self::State(state) => state.is_container(),
            Self::Setter { function, state } => function.is_container() || state.is_container(),
            Self::Items(items) | Self::Additions(items) => items.iter().any(Value::is_container),
            Self::Pairs(pairs) => pairs
                .iter()
                .any(|(key, value)| key.is_container() || value.is_container()),
        }
    }
}

impl Node for Record {
    fn nests(&self) -> bool {
        self.callable.is_container()
            || !self.args.as_tuple().is_none_or(|args| args.is_empty())
            || self.making.kwargs().is_container()
            || self.changes.as_slice().iter().any(Change::nests)
    }

    fn drain(&mut self, stack: &mut Vec<Value>) {
        let parts = [&mut self.callable, &mut self.args].map(std::mem::take);
        stack.extend(parts.into_iter().filter(fall::is_last));
        if let Making::NewObjEx(kwargs) = &mut self.making {
            stack.push(std::mem::take(kwargs));
        }
        for change in std::mem::take(self.changes.as_vec()) {
            match change {
                Change::State(state) => stack.push(state),
                Change::Setter { function, state } => stack.extend([function, state]),
                Change::Items(items) | Change::Additions(items) => {
                    stack.extend(items.into_iter().filter(fall::is_last));
                }
                Change::Pairs(pairs) => {
                    let values = pairs.into_iter().flat_map(|(key, value)| [key, value]);
                    stack.extend(values.filter(fall::is_last));
                }
            }
        }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        fall::finish(self);
    }
}

impl PartialEq for Opaque {
    /// Made in the same way, from equal parts.
    fn eq(&self, other: &Self) -> bool {
        self.ptr_eq(other) || equal::instances(self, other)
    }
}

/// `<shop.Order object>`, or the call that is known to make it: `decimal.Decimal('1.5')`.
impl fmt::Display for Opaque {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        repr::show(&Value::Opaque(self.clone()), f)
    }
}

impl fmt::Debug for Opaque {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_takes_five_values() {
        assert_eq!(size_of::<Record>(), 5 * size_of::<Value>());
    }
}
