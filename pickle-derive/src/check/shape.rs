//! What a struct is in Python: which of the words go together.

use syn::Ident;
use syn::ext::IdentExt;

use crate::attr::ItemsKind;
use crate::ctxt::Ctxt;
use crate::model::{Field, MAKERS, Role, Struct, Style};
use crate::symbol::Word;

/// The words of a field that say what it is to the instance.
const ROLES: [Word; 8] = [
    Word::Arg,
    Word::Kwarg,
    Word::Args,
    Word::Attribute,
    Word::Slot,
    Word::Items,
    Word::Rest,
    Word::Flatten,
];

pub(super) fn check(ctxt: &Ctxt, model: &Struct<'_>) {
    words_go_together(ctxt, model);
    simple_shapes_take_few_words(ctxt, model);
    for field in &model.fields {
        one_role_each(ctxt, field);
        one_way_each(ctxt, field);
    }
    roles_fit(ctxt, model);
    fields_have_names(ctxt, model);
    functions_for_the_state(ctxt, model);
    owned_if_upgraded(ctxt, model);
}

/// Reports two words of which only one can be meant, at the second.
fn conflict(ctxt: &Ctxt, first: Word, second: (Word, &Ident), why: &str) {
    let (word, at) = second;
    let (first, second) = (first.text(), word.text());
    ctxt.over(at, format!("`{first}` and `{second}` conflict: {why}"));
}

/// ```text
/// #[pickle(dict, transparent)]
/// #[pickle(newargs, exception)]
/// #[pickle(slots, state = "list")]
/// ```
fn words_go_together(ctxt: &Ctxt, model: &Struct<'_>) {
    let groups: [(&[Word], &str); 3] = [
        (
            &[Word::Transparent, Word::Dict, Word::Flags],
            "each says what the struct is in Python",
        ),
        (&MAKERS, "an instance is made in one way"),
        (
            &[Word::Slots, Word::State, Word::Getstate],
            "an instance has one state",
        ),
    ];
    for (words, why) in groups {
        let mut given = model.head.options.words.among(words);
        if let Some((first, _)) = given.next() {
            given.for_each(|second| conflict(ctxt, first, second, why));
        }
    }
    if let (true, Some(dump_only)) = (
        model.has(Word::LoadOnly),
        model.head.options.words.get(Word::DumpOnly),
    ) {
        let why = "a type that can do neither needs no derive";
        conflict(ctxt, Word::LoadOnly, (Word::DumpOnly, dump_only), why);
    }
    if let (true, Some(word)) = (
        model.has(Word::DumpOnly),
        model.head.options.words.get(Word::Upgrade),
    ) {
        ctxt.over(word, "useless `upgrade`: the type is not loaded");
    }
}

/// ```text
/// #[pickle(transparent, module = "shop")]
/// #[pickle(flags, slots)]
/// ```
fn simple_shapes_take_few_words(ctxt: &Ctxt, model: &Struct<'_>) {
    let (kind, is) = match () {
        () if model.has(Word::Transparent) => (
            Word::Transparent,
            "`transparent`, it is its only field and has no class",
        ),
        () if model.has(Word::Dict) => (
            Word::Dict,
            "`dict`, it is a dict in Python and has no class",
        ),
        () if model.has(Word::Flags) => {
            (Word::Flags, "`flags`, it is an int whose bits have names")
        }
        () => return,
    };
    let mut words = vec![
        Word::Slots,
        Word::State,
        Word::Getstate,
        Word::Setstate,
        Word::Upgrade,
    ];
    words.extend(MAKERS);
    if kind != Word::Flags {
        words.extend([Word::Module, Word::Name, Word::Alias]);
    }
    if kind != Word::Dict {
        words.extend([Word::RenameAll, Word::DenyUnknown]);
    }
    for (word, ident) in model.head.options.words.among(&words) {
        let text = word.text();
        ctxt.over(ident, format!("useless `{text}`: the struct is {is}"));
    }
    if kind == Word::Dict {
        return;
    }
    let mut names: Vec<String> = Vec::new();
    for (flag, _) in &model.head.options.flags {
        let name = flag.unraw().to_string();
        if names.contains(&name) {
            ctxt.over(flag, format!("duplicate flag `{name}`"));
        }
        names.push(name);
    }
    let text = kind.text();
    let used: Vec<_> = model.used().collect();
    if used.len() != 1 {
        let count = used.len();
        ctxt.over(
            model.head.options.words.get(kind),
            format!(
                "a `{text}` struct is its only field, this one has {count}; mark the others `skip`"
            ),
        );
    }
    let mut words = vec![Word::Rename, Word::Alias, Word::Default, Word::SkipIf];
    words.extend(ROLES);
    if kind == Word::Flags {
        words.extend([Word::With, Word::Bytes, Word::Latin1]);
    }
    for field in used {
        for (word, ident) in field.options.words.among(&words) {
            let word = word.text();
            ctxt.over(
                ident,
                format!("useless `{word}`: the struct is `{text}`, it is this field"),
            );
        }
    }
}

