//! Snapshots of whole expansions, to be read.

use syn::{DeriveInput, parse_quote};

/// What the derive writes, formatted.
fn expansion(input: DeriveInput) -> String {
    let tokens = crate::derive(&input);
    match syn::parse2(tokens.clone()) {
        Ok(file) => prettyplease::unparse(&file),
        Err(error) => panic!("{error}: {tokens}"),
    }
}

/// Compares with a file beside this one; `BLESS=1` in the environment writes it.
fn assert_expands_to(file: &str, input: DeriveInput) {
    let path = format!("{}/src/expand/{file}", env!("CARGO_MANIFEST_DIR"));
    let found = expansion(input);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &found).expect("the snapshot can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "the expansion differs from {path}:\n{found}"
    );
}

#[test]
fn five_fields() {
    assert_expands_to(
        "five_fields.expected.rs",
        parse_quote! {
            #[pickle(module = "shop.models", name = "Order", alias = "shop.old.Order")]
            struct Order<'a> {
                id: u64,
                #[pickle(rename = "customerName")]
                customer: &'a str,
                #[pickle(default)]
                note: Option<String>,
                #[pickle(skip, default = "Instant::now")]
                seen: Instant,
                r#type: Vec<Line>,
            }
        },
    );
}

#[test]
fn parameters() {
    assert_expands_to(
        "parameters.expected.rs",
        parse_quote! {
            #[pickle(crate = "crate::reexported")]
            struct Everything<'a, 'de: 'a, T, I: Iterator = Lines, const N: usize = 2>
            where
                T: Clone,
            {
                name: &'a str,
                tag: &'de [u8],
                items: [T; N],
                next: Option<I::Item>,
                #[pickle(default)]
                rest: Vec<Box<Self>>,
                #[pickle(default)]
                last: Option<T>,
                #[pickle(skip)]
                marker: PhantomData<I>,
            }
        },
    );
}

#[test]
fn no_fields() {
    assert_expands_to(
        "no_fields.expected.rs",
        parse_quote!(
            struct Empty {}
        ),
    );
}

#[test]
fn errors() {
    let tokens = crate::derive(&parse_quote! {
        #[pickle(nmae = "Order")]
        struct Order<'a> {
            #[pickle(skip, skip)]
            id: &'a u64,
        }
    });
    let text = tokens.to_string();
    assert_eq!(text.matches("compile_error").count(), 2, "{text}");
    assert_eq!(text.matches("impl").count(), 3, "{text}");
    assert!(!text.contains("submit"), "{text}");
}
