//! serde's types in pickles, and programs that come from serde-pickle.

mod data;
mod hostile;
mod migration;
