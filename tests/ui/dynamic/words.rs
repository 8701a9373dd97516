//! What stands in the parentheses.

#[pickle::dynamic(krate = "pickle", tag = "type")]
trait Shape {}

#[pickle::dynamic(load_only)]
impl Shape for Circle {}

#[pickle::dynamic(crate)]
trait Other {}

#[derive(pickle::Pickle)]
struct Circle;

fn main() {}
