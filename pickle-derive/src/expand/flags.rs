//! Flags: structs around an int whose bits have names.

use proc_macro2::TokenStream;
use quote::quote;

use super::class::Body;
use super::{call, class_of_self, fields, name, private, slot};
use crate::model::{Role, Struct};

/// The bodies for a struct around an int.
pub(super) fn flags(model: &Struct<'_>) -> (TokenStream, Body) {
    let (private, class) = (private(), class_of_self());
    let (encoder, cursor) = (name("encoder"), name("cursor"));
    let fields = model.fields.iter().enumerate();
    let bits = fields
        .filter(|(_, field)| field.role == Role::Whole)
        .map(|(index, field)| (slot(index), fields::reference(model, field)));
    let (slots, references): (Vec<_>, Vec<_>) = bits.unzip();
    let call = call(&model.head);
    // Nothing can be missing.
    let build = fields::build(model, |_| TokenStream::new());
    let pickle = quote!(#private::pickle_flags(#encoder, #class, #(*#references)*));
    let body = Body {
        mutable: call.is_some(),
        tokens: quote! {
            #call
            #(let #slots = #private::unpickle_flags(#cursor, #class)?;)*
            ::core::result::Result::Ok(#build)
        },
    };
    (pickle, body)
}

/// The members, as part of the class.
pub(super) fn members(model: &Struct<'_>) -> Option<TokenStream> {
    let private = private();
    let flags = &model.head.options.flags;
    if flags.is_empty() {
        return None;
    }
    let members = flags.iter().map(|(flag, bits)| {
        let flag = syn::ext::IdentExt::unraw(flag).to_string();
        quote!(#private::Member::new(#flag, #private::Constant::Int(#bits)))
    });
    Some(quote!(.with_members(&[#(#members),*])))
}
