//! A file that nobody changes unnoticed: the pickle of an object, with its signature.
//!
//! ```text
//! cargo run --features signed --example signed_file
//! ```
//!
//! The documentation of `pickle::signed` has the same in ten lines of Python.

use std::fs::{self, File};
use std::io::BufReader;

use pickle::Pickle;
use pickle::signed::{Error, Layout, Signer, dump_signed, load_signed};

#[derive(Pickle, Debug)]
#[pickle(module = "shop.models")]
struct Order {
    id: u64,
    lines: Vec<String>,
}

fn main() -> Result<(), Error> {
    let name = format!("signed_file-{}.dat", std::process::id());
    let path = std::env::temp_dir().join(name);
    // A line before the pickle says how long it is and which key it was signed with, so that each
    // of the mistakes below has an error of its own.
    let signer = Signer::new("32 bytes of secrets.token_bytes").with_layout(Layout::LineWithKey);

    let order = Order {
        id: 7,
        lines: vec!["tea".into(), "cups".into()],
    };
    dump_signed(&order, File::create(&path)?, &signer)?;
    let back: Order = load_signed(BufReader::new(File::open(&path)?), &signer)?;
    println!("READ     : {back:?}");

    let good = fs::read(&path)?;
    let mut changed = good.clone();
    *changed.last_mut().expect("it has a pickle") ^= 1;
    let other = Signer::new("another key").with_layout(Layout::LineWithKey);
    for (what, bytes, signer) in [
        ("CHANGED  ", &changed[..], &signer),
        ("CUT OFF  ", &good[..good.len() - 1], &signer),
        ("OTHER KEY", &good[..], &other),
    ] {
        match load_signed::<Order>(bytes, signer) {
            Ok(order) => println!("{what}: {order:?}"),
            Err(error) => println!("{what}: {error}"),
        }
    }
    fs::remove_file(path)?;
    Ok(())
}
