//! `#[pickle::dynamic]`: traits whose objects can be loaded, and what implements them.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, GenericParam, Ident, Path, Token, TypeParamBound, Visibility, parse_quote};

use crate::attr::ItemOptions;
use crate::ctxt::Ctxt;
use crate::item::{Impl, Trait};
use crate::symbol::{Place, Word};
use crate::{expand, generics};

/// Writes what the attribute adds to its item, and the item.
pub(crate) fn dynamic(args: TokenStream, item: TokenStream) -> TokenStream {
    let ctxt = Ctxt::new();
    let expanded = match syn::parse2(item.clone()) {
        Ok(Kind::Trait) => trait_(&ctxt, args, item.clone()),
        Ok(Kind::Impl) => impl_(&ctxt, args, item.clone()),
        Ok(Kind::Other) => {
            let message = "`#[pickle::dynamic]` belongs on a trait or on an impl of one";
            ctxt.at(proc_macro2::Span::call_site(), message);
            None
        }
        Err(error) => {
            ctxt.push(error);
            None
        }
    };
    let errors = ctxt.finish().err();
    let item = expanded.unwrap_or(item);
    quote!(#item #errors)
}

/// What the attribute stands on.
enum Kind {
    Trait,
    Impl,
    Other,
}

impl Parse for Kind {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Attribute::parse_outer(input)?;
        input.parse::<Visibility>()?;
        input.parse::<Option<Token![unsafe]>>()?;
        let kind = match () {
            () if input.peek(Token![trait]) => Self::Trait,
            () if input.peek(Token![impl]) => Self::Impl,
            () => Self::Other,
        };
        // The rest is for those who know what it is.
        input.parse::<TokenStream>()?;
        Ok(kind)
    }
}

