//! One pickle out of a reader, and not a byte more.

mod scan;
pub(in crate::read) mod splitter;
pub(in crate::read) mod stream;
