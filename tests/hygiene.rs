//! The derive's output stands on its own feet: nothing in scope, and no name of the user's, makes
//! it mean anything else.

#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unused_qualifications, unreachable_pub)]
#![deny(
    elided_lifetimes_in_paths,
    missing_debug_implementations,
    single_use_lifetimes,
    unused_lifetimes,
    unused_results,
    clippy::all,
    clippy::pedantic
)]
#![allow(
    dead_code,
    missing_debug_implementations,
    clippy::derive_partial_eq_without_eq,
    clippy::trivially_copy_pass_by_ref,
    reason = "the types below are here to be derived for"
)]

// Every derive here says `crate = "::renamed"` …
extern crate pickle as renamed;

// … and must not find this.
mod pickle {}

use ::std::prelude::v1::{derive, test};

/// A class of ours, and not what the expansion means by these names.
mod prelude_names {
    use super::derive;
    use ::renamed::Pickle;

    macro_rules! structs {
        ($($name:ident)*) => {$(
            #[derive(Pickle, PartialEq, Debug)]
            #[pickle(module = "prelude", crate = "::renamed")]
            pub(super) struct $name {
                pub(super) x: ::core::primitive::u64,
                #[pickle(default)]
                pub(super) y: ::core::option::Option<::core::primitive::u64>,
            }
        )*};
    }

    structs! {
        Option Some None Result Ok Err Vec String Box Rc Default Iterator Into From
        Class Instance Global Registration Encoder ObjectEncoder Cursor Attributes Error Unpickle
        Sized Send Sync Fn FnMut Drop Clone Copy ToOwned ToString AsRef
    }
}

/// Patterns bind, even where the module has constants of the usual names.
mod constants {
    #![allow(
        non_upper_case_globals,
        non_camel_case_types,
        reason = "that is the point"
    )]

    use super::derive;

    const value: () = ();
    const index: () = ();
    const cursor: () = ();
    static encoder: () = ();
    struct object;
    struct attributes;

    #[derive(::renamed::Pickle)]
    #[pickle(crate = "::renamed")]
    struct Point {
        value: ::core::primitive::u8,
        index: ::core::primitive::u8,
        cursor: ::core::primitive::u8,
        attributes: ::core::primitive::u8,
        encoder: ::core::primitive::u8,
        object: ::core::primitive::u8,
    }
}

/// Every shape, without anything in scope.
mod shapes {
    use super::derive;
    use ::renamed::Pickle;
    use ::std::collections::{BTreeMap, BTreeSet};
    use ::std::string::String;
    use ::std::vec::Vec;

