use pickle::Pickle;

#[derive(Pickle)]
#[pickle(transparent, module = "shop", deny_unknown)]
struct Wrapper {
    #[pickle(rename = "value")]
    inner: u8,
}

#[derive(Pickle)]
#[pickle(dict, name = "Options")]
struct Options {
    verbose: bool,
}

#[derive(Pickle)]
#[pickle(slots)]
struct Slots {
    #[pickle(slot)]
    a: u8,
}

#[derive(Pickle)]
#[pickle(namedtuple)]
struct Point {
    #[pickle(alias = "left")]
    x: u8,
}

#[derive(Pickle)]
struct Order {
    #[pickle(attribute)]
    id: u8,
    #[pickle(alias = "note")]
    note: String,
}

#[derive(Pickle)]
#[pickle(dump_only, upgrade = "upgrade")]
struct Dumped;

#[derive(Pickle)]
#[pickle(untagged, module = "shop")]
enum Union {
    #[pickle(rename = "nothing")]
    Nothing,
    #[pickle(value = 1)]
    Some(u8),
}

fn main() {}
