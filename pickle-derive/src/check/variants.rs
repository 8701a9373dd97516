//! What an enum is in Python, and whether its variants suit.

use std::collections::HashMap;

use crate::attr::Constant;
use crate::ctxt::Ctxt;
use crate::model::{Enum, Style};
use crate::symbol::Word;

pub(super) fn check(ctxt: &Ctxt, model: &Enum<'_>) {
    if model.variants.is_empty() {
        ctxt.over(
            model.token,
            "an enum without variants has no values: there is nothing to dump or to load",
        );
        return;
    }
    if model.is_enumeration() {
        members(ctxt, model);
    } else {
        union(ctxt, model);
    }
    if let (true, Some(at)) = (
        model.head.has(Word::LoadOnly),
        model.head.options.words.get(Word::DumpOnly),
    ) {
        ctxt.over(
            at,
            "`load_only` and `dump_only` conflict: a type that can do neither needs no derive",
        );
    }
}

/// Members have values and names, each of its own.
fn members(ctxt: &Ctxt, model: &Enum<'_>) {
    let mut values: HashMap<&Constant, String> = HashMap::new();
    let mut names: HashMap<&str, String> = HashMap::new();
    let has_discriminants = model
        .variants
        .first()
        .is_some_and(|variant| variant.discriminant.is_some());
    for variant in &model.variants {
        let label = variant.ident.to_string();
        match &variant.options.value {
            Some(value) => {
                if let Some(other) = values.insert(value, label.clone()) {
                    ctxt.over(
                        variant.options.words.get(Word::Value),
                        format!("variants `{other}` and `{label}` conflict: both have this value"),
                    );
                }
            }
            None if variant.discriminant.is_some() || has_discriminants => {}
            None if variant.options.words.has(Word::Value) => {}
            None => ctxt.over(
                variant.ident,
                "the member has no value: write `#[pickle(value = …)]` as in Python, or a number \
                 behind the variant: `enum.auto()` begins with 1, where Rust begins with 0",
            ),
        }
        let aliases = variant.options.aliases.iter();
        let all = std::iter::once((variant.name(), variant.name_span()))
            .chain(aliases.map(|alias| (alias.value.as_str(), alias.span)));
        for (name, span) in all {
            if let Some(other) = names.insert(name, label.clone()) {
                ctxt.at(
                    span,
                    format!("variants `{other}` and `{label}` conflict: both are called `{name}`"),
                );
            }
        }
    }
}

/// Variants are classes, or plain data.
fn union(ctxt: &Ctxt, model: &Enum<'_>) {
    let untagged = model.head.has(Word::Untagged);
    for word in [Word::Module, Word::Name, Word::Alias, Word::RenameAll] {
        if let Some(at) = model.head.options.words.get(word) {
            let text = word.text();
            ctxt.over(
                at,
                format!(
                    "useless `{text}`: the enum itself is no class, its variants are what it is"
                ),
            );
        }
    }
    for variant in &model.variants {
        for word in [Word::Rename, Word::Alias] {
            if let Some(at) = variant.options.words.get(word) {
                let text = word.text();
                ctxt.over(
                    at,
                    format!("useless `{text}`: the variant has no name in Python"),
                );
            }
        }
        match (variant.style, untagged) {
            (Style::Unit, true) => continue,
            (Style::Unit, false) => ctxt.over(
                variant.ident,
                "the variant is no class: write `untagged` on the enum, for `None` or another \
                 constant; or give it a class, as in `Circle(Circle)`",
            ),
            (Style::Named, _) => ctxt.over(
                variant.fields,
                "variants with named fields are not supported: give them a struct of their own, \
                 as in `Circle(Circle)`, which derives `Pickle`",
            ),
            (Style::Tuple, false) if variant.types.len() != 1 => ctxt.over(
                variant.fields,
                "the variant must hold one value, whose class it is, as in `Circle(Circle)`; or \
                 write `untagged` on the enum, for a tuple",
            ),
            (Style::Tuple, true) if variant.types.is_empty() || variant.types.len() > 12 => {
                ctxt.over(variant.fields, "a tuple has from 1 to 12 items here");
            }
            (Style::Tuple, _) => {}
        }
        if let Some(at) = variant.options.words.get(Word::Value) {
            ctxt.over(at, "useless `value`: the variant holds its value");
        }
    }
}
