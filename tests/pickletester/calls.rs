//! Instructions that call, and what they need.

use pickle::{Construction, Document, View};

use crate::assert_raised;

fn construction(pickle: &[u8]) -> Construction {
    let document = Document::parse(pickle).unwrap();
    match document.root().view() {
        View::Call(call) => call.construction(),
        _ => panic!("{} is no call", pickle.escape_ascii()),
    }
}

#[test]
fn reduce_needs_a_callable_and_a_tuple() {
    assert_eq!(construction(b"cbuiltins\nint\n)R."), Construction::Reduce);
    assert_raised("TypeError", &[b"N)R.", b"cbuiltins\nint\nNR."]);
}

#[test]
fn newobj_needs_a_class_and_a_tuple() {
    let pickle = b"cbuiltins\nint\n)\x81.";
    assert_eq!(construction(pickle), Construction::NewObj);
    assert_raised(
        "UnpicklingError",
        &[
            b"N)\x81.",
            b"cbuiltins\ngetattr\n)\x81.",
            b"cbuiltins\nint\nN\x81.",
        ],
    );
}

#[test]
fn newobj_ex_needs_a_class_a_tuple_and_a_dict() {
    let pickle = b"cbuiltins\nint\n)}\x92.";
    assert_eq!(construction(pickle), Construction::NewObjEx);
    assert_raised(
        "UnpicklingError",
        &[
            b"N)}\x92.",
            b"cbuiltins\ngetattr\n)}\x92.",
            b"cbuiltins\nint\nN}\x92.",
            b"cbuiltins\nint\n)N\x92.",
        ],
    );
}
