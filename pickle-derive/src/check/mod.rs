//! Rules that concern more than one option.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;

use crate::ctxt::Ctxt;
use crate::model::{Head, Model, Role, Struct};
use crate::symbol::Word;

mod shape;
mod variants;

/// Reports what contradicts something else, and what has no effect beside it.
pub(crate) fn check(ctxt: &Ctxt, model: &Model<'_>) {
    match model {
        Model::Struct(model) => {
            aliases_are_other_names(ctxt, &model.head);
            attributes_differ(ctxt, model);
            skipped_fields_have_no_attribute(ctxt, model);
            borrows_end_with_the_input(ctxt, model);
            shape::check(ctxt, model);
        }
        Model::Enum(model) => {
            aliases_are_other_names(ctxt, &model.head);
            variants::check(ctxt, model);
        }
    }
}

/// An alias that says again what `module` and `name` or an alias before it say.
///
/// ```text
/// #[pickle(module = "shop", name = "Order", alias = "shop.Order")]
/// ```
fn aliases_are_other_names(ctxt: &Ctxt, model: &Head<'_>) {
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
fn attributes_differ(ctxt: &Ctxt, model: &Struct<'_>) {
    let mut fields = HashMap::new();
    let named = model.fields.iter().filter(|field| {
        let is_named = [Role::Attribute, Role::Slot, Role::Arg, Role::Kwarg];
        is_named.contains(&field.role)
    });
    for field in named {
        let aliases = field.options.aliases.iter();
        let names = std::iter::once((field.attribute().to_owned(), field.attribute_span()))
            .chain(aliases.map(|alias| (alias.value.clone(), alias.span)));
        for (name, span) in names {
            match fields.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert(field);
                }
                Entry::Occupied(entry) if entry.get().member == field.member => ctxt.at(
                    span,
                    format!(
                        "useless `alias`: the field is the attribute `{}` anyway",
                        entry.key()
                    ),
                ),
                Entry::Occupied(entry) => ctxt.at(
                    span,
                    format!(
                        "fields `{}` and `{}` conflict: both are the attribute `{}`",
                        entry.get().label(),
                        field.label(),
                        entry.key(),
                    ),
                ),
            }
        }
    }
}

/// Options that say how to write or read a field that is neither written nor read.
///
/// ```text
/// #[pickle(skip, rename = "cache")]
/// cache: Vec<u8>,
/// ```
fn skipped_fields_have_no_attribute(ctxt: &Ctxt, model: &Struct<'_>) {
    for field in model.fields.iter().filter(|field| field.is_skipped()) {
        if let Some(rename) = &field.options.rename {
            ctxt.over(
                &rename.word,
                "useless `rename`: the field is skipped, it has no attribute to rename",
            );
        }
        let words = [
            Word::Alias,
            Word::SkipIf,
            Word::With,
            Word::Bytes,
            Word::Latin1,
            Word::Arg,
            Word::Kwarg,
            Word::Args,
            Word::Attribute,
            Word::Slot,
            Word::Items,
            Word::Rest,
            Word::Flatten,
        ];
        for word in words {
            if let Some(ident) = field.options.words.get(word) {
                ctxt.over(
                    ident,
                    format!("useless `{}`: the field is skipped", word.text()),
                );
            }
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
fn borrows_end_with_the_input(ctxt: &Ctxt, model: &Struct<'_>) {
    if !model.head.loads() {
        return;
    }
    let read = model.used().filter(|field| field.options.with.is_none());
    for field in read {
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
