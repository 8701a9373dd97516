//! What Python has built in and Rust has not: complex numbers, ranges, slices, exceptions and two
//! constants.

mod complex;
mod constants;
mod exception;
mod range;
mod slice;

pub use complex::Complex;
pub use constants::{Ellipsis, NotImplemented};
pub use exception::Exception;
pub use range::Range;
pub use slice::Slice;
