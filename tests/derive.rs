//! What `#[derive(Pickle)]` makes of structs.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;

use pickle::{Class, Instance, Pickle, Registry, Unpickle, Unpickler};

/// Dumps and loads.
fn round_trip<T: Pickle + for<'de> Unpickle<'de>>(value: &T) -> T {
    let bytes = pickle::dumps(value).expect("the value can be dumped");
    pickle::loads(&bytes).expect("what was dumped can be loaded")
}

/// Dumps and loads with a registry of this type alone: types with parameters are not registered by
/// themselves.
fn round_trip_alone<T: Instance + Pickle + for<'de> Unpickle<'de>>(value: &T) -> T {
    let mut registry = Registry::new();
    registry.register::<T>();
    let bytes = pickle::dumps(value).expect("the value can be dumped");
    let mut unpickler = Unpickler::from_slice(&bytes).with_registry(registry);
    unpickler.load().expect("what was dumped can be loaded")
}

/// A pickle of an instance: its class, and its attributes with the opcodes of their values.
fn instance(module: &str, name: &str, attributes: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = format!("\u{2}c{module}\n{name}\n)").into_bytes();
    bytes.insert(0, 0x80);
    bytes.extend(b"\x81}(");
    for (name, value) in attributes {
        bytes.push(0x8c);
        bytes.push(u8::try_from(name.len()).expect("the name is short"));
        bytes.extend(name.as_bytes());
        bytes.extend(*value);
    }
    bytes.extend(b"ub.");
    bytes
}

fn class<T: Instance>() -> &'static Class {
    T::CLASS
}

mod names {
    use super::*;

    const SCRIPT: u32 = line!() + 2;

    #[derive(Pickle)]
    struct Script {
        id: u64,
    }

    #[derive(Pickle)]
    #[pickle(module = "shop.models", name = "Order.Line")]
    struct Nested {
        id: u64,
    }

    #[derive(Pickle)]
    #[pickle(module = "names")]
    #[pickle(alias = "names.old.Order", alias("names", "Shop.Order"))]
    struct Moved {
        id: u64,
    }

