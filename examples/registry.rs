//! A registry filled by hand, which does all that the global one does, without life before `main`.

use std::sync::Arc;

use pickle::{
    Class, Cursor, Encoder, Function, Global, Instance, Pickle, Registry, Unpickle, Unpickler,
};

/// A class `Point` whose instances have `x` and `y`, which used to be `geo.old.Vector`.
#[derive(Clone, Debug, PartialEq)]
struct Point {
    x: i64,
    y: i64,
}

impl Instance for Point {
    const CLASS: &'static Class = &Class::new::<Self>("geo", "Point")
        .with_aliases(&[Global::new("geo.old", "Vector")])
        .with_attributes(&["x", "y"])
        .with_object::<Self>();
}

impl Pickle for Point {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
        let mut object = encoder.object(Self::CLASS, 2)?;
        object.attribute(0, &self.x)?;
        object.attribute(1, &self.y)?;
        object.end()
    }
}

impl<'de> Unpickle<'de> for Point {
    fn unpickle(mut cursor: Cursor<'_, 'de>) -> pickle::Result<Self> {
        // A registered function may have made it: `geo.origin()`.
        if let Some(point) = cursor.call()? {
            return Ok(point);
        }
        let mut attributes = cursor.object(Self::CLASS)?;
        let (mut x, mut y) = (None, None);
        while let Some(index) = attributes.next()? {
            match index {
                0 => x = Some(attributes.value()?),
                1 => y = Some(attributes.value()?),
                _ => {} // an attribute that the class does not name
            }
        }
        Ok(Self {
            x: x.ok_or_else(|| attributes.missing(0))?,
            y: y.unwrap_or(0), // #[pickle(default)]
        })
    }
}

static ORIGIN: Function = Function::new::<Point>("geo", "origin", |cursor| {
    let () = Unpickle::unpickle(cursor)?;
    Ok(Box::new(Point { x: 0, y: 0 }))
});

fn main() -> pickle::Result<()> {
    // Nothing has to run before `main`: a registry of one's own does all that the global one does.
    let mut registry = Registry::new();
    registry.register::<Point>().register_function(&ORIGIN);
    registry.alias_module("__main__", "geo");
    let registry = Arc::new(registry);
    let load = |bytes: &[u8]| Unpickler::new(bytes).with_registry(registry.clone()).load();

    let point = Point { x: 3, y: 4 };
    assert_eq!(point, load(&pickle::dumps(&point)?)?);
    assert_eq!(
        point,
        load(b"cgeo.old\nVector\n)\x81}(Vx\nI3\nVy\nI4\nub.")?
    );
    assert_eq!(Point { x: 0, y: 0 }, load(b"c__main__\norigin\n)R.")?);
    for (name, class) in registry.names() {
        println!("{name}: `{}` at {}", class.type_name(), class.location());
    }
    Ok(())
}
