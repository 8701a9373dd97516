use pickle::Pickle;

#[derive(Pickle)]
#[pickle(module = "shop", name = "Order", alias = "shop.Order")]
struct Named {
    id: u64,
}

#[derive(Pickle)]
#[pickle(alias("__main__", "Script"))]
struct Script {
    id: u64,
}

fn main() {}
