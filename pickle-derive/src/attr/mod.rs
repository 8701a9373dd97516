//! From the words in `#[pickle(...)]` to typed options. Spans are kept: whatever turns out to be
//! wrong later is reported at the word at fault.

mod options;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, ExprPath, Ident, Lit, LitStr, Meta, Token, token};

use self::options::{Alias, Text};
pub(crate) use self::options::{
    ClassOptions, Constant, FieldOptions, ItemOptions, ItemsKind, StateKind, VariantOptions,
};
use crate::ctxt::Ctxt;
use crate::symbol::{self, PICKLE, Place, Word};

/// Refuses `#[pickle(...)]` where nothing reads it.
pub(crate) fn misplaced(ctxt: &Ctxt, attrs: &[Attribute], [owner, part]: [&str; 2], place: &str) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident(PICKLE)) {
        ctxt.over(
            attr,
            format!("`#[pickle(...)]` belongs on the {owner} or on a {part}, not on {place}"),
        );
    }
}

/// One item of `#[pickle(...)]`, before anybody knows what it means.
struct Entry {
    name: Ident,
    value: Value,
}

enum Value {
    /// `skip`
    None,
    /// `module = "shop.models"`
    Text(LitStr),
    /// `default = path::to::function`
    Path(ExprPath),
    /// `alias("shop.models", "Order")`
    List(TokenStream),
    /// Anything else behind an equals sign.
    Other(TokenStream),
    /// Nothing behind an equals sign, whose tokens these are.
    Missing(Token![=]),
}

impl ToTokens for Entry {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.name.to_tokens(tokens);
        match &self.value {
            Value::None => {}
            Value::Text(text) => text.to_tokens(tokens),
            Value::Path(path) => path.to_tokens(tokens),
            Value::List(list) | Value::Other(list) => list.to_tokens(tokens),
            Value::Missing(equals) => equals.to_tokens(tokens),
        }
    }
}

/// Takes the `#[pickle(...)]` attributes apart. What cannot be read is reported and left out, up
/// to the next comma.
fn entries(ctxt: &Ctxt, attrs: &[Attribute], place: Place) -> Vec<Entry> {
    let mut entries = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident(PICKLE)) {
        match &attr.meta {
            Meta::List(list) if matches!(list.delimiter, syn::MacroDelimiter::Paren(_)) => {
                let parser = |input: ParseStream<'_>| {
                    parse_entries(ctxt, &mut entries, place, input);
                    Ok(())
                };
                // The parser reports to `ctxt` and consumes everything.
                if let Err(error) = parser.parse2(list.tokens.clone()) {
                    ctxt.push(error);
                }
            }
            meta => {
                let example = place.example();
                ctxt.over(
                    meta,
                    format!("expected parentheses: write `#[pickle({example})]`"),
                );
            }
        }
    }
    entries
}

/// Takes apart what stands in the parentheses of an attribute that is a macro of its own.
fn entries_of_macro(ctxt: &Ctxt, args: TokenStream, place: Place) -> Vec<Entry> {
    let mut entries = Vec::new();
    let parser = |input: ParseStream<'_>| {
        parse_entries(ctxt, &mut entries, place, input);
        Ok(())
    };
    if let Err(error) = parser.parse2(args) {
        ctxt.push(error);
    }
    entries
}

fn parse_entries(ctxt: &Ctxt, entries: &mut Vec<Entry>, place: Place, input: ParseStream<'_>) {
    while !input.is_empty() {
        match parse_entry(place, input) {
            Ok(entry) => entries.push(entry),
            Err(error) => {
                ctxt.push(error);
                rest_of_entry(input);
            }
        }
        // At a comma or at the end: both branches above have seen to that.
        let _: Option<Token![,]> = input.parse().ok().flatten();
    }
}

