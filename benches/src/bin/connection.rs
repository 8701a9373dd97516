//! How fast connections are beside CPython's: round trips of a small tuple, and byte strings of
//! 1 MiB, over both families of sockets, with either language on either side.
//!
//! ```sh
//! cargo run --release --bin connection [ROUNDS]
//! ```
//!
//! Each pair is two processes of their own, and all pairs take turns. Shown are medians: what goes
//! through in a second, and the CPU time of both sides for each message, which hardly suffers from
//! what else the machine does.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use cpu_time::ProcessTime;
use pickle::multiprocessing::Result;
use pickle::multiprocessing::connection::{Address, Client, Listener};

const KEY: &[u8] = b"key";
const SMALL: usize = 20_000;
const LARGE: usize = 300;
const WORK: [(&str, usize); 3] = [("round trips", SMALL), ("objects", LARGE), ("bytes", LARGE)];

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<_> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", address] => Ok(serve(address)?),
        ["ask", address] => Ok(ask(address)?),
        [rounds] => bench(rounds.parse()?),
        _ => bench(7),
    }
}

fn address(text: &str) -> Address {
    match text.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().expect("a port")).into(),
        None => text.into(),
    }
}

fn serve(text: &str) -> Result<()> {
    let mut listener = Listener::bind(address(text))?.with_authkey(KEY);
    match listener.address() {
        Address::Inet(host, port) => println!("{host}:{port}"),
        _ => println!("{text}"),
    }
    let mut connection = listener.accept()?;
    loop {
        let (work, count): (String, usize) = match connection.recv() {
            Ok(asked) => asked,
            Err(error) if error.is_eof() => return Ok(()),
            Err(error) => return Err(error),
        };
        let start = ProcessTime::now();
        for _ in 0..count {
            match &*work {
                "round trips" => {
                    let message: (u64, String) = connection.recv()?;
                    connection.send(&message)?;
                }
                "objects" => drop(connection.recv::<Vec<u8>>()?),
                _ => drop(connection.recv_bytes()?),
            }
        }
        connection.send(&start.elapsed().as_secs_f64())?;
    }
}

fn ask(text: &str) -> Result<()> {
    let large = vec![b'x'; 1 << 20];
    let mut connection = Client::new(address(text)).with_authkey(KEY).connect()?;
    for (work, count) in WORK {
        connection.send(&(work, count))?;
        let (wall, cpu) = (Instant::now(), ProcessTime::now());
        for number in 0..count {
            match work {
                "round trips" => {
                    connection.send(&(number, "tea"))?;
                    connection.recv::<(u64, String)>()?;
                }
                "objects" => connection.send(&large)?,
                _ => connection.send_bytes(&large)?,
            }
        }
        let theirs: f64 = connection.recv()?;
        let (wall, cpu) = (wall.elapsed().as_secs_f64(), cpu.elapsed().as_secs_f64());
        let count = count as f64;
        println!("{} {}", count / wall, (cpu + theirs) / count);
    }
    Ok(())
}

/// A process of this program, or of the script.
fn command(language: &str) -> Command {
    match language {
        "Rust" => Command::new(std::env::current_exe().expect("this program")),
        _ => {
            let mut python = Command::new("python3");
            python.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("connection.py"));
            python
        }
    }
}

/// What one pair measures: messages in a second, and seconds of CPU time for each.
fn measure(server: &str, client: &str, at: &str) -> Result<Vec<[f64; 2]>, Box<dyn Error>> {
    let mut serving = command(server)
        .args(["serve", at])
        .stdout(Stdio::piped())
        .spawn()?;
    let mut address = String::new();
    BufReader::new(serving.stdout.take().expect("a pipe")).read_line(&mut address)?;
    let asked = command(client).args(["ask", address.trim_end()]).output()?;
    if !asked.status.success() {
        serving.kill()?;
        return Err(String::from_utf8_lossy(&asked.stderr).into());
    }
    serving.wait()?;
    let lines = String::from_utf8(asked.stdout)?;
    let numbers = lines.lines().map(|line| {
        let (rate, cpu) = line.split_once(' ').ok_or("two numbers")?;
        Ok([rate.parse()?, cpu.parse()?])
    });
    numbers.collect()
}

fn bench(rounds: usize) -> Result<(), Box<dyn Error>> {
    let socket = std::env::temp_dir().join(format!("bench-{}", std::process::id()));
    let socket = socket
        .to_str()
        .ok_or("the path of temporary files is no text")?;
    let pairs = [
        ("Python", "Python"),
        ("Rust", "Python"),
        ("Python", "Rust"),
        ("Rust", "Rust"),
    ];
    let mut measured: BTreeMap<_, Vec<[f64; 2]>> = BTreeMap::new();
    for _ in 0..rounds {
        for (family, at) in [("TCP", "127.0.0.1:0"), ("Unix", socket)] {
            for pair in pairs {
                for (work, numbers) in measure(pair.0, pair.1, at)?.into_iter().enumerate() {
                    measured
                        .entry((work, family, pair))
                        .or_default()
                        .push(numbers);
                }
            }
        }
    }
    let median = |key: &(usize, &str, (&str, &str)), which: usize| {
        let mut numbers: Vec<_> = measured[key].iter().map(|numbers| numbers[which]).collect();
        numbers.sort_by(f64::total_cmp);
        numbers[numbers.len() / 2]
    };
    for (work, (name, _)) in WORK.iter().enumerate() {
        println!("{name}: in a second; µs of CPU time each (× of Python with Python)");
        for family in ["TCP", "Unix"] {
            for (server, client) in pairs {
                let key = (work, family, (server, client));
                let base = (work, family, pairs[0]);
                let [rate, cpu] = [0, 1].map(|which| median(&key, which));
                let [base_rate, base_cpu] = [0, 1].map(|which| median(&base, which));
                println!(
                    "  {family:<4}  {server:>6} listens, {client:>6} connects  {rate:>8.0} ({:.2} ×)  {:>6.1} ({:.2} ×)",
                    rate / base_rate,
                    cpu * 1e6,
                    cpu / base_cpu,
                );
            }
        }
    }
    Ok(())
}
