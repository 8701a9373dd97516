use pickle::Pickle;

#[derive(Pickle)]
struct Order {
    customer: &'static str,
    photos: Vec<Option<&'static [u8]>>,
    // Neither written nor read.
    #[pickle(skip)]
    currency: &'static str,
}

fn main() {}
