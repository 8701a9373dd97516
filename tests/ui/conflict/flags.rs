use pickle::Pickle;

#[derive(Pickle)]
#[pickle(flags, transparent)]
struct Both(u8);

#[derive(Pickle)]
#[pickle(flags(READ = 4, WRITE = 2, READ = 1))]
struct Two {
    read: u8,
    write: u8,
}

#[derive(Pickle)]
#[pickle(flags, slots, reduce, deny_unknown)]
struct Words {
    #[pickle(rename = "value", bytes)]
    bits: u8,
    #[pickle(skip)]
    seen: bool,
}

#[derive(Pickle)]
#[pickle(flags(READ), module = "files")]
struct Unvalued(u8);

#[derive(Pickle)]
#[pickle(flags = 4)]
struct Value(u8);

#[derive(Pickle)]
#[pickle(flags)]
enum Mode {
    Read = 4,
}

fn main() {}
