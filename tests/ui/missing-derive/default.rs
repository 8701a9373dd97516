use pickle::Pickle;

#[derive(Pickle)]
struct Line {
    text: String,
}

fn zero() -> u64 {
    0
}

#[derive(Pickle)]
struct Order {
    #[pickle(skip)]
    skipped: Line,
    #[pickle(default)]
    defaulted: Line,
    #[pickle(default = "zero")]
    function: bool,
    #[pickle(skip, default = "no_such_function")]
    nowhere: u64,
}

fn main() {}