    #[derive(Pickle)]
    #[pickle(
        crate = "::renamed",
        module = "shapes",
        newargs,
        rename_all = "camelCase"
    )]
    struct NewArgs {
        #[pickle(arg, default)]
        first_arg: ::core::primitive::u8,
        #[pickle(kwarg)]
        second: ::core::primitive::u8,
        #[pickle(alias = "3rd")]
        third: ::core::primitive::u8,
        #[pickle(slot)]
        fourth: ::core::primitive::u8,
        #[pickle(rest)]
        others: BTreeMap<String, ::renamed::Value>,
    }

    #[derive(Pickle)]
    #[pickle(crate = "::renamed", module = "shapes", namedtuple)]
    struct Named(::core::primitive::u8, ::core::primitive::u8);

    #[derive(Pickle)]
    #[pickle(crate = "::renamed", module = "shapes", base = "int")]
    struct Based(::core::primitive::i64);

    #[derive(Pickle)]
    #[pickle(
        crate = "::renamed",
        module = "shapes",
        reduce = "shapes.make",
        deny_unknown
    )]
    struct Reduced {
        #[pickle(args)]
        args: (::core::primitive::u8,),
        #[pickle(items = "list")]
        items: Vec<::core::primitive::u8>,
    }

    #[derive(Pickle)]
    #[pickle(crate = "::renamed", module = "shapes")]
    struct Mapping {
        #[pickle(items = "dict")]
        items: BTreeMap<String, String>,
        #[pickle(bytes)]
        bytes: [::core::primitive::u8; 2],
        #[pickle(latin1)]
        text: String,
        #[pickle(with = "super::shapes::with")]
        with: String,
    }

    #[derive(Pickle)]
    #[pickle(crate = "::renamed", module = "shapes")]
    struct Set {
        #[pickle(items = "set")]
        items: BTreeSet<::core::primitive::u8>,
    }

    mod with {
        pub(super) fn pickle(
            value: &::core::primitive::str,
            encoder: &mut ::renamed::Encoder<'_>,
        ) -> ::renamed::Result<()> {
            encoder.str(value)
        }

        pub(super) fn unpickle(
            cursor: ::renamed::Cursor<'_, '_>,
        ) -> ::renamed::Result<::std::string::String> {
            ::renamed::Unpickle::unpickle(cursor)
        }
    }

    #[derive(Pickle)]
    #[pickle(
        crate = "::renamed",
        module = "shapes",
        state = "tuple",
        upgrade = "upgrade"
    )]
    struct State {
        first: ::core::primitive::u8,
    }

    fn upgrade(state: ::renamed::Value) -> ::renamed::Value {
        state
    }

    #[derive(Pickle)]
    #[pickle(
        crate = "::renamed",
        module = "shapes",
        getstate = "get",
        setstate = "set"
    )]
    struct Functions;

    fn get(_: &Functions) -> ::core::primitive::u8 {
        1
    }

    fn set(_: ::core::primitive::u8) -> Functions {
        Functions
    }

    #[derive(Pickle)]
    #[pickle(crate = "::renamed", module = "shapes")]
    struct Flat {
        #[pickle(flatten)]
        base: Marker,
    }

    #[derive(Pickle)]
    #[pickle(crate = "::renamed", module = "shapes")]
    struct Marker;

    #[derive(Pickle)]
    #[pickle(crate = "::renamed", module = "shapes", flags(READ = 4, r#type = 1 << 1))]
    struct Flags(::core::primitive::u32);

    #[derive(Pickle)]
    #[pickle(crate = "::renamed", module = "shapes", reduce)]
    struct Twice {
        #[pickle(arg, attribute, rename = "first")]
        r#type: String,
        #[pickle(skip_if = "String::is_empty")]
        skipped: String,
        #[pickle(items = "list")]
        list: Vec<String>,
        #[pickle(items = "dict")]
        dict: Vec<(String, String)>,
    }

    #[derive(Pickle)]
    #[pickle(crate = "::renamed", module = "shapes", slots)]
    struct Slots {
        #[pickle(skip_if = "String::is_empty")]
        skipped: String,
    }

    #[derive(Pickle)]
    #[pickle(crate = "::renamed", dict)]
    struct Keys<'a> {
        key: &'a ::core::primitive::str,
        #[pickle(rest)]
        others: Vec<(String, ::renamed::Value)>,
    }

    #[derive(Pickle)]
    #[pickle(crate = "::renamed", transparent)]
    struct Wrapper<T>(T);

    #[derive(Pickle)]
    #[pickle(crate = "::renamed", module = "shapes")]
    enum Member {
        #[pickle(value = true)]
        None,
        #[pickle(value = "x", alias = "Many")]
        Some,
        #[pickle(value = (1.5, None, ("x",)))]
        Tuple,
    }

    #[derive(Pickle)]
    #[pickle(crate = "::renamed")]
    enum Classes {
        Ok(Marker),
        Err(::std::boxed::Box<Flat>),
    }

    #[derive(Pickle)]
    #[pickle(crate = "::renamed", untagged)]
    enum Data<'a, T> {
        None,
        Some(T),
        Text(&'a ::core::primitive::str),
        Two(::core::primitive::u8, T),
    }
}

/// Methods of a trait that every type has are not ours.
mod blanket {
    use super::derive;

    trait Blanket {
        fn object(&self) {}
        fn attribute(self)
        where
            Self: ::core::marker::Sized,
        {
        }
        fn end(self)
        where
            Self: ::core::marker::Sized,
        {
        }
        fn next(self)
        where
            Self: ::core::marker::Sized,
        {
        }
        fn value(self)
        where
            Self: ::core::marker::Sized,
        {
        }
        fn missing(self)
        where
            Self: ::core::marker::Sized,
        {
        }
        fn with_aliases(&self) {}
        fn with_attributes(&self) {}
        fn with_object(&self) {}
    }

    impl<T: ?::core::marker::Sized> Blanket for T {}

    #[derive(::renamed::Pickle)]
    #[pickle(crate = "::renamed", alias = "blanket.Pixel")]
    struct Point {
        x: ::core::primitive::u8,
    }
}

/// Every part of a type may be called anything.
mod names {
    #![allow(non_camel_case_types, reason = "that is the point")]

    use super::derive;

