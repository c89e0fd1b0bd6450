//! The recorded cases: what goes in, what Helm made of it, and how ours is compared with that.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use crate::adapter::{Chart, Rendered, Wanted};

const CHART: &str = "apiVersion: v2\nname: c\nversion: 0.1.0\nappVersion: \"1.0\"\n";
const HINT: &str = "\n\nUse --debug flag to render out invalid YAML";

#[derive(Deserialize)]
pub struct Recording {
    /// Label of the results, as `helm3` or `3.9.4`, to the version of the binary.
    pub versions: BTreeMap<String, String>,
    pub cases: Vec<Case>,
}

#[derive(Deserialize)]
pub struct Case {
    pub name: String,
    pub section: String,
    template: Option<String>,
    values: Option<String>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    args: Vec<String>,
    mode: Mode,
    helm3: Outcome,
    helm4: Outcome,
    #[serde(default)]
    other: BTreeMap<String, Outcome>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Mode {
    /// Exactly what `templates/t.yaml` renders to.
    Bytes,
    /// What `helm template` prints.
    Stdout,
}

#[derive(Deserialize, Debug)]
#[serde(untagged)]
pub enum Outcome {
    Output { output: String },
    Error { error: String },
    LongError { error_head: String, error_tail: String, error_length: usize },
}

impl Recording {
    pub fn load() -> Recording {
        serde_json::from_str(include_str!("cases.json")).expect("cases.json is a recording")
    }

    /// Every recorded version with its label, the oldest first.
    pub fn versions(&self) -> Vec<(&str, &str)> {
        let number =
            |version: &str| version.split('.').map(|part| part.parse::<u32>().unwrap_or(0)).collect::<Vec<_>>();
        let mut versions: Vec<_> =
            self.versions.iter().map(|(label, version)| (label.as_str(), version.trim_start_matches('v'))).collect();
        versions.sort_by_key(|(_, version)| number(version));
        versions
    }
}

impl Case {
    /// Writes the chart of the case.
    pub fn chart(&self) -> std::io::Result<Chart> {
        let mut files = BTreeMap::from([("Chart.yaml".to_string(), CHART.to_string())]);
        files.extend(self.files.clone());
        files.extend(self.values.clone().map(|text| ("values.yaml".to_string(), text)));
        files.extend(self.template.clone().map(|text| ("templates/t.yaml".to_string(), text)));
        Chart::new(&files)
    }

    /// What the version with this label made of it. Versions that agree with the reference of their major have no
    /// result of their own.
    pub fn expected(&self, label: &str, version: &str) -> &Outcome {
        match self.other.get(label) {
            Some(outcome) => outcome,
            None if version.starts_with('3') => &self.helm3,
            None => &self.helm4,
        }
    }

    /// What a version makes of its chart here, in the form of the recording.
    pub fn found(&self, chart: &Chart, version: &str) -> Result<String, String> {
        let wanted = match self.mode {
            Mode::Bytes => Wanted::File,
            Mode::Stdout => Wanted::Manifest,
        };
        as_recorded(chart.render(&self.args, version, wanted))
    }
}

/// Text as the recording has it: bytes that are no UTF-8 are escaped, errors end where Helm's hint starts.
pub fn as_recorded(rendered: Rendered) -> Result<String, String> {
    match rendered {
        Ok(bytes) => Ok(backslash_replace(&bytes)),
        Err(error) => Err(error.trim_end_matches('\n').replace(HINT, "")),
    }
}

impl Outcome {
    /// Whether ours is the same to the letter.
    pub fn is(&self, found: &Result<String, String>) -> bool {
        match (self, found) {
            (Outcome::Output { output }, Ok(found)) => output == found,
            (Outcome::Error { error }, Err(found)) => error == found,
            (Outcome::LongError { error_head, error_tail, error_length }, Err(found)) => {
                found.starts_with(error_head.as_str())
                    && found.ends_with(error_tail.as_str())
                    && found.chars().count() == *error_length
            }
            _ => false,
        }
    }

    /// Whether both are errors at one place, whatever the words of the library that found it.
    pub fn is_at_the_place_of(&self, found: &Result<String, String>) -> bool {
        matches!((self, found), (Outcome::Error { error }, Err(found)) if place(error) == place(found))
    }

    /// One screen that says how ours differs.
    pub fn difference(&self, found: &Result<String, String>) -> String {
        let cut = |text: &str| match text.char_indices().nth(1500) {
            Some((end, _)) => format!("{:?} and {} bytes more", &text[..end], text.len() - end),
            None => format!("{text:?}"),
        };
        let wanted = match self {
            Outcome::Output { output } => cut(output),
            Outcome::Error { error } => format!("error {}", cut(error)),
            Outcome::LongError { error_head, error_tail, error_length } => {
                format!("error of {error_length} characters: {error_head:?} … {error_tail:?}")
            }
        };
        let ours = match found {
            Ok(output) => cut(output),
            Err(error) => format!("error {}", cut(error)),
        };
        format!("    helm: {wanted}\n    ours: {ours}\n")
    }
}

/// Bytes that are no UTF-8 as `\xNN`, as the recording has them.
pub fn backslash_replace(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

/// An error with each line cut after what names the file, the place in it and the function that failed.
pub fn place(error: &str) -> Vec<&str> {
    static MARK: LazyLock<Regex> = LazyLock::new(|| {
        let marks = [
            r"error calling \w+: ",
            r"at <.*?>: ?",
            r"parse error at \(.*?\): ",
            r"YAML parse error on \S+: ",
            r"cannot load \S+: ",
            r"error converting YAML to JSON: (?:yaml: )?",
            r"- at '.*?': ",
        ];
        Regex::new(&marks.join("|")).expect("the marks are regular expressions")
    });
    let cut = |line| MARK.find_iter(line).last().map_or(line, |mark| &line[..mark.end()]);
    error.lines().map(cut).collect()
}
