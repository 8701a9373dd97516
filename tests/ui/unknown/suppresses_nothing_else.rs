// One wrong word: no complaint that `Order` cannot be dumped or loaded follows, but what is wrong
// elsewhere is still reported.

use pickle::Pickle;

#[derive(Pickle)]
#[pickle(nmae = "Order")]
struct Order<'a, T> {
    id: u64,
    customer: &'a str,
    line: T,
}

#[derive(Pickle)]
struct Orders<'a> {
    orders: Vec<Order<'a, u8>>,
}

fn main() {
    let order = Order { id: 1, customer: "x", line: 1u8 };
    let bytes = pickle::dumps(&order).unwrap();
    let _: Order<u8> = pickle::loads(&bytes).unwrap();
    let _: Orders = pickle::loads(&bytes).unwrap();
    let _ = <Order<u8> as pickle::Instance>::CLASS;
}
