//! Documents, written back.

use crate::error::Result;
use crate::protocol::Protocol;
use crate::read::argument::int::Int;
use crate::read::document::Document;
use crate::read::document::view::{NodeRef, Nodes, Step, Steps, View};
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
        walk(*self, encoder)
    }
}

impl<'d, 'de> Object for NodeRef<'d, 'de> {
    type Parts = Nodes<'d, 'de>;
    type Changes = Changes<'d, 'de>;

    #[inline]
    fn address(self) -> usize {
        match self.is_shared() {
            true => self.place_address(),
            false => 0,
        }
    }

    fn place(self) -> usize {
        self.place_address()
    }

    fn begin(self, encoder: &mut Encoder<'_>) -> Result<Content<Self>> {
        match self.literal() {
            View::None => encoder.none()?,
            View::Bool(value) => encoder.bool(value)?,
            View::Int(Int::Small(value)) => encoder.int(value)?,
            View::Int(value) => encoder.big_int(&value.to_big_int())?,
            View::Float(value) => encoder.float(value)?,
            View::Str(text) => encoder.literal_str(&text)?,
            View::ByteString(text) => encoder.byte_string(&text)?,
            View::Bytes(bytes) => encoder.literal_bytes(&bytes)?,
            View::ByteArray(bytes) => encoder.byte_array(&bytes)?,
            View::Global {
                module,
                qualname,
                names,
            } => {
                let names = names.map(|(module, name)| [module, name].map(Object::address));
                let python3 = self.python3_name().unwrap_or((module, qualname));
                match encoder.writes_python2_names() {
                    true => encoder.literal_global((module, qualname), python3, names)?,
                    false => encoder.literal_global(python3, python3, names)?,
                }
            }
            View::Extension(code) => encoder.extension(code)?,
            View::Buffer(_) => encoder.next_buffer()?,
            View::List(items) => return Ok(Content::List(items.len(), items)),
            View::Tuple(items) => return Ok(Content::Tuple(items.len(), items)),
            View::Set(items) => return Ok(Content::Set(items.len(), items)),
            View::FrozenSet(items) => {
                return Ok(Content::FrozenSet(items.len(), items));
            }
            View::Dict(pairs) => return Ok(Content::Dict(pairs.len(), pairs.0)),
            View::Call(call) => {
                return Ok(Content::Instance {
                    making: Making::from(call.construction()),
                    class: call.callable(),
                    args: call.args(),
                    kwargs: call.kwargs(),
                    changes: Changes(call.log()),
                });
            }
            View::Persistent(id) => {
                if encoder.protocol() > Protocol::V0 {
                    return Ok(Content::Persistent(id));
                }
                encoder.persistent_line(&persistent_text(id)?)?;
            }
            View::ReadOnly(of) => return Ok(Content::ReadOnly(of)),
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

/// What was done to an instance, as the walk wants it.
pub(crate) struct Changes<'d, 'de>(Steps<'d, 'de>);

impl<'d, 'de> Iterator for Changes<'d, 'de> {
    type Item = Change<NodeRef<'d, 'de>>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.0.next()? {
            Step::State(state) => Change::State(state),
            Step::Setter { function, state } => Change::Setter { function, state },
            Step::Items(items) => Change::Items(items.len(), items),
            Step::Additions(items) => Change::Additions(items.len(), items),
            Step::Pairs(pairs) => Change::Pairs(pairs.len(), pairs.0),
        })
    }
}
