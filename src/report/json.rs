//! Findings for programs: JSON with 1-based lines and columns and byte offsets, as `docs/report.schema.json` says.

use super::{Run, Told, region};
use crate::finding::Finding;
use crate::source::{Sources, Span};
use serde::Serialize;

/// The version of the format; a change that readers must know of raises it.
pub const VERSION: u32 = 1;

/// A run as one document.
#[derive(Serialize, Debug)]
pub struct Report {
    version: u32,
    findings: Vec<Entry>,
    failures: Vec<Failure>,
    charts: Vec<Chart>,
}

/// How far the analysis of a chart got.
#[derive(Serialize, Debug)]
#[serde(rename_all = "camelCase")]
struct Chart {
    path: String,
    worlds: usize,
    lookups: Count,
    random_calls: Count,
    conditions: Count,
    /// Calls that ran only where conditions were forced.
    forced: Vec<Missed>,
    missed: Vec<Missed>,
    unreachable: Vec<Missed>,
    /// The search ended before all was tried.
    cut_off: bool,
}

#[derive(Serialize, Debug)]
struct Count {
    reached: usize,
    /// As many more where conditions were forced.
    #[serde(skip_serializing_if = "Option::is_none")]
    forced: Option<usize>,
    total: usize,
}

#[derive(Serialize, Debug)]
struct Missed {
    what: &'static str,
    path: String,
    line: u32,
    column: u32,
    reason: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<String>,
}

fn chart(chart: &super::Chart<'_>) -> Chart {
    let count = |(reached, total), forced| Count { reached, forced, total };
    let reached = &chart.reached;
    let missed = |m: &super::Missed| Missed {
        what: m.what,
        path: m.path.clone(),
        line: m.line,
        column: m.column,
        reason: m.reason.clone(),
        files: m.files.clone(),
    };
    Chart {
        path: chart.path.clone(),
        worlds: reached.worlds,
        lookups: count(reached.lookups, Some(reached.forced.0)),
        random_calls: count(reached.random_calls, Some(reached.forced.1)),
        conditions: count(reached.conditions, None),
        forced: reached.forced_calls.iter().map(missed).collect(),
        missed: reached.missed.iter().map(missed).collect(),
        unreachable: reached.unreachable.iter().map(missed).collect(),
        cut_off: reached.is_cut_off,
    }
}

/// A chart that was not analysed.
#[derive(Serialize, Debug)]
struct Failure {
    path: String,
    message: String,
}

#[derive(Serialize, Debug)]
pub struct Entry {
    rule: &'static str,
    severity: String,
    certainty: String,
    title: String,
    chart: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<Object>,
    fields: Vec<Field>,
    primary: Option<Place>,
    steps: Vec<Step>,
    /// What each operation gets.
    operations: Vec<Operation>,
    versions: String,
    values: String,
    help: String,
    fingerprint: String,
}

#[derive(Serialize, Debug)]
#[serde(rename_all = "camelCase")]
struct Object {
    api_version: String,
    kind: String,
    namespace: String,
    name: String,
}

#[derive(Serialize, Debug)]
struct Field {
    field: String,
    #[serde(flatten)]
    place: Option<Place>,
}

#[derive(Serialize, Debug)]
#[serde(rename_all = "camelCase")]
struct Place {
    path: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    offset: u32,
    length: u32,
}

#[derive(Serialize, Debug)]
struct Step {
    #[serde(flatten)]
    place: Option<Place>,
    says: String,
}

#[derive(Serialize, Debug)]
struct Operation {
    operation: &'static str,
    gets: String,
}

/// The document of a run.
pub fn report(run: &Run<'_>) -> String {
    // A structure of strings and numbers is always JSON.
    let mut text = serde_json::to_string_pretty(&document(run)).unwrap_or_default();
    text.push('\n');
    text
}

/// The document of a run, before it is text.
pub fn document(run: &Run<'_>) -> Report {
    let failures =
        run.failures.iter().map(|failure| Failure { path: failure.path.clone(), message: failure.message.into() });
    Report {
        version: VERSION,
        findings: run.heard().map(|(_, told)| entry(told)).collect(),
        failures: failures.collect(),
        charts: run.charts.iter().map(chart).collect(),
    }
}

fn place(span: Span, sources: &Sources) -> Option<Place> {
    let at = region(span, sources)?;
    Some(Place {
        path: at.path,
        line: at.line,
        column: at.column,
        end_line: at.end_line,
        end_column: at.end_column,
        offset: at.offset,
        length: at.length,
    })
}

fn entry(told: &Told<'_>) -> Entry {
    let Told { finding, sources, .. } = *told;
    Entry {
        rule: finding.rule,
        severity: finding.severity.to_string(),
        certainty: finding.certainty.to_string(),
        title: finding.title.clone(),
        chart: finding.chart.clone(),
        object: object(finding),
        fields: finding
            .fields
            .iter()
            .map(|f| Field { field: f.field.clone(), place: place(f.span, sources) })
            .collect(),
        primary: place(finding.primary, sources),
        steps: finding.steps.iter().map(|s| Step { place: place(s.span, sources), says: s.says.clone() }).collect(),
        operations: finding
            .effects
            .iter()
            .map(|e| Operation { operation: e.operation, gets: e.says.clone() })
            .collect(),
        versions: finding.versions.clone(),
        values: finding.values.clone(),
        help: finding.help.clone(),
        fingerprint: finding.fingerprint(),
    }
}

fn object(finding: &Finding) -> Option<Object> {
    finding.object.clone().map(|o| Object {
        api_version: o.api_version,
        kind: o.kind,
        namespace: o.namespace,
        name: o.name,
    })
}
