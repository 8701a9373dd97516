//! Arguments that cannot be loaded.

struct Net(f64);

#[pickle::function(module = "shop")]
fn price(net: Net) -> f64 {
    net.0
}

fn main() {}
