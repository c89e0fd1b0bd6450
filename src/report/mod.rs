//! What people and programs read: diagnostics, findings, provenance.
//!
//! A [`Run`] is all that a report is made from. `human` and `concise` draw one finding at a time; the other formats are
//! one document a run.

pub mod concise;
pub mod diagnostic;
pub mod github;
pub mod gitlab;
pub mod go_template;
pub mod human;
pub mod json;
pub mod junit;
pub mod origins;
pub mod reproducer;
pub mod sarif;
pub mod steps;
pub mod trace;
mod uri;

use crate::finding::{Finding, Severity};
use crate::source::{Sources, Span};
pub use uri::of_path as file_uri;

/// What came of all charts of a run, in the order in which it is told.
#[derive(Debug, Default)]
pub struct Run<'a> {
    pub charts: Vec<Chart<'a>>,
    /// The charts that were not analysed, and why.
    pub failures: Vec<Failure<'a>>,
}

/// What came of one chart.
#[derive(Debug)]
pub struct Chart<'a> {
    /// The path as it was given.
    pub path: String,
    /// The least severity that counts as a failure.
    pub fail_on: Severity,
    pub findings: Vec<Told<'a>>,
    /// How far the analysis got.
    pub reached: Reached,
}

/// How far the analysis of a chart got: each pair is what was reached, and all there is.
#[derive(Clone, Default, Debug)]
pub struct Reached {
    /// How many worlds were lived.
    pub worlds: usize,
    /// Calls of `lookup` that ran.
    pub lookups: (usize, usize),
    /// Calls of random functions that ran.
    pub random_calls: (usize, usize),
    /// Calls of `lookup` and of random functions that ran only where conditions were forced.
    pub forced: (usize, usize),
    /// Conditions that decide about one of them, or about what comes of it, and that were seen to come out both ways.
    pub conditions: (usize, usize),
    /// The calls that ran only where conditions were forced.
    pub forced_calls: Vec<Missed>,
    /// Calls that never ran, and conditions that were never seen to come out both ways.
    pub missed: Vec<Missed>,
    /// Calls that are not counted, since no template includes what they stand in.
    pub unreachable: Vec<Missed>,
    /// The search ended before all was tried: there were too many worlds, or too many that showed nothing new.
    pub is_cut_off: bool,
}

/// A place that no world reached.
#[derive(Clone, Debug)]
pub struct Missed {
    pub what: &'static str,
    pub path: String,
    pub line: u32,
    pub column: u32,
    /// Why, in words.
    pub reason: String,
    /// The files that it would write to, as far as the text of the templates tells; of calls that were missed alone.
    pub files: Vec<String>,
}

impl Reached {
    /// What several charts come to together; the places stay with their charts.
    pub fn sum<'r>(all: impl Iterator<Item = &'r Reached>) -> Reached {
        all.fold(Reached::default(), |sum, one| {
            let add = |a: (usize, usize), b: (usize, usize)| (a.0 + b.0, a.1 + b.1);
            Reached {
                worlds: sum.worlds + one.worlds,
                lookups: add(sum.lookups, one.lookups),
                random_calls: add(sum.random_calls, one.random_calls),
                forced: add(sum.forced, one.forced),
                conditions: add(sum.conditions, one.conditions),
                forced_calls: Vec::new(),
                missed: Vec::new(),
                unreachable: Vec::new(),
                is_cut_off: sum.is_cut_off || one.is_cut_off,
            }
        })
    }

    /// `reached 3 of 3 lookups and 2 of 4 random calls (1 more by force); 7 of 9 conditions on the way came out both ways`; nothing where
    /// there is nothing to reach.
    pub fn words(&self) -> Option<String> {
        let counted = |(some, all): (usize, usize), one: &str| (all > 0).then(|| format!("{some} of {all} {one}"));
        let calls = [(self.lookups, "lookups", self.forced.0), (self.random_calls, "random calls", self.forced.1)];
        let calls = calls.into_iter().filter_map(|(pair, one, forced)| {
            let more = if forced > 0 { format!(" ({forced} more by force)") } else { String::new() };
            Some(counted(pair, one)? + &more)
        });
        let calls: Vec<String> = calls.collect();
        let calls = (!calls.is_empty()).then(|| format!("reached {}", calls.join(" and ")));
        let both = counted(self.conditions, "conditions").map(|text| format!("{text} on the way came out both ways"));
        let cut_off = self.is_cut_off.then(|| "the search ended before all was tried".to_string());
        let parts: Vec<String> = [calls, both, cut_off].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

/// A finding as it is told.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    pub finding: &'a Finding,
    /// The files that it points into.
    pub sources: &'a Sources,
    /// Why nobody wants to hear it; most formats then leave it out.
    pub suppression: Option<Suppression<'a>>,
}

