//! `#[derive(Pickle)]` for [`pickle-rs`](https://docs.rs/pickle-rs), which re-exports it: depend on
//! that, not on this.
//!
//! The way of a struct through this crate: `attr` turns the words of `#[pickle(...)]` into typed
//! options, `model` puts them beside the fields, `check` looks for what does not go together, and
//! `expand` writes the impls. Problems of all stages gather in `ctxt`; if there are any, `fallback`
//! writes impls that only keep the compiler from complaining that there are none. `symbol` has the
//! words, `generics` the bounds.

mod attr;
mod check;
mod ctxt;
mod expand;
mod fallback;
mod generics;
mod model;
mod symbol;

use proc_macro::TokenStream;
use syn::DeriveInput;

use crate::ctxt::Ctxt;
use crate::model::Model;

/// Makes a struct the Rust side of a Python class: it can be dumped, loaded, and is registered
/// under the class's name.
///
/// It implements `Pickle`, `Unpickle` and `Instance`. An instance is written as Python writes one
/// of a plain class or a dataclass: its class by name, then its attributes as a dict. The fields
/// are the attributes, in order.
///
/// ```
/// use pickle::Pickle;
///
/// #[derive(Pickle, Debug, PartialEq)]
/// #[pickle(module = "shop.models")]
/// struct Order {
///     id: u64,
///     #[pickle(rename = "customerName")]
///     customer: String,
///     #[pickle(default)]
///     note: Option<String>,
/// }
///
/// let order = Order { id: 7, customer: "Ada".into(), note: None };
/// let bytes = pickle::dumps(&order)?;
/// assert_eq!(pickle::loads::<Order>(&bytes)?, order);
///
/// let class = <Order as pickle::Instance>::CLASS;
/// assert_eq!(class.to_string(), "shop.models.Order");
/// assert_eq!(class.attributes(), ["id", "customerName", "note"]);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// Attributes that the pickle has and the struct does not name are ignored. One that the struct
/// names and the pickle lacks is an error, unless the field has a [`default`](#default), also
/// where the field is an `Option`: `None` is a value of its own in Python. If an attribute comes
/// twice, the later value counts, as in Python.
///
/// # On the struct
///
/// ## `module = "…"`
///
/// The dotted path of the Python module. Without it the class is one of `__main__`, the module of
/// a script or a notebook.
///
/// ## `name = "…"`
///
/// The class's qualified name inside the module, if it is not the struct's name. A class inside a
/// class is `Outer.Inner`:
///
/// ```
/// #[derive(pickle::Pickle)]
/// #[pickle(module = "shop.models", name = "Order.Line")]
/// struct OrderLine {
///     text: String,
/// }
///
/// let class = <OrderLine as pickle::Instance>::CLASS;
/// assert_eq!((class.module(), class.qualname()), ("shop.models", "Order.Line"));
/// ```
///
/// ## `alias = "…"`
///
/// Another module and name under which pickles may refer to the class, because it has moved, say.
/// It may be given repeatedly. Dumping does not use it. The last dot separates module and name;
/// where that is not meant, for the class is one inside another, give them apart:
///
/// ```
/// #[derive(pickle::Pickle)]
/// #[pickle(module = "shop.models", alias = "shop.old.Item", alias("shop", "Shop.Item"))]
/// struct Item {
///     id: u64,
/// }
///
/// let [first, second] = <Item as pickle::Instance>::CLASS.aliases() else { panic!() };
/// assert_eq!((first.module, first.qualname), ("shop.old", "Item"));
/// assert_eq!((second.module, second.qualname), ("shop", "Shop.Item"));
/// ```
///
/// ## `crate = "…"`
///
/// The path to the library, if it is not `::pickle`, because the dependency has another name, or
/// because it is re-exported. A path without quotes is accepted too: a macro by example writes
/// `crate = $crate::pickle`, which no string can say.
///
/// ```
/// use pickle as renamed;
///
/// #[derive(renamed::Pickle)]
/// #[pickle(crate = "renamed")]
/// struct Payment {
///     id: u64,
/// }
/// ```
///
/// # On a field
///
/// ## `rename = "…"`
///
/// The name of the attribute, if it is not the field's. (A raw identifier like `r#type` is the
/// attribute `type` as it is.)
///
/// ## `default`
///
/// What the field becomes if the pickle lacks the attribute: `Default::default()`, or with
/// `default = "path::to::function"` what the function returns. The quotes may be left out.
///
/// ```
/// #[derive(pickle::Pickle)]
/// struct Invoice {
///     id: u64,
///     #[pickle(default)]
///     note: Option<String>,
///     #[pickle(default = "one")]
///     count: u32,
/// }
///
/// fn one() -> u32 {
///     1
/// }
///
/// // Written when the class had no attribute but `id`.
/// let invoice: Invoice = pickle::loads(b"\x80\x02c__main__\nInvoice\n)\x81}X\x02\0\0\0idK\x07sb.")?;
/// assert_eq!((invoice.id, invoice.note, invoice.count), (7, None, 1));
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// ## `skip`
///
/// The field is no attribute: it is neither written nor read, and becomes `Default::default()`, or
/// what the function of `default = "…"` returns.
///
/// ```
/// use std::time::Instant;
///
/// #[derive(pickle::Pickle)]
/// struct Session {
///     id: u64,
///     #[pickle(skip, default = "Instant::now")]
///     loaded_at: Instant,
/// }
///
/// let session = Session { id: 7, loaded_at: Instant::now() };
/// let bytes = pickle::dumps(&session)?;
/// assert!(pickle::loads::<Session>(&bytes)?.loaded_at > session.loaded_at);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// # Parameters
///
/// Fields may borrow from the input (`&'a str`, `&'a [u8]`, `Cow<'a, str>`). Such a struct is
/// registered, so that its name is known, but it cannot be loaded as an `Object`, which owns what
/// it holds.
///
/// ```
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// struct Line<'a> {
///     text: &'a str,
/// }
///
/// let bytes = pickle::dumps(&Line { text: "two eggs" })?;
/// let line: Line<'_> = pickle::loads(&bytes)?;
/// assert_eq!(line.text, "two eggs");
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// Type parameters get the bounds that their fields need: `T: Pickle` for dumping and
/// `T: Unpickle` for loading, for each `T`, or `T::Item`, that values of the fields contain. As
/// one struct with type or const parameters is many types, it is not registered by itself; say
/// which of them the Python class is:
///
/// ```
/// #[derive(pickle::Pickle, Debug, PartialEq)]
/// #[pickle(module = "geo")]
/// struct Point<T> {
///     x: T,
///     y: T,
/// }
///
/// pickle::register!(Point<f64>);
///
/// let point = Point { x: 1.0, y: 2.0 };
/// let bytes = pickle::dumps(&point)?;
/// assert_eq!(pickle::loads::<Point<f64>>(&bytes)?, point);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// # What it does not do
///
/// Enums, tuple structs, unit structs and unions are refused.
#[proc_macro_derive(Pickle, attributes(pickle))]
pub fn derive_pickle(input: TokenStream) -> TokenStream {
    match syn::parse(input) {
        Ok(input) => derive(&input).into(),
        Err(error) => error.into_compile_error().into(),
    }
}

fn derive(input: &DeriveInput) -> proc_macro2::TokenStream {
    let ctxt = Ctxt::new();
    let (model, krate) = Model::new(&ctxt, input);
    if let Some(model) = &model {
        check::check(&ctxt, model);
    }
    let krate = expand::facade(krate);
    match (ctxt.finish(), &model) {
        (Ok(()), Some(model)) => expand::expand(input, model, &krate),
        (Ok(()), None) => proc_macro2::TokenStream::new(),
        (Err(errors), _) => fallback::fallback(input, &krate, errors),
    }
}
