//! What the impls of a type with parameters require of them.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    GenericArgument, GenericParam, Generics, Ident, Lifetime, Path, PathArguments, ReturnType,
    Type, TypeParamBound, WherePredicate, parse_quote,
};

/// Returns `'de`, or `'de2` and so on where the struct speaks of a `'de` itself.
///
/// Shadowing a lifetime is an error, and `for<'de>` in a bound of the user's would shadow ours.
pub(crate) fn de_lifetime(tokens: TokenStream) -> Lifetime {
    let mut taken = Vec::new();
    lifetimes(tokens, &mut taken);
    let free = |name: &String| !taken.contains(name);
    let numbered = (2..).map(|n| format!("de{n}"));
    let name = std::iter::once("de".to_owned()).chain(numbered).find(free);
    Lifetime {
        apostrophe: Span::call_site(),
        ident: Ident::new(&name.unwrap_or_default(), Span::call_site()),
    }
}

fn lifetimes(tokens: TokenStream, found: &mut Vec<String>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(tree) = tokens.next() {
        match tree {
            TokenTree::Group(group) => lifetimes(group.stream(), found),
            TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                if let Some(TokenTree::Ident(ident)) = tokens.peek() {
                    found.push(ident.to_string());
                }
            }
            _ => {}
        }
    }
}

/// Returns the generics with one more lifetime, which outlives all others.
pub(crate) fn with_de(generics: &Generics, de: &Lifetime) -> Generics {
    let mut generics = generics.clone();
    let outlived = generics.lifetimes().map(|param| &param.lifetime);
    let param: GenericParam = parse_quote!(#de: #(#outlived)+*);
    let param = match param {
        // `'de: ` without bounds reads odd in documentation.
        GenericParam::Lifetime(mut param) if param.bounds.is_empty() => {
            param.colon_token = None;
            GenericParam::Lifetime(param)
        }
        param => param,
    };
    generics.params.insert(0, param);
    generics
}

/// Adds predicates to the where clause.
pub(crate) fn with_bounds(generics: &Generics, bounds: Vec<WherePredicate>) -> Generics {
    let mut generics = generics.clone();
    if !bounds.is_empty() {
        generics.make_where_clause().predicates.extend(bounds);
    }
    generics
}

/// Returns `T: bound` for each type parameter, and each type named through one (`T::Item`), that
/// values of the given types contain.
///
/// The bound is on the parameter and not on the field's type (`Vec<T>: Pickle`), for a recursive
/// type would then require itself and never be found to satisfy it.
pub(crate) fn contained<'a>(
    generics: &Generics,
    types: impl Iterator<Item = &'a Type>,
    bound: &TokenStream,
) -> Vec<WherePredicate> {
    let params: Vec<&Ident> = generics.type_params().map(|param| &param.ident).collect();
    let mut contained = Contained {
        params: &params,
        found: Vec::new(),
    };
    if !params.is_empty() {
        types.for_each(|ty| contained.visit(ty));
    }
    contained
        .found
        .iter()
        .map(|ty| parse_quote!(#ty: #bound))
        .collect()
}

/// Whether the user has `T: for<'x> Unpickle<'x>`. Then `T: Unpickle<'de>` must not stand beside
/// it: the compiler would not know which of the two to use.
pub(crate) fn is_unpickle_for_all(generics: &Generics, ours: &WherePredicate) -> bool {
    let WherePredicate::Type(ours) = ours else {
        return false;
    };
    let ty = &ours.bounded_ty;
    let inline = generics
        .type_params()
        .filter(|param| matches!(ty, Type::Path(ty) if ty.path.is_ident(&param.ident)))
        .flat_map(|param| &param.bounds)
        .any(|bound| is_unpickle(bound, false));
    let predicates = generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates);
    let mut after_where = predicates.filter_map(|predicate| match predicate {
        WherePredicate::Type(predicate) if same(&predicate.bounded_ty, ty) => Some(predicate),
        _ => None,
    });
    inline
        || after_where.any(|predicate| {
            let is_for_all = predicate.lifetimes.is_some();
            let mut bounds = predicate.bounds.iter();
            bounds.any(|bound| is_unpickle(bound, is_for_all))
        })
}

/// Whether this is `for<'x> Unpickle<'x>`, by the name alone; the `for` may stand further out.
fn is_unpickle(bound: &TypeParamBound, is_for_all: bool) -> bool {
    let TypeParamBound::Trait(bound) = bound else {
        return false;
    };
    (is_for_all || bound.lifetimes.is_some())
        && bound
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "Unpickle")
}

