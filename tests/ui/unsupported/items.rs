use pickle::Pickle;

#[derive(Pickle)]
#[pickle(module = "shop")]
enum Payment {
    Cash,
    Card { number: String },
}

#[derive(Pickle)]
struct Point(f64, f64);

#[derive(Pickle)]
struct Marker;

#[derive(Pickle)]
union Bits {
    float: f32,
    int: u32,
}

// Other problems of theirs are reported in the same compile.
#[derive(Pickle)]
#[pickle(modul = "shop")]
enum Shipping {}

fn main() {
    let _ = pickle::dumps(&Payment::Cash);
    let _ = pickle::loads::<Point>(b"");
}
