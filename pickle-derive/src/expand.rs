//! From the model to the impls. Nothing can fail here any more.
//!
//! Everything is inside one `const _`, every path is absolute, and every local name starts with
//! two underscores: a pattern `value` would not bind if the user's module had a constant `value`,
//! whatever its hygiene.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Ident, Path, parse_quote};

use crate::generics;
use crate::model::{Field, Fill, Model};

#[cfg(test)]
mod tests;

/// The path to the facade: what the user says, or `::pickle`.
pub(crate) fn facade(krate: Option<Path>) -> Path {
    krate.unwrap_or_else(|| parse_quote!(::pickle))
}

/// Writes the impls and the registration.
pub(crate) fn expand(input: &DeriveInput, model: &Model<'_>, krate: &Path) -> TokenStream {
    let private = quote!(#krate::__private);
    let instance = instance(model, &private);
    let pickle = pickle(model, &private);
    let unpickle = unpickle(input, model, &private);
    let registration = registration(model, &private);
    quote! {
        const _: () = {
            #instance
            #pickle
            #unpickle
            #registration
        };
    }
}

/// A class without `with_object` is loaded by those who know the type, and by nobody else. So are
/// types that borrow, as an object owns what it has; and types with type parameters, where the
/// bounds (`T: 'static`, and that it can be loaded whatever the input's lifetime) would have to
/// be on `Instance` and so on everything.
fn instance(model: &Model<'_>, private: &TokenStream) -> TokenStream {
    let ident = local(model.ident);
    let (impl_generics, ty_generics, where_clause) = model.generics.split_for_impl();
    let (module, qualname) = (model.module(), model.qualname());
    let aliases = model.options.aliases.iter().map(|alias| {
        let (module, qualname) = (&alias.module, &alias.qualname);
        quote!(#private::Global::new(#module, #qualname))
    });
    let aliases =
        (!model.options.aliases.is_empty()).then(|| quote!(.with_aliases(&[#(#aliases),*])));
    let attributes = model.attributes().map(Field::attribute);
    let is_owned = model.generics.lifetimes().next().is_none();
    let is_concrete = model.generics.type_params().next().is_none();
    let object = (is_owned && is_concrete).then(|| quote!(.with_object::<Self>()));
    quote! {
        #[automatically_derived]
        impl #impl_generics #private::Instance for #ident #ty_generics #where_clause {
            const CLASS: &'static #private::Class =
                &#private::Class::new::<Self>(#module, #qualname)
                    #aliases
                    .with_attributes(&[#(#attributes),*])
                    #object;
        }
    }
}

fn pickle(model: &Model<'_>, private: &TokenStream) -> TokenStream {
    let ident = local(model.ident);
    let (encoder, object) = (name("encoder"), name("object"));
    let bounds = generics::contained(
        &model.generics,
        model.attributes().map(|field| field.ty),
        &quote!(#private::Pickle),
    );
    let bounded = generics::with_bounds(&model.generics, bounds);
    let (impl_generics, ty_generics, where_clause) = bounded.split_for_impl();
    let len = model.attributes().count();
    let mutability = (len > 0).then(|| quote!(mut));
    let attributes = model.attributes().enumerate().map(|(index, field)| {
        let member = local(field.ident);
        let value = if model.packed {
            quote_spanned!(type_span(field)=> &{ self.#member })
        } else {
            quote_spanned!(type_span(field)=> &self.#member)
        };
        quote!(#private::ObjectEncoder::attribute(&mut #object, #index, #value)?;)
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics #private::Pickle for #ident #ty_generics #where_clause {
            fn pickle(&self, #encoder: &mut #private::Encoder<'_>) -> #private::Result<()> {
                let #mutability #object = #private::Encoder::object(
                    #encoder,
                    <Self as #private::Instance>::CLASS,
                    #len,
                )?;
                #(#attributes)*
                #private::ObjectEncoder::end(#object)
            }
        }
    }
}

fn unpickle(input: &DeriveInput, model: &Model<'_>, private: &TokenStream) -> TokenStream {
    let ident = local(model.ident);
    let de = generics::de_lifetime(input.to_token_stream());
    let mut bounds = generics::contained(
        &model.generics,
        model.attributes().map(|field| field.ty),
        &quote!(#private::Unpickle<#de>),
    );
    for field in &model.fields {
        if matches!(field.fill(), Fill::Default)
            && generics::mentions_param(&model.generics, field.ty)
        {
            let ty = field.ty;
            bounds.push(parse_quote!(#ty: ::core::default::Default));
        }
    }
    let bounded = generics::with_bounds(&model.generics, bounds);
    let with_de = generics::with_de(&bounded, &de);
    let (impl_generics, _, where_clause) = with_de.split_for_impl();
    let (_, ty_generics, _) = model.generics.split_for_impl();

    let (cursor, attributes, index) = (name("cursor"), name("attributes"), name("index"));
    let slots: Vec<Ident> = (0..model.attributes().count()).map(slot).collect();
    let arms = model
        .attributes()
        .zip(&slots)
        .enumerate()
        .map(|(index, (field, slot))| {
            let value = quote_spanned! {type_span(field)=>
                #private::Attributes::value(&mut #attributes)?
            };
            quote!(#index => #slot = ::core::option::Option::Some(#value),)
        });
    let mut read = slots.iter().enumerate();
    let fields = model.fields.iter().map(|field| {
        let member = local(field.ident);
        let filled = filled(field);
        let value = match if field.is_skipped() {
            None
        } else {
            read.next()
        } {
            None => filled,
            Some((index, slot)) => {
                let value = name("value");
                let missing = filled.unwrap_or_else(|| {
                    quote! {
                        return ::core::result::Result::Err(
                            #private::Attributes::missing(&#attributes, #index)
                        )
                    }
                });
                Some(quote! {
                    match #slot {
                        ::core::option::Option::Some(#value) => #value,
                        ::core::option::Option::None => #missing,
                    }
                })
            }
        };
        quote!(#member: #value,)
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics #private::Unpickle<#de> for #ident #ty_generics #where_clause {
            fn unpickle(#cursor: #private::Cursor<'_, #de>) -> #private::Result<Self> {
                let mut #attributes = #private::Cursor::object(
                    #cursor,
                    <Self as #private::Instance>::CLASS,
                )?;
                #(let mut #slots = ::core::option::Option::None;)*
                while let ::core::option::Option::Some(#index) =
                    #private::Attributes::next(&mut #attributes)?
                {
                    match #index {
                        #(#arms)*
                        _ => {}
                    }
                }
                ::core::result::Result::Ok(Self { #(#fields)* })
            }
        }
    }
}

/// The value of a field that the pickle does not have, if there is one.
fn filled(field: &Field<'_>) -> Option<TokenStream> {
    match field.fill() {
        Fill::Required => None,
        Fill::Default => {
            Some(quote_spanned!(type_span(field)=> ::core::default::Default::default()))
        }
        Fill::Function(function) => Some(quote!(#function())),
    }
}

/// Types with parameters are as many classes as they have instances: the user registers those.
fn registration(model: &Model<'_>, private: &TokenStream) -> Option<TokenStream> {
    let ty = generics::static_type(&local(model.ident), &model.generics)?;
    Some(quote! {
        #private::inventory::submit! { #private::Registration::of::<#ty>() }
    })
}

/// A name for a variable or parameter, invisible to the user's own expressions.
fn name(name: &str) -> Ident {
    Ident::new(&format!("__{name}"), Span::mixed_site())
}

/// The variable that holds the attribute of this index.
fn slot(index: usize) -> Ident {
    name(&index.to_string())
}

/// A name of the user's as part of generated code: errors point at where it stands, but lints
/// (`deprecated`, say) know that the user did not use it here.
fn local(ident: &Ident) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(generated_at(ident.span()));
    ident
}

/// Where to report that a field's type lacks a trait.
fn type_span(field: &Field<'_>) -> Span {
    generated_at(field.ty.span())
}

fn generated_at(span: Span) -> Span {
    span.resolved_at(Span::call_site())
}
