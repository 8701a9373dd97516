//! Any bytes into typed targets.
#![no_main]

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use libfuzzer_sys::fuzz_target;
use pickle::{Cursor, Kind, Limits, Object, Pickle, Unpickle, Unpickler};

/// A tree that owns all its parts: sharing and nesting hurt here.
enum Tree {
    Leaf,
    Branch(Vec<Tree>),
    Table(Vec<(Tree, Tree)>),
}

impl<'de> Unpickle<'de> for Tree {
    fn unpickle(mut cursor: Cursor<'_, 'de>) -> pickle::Result<Self> {
        match cursor.kind() {
            Kind::List | Kind::Tuple => Vec::unpickle(cursor).map(Self::Branch),
            Kind::Set | Kind::FrozenSet => {
                let mut items = cursor.set()?;
                let mut branch = Vec::new();
                while let Some(item) = items.next()? {
                    branch.push(item);
                }
                Ok(Self::Branch(branch))
            }
            Kind::Dict => {
                let mut pairs = cursor.dict()?;
                let mut table = Vec::new();
                while let Some(pair) = pairs.next()? {
                    table.push(pair);
                }
                Ok(Self::Table(table))
            }
            _ => {
                let _ = cursor.reborrow().str();
                let _ = cursor.reborrow().int().map(|int| int.to_big_int());
                let _ = cursor.reborrow().float();
                let _ = cursor.byte_array();
                Ok(Self::Leaf)
            }
        }
    }
}

impl Tree {
    fn size(&self) -> usize {
        match self {
            Self::Leaf => 1,
            Self::Branch(items) => items.iter().map(Self::size).sum::<usize>() + 1,
            Self::Table(pairs) => pairs.iter().map(|(k, v)| k.size() + v.size()).sum::<usize>() + 1,
        }
    }
}

#[derive(Pickle)]
#[pickle(module = "robust")]
#[allow(dead_code, reason = "to be read is what it is for")]
struct Node {
    #[pickle(default)]
    next: Option<Box<Node>>,
    #[pickle(default)]
    shared: Option<Rc<Node>>,
    #[pickle(default)]
    names: Vec<String>,
    #[pickle(default)]
    table: BTreeMap<i64, (f64, bool)>,
}

fuzz_target!(|data: &[u8]| {
    if let Ok(tree) = load::<Tree>(data) {
        assert!(tree.size() > 0);
    }
    let _ = load::<Node>(data);
    let _ = load::<Vec<Rc<Node>>>(data);
    let _ = load::<Object>(data);
    let _ = load::<HashSet<String>>(data);
    let _ = load::<(i128, Option<Vec<u8>>, [f32; 2])>(data);
    if let Ok(text) = load::<&str>(data) {
        // What is borrowed lies in the input.
        assert!(text.is_empty() || data.as_ptr_range().contains(&text.as_ptr()));
    }
});

/// Loads with less room for copies than by default, which a sanitizer would take seconds to fill.
fn load<'de, T: Unpickle<'de>>(data: &'de [u8]) -> pickle::Result<T> {
    let limits = Limits::default().with_expansion(1 << 20, 64);
    Unpickler::from_slice(data).with_limits(limits).load()
}
