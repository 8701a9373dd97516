//! Functions that pickles cannot call.

#[pickle::function]
fn generic<T>(value: T) -> T {
    value
}

#[pickle::function]
async fn later() -> u8 {
    1
}

#[pickle::function]
struct Price;

struct Shop;

impl Shop {
    #[pickle::function(module = "shop")]
    fn price(&self) -> u8 {
        1
    }
}

#[pickle::function(nmae = "price", module = "shop/tools", alias = "shop.cost")]
fn words() -> u8 {
    1
}

fn main() {}
