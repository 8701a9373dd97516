//! Targets that own all they hold: where sharing and nesting hurt.

use std::fmt;

use num_bigint::BigInt;
use pickle::{
    ByteArray, Class, Cursor, Encoder, Error, Instance, Int, Items, Kind, Pairs, Pickle, Result,
    Unpickle,
};

/// Any data, copied out: a tree, as most dynamic values of most languages are.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    None,
    Bool(bool),
    Int(i64),
    BigInt(Long),
    Float(f64),
    Str(String),
    Bytes(Vec<u8>),
    ByteArray(ByteArray),
    List(Vec<Tree>),
    Tuple(Vec<Tree>),
    Set(Vec<Tree>),
    FrozenSet(Vec<Tree>),
    Dict(Vec<(Tree, Tree)>),
    Node(Box<Node>),
}

/// A big int. To show its digits would take far longer than to read it.
#[derive(Clone, PartialEq)]
pub(super) struct Long(BigInt);

impl fmt::Debug for Long {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", self.0)
    }
}

/// The one class that the inputs may name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    attributes: Vec<(String, Tree)>,
}

impl Instance for Node {
    const CLASS: &'static Class = &Class::new::<Self>("robust", "Node").with_object::<Self>();
}

/// Floats by their bits, so that what was read twice is equal.
impl PartialEq for Tree {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, Self::None) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::BigInt(a), Self::BigInt(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            (Self::Str(a), Self::Str(b)) => a == b,
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::ByteArray(a), Self::ByteArray(b)) => a == b,
            (Self::List(a), Self::List(b))
            | (Self::Tuple(a), Self::Tuple(b))
            | (Self::Set(a), Self::Set(b))
            | (Self::FrozenSet(a), Self::FrozenSet(b)) => a == b,
            (Self::Dict(a), Self::Dict(b)) => a == b,
            (Self::Node(a), Self::Node(b)) => a == b,
            _ => false,
        }
    }
}

impl<'de> Unpickle<'de> for Tree {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        Ok(match cursor.kind() {
            Kind::List => Self::List(items(cursor.list()?)?),
            Kind::Tuple => Self::Tuple(items(cursor.list()?)?),
            Kind::Set => Self::Set(items(cursor.set()?)?),
            Kind::FrozenSet => Self::FrozenSet(items(cursor.set()?)?),
            Kind::Dict => Self::Dict(pairs(cursor.dict()?)?),
            Kind::Object => Self::Node(Unpickle::unpickle(cursor)?),
            _ => return scalar(cursor),
        })
    }
}

// Functions of their own, for what they keep on the stack counts for every level of a tree.
#[inline(never)]
fn scalar(cursor: Cursor<'_, '_>) -> Result<Tree> {
    Ok(match cursor.kind() {
        Kind::None => Tree::None,
        Kind::Bool => Tree::Bool(cursor.bool()?),
        Kind::Int => int(cursor)?,
        Kind::Float => Tree::Float(cursor.float()?),
        Kind::Str => Tree::Str(Unpickle::unpickle(cursor)?),
        Kind::Bytes => Tree::Bytes(Unpickle::unpickle(cursor)?),
        Kind::ByteArray | Kind::Buffer => Tree::ByteArray(Unpickle::unpickle(cursor)?),
        _ => return Err(cursor.mismatch("data")),
    })
}

#[inline(never)]
fn int(mut cursor: Cursor<'_, '_>) -> Result<Tree> {
    Ok(match cursor.reborrow().int()? {
        Int::Small(value) => Tree::Int(value),
        Int::Long(_) => Tree::BigInt(Long(Unpickle::unpickle(cursor)?)),
    })
}

fn pairs(mut pairs: Pairs<'_, '_>) -> Result<Vec<(Tree, Tree)>> {
    let mut dict = Vec::new();
    while let Some(pair) = pairs.next()? {
        dict.push(pair);
    }
    Ok(dict)
}

fn items(mut items: Items<'_, '_>) -> Result<Vec<Tree>> {
    let mut vec = Vec::new();
    while let Some(item) = items.next()? {
        vec.push(item);
    }
    Ok(vec)
}

impl<'de> Unpickle<'de> for Node {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut state = cursor.object(Self::CLASS)?;
        let mut attributes = Vec::new();
        while state.next()?.is_some() {
            attributes.push((state.name().into_owned(), state.value()?));
        }
        Ok(Self { attributes })
    }
}

impl Pickle for Tree {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match self {
            Self::None => encoder.none(),
            Self::Bool(value) => encoder.bool(*value),
            Self::Int(value) => encoder.int(*value),
            Self::BigInt(value) => encoder.big_int(&value.0),
            Self::Float(value) => encoder.float(*value),
            Self::Str(value) => encoder.str(value),
            Self::Bytes(value) => encoder.bytes(value),
            Self::ByteArray(value) => encoder.byte_array(value),
            Self::List(items) => {
                let mut list = encoder.list(items.len())?;
                items.iter().try_for_each(|item| list.item(item))?;
                list.end()
            }
            Self::Tuple(items) => {
                let mut tuple = encoder.tuple(items.len())?;
                items.iter().try_for_each(|item| tuple.item(item))?;
                tuple.end()
            }
            Self::Set(items) => {
                let mut set = encoder.set(items.len())?;
                items.iter().try_for_each(|item| set.item(item))?;
                set.end()
            }
            Self::FrozenSet(items) => {
                let mut set = encoder.frozenset(items.len())?;
                items.iter().try_for_each(|item| set.item(item))?;
                set.end()
            }
            Self::Dict(pairs) => {
                let mut dict = encoder.dict(pairs.len())?;
                pairs
                    .iter()
                    .try_for_each(|(key, value)| dict.entry(key, value))?;
                dict.end()
            }
            Self::Node(node) => {
                let mut object = encoder.object(Node::CLASS, node.attributes.len())?;
                node.attributes
                    .iter()
                    .try_for_each(|(name, value)| object.attribute_named(name, value))?;
                object.end()
            }
        }
    }
}

impl Pickle for Node {
    fn pickle(&self, _: &mut Encoder<'_>) -> Result<()> {
        Err(Error::custom("a node is written as part of a tree"))
    }
}

/// Lists of lists of lists, which are read in one pass where that is possible.
#[derive(Debug, Pickle)]
#[pickle(transparent)]
pub(super) struct Lists(Vec<Lists>);

/// A linked list of instances.
#[derive(Debug, Pickle)]
#[pickle(module = "robust", name = "Node")]
pub(super) struct Link {
    #[pickle(rename = "n", default)]
    next: Option<Box<Link>>,
}