fn parse_entry(place: Place, input: ParseStream<'_>) -> syn::Result<Entry> {
    if !input.peek(Ident::peek_any) {
        return Err(input.error(format!(
            "expected the name of a pickle attribute; {} takes {}",
            place.noun(),
            symbol::list(place)
        )));
    }
    let name = input.call(Ident::parse_any)?;
    let value = if input.peek(Token![=]) {
        let equals = input.parse()?;
        parse_value(input, equals)
    } else if input.peek(token::Paren) {
        let content;
        syn::parenthesized!(content in input);
        Value::List(content.parse()?)
    } else {
        Value::None
    };
    if input.is_empty() || input.peek(Token![,]) {
        Ok(Entry { name, value })
    } else if matches!(value, Value::None) && input.peek(Lit) {
        Err(input.error(format!("expected `=` between `{name}` and its value")))
    } else {
        Err(input.error(format!("expected `,` after `{name}`")))
    }
}

fn parse_value(input: ParseStream<'_>, equals: Token![=]) -> Value {
    fn all<T: Parse>(input: ParseStream<'_>) -> Option<T> {
        let ahead = input.fork();
        let value = ahead.parse().ok()?;
        if !ahead.is_empty() && !ahead.peek(Token![,]) {
            return None;
        }
        syn::parse::discouraged::Speculative::advance_to(input, &ahead);
        Some(value)
    }

    if let Some(text) = all(input) {
        Value::Text(text)
    } else if let Some(literal) = all::<Lit>(input) {
        // Not a path, though `true` and `false` look like one.
        Value::Other(literal.into_token_stream())
    } else if let Some(path) = all(input) {
        Value::Path(path)
    } else {
        let rest = rest_of_entry(input);
        if rest.is_empty() {
            Value::Missing(equals)
        } else {
            Value::Other(rest)
        }
    }
}

/// Takes everything up to the next comma.
fn rest_of_entry(input: ParseStream<'_>) -> TokenStream {
    let mut rest = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        match input.parse::<proc_macro2::TokenTree>() {
            Ok(tree) => rest.extend([tree]),
            Err(_) => break,
        }
    }
    rest
}

impl Entry {
    /// Returns the word, if it is one, may stand here, and did not come before.
    fn word(&self, ctxt: &Ctxt, place: Place, seen: &mut Vec<Word>) -> Option<Word> {
        let text = self.name.unraw().to_string();
        let Some(word) = Word::find(&text) else {
            ctxt.over(&self.name, symbol::unknown(&text, place));
            return None;
        };
        if word.belongs_on(place) {
            if seen.contains(&word) && !word.is_repeatable() {
                ctxt.over(&self.name, format!("duplicate pickle attribute `{text}`"));
                return None;
            }
            seen.push(word);
            return Some(word);
        }
        if !place.is_derived() {
            ctxt.over(&self.name, symbol::unknown(&text, place));
            return None;
        }
        let mut message = format!(
            "pickle attribute `{text}` belongs on {}, not on {}",
            word.nouns(),
            place.noun()
        );
        if let Some(counterpart) = word.counterpart() {
            message = format!("{message}; {counterpart}");
        }
        ctxt.over(&self.name, message);
        None
    }

    /// Reports that a value is missing or of the wrong type.
    fn refuse(&self, ctxt: &Ctxt, word: Word) {
        self.refuse_like(ctxt, word, word.example().to_owned());
    }

    fn refuse_like(&self, ctxt: &Ctxt, word: Word, example: String) {
        let (text, expected) = (word.text(), word.takes());
        let wrong = format!("`{text}` takes {expected}: write `{example}`");
        match &self.value {
            Value::None | Value::Missing(_) => {
                ctxt.over(
                    self,
                    format!("missing value for `{text}`: write `{example}`"),
                );
            }
            Value::List(_) => ctxt.over(self, wrong),
            Value::Text(value) => ctxt.over(value, wrong),
            Value::Path(value) => ctxt.over(value, wrong),
            Value::Other(value) => ctxt.over(value, wrong),
        }
    }

    /// The word itself, which takes no value.
    fn flag(&self, ctxt: &Ctxt) -> Ident {
        if !matches!(self.value, Value::None) {
            let message = format!("pickle attribute `{}` takes no value", self.name);
            ctxt.over(self, message);
        }
        self.name.clone()
    }

