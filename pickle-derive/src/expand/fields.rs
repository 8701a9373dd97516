//! How the value of a field is written and read.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Ident, Member};

use super::{generated_at, local, name, private, slot, with_span};
use crate::model::{Field, Fill, Role, Struct};
use crate::symbol::Word;

/// The field of the struct, with the span of its type, as errors underline it.
fn member(field: &Field<'_>, span: Span) -> Member {
    let mut member = field.member.clone();
    match &mut member {
        Member::Named(ident) => ident.set_span(span),
        Member::Unnamed(index) => index.span = span,
    }
    member
}

/// A reference to what is to be written.
pub(super) fn reference(model: &Struct<'_>, field: &Field<'_>) -> TokenStream {
    // From the first token of the field's type to the last, as an error underlines it.
    let (first, last) = type_ends(field);
    let member = member(field, last);
    match model.packed {
        true => {
            let block = quote_spanned!(last=> { self.#member });
            quote_spanned!(first=> & #block)
        }
        false => quote_spanned!(first=> &self.#member),
    }
}

/// The variable whose place in memory stands for a value that is written twice.
pub(super) fn place(field: &Field<'_>) -> Ident {
    match &field.member {
        Member::Named(ident) => name(&format!("place_{}", ident.unraw())),
        Member::Unnamed(index) => name(&format!("place_{}", index.index)),
    }
}

/// Statements that write a field, if it is to be written.
pub(super) fn unless_skipped(
    model: &Struct<'_>,
    field: &Field<'_>,
    write: TokenStream,
) -> TokenStream {
    let Some(skip_if) = &field.options.skip_if else {
        return write;
    };
    let value = reference(model, field);
    quote! {
        if !#skip_if(#value) {
            #write
        }
    }
}

/// What is to be written for a field: itself, or what a function makes of it.
pub(super) fn written(model: &Struct<'_>, field: &Field<'_>) -> TokenStream {
    let written = written_once(model, field);
    if !field.is_twofold() {
        return written;
    }
    let (private, place) = (private(), place(field));
    quote!(&#private::Placed(&#place, #written))
}

fn written_once(model: &Struct<'_>, field: &Field<'_>) -> TokenStream {
    let value = reference(model, field);
    match functions(field) {
        None => value,
        Some(module) => {
            let private = private();
            // A closure, so that the function can take a `&str` of a `String`.
            let (field, encoder) = (name("field"), name("encoder"));
            quote! {
                &#private::with(#value, |#field, #encoder| #module::pickle(#field, #encoder))
            }
        }
    }
}

/// The module with the functions that write and read a field, if not its type does.
pub(super) fn functions(field: &Field<'_>) -> Option<TokenStream> {
    let private = private();
    match &field.options.with {
        Some(module) => Some(quote!(#module)),
        None if field.options.words.has(Word::Bytes) => Some(quote!(#private::bytes)),
        None if field.options.words.has(Word::Latin1) => Some(quote!(#private::latin1)),
        None => None,
    }
}

/// A call of a reader's method, or, for a field with functions, of the method that takes one.
pub(super) fn read(
    field: &Field<'_>,
    reader: &str,
    method: &str,
    receiver: TokenStream,
    arguments: TokenStream,
) -> TokenStream {
    let span = type_ends(field).0;
    let private = with_span(&private(), span);
    let reader = proc_macro2::Ident::new(reader, span);
    match functions(field) {
        None => {
            let method = proc_macro2::Ident::new(method, span);
            quote_spanned!(span=> #private::#reader::#method(#receiver #arguments)?)
        }
        Some(module) => {
            let method = proc_macro2::Ident::new(&format!("{method}_with"), span);
            quote_spanned!(span=> #private::#reader::#method(#receiver #arguments, #module::unpickle)?)
        }
    }
}

/// A call that reads the value under way into the field's variable.
pub(super) fn read_into(
    field: &Field<'_>,
    function: &str,
    receiver: &TokenStream,
    slot: &Ident,
) -> TokenStream {
    let (first, last) = type_ends(field);
    let private = with_span(&private(), first);
    // Where an error about the type belongs.
    let slot = with_span(slot, last.resolved_at(slot.span()));
    let slot = quote_spanned!(first=> &mut #slot);
    match functions(field) {
        None => {
            let function = Ident::new(function, first);
            quote_spanned!(first=> #private::#function(#receiver, #slot)?)
        }
        Some(module) => {
            let function = Ident::new(&format!("{function}_with"), first);
            quote_spanned!(first=> #private::#function(#receiver, #slot, #module::unpickle)?)
        }
    }
}

/// The value of a field that the pickle does not have, if there is one.
pub(super) fn filled(field: &Field<'_>) -> Option<TokenStream> {
    match field.fill() {
        Fill::Required => None,
        Fill::Default => {
            Some(quote_spanned!(type_ends(field).0=> ::core::default::Default::default()))
        }
        Fill::Function(function) => {
            // If the function returns another type, the error is at its name.
            let span = generated_at(function.span());
            Some(quote_spanned!(span=> #function()))
        }
    }
}

/// `Self { … }`, of the variables that hold the fields' values. `missing` is the error of a field
/// that has none.
pub(super) fn build(
    model: &Struct<'_>,
    missing: impl Fn(&Field<'_>) -> TokenStream,
) -> TokenStream {
    let value = name("value");
    let fields = model.fields.iter().enumerate().map(|(index, field)| {
        let member = match &field.member {
            Member::Named(ident) => Member::Named(local(ident)),
            Member::Unnamed(index) => Member::Unnamed(index.clone()),
        };
        let slot = slot(index);
        let filled = filled(field);
        let value = match field.role {
            Role::Skipped => filled.unwrap_or_default(),
            Role::Rest | Role::Flatten | Role::Args | Role::Whole => quote!(#slot),
            _ => {
                let missing = filled.unwrap_or_else(|| {
                    let error = missing(field);
                    quote!(return ::core::result::Result::Err(#error))
                });
                quote! {
                    match #slot {
                        ::core::option::Option::Some(#value) => #value,
                        ::core::option::Option::None => #missing,
                    }
                }
            }
        };
        quote!(#member: #value,)
    });
    quote!(Self { #(#fields)* })
}

pub(super) fn type_ends(field: &Field<'_>) -> (Span, Span) {
    let mut tokens = field
        .ty
        .to_token_stream()
        .into_iter()
        .map(|tree| tree.span());
    let first = tokens.next().unwrap_or_else(Span::call_site);
    let last = tokens.last().unwrap_or(first);
    (generated_at(first), generated_at(last))
}
