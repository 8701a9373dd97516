use pickle::Pickle;

#[derive(Pickle)]
struct Order {
    customer: &'static str,
    photos: Vec<Option<&'static [u8]>>,
    // Neither written nor read.
    #[pickle(skip)]
    currency: &'static str,
}

// What is only dumped borrows nothing.
#[derive(Pickle)]
#[pickle(dump_only)]
struct Label {
    text: &'static str,
}

fn main() {}
