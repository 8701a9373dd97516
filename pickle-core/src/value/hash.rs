//! Hashes of dict keys and set elements: keyed, equal for equal keys, remembered in containers.

use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use num_bigint::BigInt;

use super::{Object, Tuple, Value};
use crate::error::{Error, ErrorKind, Result};

// One key for the whole process, so that a hash remembered in a tuple is good for every dict.
// Whoever made the data does not know it, and cannot make keys that collide.
static STATE: LazyLock<RandomState> = LazyLock::new(RandomState::new);

// Two bits say more than the hash. They lie in the middle, for the table uses both ends.
const COMPUTED: u64 = 1 << 32;
const IDENTITY: u64 = 1 << 33;

/// Whether the hashed value contains an instance that is a key by identity.
pub(super) fn by_identity(hash: u64) -> bool {
    hash & IDENTITY != 0
}

fn finish(hash: u64, identity: u64) -> u64 {
    hash & !IDENTITY | COMPUTED | identity & IDENTITY
}

/// A hash that is computed once. Zero is none: a hash has its bit `COMPUTED`.
#[derive(Default)]
pub(super) struct Cache(AtomicU64);

impl Cache {
    #[inline]
    fn get(&self) -> Option<u64> {
        Some(self.0.load(Ordering::Relaxed)).filter(|hash| *hash != 0)
    }

    #[inline]
    pub(super) fn get_or(&self, compute: impl FnOnce() -> u64) -> u64 {
        self.get().unwrap_or_else(|| {
            let hash = compute();
            // The first one stays: of a tuple with a NaN in it, two threads compute two hashes.
            let set = self
                .0
                .compare_exchange(0, hash, Ordering::Relaxed, Ordering::Relaxed);
            set.err().unwrap_or(hash)
        })
    }
}

#[derive(Hash)]
enum Kind {
    None,
    Int,
    Big,
    Float,
    Str,
    Bytes,
    Tuple,
    Set,
    Global,
    Nan,
    Object,
    Opaque,
}

fn plain(kind: Kind, data: impl Hash) -> u64 {
    finish(STATE.hash_one((kind, data)), 0)
}

pub(super) fn int(number: i64) -> u64 {
    plain(Kind::Int, number)
}

pub(super) fn float(number: f64) -> u64 {
    let whole = number as i64;
    if number.is_nan() {
        nan()
    } else if whole as f64 == number && whole != i64::MAX {
        int(whole)
    } else {
        plain(Kind::Float, number.to_bits())
    }
}

pub(super) fn big_int(number: &BigInt) -> u64 {
    plain(Kind::Big, number)
}

/// Each time another one, as in Python since 3.10: no NaN is equal to another, so that a dict of
/// NaNs with one hash for all would take quadratic time.
fn nan() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    plain(Kind::Nan, COUNT.fetch_add(1, Ordering::Relaxed))
}

pub(super) fn text(text: &[u8]) -> u64 {
    plain(Kind::Str, text)
}

pub(super) fn bytes(bytes: &[u8]) -> u64 {
    plain(Kind::Bytes, bytes)
}

pub(super) fn global(module: &[u8], qualname: &[u8]) -> u64 {
    plain(Kind::Global, (module, qualname))
}

pub(super) fn opaque(address: *const ()) -> u64 {
    finish(STATE.hash_one((Kind::Opaque, address)), IDENTITY)
}

pub(super) fn object(object: &Object) -> u64 {
    let mut hasher = STATE.build_hasher();
    Kind::Object.hash(&mut hasher);
    match object.hash(&mut hasher) {
        true => finish(hasher.finish(), 0),
        false => opaque(object.address()),
    }
}

/// The hash of a frozenset from its elements' hashes, whatever their order.
pub(super) fn set(elements: impl Iterator<Item = u64>) -> u64 {
    let (mut sum, mut identity, mut len) = (0_u64, 0, 0_u64);
    for hash in elements {
        sum = sum.wrapping_add(STATE.hash_one(hash));
        identity |= hash;
        len += 1;
    }
    finish(STATE.hash_one((Kind::Set, sum, len)), identity)
}

/// The hash of any value as a key.
///
/// # Errors
///
/// Python's `TypeError` when the value cannot be one.
#[inline]
pub(super) fn key(value: &Value) -> Result<u64> {
    match value {
        Value::Str(text) => Ok(text.hash()),
        other => other_key(other),
    }
}

fn other_key(value: &Value) -> Result<u64> {
    match shallow(value)? {
        Some(hash) => Ok(hash),
        None => match value {
            Value::Tuple(tuple) => deep(tuple),
            other => Err(unhashable(other)),
        },
    }
}

/// The hash, or `None` for a tuple whose own has not been computed.
fn shallow(value: &Value) -> Result<Option<u64>> {
    Ok(Some(match value {
        Value::None => plain(Kind::None, ()),
        Value::Bool(bool) => int((*bool).into()),
        Value::Int(number) => number.hash(),
        Value::Float(number) => float(*number),
        Value::Str(text) => text.hash(),
        Value::Bytes(bytes) => bytes.hash(),
        Value::Tuple(tuple) => {
            return Ok(tuple.hash_cache().map_or_else(|| Some(empty()), Cache::get));
        }
        Value::FrozenSet(set) => set.hash(),
        Value::Global(global) => global.hash(),
        Value::Object(value) => object(value),
        Value::Opaque(instance) => opaque(instance.address()),
        Value::ByteArray(_) | Value::List(_) | Value::Dict(_) | Value::Set(_) => {
            return Err(unhashable(value));
        }
    }))
}

/// The hash of the empty tuple, which has no place for one.
fn empty() -> u64 {
    plain(Kind::Tuple, ())
}

/// Tuples from the inside out. Each remembers its hash, so that one that is reached over many
/// ways is computed once.
fn deep(tuple: &Tuple) -> Result<u64> {
    let mut last = empty();
    let mut stack = vec![(tuple, 0)];
    while let Some((tuple, next)) = stack.last_mut() {
        let tuple = *tuple;
        match tuple.get(*next) {
            Some(item) => {
                *next += 1;
                if shallow_check(item)?
                    && let Value::Tuple(inner) = item
                {
                    stack.push((inner, 0));
                }
            }
            None => {
                let mut identity = 0;
                let mut hasher = STATE.build_hasher();
                Kind::Tuple.hash(&mut hasher);
                for item in tuple {
                    // Every tuple among them has its hash by now.
                    let hash = shallow(item)?.unwrap_or_default();
                    identity |= hash;
                    hasher.write_u64(hash);
                }
                let hash = finish(hasher.finish(), identity);
                last = tuple
                    .hash_cache()
                    .map_or(hash, |cache| cache.get_or(|| hash));
                stack.pop();
            }
        }
    }
    Ok(last)
}

/// Whether the value must be hashed before the tuple around it.
fn shallow_check(value: &Value) -> Result<bool> {
    match value {
        Value::Tuple(tuple) => Ok(tuple
            .hash_cache()
            .is_some_and(|cache| cache.get().is_none())),
        Value::ByteArray(_) | Value::List(_) | Value::Dict(_) | Value::Set(_) => {
            Err(unhashable(value))
        }
        _ => Ok(false),
    }
}

#[cold]
fn unhashable(value: &Value) -> Error {
    Error::new(
        ErrorKind::Unhashable,
        format!("unhashable type: '{}'", value.type_name()),
    )
}
