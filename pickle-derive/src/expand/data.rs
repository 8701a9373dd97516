//! Structs that are plain data in Python, without a class.

use proc_macro2::TokenStream;
use quote::quote;

use super::class::Body;
use super::{fields, name, object, private, slot};
use crate::model::{Field, Role, Struct};

/// The bodies for a struct that is its only field.
pub(super) fn transparent(model: &Struct<'_>) -> (TokenStream, Body) {
    let (private, encoder, cursor) = (private(), name("encoder"), name("cursor"));
    let mut pickle = TokenStream::new();
    let mut read = TokenStream::new();
    for (index, field) in model.fields.iter().enumerate() {
        if field.is_skipped() {
            continue;
        }
        let (value, slot) = (fields::written(model, field), slot(index));
        pickle = quote!(#private::Pickle::pickle(#value, #encoder));
        let value = match fields::functions(field) {
            Some(module) => quote!(#module::unpickle(#cursor)?),
            None => quote!(#private::Cursor::read(#cursor)?),
        };
        read = quote!(let #slot = #value;);
    }
    // Nothing can be missing.
    let build = fields::build(model, |_| TokenStream::new());
    let body = Body {
        mutable: false,
        tokens: quote! {
            #read
            ::core::result::Result::Ok(#build)
        },
    };
    (pickle, body)
}

/// The bodies for a struct that is a dict whose keys are known.
pub(super) fn dict(model: &Struct<'_>) -> (TokenStream, Body) {
    (write_dict(model), read_dict(model))
}

fn write_dict(model: &Struct<'_>) -> TokenStream {
    let (private, encoder, dict) = (private(), name("encoder"), name("dict"));
    let (key, value) = (name("name"), name("value"));
    let count = object::count(model);
    let names = model.attributes().map(Field::attribute);
    let mut index = 0_usize;
    let entries = model.fields.iter().filter_map(|field| {
        let written = fields::written(model, field);
        match field.role {
            Role::Attribute => {
                let nth = index;
                index += 1;
                let write = quote!(#private::RecordEncoder::named(&mut #dict, #nth, #written)?;);
                Some(fields::unless_skipped(model, field, write))
            }
            Role::Rest => Some(quote! {
                for (#key, #value) in #written {
                    #private::RecordEncoder::entry(&mut #dict, #key, #value)?;
                }
            }),
            _ => None,
        }
    });
    let entries: Vec<_> = entries.collect();
    let mutable = (!entries.is_empty()).then(|| quote!(mut));
    quote! {
        let #mutable #dict = #private::RecordEncoder::begin(#encoder, &[#(#names),*], #count)?;
        #(#entries)*
        #private::RecordEncoder::end(#dict)
    }
}

fn read_dict(model: &Struct<'_>) -> Body {
    let (private, cursor, pairs, index) = (private(), name("cursor"), name("pairs"), name("index"));
    let names = model.attributes().map(Field::attribute);
    let aliases = model
        .attributes()
        .flat_map(|field| &field.options.aliases)
        .map(|alias| alias.value.as_str());
    let names = names.chain(aliases);
    let declarations = object::declare(model);
    let readers = ["Pairs", "entry_into"];
    let arms = object::arms(model, readers, quote!(&mut #pairs), || {
        (
            quote!(#private::Pairs::name(&mut #pairs)?),
            quote!(#private::Pairs::unknown(&mut #pairs)),
        )
    });
    let build = fields::build(model, |field| {
        let attribute = field.attribute();
        quote!(#private::missing_key(#attribute))
    });
    Body {
        mutable: false,
        tokens: quote! {
            let mut #pairs = #private::Cursor::dict(#cursor)?;
            #declarations
            while let ::core::option::Option::Some(#index) =
                #private::Pairs::next_name(&mut #pairs, &[#(#names),*])?
            {
                match #index {
                    #arms
                }
            }
            ::core::result::Result::Ok(#build)
        },
    }
}
