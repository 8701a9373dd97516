use pickle::Pickle;

#[derive(Pickle)]
#[pickle(rename = "Order", skip, default)]
struct Order<#[pickle(skip)] T> {
    #[pickle(module = "shop", name = "customerName", crate = "pickle")]
    #[pickle(alias = "shop.customer")]
    customer: T,
}

fn main() {}
