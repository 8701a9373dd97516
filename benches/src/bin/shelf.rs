//! How fast a shelf is, beside Python's `shelve` on the same format of file.
//!
//! ```text
//! cargo run --release --features shelve --bin shelf -- [PYTHON] [ROUNDS]
//! ```
//!
//! PYTHON is one of 3.13 or later, `python3.13` unless given. Both write and read small tuples in
//! turns, and what is printed are medians. Python waits for the disk at every insert, which is what
//! `insert, sync` does as well; the CPU time is without the waiting.

use std::env;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use cpu_time::ProcessTime;
use pickle::shelve::{Error, Flag, ShelfOptions};

/// Each of them may wait for the disk.
const INSERTS: usize = 500;
const GETS: usize = 50_000;

/// What a piece of work has cost, in seconds per value.
struct Cost {
    name: String,
    cpu: f64,
    wall: f64,
}

fn measure(
    costs: &mut Vec<Cost>,
    name: &str,
    count: usize,
    work: impl FnOnce() -> Result<(), Error>,
) -> Result<(), Error> {
    let (cpu, wall) = (ProcessTime::now(), Instant::now());
    work()?;
    costs.push(Cost {
        name: name.to_owned(),
        cpu: cpu.elapsed().as_secs_f64() / count as f64,
        wall: wall.elapsed().as_secs_f64() / count as f64,
    });
    Ok(())
}

fn ours(path: &Path) -> Result<Vec<Cost>, Error> {
    type Value = (String, usize, f64);
    let mut costs = Vec::new();
    let keys: Vec<String> = (0..INSERTS).map(|nth| format!("key {nth}")).collect();
    let mut shelf = ShelfOptions::new().with_flag(Flag::New).open(path)?;
    measure(&mut costs, "insert", INSERTS, || {
        for (nth, key) in keys.iter().enumerate() {
            shelf.insert(key, &("tea", nth, 2.5))?;
        }
        Ok(())
    })?;
    measure(&mut costs, "insert, sync", INSERTS, || {
        for (nth, key) in keys.iter().enumerate() {
            shelf.insert(key, &("tea", nth, 2.5))?;
            shelf.sync()?;
        }
        Ok(())
    })?;
    measure(&mut costs, "update", INSERTS, || {
        let items = keys.iter().enumerate();
        shelf.update(items.map(|(nth, key)| (key, ("tea", nth, 2.5))))
    })?;
    measure(&mut costs, "get", GETS, || {
        for nth in 0..GETS {
            let value: Option<Value> = shelf.get(&keys[nth % INSERTS])?;
            assert_eq!(value.map(|value| value.1), Some(nth % INSERTS));
        }
        Ok(())
    })?;
    measure(&mut costs, "values", GETS, || {
        for _ in 0..GETS / INSERTS {
            let mut sum = 0;
            for value in shelf.values::<Value>()? {
                sum += value?.1;
            }
            assert_eq!(sum, INSERTS * (INSERTS - 1) / 2);
        }
        Ok(())
    })?;
    shelf.close()?;
    Ok(costs)
}

fn theirs(python: &str, script: &Path, path: &Path) -> Result<Vec<Cost>, Error> {
    let output = Command::new(python)
        .args(["-I", "-S"])
        .args([script, path])
        .args([INSERTS.to_string(), GETS.to_string()])
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(io::Error::other(format!("{python}: {complaints}")).into());
    }
    let cost = |line: &str| {
        let mut words = line.split('\t');
        Some(Cost {
            name: words.next()?.to_owned(),
            cpu: words.next()?.parse().ok()?,
            wall: words.next()?.parse().ok()?,
        })
    };
    Ok(text.lines().filter_map(cost).collect())
}

fn median(rounds: &[Vec<Cost>], name: &str, of: impl Fn(&Cost) -> f64) -> Option<f64> {
    let costs = rounds.iter().flatten().filter(|cost| cost.name == name);
    let mut numbers: Vec<f64> = costs.map(of).collect();
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied()
}

fn main() -> Result<(), Error> {
    let mut arguments = env::args().skip(1);
    let python = arguments.next().unwrap_or("python3.13".to_owned());
    let count = arguments.next().and_then(|count| count.parse().ok());
    // On the disk that the build is on: a temporary folder is often in memory.
    let directory = env::current_exe()?.with_extension(std::process::id().to_string());
    fs::create_dir(&directory)?;
    let script = directory.join("shelf.py");
    fs::write(&script, include_str!("shelf.py"))?;

    let (mut rust, mut cpython) = (Vec::new(), Vec::new());
    for _ in 0..count.unwrap_or(5) {
        rust.push(ours(&directory.join("rust"))?);
        cpython.push(theirs(&python, &script, &directory.join("python"))?);
    }
    fs::remove_dir_all(&directory)?;

    println!("µs per value  │ CPU: ours  Python  ratio │ clock: ours  Python  ratio");
    for name in ["insert", "insert, sync", "update", "get", "values"] {
        let peer = match name {
            "insert, sync" | "update" => "insert",
            name => name,
        };
        let columns = |of: fn(&Cost) -> f64| {
            let ours = median(&rust, name, of).unwrap_or(f64::NAN) * 1e6;
            let theirs = median(&cpython, peer, of).unwrap_or(f64::NAN) * 1e6;
            format!("{ours:9.2} {theirs:7.2} {:6.1}", theirs / ours)
        };
        println!("{name:13} │ {}  │  {}", columns(|cost| cost.cpu), columns(|cost| cost.wall));
    }
    Ok(())
}
