//! Documents compared with the graph notation of the manifest.

use std::collections::{HashMap, HashSet};

use pickle::{Call, Construction, NodeId, NodeRef, Step, View};
use serde_json::Value as Json;

use crate::notation;

/// How a graph differs: where, and in what.
pub(crate) type Difference = String;
type Result<T = ()> = std::result::Result<T, Difference>;

/// A comparison of one graph, or of several that share a memo.
#[derive(Default)]
pub(crate) struct Comparison {
    /// The objects that stand in the manifest in full: no two of them are one.
    seen: HashSet<NodeId>,
    /// Those that have a number there.
    numbered: HashMap<u64, NodeId>,
    /// Places that refer to a number.
    references: Vec<(u64, NodeId)>,
}

impl Comparison {
    /// Compares a node with what is expected in its place.
    pub(crate) fn compare(&mut self, expected: &Json, node: NodeRef<'_, '_>) -> Result {
        self.node(expected, node)
            .map_err(|difference| format!("${difference}"))
    }

    /// Compares what only the whole of the graph tells: that references mean what they should.
    pub(crate) fn finish(self) -> Result {
        for (number, id) in &self.references {
            if self.numbered.get(number) != Some(id) {
                return Err(format!(
                    "a place that refers to {number} has another object"
                ));
            }
        }
        Ok(())
    }

    fn node(&mut self, expected: &Json, node: NodeRef<'_, '_>) -> Result {
        if let Some(number) = expected["ref"].as_u64() {
            self.references.push((number, node.id()));
            return Ok(());
        }
        if has_identity(expected) {
            if !self.seen.insert(node.id()) {
                return Err(format!(": {} is the same object as another", shown(node)));
            }
            if let Some(number) = expected["id"].as_u64() {
                self.numbered.insert(number, node.id());
            }
        }
        if self.content(expected, node)? {
            return Ok(());
        }
        let mut expected = expected.to_string();
        expected.truncate(expected.floor_char_boundary(200));
        Err(format!(": expected {expected}, found {}", shown(node)))
    }

    /// Compares what the node is; false if it is something else altogether.
    fn content(&mut self, expected: &Json, node: NodeRef<'_, '_>) -> Result<bool> {
        if let Some(digits) = notation::int(expected) {
            return Ok(
                matches!(node.view(), View::Int(int) if int.to_big_int().to_string() == digits),
            );
        }
        if notation::kind(expected) == "nested" {
            return self.nested(expected, node);
        }
        Ok(match (notation::kind(expected), node.view()) {
            ("", View::None) => expected.is_null(),
            ("", View::Bool(value)) => expected.as_bool() == Some(value),
            ("", View::Str(text)) if expected.is_string() => notation::text(expected) == *text,
            ("float", View::Float(value)) => notation::bits(expected) == value.to_bits(),
            ("str", View::Str(text)) => notation::text(expected) == *text,
            ("str2", View::ByteString(bytes)) => notation::byte_string(expected) == *bytes,
            ("bytes", View::Bytes(bytes)) | ("bytearray", View::ByteArray(bytes)) => {
                notation::bytes(expected) == *bytes
            }
            ("list", View::List(nodes)) | ("tuple", View::Tuple(nodes)) => {
                self.sequence("", &notation::items(expected), nodes)?
            }
            ("set", View::Set(nodes)) | ("frozenset", View::FrozenSet(nodes)) => {
                self.sequence("", notation::array(expected, "v"), nodes)?
            }
            ("dict", View::Dict(pairs)) => self.pairs("", expected, "v", pairs)?,
            (
                "global",
                View::Global {
                    module,
                    qualname,
                    names,
                },
            ) => {
                self.names(expected, names)?;
                notation::string(expected, "module") == module
                    && notation::string(expected, "name") == qualname
            }
            ("ext", View::Extension(code)) => notation::number(expected, "code") == u64::from(code),
            ("persid", View::Persistent(id)) => self.child(".v", &expected["v"], id)?,
            ("buffer", View::Buffer(index)) => notation::number(expected, "index") == index as u64,
            ("readonly", View::ReadOnly(of)) => self.child(".v", &expected["v"], of)?,
            ("reduce" | "newobj" | "newobj_ex" | "inst", View::Call(call)) => {
                self.call(expected, &call)?
            }
            _ => false,
        })
    }

