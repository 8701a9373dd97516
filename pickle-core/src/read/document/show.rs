//! A document as text, as Python's `repr` shows it: what contains itself appears as `[...]`.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::{self, Write};

use crate::read::argument::int::Int;
use crate::read::document::Document;
use crate::read::document::view::{Call, Construction, NodeId, NodePairs, NodeRef, Nodes, View};
use crate::value::{GlobalRef, repr};

/// Python's `repr`, and in the alternate form the layout of `pprint`, as of the
/// [`Value`](crate::Value) that the document is; a document that is none, for it contains itself or
/// things outside of it, is shown on one line in either form.
///
/// ```
/// # use pickle_core as pickle;
/// // l = [1, {}]; l[1]['l'] = l
/// let document = pickle::Document::parse(b"]q\0(K\x01}X\x01\0\0\0lh\0se.")?;
/// assert_eq!(document.to_string(), "[1, {'l': [...]}]");
/// # Ok::<(), pickle::Error>(())
/// ```
impl fmt::Display for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_value() {
            Ok(value) => value.fmt(f),
            Err(_) => write(self.root(), f),
        }
    }
}

/// As `Display`.
impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How much is written before everything that has parts is shown as `...`: a few hundred bytes of
/// data that share can stand for more text than there is memory.
const EXPANDED: usize = 16 << 20;

fn write(root: NodeRef<'_, '_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut writer = Writer {
        out: Counted { f, written: 0 },
        stack: Vec::new(),
        inside: HashSet::new(),
    };
    writer.open(root)?;
    while let Some(frame) = writer.stack.last_mut() {
        match frame.parts.next() {
            Some(part) => {
                let before = frame.before();
                writer.out.write_str(before)?;
                writer.open(part)?;
            }
            None => writer.close()?,
        }
    }
    Ok(())
}

struct Writer<'d, 'de, 'a, 'f> {
    out: Counted<'a, 'f>,
    stack: Vec<Frame<'d, 'de>>,
    /// What is being shown.
    inside: HashSet<NodeId>,
}

struct Counted<'a, 'f> {
    f: &'a mut fmt::Formatter<'f>,
    written: usize,
}

impl Write for Counted<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.written += text.len();
        self.f.write_str(text)
    }
}

struct Frame<'d, 'de> {
    id: NodeId,
    parts: Parts<'d, 'de>,
    /// How many parts were shown.
    shown: usize,
    end: &'static str,
}

enum Parts<'d, 'de> {
    One(Option<NodeRef<'d, 'de>>),
    Nodes(Nodes<'d, 'de>),
    Pairs(NodePairs<'d, 'de>, Option<NodeRef<'d, 'de>>),
}

impl<'d, 'de> Parts<'d, 'de> {
    fn next(&mut self) -> Option<NodeRef<'d, 'de>> {
        match self {
            Self::One(node) => node.take(),
            Self::Nodes(nodes) => nodes.next(),
            Self::Pairs(_, value) if value.is_some() => value.take(),
            Self::Pairs(pairs, value) => pairs.next().map(|pair| {
                *value = Some(pair.1);
                pair.0
            }),
        }
    }
}

impl Frame<'_, '_> {
    /// What stands before the next part.
    fn before(&mut self) -> &'static str {
        self.shown += 1;
        match (&self.parts, self.shown) {
            (Parts::Pairs(..), shown) if shown % 2 == 0 => ": ",
            (_, 1) => "",
            _ => ", ",
        }
    }
}

