use pickle::Pickle;

struct Line {
    text: String,
}

#[derive(Pickle)]
struct Order {
    id: u64,
    lines: Vec<Line>,
}

fn main() {}
