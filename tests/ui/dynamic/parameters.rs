//! Traits and impls that are not one type.

#[pickle::dynamic]
trait View<'a> {
    fn text(&self) -> &'a str;
}

#[pickle::dynamic]
trait Source {
    type Item;

    fn next(&mut self) -> Option<Self::Item>;
}

#[pickle::dynamic]
trait Named {}

#[derive(pickle::Pickle)]
#[pickle(namedtuple)]
struct Pair<T>(T, T);

#[pickle::dynamic]
impl<T: pickle::Pickle> Named for Pair<T> {}

#[derive(pickle::Pickle)]
#[pickle(transparent)]
struct Line<'a>(&'a str);

#[pickle::dynamic]
impl<'a> Named for Line<'a> {}

#[derive(pickle::Pickle)]
#[pickle(transparent)]
struct Word<'a>(&'a str);

#[pickle::dynamic]
impl Named for Word<'_> {}

fn main() {}
