use pickle::Pickle;

#[derive(Pickle)]
#[pickle(reduce)]
struct Made {
    #[pickle(arg, skip_if = "Option::is_none")]
    arg: Option<u8>,
    #[pickle(items = "list", skip_if = "Vec::is_empty")]
    items: Vec<u8>,
    #[pickle(skip_if)]
    note: Option<u8>,
    #[pickle(skip, skip_if = "Option::is_none")]
    seen: Option<u8>,
}

#[derive(Pickle)]
#[pickle(state = "list")]
struct Row {
    #[pickle(skip_if = "Option::is_none")]
    first: Option<u8>,
}

#[derive(Pickle)]
#[pickle(transparent)]
struct Wrapper(#[pickle(skip_if = "Option::is_none")] Option<u8>);

#[derive(Pickle)]
struct Synonym {
    #[pickle(skip_serializing_if = "Option::is_none")]
    note: Option<u8>,
}

fn main() {}
