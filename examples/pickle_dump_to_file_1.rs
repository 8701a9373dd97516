//! Instances of `__main__.SimpleObject`, written to the file named on the command line.

mod common;

use std::fs::File;
use std::io::{BufWriter, Write};

use common::SimpleObject;

fn main() -> pickle::Result<()> {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: pickle_dump_to_file_1 FILE");
        std::process::exit(2);
    };
    let mut out_s = BufWriter::new(File::create(path)?);
    for name in ["pickle", "preserve", "last"] {
        let obj = SimpleObject::new(name);
        println!("WRITING: {obj}");
        pickle::dump(&obj, &mut out_s)?;
    }
    out_s.flush()?;
    Ok(())
}
