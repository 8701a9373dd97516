//! The options that stand on classes, fields and variants.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprPath, Ident, Lit, Path, Token, token};

use super::{Entry, Value, dotted, entries, entries_of_macro};
use crate::ctxt::Ctxt;
use crate::symbol::{Place, Word};

/// What stands on a struct or an enum.
#[derive(Default)]
pub(crate) struct ClassOptions {
    pub(crate) module: Option<Text>,
    pub(crate) name: Option<Text>,
    pub(crate) aliases: Vec<Alias>,
    pub(crate) krate: Option<Path>,
    pub(crate) rename_all: Option<Case>,
    pub(crate) state: Option<StateKind>,
    pub(crate) base: Option<String>,
    /// The function that makes instances, if it is not the class itself.
    pub(crate) maker: Option<Alias>,
    pub(crate) getstate: Option<ExprPath>,
    pub(crate) setstate: Option<ExprPath>,
    pub(crate) upgrade: Option<ExprPath>,
    /// The names of flags and what each stands for.
    pub(crate) flags: Vec<(Ident, TokenStream)>,
    /// Every word, where it stands.
    pub(crate) words: Words,
}

/// What stands on a field.
#[derive(Default)]
pub(crate) struct FieldOptions {
    pub(crate) rename: Option<Text>,
    pub(crate) aliases: Vec<Text>,
    pub(crate) default: Option<DefaultOption>,
    pub(crate) skip_if: Option<ExprPath>,
    pub(crate) with: Option<Path>,
    pub(crate) items: Option<ItemsKind>,
    pub(crate) words: Words,
}

/// What stands on a variant.
#[derive(Default)]
pub(crate) struct VariantOptions {
    pub(crate) rename: Option<Text>,
    pub(crate) aliases: Vec<Text>,
    pub(crate) value: Option<Constant>,
    pub(crate) words: Words,
}

/// What stands in `#[pickle::dynamic(…)]` and `#[pickle::function(…)]`.
#[derive(Default)]
pub(crate) struct ItemOptions {
    pub(crate) module: Option<Text>,
    pub(crate) name: Option<Text>,
    pub(crate) krate: Option<Path>,
    pub(crate) words: Words,
}

/// The words that stand somewhere, in order.
#[derive(Default)]
pub(crate) struct Words(Vec<(Word, Ident)>);

impl Words {
    pub(crate) fn get(&self, word: Word) -> Option<&Ident> {
        self.among(&[word]).next().map(|(_, ident)| ident)
    }

    /// Those that are among these.
    pub(crate) fn among(&self, words: &[Word]) -> impl Iterator<Item = (Word, &Ident)> {
        let given = self.0.iter().filter(move |(word, _)| words.contains(word));
        given.map(|(word, ident)| (*word, ident))
    }

    pub(crate) fn has(&self, word: Word) -> bool {
        self.get(word).is_some()
    }
}

/// The text behind a word.
pub(crate) struct Text {
    /// The word, for those who say that it is useless.
    pub(crate) word: Ident,
    pub(crate) value: String,
    /// Where the text is.
    pub(crate) span: Span,
}

/// Another name of the class.
pub(crate) struct Alias {
    pub(crate) word: Ident,
    pub(crate) module: String,
    pub(crate) qualname: String,
}

/// `default` or `default = function`.
pub(crate) struct DefaultOption {
    pub(crate) word: Ident,
    pub(crate) function: Option<ExprPath>,
}

/// What a state is that is no dict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StateKind {
    List,
    Tuple,
}

/// What the items of a field are to the instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ItemsKind {
    List,
    Dict,
    Set,
}

/// How names are made of those of fields and variants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Camel,
    Pascal,
    Snake,
    ScreamingSnake,
}

/// A constant of Python's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Constant {
    None,
    Bool(bool),
    Int(i64),
    /// As it is written.
    Float(String),
    Str(String),
    Tuple(Vec<Constant>),
}

impl Case {
    /// The name, made of that of a field or variant.
    pub(crate) fn apply(self, name: &str) -> String {
        let mut words: Vec<String> = Vec::new();
        // An underscore at the start says that the name is private, and stays.
        let bare = name.trim_start_matches('_');
        for part in bare.split('_').filter(|part| !part.is_empty()) {
            let mut before_is_lower = false;
            let mut word = String::new();
            for letter in part.chars() {
                if letter.is_uppercase() && before_is_lower {
                    words.push(std::mem::take(&mut word));
                }
                before_is_lower = !letter.is_uppercase();
                word.extend(letter.to_lowercase());
            }
            words.push(word);
        }
        let title = |word: &String| {
            let mut letters = word.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            first.chain(letters).collect::<String>()
        };
        let made = match self {
            Self::Snake => words.join("_"),
            Self::ScreamingSnake => words.join("_").to_uppercase(),
            Self::Pascal => words.iter().map(title).collect(),
            Self::Camel => match words.split_first() {
                Some((first, rest)) => first.clone() + &rest.iter().map(title).collect::<String>(),
                None => String::new(),
            },
        };
        format!("{}{made}", &name[..name.len() - bare.len()])
    }
}

