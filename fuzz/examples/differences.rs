//! Compares every file of the folders that are named with what Python makes of it, and prints what
//! differs, one file for each kind of difference:
//!
//!     cargo run --example differences -- corpus/differential

use std::collections::BTreeMap;
use std::path::PathBuf;

fn main() {
    let mut count = 0;
    let mut differences: BTreeMap<String, (usize, PathBuf, String)> = BTreeMap::new();
    for folder in std::env::args().skip(1) {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let data = std::fs::read(&path).expect("a file");
            count += 1;
            if let Err(difference) = pickle_fuzz::differential::compare(&data) {
                // Values, positions and names aside, much is the same.
                let words = |word: &&str| word.bytes().all(|byte| byte.is_ascii_alphabetic());
                let kind: Vec<&str> = difference.split(' ').filter(words).take(12).collect();
                differences
                    .entry(kind.join(" "))
                    .and_modify(|(count, ..)| *count += 1)
                    .or_insert((1, path, difference));
            }
        }
    }
    for (count, path, difference) in differences.values() {
        println!("{count} x {}\n    {}", path.display(), difference.replace('\n', "\n    "));
    }
    println!("{count} files, {} kinds of differences", differences.len());
}
