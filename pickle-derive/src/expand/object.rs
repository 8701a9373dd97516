//! Attributes, which nearly all instances have and nothing else.

use proc_macro2::TokenStream;
use quote::quote;

use super::class::Body;
use super::{call, class_of_self, fields, local, name, private, slot};
use crate::generics;
use crate::model::{Field, Role, Struct};
use crate::symbol::Word;

/// The bodies for an instance with attributes and nothing else.
pub(super) fn object(model: &Struct<'_>) -> (TokenStream, Body) {
    (pickle(), unpickle(model))
}

fn pickle() -> TokenStream {
    let (private, class) = (private(), class_of_self());
    let encoder = name("encoder");
    quote!(#private::object(#encoder, #class, self))
}

/// How many attributes there are.
pub(super) fn count(model: &Struct<'_>) -> TokenStream {
    let private = private();
    let always = |field: &&Field<'_>| field.is_attribute() && field.options.skip_if.is_none();
    let own = model.fields.iter().filter(always).count();
    let more = model.fields.iter().filter_map(|field| {
        let value = fields::reference(model, field);
        match field.role {
            _ if field.is_attribute() => {
                let skip_if = field.options.skip_if.as_ref()?;
                Some(quote!(+ #private::unless(#skip_if(#value))))
            }
            Role::Rest => Some(quote!(+ #private::count(#value))),
            Role::Flatten => Some(quote!(+ #private::PickleAttributes::attribute_count(#value))),
            _ => None,
        }
    });
    quote!(#own #(#more)*)
}

/// Statements that write the attributes, in the order of the fields.
pub(super) fn write(model: &Struct<'_>, sink: &TokenStream) -> TokenStream {
    let (private, class) = (private(), class_of_self());
    let (key, value) = (name("name"), name("value"));
    let mut index = 0_usize;
    let mut writes = TokenStream::new();
    for field in &model.fields {
        let written = fields::written(model, field);
        writes.extend(match field.role {
            _ if field.is_slot() => {
                index += 1;
                continue;
            }
            _ if field.is_attribute() => {
                let nth = index;
                index += 1;
                let write =
                    quote!(#private::AttributeSink::attribute(#sink, #class, #nth, #written)?;);
                fields::unless_skipped(model, field, write)
            }
            Role::Rest => quote! {
                for (#key, #value) in #written {
                    #private::AttributeSink::attribute_named(#sink, #key, #value)?;
                }
            },
            Role::Flatten => {
                quote!(#private::PickleAttributes::pickle_attributes(#written, #sink)?;)
            }
            _ => continue,
        });
    }
    writes
}

/// The impl by which a subclass can write the attributes among its own.
pub(super) fn attributes(model: &Struct<'_>) -> TokenStream {
    let (private, sink) = (private(), name("sink"));
    let ident = local(model.head.ident);
    let bounds = generics::contained(
        &model.head.generics,
        super::class::plain_types(model),
        &quote!(#private::Pickle),
    );
    let bounded = generics::with_bounds(&model.head.generics, bounds);
    let (impl_generics, ty_generics, where_clause) = bounded.split_for_impl();
    let count = count(model);
    let writes = write(model, &quote!(#sink));
    let sink = match writes.is_empty() {
        true => name("_sink"),
        false => sink,
    };
    quote! {
        #[automatically_derived]
        impl #impl_generics #private::PickleAttributes for #ident #ty_generics #where_clause {
            #[inline]
            fn attribute_count(&self) -> ::core::primitive::usize {
                #count
            }

            #[inline]
            fn pickle_attributes<__S: #private::AttributeSink>(
                &self,
                #sink: &mut __S,
            ) -> #private::Result<()> {
                #writes
                ::core::result::Result::Ok(())
            }
        }
    }
}

fn unpickle(model: &Struct<'_>) -> Body {
    let (private, class) = (private(), class_of_self());
    let (cursor, attributes) = (name("cursor"), name("attributes"));
    let bases = read_bases(model);
    let declarations = declare(model);
    let read = read(model);
    let build = fields::build(model, |field| missing(model, field));
    let body = quote! {
        #bases
        let mut #attributes = #private::Cursor::object(#cursor, #class)?;
        #declarations
        #read
        ::core::result::Result::Ok(#build)
    };
    wrap(model, body, !bases.is_empty())
}

/// Puts around a body what comes before reading an instance: the state is made the one of today,
/// and a registered function may have to make the instance.
pub(super) fn wrap(model: &Struct<'_>, body: TokenStream, mutable: bool) -> Body {
    let (private, class, cursor) = (private(), class_of_self(), name("cursor"));
    let (state, call) = (name("state"), call(&model.head));
    let body = match &model.head.options.upgrade {
        None => body,
        Some(upgrade) => {
            let mutable = mutable.then(|| quote!(mut));
            quote! {
                #private::Cursor::upgraded(
                    #cursor,
                    #class,
                    |#state| #private::Outcome::outcome(#upgrade(#state)),
                    |#mutable #cursor: #private::Cursor<'_, '_>| { #body },
                )
            }
        }
    };
    let upgraded = model.head.options.upgrade.is_some();
    Body {
        mutable: call.is_some() || (mutable && !upgraded),
        tokens: quote!(#call #body),
    }
}

/// Reads what the instance has as one of its base classes.
pub(super) fn read_bases(model: &Struct<'_>) -> TokenStream {
    let (private, cursor) = (private(), name("cursor"));
    let fields = model.fields.iter().enumerate();
    fields
        .filter(|(_, field)| field.role == Role::Flatten)
        .map(|(index, _)| {
            let slot = slot(index);
            quote!(let #slot = #private::Cursor::base_class(&mut #cursor)?;)
        })
        .collect()
}

/// Declares the variables for the attributes.
pub(super) fn declare(model: &Struct<'_>) -> TokenStream {
    let fields = model.fields.iter().enumerate();
    fields
        .filter_map(|(index, field)| {
            let slot = slot(index);
            match field.role {
                Role::Attribute | Role::Slot => {
                    Some(quote!(let mut #slot = ::core::option::Option::None;))
                }
                // Read before, as an argument.
                Role::Rest => {
                    let ty = field.ty;
                    let value = fields::filled(field)?;
                    Some(quote!(let mut #slot: #ty = #value;))
                }
                _ => None,
            }
        })
        .collect()
}

/// Goes through the attributes and puts each where it belongs.
pub(super) fn read(model: &Struct<'_>) -> TokenStream {
    let (private, attributes, index) = (private(), name("attributes"), name("index"));
    let names = ["Attributes", "attribute_into"];
    let arms = arms(model, names, quote!(&mut #attributes), || {
        let name = quote!(#private::attribute_name(&#attributes));
        (name, quote!(#private::Attributes::unknown(&#attributes)))
    });
    quote! {
        while let ::core::option::Option::Some(#index) =
            #private::Attributes::next(&mut #attributes)?
        {
            match #index {
                #arms
            }
        }
    }
}

/// The arms that read the value of an attribute or key by its index. `unknown` gives the name and
/// the error of one that has none.
pub(super) fn arms(
    model: &Struct<'_>,
    [reader, into]: [&str; 2],
    receiver: TokenStream,
    unknown: impl Fn() -> (TokenStream, TokenStream),
) -> TokenStream {
    let (private, index, class) = (private(), name("index"), class_of_self());
    let own = model.attributes().count();
    let has_bases = model.with_role(Role::Flatten).next().is_some();
    let total = quote!(#private::Class::attributes(#class).len());
    let mut arms = TokenStream::new();
    let mut alias = 0_usize;
    let slots = model.fields.iter().enumerate();
    let attributes = slots.filter(|(_, field)| field.is_attribute() || field.is_slot());
    for (nth, (at, field)) in attributes.enumerate() {
        let slot = slot(at);
        let read = fields::read_into(field, into, &receiver, &slot);
        let aliases = alias..alias + field.options.aliases.len();
        alias = aliases.end;
        if has_bases {
            arms.extend(quote!(#nth => #read,));
            for alias in aliases {
                arms.extend(quote!(_ if #index == #total + #alias => #read,));
            }
        } else {
            let aliases = aliases.map(|alias| own + alias);
            arms.extend(quote!(#nth #(| #aliases)* => #read,));
        }
    }
    if has_bases {
        // Read with the base class.
        arms.extend(quote!(_ if #index < #total => {}));
    }
    let rest = model
        .fields
        .iter()
        .position(|field| field.role == Role::Rest);
    arms.extend(match rest {
        Some(at) => {
            let (slot, (name, _)) = (slot(at), unknown());
            let reader = syn::Ident::new(reader, proc_macro2::Span::call_site());
            quote! {
                _ => ::core::iter::Extend::extend(
                    &mut #slot,
                    [(#name, #private::#reader::value(#receiver)?)],
                ),
            }
        }
        None if model.has(Word::DenyUnknown) => {
            let (_, error) = unknown();
            quote!(_ => return ::core::result::Result::Err(#error),)
        }
        None => quote!(_ => {}),
    });
    arms
}

/// The error of an instance that lacks an attribute.
pub(super) fn missing(_: &Struct<'_>, field: &Field<'_>) -> TokenStream {
    let (private, class, attribute) = (private(), class_of_self(), field.attribute());
    quote!(#private::missing_attribute(#class, #attribute))
}
