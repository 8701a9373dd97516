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

#[derive(Pickle)]
enum Shape {
    Number(u8),
}

fn main() {}
