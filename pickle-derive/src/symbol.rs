//! The words of `#[pickle(...)]`, each with its place and an example, and what people write
//! instead of them.

/// The name of the helper attribute.
pub(crate) const PICKLE: &str = "pickle";

/// What an attribute stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Struct,
    Enum,
    Field,
    Variant,
    /// Under `#[pickle::dynamic]`, as an impl.
    Trait,
    Impl,
    /// Under `#[pickle::function]`.
    Function,
}

impl Place {
    /// Whether `#[pickle(...)]` stands there, and not an attribute macro.
    pub(crate) fn is_derived(self) -> bool {
        matches!(
            self,
            Self::Struct | Self::Enum | Self::Field | Self::Variant
        )
    }

    /// With the article that suits "belongs on … ".
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Struct => "the struct",
            Self::Enum => "the enum",
            Self::Field => "a field",
            Self::Variant => "a variant",
            Self::Trait => "the trait",
            Self::Impl => "the impl",
            Self::Function => "the function",
        }
    }

    /// What may stand in the parentheses.
    pub(crate) fn example(self) -> &'static str {
        match self {
            Self::Struct | Self::Enum | Self::Function => Word::Module.example(),
            Self::Field | Self::Variant => Word::Rename.example(),
            Self::Trait | Self::Impl => Word::Crate.example(),
        }
    }
}

/// A word that `#[pickle(...)]` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Word {
    Module,
    Name,
    Alias,
    Crate,
    RenameAll,
    Slots,
    State,
    Getstate,
    Setstate,
    Newargs,
    Namedtuple,
    Base,
    Reduce,
    Exception,
    Flags,
    Dict,
    Transparent,
    DenyUnknown,
    Upgrade,
    LoadOnly,
    DumpOnly,
    Untagged,
    Rename,
    Value,
    Default,
    Skip,
    SkipIf,
    With,
    Bytes,
    Latin1,
    Arg,
    Kwarg,
    Args,
    Attribute,
    Slot,
    Items,
    Rest,
    Flatten,
}

/// What there is to know of a word.
struct Entry {
    word: Word,
    text: &'static str,
    places: &'static [Place],
    /// What kind of value it takes.
    takes: &'static str,
    example: &'static str,
}