    #[derive(Pickle)]
    #[pickle(module = "names")]
    #[allow(non_camel_case_types, reason = "a keyword is the point")]
    struct r#match {
        r#type: u64,
        #[pickle(rename = "self")]
        this: u64,
        größe: u64,
    }

    #[test]
    fn a_class_is_one_of_a_script_unless_told_otherwise() {
        assert_eq!(class::<Script>().module(), "__main__");
        assert_eq!(class::<Script>().qualname(), "Script");
    }

    #[test]
    fn module_and_name_stay_apart() {
        assert_eq!(class::<Nested>().module(), "shop.models");
        assert_eq!(class::<Nested>().qualname(), "Order.Line");
    }

    #[test]
    fn an_alias_splits_at_its_last_dot() {
        let aliases = class::<Moved>().aliases();
        let names: Vec<_> = aliases
            .iter()
            .map(|alias| (alias.module, alias.qualname))
            .collect();
        assert_eq!(names, [("names.old", "Order"), ("names", "Shop.Order")]);
    }

    #[test]
    fn keywords_are_names_like_any_other() {
        assert_eq!(class::<r#match>().qualname(), "match");
        assert_eq!(class::<r#match>().attributes(), ["type", "self", "größe"]);
        let value = round_trip(&r#match {
            r#type: 1,
            this: 2,
            größe: 3,
        });
        assert_eq!((value.r#type, value.this, value.größe), (1, 2, 3));
    }

    #[test]
    fn the_place_of_declaration_is_the_derive() {
        let location = class::<Script>().location();
        assert!(location.file().ends_with("derive.rs"), "{location}");
        assert_eq!(location.line(), SCRIPT);
    }

    #[test]
    fn every_name_is_registered() {
        for (module, name, found) in [
            ("__main__", "Script", class::<Script>()),
            ("shop.models", "Order.Line", class::<Nested>()),
            ("names", "Moved", class::<Moved>()),
            ("names.old", "Order", class::<Moved>()),
            ("names", "Shop.Order", class::<Moved>()),
        ] {
            assert_eq!(Registry::global().find_class(module, name).unwrap(), found);
        }
    }
}

mod fields {
    use super::*;

    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(module = "fields")]
    struct Order {
        #[pickle(default = defaults::note)]
        note: String,
        #[pickle(rename = "id")]
        number: u64,
        #[pickle(default)]
        lines: Vec<String>,
        #[pickle(default = "<u32 as defaults::One>::one")]
        count: u32,
    }

    #[derive(Pickle)]
    #[pickle(module = "fields")]
    struct Skipping {
        before: u8,
        #[pickle(skip)]
        cache: Option<NotPickle>,
        between: u8,
        #[pickle(skip, default = "NotPickle::made")]
        made: NotPickle,
        after: u8,
    }

    #[derive(Debug, PartialEq)]
    struct NotPickle(&'static str);

    impl NotPickle {
        fn made() -> Self {
            Self("made")
        }
    }

    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(module = "fields")]
    struct Empty {}

    mod defaults {
        pub(super) fn note() -> String {
            "none".to_owned()
        }

        pub(super) trait One {
            fn one() -> Self;
        }

        impl One for u32 {
            fn one() -> Self {
                1
            }
        }
    }

    #[test]
    fn attributes_come_in_the_order_of_the_fields() {
        assert_eq!(
            class::<Order>().attributes(),
            ["note", "id", "lines", "count"]
        );
    }

    #[test]
    fn what_is_there_wins_over_the_default() {
        let order = Order {
            note: "x".into(),
            number: 7,
            lines: vec!["y".into()],
            count: 3,
        };
        assert_eq!(round_trip(&order), order);
    }

    #[test]
    fn what_is_missing_becomes_the_default() {
        let bytes = instance("fields", "Order", &[("id", b"K\x07")]);
        let order: Order = pickle::loads(&bytes).unwrap();
        let expected = Order {
            note: "none".into(),
            number: 7,
            lines: Vec::new(),
            count: 1,
        };
        assert_eq!(order, expected);
    }

    #[test]
    fn what_is_missing_without_default_is_an_error() {
        let bytes = instance("fields", "Order", &[("note", b"\x8c\x01x")]);
        let error = pickle::loads::<Order>(&bytes).unwrap_err();
        assert_eq!(error.message(), "'Order' object has no attribute 'id'");
    }

    #[test]
    fn order_does_not_matter_and_strangers_are_ignored() {
        let attributes: &[(&str, &[u8])] = &[
            ("after", b"K\x03"),
            ("colour", b"]"),
            ("before", b"K\x01"),
            ("between", b"K\x02"),
        ];
        let value: Skipping = pickle::loads(&instance("fields", "Skipping", attributes)).unwrap();
        assert_eq!((value.before, value.between, value.after), (1, 2, 3));
    }

    #[test]
    fn the_later_of_two_values_wins() {
        let attributes: &[(&str, &[u8])] = &[("id", b"K\x01"), ("id", b"K\x02")];
        let order: Order = pickle::loads(&instance("fields", "Order", attributes)).unwrap();
        assert_eq!(order.number, 2);
    }

    #[test]
    fn skipped_fields_are_neither_written_nor_read() {
        assert_eq!(
            class::<Skipping>().attributes(),
            ["before", "between", "after"]
        );
        let value = round_trip(&Skipping {
            before: 1,
            cache: Some(NotPickle("cached")),
            between: 2,
            made: NotPickle("other"),
            after: 3,
        });
        assert_eq!((value.before, value.between, value.after), (1, 2, 3));
        assert_eq!((value.cache, value.made), (None, NotPickle("made")));
    }

    #[test]
    fn a_skipped_field_is_no_attribute_even_if_the_pickle_has_it() {
        let attributes: &[(&str, &[u8])] = &[
            ("before", b"K\x01"),
            ("between", b"K\x02"),
            ("after", b"K\x03"),
            ("made", b"K\x04"),
        ];
        let value: Skipping = pickle::loads(&instance("fields", "Skipping", attributes)).unwrap();
        assert_eq!(value.made, NotPickle("made"));
    }

    #[test]
    fn a_struct_may_have_no_fields() {
        assert_eq!(round_trip(&Empty {}), Empty {});
    }
}

mod lifetimes {
    use super::*;

    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(module = "lifetimes")]
    struct Borrowed<'a, 'b: 'a> {
        text: &'a str,
        bytes: &'b [u8],
        cow: Cow<'a, str>,
        list: Vec<&'b str>,
        option: Option<Cow<'a, [u8]>>,
    }

    #[derive(Pickle)]
    #[pickle(module = "lifetimes")]
    struct Outer<'de> {
        inner: Borrowed<'de, 'de>,
    }

    fn within(part: &[u8], whole: &[u8]) -> bool {
        whole.as_ptr_range().contains(&part.as_ptr())
    }

    #[test]
    fn fields_borrow_from_the_input() {
        let value = Borrowed {
            text: "some text",
            bytes: b"some bytes",
            cow: "a cow".into(),
            list: vec!["one", "two"],
            option: Some(b"moo"[..].into()),
        };
        let bytes = pickle::dumps(&Outer { inner: value }).unwrap();
        let Outer { inner: back } = pickle::loads(&bytes).unwrap();
        assert!(within(back.text.as_bytes(), &bytes));
        assert!(within(back.bytes, &bytes));
        assert!(matches!(&back.cow, Cow::Borrowed(text) if within(text.as_bytes(), &bytes)));
        assert!(back.list.iter().all(|text| within(text.as_bytes(), &bytes)));
        assert!(matches!(&back.option, Some(Cow::Borrowed(part)) if within(part, &bytes)));
        assert_eq!((back.text, back.bytes), ("some text", &b"some bytes"[..]));
    }

    #[test]
    fn types_that_borrow_are_registered() {
        let found = Registry::global()
            .find_class("lifetimes", "Borrowed")
            .unwrap();
        assert!(found.is::<Borrowed<'static, 'static>>());
    }
}

