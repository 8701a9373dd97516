//! Which objects are one.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use pickle::opcode::Opcode;
use pickle::{
    Buffer, Document, Encoder, Global, NoArgs, Pickle, Pickler, Protocol, Unpickler, Value,
};

use super::{count, dumps, writes};

/// A node of any kind that may lead back to itself.
struct Node {
    kind: Kind,
    next: RefCell<Option<Rc<Node>>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    List,
    Tuple,
    Dict,
    Set,
    FrozenSet,
    /// An instance whose attribute leads on.
    Instance,
    /// A call whose state leads on.
    State,
    /// Instances with items, and with pairs.
    Items,
    Pairs,
    /// A call whose arguments lead on.
    Call,
}

impl Pickle for Node {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
        let next = self.next.borrow();
        let class = Global::new("m", "C");
        match self.kind {
            Kind::List => {
                let mut list = encoder.list(1)?;
                list.item(&*next)?;
                list.end()
            }
            Kind::Tuple => {
                let mut tuple = encoder.tuple(1)?;
                tuple.item(&*next)?;
                tuple.end()
            }
            Kind::Dict => {
                let mut dict = encoder.dict(1)?;
                dict.entry(&1, &*next)?;
                dict.end()
            }
            Kind::Set | Kind::FrozenSet => {
                let mut set = match self.kind {
                    Kind::Set => encoder.set(1)?,
                    _ => encoder.frozenset(1)?,
                };
                set.item(&*next)?;
                set.end()
            }
            Kind::Instance | Kind::State => {
                let mut object = match self.kind {
                    Kind::Instance => encoder.new_object(&class, &NoArgs)?,
                    _ => encoder.reduce(&class, &NoArgs)?,
                };
                let mut attributes = object.attributes(1)?;
                attributes.attribute("attr", &*next)?;
                attributes.end()?;
                object.end()
            }
            Kind::Items => {
                let mut object = encoder.new_object(&class, &NoArgs)?;
                let mut items = object.items(1)?;
                items.item(&*next)?;
                items.end()?;
                object.end()
            }
            Kind::Pairs => {
                let mut object = encoder.new_object(&class, &NoArgs)?;
                let mut pairs = object.pairs(1)?;
                pairs.entry("key", &*next)?;
                pairs.end()?;
                object.end()
            }
            Kind::Call => encoder.reduce(&class, &(&*next,))?.end(),
        }
    }
}

#[test]
fn cycles_of_every_kind() {
    // What is in the memo before what it holds: a cycle needs one of these.
    let early = [
        Kind::List,
        Kind::Dict,
        Kind::Instance,
        Kind::State,
        Kind::Items,
        Kind::Pairs,
    ];
    let late = [Kind::Tuple, Kind::Set, Kind::FrozenSet, Kind::Call];
    for outer in early.into_iter().chain(late) {
        for inner in early {
            for protocol in Protocol::ALL {
                // Lists, dicts and sets have no place in sets, as far as Python is concerned.
                let sets = [outer, inner]
                    .iter()
                    .any(|k| matches!(k, Kind::Set | Kind::FrozenSet));
                let unhashable = [outer, inner]
                    .iter()
                    .any(|k| matches!(k, Kind::List | Kind::Dict));
                if sets && unhashable {
                    continue;
                }
                let node = |kind| {
                    let next = RefCell::default();
                    Rc::new(Node { kind, next })
                };
                let (first, second) = (node(outer), node(inner));
                *first.next.borrow_mut() = Some(Rc::clone(&second));
                *second.next.borrow_mut() = Some(Rc::clone(&first));
                let pickle = dumps(&first, protocol).unwrap();
                second.next.borrow_mut().take();

                let document = Document::parse(&pickle)
                    .unwrap_or_else(|error| panic!("{outer:?} {inner:?}: {error:?}"));
                // It leads back to itself, and is written again as it is.
                let again = dumps(&document, protocol).unwrap();
                assert_eq!(
                    again.escape_ascii().to_string(),
                    pickle.escape_ascii().to_string(),
                    "{outer:?} {inner:?} {protocol:?}"
                );
            }
        }
    }
}

