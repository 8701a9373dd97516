use pickle::Pickle;

#[derive(Pickle)]
struct Lists {
    #[pickle(items = "list")]
    first: Vec<u8>,
    #[pickle(items = "list")]
    second: Vec<u8>,
}

#[derive(Pickle)]
struct ListAndDict {
    #[pickle(items = "list")]
    items: Vec<u8>,
    #[pickle(items = "dict")]
    pairs: Vec<(u8, u8)>,
}

#[derive(Pickle)]
#[pickle(reduce)]
struct MadeSet {
    #[pickle(items = "set")]
    elements: Vec<u8>,
}

fn main() {}