/// A finding that somebody has decided on.
#[derive(Clone, Copy, Debug)]
pub struct Suppression<'a> {
    /// By a comment in the chart; otherwise by a configuration or a baseline.
    pub is_in_source: bool,
    pub reason: &'a str,
}

/// A chart that was not analysed.
#[derive(Clone, Debug)]
pub struct Failure<'a> {
    pub path: String,
    pub message: &'a str,
}

/// A rule as reports list it.
#[derive(Clone, Copy, Debug)]
pub struct RuleText<'a> {
    pub name: &'a str,
    /// On the worst target.
    pub severity: Severity,
    /// One line.
    pub summary: &'a str,
    /// Its page, in Markdown.
    pub page: &'a str,
}

impl<'a> Run<'a> {
    /// The findings of all charts that somebody wants to hear.
    pub fn heard(&self) -> impl Iterator<Item = (&Chart<'a>, &Told<'a>)> {
        self.charts.iter().flat_map(|chart| chart.findings.iter().map(move |told| (chart, told))).filter(|(_, told)| {
            // What is suppressed is told by the formats that have a word for it.
            told.suppression.is_none()
        })
    }
}

/// A place in a file, as formats without our address space say it. Lines and columns count from 1, columns in characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Region {
    pub path: String,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
    /// In bytes from the start of the file.
    pub offset: u32,
    pub length: u32,
}

/// Where a span is; `None` for findings that have no place.
pub(super) fn region(span: Span, sources: &Sources) -> Option<Region> {
    if span.start == 0 {
        return None;
    }
    let (file, start) = sources.locate(span.start)?;
    let end = file.position(span.end.saturating_sub(file.base).min(file.text.len() as u32));
    Some(Region {
        path: file.path.clone(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        offset: start.offset,
        length: span.end.saturating_sub(span.start),
    })
}

/// The file to name where a finding has no place: the chart's own, or the archive.
pub(super) fn chart_file(path: &str) -> String {
    let lower = path.to_ascii_lowercase();
    if lower.ends_with(".tgz") || lower.ends_with(".tar.gz") {
        return path.to_string();
    }
    match path.trim_end_matches(['/', '\\']) {
        "." => "Chart.yaml".into(),
        "" => "/Chart.yaml".into(),
        folder => format!("{folder}/Chart.yaml"),
    }
}

/// What a finding says below its title: what each operation gets, for whom it holds, what to do.
pub(super) fn details(finding: &Finding) -> Vec<(&str, &str)> {
    let effects = finding.effects.iter().map(|effect| (effect.operation, effect.says.as_str()));
    let rest = [("versions", &finding.versions), ("values", &finding.values), ("help", &finding.help)];
    effects
        .chain(rest.into_iter().map(|(name, text)| (name, text.as_str())).filter(|(_, text)| !text.is_empty()))
        .collect()
}

/// The details, one a line.
pub(super) fn details_text(finding: &Finding) -> String {
    details(finding).iter().map(|(name, text)| format!("{name}: {text}")).collect::<Vec<_>>().join("\n")
}
