//! Python 2's byte strings as text: `repr` on a line.

use crate::{assert_raised, error, loaded};

#[test]
fn quotes_and_escapes_are_undone() {
    for (pickle, text) in [
        (&b"S''\n."[..], ""),
        (b"S\"\"\n.", ""),
        (b"S\"\\n\"\n.", "\n"),
        (b"S'\\n'\n.", "\n"),
        (b"S'it\\'s'\n.", "it's"),
        (b"S'\\x41\\102'\n.", "AB"),
    ] {
        assert_eq!(loaded::<String>(pickle), text);
    }
}

#[test]
fn an_escape_needs_a_character() {
    assert_raised("ValueError", &[b"S'\\'\n.", b"S'\\x4'\n."]);
    assert_eq!(error(b"S'\\'\n.").message(), "Trailing \\ in string");
}

#[test]
fn quotes_enclose_the_whole_line() {
    let unquoted: [&[u8]; 14] = [
        b"S'\n.",
        b"S\"\n.",
        b"S' \n.",
        b"S\" \n.",
        b"S'\"\n.",
        b"S\"'\n.",
        b"S'a' \n.",
        b"S\"a\" \n.",
        b"S 'a'\n.",
        b"S \"a\"\n.",
        b"S \n.",
        b"S\n.",
        b"Sa\n.",
        b"S'a'\r\n.",
    ];
    for pickle in unquoted {
        let error = error(pickle);
        assert_eq!(error.python_type(), "UnpicklingError");
        let text = "the STRING opcode argument must be quoted";
        assert_eq!(error.message(), text, "{}", pickle.escape_ascii());
    }
    assert_raised("UnpicklingError", &[b"S."]);
}
