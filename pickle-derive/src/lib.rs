//! `#[derive(Pickle)]`.

mod attr;
mod check;
mod ctxt;
mod expand;
mod fallback;
mod generics;
mod model;
mod symbol;

use proc_macro::TokenStream;
use syn::DeriveInput;

use crate::ctxt::Ctxt;
use crate::model::Model;

/// Derives `Pickle`.
#[proc_macro_derive(Pickle, attributes(pickle))]
pub fn derive_pickle(input: TokenStream) -> TokenStream {
    match syn::parse(input) {
        Ok(input) => derive(&input).into(),
        Err(error) => error.into_compile_error().into(),
    }
}

fn derive(input: &DeriveInput) -> proc_macro2::TokenStream {
    let ctxt = Ctxt::new();
    let (model, krate) = Model::new(&ctxt, input);
    if let Some(model) = &model {
        check::check(&ctxt, model);
    }
    let krate = expand::facade(krate);
    match (ctxt.finish(), &model) {
        (Ok(()), Some(model)) => expand::expand(input, model, &krate),
        (Ok(()), None) => proc_macro2::TokenStream::new(),
        (Err(errors), _) => fallback::fallback(input, &krate, errors),
    }
}
