use pickle::Pickle;

#[derive(Pickle)]
#[pickle(modul = "shop", nmae = "Order", qualname = "Order", colour = "red")]
struct Order {
    id: u64,
}

fn main() {}
