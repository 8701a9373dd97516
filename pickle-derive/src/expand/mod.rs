//! From the model to the impls. Nothing can fail here any more.
//!
//! Everything is inside one `const _`; every path starts at `::core` or at the facade's
//! `__private`, imported once; and every name of ours starts with two underscores, for a pattern
//! `value` would not bind if the user's module had a constant `value`, whatever its hygiene.

mod class;
mod data;
mod fields;
mod flags;
mod instance;
mod object;
mod variants;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{DeriveInput, Ident, Lifetime, Path, parse_quote};

use crate::generics;
use crate::model::{Head, Model, Struct};
use crate::symbol::Word;

#[cfg(test)]
mod tests;

/// The path to the facade: what the user says, or `::pickle`.
pub(crate) fn facade(krate: Option<Path>) -> Path {
    krate.unwrap_or_else(|| parse_quote!(::pickle))
}

/// What the facade's `__private` is called inside the `const _`.
pub(crate) fn private() -> Ident {
    name("pickle")
}

/// The one place that names the facade: if it is called otherwise, that is one error, not one for
/// every path.
pub(crate) fn import(krate: &Path, private: &Ident) -> TokenStream {
    quote!(use #krate::__private as #private;)
}

/// Writes the impls and the registration.
pub(crate) fn expand(input: &DeriveInput, model: &Model<'_>, krate: &Path) -> TokenStream {
    let private = private();
    let import = import(krate, &private);
    let de = generics::de_lifetime(quote!(#input));
    let impls = match model {
        Model::Struct(model) => structure(model, &de),
        Model::Enum(model) => variants::expand(model, &de),
    };
    quote! {
        const _: () = {
            #import
            #impls
        };
    }
}

fn structure(model: &Struct<'_>, de: &Lifetime) -> TokenStream {
    let class = model.is_class().then(|| class::instance(model));
    let (pickle, unpickle) = match () {
        () if model.has(Word::Transparent) => data::transparent(model),
        () if model.has(Word::Dict) => data::dict(model),
        () if model.has(Word::Flags) => flags::flags(model),
        () if model.is_plain() => object::object(model),
        () => (instance::pickle(model), instance::unpickle(model)),
    };
    let attributes = (model.is_plain() && model.head.dumps()).then(|| object::attributes(model));
    let pickle = model
        .head
        .dumps()
        .then(|| class::pickle_impl(model, &pickle));
    let unpickle = model
        .head
        .loads()
        .then(|| class::unpickle_impl(model, de, unpickle));
    let registration = model
        .is_class()
        .then(|| class::registration(&model.head))
        .flatten();
    quote! {
        #class
        #attributes
        #pickle
        #unpickle
        #registration
    }
}

/// A name for a variable or parameter, invisible to the user's own expressions.
fn name(name: &str) -> Ident {
    Ident::new(&format!("__{name}"), Span::mixed_site())
}

/// The variable that holds the value of the field of this index.
fn slot(index: usize) -> Ident {
    name(&index.to_string())
}

/// A name of the user's as part of generated code: errors point at where it stands, but lints
/// (`deprecated`, say) know that the user did not use it here.
fn local(ident: &Ident) -> Ident {
    with_span(ident, generated_at(ident.span()))
}

fn with_span(ident: &Ident, span: Span) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(span);
    ident
}

fn generated_at(span: Span) -> Span {
    span.resolved_at(Span::call_site())
}

/// The class that a type is an instance of.
fn class_of_self() -> TokenStream {
    let private = private();
    quote!(<Self as #private::Instance>::CLASS)
}

/// Has a registered function make the value, if the pickle says so.
fn call(head: &Head<'_>) -> Option<TokenStream> {
    if !head.is_static() {
        return None;
    }
    let (private, cursor, value) = (private(), name("cursor"), name("value"));
    Some(quote! {
        if let ::core::option::Option::Some(#value) =
            #private::Cursor::call::<Self>(&mut #cursor)?
        {
            return ::core::result::Result::Ok(#value);
        }
    })
}
