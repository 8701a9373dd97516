//! Pickled and unpickled: an equal structure, but another one.

use pickle::{Value, value};

fn main() -> pickle::Result<()> {
    let data1 = value!([{"a": "A", "b": 2, "c": 3.0}]);
    println!("BEFORE:  {data1}");

    let data1_string = pickle::dumps(&data1)?;

    let data2: Value = pickle::loads(&data1_string)?;
    println!("AFTER :  {data2}");

    println!("SAME? : {}", Value::from(data1.is(&data2)));
    println!("EQUAL?: {}", Value::from(data1 == data2));
    Ok(())
}
