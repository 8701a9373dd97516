//! What is printed: one table with all contestants on all workloads, and some smaller ones.

use std::io;

use crate::allocator;
use crate::bench::{Bench, CPYTHON, Contestant, Samples};
use crate::measure::{self, Report};
use crate::table::{self, NOTHING, Table};
use crate::workloads::NAMES;

/// The protocol that is measured where nothing else is said.
const PROTOCOL: u8 = 4;

const LOAD: [&str; 13] = [
    CPYTHON,
    "owned",
    "borrowed",
    "reader",
    "Value",
    "reused",
    "serde-pickle",
    "serde-pickle Value",
    "pickled",
    "deser-pickle",
    "bincode",
    "bincode borrowed",
    "memcpy",
];

const DUMP: [&str; 9] = [
    CPYTHON,
    "owned",
    "writer",
    "Value",
    "reused",
    "serde-pickle",
    "pickled",
    "deser-pickle",
    "bincode",
];

/// All contestants on these workloads.
pub(crate) fn main(bench: &mut Bench, verb: &str, workloads: &[&'static str]) -> io::Result<()> {
    let contestants: &[&str] = if verb == "load" { &LOAD } else { &DUMP };
    let mut heading = vec!["".to_owned()];
    heading.extend(contestants.iter().map(|&contestant| contestant.to_owned()));
    let mut tables = MEASURES.map(|_| Table::new(heading.clone()));
    for &workload in workloads {
        eprintln!("{verb} {workload}");
        let mut orders = Vec::new();
        for contestant in contestants {
            let what = format!("{verb} {contestant}");
            orders.push(bench.contestant(workload, &what, bench.size(workload), PROTOCOL)?);
        }
        let samples = bench.compete(&orders);
        for (table, measure) in tables.iter_mut().zip(MEASURES) {
            let mut row = vec![workload.to_owned(), measure.absolute(&samples[0])];
            row.extend(
                samples[1..]
                    .iter()
                    .map(|own| measure.ratio(own, &samples[0])),
            );
            table.row(row);
        }
    }
    let title = if verb == "load" { "Loading" } else { "Dumping" };
    for (table, measure) in tables.iter().zip(MEASURES) {
        println!("### {title}, {}\n", measure.title);
        table.print();
    }
    Ok(())
}

/// One of the numbers of a report, and how it is shown.
#[derive(Clone, Copy)]
struct Measure {
    title: &'static str,
    of: fn(&Report) -> f64,
    show: fn(f64) -> String,
    /// Whether the ratio says how many times better than CPython, rather than how much of it.
    times: bool,
}

const COLD: Measure = Measure {
    title: "cold: how many times as fast as CPython",
    of: |report| report.cold,
    show: table::seconds,
    times: true,
};

const WARM: Measure = Measure {
    title: "warm: how many times as fast as CPython",
    of: |report| report.warm,
    show: table::seconds,
    times: true,
};

const PEAK: Measure = Measure {
    title: "memory: peak, in proportion to CPython's",
    of: |report| report.peak,
    show: table::bytes,
    times: false,
};

const MEASURES: [Measure; 3] = [COLD, WARM, PEAK];

impl Measure {
    fn median(self, samples: &Samples) -> f64 {
        measure::median(&mut samples.iter().map(self.of).collect::<Vec<_>>())
    }

    fn absolute(self, samples: &Samples) -> String {
        if self.median(samples).is_nan() || self.is_noise(samples) {
            return NOTHING.to_owned();
        }
        let spread = measure::spread(&mut samples.iter().map(self.of).collect::<Vec<_>>());
        format!(
            "{} ±{:.0}%",
            (self.show)(self.median(samples)),
            spread * 100.0
        )
    }

    /// Whether there is nothing to measure: many calls that each take less than a few pages.
    fn is_noise(self, samples: &Samples) -> bool {
        !self.times && self.median(samples) < 1e5
    }

    /// The ratios of each round, so that what slows all of them down has no part in it.
    fn ratio(self, samples: &Samples, cpython: &Samples) -> String {
        if samples.is_empty() || cpython.is_empty() {
            return self.absolute(samples);
        }
        if self.is_noise(cpython) {
            return NOTHING.to_owned();
        }
        let rounds = samples.iter().zip(cpython);
        let mut ratios: Vec<f64> = rounds
            .map(|(own, cpython)| match self.times {
                true => (self.of)(cpython) / (self.of)(own),
                false => (self.of)(own) / (self.of)(cpython),
            })
            .collect();
        match self.times {
            true => table::with_spread(measure::median(&mut ratios), measure::spread(&mut ratios)),
            false => table::number(measure::median(&mut ratios)),
        }
    }
}

/// The protocols, beside CPython at the same protocol.
pub(crate) fn protocols(bench: &mut Bench, workloads: &[&'static str]) -> io::Result<()> {
    let protocols = [2, 4, 5];
    let mut heading = vec!["".to_owned()];
    for verb in ["load", "dump"] {
        heading.extend(protocols.map(|protocol| format!("{verb}, protocol {protocol}")));
    }
    let mut table = Table::new(heading);
    for &workload in common(workloads, &["w1", "w2", "w3", "w6", "w8b"]).iter() {
        eprintln!("protocols {workload}");
        let size = bench.size(workload);
        let mut orders = Vec::new();
        for verb in ["load", "dump"] {
            for protocol in protocols {
                for contestant in [CPYTHON, "owned"] {
                    let what = format!("{verb} {contestant}");
                    orders.push(bench.contestant(workload, &what, size, protocol)?);
                }
            }
        }
        let samples = bench.compete(&orders);
        let mut row = vec![workload.to_owned()];
        row.extend(samples.chunks(2).map(|pair| COLD.ratio(&pair[1], &pair[0])));
        table.row(row);
    }
    println!("### Protocols, cold: how many times as fast as CPython at the same protocol\n");
    table.print();
    Ok(())
}

/// Loading on both allocators.
pub(crate) fn allocators(bench: &mut Bench, workloads: &[&'static str]) -> io::Result<()> {
    if !allocator::AVAILABLE {
        println!("Allocators: run with `--features mimalloc` to see them.\n");
        return Ok(());
    }
    let contestants = ["owned", "Value", "bincode"];
    let mut heading = vec!["".to_owned(), "CPython".to_owned()];
    for contestant in contestants {
        for allocator in ["system", "mimalloc"] {
            heading.extend([COLD, WARM].map(|measure| {
                let temperature = measure.title.split(':').next().unwrap_or_default();
                format!("{contestant}, {allocator}, {temperature}")
            }));
        }
    }
    let mut table = Table::new(heading);
    for &workload in common(workloads, &["w1", "w2", "w3", "w6", "w7"]).iter() {
        eprintln!("allocators {workload}");
        let size = bench.size(workload);
        let mut orders =
            vec![bench.contestant(workload, &format!("load {CPYTHON}"), size, PROTOCOL)?];
        for contestant in contestants {
            let what = format!("load {contestant}");
            let order = bench.contestant(workload, &what, size, PROTOCOL)?;
            orders.extend([
                order.clone(),
                Contestant {
                    mimalloc: true,
                    ..order
                },
            ]);
        }
        let samples = bench.compete(&orders);
        let mut row = vec![workload.to_owned(), COLD.absolute(&samples[0])];
        for own in &samples[1..] {
            row.extend([COLD, WARM].map(|measure| measure.ratio(own, &samples[0])));
        }
        table.row(row);
    }
    println!("### Allocators: loading, how many times as fast as CPython\n");
    table.print();
    Ok(())
}

/// One and two threads.
pub(crate) fn threads(bench: &mut Bench, workloads: &[&'static str]) -> io::Result<()> {
    let mut table = Table::new([
        "",
        "load, CPU time of one",
        "of each of two",
        "wall time for twice the work",
        "dump, CPU time of one",
        "of each of two",
        "wall time for twice the work",
    ]);
    for &workload in common(workloads, &["w1", "w3", "w10"]).iter() {
        eprintln!("threads {workload}");
        let mut row = vec![workload.to_owned()];
        for verb in ["load", "dump"] {
            let what = format!("{verb} threads");
            let one = bench.contestant(workload, &what, bench.size(workload), PROTOCOL)?;
            let mut two = one.clone();
            two.order.threads = 2;
            let samples = bench.compete(&[one, two]);
            let times =
                |measure: Measure| measure.median(&samples[1]) / measure.median(&samples[0]);
            row.push(table::seconds(WARM.median(&samples[0])));
            row.push(format!("× {}", digits(times(WARM))));
            row.push(format!("× {}", digits(times(COLD))));
        }
        table.row(row);
    }
    println!(
        "### Two threads at once, in proportion to one (of two cores: 1 is ideal, 2 is nothing won)\n"
    );
    table.print();
    Ok(())
}

fn digits(number: f64) -> String {
    format!("{number:.2}")
}

/// Objects by powers of ten.
pub(crate) fn growth(bench: &mut Bench) -> io::Result<()> {
    /// CPython would take a minute for what is larger.
    const CPYTHON_UP_TO: usize = 1_000_000;
    /// Bytes of memory for an object, generously.
    const ROOM: u64 = 500;
    let mut table = Table::new([
        "objects",
        "load, cold",
        "load, warm",
        "peak",
        "dump, cold",
        "dump, warm",
        "CPython load, cold",
        "peak",
    ]);
    for power in 3..=7 {
        let size = 10_usize.pow(power);
        if size / bench.effort.divisor > CPYTHON_UP_TO || measure::available() < size as u64 * ROOM
        {
            continue;
        }
        eprintln!("growth {size}");
        let mut orders = Vec::new();
        for what in ["load owned", "dump owned", "load CPython"] {
            orders.push(bench.contestant("w1", what, size, PROTOCOL)?);
        }
        if size > CPYTHON_UP_TO {
            orders.pop();
        }
        let mut samples = bench.compete(&orders);
        samples.resize_with(3, Vec::new);
        let each = |measure: Measure, samples: &Samples| measure.median(samples) / size as f64;
        let time = |measure, samples| table::seconds(each(measure, samples));
        let peak = |samples| match each(PEAK, samples) {
            bytes if bytes.is_nan() => NOTHING.to_owned(),
            bytes => format!("{bytes:.0} B"),
        };
        table.row([
            size.to_string(),
            time(COLD, &samples[0]),
            time(WARM, &samples[0]),
            peak(&samples[0]),
            time(COLD, &samples[1]),
            time(WARM, &samples[1]),
            time(COLD, &samples[2]),
            peak(&samples[2]),
        ]);
    }
    println!("### Growth: w1, for each object\n");
    table.print();
    Ok(())
}

/// Those that both lists have.
fn common(wanted: &[&'static str], shown: &[&str]) -> Vec<&'static str> {
    NAMES
        .into_iter()
        .filter(|name| wanted.contains(name) && shown.contains(name))
        .collect()
}
