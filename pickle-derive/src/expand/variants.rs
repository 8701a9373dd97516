//! Enums: enumerations, unions of classes, unions of plain data.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::quote;
use syn::{Ident, Lifetime};

use super::class::{Body, class, dump_impl, load_impl, registration};
use super::{call, class_of_self, local, name, private};
use crate::attr::Constant;
use crate::model::{Enum, Style, Variant, first_span};
use crate::symbol::Word;

pub(super) fn expand(model: &Enum<'_>, de: &Lifetime) -> TokenStream {
    let (class, (pickle, unpickle)) = match () {
        () if model.is_enumeration() => (Some(members(model)), enumeration(model)),
        () if model.head.has(Word::Untagged) => (None, union(model, untagged)),
        () => (None, union(model, by_class)),
    };
    let types = || {
        model
            .variants
            .iter()
            .flat_map(|variant| variant.types.iter().copied())
    };
    let pickle = model
        .head
        .dumps()
        .then(|| dump_impl(&model.head, types(), &pickle));
    let unpickle = model
        .head
        .loads()
        .then(|| load_impl(&model.head, types(), Vec::new(), de, false, unpickle));
    quote! {
        #class
        #pickle
        #unpickle
    }
}

/// The class of an enumeration, and its registration.
fn members(model: &Enum<'_>) -> TokenStream {
    let private = private();
    let ident = local(model.head.ident);
    let count = model.variants.len();
    let members = model.variants.iter().map(|variant| {
        let name = variant.name();
        let value = match &variant.options.value {
            Some(value) => constant(value),
            None => {
                let variant = local(variant.ident);
                quote!(#private::Constant::Int(#ident::#variant as ::core::primitive::i64))
            }
        };
        let aliases: Vec<_> = variant.options.aliases.iter().map(|a| &a.value).collect();
        let aliases = (!aliases.is_empty()).then(|| quote!(.with_aliases(&[#(#aliases),*])));
        quote!(#private::Member::new(#name, #value) #aliases)
    });
    let class = class(&model.head, quote!(.with_members(&__MEMBERS)));
    let registration = registration(&model.head);
    quote! {
        static __MEMBERS: [#private::Member; #count] = [#(#members),*];
        #class
        #registration
    }
}

fn constant(constant: &Constant) -> TokenStream {
    let private = private();
    match constant {
        Constant::None => quote!(#private::Constant::None),
        Constant::Bool(value) => quote!(#private::Constant::Bool(#value)),
        Constant::Int(value) => quote!(#private::Constant::Int(#value)),
        Constant::Float(text) => {
            let value: TokenStream = text.parse().unwrap_or_default();
            quote!(#private::Constant::Float(#value))
        }
        Constant::Str(value) => quote!(#private::Constant::Str(#value)),
        Constant::Tuple(items) => {
            let items = items.iter().map(self::constant);
            quote!(#private::Constant::Tuple(&[#(#items),*]))
        }
    }
}

fn enumeration(model: &Enum<'_>) -> (TokenStream, Body) {
    let (private, class) = (private(), class_of_self());
    let (encoder, cursor) = (name("encoder"), name("cursor"));
    let variants: Vec<Ident> = model.variants.iter().map(|v| local(v.ident)).collect();
    let indexes = 0..variants.len();
    let pickle = quote! {
        #private::Encoder::member(#encoder, #class, match self {
            #(Self::#variants => #indexes,)*
        })
    };
    let indexes = 0..variants.len().saturating_sub(1);
    let (last, others) = match variants.split_last() {
        Some((last, others)) => (Some(last), others),
        None => (None, &variants[..]),
    };
    let call = call(&model.head);
    let body = Body {
        mutable: call.is_some(),
        tokens: quote! {
            #call
            ::core::result::Result::Ok(match #private::Cursor::member(#cursor, #class)? {
                #(#indexes => Self::#others,)*
                _ => Self::#last,
            })
        },
    };
    (pickle, body)
}

/// A union, each variant of which is read in its own way.
fn union(
    model: &Enum<'_>,
    read: impl Fn(&Variant<'_>) -> (TokenStream, TokenStream),
) -> (TokenStream, Body) {
    let (private, encoder, cursor) = (private(), name("encoder"), name("cursor"));
    let writes = model.variants.iter().map(|variant| {
        let ident = local(variant.ident);
        let bindings = bindings(variant);
        match (variant.style, &bindings[..]) {
            (Style::Unit, _) => {
                let value = constant(variant.options.value.as_ref().unwrap_or(&Constant::None));
                quote!(Self::#ident => #private::Pickle::pickle(&#value, #encoder),)
            }
            (_, [binding]) => {
                let written = spanned(
                    variant,
                    quote!(#private::Pickle::pickle(#binding, #encoder)),
                );
                quote!(Self::#ident(#binding) => #written,)
            }
            (_, bindings) => quote! {
                Self::#ident(#(#bindings),*) =>
                    #private::Pickle::pickle(&(#(#bindings,)*), #encoder),
            },
        }
    });
    let (reads, expected): (Vec<_>, Vec<_>) = model.variants.iter().map(read).unzip();
    let pickle = quote! {
        match self {
            #(#writes)*
        }
    };
    let body = Body {
        mutable: model.head.has(Word::Untagged),
        tokens: quote! {
            #(#reads)*
            ::core::result::Result::Err(#private::Cursor::mismatch(
                &#cursor,
                &#private::one_of(&[#(&#expected),*]),
            ))
        },
    };
    (pickle, body)
}

/// Code with the span of the variant's type, where an error about that type belongs.
fn spanned(variant: &Variant<'_>, code: TokenStream) -> TokenStream {
    let Some(ty) = variant.types.first() else {
        return code;
    };
    let span = first_span(ty);
    let respan = |tree| match tree {
        TokenTree::Group(group) => {
            let mut respanned = Group::new(group.delimiter(), spanned(variant, group.stream()));
            respanned.set_span(span.resolved_at(group.span()));
            respanned.into()
        }
        mut tree => {
            tree.set_span(span.resolved_at(tree.span()));
            tree
        }
    };
    code.into_iter().map(respan).collect()
}

fn bindings(variant: &Variant<'_>) -> Vec<Ident> {
    (0..variant.types.len()).map(super::slot).collect()
}

/// Reads a variant if the value is an instance of its class.
fn by_class(variant: &Variant<'_>) -> (TokenStream, TokenStream) {
    let (private, cursor, value) = (private(), name("cursor"), name("value"));
    let ident = local(variant.ident);
    let types = &variant.types;
    let class = quote!(#(<#types as #private::Instance>::CLASS)*);
    let unpickle = spanned(variant, quote!(#private::Unpickle::unpickle));
    let read = quote! {
        if #private::Cursor::is_instance(&#cursor, #class) {
            let #value = #unpickle(#cursor)?;
            return ::core::result::Result::Ok(Self::#ident(#value));
        }
    };
    (read, class)
}

/// Reads a variant if the value is of its type.
fn untagged(variant: &Variant<'_>) -> (TokenStream, TokenStream) {
    let (private, cursor, error) = (private(), name("cursor"), name("error"));
    let ident = local(variant.ident);
    let bindings = bindings(variant);
    let (pattern, made, read) = match (variant.style, &bindings[..]) {
        (Style::Unit, _) => {
            let value = constant(variant.options.value.as_ref().unwrap_or(&Constant::None));
            let read = quote!(#private::Cursor::literal(
                #private::Cursor::reborrow(&mut #cursor),
                &[#value],
            ));
            (quote!(_), quote!(Self::#ident), read)
        }
        (_, [binding]) => (quote!(#binding), quote!(Self::#ident(#binding)), {
            let unpickle = spanned(variant, quote!(#private::Unpickle::unpickle));
            quote!(#unpickle(#private::Cursor::reborrow(&mut #cursor)))
        }),
        (_, bindings) => (
            quote!((#(#bindings,)*)),
            quote!(Self::#ident(#(#bindings),*)),
            quote!(#private::Unpickle::unpickle(#private::Cursor::reborrow(&mut #cursor))),
        ),
    };
    let read = quote! {
        match #read {
            ::core::result::Result::Ok(#pattern) => return ::core::result::Result::Ok(#made),
            ::core::result::Result::Err(#error) if #private::is_mismatch(&#error) => {}
            ::core::result::Result::Err(#error) => return ::core::result::Result::Err(#error),
        }
    };
    let text = variant.ident.to_string();
    (read, quote!(#text))
}
