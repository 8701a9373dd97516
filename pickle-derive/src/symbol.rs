//! The words of `#[pickle(...)]`, each with its place and an example, and what people write
//! instead of them.

/// The name of the helper attribute.
pub(crate) const PICKLE: &str = "pickle";

/// What an attribute stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Struct,
    Field,
}

impl Place {
    /// With the article that suits "belongs on … ".
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Struct => "the struct",
            Self::Field => "a field",
        }
    }

    /// What may stand in the parentheses.
    pub(crate) fn example(self) -> &'static str {
        match self {
            Self::Struct => Word::Module.example(),
            Self::Field => Word::Rename.example(),
        }
    }
}

/// A word that `#[pickle(...)]` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Module,
    Name,
    Alias,
    Crate,
    Rename,
    Default,
    Skip,
}

impl Word {
    /// In the order in which messages list them.
    pub(crate) const ALL: &[Self] = &[
        Self::Module,
        Self::Name,
        Self::Alias,
        Self::Crate,
        Self::Rename,
        Self::Default,
        Self::Skip,
    ];

    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Module => "module",
            Self::Name => "name",
            Self::Alias => "alias",
            Self::Crate => "crate",
            Self::Rename => "rename",
            Self::Default => "default",
            Self::Skip => "skip",
        }
    }

    pub(crate) fn place(self) -> Place {
        match self {
            Self::Module | Self::Name | Self::Alias | Self::Crate => Place::Struct,
            Self::Rename | Self::Default | Self::Skip => Place::Field,
        }
    }

    /// Whether it may be given more than once.
    pub(crate) fn is_repeatable(self) -> bool {
        self == Self::Alias
    }

    /// How the word is written.
    pub(crate) fn example(self) -> &'static str {
        match self {
            Self::Module => r#"module = "shop.models""#,
            Self::Name => r#"name = "Order""#,
            Self::Alias => r#"alias = "shop.models.Order""#,
            Self::Crate => r#"crate = "path::to::pickle""#,
            Self::Rename => r#"rename = "name""#,
            Self::Default => r#"default = "path::to::function""#,
            Self::Skip => "skip",
        }
    }

    /// What kind of value the word takes.
    pub(crate) fn takes(self) -> &'static str {
        match self {
            Self::Module | Self::Name | Self::Alias | Self::Rename => "a string",
            Self::Crate => "a path",
            Self::Default => "the path of a function",
            Self::Skip => "no value",
        }
    }

    /// The word for those who wrote this one on the other place.
    pub(crate) fn counterpart(self) -> Option<&'static str> {
        match self {
            Self::Name => Some("to give the attribute another name, write `rename = \"…\"`"),
            Self::Rename => Some("to give the class another name, write `name = \"…\"`"),
            _ => None,
        }
    }

    pub(crate) fn find(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|word| word.text() == text)
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
    ("attribute", Word::Rename),
    ("ignore", Word::Skip),
    ("skip_serializing", Word::Skip),
    ("skip_deserializing", Word::Skip),
    ("transient", Word::Skip),
];

/// Says that a word is unknown, and what may have been meant.
pub(crate) fn unknown(text: &str, place: Place) -> String {
    let start = format!("unknown pickle attribute `{text}`");
    match suggest(text, place) {
        Some(word) if word.place() == place => {
            format!("{start}; did you mean `{}`?", word.text())
        }
        Some(word) => format!(
            "{start}; did you mean `{}`, which belongs on {}?",
            word.text(),
            word.place().noun()
        ),
        None => format!("{start}; {} takes {}", place.noun(), list(place)),
    }
}

/// The words for this place, as an enumeration.
pub(crate) fn list(place: Place) -> String {
    let words: Vec<_> = Word::ALL
        .iter()
        .filter(|word| word.place() == place)
        .map(|word| format!("`{}`", word.text()))
        .collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

/// The nearest word; among equally near ones, one that suits the place.
fn suggest(text: &str, place: Place) -> Option<Word> {
    if let Some((_, word)) = SYNONYMS.iter().find(|(synonym, _)| *synonym == text) {
        return Some(*word);
    }
    Word::ALL
        .iter()
        .map(|&word| (distance(text, word.text()), word.place() != place, word))
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
                "did you mean `module`, which belongs on the struct?",
            ),
            (
                "colour",
                Place::Struct,
                "the struct takes `module`, `name`, `alias` and `crate`",
            ),
            (
                "colour",
                Place::Field,
                "a field takes `rename`, `default` and `skip`",
            ),
        ];
        for (text, place, expected) in table {
            let message = unknown(text, place);
            assert!(message.ends_with(expected), "{message}");
        }
    }

    #[test]
    fn every_example_starts_with_its_word() {
        for word in Word::ALL {
            assert!(word.example().starts_with(word.text()));
            assert_eq!(Word::find(word.text()), Some(*word));
        }
    }
}
