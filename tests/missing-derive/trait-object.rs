//! A field whose trait lacks the attribute.

trait Shape {}

#[derive(pickle::Pickle)]
struct Drawing {
    shapes: Vec<Box<dyn Shape>>,
}

fn main() {}
