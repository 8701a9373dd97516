//! Pickled and unpickled: an equal structure, but another one.

use pickle::{Value, value};

fn main() -> pickle::Result<()> {
    let data1 = value!([{"a": "A", "b": 2, "c": 3.0}]);
    println!("BEFORE:  {data1}");

    let data1_string = pickle::dumps(&data1)?;

    let data2: Value = pickle::loads(&data1_string)?;
    println!("AFTER :  {data2}");

    let same = match (&data1, &data2) {
        (Value::List(one), Value::List(other)) => one.ptr_eq(other),
        _ => false,
    };
    println!("SAME? : {}", Value::from(same));
    println!("EQUAL?: {}", Value::from(data1 == data2));
    Ok(())
}
