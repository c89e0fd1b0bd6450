//! What each line of a small chart is said to come from: the cases are the Markdown files of `provenance/`.
//!
//! A case is a heading, fenced blocks that name a file of the chart (or `flags`, further arguments), and a block
//! `console` with what `chartlint render --origins --raw templates/t.yaml` prints. `BLESS=1` rewrites those blocks;
//! `PROVENANCE=part-of-a-heading` runs the cases with that in their heading.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const CHART: &str = "apiVersion: v2\nname: c\nversion: 0.1.0\nappVersion: 1.2.3\n";

/// A case of a file.
#[derive(Default)]
struct Case {
    heading: String,
    /// Paths in the chart and texts.
    files: Vec<(String, String)>,
    flags: Vec<String>,
    expected: String,
    /// The lines of the expected output in the file: from and to (exclusive).
    lines: Option<(usize, usize)>,
}

/// The cases of a file.
fn cases(text: &str) -> Vec<Case> {
    let mut cases = vec![Case::default()];
    let mut block: Option<(&str, Vec<&str>, usize)> = None;
    for (number, line) in text.lines().enumerate() {
        match (&mut block, line.strip_prefix("```")) {
            (None, Some(info)) => block = Some((info, Vec::new(), number + 1)),
            (None, None) => {
                if let Some(heading) = line.strip_prefix("## ") {
                    cases.push(Case { heading: heading.to_string(), ..Case::default() });
                }
            }
            (Some((info, lines, start)), Some("")) => {
                let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
                let case = cases.last_mut().unwrap();
                match info.split_once(' ').map_or(*info, |(_, name)| name) {
                    "console" => (case.expected, case.lines) = (text, Some((*start, number))),
                    "flags" => case.flags = text.split_whitespace().map(str::to_string).collect(),
                    path => case.files.push((path.to_string(), text)),
                }
                block = None;
            }
            (Some((_, lines, _)), _) => lines.push(line),
        }
    }
    cases.retain(|case| !case.files.is_empty());
    cases
}

/// A folder that goes when this does.
struct Folder(PathBuf);

impl Folder {
    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left behind lies in a folder that `cargo clean` removes.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Case {
    fn printed(&self, number: usize) -> String {
        let name = format!("provenance-{}-{number}", std::process::id());
        let folder = Folder(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name));
        folder.write("c/Chart.yaml", CHART);
        for (path, text) in &self.files {
            // What is no file of the chart lies beside it.
            let path = if path == "state.yaml" { path.clone() } else { format!("c/{path}") };
            folder.write(&path, text);
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_chartlint"));
        command.args(["render", "c", "--name", "rel", "--error-format", "plain", "--origins"]);
        command.args(["--raw", "templates/t.yaml"]).args(&self.flags);
        if self.files.iter().any(|(path, _)| path == "state.yaml") {
            command.args(["--state", "state.yaml"]);
        }
        // Nothing of the machine's: no configuration, no colours, one time zone.
        command.env_clear().env("TZ", "UTC").env("HOME", &folder.0).current_dir(&folder.0).stdin(Stdio::null());
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(if output.status.success() { &output.stdout } else { &output.stderr });
        // A text ends with a line break, and shows as one empty line more.
        said.lines().map(|line| format!("{}\n", line.trim_end())).collect::<String>().trim_end().to_string() + "\n"
    }
}

#[test]
fn every_line_names_what_it_comes_from() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/provenance");
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.sort();
    let only = std::env::var("PROVENANCE").ok();
    let bless = std::env::var_os("BLESS").is_some();
    let (mut count, mut wrong) = (0, Vec::new());
    for path in &paths {
        let text = std::fs::read_to_string(path).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
        // From the last to the first, so that what is rewritten moves no lines of those to come.
        for case in cases(&text).iter().rev() {
            if only.as_ref().is_some_and(|only| !case.heading.contains(only.as_str())) {
                continue;
            }
            count += 1;
            let printed = case.printed(count);
            if printed == case.expected {
                continue;
            }
            let shown = path.file_name().unwrap().to_string_lossy();
            match (bless, case.lines) {
                (true, Some((from, to))) => {
                    lines.splice(from..to, printed.lines().map(str::to_string));
                }
                _ => wrong
                    .push(format!("{shown}, {}:\n--- expected\n{}--- printed\n{printed}", case.heading, case.expected)),
            }
        }
        if bless {
            std::fs::write(path, lines.join("\n") + "\n").unwrap();
        }
    }
    assert!(count > 0, "there are no cases");
    assert!(wrong.is_empty(), "{} of {count} differ (BLESS=1 rewrites):\n{}", wrong.len(), wrong.join("\n"));
}
