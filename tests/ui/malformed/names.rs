use pickle::Pickle;

#[derive(Pickle)]
#[pickle(module = "", name = "")]
struct Empty {
    #[pickle(rename = "")]
    id: u64,
}

#[derive(Pickle)]
#[pickle(module = "shop..models", name = ".Order")]
struct Parts {
    id: u64,
}

#[derive(Pickle)]
#[pickle(module = "shop models", name = "Order\n")]
struct Spaces {
    id: u64,
}

#[derive(Pickle)]
#[pickle(module = "shop::models", name = "Order/Line")]
struct Separators {
    id: u64,
}

fn main() {}
