//! `#[pickle::function]`: Rust functions that pickles may call.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{GenericArgument, Ident, PathArguments, Type, parse_quote};

use crate::attr::ItemOptions;
use crate::ctxt::Ctxt;
use crate::expand;
use crate::item::{Argument, Function};
use crate::symbol::Place;

/// Writes the function and its registration.
pub(crate) fn function(args: TokenStream, item: TokenStream) -> TokenStream {
    let ctxt = Ctxt::new();
    let options = ItemOptions::parse(&ctxt, args, Place::Function);
    let registration = match syn::parse2(item.clone()) {
        Ok(parsed) => register(&ctxt, &options, &parsed),
        Err(error) => {
            ctxt.push(error);
            None
        }
    };
    // A registration besides would only add to the errors.
    match ctxt.finish() {
        Ok(()) => quote!(#item #registration),
        Err(errors) => quote!(#item #errors),
    }
}

fn register(ctxt: &Ctxt, options: &ItemOptions, parsed: &Function) -> Option<TokenStream> {
    for qualifier in &parsed.qualifiers {
        if qualifier == "async" || qualifier == "unsafe" {
            let message = format!("a pickle cannot call a function that is `{qualifier}`");
            ctxt.over(qualifier, message);
        }
    }
    if let Some(param) = parsed.generics.type_params().next() {
        let message = "a generic function is many functions, and a pickle calls one: register a \
                       function for the types that pickles have";
        ctxt.over(param, message);
    }
    if let Some(param) = parsed.generics.const_params().next() {
        ctxt.over(param, "a pickle cannot say what the parameter is");
    }
    let mut types = Vec::new();
    for argument in &parsed.arguments {
        match argument {
            Argument::Typed(ty) => types.push(&**ty),
            Argument::Receiver(ident) => {
                let message = "`#[pickle::function]` belongs on a function outside of an `impl`, \
                               or use `pickle::register!(fn …)`";
                ctxt.over(ident, message);
            }
        }
    }

    let private = expand::private();
    let import = expand::import(&expand::facade(options.krate.clone()), &private);
    let Function { ident, output, .. } = parsed;
    let module = options
        .module
        .as_ref()
        .map_or("__main__", |text| &text.value);
    let name = match &options.name {
        Some(text) => text.value.clone(),
        None => ident.unraw().to_string(),
    };
    let unit: Type = parse_quote!(());
    let output = output.as_ref().unwrap_or(&unit);
    let names: Vec<Ident> = (0..types.len())
        .map(|nth| format_ident!("__{nth}"))
        .collect();
    let (result, call) = match ok_type(output) {
        Some(result) => (
            result,
            quote!(#ident(#(#names),*).map_err(#private::function_error)?),
        ),
        None => (output, quote!(#ident(#(#names),*))),
    };
    Some(quote! {
        const _: () = {
            #import
            #private::inventory::submit! {
                #private::Registration::function(
                    &#private::Function::new::<#result>(#module, #name, |__cursor| {
                        let (#(#names,)*): (#(#types,)*) = #private::Unpickle::unpickle(__cursor)?;
                        let __result: #result = #call;
                        ::core::result::Result::Ok(#private::boxed(__result))
                    })
                )
            }
        };
    })
}

/// `T` of a `Result<T, …>`, by the name alone.
fn ok_type(output: &Type) -> Option<&Type> {
    let Type::Path(path) = output else {
        return None;
    };
    let last = path
        .path
        .segments
        .last()
        .filter(|last| last.ident == "Result")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    }
}
