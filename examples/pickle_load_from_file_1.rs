//! Reads what `pickle_dump_to_file_1` wrote, and fails: this program has no `SimpleObject`.
//!
//! ```text
//! AttributeError: Can't get attribute 'SimpleObject' on <module '__main__' from '…/pickle_load_from_file_1'>
//! ```
//!
//! `pickle_load_from_file_2` is this program with the class.

use std::fs::File;
use std::io::BufReader;
use std::process::ExitCode;

use pickle::Object;

fn read(path: &str) -> pickle::Result<()> {
    let mut in_s = BufReader::new(File::open(path)?);
    loop {
        // An instance of any class that the program has registered.
        match pickle::load::<Object>(&mut in_s) {
            Ok(obj) => println!("READ: {obj:?}"),
            Err(error) if error.is_eof() => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: pickle_load_from_file_1 FILE");
        return ExitCode::from(2);
    };
    match read(&path) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The exception's name and text as Python prints them, then what helps.
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}
