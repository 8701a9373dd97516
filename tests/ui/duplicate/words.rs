use pickle::Pickle;

#[derive(Pickle)]
#[pickle(module = 1, module = "shop.models")]
#[pickle(name = "Order")]
#[pickle(name = "Order", crate = "pickle", crate = "pickle")]
struct Order {
    #[pickle(rename = "customerName", rename = "customer_name")]
    customer: String,
    #[pickle(default, default = "String::new")]
    note: String,
    #[pickle(skip, skip)]
    cache: Vec<u8>,
}

fn main() {}
