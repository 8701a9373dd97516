//! What the compiler says when a derive is wrong: `tests/ui/<topic>/<case>.rs` and the expected
//! text beside it. `TRYBUILD=overwrite cargo test --test ui` writes the texts; read them then.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*/*.rs");
}