    fn child(&mut self, place: &str, expected: &Json, node: NodeRef<'_, '_>) -> Result<bool> {
        self.node(expected, node)
            .map_err(|difference| format!("{place}{difference}"))
            .map(|()| true)
    }

    fn sequence<'d, 'de: 'd>(
        &mut self,
        place: &str,
        expected: &[Json],
        nodes: impl ExactSizeIterator<Item = NodeRef<'d, 'de>>,
    ) -> Result<bool> {
        if expected.len() != nodes.len() {
            let (expected, found) = (expected.len(), nodes.len());
            return Err(format!("{place}: expected {expected} items, found {found}"));
        }
        for (nth, (expected, node)) in expected.iter().zip(nodes).enumerate() {
            self.node(expected, node)
                .map_err(|difference| format!("{place}[{nth}]{difference}"))?;
        }
        Ok(true)
    }

    fn pairs<'d, 'de: 'd>(
        &mut self,
        place: &str,
        expected: &Json,
        key: &str,
        pairs: impl ExactSizeIterator<Item = (NodeRef<'d, 'de>, NodeRef<'d, 'de>)>,
    ) -> Result<bool> {
        let count = notation::array(expected, key).len();
        if count != pairs.len() {
            let found = pairs.len();
            return Err(format!("{place}: expected {count} pairs, found {found}"));
        }
        for (nth, (expected, found)) in notation::pairs(expected, key).zip(pairs).enumerate() {
            self.child(&format!("{place}.key[{nth}]"), expected.0, found.0)?;
            self.child(&format!("{place}.value[{nth}]"), expected.1, found.1)?;
        }
        Ok(true)
    }

    /// Goes down a chain of containers of one item.
    fn nested(&mut self, expected: &Json, mut node: NodeRef<'_, '_>) -> Result<bool> {
        for depth in 0..notation::number(expected, "depth") {
            // The first one is the node itself, which has been noted.
            if depth > 0 && !self.seen.insert(node.id()) {
                return Err(format!(": level {depth} is the same object as another"));
            }
            let (kind, mut items) = match node.view() {
                View::List(items) => ("list", items),
                View::Tuple(items) => ("tuple", items),
                _ => return Err(format!(": level {depth} is {}", shown(node))),
            };
            if kind != notation::string(expected, "kind") || items.len() != 1 {
                return Err(format!(": level {depth} is {}", shown(node)));
            }
            node = items.next().expect("the one item");
        }
        self.child(".v", &expected["v"], node)
    }

    /// The str objects that name a global: noted in the manifest only if they are shared.
    fn names(
        &mut self,
        expected: &Json,
        names: Option<(NodeRef<'_, '_>, NodeRef<'_, '_>)>,
    ) -> Result {
        let Some((module, name)) = names else {
            return match (&expected["module_node"], &expected["name_node"]) {
                (Json::Null, Json::Null) => Ok(()),
                _ => Err(": the names are no objects".to_owned()),
            };
        };
        for (text, key, node) in [
            ("module", "module_node", module),
            ("name", "name_node", name),
        ] {
            let unshared = &expected[text];
            let expected = expected.get(key).unwrap_or(unshared);
            self.child(&format!(".{key}"), expected, node)?;
        }
        Ok(())
    }

    fn call(&mut self, expected: &Json, call: &Call<'_, '_>) -> Result<bool> {
        let construction = match call.construction() {
            Construction::Reduce => "reduce",
            Construction::NewObj => "newobj",
            Construction::NewObjEx => "newobj_ex",
            Construction::Inst => "inst",
            _ => "something new",
        };
        if notation::kind(expected) != construction {
            return Err(format!(": made by {construction}"));
        }
        match construction {
            "reduce" => self.child(".func", &expected["func"], call.callable())?,
            _ => self.child(".class", &expected["class"], call.callable())?,
        };
        match (construction, call.args().view()) {
            // INST and OBJ take their arguments from the stack; no tuple is in the pickle.
            ("inst", View::Tuple(args)) => {
                self.sequence(".args", notation::array(expected, "args"), args)?
            }
            _ => self.child(".args", &expected["args"], call.args())?,
        };
        if let Some(kwargs) = call.kwargs() {
            self.child(".kwargs", &expected["kwargs"], kwargs)?;
        }
        self.steps(expected, call)
    }

    /// Compares what was done to an instance. The manifest has all that was appended in one, and
    /// so on.
    fn steps(&mut self, expected: &Json, call: &Call<'_, '_>) -> Result<bool> {
        let (mut items, mut additions, mut pairs) = (Vec::new(), Vec::new(), Vec::new());
        let (mut states, mut setter) = (Vec::new(), None);
        for step in call.steps() {
            match step {
                Step::Items(nodes) => items.extend(nodes),
                Step::Additions(nodes) => additions.extend(nodes),
                Step::Pairs(more) => pairs.extend(more),
                Step::State(state) => states.push(state),
                Step::Setter { function, state } => setter = Some((function, state)),
                _ => return Err(": a step of a new kind".to_owned()),
            }
        }
        self.optional(expected, "items", items)?;
        self.optional(expected, "adds", additions)?;
        if expected["pairs"].is_array() {
            self.pairs(".pairs", expected, "pairs", pairs.into_iter())?;
        } else if !pairs.is_empty() {
            return Err(".pairs: none expected".to_owned());
        }
        let mut states = states.into_iter();
        match (expected.get("state"), states.next()) {
            (None, None) => {}
            (Some(expected), Some(state)) => {
                self.child(".state", expected, state)?;
            }
            (Some(_), None) => return Err(".state: missing".to_owned()),
            (None, Some(_)) => return Err(".state: none expected".to_owned()),
        }
        self.optional(expected, "more_states", states.collect())?;
        match (expected.get("setter"), setter) {
            (None, None) => Ok(true),
            (Some(function), Some(found)) => {
                self.child(".setter", function, found.0)?;
                self.child(".setter_state", &expected["setter_state"], found.1)
            }
            (Some(_), None) => Err(".setter: missing".to_owned()),
            (None, Some(_)) => Err(".setter: none expected".to_owned()),
        }
    }

    fn optional(&mut self, expected: &Json, key: &str, found: Vec<NodeRef<'_, '_>>) -> Result {
        let place = format!(".{key}");
        match &expected[key] {
            Json::Array(expected) => self
                .sequence(&place, expected, found.into_iter())
                .map(|_| ()),
            _ if found.is_empty() => Ok(()),
            _ => Err(format!("{place}: none expected")),
        }
    }
}