#[test]
fn what_is_one_object_stays_one() {
    let text = Rc::new("some text, \\u and \n".to_owned());
    let bytes = Rc::new(b"some bytes".to_vec());
    let array = Rc::new(pickle::ByteArray(b"some bytes".to_vec()));
    for protocol in Protocol::ALL {
        for pickle in [
            dumps(&(&text, Rc::clone(&text)), protocol).unwrap(),
            dumps(&(&bytes, Rc::clone(&bytes)), protocol).unwrap(),
            dumps(&(&array, Rc::clone(&array)), protocol).unwrap(),
        ] {
            let read: Value = pickle::loads(&pickle).unwrap();
            assert!(read[0].is(&read[1]), "{protocol:?}");
        }
        let separate = dumps(&(&*array, &*array), protocol).unwrap();
        let read: Value = pickle::loads(&separate).unwrap();
        assert!(!read[0].is(&read[1]) && read[0] == read[1]);
    }
}

#[test]
fn many_puts_and_gets() {
    let keys: Vec<_> = (0..300).map(|n| Rc::new(n.to_string())).collect();
    let dict: Vec<_> = keys.iter().map(|key| (Rc::clone(key), 1)).collect();
    let value = [&dict, &dict, &dict];
    for protocol in Protocol::ALL {
        let pickle = dumps(&value[..], protocol).unwrap();
        let read: Value = pickle::loads(&pickle).unwrap();
        for nth in 0..300_i64 {
            assert_eq!(read[0][nth][0], nth.to_string().as_str());
            assert!(read[0][nth][0].is(&read[2][nth][0]));
        }
        if protocol > Protocol::V0 {
            assert!(count(&pickle, Opcode::LongBinget) > 0);
        }
    }
}

#[test]
fn names_of_attributes_are_one_object() {
    let instances = writes(|encoder: &mut Encoder<'_>| {
        let mut list = encoder.list(2)?;
        for value in [1, 2] {
            list.item(&writes(|encoder| {
                let mut object = encoder.new_object(&Global::new("m", "C"), &NoArgs)?;
                let mut attributes = object.attributes(1)?;
                attributes.attribute("an_attribute", &value)?;
                attributes.end()?;
                object.end()
            }))?;
        }
        list.end()
    });
    for protocol in Protocol::ALL {
        let pickle = dumps(&instances, protocol).unwrap();
        let names = pickle.windows(12).filter(|part| *part == b"an_attribute");
        assert_eq!(names.count(), 1, "{protocol:?}");
    }
}

#[test]
fn buffers_in_and_out_of_band() {
    for read_only in [false, true] {
        let buffer = match read_only {
            true => Buffer::read_only(&b"data"[..]),
            false => Buffer::new(&b"data"[..]),
        };
        let in_band = dumps(&buffer, Protocol::V5).unwrap();
        assert_eq!(
            count(&in_band, Opcode::ShortBinbytes),
            usize::from(read_only)
        );
        assert_eq!(count(&in_band, Opcode::Bytearray8), usize::from(!read_only));
        assert_eq!(pickle::loads::<Buffer<'_>>(&in_band).unwrap(), buffer);

        let mut pickler = Pickler::new(Vec::new())
            .with_protocol(Protocol::V5)
            .with_buffer_callback(|_| Ok(false));
        pickler.dump(&BTreeMap::from([("key", &buffer)])).unwrap();
        let out_of_band = pickler.into_inner();
        assert_eq!(count(&out_of_band, Opcode::NextBuffer), 1);
        assert_eq!(
            count(&out_of_band, Opcode::ReadonlyBuffer),
            usize::from(read_only)
        );
        let mut unpickler = Unpickler::from_slice(&out_of_band).with_buffers([&b"data"[..]]);
        let read: BTreeMap<String, Buffer<'_>> = unpickler.load().unwrap();
        assert_eq!(read["key"], buffer);
    }
}
