use pickle::Pickle;

#[derive(Pickle)]
struct Argument {
    #[pickle(arg)]
    id: u8,
    #[pickle(kwarg)]
    size: u8,
}

#[derive(Pickle)]
#[pickle(reduce)]
struct Keyword {
    #[pickle(kwarg)]
    size: u8,
}

#[derive(Pickle)]
#[pickle(getstate = "get")]
struct Getter;

#[derive(Pickle)]
#[pickle(upgrade = "upgrade")]
struct Borrowed<'a> {
    text: &'a str,
}

#[derive(Pickle)]
enum Auto {
    One,
    Two,
}

#[derive(Pickle)]
enum Mixed {
    Point(u8, u8),
    Nothing,
}

fn main() {}