/// The trait, its objects' part in loading, and dumping as what it demands.
fn trait_(ctxt: &Ctxt, args: TokenStream, item: TokenStream) -> Option<TokenStream> {
    let options = ItemOptions::parse(ctxt, args, Place::Trait);
    let parsed: Trait = match syn::parse2(item.clone()) {
        Ok(parsed) => parsed,
        Err(error) => {
            ctxt.push(error);
            return None;
        }
    };
    let before = ctxt.count();
    for param in parsed.generics.lifetimes() {
        ctxt.over(param, BORROWS);
    }
    if let Some(name) = parsed.body.associated_type() {
        let message = format!(
            "a `#[pickle::dynamic]` trait has no associated types: make `{name}` a type \
             parameter of the trait"
        );
        ctxt.over(name, message);
    }
    if ctxt.count() > before {
        return None;
    }

    let krate = expand::facade(options.krate.clone());
    let private = expand::private();
    let import = expand::import(&krate, &private);
    let de = generics::de_lifetime(item);
    let mut bare = generics::without_attributes(&parsed.generics);
    let owned = bare.type_params().map(|param| &param.ident);
    let owned: Vec<_> = owned.map(|ident| parse_quote!(#ident: 'static)).collect();
    bare = generics::with_bounds(&bare, owned);
    let with_de = generics::with_de(&bare, &de);
    let (impl_generics, ty_generics, where_clause) = bare.split_for_impl();
    let (de_generics, ..) = with_de.split_for_impl();
    let ident = &parsed.ident;
    let object = quote!(dyn #ident #ty_generics);

    let demanded: Vec<_> = ["Send", "Sync"]
        .into_iter()
        .filter(|name| demands(&parsed, name))
        .map(|name| Ident::new(name, proc_macro2::Span::call_site()))
        .collect();
    let strictest = quote!(#object #(+ ::core::marker::#demanded)*);
    // `dyn Shape`, `dyn Shape + Send` and so on are types of their own.
    let objects = (0..1 << demanded.len()).map(|set: usize| {
        let chosen = demanded.iter().enumerate();
        let chosen = chosen
            .filter(|(nth, _)| set & (1 << nth) != 0)
            .map(|(_, name)| name);
        quote!(#object #(+ ::core::marker::#chosen)*)
    });
    let [boxed, weak] = [&POINTERS[..3], &POINTERS[3..]].map(|pointers| {
        let functions = pointers.iter().map(|names| {
            let [function, method, pointer] =
                names.map(|name| Ident::new(name, proc_macro2::Span::call_site()));
            quote! {
                fn #function(
                    cursor: #private::Cursor<'_, #de>,
                ) -> #private::Result<#private::#pointer<Self>> {
                    let value = #private::Cursor::#method::<#strictest>(cursor)?;
                    ::core::result::Result::Ok(value)
                }
            }
        });
        functions.collect::<TokenStream>()
    });
    let supertrait: Option<TypeParamBound> =
        (!options.words.has(Word::LoadOnly)).then(|| parse_quote!(#krate::__private::Pickle));
    let loading = objects.map(|object| {
        quote! {
            #[automatically_derived]
            impl #de_generics #private::UnpickleBoxed<#de> for #object #where_clause {
                #boxed
            }
            #[automatically_derived]
            impl #de_generics #private::UnpickleWeak<#de> for #object #where_clause {
                #weak
            }
        }
    });
    let loading: TokenStream = loading.collect();
    let impls = quote! {
        const _: () = {
            #import
            #[automatically_derived]
            impl #impl_generics #private::Dynamic for #object #where_clause {
                type Strictest = #strictest;
            }
            #loading
        };
    };
    let item = parsed.with_supertrait(supertrait);
    Some(quote!(#item #impls))
}

/// How objects are loaded: the function of `UnpickleBoxed`, and of `UnpickleWeak`, the method of the
/// cursor, the pointer.
const POINTERS: [[&str; 3]; 5] = [
    ["unpickle_box", "dynamic", "Box"],
    ["unpickle_rc", "dynamic_rc", "Rc"],
    ["unpickle_arc", "dynamic_arc", "Arc"],
    ["unpickle_rc_weak", "dynamic_rc_weak", "RcWeak"],
    ["unpickle_arc_weak", "dynamic_arc_weak", "ArcWeak"],
];

/// Whether a trait says that all its implementors are `Send`, or `Sync`.
fn demands(parsed: &Trait, name: &str) -> bool {
    parsed.supertraits.iter().any(|bound| match bound {
        TypeParamBound::Trait(bound) => bound
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == name),
        _ => false,
    })
}

/// The impl, and its registration.
fn impl_(ctxt: &Ctxt, args: TokenStream, item: TokenStream) -> Option<TokenStream> {
    let options = ItemOptions::parse(ctxt, args, Place::Impl);
    let parsed: Impl = match syn::parse2(item.clone()) {
        Ok(parsed) => parsed,
        Err(error) => {
            ctxt.push(error);
            return None;
        }
    };
    let krate = expand::facade(options.krate.clone());
    if !check_parameters(ctxt, &parsed, &krate) {
        return None;
    }
    let private = expand::private();
    let import = expand::import(&krate, &private);
    let Impl { of, ty, .. } = &parsed;
    Some(quote! {
        #item
        const _: () = {
            #import
            #private::register! { #ty as dyn #of }
        };
    })
}

/// A class is one type: reports parameters.
fn check_parameters(ctxt: &Ctxt, parsed: &Impl, krate: &Path) -> bool {
    let Impl { generics, of, ty } = parsed;
    let is_anonymous = ty.to_token_stream().to_string().contains("'_");
    let Some(param) = generics.params.first() else {
        if is_anonymous {
            ctxt.over(ty, BORROWS);
        }
        return !is_anonymous;
    };
    match generics
        .params
        .iter()
        .find(|param| !matches!(param, GenericParam::Lifetime(_)))
    {
        None => ctxt.over(param, BORROWS),
        Some(param) => {
            let krate = krate.to_token_stream().to_string().replace(' ', "");
            let krate = krate.trim_start_matches("::");
            let (of, ty) = (shown(of), shown(ty));
            ctxt.over(
                param,
                format!(
                    "a generic impl is many classes: remove `#[pickle::dynamic]` and register each, \
                     `{krate}::register!({ty} as dyn {of});` with types in place of the \
                     parameters"
                ),
            );
        }
    }
    false
}

const BORROWS: &str = "what borrows cannot be loaded behind `dyn`, where every type owns its data";

/// Tokens without the spaces between them.
fn shown(tokens: &impl ToTokens) -> String {
    tokens
        .to_token_stream()
        .to_string()
        .replace(' ', "")
        .replace(',', ", ")
}
