//! A type that implements the trait and does not derive.

#[pickle::dynamic]
trait Shape {}

struct Circle;

#[pickle::dynamic]
impl Shape for Circle {}

fn main() {}
