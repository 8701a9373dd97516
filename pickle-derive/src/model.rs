//! The struct as the derive sees it: syn's nodes, borrowed, with the options beside them.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{
    Attribute, Data, DeriveInput, ExprPath, Fields, GenericParam, Generics, Ident, Path, Type,
};

use crate::attr::{self, FieldOptions, StructOptions};
use crate::ctxt::Ctxt;
use crate::generics;

/// A struct with named fields.
pub(crate) struct Model<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: Generics,
    /// `#[repr(packed)]`: no references to fields.
    pub(crate) packed: bool,
    pub(crate) options: StructOptions,
    pub(crate) fields: Vec<Field<'a>>,
}

/// A named field.
pub(crate) struct Field<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a Type,
    pub(crate) options: FieldOptions,
}

/// Where a field's value comes from if the pickle does not have it.
pub(crate) enum Fill<'a> {
    /// Nowhere: it must have it.
    Required,
    /// `Default::default()`
    Default,
    /// A function of the user's.
    Function(&'a ExprPath),
}

impl<'a> Model<'a> {
    /// Reads options and fields; reports whatever is wrong with either. The path to the facade is
    /// returned also for what is no struct with named fields: the fallback needs it.
    pub(crate) fn new(ctxt: &Ctxt, input: &'a DeriveInput) -> (Option<Self>, Option<Path>) {
        let options = StructOptions::parse(ctxt, &input.attrs);
        for param in &input.generics.params {
            let attrs = match param {
                GenericParam::Lifetime(param) => &param.attrs,
                GenericParam::Type(param) => &param.attrs,
                GenericParam::Const(param) => &param.attrs,
            };
            attr::misplaced(ctxt, attrs);
        }
        let krate = options.krate.clone();
        let model = fields(ctxt, input).map(|fields| Self {
            ident: &input.ident,
            generics: generics::without_attributes(&input.generics),
            packed: input.attrs.iter().any(is_packed),
            options,
            fields,
        });
        (model, krate)
    }

    /// The Python module; a class of a script unless the user says otherwise.
    pub(crate) fn module(&self) -> &str {
        self.options
            .module
            .as_ref()
            .map_or("__main__", |text| &text.value)
    }

    /// The name inside the module.
    pub(crate) fn qualname(&self) -> String {
        match &self.options.name {
            Some(text) => text.value.clone(),
            None => self.ident.unraw().to_string(),
        }
    }

    /// The fields that are written and read, in order: their places are the indexes into the
    /// class's attributes.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &Field<'a>> {
        self.fields.iter().filter(|field| !field.is_skipped())
    }
}

impl Field<'_> {
    pub(crate) fn is_skipped(&self) -> bool {
        self.options.skip.is_some()
    }

    /// The name of the attribute in Python.
    pub(crate) fn attribute(&self) -> String {
        match &self.options.rename {
            Some(text) => text.value.clone(),
            None => self.ident.unraw().to_string(),
        }
    }

    /// Where the attribute gets its name from.
    pub(crate) fn attribute_span(&self) -> Span {
        self.options
            .rename
            .as_ref()
            .map_or(self.ident.span(), |text| text.span)
    }

    pub(crate) fn fill(&self) -> Fill<'_> {
        match &self.options.default {
            Some(default) => match &default.function {
                Some(function) => Fill::Function(function),
                None => Fill::Default,
            },
            None if self.is_skipped() => Fill::Default,
            None => Fill::Required,
        }
    }
}

/// Returns the named fields, or says what is supported instead.
fn fields<'a>(ctxt: &Ctxt, input: &'a DeriveInput) -> Option<Vec<Field<'a>>> {
    let unsupported = |tokens: &dyn ToTokens, what: &str| {
        let mut at = TokenStream::new();
        tokens.to_tokens(&mut at);
        ctxt.over(
            at,
            format!("`#[derive(Pickle)]` supports structs with named fields; {what}"),
        );
        None
    };
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Some(
                fields
                    .named
                    .iter()
                    .filter_map(|field| {
                        Some(Field {
                            ident: field.ident.as_ref()?,
                            ty: &field.ty,
                            options: FieldOptions::parse(ctxt, &field.attrs),
                        })
                    })
                    .collect(),
            ),
            Fields::Unnamed(fields) => unsupported(
                fields,
                "tuple structs are not supported for now: give each field the name of its \
                 attribute in Python",
            ),
            Fields::Unit => unsupported(
                &input.ident,
                &format!(
                    "unit structs are not supported for now: write `struct {} {{}}`",
                    input.ident
                ),
            ),
        },
        Data::Enum(data) => unsupported(&data.enum_token, "enums are not supported for now"),
        Data::Union(data) => unsupported(
            &data.union_token,
            "unions are not supported: nothing says which of the fields holds the value",
        ),
    }
}

/// `#[repr(packed)]`, `#[repr(C, packed(2))]`
fn is_packed(attr: &Attribute) -> bool {
    let mut packed = false;
    if attr.path().is_ident("repr") {
        // What cannot be read here is for the compiler to report.
        let _ = attr.parse_nested_meta(|meta| {
            packed |= meta.path.is_ident("packed");
            if meta.input.peek(syn::token::Paren) {
                let content;
                syn::parenthesized!(content in meta.input);
                content.parse::<TokenStream>()?;
            }
            Ok(())
        });
    }
    packed
}
