"""What `#[derive(Pickle)]` costs to compile, beside serde's derive.

    python3 benches/compile_time.py [STRUCTS [RUNS]]

Two crates of the same structs, five fields each: one derives `Pickle`, one `Serialize` and
`Deserialize`. Once they are only declared, and once each is dumped and loaded: serde's code is
generic, and nothing of it is compiled before somebody uses it. The dependencies are built before;
what is measured is `cargo build` of the crate alone, in CPU time, the crates in turn.
"""
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIELDS = "pub id: u64, pub name: String, pub price: f64, pub tags: Vec<String>, pub note: Option<String>"
CRATES = {
    "pickle": {
        "dependencies": f'pickle = {{ package = "pickle-rs", path = "{ROOT}" }}',
        "derive": "pickle::Pickle",
        "use": "let bytes = pickle::dumps(&{0}::default()).unwrap(); "
        "let _: {0} = pickle::loads(&bytes).unwrap();",
    },
    "serde": {
        "dependencies": 'serde = { version = "1", features = ["derive"] }\nserde-pickle = "1.2.0"',
        "derive": "serde::Serialize, serde::Deserialize",
        "use": "let bytes = serde_pickle::to_vec(&{0}::default(), Default::default()).unwrap(); "
        "let _: {0} = serde_pickle::from_slice(&bytes, Default::default()).unwrap();",
    },
}


def write_crate(directory, crate, structs, used):
    (directory / "src").mkdir(parents=True)
    (directory / "Cargo.toml").write_text(
        f'[package]\nname = "{directory.name}"\nversion = "0.0.0"\nedition = "2024"\n\n'
        f'[dependencies]\n{crate["dependencies"]}\n\n[workspace]\n'
    )
    names = [f"Struct{nth}" for nth in range(structs)]
    lines = [f"#[derive(Default, {crate['derive']})]\npub struct {name} {{ {FIELDS} }}" for name in names]
    uses = [crate["use"].format(name) for name in names] if used else []
    lines += [f"pub fn use{nth}() {{ {use} }}" for nth, use in enumerate(uses)]
    lines += ["fn main() {", *(f"    use{nth}();" for nth in range(len(uses))), "}"]
    (directory / "src/main.rs").write_text("\n".join(lines) + "\n")


def build(directory, target, profile):
    (directory / "src/main.rs").touch()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "CARGO_TARGET_DIR": str(target), "CARGO_INCREMENTAL": "0"}
    command = ["cargo", "build", "--quiet", "--profile", profile]
    subprocess.run(command, cwd=directory, check=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(structs=200, runs=5):
    with tempfile.TemporaryDirectory() as temporary:
        for used in [False, True]:
            for name, crate in CRATES.items():
                write_crate(pathlib.Path(temporary) / f"{name}_{used}", crate, structs, used)
        for used in [False, True]:
            for profile in ["dev", "release"]:
                times = {name: [] for name in CRATES}
                for run in range(runs + 1):
                    for name in CRATES:
                        directory = pathlib.Path(temporary) / f"{name}_{used}"
                        seconds = build(directory, pathlib.Path(temporary) / "target", profile)
                        # The first run builds the dependencies.
                        times[name] += [seconds] if run else []
                ours, serde = (statistics.median(times[name]) for name in ["pickle", "serde"])
                print(
                    f"{structs} structs {'dumped and loaded' if used else 'declared':18}{profile:8}"
                    f"pickle {ours:6.2f} s   serde {serde:6.2f} s   ratio {ours / serde:.2f}",
                    flush=True,
                )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
