//! What a piece of work costs in this process: CPU time and memory.
//!
//! Each process measures one contestant on one workload and ends. The first repetition is *cold*:
//! memory comes from the system page by page, as in a program that loads one file. Then the
//! allocator is told to keep what it has, one repetition fills it, and those that follow are
//! *warm*. Left to itself, glibc keeps or returns memory depending on the size of what was freed
//! before, so that a mere loop would measure some contestants cold and others warm.
//!
//! CPU time, the system's share included, because page faults are a part of the cost, and because
//! it hardly suffers from whatever else runs on the machine.

use std::fs;
use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;

/// How long warm repetitions go on.
const WARM: Duration = Duration::from_millis(80);
/// How many there are at least and at most.
const REPETITIONS: std::ops::RangeInclusive<usize> = 1..=9;

/// Whoever takes longer than this, in seconds, is measured once, and cold only.
pub(crate) const SLOW: f64 = 2.0;

/// What one process has measured.
pub(crate) struct Report {
    /// Seconds of the first repetition.
    pub(crate) cold: f64,
    /// Seconds of a later one, the median of several; not a number if there is none.
    pub(crate) warm: f64,
    /// How many bytes the first repetition took at most, input not included.
    pub(crate) peak: f64,
}

impl Report {
    /// One line, for the process that asked.
    pub(crate) fn to_line(&self) -> String {
        format!("{:e} {:e} {:e}", self.cold, self.warm, self.peak)
    }

    /// Reads what [`to_line`](Self::to_line) and the script have written.
    pub(crate) fn from_line(line: &str) -> Option<Self> {
        let mut numbers = line.split_whitespace().map(|number| number.parse().ok());
        Some(Self {
            cold: numbers.next()??,
            warm: numbers.next()??,
            peak: numbers.next()??,
        })
    }
}

/// Measures a piece of work that consists of a number of calls. What a single call returns is
/// dropped outside of the time.
pub(crate) fn measure<R>(calls: usize, mut call: impl FnMut() -> R) -> Report {
    let mut repetition = || {
        let start = ProcessTime::now();
        for _ in 1..calls {
            black_box(call());
        }
        let last = black_box(call());
        let elapsed = start.elapsed();
        drop(last);
        elapsed.as_secs_f64()
    };
    let before = resident();
    let cold = repetition();
    let peak = peak().saturating_sub(before) as f64;

    let mut warm = Vec::new();
    if cold > SLOW {
        return Report {
            cold,
            warm: median(&mut warm),
            peak,
        };
    }
    keep_memory();
    repetition();
    let start = Instant::now();
    while warm.len() < *REPETITIONS.start()
        || start.elapsed() < WARM && warm.len() < *REPETITIONS.end()
    {
        warm.push(repetition());
    }
    Report {
        cold,
        warm: median(&mut warm),
        peak,
    }
}

/// Measures the same work in several threads at once, on something that each makes for itself.
///
/// As `cold`: seconds of wall time for a repetition in all of them; as `warm`: seconds of CPU time
/// for one.
pub(crate) fn measure_threads<T, R>(
    threads: usize,
    calls: usize,
    make: impl Fn() -> T + Sync,
    call: impl Fn(&T) -> R + Sync,
) -> Report {
    const REPETITIONS: usize = 5;
    keep_memory();
    // The threads and this one meet before the time starts and after it has ended.
    let barrier = Barrier::new(threads + 1);
    let work = || {
        let data = make();
        let repetition = || (0..calls).for_each(|_| drop(black_box(call(&data))));
        repetition();
        barrier.wait();
        (0..REPETITIONS).for_each(|_| repetition());
        barrier.wait();
    };
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
        barrier.wait();
        let (wall, cpu) = (Instant::now(), ProcessTime::now());
        barrier.wait();
        Report {
            cold: wall.elapsed().as_secs_f64() / REPETITIONS as f64,
            warm: cpu.elapsed().as_secs_f64() / (REPETITIONS * threads) as f64,
            peak: 0.0,
        }
    })
}

/// The middle one; of an even number, the mean of the two in the middle. NaN of nothing.
pub(crate) fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    match numbers {
        [] => f64::NAN,
        _ if numbers.len() % 2 == 1 => numbers[middle],
        _ => f64::midpoint(numbers[middle - 1], numbers[middle]),
    }
}

/// Half of the distance between the quartiles, in proportion to the median.
pub(crate) fn spread(numbers: &mut [f64]) -> f64 {
    let median = median(numbers);
    let quarter = |nth: usize| {
        let position = (numbers.len() - 1) as f64 * nth as f64 / 4.0;
        let (low, high) = (position.floor() as usize, position.ceil() as usize);
        numbers[low] + (numbers[high] - numbers[low]) * position.fract()
    };
    match numbers.len() {
        0 | 1 => 0.0,
        _ => (quarter(3) - quarter(1)) / 2.0 / median,
    }
}

/// Bytes of memory that the process has now, and resets its peak to them.
fn resident() -> u64 {
    // Linux only; elsewhere the peak is that of the process, or unknown.
    drop(fs::write("/proc/self/clear_refs", "5"));
    status("VmRSS:")
}

/// Bytes of memory that the process had at most since.
fn peak() -> u64 {
    status("VmHWM:")
}

fn status(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1024
}

/// Bytes of memory that are to be had.
pub(crate) fn available() -> u64 {
    let info = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = info
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1024
}

/// Tells glibc to return no memory to the system from here on.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn keep_memory() {
    // SAFETY: `mallopt` may be called at any time, and no other thread runs yet.
    unsafe {
        libc::mallopt(libc::M_MMAP_MAX, 0);
        libc::mallopt(libc::M_TRIM_THRESHOLD, -1);
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn keep_memory() {}
