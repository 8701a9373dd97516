//! Connections and managers, with real Pythons and with Rust on the other side.
//!
//! Only addresses of this machine are used. Every process ends with its test, and every test ends
//! in time.

mod challenge;
mod connection;
mod manager;
mod peer;
mod server;
mod soak;
#[allow(dead_code, reason = "shared with tests that need more of it")]
#[path = "../../../tests/interop/support.rs"]
mod support;
