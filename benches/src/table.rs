//! Tables in Markdown, aligned, so that they can be read as they are.

/// A table: a heading, and rows below it.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns. All but the first are aligned to the right.
    pub(crate) fn new<S: Into<String>>(heading: impl IntoIterator<Item = S>) -> Self {
        Self {
            rows: vec![heading.into_iter().map(Into::into).collect()],
        }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Prints it, without columns that have nothing in them.
    pub(crate) fn print(&self) {
        let columns: Vec<usize> = (0..self.rows[0].len())
            .filter(|&column| {
                column == 0 || self.rows[1..].iter().any(|row| row[column] != NOTHING)
            })
            .collect();
        let width = |column: usize| {
            self.rows
                .iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
                .max(3)
        };
        for (number, row) in self.rows.iter().enumerate() {
            let cells = columns.iter().map(|&column| match column {
                0 => format!(" {:<1$} |", row[column], width(column)),
                _ => format!(" {:>1$} |", row[column], width(column)),
            });
            println!("|{}", cells.collect::<String>());
            if number == 0 {
                let rules = columns.iter().map(|&column| match column {
                    0 => format!("-{}-|", "-".repeat(width(column))),
                    _ => format!("-{}:|", "-".repeat(width(column))),
                });
                println!("|{}", rules.collect::<String>());
            }
        }
        println!();
    }
}

/// The cell of what is not measured.
pub(crate) const NOTHING: &str = "–";

/// A number with about two digits that count.
pub(crate) fn number(number: f64) -> String {
    match number {
        _ if number.is_nan() => NOTHING.to_owned(),
        _ if number >= 9.95 => format!("{number:.0}"),
        _ if number >= 0.095 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}

/// A number and its spread.
pub(crate) fn with_spread(median: f64, spread: f64) -> String {
    if median.is_nan() {
        return NOTHING.to_owned();
    }
    format!("{} ±{:.0}%", number(median), spread * 100.0)
}

/// Seconds as a text with a unit.
pub(crate) fn seconds(seconds: f64) -> String {
    match seconds {
        _ if seconds.is_nan() => NOTHING.to_owned(),
        _ if seconds >= 0.9995e-3 => format!("{} ms", three(seconds * 1e3)),
        _ if seconds >= 0.9995e-6 => format!("{} µs", three(seconds * 1e6)),
        _ => format!("{} ns", three(seconds * 1e9)),
    }
}

/// Bytes as a text with a unit.
pub(crate) fn bytes(bytes: f64) -> String {
    match bytes {
        _ if bytes.is_nan() => NOTHING.to_owned(),
        _ if bytes >= 0.9995e6 => format!("{} MB", three(bytes / 1e6)),
        _ => format!("{} kB", three(bytes / 1e3)),
    }
}

fn three(number: f64) -> String {
    match number {
        _ if number >= 99.95 => format!("{number:.0}"),
        _ if number >= 9.995 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}
