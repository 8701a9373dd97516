//! The text of floats.

/// Returns the text that Python's `repr` gives a float: the fewest digits that read back as the
/// same number, in exponent form below 1e-4 and from 1e16 on.
pub(crate) fn repr(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    // `-d.ddde-7`
    let text = shortest(value);
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let point = digits.len() - digits.find('.').map_or(digits.len(), |at| at + 1);
        let places = i32::try_from(point).unwrap_or(0) - exponent;
        return format!("{value:.*}", usize::try_from(places).unwrap_or(0).max(1));
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
}

/// Rust and Python both use the fewest digits that read back. Where two such numbers are equally
/// near, as 571176524504827.2 and .3 are to 571176524504827.25, Rust takes the upper one, Python
/// the even one; which is also what either does when the number of digits is given.
fn shortest(value: f64) -> String {
    let shortest = format!("{value:e}");
    let digits = shortest
        .bytes()
        .take_while(|byte| *byte != b'e')
        .filter(u8::is_ascii_digit);
    let even = format!("{value:.*e}", digits.count().saturating_sub(1));
    if even != shortest && even.parse() == Ok(value) {
        even
    } else {
        shortest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_in_python() {
        // [repr(x) for x in ...] in CPython 3.13
        for (value, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.5, "1.5"),
            (100.0, "100.0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e15, "1000000000000000.0"),
            (123456789012345680.0, "1.2345678901234568e+17"),
            (9999999999999998.0, "9999999999999998.0"),
            (1e16, "1e+16"),
            (1.2345678901234567e16, "1.2345678901234568e+16"),
            (1e22, "1e+22"),
            (2e23, "2e+23"),
            (0.0001, "0.0001"),
            (0.00012345678901234567, "0.00012345678901234567"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (5e-324, "5e-324"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
            (f64::MAX, "1.7976931348623157e+308"),
            (-1.5e300, "-1.5e+300"),
            // Halfway between two.
            (2284706098019309.0 / 4.0, "571176524504827.2"),
            (2284706098019311.0 / 4.0, "571176524504827.8"),
            (-1563986409912293.0 / 8.0, "-195498301239036.62"),
            (2f64.powi(-44), "5.684341886080802e-14"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (-f64::NAN, "nan"),
        ] {
            assert_eq!(repr(value), text);
        }
    }
}
