use pickle::Pickle;

#[derive(Pickle)]
#[pickle(dict, transparent)]
struct Plain {
    value: u8,
}

#[derive(Pickle)]
#[pickle(newargs, exception, reduce)]
struct Made {
    value: u8,
}

#[derive(Pickle)]
#[pickle(slots, state = "list")]
struct Stated {
    value: u8,
}

#[derive(Pickle)]
#[pickle(state = "tuple")]
struct Named {
    #[pickle(rest)]
    others: Vec<(String, pickle::Value)>,
}

#[derive(Pickle)]
#[pickle(load_only, dump_only)]
struct Nothing;

#[derive(Pickle)]
#[pickle(newargs)]
struct Roles {
    #[pickle(arg, rest)]
    both: u8,
    #[pickle(with = "hex", bytes)]
    twice: Vec<u8>,
}

#[derive(Pickle)]
#[pickle(deny_unknown)]
struct Denied {
    #[pickle(rest)]
    others: Vec<(String, pickle::Value)>,
    #[pickle(rest)]
    more: Vec<(String, pickle::Value)>,
}

#[derive(Pickle)]
#[pickle(getstate = "get", setstate = "set", reduce)]
struct Functions {
    #[pickle(slot)]
    value: u8,
}

fn main() {}
