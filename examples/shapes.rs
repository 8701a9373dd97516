//! `Box<dyn Trait>`: whichever class the pickle names, if it implements the trait.

use pickle::Pickle;

#[pickle::dynamic]
trait Shape {
    fn area(&self) -> f64;
}

#[derive(Pickle)]
#[pickle(module = "geo")]
struct Circle {
    radius: f64,
}

#[pickle::dynamic]
impl Shape for Circle {
    fn area(&self) -> f64 {
        self.radius * self.radius * std::f64::consts::PI
    }
}

#[derive(Pickle)]
#[pickle(module = "geo")]
struct Square {
    side: f64,
}

#[pickle::dynamic]
impl Shape for Square {
    fn area(&self) -> f64 {
        self.side * self.side
    }
}

/// Registered as every class that derives, but no shape.
#[derive(Pickle)]
#[pickle(module = "geo")]
struct Label {
    text: String,
}

fn main() -> pickle::Result<()> {
    let bytes = pickle::dumps(&(Circle { radius: 1.0 }, Square { side: 2.0 }))?;
    let shapes: Vec<Box<dyn Shape>> = pickle::loads(&bytes)?;
    for shape in &shapes {
        println!("{:.2}", shape.area());
    }

    // A class that is no shape is refused, with the names of both.
    let bytes = pickle::dumps(&[Label {
        text: "north".into(),
    }])?;
    match pickle::loads::<Vec<Box<dyn Shape>>>(&bytes) {
        Ok(_) => unreachable!("a label has no area"),
        Err(error) => println!("{error}"),
    }
    Ok(())
}
