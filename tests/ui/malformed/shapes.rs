use pickle::Pickle;

#[derive(Pickle)]
#[pickle(state = "dict", base = "integer", rename_all = "kebab-case", reduce = "make")]
struct Words {
    #[pickle(items = "tuple")]
    items: Vec<u8>,
    #[pickle(with = 1)]
    with: u8,
    #[pickle(rest = "others")]
    rest: Vec<(String, pickle::Value)>,
}

#[derive(Pickle)]
enum Values {
    #[pickle(value = 1.5)]
    Float,
    #[pickle(value)]
    Missing,
}

#[derive(Pickle)]
#[pickle(transparent)]
struct Two {
    first: u8,
    second: u8,
}

#[derive(Pickle)]
#[pickle(base = "int")]
struct Based {
    first: u8,
    second: u8,
}

fn main() {}
