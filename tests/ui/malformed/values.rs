use pickle::Pickle;

#[derive(Pickle)]
#[pickle(module, name =, crate = "not a path")]
struct Missing {
    #[pickle(rename)]
    id: u64,
    #[pickle(default =)]
    note: String,
}

#[derive(Pickle)]
#[pickle(module = 1, name = Order, crate = 1)]
struct Wrong {
    #[pickle(rename = b"id")]
    id: u64,
    #[pickle(default = 5)]
    count: u64,
    #[pickle(default = "5")]
    number: u64,
    #[pickle(default = || 5)]
    closure: u64,
    #[pickle(default(zero))]
    list: u64,
    #[pickle(skip = true)]
    flag: bool,
    #[pickle(skip(yes))]
    other: bool,
}

#[derive(Pickle)]
#[pickle(module("shop"), name = "Order"suffix)]
struct Shapes {
    id: u64,
}

fn main() {}
