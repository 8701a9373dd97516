//! Instances of every other shape: made of arguments, with items, with a state of their own.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use super::class::Body;
use super::object::{self, wrap};
use super::{class_of_self, fields, name, private, slot};
use crate::attr::{ItemsKind, StateKind};
use crate::model::{Field, Role, Struct};
use crate::symbol::Word;

/// Whether a call makes the instance, at every protocol alike, rather than the class's `__new__`.
fn is_call(model: &Struct<'_>) -> bool {
    model.has(Word::Reduce)
        || model.has(Word::Exception)
        || model.items_of(ItemsKind::Set).is_some()
}

pub(super) fn pickle(model: &Struct<'_>) -> TokenStream {
    let (private, encoder) = (private(), name("encoder"));
    let (instance, protocol) = (name("instance"), name("protocol"));
    let make = make(model);
    let items = items(model);
    let state = write_state(model);
    let slots = has_slots(model).then(|| quote!(#private::check_slots(#encoder)?;));
    let args = loses_args(model).then(|| {
        let class = class_of_self();
        quote!(#private::check_args(#encoder, #class)?;)
    });
    let (mutable, protocol) = match (items.is_some() || state.is_some(), uses_protocol(model)) {
        (mutable, true) => (
            mutable,
            Some(quote!(let #protocol = #private::Encoder::protocol(#encoder);)),
        ),
        (mutable, false) => (mutable, None),
    };
    let mutable = mutable.then(|| quote!(mut));
    let places: Vec<_> = model
        .fields
        .iter()
        .filter(|field| field.is_twofold())
        .map(fields::place)
        .collect();
    let end = match places.is_empty() {
        true => quote!(#private::ReduceEncoder::end(#instance)),
        false => quote! {
            #private::ReduceEncoder::end(#instance)?;
            #private::forget(#encoder, &[#(&#places),*]);
            ::core::result::Result::Ok(())
        },
    };
    quote! {
        #slots
        #args
        #protocol
        #(let #places = #private::Place::new();)*
        let #mutable #instance = #make;
        #items
        #state
        #end
    }
}

/// Whether arguments of `__new__` are nowhere else, and so not in what protocols 0 and 1 write.
fn loses_args(model: &Struct<'_>) -> bool {
    let mut args = model.fields.iter().filter(|field| match field.role {
        Role::Arg => model.has(Word::Newargs),
        Role::Kwarg | Role::Args => true,
        _ => false,
    });
    !is_call(model) && args.any(|field| !field.is_twofold())
}

fn has_slots(model: &Struct<'_>) -> bool {
    model.fields.iter().any(Field::is_slot)
}

fn uses_protocol(model: &Struct<'_>) -> bool {
    model.has(Word::Getstate) || (model.items().next().is_some() && !is_call(model))
}

/// The expression that makes the instance.
fn make(model: &Struct<'_>) -> TokenStream {
    let (private, class, encoder) = (private(), class_of_self(), name("encoder"));
    let args = args(model);
    if is_call(model) {
        return match &model.head.options.maker {
            None => quote!(#private::Encoder::reduce(#encoder, #class, &#args)?),
            Some(maker) => {
                let (module, qualname) = (&maker.module, &maker.qualname);
                let function = quote!(#private::Global::new(#module, #qualname));
                quote!(#private::Encoder::reduce(#encoder, &#function, &#args)?)
            }
        };
    }
    let (base, value) = match (&model.head.options.base, model.items().next()) {
        (Some(base), _) => {
            let value = model
                .with_role(Role::Arg)
                .map(|field| fields::written(model, field));
            (base.as_str(), quote!(#(#value)*))
        }
        (None, Some((field, ItemsKind::Dict))) => {
            let (items, dict) = (fields::reference(model, field), name("dict"));
            let entries = entries(&items, &quote!(DictEncoder), &quote!(#dict));
            let items = quote! {
                &#private::dict(#private::count(#items), |#dict| {
                    #entries
                    ::core::result::Result::Ok(())
                })
            };
            ("dict", items)
        }
        (None, Some((field, _))) => {
            let items = fields::reference(model, field);
            ("list", quote!(&#private::Items(#items)))
        }
        (None, None) if model.has(Word::Namedtuple) => ("tuple", quote!(&#args)),
        (None, None) => ("object", quote!(&#private::Nothing)),
    };
    if model.with_role(Role::Kwarg).next().is_some() {
        let kwargs = kwargs(model);
        return quote! {
            #private::new_object_ex(#encoder, #class, &#args, &#kwargs, #base, #value)?
        };
    }
    quote!(#private::new_object(#encoder, #class, &#args, #base, #value)?)
}

/// The tuple of arguments.
fn args(model: &Struct<'_>) -> TokenStream {
    let (private, tuple) = (private(), name("tuple"));
    if let Some(field) = model.with_role(Role::Args).next() {
        return fields::reference(model, field);
    }
    let mut args: Vec<_> = model
        .with_role(Role::Arg)
        .map(|field| fields::written(model, field))
        .collect();
    if let Some(field) = model.items_of(ItemsKind::Set) {
        let items = fields::reference(model, field);
        args.push(quote!(&#private::Items(#items)));
    }
    let count = args.len();
    let tuple = match count {
        0 => name("_tuple"),
        _ => tuple,
    };
    quote! {
        #private::tuple(#count, |#tuple| {
            #(#private::TupleEncoder::item(#tuple, #args)?;)*
            ::core::result::Result::Ok(())
        })
    }
}

/// The dict of keyword arguments.
fn kwargs(model: &Struct<'_>) -> TokenStream {
    let (private, dict) = (private(), name("dict"));
    let names = model.with_role(Role::Kwarg).map(Field::attribute);
    let values = model
        .with_role(Role::Kwarg)
        .map(|field| fields::written(model, field));
    let count = model.with_role(Role::Kwarg).count();
    quote! {
        #private::dict(#count, |#dict| {
            #(#private::DictEncoder::entry(#dict, &#private::Name(#names), #values)?;)*
            ::core::result::Result::Ok(())
        })
    }
}

/// Statements that give the instance its items. Below protocol 2 what is made by `__new__` has them
/// already.
fn items(model: &Struct<'_>) -> Option<TokenStream> {
    let (private, instance, protocol) = (private(), name("instance"), name("protocol"));
    // In the order in which Python does it, whatever that of the fields.
    let list = model.items_of(ItemsKind::List).map(|field| {
        let items = fields::reference(model, field);
        quote!(#private::items(&mut #instance, #items)?;)
    });
    let dict = model.items_of(ItemsKind::Dict).map(|field| {
        let (items, pairs) = (fields::reference(model, field), name("pairs"));
        let entries = entries(&items, &quote!(PairsEncoder), &quote!(&mut #pairs));
        quote! {
            let mut #pairs =
                #private::ReduceEncoder::pairs(&mut #instance, #private::count(#items))?;
            #entries
            #private::PairsEncoder::end(#pairs)?;
        }
    });
    if list.is_none() && dict.is_none() {
        return None;
    }
    Some(match is_call(model) {
        true => quote!(#list #dict),
        false => quote! {
            if #private::Protocol::has_newobj(#protocol) {
                #list
                #dict
            }
        },
    })
}

/// The loop that writes the keys and values of a map, or of pairs.
fn entries(items: &TokenStream, encoder: &TokenStream, sink: &TokenStream) -> TokenStream {
    let (private, key, value) = (private(), name("name"), name("value"));
    quote! {
        for (#key, #value) in #items {
            #private::#encoder::entry(#sink, #key, #value)?;
        }
    }
}

/// Statements that give the instance its state.
fn write_state(model: &Struct<'_>) -> Option<TokenStream> {
    let (private, instance, protocol) = (private(), name("instance"), name("protocol"));
    if let Some(getstate) = &model.head.options.getstate {
        return Some(quote! {
            #private::state(#protocol, &mut #instance, &#getstate(self))?;
        });
    }
    let (values, sequence) = (
        model
            .with_role(Role::Attribute)
            .map(|field| fields::written(model, field)),
        name("sequence"),
    );
    let count = model.with_role(Role::Attribute).count();
    let (function, encoder) = match model.state() {
        Some(StateKind::List) => (quote!(list), quote!(ListEncoder)),
        Some(StateKind::Tuple) => (quote!(tuple), quote!(TupleEncoder)),
        None => {
            let (count, sink) = (object::count(model), name("sink"));
            let writes = object::write(model, &quote!(&mut #sink));
            if has_slots(model) {
                let (slot_count, slots) = slots(model, &sink);
                // Without anything in either there is no state.
                return Some(quote! {
                    if #count > 0 || #slot_count > 0 {
                    let mut #sink = #private::ReduceEncoder::slots(
                        &mut #instance,
                        #count,
                        #slot_count,
                    )?;
                    #writes
                    #slots
                    #private::AttributesEncoder::end(#sink)?;
                    }
                });
            }
            if writes.is_empty() {
                return None;
            }
            return Some(quote! {
                if #count > 0 {
                    let mut #sink = #private::ReduceEncoder::attributes(&mut #instance, #count)?;
                    #writes
                    #private::AttributesEncoder::end(#sink)?;
                }
            });
        }
    };
    Some(quote! {
        #private::ReduceEncoder::state(
            &mut #instance,
            &#private::#function(#count, |#sequence| {
                #(#private::#encoder::item(#sequence, #values)?;)*
                ::core::result::Result::Ok(())
            }),
        )?;
    })
}

/// How many slots are to be written, and the statements that write them.
fn slots(model: &Struct<'_>, sink: &Ident) -> (TokenStream, TokenStream) {
    let (private, class) = (private(), class_of_self());
    let (mut always, mut count, mut writes) = (0_usize, TokenStream::new(), TokenStream::new());
    for (index, field) in model.attributes().enumerate() {
        if !field.is_slot() {
            continue;
        }
        match &field.options.skip_if {
            None => always += 1,
            Some(skip_if) => {
                let value = fields::reference(model, field);
                count.extend(quote!(+ #private::unless(#skip_if(#value))));
            }
        }
        let value = fields::written(model, field);
        let write =
            quote!(#private::AttributeSink::attribute(&mut #sink, #class, #index, #value)?;);
        writes.extend(fields::unless_skipped(model, field, write));
    }
    (quote!(#always #count), writes)
}

pub(super) fn unpickle(model: &Struct<'_>) -> Body {
    let (private, class) = (private(), class_of_self());
    let (cursor, instance) = (name("cursor"), name("instance"));
    let begin = quote!(let mut #instance = #private::Cursor::instance(#cursor, #class)?;);
    let end = quote!(#private::InstanceReader::end(#instance)?;);
    if let Some(setstate) = &model.head.options.setstate {
        let state = name("state");
        let body = quote! {
            #begin
            let #state = #private::state_or_none(&mut #instance)?;
            #end
            #private::Outcome::outcome(#setstate(#state))
        };
        return wrap(model, body, false);
    }
    let bases = object::read_bases(model);
    let spread = model
        .has(Word::Namedtuple)
        .then(|| quote!(#private::InstanceReader::spread_tuple(&mut #instance);));
    let parts = model
        .fields
        .iter()
        .enumerate()
        .filter_map(|(index, field)| read_part(model, index, field));
    let state = read_state(model);
    let build = fields::build(model, |field| missing(model, field));
    let body = quote! {
        #bases
        #begin
        #spread
        #(#parts)*
        #state
        #end
        ::core::result::Result::Ok(#build)
    };
    wrap(model, body, !bases.is_empty())
}

/// Reads an argument, or items.
fn read_part(model: &Struct<'_>, index: usize, field: &Field<'_>) -> Option<TokenStream> {
    let (private, instance, slot) = (private(), name("instance"), slot(index));
    let receiver = quote!(&mut #instance);
    let attribute = field.attribute();
    let value = match field.role {
        Role::Arg if model.has(Word::Base) => {
            fields::read(field, "InstanceReader", "base", receiver, quote!())
        }
        Role::Arg => fields::read(
            field,
            "InstanceReader",
            "arg",
            receiver,
            quote!(, #attribute),
        ),
        Role::Kwarg => fields::read(
            field,
            "InstanceReader",
            "kwarg",
            receiver,
            quote!(, #attribute),
        ),
        Role::Args => quote!(#private::InstanceReader::args(#receiver)?),
        Role::Items(ItemsKind::List) => quote!(#private::InstanceReader::items(#receiver)?),
        Role::Items(ItemsKind::Dict) => quote!(#private::read_pairs(#receiver)?),
        Role::Items(ItemsKind::Set) => quote!(#private::InstanceReader::elements(#receiver)?),
        _ => return None,
    };
    let mutable = field.is_twofold().then(|| quote!(mut));
    Some(quote!(let #mutable #slot = #value;))
}

fn read_state(model: &Struct<'_>) -> TokenStream {
    let (private, instance, class) = (private(), name("instance"), class_of_self());
    if model.state().is_some() {
        let items = name("items");
        let slots: Vec<_> = model
            .fields
            .iter()
            .enumerate()
            .filter(|(_, field)| field.role == Role::Attribute)
            .collect();
        let count = slots.len();
        let names = slots.iter().map(|(index, _)| slot(*index));
        let reads = slots
            .iter()
            .map(|(_, field)| fields::read(field, "Items", "next", quote!(&mut #items), quote!()));
        return quote! {
            let mut #items = #private::InstanceReader::state_items(&mut #instance)?;
            #(let #names = #reads;)*
            if !#private::Items::is_empty(&#items) {
                return ::core::result::Result::Err(#private::surplus_item(#class, #count));
            }
            ::core::mem::drop(#items);
        };
    }
    // Also where no field is an attribute: those that no field is are ignored.
    let attributes = name("attributes");
    let (declare, read) = (object::declare(model), object::read(model));
    quote! {
        #declare
        let mut #attributes = #private::InstanceReader::attributes(&mut #instance);
        #read
        ::core::mem::drop(#attributes);
    }
}

/// The error of an instance that lacks what a field needs.
fn missing(model: &Struct<'_>, field: &Field<'_>) -> TokenStream {
    let (private, class, attribute) = (private(), class_of_self(), field.attribute());
    match field.role {
        Role::Arg | Role::Kwarg => quote!(#private::missing_argument(#class, #attribute)),
        _ if model.state().is_some() => quote!(#private::missing_item(#class, #attribute)),
        _ => object::missing(model, field),
    }
}
