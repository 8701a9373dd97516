//! Dropping without recursion: a million nested lists do not overflow the stack.

use triomphe::Arc;

use super::Value;

/// What the pointer of a container points to.
pub(super) trait Node {
    /// Whether anything in it is itself a container.
    fn nests(&self) -> bool;

    /// Moves the containers out of it of which this is the last place, and drops the rest.
    fn drain(&mut self, stack: &mut Vec<Value>);
}

/// The `Drop` of every node: takes what it holds apart on a stack of its own.
pub(super) fn finish(node: &mut impl Node) {
    if !node.nests() {
        return;
    }
    let mut stack = Vec::new();
    node.drain(&mut stack);
    while let Some(value) = stack.pop() {
        match value {
            Value::List(list) => list.fall(&mut stack),
            Value::Tuple(tuple) => tuple.fall(&mut stack),
            Value::Dict(dict) => dict.fall(&mut stack),
            Value::Set(set) => set.fall(&mut stack),
            Value::FrozenSet(set) => set.fall(&mut stack),
            Value::Opaque(instance) => instance.fall(&mut stack),
            _ => {}
        }
    }
}

/// Whether a container falls apart with this value. Another pointer to it needs no stack: of a list
/// that holds an object many times, only the last one does.
pub(super) fn is_last(value: &Value) -> bool {
    value.container().is_some_and(|(_, shared)| !shared)
}

/// Empties a node, if this was the last pointer to it, so that its own `Drop` finds nothing.
pub(super) fn unfold(node: Arc<impl Node>, stack: &mut Vec<Value>) {
    if let Some(mut node) = Arc::into_unique(node) {
        node.drain(stack);
    }
}
