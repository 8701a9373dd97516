use pickle::Pickle;

#[derive(Pickle)]
struct Order {
    customer: String,
    #[pickle(rename = "customer")]
    client: String,
    #[pickle(rename = "note")]
    remark: String,
    note: String,
    // A skipped field has no attribute.
    #[pickle(skip)]
    id: u64,
    #[pickle(rename = "id")]
    number: u64,
}

fn main() {}