/// In the order in which messages list them.
#[rustfmt::skip]
const ENTRIES: &[Entry] = {
    use Place::{
        Enum as E, Field as F, Function as Fn, Impl as I, Struct as S, Trait as T, Variant as V,
    };
    const fn entry(
        word: Word,
        text: &'static str,
        places: &'static [Place],
        takes: &'static str,
        example: &'static str,
    ) -> Entry {
        Entry { word, text, places, takes, example }
    }
    &[
        entry(Word::Module, "module", &[S, E, Fn], "a string", r#"module = "shop.models""#),
        entry(Word::Name, "name", &[S, E, Fn], "a string", r#"name = "Order""#),
        entry(Word::Alias, "alias", &[S, E, F, V], "a string", r#"alias = "shop.models.Order""#),
        entry(Word::Crate, "crate", &[S, E, T, I, Fn], "a path", r#"crate = "path::to::pickle""#),
        entry(Word::RenameAll, "rename_all", &[S, E], "a string", r#"rename_all = "camelCase""#),
        entry(Word::Slots, "slots", &[S], "no value", "slots"),
        entry(Word::State, "state", &[S], "\"list\" or \"tuple\"", r#"state = "list""#),
        entry(Word::Getstate, "getstate", &[S], "the path of a function", r#"getstate = "path::to::function""#),
        entry(Word::Setstate, "setstate", &[S], "the path of a function", r#"setstate = "path::to::function""#),
        entry(Word::Newargs, "newargs", &[S], "no value", "newargs"),
        entry(Word::Namedtuple, "namedtuple", &[S], "no value", "namedtuple"),
        entry(Word::Base, "base", &[S], "the name of a built-in type", r#"base = "int""#),
        entry(Word::Reduce, "reduce", &[S], "the name of a function, or no value", r#"reduce = "shop.models.make_order""#),
        entry(Word::Exception, "exception", &[S], "no value", "exception"),
        entry(Word::Flags, "flags", &[S], "names and their bits, or no value", "flags(READ = 4, WRITE = 2)"),
        entry(Word::Dict, "dict", &[S], "no value", "dict"),
        entry(Word::Transparent, "transparent", &[S], "no value", "transparent"),
        entry(Word::DenyUnknown, "deny_unknown", &[S], "no value", "deny_unknown"),
        entry(Word::Upgrade, "upgrade", &[S], "the path of a function", r#"upgrade = "path::to::function""#),
        entry(Word::LoadOnly, "load_only", &[S, T], "no value", "load_only"),
        entry(Word::DumpOnly, "dump_only", &[S], "no value", "dump_only"),
        entry(Word::Untagged, "untagged", &[E], "no value", "untagged"),
        entry(Word::Rename, "rename", &[F, V], "a string", r#"rename = "name""#),
        entry(Word::Value, "value", &[V], "a constant", "value = 1"),
        entry(Word::Default, "default", &[F], "the path of a function", r#"default = "path::to::function""#),
        entry(Word::Skip, "skip", &[F], "no value", "skip"),
        entry(Word::SkipIf, "skip_if", &[F], "the path of a function", r#"skip_if = "path::to::function""#),
        entry(Word::With, "with", &[F], "the path of a module", r#"with = "path::to::module""#),
        entry(Word::Bytes, "bytes", &[F], "no value", "bytes"),
        entry(Word::Latin1, "latin1", &[F], "no value", "latin1"),
        entry(Word::Arg, "arg", &[F], "no value", "arg"),
        entry(Word::Kwarg, "kwarg", &[F], "no value", "kwarg"),
        entry(Word::Args, "args", &[F], "no value", "args"),
        entry(Word::Attribute, "attribute", &[F], "no value", "attribute"),
        entry(Word::Slot, "slot", &[F], "no value", "slot"),
        entry(Word::Items, "items", &[F], "\"list\", \"dict\" or \"set\"", r#"items = "list""#),
        entry(Word::Rest, "rest", &[F], "no value", "rest"),
        entry(Word::Flatten, "flatten", &[F], "no value", "flatten"),
    ]
};

impl Word {
    fn entry(self) -> &'static Entry {
        // The table is in the order of the words, which a test checks.
        &ENTRIES[self as usize]
    }

    pub(crate) fn text(self) -> &'static str {
        self.entry().text
    }

    pub(crate) fn places(self) -> &'static [Place] {
        self.entry().places
    }

    pub(crate) fn belongs_on(self, place: Place) -> bool {
        self.places().contains(&place)
    }

    /// Whether it may be given more than once.
    pub(crate) fn is_repeatable(self) -> bool {
        self == Self::Alias
    }

    /// How the word is written.
    pub(crate) fn example(self) -> &'static str {
        self.entry().example
    }

    /// What kind of value the word takes.
    pub(crate) fn takes(self) -> &'static str {
        self.entry().takes
    }

    /// Where the word belongs, for those who wrote it somewhere else.
    pub(crate) fn nouns(self) -> String {
        let places = self.places().iter().filter(|place| place.is_derived());
        let nouns: Vec<_> = places.map(|place| place.noun()).collect();
        nouns.join(" or ")
    }

    /// The word for those who wrote this one on the other place.
    pub(crate) fn counterpart(self) -> Option<&'static str> {
        match self {
            Self::Name => Some("to give the attribute another name, write `rename = \"…\"`"),
            Self::Rename => Some("to give the class another name, write `name = \"…\"`"),
            Self::Slots => Some("for a single field write `slot`"),
            Self::Slot => Some("for all fields write `slots`"),
            Self::Flags => Some(
                "flags combine, which variants cannot: write a struct around an int, as in \
                 `struct Mode(u32);`",
            ),
            _ => None,
        }
    }

    pub(crate) fn find(text: &str) -> Option<Self> {
        let entry = ENTRIES.iter().find(|entry| entry.text == text)?;
        Some(entry.word)
    }
}

/// What people coming from Python or from other derives may write.
const SYNONYMS: &[(&str, Word)] = &[
    ("class", Word::Name),
    ("class_name", Word::Name),
    ("qualname", Word::Name),
    ("mod", Word::Module),
    ("package", Word::Module),
    ("aliases", Word::Alias),
    ("ignore", Word::Skip),
    ("skip_serializing", Word::Skip),
    ("skip_deserializing", Word::Skip),
    ("transient", Word::Skip),
    ("skip_serializing_if", Word::SkipIf),
    ("flag", Word::Flags),
    ("bitflags", Word::Flags),
    ("deny_unknown_fields", Word::DenyUnknown),
    ("serialize_with", Word::With),
    ("deserialize_with", Word::With),
    ("extra", Word::Rest),
    ("other", Word::Rest),
    ("__slots__", Word::Slots),
    ("__getstate__", Word::Getstate),
    ("__setstate__", Word::Setstate),
    ("__getnewargs__", Word::Newargs),
    ("__getnewargs_ex__", Word::Newargs),
    ("__reduce__", Word::Reduce),
    ("keyword", Word::Kwarg),
];

/// Says that a word is unknown, and what may have been meant.
pub(crate) fn unknown(text: &str, place: Place) -> String {
    let start = format!("unknown pickle attribute `{text}`");
    match suggest(text, place) {
        Some(word) if word.belongs_on(place) => {
            format!("{start}; did you mean `{}`?", word.text())
        }
        Some(word) if place.is_derived() => format!(
            "{start}; did you mean `{}`, which belongs on {}?",
            word.text(),
            word.nouns()
        ),
        _ => format!("{start}; {} takes {}", place.noun(), list(place)),
    }
}

/// The words for this place, as an enumeration.
pub(crate) fn list(place: Place) -> String {
    let words: Vec<_> = ENTRIES
        .iter()
        .filter(|entry| entry.places.contains(&place))
        .map(|entry| format!("`{}`", entry.text))
        .collect();
    match words.split_last() {
        // Nobody reads thirty words: the first ones are those that are used most.
        Some(_) if words.len() > 6 => format!("{} and others", words[..4].join(", ")),
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

/// The nearest word; among equally near ones, one that suits the place.
fn suggest(text: &str, place: Place) -> Option<Word> {
    if let Some((_, word)) = SYNONYMS.iter().find(|(synonym, _)| *synonym == text) {
        return Some(*word);
    }
    ENTRIES
        .iter()
        .map(|entry| {
            let elsewhere = !entry.places.contains(&place);
            (distance(text, entry.text), elsewhere, entry.word)
        })
        .filter(|(distance, _, word)| *distance <= (word.text().len() / 3).max(1))
        .min_by_key(|&(distance, elsewhere, _)| (distance, elsewhere))
        .map(|(_, _, word)| word)
}

/// The number of letters to insert, remove, replace or swap with their neighbour.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut rows = vec![vec![0; right.len() + 1]; left.len() + 1];
    for i in 0..=left.len() {
        for j in 0..=right.len() {
            if i == 0 || j == 0 {
                rows[i][j] = i + j;
                continue;
            }
            let differs = usize::from(left[i - 1] != right[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            best = best.min(rows[i - 1][j - 1] + differs);
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        for (nth, entry) in ENTRIES.iter().enumerate() {
            assert_eq!(entry.word as usize, nth, "{}", entry.text);
        }
    }

    #[test]
    fn a_swap_is_one_step() {
        assert_eq!(distance("nmae", "name"), 1);
        assert_eq!(distance("", "name"), 4);
        assert_eq!(distance("modul", "module"), 1);
    }

    #[test]
    fn suggestions_suit_the_place() {
        let table = [
            ("nmae", Place::Struct, "did you mean `name`?"),
            ("modul", Place::Struct, "did you mean `module`?"),
            ("qualname", Place::Struct, "did you mean `name`?"),
            ("aliases", Place::Struct, "did you mean `alias`?"),
            ("defualt", Place::Field, "did you mean `default`?"),
            (
                "modul",
                Place::Field,
                "did you mean `module`, which belongs on the struct or the enum?",
            ),
            (
                "colour",
                Place::Struct,
                "the struct takes `module`, `name`, `alias`, `crate`",
            ),
            (
                "colour",
                Place::Field,
                "a field takes `alias`, `rename`, `default`, `skip`",
            ),
        ];
        for (text, place, expected) in table {
            let message = unknown(text, place);
            assert!(message.contains(expected), "{message}");
        }
    }

    #[test]
    fn every_example_starts_with_its_word() {
        for Entry { word, .. } in ENTRIES {
            assert!(word.example().starts_with(word.text()));
            assert_eq!(Word::find(word.text()), Some(*word));
        }
    }
}
