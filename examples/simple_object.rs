//! Instances of a class, written to a file one after the other and read back.
//!
//! ```text
//! cargo run --example simple_object                    # both, on a temporary file
//! cargo run --example simple_object -- dump test.dat
//! cargo run --example simple_object -- load test.dat
//! ```
//!
//! A Python script with `class SimpleObject` in it reads `test.dat` too, and may have written it.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use pickle::Pickle;

#[derive(Pickle)]
#[pickle(module = "__main__")]
struct SimpleObject {
    name: String,
    name_backwards: String,
}

impl SimpleObject {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            name_backwards: name.chars().rev().collect(),
        }
    }
}

fn dump(path: &Path) -> pickle::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for name in ["pickle", "preserve", "last"] {
        let obj = SimpleObject::new(name);
        println!("WRITING: {} ({})", obj.name, obj.name_backwards);
        pickle::dump(&obj, &mut file)?;
    }
    file.flush()?;
    Ok(())
}

fn load(path: &Path) -> pickle::Result<()> {
    let mut file = BufReader::new(File::open(path)?);
    loop {
        let obj: SimpleObject = match pickle::load(&mut file) {
            Ok(obj) => obj,
            Err(error) if error.is_eof() => return Ok(()),
            Err(error) => return Err(error),
        };
        println!("READ: {} ({})", obj.name, obj.name_backwards);
    }
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match args[..] {
        [] => {
            let name = format!("simple_object-{}.dat", std::process::id());
            let path = std::env::temp_dir().join(name);
            let result = dump(&path).and_then(|()| load(&path));
            let _ = std::fs::remove_file(path);
            result
        }
        ["dump", path] => dump(path.as_ref()),
        ["load", path] => load(path.as_ref()),
        _ => {
            eprintln!("usage: simple_object [dump|load FILE]");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}