    #[derive(::renamed::Pickle, PartialEq, Debug)]
    #[pickle(crate = "::renamed")]
    pub(super) struct r#type {
        pub(super) r#fn: ::core::primitive::u8,
        pub(super) r#struct: ::core::primitive::u8,
    }

    #[derive(::renamed::Pickle)]
    #[pickle(crate = "::renamed")]
    struct Lifetimes<'de, 'de2: 'de, 'a> {
        a: &'a ::core::primitive::str,
        b: &'de ::core::primitive::str,
        c: &'de2 ::core::primitive::str,
    }

    #[derive(::renamed::Pickle)]
    #[pickle(crate = "::renamed")]
    struct Higher<T>
    where
        T: for<'de> ::renamed::Unpickle<'de>,
    {
        t: T,
    }

    #[derive(::renamed::Pickle)]
    #[pickle(crate = "::renamed")]
    struct Parameters<Option, Encoder, Result, Class> {
        a: Option,
        b: Encoder,
        #[pickle(default)]
        c: Result,
        #[pickle(skip)]
        d: Class,
    }
}

/// A macro by example knows its own crate, not what its users call it.
mod through_a_macro {
    use super::derive;

    pub(super) mod inside {
        pub(in super::super) use ::renamed as pickle;
    }

    macro_rules! class {
        ($name:ident { $($field:ident: $ty:ty = $attribute:literal),* }) => {
            #[derive(::renamed::Pickle)]
            #[pickle(crate = $crate::through_a_macro::inside::pickle, module = "m")]
            struct $name {
                $(#[pickle(rename = $attribute)] $field: $ty,)*
            }
        };
    }

    class!(Point {
        x: ::core::primitive::u8 = "a",
        y: ::core::primitive::u8 = "b"
    });

    const _: () = {
        use ::renamed::Instance;
        let [a, b] = Point::CLASS.attributes() else {
            ::core::panic!()
        };
        ::core::assert!(a.as_bytes()[0] == b'a' && b.as_bytes()[0] == b'b');
    };
}

/// Lints about what the user wrote do not come from what the derive wrote.
pub mod lints {
    use super::derive;

    struct Private<T>(::core::marker::PhantomData<T>);

    impl<T> ::core::default::Default for Private<T> {
        fn default() -> Self {
            Self(::core::marker::PhantomData)
        }
    }

    /// Public, with private types in the bounds of its impls.
    #[derive(::renamed::Pickle)]
    #[pickle(crate = "::renamed")]
    pub struct Public<T> {
        /// Public.
        pub public: T,
        #[pickle(skip)]
        private: Private<T>,
    }

    #[deprecated]
    #[derive(::renamed::Pickle)]
    #[pickle(crate = "::renamed")]
    struct Old {
        #[deprecated]
        x: ::core::primitive::u8,
    }

    #[derive(::renamed::Pickle)]
    #[pickle(crate = "::renamed")]
    struct Empty {}

    #[derive(::renamed::Pickle)]
    #[pickle(crate = "::renamed")]
    struct AllSkipped {
        #[pickle(skip)]
        x: ::core::primitive::u8,
    }

    #[derive(::renamed::Pickle)]
    #[pickle(crate = "::renamed")]
    #[repr(C, packed(2))]
    struct Packed {
        x: ::core::primitive::u8,
        y: ::core::primitive::u64,
    }
}

/// Inside a function, where nothing has a path.
#[test]
fn local_types() {
    #[derive(::renamed::Pickle)]
    #[pickle(crate = "::renamed")]
    struct Local<'a> {
        name: &'a ::core::primitive::str,
    }

    use ::renamed as here;

    #[derive(here::Pickle)]
    #[pickle(crate = "here")]
    struct Imported {
        name: ::std::string::String,
    }

    let class = <Local<'_> as ::renamed::Instance>::CLASS;
    ::core::assert_eq!(class.qualname(), "Local");
    ::core::assert_eq!(
        <Imported as ::renamed::Instance>::CLASS.attributes(),
        ["name"]
    );
}

#[test]
fn raw_names_are_plain_in_python() {
    let class = <names::r#type as ::renamed::Instance>::CLASS;
    ::core::assert_eq!(class.qualname(), "type");
    ::core::assert_eq!(class.attributes(), ["fn", "struct"]);
}

#[test]
fn prelude_named_types_round_trip() {
    let option = prelude_names::Option {
        x: 1,
        y: ::core::option::Option::None,
    };
    let bytes = ::renamed::dumps(&option).expect("an option can be dumped");
    let back: prelude_names::Option = ::renamed::loads(&bytes).expect("and loaded");
    ::core::assert_eq!(option, back);
}
