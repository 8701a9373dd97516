//! A document as text that another implementation can give as well.

use std::collections::HashMap;
use std::fmt::Write;

use pickle::{Document, NodeId, NodeRef, Step, View};

/// How much text is enough to tell two documents apart.
const ENOUGH: usize = 1 << 16;

/// Walks the whole document and describes it: every value, and which places hold the same object.
///
/// With a stack of its own, for documents may nest as deep as the input is long.
pub fn render(document: &Document<'_>) -> String {
    let mut text = String::new();
    let mut seen: HashMap<NodeId, usize> = HashMap::new();
    let mut tasks = vec![Task::Node(document.root())];
    while let Some(task) = tasks.pop() {
        if text.len() > ENOUGH {
            // Everything is still looked at, once: that is what finds panics.
            text.truncate(ENOUGH / 2);
        }
        match task {
            Task::Text(word) => text.push_str(word),
            Task::Node(node) => node_text(node, &mut text, &mut seen, &mut tasks),
        }
    }
    text
}

enum Task<'d, 'de> {
    Node(NodeRef<'d, 'de>),
    Text(&'static str),
}

fn node_text<'d, 'de>(
    node: NodeRef<'d, 'de>,
    text: &mut String,
    seen: &mut HashMap<NodeId, usize>,
    tasks: &mut Vec<Task<'d, 'de>>,
) {
    let view = node.view();
    let shares = !matches!(
        view,
        View::None | View::Bool(_) | View::Int(_) | View::Float(_) | View::Str(_)
            | View::ByteString(_) | View::Bytes(_) | View::Global { .. }
    );
    if shares {
        let next = seen.len();
        if let Some(number) = seen.get(&node.id()) {
            let _ = write!(text, "@{number} ");
            return;
        }
        seen.insert(node.id(), next);
    }
    let mut children = Vec::new();
    match view {
        View::None => text.push_str("None "),
        View::Bool(value) => drop(write!(text, "{value} ")),
        View::Int(value) => drop(write!(text, "{} ", value.to_big_int())),
        View::Float(value) => drop(write!(text, "f{:016x} ", value.to_bits())),
        View::Str(bytes) => bytes_text(text, 's', &bytes),
        View::ByteString(bytes) => bytes_text(text, 'S', &bytes),
        View::Bytes(bytes) => bytes_text(text, 'b', &bytes),
        View::ByteArray(bytes) => bytes_text(text, 'a', &bytes),
        View::List(items) => open(text, &mut children, "[", items.map(Task::Node), "]"),
        View::Tuple(items) => open(text, &mut children, "(", items.map(Task::Node), ")"),
        View::Set(items) => open(text, &mut children, "<", items.map(Task::Node), ">"),
        View::FrozenSet(items) => open(text, &mut children, "<<", items.map(Task::Node), ">>"),
        View::Dict(pairs) => {
            let items = pairs.flat_map(|(key, value)| [Task::Node(key), Task::Node(value)]);
            open(text, &mut children, "{", items, "}");
        }
        View::Global { module, qualname, .. } => drop(write!(text, "g{module:?}.{qualname:?} ")),
        View::Extension(code) => drop(write!(text, "e{code} ")),
        View::Call(call) => {
            let _ = write!(text, "{:?}", call.construction());
            children.push(Task::Text("("));
            children.push(Task::Node(call.callable()));
            children.push(Task::Node(call.args()));
            children.extend(call.kwargs().map(Task::Node));
            for step in call.steps() {
                match step {
                    Step::State(state) => children.extend([Task::Text("state "), Task::Node(state)]),
                    Step::Items(items) => {
                        children.push(Task::Text("items "));
                        children.extend(items.map(Task::Node));
                    }
                    Step::Pairs(pairs) => {
                        children.push(Task::Text("pairs "));
                        children.extend(pairs.flat_map(|(k, v)| [Task::Node(k), Task::Node(v)]));
                    }
                    Step::Additions(items) => {
                        children.push(Task::Text("additions "));
                        children.extend(items.map(Task::Node));
                    }
                    Step::Setter { function, state } => {
                        children.extend([Task::Text("setter "), Task::Node(function), Task::Node(state)]);
                    }
                    _ => children.push(Task::Text("other ")),
                }
            }
            children.push(Task::Text(")"));
        }
        View::Persistent(id) => children.extend([Task::Text("persistent "), Task::Node(id)]),
        View::Buffer(number) => drop(write!(text, "buffer{number} ")),
        View::ReadOnly(inner) => children.extend([Task::Text("readonly "), Task::Node(inner)]),
        _ => text.push_str("? "),
    }
    tasks.extend(children.into_iter().rev());
}

fn open<'d, 'de>(
    text: &mut String,
    children: &mut Vec<Task<'d, 'de>>,
    before: &'static str,
    items: impl Iterator<Item = Task<'d, 'de>>,
    after: &'static str,
) {
    text.push_str(before);
    children.extend(items);
    children.push(Task::Text(after));
}

fn bytes_text(text: &mut String, kind: char, bytes: &[u8]) {
    let _ = write!(text, "{kind}{}:", bytes.len());
    for byte in bytes.iter().take(64) {
        let _ = write!(text, "{byte:02x}");
    }
    text.push(' ');
}
