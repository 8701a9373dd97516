use pickle::Pickle;

#[derive(Pickle)]
#[pickle(alias = "Order")]
struct NoModule {
    id: u64,
}

#[derive(Pickle)]
#[pickle(alias = "", alias = "shop..Order", alias = "shop::Order")]
struct Dots {
    id: u64,
}

#[derive(Pickle)]
#[pickle(alias, alias =, alias = 1, alias("shop"), alias("shop", "Order", "Line"), alias(shop, Order))]
struct Forms {
    id: u64,
}

#[derive(Pickle)]
#[pickle(alias("", "Order..Line"))]
struct Pair {
    id: u64,
}

fn main() {}
