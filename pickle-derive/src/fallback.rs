//! What stands in for the impls after an error.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{DeriveInput, Path};

use crate::{expand, generics};

/// Adds impls that do nothing to the errors, so that no "the trait bound is not satisfied" for
/// every use of the type drowns them. Nothing is registered.
pub(crate) fn fallback(input: &DeriveInput, krate: &Path, errors: TokenStream) -> TokenStream {
    let private = expand::private();
    let import = expand::import(krate, &private);
    let ident = &input.ident;
    let bare = generics::without_attributes(&input.generics);
    let (impl_generics, ty_generics, where_clause) = bare.split_for_impl();
    let de = generics::de_lifetime(input.to_token_stream());
    let with_de = generics::with_de(&bare, &de);
    let (unpickle_generics, _, _) = with_de.split_for_impl();
    quote! {
        #errors
        const _: () = {
            #import
            #[automatically_derived]
            impl #impl_generics #private::Instance for #ident #ty_generics #where_clause {
                const CLASS: &'static #private::Class =
                    &#private::Class::new::<Self>("", "");
            }
            #[automatically_derived]
            impl #impl_generics #private::Pickle for #ident #ty_generics #where_clause {
                fn pickle(&self, _: &mut #private::Encoder<'_>) -> #private::Result<()> {
                    ::core::unreachable!()
                }
            }
            #[automatically_derived]
            impl #unpickle_generics #private::Unpickle<#de> for #ident #ty_generics #where_clause {
                fn unpickle(_: #private::Cursor<'_, #de>) -> #private::Result<Self> {
                    ::core::unreachable!()
                }
            }
        };
    }
}
