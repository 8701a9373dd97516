//! Classes of a Python module `shop`.

use pickle::Pickle;

/// `class Order`, which used to be `shop.old.Purchase`.
#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "shop", alias = "shop.old.Purchase")]
pub struct Order {
    /// The order's number.
    pub number: u32,
    /// What was ordered.
    pub lines: Vec<Line>,
}

/// `class Line` inside of `class Order`.
#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "shop", name = "Order.Line")]
pub struct Line {
    /// What it is.
    pub article: String,
    /// How many of it.
    pub count: u32,
}
