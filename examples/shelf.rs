//! A dictionary on disk whose values are pickles, shared with Python's `shelve`.
//!
//! ```text
//! cargo run --features shelve --example shelf                 # in a temporary file
//! cargo run --features shelve --example shelf -- orders       # again and again, in this one
//! ```
//!
//! In between, a Python (3.13 or later) may have a look, and change what it likes:
//!
//! ```python
//! import shelve
//! from shop.models import Order
//!
//! with shelve.open("orders") as shelf:
//!     for key in shelf:
//!         print(key, vars(shelf[key]))
//!     shelf["cups"] = Order(id=8, lines=["from Python"])
//! ```

use std::path::{Path, PathBuf};

use pickle::Pickle;
use pickle::shelve::{Error, Shelf};

#[derive(Pickle, Debug)]
#[pickle(module = "shop.models")]
struct Order {
    id: u64,
    lines: Vec<String>,
}

fn visit(path: &Path) -> Result<(), Error> {
    let mut shelf = Shelf::open(path)?;
    if !shelf.contains("tea")? {
        let lines = vec![];
        shelf.insert("tea", &Order { id: 7, lines })?;
    }
    // A copy would not change the shelf; this is written back.
    if let Some(order) = shelf.get_mut::<Order>("tea")? {
        let line = format!("line {}", order.lines.len() + 1);
        order.lines.push(line);
    }
    shelf.sync()?;
    for item in shelf.items::<Order>()? {
        let (key, order) = item?;
        println!("{key}: {order:?}");
    }
    shelf.close()
}

fn main() -> Result<(), Error> {
    if let Some(path) = std::env::args().nth(1) {
        return visit(Path::new(&path));
    }
    let name = format!("shelf-{}", std::process::id());
    let path: PathBuf = std::env::temp_dir().join(name);
    visit(&path)?;
    visit(&path)?;
    std::fs::remove_file(path)?;
    Ok(())
}