/// Whether the manifest tells of a node whether it is shared: of all but constants, numbers and
/// the empty tuple.
fn has_identity(expected: &Json) -> bool {
    match expected {
        Json::String(_) => true,
        Json::Object(object) => match notation::kind(expected) {
            "int" | "float" => false,
            "tuple" => object.get("v") != Some(&Json::Array(Vec::new())),
            _ => true,
        },
        _ => false,
    }
}

/// A node in a message.
fn shown(node: NodeRef<'_, '_>) -> String {
    let bytes = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        format!("{:?}", &text[..text.floor_char_boundary(60)])
    };
    match node.view() {
        View::None => "None".to_owned(),
        View::Bool(value) => format!("{value}"),
        View::Int(value) => format!("int {}", value.to_big_int()),
        View::Float(value) => format!("float {:016x}", value.to_bits()),
        View::Str(text) => format!("str {}", bytes(&text)),
        View::ByteString(text) => format!("str2 {}", bytes(&text)),
        View::Bytes(data) => format!("bytes {}", bytes(&data)),
        View::ByteArray(data) => format!("bytearray {}", bytes(&data)),
        View::List(nodes) => format!("a list of {}", nodes.len()),
        View::Tuple(nodes) => format!("a tuple of {}", nodes.len()),
        View::Dict(pairs) => format!("a dict of {}", pairs.len()),
        View::Set(nodes) => format!("a set of {}", nodes.len()),
        View::FrozenSet(nodes) => format!("a frozenset of {}", nodes.len()),
        View::Global {
            module, qualname, ..
        } => format!("the global {module} {qualname}"),
        View::Extension(code) => format!("the extension code {code}"),
        View::Call(call) => format!("{:?} of {}", call.construction(), shown(call.callable())),
        View::Persistent(_) => "a persistent id".to_owned(),
        View::Buffer(index) => format!("buffer {index}"),
        View::ReadOnly(_) => "a read-only buffer".to_owned(),
        _ => "something new".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pickle::Document;

    fn compared(pickle: &[u8], expected: &str) -> Result {
        let document = Document::parse(pickle).unwrap();
        let mut comparison = Comparison::default();
        comparison.compare(&serde_json::from_str(expected).unwrap(), document.root())?;
        comparison.finish()
    }

    #[test]
    fn what_differs_is_found_and_located() {
        for (pickle, expected, difference) in [
            (&b"K\x05."[..], "6", "$: expected 6, found int 5"),
            (b"K\x01.", "true", "$: expected true, found int 1"),
            (b"X\0\0\0\0.", "null", "$: expected null, found str \"\""),
            (
                b"G\x80\0\0\0\0\0\0\0.",
                r#"{"t": "float", "bits": "0000000000000000"}"#,
                "found float 8000000000000000",
            ),
            (
                b"(I1\nI2\nt.",
                r#"{"t": "tuple", "v": [1]}"#,
                "$: expected 1 items, found 2",
            ),
            (
                b"}(K\x01K\x02K\x03K\x04u.",
                r#"{"t": "dict", "v": [[1, 2], [3, 5]]}"#,
                "$.value[1]: expected 5, found int 4",
            ),
            (
                b"cm\nC\n)\x81}b.",
                r#"{"t": "newobj", "class": {"t": "global", "module": "m", "name": "C"},
                    "args": {"t": "tuple", "v": []}}"#,
                "$.state: none expected",
            ),
            (
                b"cm\nC\n)R.",
                r#"{"t": "newobj", "class": {"t": "global", "module": "m", "name": "C"},
                    "args": {"t": "tuple", "v": []}}"#,
                "$: made by reduce",
            ),
            (
                b"cm\nC\n.",
                r#"{"t": "global", "module": "m", "name": "D"}"#,
                "found the global m C",
            ),
        ] {
            let found = compared(pickle, expected).unwrap_err();
            assert!(found.contains(difference), "{found}\n{difference}");
        }
    }

    #[test]
    fn what_is_shared_elsewhere_is_found() {
        // x = 'a'; l = [x, x]; l.append(l)
        let pickle = b"]q\0(X\x01\0\0\0aq\x01h\x01h\0e.";
        let good = r#"{"t": "list", "id": 1,
            "v": [{"t": "str", "v": "a", "id": 2}, {"ref": 2}, {"ref": 1}]}"#;
        assert_eq!(compared(pickle, good), Ok(()));
        for (bad, difference) in [
            (
                r#"{"t": "list", "id": 1, "v": ["a", "a", {"ref": 1}]}"#,
                "$[1]: str \"a\" is the same object as another",
            ),
            (
                r#"{"t": "list", "id": 1,
                    "v": [{"t": "str", "v": "a", "id": 2}, {"ref": 2}, {"ref": 2}]}"#,
                "a place that refers to 2 has another object",
            ),
            (
                r#"{"t": "list", "v": [{"t": "str", "v": "a", "id": 2}, {"ref": 2}, {"ref": 1}]}"#,
                "a place that refers to 1 has another object",
            ),
        ] {
            assert_eq!(compared(pickle, bad), Err(difference.to_owned()));
        }
        let apart = b"](X\x01\0\0\0aX\x01\0\0\0ae.";
        let together = r#"{"t": "list", "v": [{"t": "str", "v": "a", "id": 1}, {"ref": 1}]}"#;
        assert!(compared(apart, together).is_err());
    }
}
