//! The attribute on the impl alone.

trait Shape: pickle::Pickle {}

#[derive(pickle::Pickle)]
struct Circle;

#[pickle::dynamic]
impl Shape for Circle {}

fn main() {}
