//! GitLab's code quality report: a JSON list that merge requests compare by fingerprint.

use super::{Run, chart_file, region, uri};
use crate::finding::Severity;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<u32>,
}

/// The report. A chart that was not analysed has no place in it: the exit code and standard error say so.
pub fn report(run: &Run<'_>) -> String {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let issues: Vec<Issue<'_>> = run
        .heard()
        .map(|(chart, told)| {
            let finding = told.finding;
            let at = region(finding.primary, told.sources);
            let count = seen.entry(finding.fingerprint()).or_default();
            *count += 1;
            Issue {
                description: finding.title.replace('\n', " "),
                check_name: finding.rule,
                // GitLab drops all but one of those with the same fingerprint, such as one chart given under two names.
                fingerprint: match *count {
                    1 => finding.fingerprint(),
                    n => format!("{}-{n}", finding.fingerprint()),
                },
                severity: match finding.severity {
                    Severity::Error => "critical",
                    Severity::Warning => "minor",
                    Severity::Info => "info",
                },
                location: Location {
                    path: uri::slashed(&at.as_ref().map_or_else(|| chart_file(&chart.path), |at| at.path.clone())),
                    lines: Lines { begin: at.as_ref().map_or(1, |at| at.line), end: at.map(|at| at.end_line) },
                },
            }
        })
        .collect();
    // A structure of strings and numbers is always JSON.
    let mut text = serde_json::to_string_pretty(&issues).unwrap_or_default();
    text.push('\n');
    text
}
