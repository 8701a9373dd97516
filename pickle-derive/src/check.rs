//! Rules that concern more than one option.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::ctxt::Ctxt;
use crate::model::Model;

/// Reports what contradicts something else, and what has no effect beside it.
pub(crate) fn check(ctxt: &Ctxt, model: &Model<'_>) {
    aliases_are_other_names(ctxt, model);
    attributes_differ(ctxt, model);
    skipped_fields_have_no_attribute(ctxt, model);
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
