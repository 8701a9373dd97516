//! The type as the derive sees it: syn's nodes, borrowed, with the options beside them.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{
    Attribute, Data, DataEnum, DeriveInput, Expr, ExprPath, Fields, GenericParam, Generics, Ident,
    Index, Member, Path, Type,
};

use crate::attr::{self, ClassOptions, FieldOptions, ItemsKind, StateKind, VariantOptions};
use crate::ctxt::Ctxt;
use crate::generics;
use crate::symbol::{Place, Word};

/// What stands before the derive.
pub(crate) enum Model<'a> {
    Struct(Struct<'a>),
    Enum(Enum<'a>),
}

/// What structs and enums have in common.
pub(crate) struct Head<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: Generics,
    pub(crate) options: ClassOptions,
}

pub(crate) struct Struct<'a> {
    pub(crate) head: Head<'a>,
    /// `#[repr(packed)]`: no references to fields.
    pub(crate) packed: bool,
    pub(crate) style: Style,
    pub(crate) fields: Vec<Field<'a>>,
}

/// How a struct or variant is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Named,
    Tuple,
    Unit,
}

pub(crate) struct Field<'a> {
    pub(crate) member: Member,
    /// Where the field's name is, or its type if it has none.
    pub(crate) span: Span,
    pub(crate) ty: &'a Type,
    pub(crate) options: FieldOptions,
    pub(crate) role: Role,
    /// The attribute's name.
    name: String,
}

/// What a field is to the instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Nothing.
    Skipped,
    /// An attribute, or an item of the state.
    Attribute,
    /// A slot.
    Slot,
    /// A positional argument.
    Arg,
    /// A keyword argument.
    Kwarg,
    /// All positional arguments.
    Args,
    /// List items, dict items or elements.
    Items(ItemsKind),
    /// Attributes that no other field is.
    Rest,
    /// The attributes of a base class.
    Flatten,
    /// The whole value.
    Whole,
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

pub(crate) struct Enum<'a> {
    pub(crate) head: Head<'a>,
    pub(crate) token: syn::Token![enum],
    pub(crate) variants: Vec<Variant<'a>>,
}

pub(crate) struct Variant<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) style: Style,
    pub(crate) types: Vec<&'a Type>,
    pub(crate) fields: &'a Fields,
    pub(crate) discriminant: Option<&'a Expr>,
    pub(crate) options: VariantOptions,
    name: String,
}

impl<'a> Model<'a> {
    /// Reads options and fields; reports whatever is wrong with either. The path to the facade is
    /// returned also for what cannot be derived: the fallback needs it.
    pub(crate) fn new(ctxt: &Ctxt, input: &'a DeriveInput) -> (Option<Self>, Option<Path>) {
        let (place, parts) = match &input.data {
            Data::Enum(_) => (Place::Enum, ["enum", "variant"]),
            _ => (Place::Struct, ["struct", "field"]),
        };
        let options = ClassOptions::parse(ctxt, &input.attrs, place);
        for param in &input.generics.params {
            let attrs = match param {
                GenericParam::Lifetime(param) => &param.attrs,
                GenericParam::Type(param) => &param.attrs,
                GenericParam::Const(param) => &param.attrs,
            };
            attr::misplaced(ctxt, attrs, parts, "a generic parameter");
        }
        let krate = options.krate.clone();
        let head = Head {
            ident: &input.ident,
            generics: generics::without_attributes(&input.generics),
            options,
        };
        let model = match &input.data {
            Data::Struct(data) => {
                let packed = input.attrs.iter().any(is_packed);
                Some(Self::Struct(Struct::new(ctxt, head, packed, &data.fields)))
            }
            Data::Enum(data) => Some(Self::Enum(Enum::new(ctxt, head, data))),
            Data::Union(data) => {
                ctxt.over(
                    data.union_token,
                    "`#[derive(Pickle)]` supports structs and enums; unions are not supported: \
                     nothing says which of the fields holds the value",
                );
                None
            }
        };
        (model, krate)
    }
}

impl Head<'_> {
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

    /// Whether the type is known to borrow nothing, so that it can do without its type in `dyn
    /// Any`.
    pub(crate) fn is_static(&self) -> bool {
        self.generics.lifetimes().next().is_none() && self.generics.type_params().next().is_none()
    }

    pub(crate) fn has(&self, word: Word) -> bool {
        self.options.words.has(word)
    }

    /// Whether it can be dumped.
    pub(crate) fn dumps(&self) -> bool {
        !self.has(Word::LoadOnly)
    }

    /// Whether it can be loaded.
    pub(crate) fn loads(&self) -> bool {
        !self.has(Word::DumpOnly)
    }

    fn rename(&self, name: String) -> String {
        match self.options.rename_all {
            Some(case) => case.apply(&name),
            None => name,
        }
    }
}

