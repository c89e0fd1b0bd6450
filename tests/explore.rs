//! Which worlds are lived: cases in `tests/explore/`, and that threads and runs change nothing.
//!
//! `BLESS=1 cargo test --test explore` writes what came out into the cases; read the difference before you commit it.

#[path = "explore/cases.rs"]
mod cases;

use std::path::Path;
use std::process::Command;

#[test]
fn conditions_are_turned_round() {
    cases::check(&["conditions.md"]);
}

#[test]
fn dependencies_are_switched_on() {
    cases::check(&["dependencies.md"]);
}

#[test]
fn traps_end_within_the_budget() {
    cases::check(&["traps.md"]);
}

#[test]
fn what_cannot_be_solved_is_forced() {
    cases::check(&["forced.md"]);
}

/// The findings and their order, the worlds and the coverage are the same on every run, with any number of threads.
#[test]
fn threads_change_nothing() {
    threads_change_nothing_in("conditions.md");
}

#[test]
fn threads_change_nothing_that_is_forced() {
    threads_change_nothing_in("forced.md");
}

fn threads_change_nothing_in(page: &str) {
    let charts = cases::charts(page, page);
    let run = |threads: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chartlint"));
        let output = command
            .env_clear()
            .env("RAYON_NUM_THREADS", threads)
            .current_dir(charts.path())
            .args(["--format", "json", "."])
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let first = run("1");
    assert!(first.contains("\"findings\""), "{}", Path::new(charts.path()).display());
    for threads in ["1", "2", "4", "4"] {
        assert_eq!(run(threads), first, "with {threads} threads");
    }
}
