//! Python's `==`, without recursion, and linear in data that is shared.

use std::collections::HashMap;

use super::hash::by_identity;
use super::table::{Payload, Table};
use super::{Opaque, Value};

/// Whether two values are equal as Python's `==` says, or are one object.
pub(super) fn values(a: &Value, b: &Value) -> bool {
    run(Rule::Content, |comparison| comparison.open(a, b))
}

/// Whether two keys of a dict are the same.
pub(super) fn keys(a: &Value, b: &Value) -> bool {
    run(Rule::Key, |comparison| comparison.open(a, b))
}

pub(super) fn sequences(a: &[Value], b: &[Value]) -> bool {
    run(Rule::Content, |comparison| comparison.sequence(a, b))
}

pub(super) fn tables<A: Payload, B: Payload>(a: &Table<A>, b: &Table<B>) -> bool {
    run(Rule::Content, |comparison| comparison.table(a, b))
}

pub(super) fn instances(a: &Opaque, b: &Opaque) -> bool {
    run(Rule::Content, |comparison| comparison.instance(a, b))
}

/// How instances that are no keys by their content are compared.
#[derive(Clone, Copy, PartialEq)]
enum Rule {
    /// By what they were made from.
    Content,
    /// By identity. In content, the entries of a dict whose key is or contains an instance are
    /// compared in order of insertion: only Python knows what makes these keys equal.
    Key,
}

struct Comparison<'a> {
    rule: Rule,
    stack: Vec<Frame<'a>>,
    /// Pairs of shared containers found equal: what is reached over many ways is compared once.
    proven: Classes,
}

struct Frame<'a> {
    pairs: Pairs<'a>,
    /// The addresses of what is compared, where both are shared.
    proves: Option<(usize, usize)>,
}

enum Pairs<'a> {
    Sequence {
        a: &'a [Value],
        b: &'a [Value],
        next: usize,
    },
    Values(std::vec::IntoIter<(&'a Value, &'a Value)>),
    Table(Entries<'a>),
}

struct Entries<'a> {
    a: &'a dyn Keyed,
    b: &'a dyn Keyed,
    next: usize,
    stage: Stage,
    /// How far the entries of `b` that are compared in order have been used up.
    ordered: usize,
}

/// What the comparison that has just ended was about.
enum Stage {
    /// Nothing, or a whole entry.
    Entry,
    /// The key, with the one at this position in `b`: the n-th of those with its hash.
    Key { position: usize, nth: usize },
    /// The key, with the only one it may be equal to.
    OrderedKey { position: usize },
}

enum Step<'a> {
    Compare(&'a Value, &'a Value),
    Done(bool),
}

fn run<'a>(rule: Rule, open: impl FnOnce(&mut Comparison<'a>) -> Option<bool>) -> bool {
    let mut this = Comparison {
        rule,
        stack: Vec::new(),
        proven: Classes::default(),
    };
    let mut equal = open(&mut this).unwrap_or(true);
    while let Some(frame) = this.stack.last_mut() {
        match frame.pairs.step(equal, rule) {
            Step::Compare(a, b) => equal = this.open(a, b).unwrap_or(true),
            Step::Done(result) => {
                equal = result;
                if let Some(frame) = this.stack.pop()
                    && let (true, Some((a, b))) = (equal, frame.proves)
                {
                    this.proven.unite(a, b);
                }
            }
        }
    }
    equal
}

impl<'a> Comparison<'a> {
    /// The answer, if there is one without looking into containers; otherwise a frame that will
    /// give it.
    fn open(&mut self, a: &'a Value, b: &'a Value) -> Option<bool> {
        use Value::{
            ByteArray, Bytes, Dict, FrozenSet, Global, List, Object, Opaque, Set, Str, Tuple,
        };
        let proves = match (a, b) {
            (Str(a), Str(b)) => return Some(a == b),
            (Value::None, Value::None) => return Some(true),
            (Bytes(a), Bytes(b)) => return Some(a == b),
            (ByteArray(a), ByteArray(b)) => return Some(a == b),
            (Bytes(a), ByteArray(b)) | (ByteArray(b), Bytes(a)) => return Some(a[..] == b[..]),
            (Global(a), Global(b)) => return Some(a == b),
            (Object(a), Object(b)) if self.rule == Rule::Key => return Some(a.is_key(b)),
            (Object(a), Object(b)) => return Some(a == b),
            (Opaque(a), Opaque(b)) if self.rule == Rule::Key => return Some(a.ptr_eq(b)),
            _ => match (a.container(), b.container()) {
                (None, None) => return Some(numbers(a, b)),
                (Some((a, _)), Some((b, _))) if a == b => return Some(true),
                (Some((a, true)), Some((b, true))) => {
                    let pair = (a as usize, b as usize);
                    if self.proven.same(pair.0, pair.1) {
                        return Some(true);
                    }
                    Some(pair)
                }
                _ => None,
            },
        };
        let answer = match (a, b) {
            (List(a), List(b)) => self.sequence(a, b),
            (Tuple(a), Tuple(b)) => self.sequence(a, b),
            (Dict(a), Dict(b)) => self.table(a.table(), b.table()),
            (Set(a), Set(b)) => self.table(a.table(), b.table()),
            (FrozenSet(a), FrozenSet(b)) => self.table(a.table(), b.table()),
            (Set(a), FrozenSet(b)) => self.table(a.table(), b.table()),
            (FrozenSet(a), Set(b)) => self.table(a.table(), b.table()),
            (Opaque(a), Opaque(b)) => self.instance(a, b),
            _ => Some(false),
        };
        if answer.is_none()
            && let Some(frame) = self.stack.last_mut()
        {
            frame.proves = proves;
        }
        answer
    }