    /// One of these strings.
    fn choice<T: Copy>(&self, ctxt: &Ctxt, word: Word, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text(ctxt, word)?;
        let found = choices.iter().find(|(choice, _)| *choice == text.value);
        if found.is_none() {
            let choices: Vec<_> = choices.iter().map(|(c, _)| format!("\"{c}\"")).collect();
            let (last, rest) = choices.split_last()?;
            ctxt.at(
                text.span,
                format!("`{}` is {} or {last}", word.text(), rest.join(", ")),
            );
        }
        found.map(|(_, choice)| *choice)
    }

    fn text(&self, ctxt: &Ctxt, word: Word) -> Option<Text> {
        match &self.value {
            Value::Text(text) if text.suffix().is_empty() => Some(Text {
                word: self.name.clone(),
                value: text.value(),
                span: text.span(),
            }),
            _ => {
                self.refuse(ctxt, word);
                None
            }
        }
    }

    /// A path, as it is or in a string.
    fn path<T: Parse>(
        &self,
        ctxt: &Ctxt,
        word: Word,
        parser: fn(ParseStream<'_>) -> syn::Result<T>,
    ) -> Option<T> {
        let path = match &self.value {
            Value::Text(text) if text.suffix().is_empty() => text.parse_with(parser),
            Value::Path(path) => parser.parse2(path.to_token_stream()),
            _ => {
                self.refuse(ctxt, word);
                return None;
            }
        };
        if path.is_err() {
            self.refuse(ctxt, word);
        }
        path.ok()
    }

    /// A module and a name in it, joined by a dot or apart.
    fn alias(&self, ctxt: &Ctxt, word: Word) -> Option<Alias> {
        let what = word.text();
        let (module, qualname) = match &self.value {
            Value::Text(text) if text.suffix().is_empty() => {
                let value = text.value();
                match value.rsplit_once('.') {
                    _ if !dotted(ctxt, what, text.span(), &value) => return None,
                    Some((module, qualname)) => (module.to_owned(), qualname.to_owned()),
                    None => {
                        let message = format!(
                            "{what} `{value}` has no module: write `{what} = \"module.{value}\"`"
                        );
                        ctxt.over(text, message);
                        return None;
                    }
                }
            }
            Value::List(list) => {
                let parser = |input: ParseStream<'_>| {
                    let module: LitStr = input.parse()?;
                    input.parse::<Token![,]>()?;
                    let qualname: LitStr = input.parse()?;
                    input.parse::<Option<Token![,]>>()?;
                    Ok((module, qualname))
                };
                let Ok((module, qualname)) = parser.parse2(list.clone()) else {
                    ctxt.over(
                        self,
                        format!(
                            "`{what}(...)` takes a module and a class name: \
                             write `{what}(\"shop.models\", \"Order.Line\")`"
                        ),
                    );
                    return None;
                };
                // Both are looked at before either is refused.
                let is_module = dotted(ctxt, "module path", module.span(), &module.value());
                let is_name = dotted(ctxt, "class name", qualname.span(), &qualname.value());
                if !is_module || !is_name {
                    return None;
                }
                (module.value(), qualname.value())
            }
            _ => {
                self.refuse(ctxt, word);
                return None;
            }
        };
        Some(Alias {
            word: self.name.clone(),
            module,
            qualname,
        })
    }
}

/// Whether this is a dotted name, as `shop.models` or `Order.Line`; reports what is wrong with it.
///
/// No more is asked of the parts than pickles need: Python imports modules whose names are no
/// identifiers. White space is refused although Python would take it, for protocol 0 ends names
/// with a line feed, and a space in a name is a slip.
fn dotted(ctxt: &Ctxt, what: &str, span: Span, text: &str) -> bool {
    let problem = if text.is_empty() {
        ctxt.at(span, format!("the {what} is empty"));
        return false;
    } else if text.contains(char::is_whitespace) {
        "it contains white space".to_owned()
    } else if text.contains("::") || text.contains('/') {
        let dotted = text.replace("::", ".").replace('/', ".");
        format!("Python separates the parts by dots, `{dotted}`")
    } else if text.split('.').any(str::is_empty) {
        "a part between the dots is empty".to_owned()
    } else {
        return true;
    };
    ctxt.at(
        span,
        format!("malformed {what} `{}`: {problem}", text.escape_debug()),
    );
    false
}
