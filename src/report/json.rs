//! Findings for programs: JSON with 1-based lines and columns and byte offsets.

use crate::finding::Finding;
use crate::source::{Sources, Span};
use serde::Serialize;

/// The version of the format; a change that readers must know of raises it.
pub const VERSION: u32 = 1;

/// A run as one document.
#[derive(Serialize, Debug)]
pub struct Report {
    pub version: u32,
    pub findings: Vec<Entry>,
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

fn place(span: Span, sources: &Sources) -> Option<Place> {
    if span.start == 0 {
        return None;
    }
    let (file, start) = sources.locate(span.start)?;
    let end = file.position(span.end.saturating_sub(file.base).min(file.text.len() as u32));
    Some(Place {
        path: file.path.clone(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        offset: start.offset,
        length: span.end - span.start,
    })
}

/// The entry of one finding.
pub fn entry(finding: &Finding, sources: &Sources) -> Entry {
    Entry {
        rule: finding.rule,
        severity: finding.severity.to_string(),
        certainty: finding.certainty.to_string(),
        title: finding.title.clone(),
        chart: finding.chart.clone(),
        object: finding.object.clone().map(|o| Object {
            api_version: o.api_version,
            kind: o.kind,
            namespace: o.namespace,
            name: o.name,
        }),
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
