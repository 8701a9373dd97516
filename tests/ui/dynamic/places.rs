//! Where the attribute does not belong.

#[pickle::dynamic]
struct Circle {
    radius: f64,
}

#[pickle::dynamic]
impl Circle {
    fn area(&self) -> f64 {
        self.radius * self.radius
    }
}

fn main() {}
