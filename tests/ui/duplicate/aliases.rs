use pickle::Pickle;

#[derive(Pickle)]
#[pickle(module = "shop", alias = "old.Order", alias = "old.shop.Order", alias("old", "Order"))]
struct Order {
    id: u64,
}

fn main() {}