impl<'a> Struct<'a> {
    fn new(ctxt: &Ctxt, head: Head<'a>, packed: bool, fields: &'a Fields) -> Self {
        let style = Style::of(fields);
        let members = fields.members().zip(fields);
        let mut fields: Vec<_> = members
            .map(|(member, field)| {
                let options = FieldOptions::parse(ctxt, &field.attrs);
                let name = match (&options.rename, &member) {
                    (Some(text), _) => text.value.clone(),
                    (None, Member::Named(ident)) => head.rename(ident.unraw().to_string()),
                    (None, Member::Unnamed(index)) => index.index.to_string(),
                };
                let span = match &field.ident {
                    Some(ident) => ident.span(),
                    None => first_span(&field.ty),
                };
                Field {
                    member,
                    span,
                    ty: &field.ty,
                    options,
                    role: Role::Attribute,
                    name,
                }
            })
            .collect();
        assign_roles(&head, &mut fields);
        Self {
            head,
            packed,
            style,
            fields,
        }
    }

    /// The fields of this role.
    pub(crate) fn with_role(&self, role: Role) -> impl Iterator<Item = &Field<'a>> {
        self.fields.iter().filter(move |field| field.role == role)
    }

    /// The fields that are written and read.
    pub(crate) fn used(&self) -> impl Iterator<Item = &Field<'a>> {
        self.fields
            .iter()
            .filter(|field| field.role != Role::Skipped)
    }

    /// The fields that are attributes with a name of their own: their places are the indexes into
    /// the class's attributes.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &Field<'a>> {
        self.fields
            .iter()
            .filter(|field| field.is_attribute() || field.is_slot())
    }

    /// The fields whose items are the instance's, of each kind one.
    pub(crate) fn items(&self) -> impl Iterator<Item = (&Field<'a>, ItemsKind)> {
        self.fields.iter().filter_map(|field| match field.role {
            Role::Items(kind) => Some((field, kind)),
            _ => None,
        })
    }

    /// The field whose items are the instance's in this way.
    pub(crate) fn items_of(&self, kind: ItemsKind) -> Option<&Field<'a>> {
        self.with_role(Role::Items(kind)).next()
    }

    pub(crate) fn has(&self, word: Word) -> bool {
        self.head.has(word)
    }

    /// Whether it is a class, which has a name, rather than plain data.
    pub(crate) fn is_class(&self) -> bool {
        !self.has(Word::Transparent) && !self.has(Word::Dict)
    }

    /// Whether an instance has attributes and nothing else, in a dict.
    pub(crate) fn is_plain(&self) -> bool {
        let words = [
            Word::Getstate,
            Word::Setstate,
            Word::State,
            Word::Newargs,
            Word::Namedtuple,
            Word::Base,
            Word::Reduce,
            Word::Exception,
            Word::Flags,
        ];
        self.is_class()
            && !words.iter().any(|word| self.has(*word))
            && self.fields.iter().all(|field| {
                matches!(
                    field.role,
                    Role::Attribute | Role::Rest | Role::Flatten | Role::Skipped
                )
            })
    }

    /// What the state is, if it is no dict.
    pub(crate) fn state(&self) -> Option<StateKind> {
        self.head.options.state
    }
}

/// Whether the instance is made of arguments, and how.
pub(crate) const MAKERS: [Word; 5] = [
    Word::Newargs,
    Word::Namedtuple,
    Word::Base,
    Word::Reduce,
    Word::Exception,
];

/// Says of each field what it is. If the instance is made of arguments and no field is said to be
/// one, all are that are not said to be something else.
fn assign_roles(head: &Head<'_>, fields: &mut [Field<'_>]) {
    let has_args = MAKERS.iter().any(|word| head.has(*word));
    let says_args = fields.iter().any(|field| {
        [Word::Arg, Word::Kwarg, Word::Args]
            .iter()
            .any(|word| field.options.words.has(*word))
    });
    let usual = match () {
        () if head.has(Word::Transparent) || head.has(Word::Flags) => Role::Whole,
        () if has_args && !says_args => Role::Arg,
        () if head.has(Word::Slots) => Role::Slot,
        () => Role::Attribute,
    };
    for field in fields {
        let words = &field.options.words;
        field.role = match () {
            () if words.has(Word::Skip) => Role::Skipped,
            () if words.has(Word::Arg) => Role::Arg,
            () if words.has(Word::Kwarg) => Role::Kwarg,
            () if words.has(Word::Args) => Role::Args,
            () if words.has(Word::Slot) => Role::Slot,
            () if words.has(Word::Rest) => Role::Rest,
            () if words.has(Word::Flatten) => Role::Flatten,
            () if words.has(Word::Items) => {
                Role::Items(field.options.items.unwrap_or(ItemsKind::List))
            }
            () if words.has(Word::Attribute) => Role::Attribute,
            () => usual,
        };
    }
}