mod parameters {
    use super::*;

    /// Stands for itself wherever its trait is asked for, but cannot be pickled.
    #[derive(Debug, Default, PartialEq)]
    struct NotPickle;

    trait HasItem {
        type Item;
    }

    impl HasItem for NotPickle {
        type Item = u8;
    }

    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(module = "parameters")]
    struct Pair<A, B = A>
    where
        B: PartialEq,
    {
        a: A,
        b: Vec<Option<B>>,
    }

    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(module = "parameters")]
    struct Unused<T: HasItem> {
        item: T::Item,
        items: Vec<<T as HasItem>::Item>,
        #[pickle(skip)]
        marker: PhantomData<T>,
        #[pickle(skip)]
        skipped: T,
    }

    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(module = "parameters")]
    struct Defaulted<T> {
        // No `T: Default` is needed for this.
        #[pickle(default)]
        option: Option<T>,
        #[pickle(skip)]
        skipped: Vec<T>,
    }

    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(module = "parameters")]
    struct Matrix<const ROWS: usize, const COLUMNS: usize> {
        rows: [[f64; COLUMNS]; ROWS],
    }

    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(module = "parameters")]
    struct Everything<'a, T: Clone, const N: usize>
    where
        T: PartialEq,
    {
        name: &'a str,
        items: [T; N],
    }

    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(module = "parameters")]
    struct OwnBound<T: for<'de> Unpickle<'de>> {
        item: T,
    }

    #[derive(Debug, PartialEq)]
    struct NotDefault;

    impl Pickle for NotDefault {
        fn pickle(&self, encoder: &mut pickle::Encoder<'_>) -> pickle::Result<()> {
            encoder.value(&true)
        }
    }

    impl<'de> Unpickle<'de> for NotDefault {
        fn unpickle(cursor: pickle::Cursor<'_, 'de>) -> pickle::Result<Self> {
            cursor.bool().map(|_| Self)
        }
    }

    #[test]
    fn type_parameters_need_what_their_fields_need() {
        let pair = Pair {
            a: "x".to_owned(),
            b: vec![Some(1u8), None],
        };
        assert_eq!(round_trip_alone(&pair), pair);
        let nested = Pair {
            a: vec![1u8],
            b: vec![Some(true)],
        };
        assert_eq!(round_trip_alone(&nested), nested);
    }

    #[test]
    fn parameters_may_borrow() {
        pickle::register!(Pair<&'static str>);
        let pair = Pair {
            a: "x",
            b: vec![Some("y")],
        };
        let bytes = pickle::dumps(&pair).unwrap();
        assert_eq!(pickle::loads::<Pair<&str>>(&bytes).unwrap(), pair);
    }

    #[test]
    fn parameters_that_no_value_is_of_need_nothing() {
        let value = Unused::<NotPickle> {
            item: 1,
            items: vec![2],
            marker: PhantomData,
            skipped: NotPickle,
        };
        assert_eq!(round_trip_alone(&value), value);
    }

    #[test]
    fn defaults_need_what_their_type_needs() {
        let value = Defaulted {
            option: Some(NotDefault),
            skipped: vec![NotDefault],
        };
        let back = round_trip_alone(&value);
        assert_eq!(
            back,
            Defaulted {
                option: Some(NotDefault),
                skipped: Vec::new()
            }
        );
    }

    #[test]
    fn numbers_are_parameters_too() {
        let matrix = Matrix {
            rows: [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]],
        };
        assert_eq!(round_trip_alone(&matrix), matrix);
    }

    #[test]
    fn all_kinds_of_parameters_mix() {
        pickle::register!(Everything<'static, u8, 2>);
        let value = Everything {
            name: "x",
            items: [1u8, 2],
        };
        let bytes = pickle::dumps(&value).unwrap();
        assert_eq!(
            pickle::loads::<Everything<'_, u8, 2>>(&bytes).unwrap(),
            value
        );
    }

    #[test]
    fn types_with_parameters_are_registered_by_the_user() {
        let found = Registry::global().find_class("parameters", "Pair").unwrap();
        assert!(found.is::<Pair<&str>>());
        assert!(
            Registry::global()
                .find_class("parameters", "Matrix")
                .is_err()
        );
    }

    #[test]
    fn a_bound_of_the_users_does_not_get_in_the_way() {
        let value = OwnBound { item: 1u8 };
        assert_eq!(round_trip_alone(&value), value);
    }
}

