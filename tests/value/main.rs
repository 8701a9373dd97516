//! Values: data whose types nobody has modelled, and what users do with them.

mod inspect;
mod objects;
mod shown;
#[path = "../interop/support.rs"]
#[expect(dead_code, reason = "other tests use more of it")]
mod support;
