struct Order {
    id: u64,
}

fn main() {
    let _ = pickle::dumps(&Order { id: 1 });
    let _ = pickle::loads::<Order>(b"");
}
