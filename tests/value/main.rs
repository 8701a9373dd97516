//! Values: data whose types nobody has modelled, and what users do with them.

mod inspect;
mod objects;