    fn push(&mut self, pairs: Pairs<'a>) -> Option<bool> {
        self.stack.push(Frame {
            pairs,
            proves: None,
        });
        None
    }

    fn sequence(&mut self, a: &'a [Value], b: &'a [Value]) -> Option<bool> {
        if a.len() != b.len() {
            return Some(false);
        }
        self.push(Pairs::Sequence { a, b, next: 0 })
    }

    fn table(&mut self, a: &'a dyn Keyed, b: &'a dyn Keyed) -> Option<bool> {
        if a.len() != b.len() {
            return Some(false);
        }
        self.push(Pairs::Table(Entries {
            a,
            b,
            next: 0,
            stage: Stage::Entry,
            ordered: 0,
        }))
    }

    fn instance(&mut self, a: &'a Opaque, b: &'a Opaque) -> Option<bool> {
        let ((kinds, left), (other_kinds, right)) = (a.flat(), b.flat());
        if a.construction() != b.construction() || kinds != other_kinds {
            return Some(false);
        }
        let pairs = left.into_iter().zip(right).collect::<Vec<_>>();
        self.push(Pairs::Values(pairs.into_iter()))
    }
}

/// Numbers, booleans being two of them; exact. Anything else is not equal.
fn numbers(a: &Value, b: &Value) -> bool {
    use Value::{Bool, Float, Int};
    match (a, b) {
        (Int(a), Int(b)) => a == b,
        (Float(a), Float(b)) => a == b,
        (Bool(a), Bool(b)) => a == b,
        (Int(a), Float(b)) | (Float(b), Int(a)) => *a == *b,
        (Int(a), Bool(b)) | (Bool(b), Int(a)) => *a == u8::from(*b),
        (Float(a), Bool(b)) | (Bool(b), Float(a)) => *a == f64::from(u8::from(*b)),
        _ => false,
    }
}

impl<'a> Pairs<'a> {
    fn step(&mut self, equal: bool, rule: Rule) -> Step<'a> {
        let pair = match self {
            Self::Table(entries) => return entries.step(equal, rule),
            _ if !equal => return Step::Done(false),
            Self::Values(pairs) => pairs.next(),
            Self::Sequence { a, b, next } => {
                let pair = a.get(*next).zip(b.get(*next));
                *next += 1;
                pair
            }
        };
        pair.map_or(Step::Done(true), |(a, b)| Step::Compare(a, b))
    }
}

impl<'a> Entries<'a> {
    fn step(&mut self, equal: bool, rule: Rule) -> Step<'a> {
        let (a, b) = (self.a, self.b);
        match self.stage {
            Stage::Key { position, .. } | Stage::OrderedKey { position } if equal => {
                let values = a.value(self.next).zip(b.value(position));
                self.stage = Stage::Entry;
                self.next += 1;
                if let Some((a, b)) = values {
                    return Step::Compare(a, b);
                }
            }
            Stage::Key { nth, .. } => return self.candidate(nth + 1),
            Stage::OrderedKey { .. } => return Step::Done(false),
            Stage::Entry if !equal => return Step::Done(false),
            Stage::Entry => {}
        }
        if self.next == a.len() {
            return Step::Done(true);
        }
        if rule == Rule::Key || !by_identity(a.hash(self.next)) {
            return self.candidate(0);
        }
        while self.ordered < b.len() {
            let position = self.ordered;
            self.ordered += 1;
            if by_identity(b.hash(position)) {
                self.stage = Stage::OrderedKey { position };
                return Step::Compare(a.key(self.next), b.key(position));
            }
        }
        Step::Done(false)
    }

    fn candidate(&mut self, nth: usize) -> Step<'a> {
        match self.b.candidate(self.a.hash(self.next), nth) {
            Some(position) => {
                self.stage = Stage::Key { position, nth };
                Step::Compare(self.a.key(self.next), self.b.key(position))
            }
            None => Step::Done(false),
        }
    }
}

/// A dict's or a set's table.
trait Keyed {
    fn len(&self) -> usize;
    fn hash(&self, position: usize) -> u64;
    fn key(&self, position: usize) -> &Value;
    fn value(&self, position: usize) -> Option<&Value>;
    /// The n-th of the keys with this hash.
    fn candidate(&self, hash: u64, nth: usize) -> Option<usize>;
}

impl<V: Payload> Keyed for Table<V> {
    fn len(&self) -> usize {
        self.entries().len()
    }

    fn hash(&self, position: usize) -> u64 {
        self.entries()[position].hash
    }

    fn key(&self, position: usize) -> &Value {
        &self.entries()[position].key
    }

    fn value(&self, position: usize) -> Option<&Value> {
        self.entries()[position].value.value()
    }

    fn candidate(&self, hash: u64, nth: usize) -> Option<usize> {
        self.candidates(hash).nth(nth)
    }
}

/// Classes of equal objects, by address: what `a == b` and `b == c` have shown needs no third
/// comparison. Pairs alone would be quadratic in objects that are all equal.
#[derive(Default)]
struct Classes(HashMap<usize, usize>);

impl Classes {
    fn root(&mut self, of: usize) -> usize {
        let mut root = of;
        while let Some(up) = self.0.get(&root) {
            root = *up;
        }
        let mut at = of;
        while at != root {
            at = self.0.insert(at, root).unwrap_or(root);
        }
        root
    }

    fn same(&mut self, a: usize, b: usize) -> bool {
        !self.0.is_empty() && self.root(a) == self.root(b)
    }

    fn unite(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if a != b {
            self.0.insert(a, b);
        }
    }
}
