//! The items that the attributes stand on: traits, impls, functions.
//!
//! syn reads them too, with its feature `full`, which everybody who derives would have to compile.
//! What is needed of them is little: their bodies stay tokens.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Generics, Ident, Path, ReturnType, Token, Type, TypeParamBound, Visibility,
    parenthesized, token,
};

/// `pub trait Shape<T>: Named where … { … }`
pub(crate) struct Trait {
    /// Attributes, visibility, `unsafe`.
    head: TokenStream,
    keyword: Token![trait],
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) supertraits: Punctuated<TypeParamBound, Token![+]>,
    pub(crate) body: Body,
}

/// `impl Shape for Circle { … }`
pub(crate) struct Impl {
    pub(crate) generics: Generics,
    pub(crate) of: Path,
    pub(crate) ty: Type,
}

/// `pub fn price(net: f64) -> Price { … }`
pub(crate) struct Function {
    pub(crate) qualifiers: Vec<Ident>,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) output: Option<Type>,
}

/// An argument of a function.
pub(crate) enum Argument {
    /// `self`, in whatever form.
    Receiver(Ident),
    Typed(Box<Type>),
}

/// What stands in braces.
pub(crate) struct Body(TokenStream, TokenTree);

impl Parse for Trait {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = Attribute::parse_outer(input)?;
        let vis: Visibility = input.parse()?;
        let unsafety: Option<Token![unsafe]> = input.parse()?;
        let keyword = input.parse()?;
        let ident = input.parse()?;
        let mut generics: Generics = input.parse()?;
        let colon: Option<Token![:]> = input.parse()?;
        let mut supertraits = Punctuated::new();
        while colon.is_some() && !input.peek(Token![where]) && !input.peek(token::Brace) {
            supertraits.push_value(input.parse()?);
            if !input.peek(Token![+]) {
                break;
            }
            supertraits.push_punct(input.parse()?);
        }
        generics.where_clause = input.parse()?;
        Ok(Self {
            head: quote!(#(#attrs)* #vis #unsafety),
            keyword,
            ident,
            generics,
            supertraits,
            body: input.parse()?,
        })
    }
}

impl Trait {
    /// The trait with one more supertrait.
    pub(crate) fn with_supertrait(mut self, supertrait: Option<TypeParamBound>) -> TokenStream {
        if let Some(supertrait) = supertrait {
            self.supertraits.push(supertrait);
        }
        let Self {
            head,
            keyword,
            ident,
            generics,
            supertraits,
            body,
        } = self;
        let (where_clause, Body(_, body)) = (&generics.where_clause, body);
        let colon = (!supertraits.is_empty()).then(|| quote!(:));
        quote!(#head #keyword #ident #generics #colon #supertraits #where_clause #body)
    }
}

impl Parse for Impl {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Attribute::parse_outer(input)?;
        input.parse::<Option<Token![unsafe]>>()?;
        let keyword: Token![impl] = input.parse()?;
        let mut generics: Generics = match input.peek(Token![<]) {
            true => input.parse()?,
            false => Generics::default(),
        };
        let of: Type = input.parse()?;
        let (Type::Path(of), true) = (&of, input.peek(Token![for])) else {
            let message =
                "`#[pickle::dynamic]` belongs on the impl of a trait: `impl Shape for Circle`";
            return Err(syn::Error::new_spanned(keyword, message));
        };
        let of = of.path.clone();
        input.parse::<Token![for]>()?;
        let ty = input.parse()?;
        generics.where_clause = input.parse()?;
        input.parse::<Body>()?;
        Ok(Self { generics, of, ty })
    }
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Attribute::parse_outer(input)?;
        input.parse::<Visibility>()?;
        let mut qualifiers = Vec::new();
        let misplaced = input.error("`#[pickle::function]` belongs on a function");
        while !input.peek(Token![fn]) {
            if input.peek(token::Brace) || input.peek(token::Paren) || input.peek(Token![;]) {
                return Err(misplaced);
            }
            match input.parse::<TokenTree>()? {
                TokenTree::Ident(ident) => qualifiers.push(ident),
                TokenTree::Literal(_) => {} // extern "C"
                _ => return Err(misplaced),
            }
        }
        input.parse::<Token![fn]>()?;
        let ident = input.parse()?;
        let mut generics: Generics = input.parse()?;
        let content;
        parenthesized!(content in input);
        let mut arguments = Vec::new();
        while !content.is_empty() {
            arguments.push(content.parse()?);
            content.parse::<Option<Token![,]>>()?;
        }
        let output = match input.parse()? {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(*ty),
        };
        generics.where_clause = input.parse()?;
        input.parse::<Body>()?;
        Ok(Self {
            qualifiers,
            ident,
            generics,
            arguments,
            output,
        })
    }
}

impl Parse for Argument {
    /// The pattern does not matter: what is called is the function.
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Attribute::parse_outer(input)?;
        loop {
            if input.peek(Token![::]) {
                input.parse::<Token![::]>()?;
            } else if input.peek(Token![:]) {
                input.parse::<Token![:]>()?;
                return Ok(Self::Typed(input.parse()?));
            } else if input.peek(Token![self]) {
                let ident = input.call(syn::ext::IdentExt::parse_any)?;
                while !input.is_empty() && !input.peek(Token![,]) {
                    input.parse::<TokenTree>()?;
                }
                return Ok(Self::Receiver(ident));
            } else {
                input.parse::<TokenTree>()?;
            }
        }
    }
}

impl Parse for Body {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if !input.peek(token::Brace) {
            return Err(input.error("expected a body in braces"));
        }
        match input.parse()? {
            TokenTree::Group(group) => Ok(Self(group.stream(), TokenTree::Group(group))),
            other => Err(syn::Error::new_spanned(other, "expected a body in braces")),
        }
    }
}

impl Body {
    /// The name of the first associated type.
    pub(crate) fn associated_type(&self) -> Option<TokenStream> {
        let mut tokens = self.0.clone().into_iter();
        tokens.find(|tree| matches!(tree, TokenTree::Ident(ident) if ident == "type"))?;
        tokens.next().map(ToTokens::into_token_stream)
    }
}