/// The built-in types of which a class may be a subclass.
const BASES: &[(&str, &str)] = &[
    ("int", "int"),
    ("float", "float"),
    ("str", "str"),
    ("bytes", "bytes"),
    ("tuple", "tuple"),
];

impl ClassOptions {
    /// Reads the attributes of a struct or enum.
    pub(crate) fn parse(ctxt: &Ctxt, attrs: &[Attribute], place: Place) -> Self {
        let mut options = Self::default();
        let mut seen = Vec::new();
        for entry in entries(ctxt, attrs, place) {
            if let Some(word) = entry.word(ctxt, place, &mut seen) {
                options.words.0.push((word, entry.name.clone()));
                options.read(ctxt, word, &entry);
            }
        }
        options
    }

    fn read(&mut self, ctxt: &Ctxt, word: Word, entry: &Entry) {
        match word {
            // module = "shop.models"
            Word::Module => self.module = entry.dotted(ctxt, word, "module path"),
            // name = "Order"
            // name = "Order.Line"
            Word::Name => self.name = entry.dotted(ctxt, word, "class name"),
            // alias = "shop.models.Order"
            // alias("shop.models", "Order.Line")
            Word::Alias => self.aliases.extend(entry.alias(ctxt, word)),
            // crate = "path::to::pickle"
            // crate = path::to::pickle         (a macro by example has `$crate::pickle`)
            Word::Crate => self.krate = entry.path(ctxt, word, Path::parse_mod_style),
            // rename_all = "camelCase"
            Word::RenameAll => {
                let cases = [
                    ("camelCase", Case::Camel),
                    ("PascalCase", Case::Pascal),
                    ("snake_case", Case::Snake),
                    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
                ];
                self.rename_all = entry.choice(ctxt, word, &cases);
            }
            // state = "list"
            // state = "tuple"
            Word::State => {
                let kinds = [("list", StateKind::List), ("tuple", StateKind::Tuple)];
                self.state = entry.choice(ctxt, word, &kinds);
            }
            // base = "int"
            Word::Base => {
                self.base = entry.choice(ctxt, word, BASES).map(str::to_owned);
            }
            // reduce
            // reduce = "shop.models.make_order"
            // reduce("shop.models", "Order.make")
            Word::Reduce => {
                if !matches!(entry.value, Value::None) {
                    self.maker = entry.alias(ctxt, word);
                }
            }
            // flags
            // flags(READ = 4, WRITE = 1 << 1)
            Word::Flags => {
                if !matches!(entry.value, Value::None) {
                    self.flags = entry.flags(ctxt, word);
                }
            }
            // getstate = "path::to::function", and the like
            Word::Getstate => self.getstate = entry.path(ctxt, word, ExprPath::parse),
            Word::Setstate => self.setstate = entry.path(ctxt, word, ExprPath::parse),
            Word::Upgrade => self.upgrade = entry.path(ctxt, word, ExprPath::parse),
            _ => {
                entry.flag(ctxt);
            }
        }
    }
}

impl FieldOptions {
    /// Reads the attributes of a field.
    pub(crate) fn parse(ctxt: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut options = Self::default();
        let mut seen = Vec::new();
        for entry in entries(ctxt, attrs, Place::Field) {
            if let Some(word) = entry.word(ctxt, Place::Field, &mut seen) {
                options.words.0.push((word, entry.name.clone()));
                options.read(ctxt, word, &entry);
            }
        }
        options
    }

    fn read(&mut self, ctxt: &Ctxt, word: Word, entry: &Entry) {
        match word {
            // rename = "customerName"
            Word::Rename => self.rename = entry.attribute_name(ctxt, word),
            // alias = "customer_name"
            Word::Alias => self.aliases.extend(entry.attribute_name(ctxt, word)),
            // default
            // default = "path::to::function"
            // default = path::to::function
            Word::Default => {
                let function = match entry.value {
                    Value::None => None,
                    _ => entry.path(ctxt, word, ExprPath::parse),
                };
                self.default = Some(DefaultOption {
                    word: entry.name.clone(),
                    function,
                });
            }
            // skip_if = "path::to::function"
            // skip_if = path::to::function
            Word::SkipIf => self.skip_if = entry.path(ctxt, word, ExprPath::parse),
            // with = "path::to::module"
            // with = path::to::module
            Word::With => self.with = entry.path(ctxt, word, Path::parse_mod_style),
            // items = "list"
            Word::Items => {
                let kinds = [
                    ("list", ItemsKind::List),
                    ("dict", ItemsKind::Dict),
                    ("set", ItemsKind::Set),
                ];
                self.items = entry.choice(ctxt, word, &kinds);
            }
            _ => {
                entry.flag(ctxt);
            }
        }
    }
}