impl<'d, 'de> Writer<'d, 'de, '_, '_> {
    fn open(&mut self, node: NodeRef<'d, 'de>) -> fmt::Result {
        // What a call gives that cannot be carried out is shown as the call.
        let view = node.meaning().unwrap_or_else(|_| node.view());
        let full = self.out.written > EXPANDED;
        let out = &mut self.out;
        let (open, parts, end) = match view {
            View::None => return out.write_str("None"),
            View::Bool(true) => return out.write_str("True"),
            View::Bool(false) => return out.write_str("False"),
            View::Int(Int::Small(int)) => return write!(out, "{int}"),
            View::Int(Int::Long(bytes)) => {
                return write!(out, "{}", crate::value::Int::from_signed_bytes_le(&bytes));
            }
            View::Float(float) => return write!(out, "{}", repr(&float)),
            View::Global {
                module, qualname, ..
            } => return write!(out, "{}", GlobalRef::new(module, qualname)),
            View::Extension(code) => return write!(out, "<extension {code}>"),
            View::Buffer(number) => return write!(out, "<buffer {number}>"),
            _ if full => return out.write_str("..."),
            View::Str(text) => return crate::value::write_text(&text, out),
            View::ByteString(bytes) | View::Bytes(bytes) => {
                return write!(out, "{}", repr(&*bytes));
            }
            View::ByteArray(bytes) => {
                let array = crate::value::ByteArray::from(Cow::into_owned(bytes));
                return write!(out, "{array}");
            }
            View::List(nodes) => ("[", Parts::Nodes(nodes), "]"),
            View::Tuple(nodes) => {
                let end = if nodes.len() == 1 { ",)" } else { ")" };
                ("(", Parts::Nodes(nodes), end)
            }
            View::Dict(pairs) => ("{", Parts::Pairs(pairs, None), "}"),
            View::Set(nodes) if nodes.len() == 0 => return out.write_str("set()"),
            View::Set(nodes) => ("{", Parts::Nodes(nodes), "}"),
            View::FrozenSet(nodes) if nodes.len() == 0 => return out.write_str("frozenset()"),
            View::FrozenSet(nodes) => ("frozenset({", Parts::Nodes(nodes), "})"),
            View::Persistent(id) => ("<persistent ", Parts::One(Some(id)), ">"),
            View::ReadOnly(of) => ("memoryview(", Parts::One(Some(of)), ")"),
            View::Call(call) => return self.call(node, &call),
        };
        self.begin(node, open, parts, end)
    }

    fn begin(
        &mut self,
        node: NodeRef<'d, 'de>,
        open: &'static str,
        parts: Parts<'d, 'de>,
        end: &'static str,
    ) -> fmt::Result {
        if !self.inside.insert(node.id()) {
            return self.out.write_str(match open {
                "[" => "[...]",
                "(" => "(...)",
                "{" => "{...}",
                _ => "...",
            });
        }
        self.out.write_str(open)?;
        self.stack.push(Frame {
            id: node.id(),
            parts,
            shown: 0,
            end,
        });
        Ok(())
    }

    fn close(&mut self) -> fmt::Result {
        let Some(frame) = self.stack.pop() else {
            return Ok(());
        };
        self.inside.remove(&frame.id);
        self.out.write_str(frame.end)
    }

    /// An instance by its class; what a function made, by the call.
    fn call(&mut self, node: NodeRef<'d, 'de>, call: &Call<'d, 'de>) -> fmt::Result {
        let class = match call.construction() {
            Construction::Reduce => reconstructed(call),
            _ => Some(call.callable()),
        };
        if let Some((module, qualname)) = class.and_then(NodeRef::python3_name) {
            return write!(self.out, "<{} object>", name(module, qualname));
        }
        if call.construction() != Construction::Reduce {
            return self.out.write_str("<object>");
        }
        let View::Tuple(args) = call.args().meaning().unwrap_or(View::None) else {
            return self.out.write_str("<object>");
        };
        match call.callable().python3_name() {
            Some((module, qualname)) => self.out.write_str(&name(module, qualname))?,
            None => self.out.write_str("<object>")?,
        }
        match self.inside.contains(&node.id()) {
            true => self.out.write_str("(...)"),
            false => self.begin(node, "(", Parts::Nodes(args), ")"),
        }
    }
}

/// The class of what `copyreg._reconstructor` and its like have made.
fn reconstructed<'d, 'de>(call: &Call<'d, 'de>) -> Option<NodeRef<'d, 'de>> {
    let (module, qualname) = call.callable().python3_name()?;
    let makes = ["_reconstructor", "__newobj__", "__newobj_ex__"].contains(&qualname);
    match call.args().meaning() {
        Ok(View::Tuple(mut args)) if makes && module == "copyreg" => args.next(),
        _ => None,
    }
}

/// The dotted name, without the module if that is `builtins`.
fn name(module: &str, qualname: &str) -> String {
    match module {
        "builtins" => qualname.to_owned(),
        _ => format!("{module}.{qualname}"),
    }
}
