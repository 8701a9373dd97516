//! Values as JSON, in two forms: [plain](to_string), to be read, with a report of what JSON could not
//! express; and [tagged](to_tagged), which [reads back](from_tagged) to an equal value.
//!
//! ```
//! # use pickle_core as pickle;
//! let value = pickle::value!({"lines": [("tea", 12.5)], "ids": {7}});
//!
//! let plain = pickle::json::to_string(&value);
//! assert_eq!(plain.text, r#"{"lines":[["tea",12.5]],"ids":[7]}"#);
//! assert_eq!(plain.losses[0].to_string(), "$['lines'][0]: a tuple is an array");
//! assert_eq!(plain.losses[1].to_string(), "$['ids']: a set is an array");
//!
//! let tagged = pickle::json::to_tagged(&value)?;
//! assert_eq!(tagged, r#"{"lines":[{"$tuple":["tea",12.5]}],"ids":{"$set":[7]}}"#);
//! assert_eq!(pickle::json::from_tagged(&tagged)?, value);
//! # Ok::<(), pickle::Error>(())
//! ```

mod plain;
mod read;
mod tagged;

pub use plain::{Loss, Plain, to_string, to_string_pretty};
pub use read::from_tagged;
pub use tagged::to_tagged;

use crate::value::GlobalRef;

/// How deep the JSON nests at most, which is as deep as serde_json reads.
const DEPTH: usize = 127;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn name(global: &GlobalRef) -> String {
    let (module, qualname) = (global.module(), global.qualname());
    format!(
        "{}.{}",
        module.to_string_lossy(),
        qualname.to_string_lossy()
    )
}
