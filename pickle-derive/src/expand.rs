//! From the model to the impls. Nothing can fail here any more.
//!
//! Everything is inside one `const _`; every path starts at `::core` or at the facade's
//! `__private`, imported once; and every name of ours starts with two underscores, for a pattern
//! `value` would not bind if the user's module had a constant `value`, whatever its hygiene.

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
    let instance = instance(model, &private);
    let pickle = pickle(model, &private);
    let unpickle = unpickle(input, model, &private);
    let registration = registration(model, &private);
    quote! {
        const _: () = {
            #import
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
fn instance(model: &Model<'_>, private: &Ident) -> TokenStream {
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
    let object = is_static(model).then(|| quote!(.with_object::<Self>()));
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

fn pickle(model: &Model<'_>, private: &Ident) -> TokenStream {
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
        // From the first token of the field's type to the last, as an error underlines it.
        let (first, last) = type_ends(field);
        let member = with_span(field.ident, last);
        let value = if model.packed {
            let block = quote_spanned!(last=> { self.#member });
            quote_spanned!(first=> & #block)
        } else {
            quote_spanned!(first=> &self.#member)
        };
        quote!(#private::ObjectEncoder::attribute(&mut #object, #index, #value)?;)
    });
    // A pickler may have been told how to write this type; a type with parameters is not one type.
    let overridden = model.generics.params.is_empty().then(|| {
        let written = name("written");
        quote! {
            if let ::core::option::Option::Some(#written) =
                #private::Encoder::overridden(#encoder, self)
            {
                return #written;
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics #private::Pickle for #ident #ty_generics #where_clause {
            fn pickle(&self, #encoder: &mut #private::Encoder<'_>) -> #private::Result<()> {
                #overridden
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

fn unpickle(input: &DeriveInput, model: &Model<'_>, private: &Ident) -> TokenStream {
    let ident = local(model.ident);
    let de = generics::de_lifetime(input.to_token_stream());
    let mut bounds = generics::contained(
        &model.generics,
        model.attributes().map(|field| field.ty),
        &quote!(#private::Unpickle<#de>),
    );
    bounds.retain(|bound| !generics::is_unpickle_for_all(&model.generics, bound));
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
            let span = type_span(field);
            let private = with_span(private, span);
            let value = quote_spanned!(span=> #private::Attributes::value(&mut #attributes)?);
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
    // The pickle may have a registered function make the instance.
    let (mutable, call) = match is_static(model) {
        false => (None, None),
        true => {
            let value = name("value");
            let call = quote! {
                if let ::core::option::Option::Some(#value) =
                    #private::Cursor::call::<Self>(&mut #cursor)?
                {
                    return ::core::result::Result::Ok(#value);
                }
            };
            (Some(quote!(mut)), Some(call))
        }
    };
    quote! {
        #[automatically_derived]
        impl #impl_generics #private::Unpickle<#de> for #ident #ty_generics #where_clause {
            fn unpickle(#mutable #cursor: #private::Cursor<'_, #de>) -> #private::Result<Self> {
                #call
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

/// Whether the type is known to borrow nothing, so that it can do without its type in `dyn Any`.
fn is_static(model: &Model<'_>) -> bool {
    model.generics.lifetimes().next().is_none() && model.generics.type_params().next().is_none()
}

/// The value of a field that the pickle does not have, if there is one.
fn filled(field: &Field<'_>) -> Option<TokenStream> {
    match field.fill() {
        Fill::Required => None,
        Fill::Default => {
            Some(quote_spanned!(type_span(field)=> ::core::default::Default::default()))
        }
        Fill::Function(function) => {
            // If the function returns another type, the error is at its name.
            let span = generated_at(function.span());
            Some(quote_spanned!(span=> #function()))
        }
    }
}

/// Types with parameters are as many classes as they have instances: the user registers those.
fn registration(model: &Model<'_>, private: &Ident) -> Option<TokenStream> {
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
    with_span(ident, generated_at(ident.span()))
}

fn with_span(ident: &Ident, span: Span) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(span);
    ident
}

/// Where to report that a field's type lacks a trait.
fn type_span(field: &Field<'_>) -> Span {
    type_ends(field).0
}

fn type_ends(field: &Field<'_>) -> (Span, Span) {
    let mut tokens = field
        .ty
        .to_token_stream()
        .into_iter()
        .map(|tree| tree.span());
    let first = tokens.next().unwrap_or_else(Span::call_site);
    let last = tokens.last().unwrap_or(first);
    (generated_at(first), generated_at(last))
}

fn generated_at(span: Span) -> Span {
    span.resolved_at(Span::call_site())
}
