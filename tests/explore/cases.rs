//! Running the cases of a Markdown file: a heading is a chart, a `console` block what chartlint prints of it.

#[path = "../rules/markdown.rs"]
#[allow(dead_code)]
mod markdown;

use markdown::Section;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder that is gone when the test is.
pub struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("explore-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Scratch(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left behind lies in the target folder and harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn read(page: &str) -> (PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/explore").join(page);
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

/// Writes the chart of a section; a `Chart.yaml` that does not matter is left out of the cases.
fn write(section: &Section, folder: &Path) {
    let default = ("Chart.yaml".to_string(), "apiVersion: v2\nname: web\nversion: 1.0.0\n".to_string());
    let is_given = section.files.iter().any(|(path, _)| path == "Chart.yaml");
    for (path, text) in (!is_given).then_some(&default).into_iter().chain(&section.files) {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// All charts of a page in one folder.
pub fn charts(page: &str, name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    let (_, text) = read(page);
    for (number, section) in markdown::sections(&text).iter().filter(|s| !s.files.is_empty()).enumerate() {
        write(section, &scratch.0.join(format!("chart-{number:02}")));
    }
    scratch
}

/// Runs the commands of pages and compares what they print, or writes it where BLESS is set.
pub fn check(pages: &[&str]) {
    let mut failures = String::new();
    for page in pages {
        let (path, text) = read(page);
        let mut blocks = Vec::new();
        let mut page_failures = String::new();
        for (number, section) in markdown::sections(&text).iter().enumerate().filter(|(_, s)| !s.files.is_empty()) {
            let scratch = Scratch::new(&format!("{page}-{number}"));
            write(section, &scratch.0);
            for expected in &section.expected {
                let mut got = String::new();
                for command in markdown::commands(&expected.text) {
                    let words = markdown::words(command);
                    let mut command_line = Command::new(env!("CARGO_BIN_EXE_chartlint"));
                    let output = command_line.env_clear().current_dir(&scratch.0).args(&words[1..]).output().unwrap();
                    let printed =
                        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
                    let _ = writeln!(got, "$ {command}\n{}", printed.trim_end());
                }
                if got != expected.text {
                    let _ = writeln!(page_failures, "{page}:{}: {}", section.line, section.heading);
                    let _ = writeln!(page_failures, "--- expected\n{}--- got\n{got}", expected.text);
                }
                blocks.push((expected.lines.clone(), got));
            }
        }
        if std::env::var_os("BLESS").is_some() && !page_failures.is_empty() {
            std::fs::write(&path, markdown::replaced(&text, &blocks)).unwrap();
            page_failures.clear();
        }
        failures += &page_failures;
    }
    assert!(failures.is_empty(), "\n{failures}\nBLESS=1 writes what came out into the files.");
}
