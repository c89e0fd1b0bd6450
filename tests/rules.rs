//! The rules by cases, and the pages of `docs/` by their own examples.
//!
//! `tests/rules/<rule>.md` holds small charts, one a heading, with the findings that are expected of each below it.
//! `README.md` and the pages of `docs/` show commands with their output. Both are run here. `BLESS=1 cargo test --test
//! rules` writes what came out into the files; read the difference before you commit it.

#[path = "rules/markdown.rs"]
mod markdown;

use chartlint::rules::RULES;
use markdown::{How, Section};
use rayon::prelude::*;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Markdown files below a folder, in the order of their names.
fn pages(folder: &str) -> Vec<PathBuf> {
    let mut pages = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|e| e == "md") => pages.push(path),
                false => {}
            }
        }
    }
    pages.sort();
    pages
}

/// A folder that is gone when the test is.
struct Scratch(PathBuf);

impl Scratch {
    /// The chart of a section; a `Chart.yaml` that does not matter is left out of the cases. Several charts, in folders,
    /// bring theirs.
    fn chart(section: &Section) -> Scratch {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("chart-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let scratch = Scratch(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name));
        let default = ("Chart.yaml".to_string(), "apiVersion: v2\nname: web\nversion: 1.0.0\n".to_string());
        let is_given =
            section.files.iter().any(|(path, _)| path.ends_with("/Chart.yaml") && !path.starts_with("charts/"));
        for (path, text) in (!is_given).then_some(&default).into_iter().chain(&section.files) {
            let path = scratch.0.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        scratch
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left behind lies in the target folder and harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs chartlint; what it says on both streams, and its exit code.
fn chartlint(arguments: &[String], folder: &Path) -> (String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chartlint"));
    // NO_COLOR, CLICOLOR_FORCE and TERM decide about colour, COLUMNS about the width: the pages have neither.
    let output = command.env_clear().current_dir(folder).args(arguments).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (text, output.status.code().unwrap_or(-1))
}

/// What a block of a section should say.
fn outcome(how: How, text: &str, folder: &Path) -> String {
    if how == How::Concise {
        let (mut found, _) = chartlint(&["--format".into(), "concise".into(), ".".into()], folder);
        if found.is_empty() {
            found.push_str("no findings\n");
        }
        return found;
    }
    let mut out = String::new();
    let mut exit = 0;
    for command in markdown::commands(text) {
        let _ = writeln!(out, "$ {command}");
        let words = markdown::words(command);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let arguments = match words.as_slice() {
            ["echo", "$?"] => {
                let _ = writeln!(out, "{exit}");
                continue;
            }
            ["echo", line, ">>", file] => {
                let path = folder.join(file);
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                std::fs::write(&path, format!("{text}{line}\n")).unwrap();
                continue;
            }
            ["sed", "-i", edit, file] => {
                let path = folder.join(file);
                let text = std::fs::read_to_string(&path).unwrap();
                let separator = edit.chars().nth(1).unwrap_or('/');
                let parts: Vec<&str> = edit.split(separator).collect();
                let new = match parts.as_slice() {
                    ["s", old, new, ""] => text.replacen(old, new, 1),
                    _ if edit.starts_with("1i ") => format!("{}\n{text}", edit.trim_start_matches("1i ")),
                    other => panic!("such an edit is not made: {other:?}"),
                };
                assert_ne!(new, text, "nothing is edited by {command}");
                std::fs::write(&path, new).unwrap();
                continue;
            }
            ["cat", file] => {
                out.push_str(&std::fs::read_to_string(folder.join(file)).unwrap());
                continue;
            }
            ["rm", file] => {
                std::fs::remove_file(folder.join(file)).unwrap();
                continue;
            }
            ["chartlint", arguments @ ..] => arguments,
            ["cargo", "run", "--release", "--", arguments @ ..] => arguments,
            other => panic!("only chartlint is run, and files are edited: {other:?}"),
        };
        let arguments: Vec<String> = arguments.iter().map(|a| a.to_string()).collect();
        let (printed, code) = chartlint(&arguments, folder);
        exit = code;
        out.push_str(&printed);
    }
    // A blank line at the end of a report is not worth one on a page.
    format!("{}\n", out.trim_end())
}

/// Runs the blocks of pages and compares them, or writes them where BLESS is set.
fn check(pages: &[PathBuf]) {
    let is_blessing = std::env::var_os("BLESS").is_some();
    let run = |page: &PathBuf| {
        let text = std::fs::read_to_string(page).unwrap();
        let mut failures = String::new();
        let mut blocks = Vec::new();
        for section in markdown::sections(&text) {
            let scratch = (!section.files.is_empty()).then(|| Scratch::chart(&section));
            let folder = scratch.as_ref().map_or(root(), |s| &s.0);
            for expected in &section.expected {
                let got = outcome(expected.how, &expected.text, folder);
                if got != expected.text {
                    let shown = page.strip_prefix(root()).unwrap().display();
                    let _ = writeln!(failures, "{shown}:{}: {}", section.line, section.heading);
                    let _ = writeln!(failures, "--- expected\n{}--- got\n{got}", expected.text);
                }
                blocks.push((expected.lines.clone(), got));
            }
        }
        if is_blessing && !failures.is_empty() {
            std::fs::write(page, markdown::replaced(&text, &blocks)).unwrap();
            failures.clear();
        }
        failures
    };
    let failures: String = pages.par_iter().map(run).collect();
    assert!(failures.is_empty(), "\n{failures}\nBLESS=1 writes what came out into the files.");
}

#[test]
fn cases_find_what_they_say() {
    check(&pages("tests/rules"));
}

/// Configs, baselines and what they do to a run: `tests/known/`.
#[test]
fn what_is_known_is_not_told() {
    check(&pages("tests/known"));
}

#[test]
fn pages_show_what_chartlint_prints() {
    let mut pages = pages("docs");
    pages.push(root().join("README.md"));
    check(&pages);
}

#[test]
fn each_rule_has_a_page_with_a_wrong_and_a_right_chart() {
    for rule in RULES {
        let path = root().join(format!("docs/rules/{}.md", rule.name));
        let page = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let sections = markdown::sections(&page);
        for heading in ["Wrong", "Right", "Why", "When to ignore it"] {
            assert!(sections.iter().any(|s| s.heading == heading), "{}: no section {heading:?}", rule.name);
        }
        let shows = |heading: &str, word: &str| {
            let section = sections.iter().find(|s| s.heading == heading);
            section.is_some_and(|s| s.expected.iter().any(|e| e.text.contains(word)))
        };
        assert!(shows("Wrong", rule.name), "{}: the wrong chart's output does not name the rule", rule.name);
        assert!(shows("Right", "no findings"), "{}: the right chart has findings", rule.name);
    }
}

#[test]
fn each_rule_has_cases_that_are_found_and_cases_that_are_not() {
    for rule in RULES {
        let path = root().join(format!("tests/rules/{}.md", rule.name));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let sections = markdown::sections(&text);
        let named = format!("[{}]", rule.name);
        let has = |word: &str| sections.iter().any(|s| s.expected.iter().any(|e| e.text.contains(word)));
        assert!(has(&named), "{}: no case is found", rule.name);
        assert!(has("no findings"), "{}: no case is clean", rule.name);
    }
}

/// A rule's name is stable for ever: renaming one shows up here as a difference in the table.
#[test]
fn the_table_of_rules_is_the_registry() {
    let path = root().join("docs/rules/README.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let row = |rule: &&chartlint::rules::Rule| {
        format!("| [`{}`]({}.md) | {} | {} |", rule.name, rule.name, rule.severity, rule.summary)
    };
    let expected: Vec<String> = RULES.iter().map(row).collect();
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| [`")).collect();
    assert_eq!(rows, expected, "\n\nThe rows that {} should have:\n{}\n", path.display(), expected.join("\n"));
}