impl Field<'_> {
    pub(crate) fn is_skipped(&self) -> bool {
        self.role == Role::Skipped
    }

    /// Whether it stands in the instance's `__dict__`, which an argument may do besides.
    pub(crate) fn is_attribute(&self) -> bool {
        self.role == Role::Attribute || (self.is_arg() && self.options.words.has(Word::Attribute))
    }

    /// Whether it stands in a slot, which an argument may do besides.
    pub(crate) fn is_slot(&self) -> bool {
        self.role == Role::Slot || (self.is_arg() && self.options.words.has(Word::Slot))
    }

    fn is_arg(&self) -> bool {
        matches!(self.role, Role::Arg | Role::Kwarg)
    }

    /// Whether it is written twice: as an argument and as an attribute. In Python that is one
    /// object.
    pub(crate) fn is_twofold(&self) -> bool {
        self.is_arg() && (self.is_attribute() || self.is_slot())
    }

    /// The name of the attribute in Python.
    pub(crate) fn attribute(&self) -> &str {
        &self.name
    }

    /// What the field is called in messages.
    pub(crate) fn label(&self) -> String {
        match &self.member {
            Member::Named(ident) => ident.to_string(),
            Member::Unnamed(Index { index, .. }) => index.to_string(),
        }
    }

    /// Where the attribute gets its name from.
    pub(crate) fn attribute_span(&self) -> Span {
        self.options
            .rename
            .as_ref()
            .map_or(self.span, |text| text.span)
    }

    pub(crate) fn fill(&self) -> Fill<'_> {
        match &self.options.default {
            Some(default) => match &default.function {
                Some(function) => Fill::Function(function),
                None => Fill::Default,
            },
            None if self.options.skip_if.is_some()
                || matches!(self.role, Role::Skipped | Role::Rest | Role::Items(_)) =>
            {
                Fill::Default
            }
            None => Fill::Required,
        }
    }
}

impl<'a> Enum<'a> {
    fn new(ctxt: &Ctxt, head: Head<'a>, data: &'a DataEnum) -> Self {
        let variants = data.variants.iter().map(|variant| {
            let options = VariantOptions::parse(ctxt, &variant.attrs);
            let name = match &options.rename {
                Some(text) => text.value.clone(),
                None => head.rename(variant.ident.unraw().to_string()),
            };
            for field in &variant.fields {
                attr::misplaced(ctxt, &field.attrs, ["enum", "variant"], "a variant's field");
            }
            Variant {
                ident: &variant.ident,
                style: Style::of(&variant.fields),
                types: variant.fields.iter().map(|field| &field.ty).collect(),
                fields: &variant.fields,
                discriminant: variant.discriminant.as_ref().map(|(_, expr)| expr),
                options,
                name,
            }
        });
        let variants = variants.collect();
        Self {
            head,
            token: data.enum_token,
            variants,
        }
    }

    /// Whether it is an enumeration: no variant holds anything.
    pub(crate) fn is_enumeration(&self) -> bool {
        !self.head.has(Word::Untagged)
            && self
                .variants
                .iter()
                .all(|variant| variant.style == Style::Unit)
    }
}

impl Variant<'_> {
    /// The name of the member in Python.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn name_span(&self) -> Span {
        self.options
            .rename
            .as_ref()
            .map_or(self.ident.span(), |text| text.span)
    }
}

impl Style {
    fn of(fields: &Fields) -> Self {
        match fields {
            Fields::Named(_) => Self::Named,
            Fields::Unnamed(_) => Self::Tuple,
            Fields::Unit => Self::Unit,
        }
    }
}

/// The span of the first token.
pub(crate) fn first_span(tokens: impl ToTokens) -> Span {
    let mut tokens = tokens.into_token_stream().into_iter();
    tokens
        .next()
        .map_or_else(Span::call_site, |tree| tree.span())
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