/// ```text
/// #[pickle(arg, rest)]
/// ```
fn one_role_each(ctxt: &Ctxt, field: &Field<'_>) {
    let mut given = field.options.words.among(&ROLES);
    let Some((first, _)) = given.next() else {
        return;
    };
    for second in given {
        let (args, names) = ([Word::Arg, Word::Kwarg], [Word::Attribute, Word::Slot]);
        let twofold = |one, other| args.contains(&one) && names.contains(&other);
        // An argument that the instance keeps as an attribute.
        if !twofold(first, second.0) && !twofold(second.0, first) {
            conflict(ctxt, first, second, "a field is one thing only");
        }
    }
}

/// ```text
/// #[pickle(with = "hex", bytes)]
/// ```
fn one_way_each(ctxt: &Ctxt, field: &Field<'_>) {
    let ways = [Word::With, Word::Bytes, Word::Latin1];
    let mut given = field.options.words.among(&ways);
    let Some((first, ident)) = given.next() else {
        return;
    };
    given.for_each(|second| conflict(ctxt, first, second, "a field is written in one way"));
    let text = first.text();
    match field.role {
        Role::Items(_) | Role::Rest | Role::Flatten | Role::Args => ctxt.over(
            ident,
            format!("`{text}` is for a single value, which this field is not"),
        ),
        _ => {}
    }
}

/// Roles that the struct has no place for, and fields of which there can be only one.
fn roles_fit(ctxt: &Ctxt, model: &Struct<'_>) {
    if model.has(Word::Transparent) || model.has(Word::Flags) {
        return;
    }
    let is_made = MAKERS.iter().any(|word| model.has(*word));
    let mut single = Vec::new();
    for field in &model.fields {
        let word = |word| field.options.words.get(word);
        for arg in [Word::Arg, Word::Kwarg, Word::Args] {
            if let (Some(at), false) = (word(arg), is_made) {
                let text = arg.text();
                ctxt.over(
                    at,
                    format!(
                        "`{text}` says of what an instance is made, but nothing says how: write \
                         `newargs`, `reduce` or `exception` on the struct"
                    ),
                );
            }
        }
        let by_new = model.has(Word::Newargs) || model.has(Word::Base);
        if let (Some(at), false) = (word(Word::Kwarg), by_new || !is_made) {
            ctxt.over(
                at,
                "only a class's `__new__` takes keyword arguments: write `newargs` on the struct",
            );
        }
        if let (Some(at), true) = (
            word(Word::Slot),
            model.has(Word::Slots) && !field.is_twofold(),
        ) {
            ctxt.over(at, "useless `slot`: all attributes are `slots`");
        }
        if let Some(at) = word(Word::SkipIf) {
            skip_if_fits(ctxt, model, field, at);
        }
        if let (Some(at), true) = (word(Word::Attribute), !is_made && !model.has(Word::Slots)) {
            ctxt.over(at, "useless `attribute`: the field is one anyway");
        }
        let only_with_a_dict = match () {
            () if model.has(Word::State) => Some(Word::State),
            () if model.has(Word::Getstate) => Some(Word::Getstate),
            () if model.has(Word::Setstate) => Some(Word::Setstate),
            () => None,
        };
        for role in [Word::Rest, Word::Flatten, Word::Slot] {
            if let (Some(at), Some(state)) = (word(role), only_with_a_dict) {
                let why = "the items of the state have no names";
                conflict(ctxt, state, (role, at), why);
            }
        }
        if model.has(Word::Dict) {
            for role in [Word::Slot, Word::Items, Word::Flatten] {
                if let Some(at) = word(role) {
                    conflict(ctxt, Word::Dict, (role, at), "a dict has keys only");
                }
            }
        }
        for word in [Word::Rest, Word::Items, Word::Args] {
            if let Some(at) = field.options.words.get(word) {
                if single.contains(&field.role) {
                    let text = word.text();
                    ctxt.over(
                        at,
                        format!("duplicate `{text}`: another field is that already"),
                    );
                }
                single.push(field.role);
            }
        }
        let is_item = matches!(
            field.role,
            Role::Rest | Role::Flatten | Role::Items(_) | Role::Args
        );
        for name in [Word::Rename, Word::Alias] {
            if let (Some(at), true) = (word(name), is_item) {
                let text = name.text();
                ctxt.over(
                    at,
                    format!("useless `{text}`: the field is no single attribute"),
                );
            }
        }
        let in_order = (field.role == Role::Arg && !field.is_twofold())
            || (model.head.options.state.is_some() && field.role == Role::Attribute);
        if let (Some(at), true) = (word(Word::Alias), in_order) {
            ctxt.over(
                at,
                "useless `alias`: the value is found by its place, not by a name",
            );
        }
    }
    let has_args = model.with_role(Role::Args).next().is_some();
    if let (true, Some(field)) = (has_args, model.with_role(Role::Arg).next())
        && let Some(at) = field.options.words.get(Word::Arg)
    {
        conflict(ctxt, Word::Args, (Word::Arg, at), "`args` is all of them");
    }
    if model.items_of(ItemsKind::Set).is_some() {
        for (maker, at) in model.head.options.words.among(&MAKERS) {
            let maker = maker.text();
            ctxt.over(
                at,
                format!(
                    "useless `{maker}`: `items = \"set\"` says how the instance is made, of its \
                     elements"
                ),
            );
        }
    }
    let mut kinds = model.items();
    if let (Some((_, first)), Some((field, second))) = (kinds.next(), kinds.next())
        && let Some(at) = field.options.words.get(Word::Items)
        && first != second
        && (first == ItemsKind::Set || second == ItemsKind::Set || !model.has(Word::Reduce))
    {
        ctxt.over(
            at,
            "only a `__reduce__` gives an instance items of two kinds, list items and dict items: \
             write `reduce` on the struct",
        );
    }
    if let Some(at) = model.head.options.words.get(Word::Base) {
        let values = model.with_role(Role::Arg).count();
        if values != 1 {
            ctxt.over(
                at,
                format!(
                    "`base` is about the one value of the built-in type, which is the field \
                     marked `arg`; here are {values}"
                ),
            );
        }
    }
    if let (Some(at), true) = (
        model.head.options.words.get(Word::DenyUnknown),
        model.with_role(Role::Rest).next().is_some(),
    ) {
        let why = "the field takes what is unknown";
        conflict(ctxt, Word::Rest, (Word::DenyUnknown, at), why);
    }
}

