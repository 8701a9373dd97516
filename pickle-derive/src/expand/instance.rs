//! Instances of every other shape: made of arguments, with items, with a state of their own.

use proc_macro2::TokenStream;
use quote::quote;

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
        || matches!(model.items(), Some((_, ItemsKind::Set)))
}

pub(super) fn pickle(model: &Struct<'_>) -> TokenStream {
    let (private, encoder) = (private(), name("encoder"));
    let (instance, protocol) = (name("instance"), name("protocol"));
    let make = make(model);
    let items = items(model);
    let state = write_state(model);
    let check = has_slots(model).then(|| quote!(#private::check_slots(#encoder)?;));
    let (mutable, protocol) = match (items.is_some() || state.is_some(), uses_protocol(model)) {
        (mutable, true) => (
            mutable,
            Some(quote!(let #protocol = #private::Encoder::protocol(#encoder);)),
        ),
        (mutable, false) => (mutable, None),
    };
    let mutable = mutable.then(|| quote!(mut));
    quote! {
        #check
        #protocol
        let #mutable #instance = #make;
        #items
        #state
        #private::ReduceEncoder::end(#instance)
    }
}

fn has_slots(model: &Struct<'_>) -> bool {
    model.with_role(Role::Slot).next().is_some()
}

fn uses_protocol(model: &Struct<'_>) -> bool {
    let items = matches!(model.items(), Some((_, ItemsKind::List | ItemsKind::Dict)));
    model.has(Word::Getstate) || (items && !is_call(model))
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
    if model.with_role(Role::Kwarg).next().is_some() {
        let kwargs = kwargs(model);
        return quote!(#private::new_object_ex(#encoder, #class, &#args, &#kwargs)?);
    }
    let (base, value) = match (&model.head.options.base, model.items()) {
        (Some(base), _) => {
            let value = model
                .with_role(Role::Arg)
                .map(|field| fields::written(model, field));
            (base.as_str(), quote!(#(#value)*))
        }
        (None, Some((field, ItemsKind::Dict))) => ("dict", fields::reference(model, field)),
        (None, Some((field, _))) => {
            let items = fields::reference(model, field);
            ("list", quote!(&#private::Items(#items)))
        }
        (None, None) if model.has(Word::Namedtuple) => ("tuple", quote!(&#args)),
        (None, None) => ("object", quote!(&#private::Nothing)),
    };
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
    if let Some((field, ItemsKind::Set)) = model.items() {
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
    let (field, kind) = model.items()?;
    let items = fields::reference(model, field);
    let write = match kind {
        ItemsKind::List => quote!(#private::items(&mut #instance, #items)?;),
        ItemsKind::Dict => quote!(#private::pairs(&mut #instance, #items)?;),
        ItemsKind::Set => return None,
    };
    Some(match is_call(model) {
        true => write,
        false => quote! {
            if #private::Protocol::has_newobj(#protocol) {
                #write
            }
        },
    })
}

/// Statements that give the instance its state.
fn write_state(model: &Struct<'_>) -> Option<TokenStream> {
    let (private, instance, protocol) = (private(), name("instance"), name("protocol"));
    let class = class_of_self();
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
            let slots = slots(model);
            let slot_count = slots.len();
            if slot_count > 0 {
                return Some(quote! {
                    let mut #sink = #private::ReduceEncoder::slots(
                        &mut #instance,
                        #count,
                        #slot_count,
                    )?;
                    #writes
                    #(#private::AttributeSink::attribute(&mut #sink, #class, #slots)?;)*
                    #private::AttributesEncoder::end(#sink)?;
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

/// Index and value of each slot.
fn slots(model: &Struct<'_>) -> Vec<TokenStream> {
    let attributes = model.attributes().enumerate();
    attributes
        .filter(|(_, field)| field.role == Role::Slot)
        .map(|(index, field)| {
            let value = fields::written(model, field);
            quote!(#index, #value)
        })
        .collect()
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
            let #state = match #private::InstanceReader::state(&mut #instance)? {
                ::core::option::Option::Some(#state) => #state,
                ::core::option::Option::None => {
                    return ::core::result::Result::Err(
                        #private::InstanceReader::lacks(&#instance, "state")
                    )
                }
            };
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
        Role::Arg if model.has(Word::Base) && fields::functions(field).is_none() => {
            quote!(#private::InstanceReader::base(#receiver)?)
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
        Role::Items(ItemsKind::Dict) => quote!(#private::InstanceReader::pairs(#receiver)?),
        Role::Items(ItemsKind::Set) => quote!(#private::InstanceReader::elements(#receiver)?),
        _ => return None,
    };
    Some(quote!(let #slot = #value;))
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
