use pickle::Pickle;

#[derive(Pickle)]
#[pickle(newargs)]
struct Base {
    #[pickle(arg)]
    id: u8,
}

#[derive(Pickle)]
struct Derived {
    #[pickle(flatten)]
    base: Base,
}

fn main() {}
