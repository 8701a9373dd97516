//! A document on its way into typed values.
//!
//! The [`decoder`] holds what one load needs; a [`cursor`] is a place in the document, and reads
//! what is there in one piece ([`scalar`]) or hands out [`containers`], [`attributes`] and whole
//! instances ([`instance`]). Where the pickle allows it,
//! the decoder reads from a [`stream`] rather than from a document that was made before.

pub(in crate::read) mod attributes;
pub(in crate::read) mod containers;
pub(in crate::read) mod cursor;
pub(in crate::read) mod decoder;
pub(in crate::read) mod instance;
mod member;
pub(in crate::read) mod names;
pub(in crate::read) mod owner;
pub(in crate::read) mod scalar;
mod states;
pub(in crate::read) mod stream;
pub(in crate::read) mod upgrade;
