//! `pickle_load_from_file_1` with the class brought in: it registers itself.

mod common; // the one added line

use std::fs::File;
use std::io::BufReader;
use std::process::ExitCode;

use pickle::Object;

fn read(path: &str) -> pickle::Result<()> {
    let mut in_s = BufReader::new(File::open(path)?);
    loop {
        // An instance of any class that the program has registered.
        match pickle::load::<Object>(&mut in_s) {
            // And now that there is one, a program can ask for it.
            Ok(obj) => println!("READ: {}", obj.downcast::<common::SimpleObject>()?),
            Err(error) if error.is_eof() => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: pickle_load_from_file_2 FILE");
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
