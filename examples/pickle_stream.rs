//! Several objects in one stream, read back until it ends.

mod common;

use std::io::Cursor;

use common::SimpleObject;

fn main() -> pickle::Result<()> {
    // Anything that is `Write` serves: a file, a socket, a vector.
    let mut out_s = Vec::new();
    for name in ["pickle", "preserve", "last"] {
        let obj = SimpleObject::new(name);
        println!("WRITING : {obj}");
        pickle::dump(&obj, &mut out_s)?;
    }

    // Each `load` takes one pickle and not a byte more.
    let mut in_s = Cursor::new(out_s);
    loop {
        match pickle::load::<SimpleObject>(&mut in_s) {
            Ok(obj) => println!("READ    : {obj}"),
            Err(error) if error.is_eof() => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}