impl ItemOptions {
    /// Reads what stands in the parentheses.
    pub(crate) fn parse(ctxt: &Ctxt, args: TokenStream, place: Place) -> Self {
        let mut options = Self::default();
        let mut seen = Vec::new();
        for entry in entries_of_macro(ctxt, args, place) {
            let Some(word) = entry.word(ctxt, place, &mut seen) else {
                continue;
            };
            options.words.0.push((word, entry.name.clone()));
            match word {
                // module = "shop"
                Word::Module => options.module = entry.dotted(ctxt, word, "module path"),
                // name = "price"
                Word::Name => options.name = entry.dotted(ctxt, word, "function name"),
                // crate = "path::to::pickle"
                Word::Crate => options.krate = entry.path(ctxt, word, Path::parse_mod_style),
                // load_only
                _ => {
                    entry.flag(ctxt);
                }
            }
        }
        options
    }
}

impl VariantOptions {
    /// Reads the attributes of a variant.
    pub(crate) fn parse(ctxt: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut options = Self::default();
        let mut seen = Vec::new();
        for entry in entries(ctxt, attrs, Place::Variant) {
            let Some(word) = entry.word(ctxt, Place::Variant, &mut seen) else {
                continue;
            };
            options.words.0.push((word, entry.name.clone()));
            match word {
                // rename = "RED"
                Word::Rename => options.rename = entry.attribute_name(ctxt, word),
                // alias = "CRIMSON"
                Word::Alias => options.aliases.extend(entry.attribute_name(ctxt, word)),
                // value = 1
                // value = "red"
                // value = true
                // value = None
                // value = -1.5
                // value = (1, "red")
                _ => options.value = entry.constant(ctxt, word),
            }
        }
        options
    }
}

impl Entry {
    /// A dotted name.
    fn dotted(&self, ctxt: &Ctxt, word: Word, what: &str) -> Option<Text> {
        let text = self.text(ctxt, word)?;
        dotted(ctxt, what, text.span, &text.value);
        Some(text)
    }

    /// The name of an attribute or member.
    fn attribute_name(&self, ctxt: &Ctxt, word: Word) -> Option<Text> {
        if !matches!(self.value, Value::Text(_)) {
            self.refuse_like(ctxt, word, "name = \"…\"".replace("name", word.text()));
            return None;
        }
        let text = self.text(ctxt, word)?;
        if text.value.is_empty() {
            let message = format!("`{}` is empty: an attribute needs a name", word.text());
            ctxt.at(text.span, message);
        }
        Some(text)
    }

    fn constant(&self, ctxt: &Ctxt, word: Word) -> Option<Constant> {
        let constant = match &self.value {
            Value::Text(text) if text.suffix().is_empty() => Some(Constant::Str(text.value())),
            Value::Path(path) if path.path.is_ident("None") => Some(Constant::None),
            Value::Other(tokens) => Constant::parse.parse2(tokens.clone()).ok(),
            _ => None,
        };
        if constant.is_none() {
            self.refuse_like(ctxt, word, "value = 1` or `value = \"red\"".to_owned());
        }
        constant
    }

    /// Names and numbers.
    fn flags(&self, ctxt: &Ctxt, word: Word) -> Vec<(Ident, TokenStream)> {
        let parser = |input: ParseStream<'_>| {
            let flag = |input: ParseStream<'_>| {
                let name = input.call(Ident::parse_any)?;
                input.parse::<Token![=]>()?;
                Ok((name, input.parse::<Expr>()?.into_token_stream()))
            };
            Punctuated::<_, Token![,]>::parse_terminated_with(input, flag)
        };
        match &self.value {
            Value::List(list) => match parser.parse2(list.clone()) {
                Ok(flags) => return flags.into_iter().collect(),
                Err(_) => self.refuse(ctxt, word),
            },
            _ => self.refuse(ctxt, word),
        }
        Vec::new()
    }
}

impl Parse for Constant {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(token::Paren) {
            let items;
            syn::parenthesized!(items in input);
            let items = Punctuated::<Self, Token![,]>::parse_terminated(&items)?;
            return match (items.len(), items.trailing_punct()) {
                (1, false) => items.into_iter().next().ok_or_else(|| input.error("")),
                _ => Ok(Self::Tuple(items.into_iter().collect())),
            };
        }
        if input.peek(Ident) {
            let name: Ident = input.parse()?;
            return match name == "None" {
                true => Ok(Self::None),
                false => Err(syn::Error::new(name.span(), "")),
            };
        }
        match input.parse()? {
            Lit::Bool(value) => Ok(Self::Bool(value.value)),
            Lit::Str(value) if value.suffix().is_empty() => Ok(Self::Str(value.value())),
            Lit::Int(value) if value.suffix().is_empty() => Ok(Self::Int(value.base10_parse()?)),
            Lit::Float(value) if value.suffix().is_empty() => {
                Ok(Self::Float(value.base10_digits().to_owned()))
            }
            literal => Err(syn::Error::new(literal.span(), "")),
        }
    }
}
