//! Rules that concern more than one option.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;

use crate::ctxt::Ctxt;
use crate::model::Model;

/// Reports what contradicts something else, and what has no effect beside it.
pub(crate) fn check(ctxt: &Ctxt, model: &Model<'_>) {
    aliases_are_other_names(ctxt, model);
    attributes_differ(ctxt, model);
    skipped_fields_have_no_attribute(ctxt, model);
    borrows_end_with_the_input(ctxt, model);
}

/// An alias that says again what `module` and `name` or an alias before it say.
///
/// ```text
/// #[pickle(module = "shop", name = "Order", alias = "shop.Order")]
/// ```
fn aliases_are_other_names(ctxt: &Ctxt, model: &Model<'_>) {
    let qualname = model.qualname();
    let mut before = Vec::new();
    for alias in &model.options.aliases {
        let name = (alias.module.as_str(), alias.qualname.as_str());
        let (module, class) = name;
        if name == (model.module(), &qualname) {
            ctxt.over(
                &alias.word,
                format!("useless `alias`: the class is called `{module}.{class}` anyway"),
            );
        } else if before.contains(&name) {
            ctxt.over(&alias.word, format!("duplicate alias `{module}.{class}`"));
        } else {
            before.push(name);
        }
    }
}

/// Two fields for one attribute.
///
/// ```text
/// struct Order {
///     customer: String,
///     #[pickle(rename = "customer")]
///     client: String,
/// }
/// ```
fn attributes_differ(ctxt: &Ctxt, model: &Model<'_>) {
    let mut fields = HashMap::new();
    for field in model.attributes() {
        match fields.entry(field.attribute()) {
            Entry::Vacant(entry) => {
                entry.insert(field);
            }
            Entry::Occupied(entry) => ctxt.at(
                field.attribute_span(),
                format!(
                    "fields `{}` and `{}` conflict: both are the attribute `{}`",
                    entry.get().ident,
                    field.ident,
                    entry.key(),
                ),
            ),
        }
    }
}

/// Options that say how to write or read a field that is neither written nor read.
///
/// ```text
/// #[pickle(skip, rename = "cache")]
/// cache: Vec<u8>,
/// ```
fn skipped_fields_have_no_attribute(ctxt: &Ctxt, model: &Model<'_>) {
    for field in model.fields.iter().filter(|field| field.is_skipped()) {
        if let Some(rename) = &field.options.rename {
            ctxt.over(
                &rename.word,
                "useless `rename`: the field is skipped, it has no attribute to rename",
            );
        }
        if let Some(default) = &field.options.default
            && default.function.is_none()
        {
            ctxt.over(
                &default.word,
                "useless `default`: a skipped field is filled by `Default` anyway",
            );
        }
    }
}

/// A field that borrows for ever. Without this rule the compiler speaks of a lifetime `'de` that
/// the user has never seen.
///
/// Only for what the library itself reads: `&'static Currency` may well have an `Unpickle` of the
/// user's that looks it up in a table.
///
/// ```text
/// customer: &'static str,
/// ```
fn borrows_end_with_the_input(ctxt: &Ctxt, model: &Model<'_>) {
    for field in model.attributes() {
        let found = static_borrow(field.ty.to_token_stream());
        if let Some((borrowed, owned)) = found {
            ctxt.over(
                field.ty,
                format!(
                    "`&'static {borrowed}` cannot be read from a pickle: it borrows from the \
                     input, which does not live that long; write `{owned}`, or `&'a {borrowed}` \
                     with a lifetime parameter `'a` on the struct"
                ),
            );
        }
    }
}

/// Finds `&'static str` or `&'static [u8]` in the tokens of a type; returns what is borrowed and
/// its owned counterpart.
fn static_borrow(tokens: TokenStream) -> Option<(&'static str, &'static str)> {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let inside = trees.iter().filter_map(|tree| match tree {
        TokenTree::Group(group) => static_borrow(group.stream()),
        _ => None,
    });
    let here = trees.windows(4).filter_map(|window| {
        let [and, apostrophe, lifetime, borrowed] = window else {
            return None;
        };
        let is_static =
            [and, apostrophe, lifetime].map(ToString::to_string) == ["&", "'", "static"];
        match (is_static, borrowed.to_string().replace(' ', "").as_str()) {
            (true, "str") => Some(("str", "String")),
            (true, "[u8]") => Some(("[u8]", "Vec<u8>")),
            _ => None,
        }
    });
    here.chain(inside).next()
}