/// ```text
/// #[pickle(arg, skip_if = "Option::is_none")]
/// ```
fn skip_if_fits(ctxt: &Ctxt, model: &Struct<'_>, field: &Field<'_>, at: &Ident) {
    let why = match field.role {
        Role::Skipped => return,
        Role::Attribute | Role::Slot if model.state().is_none() => return,
        Role::Attribute | Role::Slot => {
            "the items of a state go by their places, none can be left out"
        }
        Role::Arg | Role::Kwarg | Role::Args => "an argument cannot be left out",
        Role::Items(_) | Role::Rest | Role::Flatten | Role::Whole => {
            "the field is no single attribute that could be left out"
        }
    };
    ctxt.over(at, format!("useless `skip_if`: {why}"));
}

/// ```text
/// struct Point(f64, f64);
/// ```
fn fields_have_names(ctxt: &Ctxt, model: &Struct<'_>) {
    if model.style != Style::Tuple
        || model.has(Word::Transparent)
        || model.state().is_some()
        || model.has(Word::Getstate)
        || model.has(Word::Setstate)
    {
        return;
    }
    // Said once: one word on the struct names them all.
    let mut unnamed = model
        .attributes()
        .filter(|field| field.options.rename.is_none());
    if let Some(field) = unnamed.next() {
        ctxt.over(
            field.ty,
            "the field has no name for its attribute: write `#[pickle(rename = \"…\")]`; or say \
             on the struct what it is in Python: `transparent` (the value itself), `namedtuple`, \
             `newargs`, `reduce` or `state = \"tuple\"`",
        );
    }
}

/// ```text
/// #[pickle(getstate = "state")]
/// ```
fn functions_for_the_state(ctxt: &Ctxt, model: &Struct<'_>) {
    let words = &model.head.options.words;
    let pairs = [
        (Word::Getstate, Word::Setstate, Word::DumpOnly),
        (Word::Setstate, Word::Getstate, Word::LoadOnly),
    ];
    for (given, other, only) in pairs {
        let Some(at) = words.get(given) else {
            continue;
        };
        if !words.has(other) && !words.has(only) {
            let (given, other, only) = (given.text(), other.text(), only.text());
            ctxt.over(
                at,
                format!("`{given}` needs `{other}` beside it, or `{only}`"),
            );
        }
    }
    let Some(word) = [Word::Getstate, Word::Setstate]
        .into_iter()
        .find(|word| words.has(*word))
    else {
        return;
    };
    for maker in MAKERS {
        if let Some(at) = words.get(maker) {
            let why = "the functions make the whole instance of the state";
            conflict(ctxt, word, (maker, at), why);
        }
    }
    for field in &model.fields {
        let others = [
            Word::Arg,
            Word::Kwarg,
            Word::Args,
            Word::Attribute,
            Word::Items,
            Word::SkipIf,
            Word::With,
            Word::Bytes,
            Word::Latin1,
        ];
        for second in field.options.words.among(&others) {
            conflict(ctxt, word, second, "the functions see to all fields");
        }
    }
}

/// ```text
/// #[pickle(upgrade = "from_1_0")]
/// struct Line<'a> { text: &'a str }
/// ```
fn owned_if_upgraded(ctxt: &Ctxt, model: &Struct<'_>) {
    if let (Some(at), false) = (
        model.head.options.words.get(Word::Upgrade),
        model.head.is_static(),
    ) {
        ctxt.over(
            at,
            "`upgrade` makes another state, from which nothing can borrow: the struct must have \
             no lifetimes and no type parameters",
        );
    }
}
