//! Pickle and Unpickle for the types of `core`, `alloc` and `std`, and for big integers.
//!
//! These use nothing but the public methods of `Encoder` and `Cursor`, as any other crate would.

#[cfg(feature = "bigdecimal-04")]
mod bigdecimal;
mod bytes;
#[cfg(feature = "chrono-04")]
mod chrono;
#[cfg(all(
    test,
    feature = "bigdecimal-04",
    feature = "chrono-04",
    feature = "indexmap-2",
    feature = "jiff-1",
    feature = "rust_decimal-1",
    feature = "uuid-1"
))]
mod foreign_tests;
#[cfg(feature = "indexmap-2")]
mod indexmap;
#[cfg(feature = "jiff-1")]
mod jiff;
mod map;
mod net;
mod num_bigint;
mod option;
mod path;
mod pointer;
mod range;
mod reference;
#[cfg(feature = "rust_decimal-1")]
mod rust_decimal;
mod scalar;
mod sequence;
mod set;
mod string;
#[cfg(test)]
mod tests;
mod time;
mod tuple;
#[cfg(feature = "uuid-1")]
mod uuid;

pub use bytes::ByteArray;
pub use set::FrozenSet;

/// What a value in an allocation of its own costs of the allowance for shared parts. Beyond that
/// what it takes is not in proportion to the pickle.
fn cost<T>() -> usize {
    size_of::<T>().min(32)
}

/// How many items to reserve room for: as many as there are, but no more than 1 MiB of them at
/// once, since what the items cost in Rust is not in proportion to what they cost in the pickle.
fn capacity<T>(len: usize) -> usize {
    len.min((1 << 20) / size_of::<T>().max(1))
}
