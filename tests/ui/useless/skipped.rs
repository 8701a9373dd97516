use pickle::Pickle;

#[derive(Pickle)]
struct Order {
    #[pickle(skip, rename = "cache")]
    cache: Vec<u8>,
    #[pickle(default, skip)]
    note: String,
    #[pickle(skip, default = "String::new")]
    fine: String,
}

fn main() {}
