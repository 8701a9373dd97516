// The facade is not where the derive looks for it: one error, not one for every path.

#[derive(pickle::Pickle)]
#[pickle(crate = "::reexported")]
struct Order {
    id: u64,
    note: Option<String>,
}

fn main() {}
