//! Classes of a Python module `geo`.

use brine::{Attributes, Class, Cursor, Encoder, Instance, Pickle, Unpickle};

/// `class Place`, derived.
#[derive(Pickle, Debug, PartialEq)]
#[pickle(crate = "brine", module = "geo")]
pub struct Place {
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub position: Point,
}

/// `class Point`, by hand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Degrees north.
    pub north: f64,
    /// Degrees east.
    pub east: f64,
}

impl Instance for Point {
    const CLASS: &'static Class = &Class::new::<Self>("geo", "Point")
        .with_attributes(&["north", "east"])
        .with_object::<Self>();
}

impl Pickle for Point {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> brine::Result<()> {
        let mut object = encoder.object(Self::CLASS, 2)?;
        object.attribute(0, &self.north)?;
        object.attribute(1, &self.east)?;
        object.end()
    }
}

impl<'de> Unpickle<'de> for Point {
    fn unpickle(cursor: Cursor<'_, 'de>) -> brine::Result<Self> {
        let mut attributes: Attributes<'_, 'de> = cursor.object(Self::CLASS)?;
        let (mut north, mut east) = (None, None);
        while let Some(index) = attributes.next()? {
            match index {
                0 => north = Some(attributes.value()?),
                1 => east = Some(attributes.value()?),
                _ => {}
            }
        }
        Ok(Self {
            north: north.ok_or_else(|| attributes.missing(0))?,
            east: east.ok_or_else(|| attributes.missing(1))?,
        })
    }
}

brine::register!(Point);
