use pickle::Pickle;

#[derive(Pickle)]
#[pickle]
#[pickle = "shop"]
#[pickle["shop"]]
#[pickle("shop", module "shop", shop::models = 1, , = "x")]
struct Order {
    #[pickle(skip rename = "x", defualt)]
    id: u64,
}

fn main() {}
