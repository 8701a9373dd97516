use pickle::Pickle;

#[derive(Pickle)]
struct Order {
    #[pickle(renmae = "customerName")]
    customer: String,
    #[pickle(defualt)]
    note: String,
    #[pickle(skip_serializing)]
    cache: Vec<u8>,
    #[pickle(modul = "shop")]
    lines: Vec<String>,
    #[pickle(colour = "red")]
    paint: String,
}

fn main() {}
