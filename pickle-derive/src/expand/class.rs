//! What every type gets: the impls around what is particular, the class, the registration.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Lifetime, Type, parse_quote};

use super::{fields, flags, local, name, private};
use crate::generics;
use crate::model::{Field, Fill, Head, Role, Struct};
use crate::symbol::Word;

/// A body, and whether it takes its parameter as `mut`.
pub(super) struct Body {
    pub(super) mutable: bool,
    pub(super) tokens: TokenStream,
}

/// A class without `with_object` is loaded by those who know the type, and by nobody else. So are
/// types that borrow, as an object owns what it has; and types with type parameters, where the
/// bounds (`T: 'static`, and that it can be loaded whatever the input's lifetime) would have to
/// be on `Instance` and so on everything.
pub(super) fn instance(model: &Struct<'_>) -> TokenStream {
    let private = private();
    let own: Vec<_> = model.attributes().map(Field::attribute).collect();
    let bases: Vec<_> = model
        .with_role(Role::Flatten)
        .map(|field| field.ty)
        .collect();
    let attributes = match bases.is_empty() {
        true => quote!(&[#(#own),*]),
        // Those of base classes come last, so that the indexes of the struct's own are known.
        false => {
            let (parts, names) = (quote!(__PARTS), quote!(__NAMES));
            quote!({
                const #parts: &[&[&::core::primitive::str]] = &[
                    &[#(#own),*],
                    #(#private::Class::attributes(<#bases as #private::Instance>::CLASS),)*
                ];
                const #names: [&::core::primitive::str; #private::total(#parts)] =
                    #private::concat(#parts);
                &#names
            })
        }
    };
    let aliases: Vec<_> = model
        .attributes()
        .flat_map(|field| &field.options.aliases)
        .map(|alias| &alias.value)
        .collect();
    let aliases = (!aliases.is_empty()).then(|| quote!(.with_attribute_aliases(&[#(#aliases),*])));
    let members = flags::members(model);
    class(
        &model.head,
        quote!(.with_attributes(#attributes) #aliases #members),
    )
}

/// The impl of `Instance`, with what else there is to say of the class.
pub(super) fn class(head: &Head<'_>, more: TokenStream) -> TokenStream {
    let private = private();
    let ident = local(head.ident);
    let (impl_generics, ty_generics, where_clause) = head.generics.split_for_impl();
    let (module, qualname) = (head.module(), head.qualname());
    let maker = head.options.maker.iter();
    let aliases: Vec<_> = maker
        .chain(&head.options.aliases)
        .map(|alias| {
            let (module, qualname) = (&alias.module, &alias.qualname);
            quote!(#private::Global::new(#module, #qualname))
        })
        .collect();
    let aliases = (!aliases.is_empty()).then(|| quote!(.with_aliases(&[#(#aliases),*])));
    let is_object = head.is_static() && head.dumps() && head.loads();
    let object = is_object.then(|| {
        quote! {
            .with_object::<Self>()
            .with_traits(#private::traits!(Self))
        }
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics #private::Instance for #ident #ty_generics #where_clause {
            const CLASS: &'static #private::Class =
                &#private::Class::new::<Self>(#module, #qualname)
                    #aliases
                    #more
                    #object;
        }
    }
}

/// The impl of `Pickle` around its body.
pub(super) fn pickle_impl(model: &Struct<'_>, body: &TokenStream) -> TokenStream {
    dump_impl(&model.head, plain_types(model), body)
}

pub(super) fn dump_impl<'a>(
    head: &Head<'_>,
    types: impl Iterator<Item = &'a Type>,
    body: &TokenStream,
) -> TokenStream {
    let (private, encoder) = (private(), name("encoder"));
    let ident = local(head.ident);
    let bounds = generics::contained(&head.generics, types, &quote!(#private::Pickle));
    let bounded = generics::with_bounds(&head.generics, bounds);
    let (impl_generics, ty_generics, where_clause) = bounded.split_for_impl();
    // A pickler may have been told how to write this type; a type with parameters is not one type.
    let overridden = head.generics.params.is_empty().then(|| {
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
                #body
            }
        }
    }
}

/// The impl of `Unpickle` around its body.
pub(super) fn unpickle_impl(model: &Struct<'_>, de: &Lifetime, body: Body) -> TokenStream {
    let mut defaults = Vec::new();
    for field in &model.fields {
        if matches!(field.fill(), Fill::Default)
            && generics::mentions_param(&model.head.generics, field.ty)
        {
            let ty = field.ty;
            defaults.push(parse_quote!(#ty: ::core::default::Default));
        }
    }
    let types = plain_types(model);
    load_impl(&model.head, types, defaults, de, streams(model), body)
}

/// Whether reading calls nothing of the user's, and asks for nothing but what a pickle that is
/// decoded as it is read can give.
fn streams(model: &Struct<'_>) -> bool {
    let is_data = model.has(Word::Transparent) || model.has(Word::Dict) || model.is_plain();
    let is_simple = |field: &Field<'_>| {
        fields::functions(field).is_none()
            && !matches!(field.fill(), Fill::Function(_))
            && field.role != Role::Flatten
    };
    is_data && model.head.options.upgrade.is_none() && model.fields.iter().all(is_simple)
}

pub(super) fn load_impl<'a>(
    head: &Head<'_>,
    types: impl Iterator<Item = &'a Type>,
    more: Vec<syn::WherePredicate>,
    de: &Lifetime,
    streams: bool,
    body: Body,
) -> TokenStream {
    let (private, cursor) = (private(), name("cursor"));
    let ident = local(head.ident);
    let mut bounds = generics::contained(&head.generics, types, &quote!(#private::Unpickle<#de>));
    bounds.retain(|bound| !generics::is_unpickle_for_all(&head.generics, bound));
    bounds.extend(more);
    let bounded = generics::with_bounds(&head.generics, bounds);
    let with_de = generics::with_de(&bounded, de);
    let (impl_generics, _, where_clause) = with_de.split_for_impl();
    let (_, ty_generics, _) = head.generics.split_for_impl();
    let mutable = body.mutable.then(|| quote!(mut));
    let streams = streams.then(|| {
        quote!(
            const STREAMS: ::core::primitive::bool = true;
        )
    });
    let body = body.tokens;
    quote! {
        #[automatically_derived]
        impl #impl_generics #private::Unpickle<#de> for #ident #ty_generics #where_clause {
            #streams

            fn unpickle(#mutable #cursor: #private::Cursor<'_, #de>) -> #private::Result<Self> {
                #body
            }
        }
    }
}

/// The types of fields that write and read themselves.
pub(super) fn plain_types<'a>(model: &'a Struct<'_>) -> impl Iterator<Item = &'a Type> {
    model
        .used()
        .filter(|field| field.options.with.is_none())
        .map(|field| field.ty)
}

/// Types with parameters are as many classes as they have instances: the user registers those.
pub(super) fn registration(head: &Head<'_>) -> Option<TokenStream> {
    let private = private();
    let ty = generics::static_type(&local(head.ident), &head.generics)?;
    Some(quote! {
        #private::inventory::submit! { #private::Registration::of::<#ty>() }
    })
}
