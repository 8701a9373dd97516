//! Documents, written back.

use super::document::{Document, Repeated};
use super::int::Int;
use super::view::{NodeRef, Nodes, Step, Steps, View};
use crate::error::Result;
use crate::protocol::Protocol;
use crate::write::{Change, Content, Encoder, Making, Object, Pickle, walk};

/// The pickle again: what it says, literally, with the same sharing and the same cycles.
///
/// At the protocol that it was read from the bytes are those of CPython 3.13, if that wrote it.
/// At another protocol it means the same, with what the older protocols say by way of calls left
/// as calls.
///
/// ```
/// # use pickle_core as pickle;
/// // l = [os.system]; l.append(l)
/// let bytes = b"\x80\x02]q\0(cos\nsystem\nq\x01h\0e.";
/// let document = pickle::Document::parse(bytes)?;
/// let mut pickler = pickle::Pickler::new(Vec::new()).with_protocol(pickle::Protocol::V2);
/// pickler.dump(&document)?;
/// assert_eq!(pickler.into_inner(), bytes);
/// # Ok::<(), pickle::Error>(())
/// ```
impl Pickle for Document<'_> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        self.root().pickle(encoder)
    }
}

/// The object and all that is in it; see [`Document`].
impl Pickle for NodeRef<'_, '_> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let repeated = self.document().repeated();
        let item = Item {
            node: *self,
            repeated: &repeated,
        };
        walk(item, encoder)
    }
}

/// An object of a document.
#[derive(Clone, Copy)]
struct Item<'d, 'de> {
    node: NodeRef<'d, 'de>,
    repeated: &'d Repeated,
}

impl<'d, 'de> Item<'d, 'de> {
    fn at(self, node: NodeRef<'d, 'de>) -> Self {
        Self { node, ..self }
    }

    fn parts(self, nodes: Nodes<'d, 'de>) -> Parts<'d, 'de> {
        Parts {
            nodes,
            repeated: self.repeated,
        }
    }
}

impl<'d, 'de> Object for Item<'d, 'de> {
    type Parts = Parts<'d, 'de>;
    type Changes = Changes<'d, 'de>;

    #[inline]
    fn address(self) -> usize {
        match self.node.is_shared(self.repeated) {
            true => self.node.address(),
            false => 0,
        }
    }

    fn begin(self, encoder: &mut Encoder<'_>) -> Result<Content<Self>> {
        match self.node.literal() {
            View::None => encoder.none()?,
            View::Bool(value) => encoder.bool(value)?,
            View::Int(Int::Small(value)) => encoder.int(value)?,
            View::Int(value) => encoder.big_int(&value.to_big_int())?,
            View::Float(value) => encoder.float(value)?,
            View::Str(text) => encoder.wtf8(&text)?,
            View::ByteString(text) => encoder.byte_string(&text)?,
            View::Bytes(bytes) => encoder.bytes(&bytes)?,
            View::ByteArray(bytes) => encoder.byte_array(&bytes)?,
            View::Global {
                module,
                qualname,
                names,
            } => {
                let names =
                    names.map(|(module, name)| [module, name].map(|n| self.at(n).address()));
                let python3 = self.node.python3_name().unwrap_or((module, qualname));
                match encoder.writes_python2_names() {
                    true => encoder.literal_global((module, qualname), python3, names)?,
                    false => encoder.literal_global(python3, python3, names)?,
                }
            }
            View::Extension(code) => encoder.extension(code)?,
            View::Buffer(_) => encoder.next_buffer()?,
            View::List(items) => return Ok(Content::List(items.len(), self.parts(items))),
            View::Tuple(items) => return Ok(Content::Tuple(items.len(), self.parts(items))),
            View::Set(items) => return Ok(Content::Set(items.len(), self.parts(items))),
            View::FrozenSet(items) => {
                return Ok(Content::FrozenSet(items.len(), self.parts(items)));
            }
            View::Dict(pairs) => return Ok(Content::Dict(pairs.len(), self.parts(pairs.0))),
            View::Call(call) => {
                return Ok(Content::Instance {
                    making: Making::from(call.construction()),
                    class: self.at(call.callable()),
                    args: self.at(call.args()),
                    kwargs: call.kwargs().map(|kwargs| self.at(kwargs)),
                    changes: Changes {
                        steps: call.log(),
                        repeated: self.repeated,
                    },
                });
            }
            View::Persistent(id) => {
                if encoder.protocol() > Protocol::V0 {
                    return Ok(Content::Persistent(self.at(id)));
                }
                encoder.persistent_line(&persistent_text(id)?)?;
            }
            View::ReadOnly(of) => return Ok(Content::ReadOnly(self.at(of))),
        }
        Ok(Content::Written)
    }
}

/// A persistent id as Python's `str` shows it.
fn persistent_text(id: NodeRef<'_, '_>) -> Result<String> {
    match id.view() {
        View::Str(text) => Ok(String::from_utf8_lossy(&text).into_owned()),
        View::Int(int) => Ok(int.to_big_int().to_string()),
        _ => Err(crate::write::persistent_id_not_ascii()),
    }
}

struct Parts<'d, 'de> {
    nodes: Nodes<'d, 'de>,
    repeated: &'d Repeated,
}

impl<'d, 'de> Iterator for Parts<'d, 'de> {
    type Item = Item<'d, 'de>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        Some(Item {
            node: self.nodes.next()?,
            repeated: self.repeated,
        })
    }
}

struct Changes<'d, 'de> {
    steps: Steps<'d, 'de>,
    repeated: &'d Repeated,
}

impl<'d, 'de> Iterator for Changes<'d, 'de> {
    type Item = Change<Item<'d, 'de>>;

    fn next(&mut self) -> Option<Self::Item> {
        let repeated = self.repeated;
        let item = |node| Item { node, repeated };
        let parts = |nodes| Parts { nodes, repeated };
        Some(match self.steps.next()? {
            Step::State(state) => Change::State(item(state)),
            Step::Setter { function, state } => Change::Setter {
                function: item(function),
                state: item(state),
            },
            Step::Items(items) => Change::Items(items.len(), parts(items)),
            Step::Additions(items) => Change::Additions(items.len(), parts(items)),
            Step::Pairs(pairs) => Change::Pairs(pairs.len(), parts(pairs.0)),
        })
    }
}
