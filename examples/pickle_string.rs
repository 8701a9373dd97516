//! A structure of built-in types, pickled to bytes: Python's `pickle.dumps` gives the same.

use pickle::{Value, value};

fn main() -> pickle::Result<()> {
    let data = value!([{"a": "A", "b": 2, "c": 3.0}]);
    println!("DATA: {data}");

    let data_string = pickle::dumps(&data)?;
    println!("PICKLE: {}", Value::from(data_string));
    Ok(())
}