/// Whether two types are written alike.
fn same(left: &Type, right: &Type) -> bool {
    left.to_token_stream().to_string() == right.to_token_stream().to_string()
}

/// Whether the tokens of a type name a type parameter.
pub(crate) fn mentions_param(generics: &Generics, ty: &Type) -> bool {
    fn any(tokens: TokenStream, generics: &Generics) -> bool {
        tokens.into_iter().any(|tree| match tree {
            TokenTree::Group(group) => any(group.stream(), generics),
            TokenTree::Ident(ident) => generics.type_params().any(|param| param.ident == ident),
            _ => false,
        })
    }
    any(ty.to_token_stream(), generics)
}

struct Contained<'a> {
    params: &'a [&'a Ident],
    found: Vec<Type>,
}

impl Contained<'_> {
    fn visit(&mut self, ty: &Type) {
        match ty {
            Type::Array(ty) => self.visit(&ty.elem),
            Type::Group(ty) => self.visit(&ty.elem),
            Type::Paren(ty) => self.visit(&ty.elem),
            Type::Reference(ty) => self.visit(&ty.elem),
            Type::Slice(ty) => self.visit(&ty.elem),
            Type::Tuple(ty) => ty.elems.iter().for_each(|ty| self.visit(ty)),
            Type::Path(path) => match &path.qself {
                // <T as Iterator>::Item
                Some(qself) if self.is_projection_of_param(&qself.ty) => self.add(ty),
                Some(_) => {}
                None => self.visit_path(ty, &path.path),
            },
            // A function pointer, a raw pointer or a trait object contains no value of the type.
            _ => {}
        }
    }

    fn visit_path(&mut self, ty: &Type, path: &Path) {
        let starts_with_param = path.leading_colon.is_none()
            && path
                .segments
                .first()
                .is_some_and(|segment| self.params.contains(&&segment.ident));
        if starts_with_param {
            // T
            // T::Item
            return self.add(ty);
        }
        let Some(segment) = path.segments.last() else {
            return;
        };
        if segment.ident == "PhantomData" {
            return;
        }
        match &segment.arguments {
            PathArguments::None => {}
            PathArguments::AngleBracketed(arguments) => {
                for argument in &arguments.args {
                    match argument {
                        GenericArgument::Type(ty) => self.visit(ty),
                        GenericArgument::AssocType(assoc) => self.visit(&assoc.ty),
                        _ => {}
                    }
                }
            }
            PathArguments::Parenthesized(arguments) => {
                arguments
                    .inputs
                    .iter()
                    .for_each(|input| self.visit(&input.ty));
                if let ReturnType::Type(_, ty) = &arguments.output {
                    self.visit(ty);
                }
            }
        }
    }

    fn is_projection_of_param(&self, ty: &Type) -> bool {
        let mut inner = Contained {
            params: self.params,
            found: Vec::new(),
        };
        inner.visit(ty);
        !inner.found.is_empty()
    }

    fn add(&mut self, ty: &Type) {
        let tokens = ty.to_token_stream().to_string();
        if self
            .found
            .iter()
            .all(|found| found.to_token_stream().to_string() != tokens)
        {
            self.found.push(ty.clone());
        }
    }
}

/// Returns the type with every lifetime `'static`, as a registration names it, unless it has
/// other parameters.
pub(crate) fn static_type(ident: &Ident, generics: &Generics) -> Option<TokenStream> {
    if generics.params.is_empty() {
        return Some(quote!(#ident));
    }
    let lifetimes = generics.params.iter().map(|param| match param {
        GenericParam::Lifetime(_) => Some(Lifetime::new("'static", Span::call_site())),
        GenericParam::Type(_) | GenericParam::Const(_) => None,
    });
    let lifetimes: Vec<_> = lifetimes.collect::<Option<_>>()?;
    Some(quote!(#ident<#(#lifetimes),*>))
}

/// Returns the generics without attributes on the parameters: they are for other derives, and
/// mean nothing on an impl.
pub(crate) fn without_attributes(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    for param in &mut generics.params {
        match param {
            GenericParam::Lifetime(param) => param.attrs.clear(),
            GenericParam::Type(param) => param.attrs.clear(),
            GenericParam::Const(param) => param.attrs.clear(),
        }
    }
    generics
}
