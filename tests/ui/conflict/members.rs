use pickle::Pickle;

#[derive(Pickle)]
enum Color {
    #[pickle(value = 1)]
    Red,
    #[pickle(value = 1)]
    Crimson,
    #[pickle(value = 2, alias = "Red")]
    Green,
}

fn main() {}
