use pickle::Pickle;

struct Circle {
    radius: f64,
}

#[derive(Pickle)]
enum Shape {
    Circle(Circle),
    Number(u8),
}

fn main() {}