mod recursion {
    use super::*;

    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(module = "recursion")]
    struct Node {
        value: u8,
        next: Option<Box<Self>>,
        children: BTreeMap<String, Node>,
    }

    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(module = "recursion")]
    struct Tree<T> {
        value: T,
        left: Option<Box<Tree<T>>>,
        right: Option<Box<Self>>,
    }

    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(module = "recursion")]
    struct Even<'a> {
        name: &'a str,
        #[pickle(default)]
        odd: Vec<Odd<'a>>,
    }

    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(module = "recursion")]
    struct Odd<'a> {
        even: Option<Box<Even<'a>>>,
    }

    #[test]
    fn a_struct_may_contain_itself() {
        let leaf = |value| Node {
            value,
            next: None,
            children: BTreeMap::new(),
        };
        let node = Node {
            value: 1,
            next: Some(Box::new(leaf(2))),
            children: BTreeMap::from([("x".to_owned(), leaf(3))]),
        };
        assert_eq!(round_trip(&node), node);
    }

    #[test]
    fn a_generic_struct_may_contain_itself() {
        let leaf = |value| {
            Box::new(Tree {
                value,
                left: None,
                right: None,
            })
        };
        let tree = Tree {
            value: 1u8,
            left: Some(leaf(2)),
            right: Some(leaf(3)),
        };
        assert_eq!(round_trip_alone(&tree), tree);
    }

    #[test]
    fn two_structs_may_contain_each_other() {
        let inner = Box::new(Even {
            name: "inner",
            odd: Vec::new(),
        });
        let outer = Even {
            name: "outer",
            odd: vec![Odd { even: Some(inner) }, Odd { even: None }],
        };
        let bytes = pickle::dumps(&outer).unwrap();
        assert_eq!(pickle::loads::<Even<'_>>(&bytes).unwrap(), outer);
    }
}
