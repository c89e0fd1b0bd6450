//! SARIF 2.1.0, which code scanning and editors read.
//!
//! A finding is a result: its steps are a code flow for each phase that renders something else, and related locations that
//! the message links to; its object and field are logical locations. Places are relative to the folder of the run.

use super::{Chart, RuleText, Run, Told, chart_file, details, region, uri};
use crate::finding::{Finding, Severity};
use crate::source::{Sources, Span};
use serde_json::{Map, Value, json};

/// The key of our fingerprint. It is not GitHub's `primaryLocationLineHash`, which depends on the text of a line.
const FINGERPRINT: &str = "chartlint/v1";

/// What relative places are relative to.
const BASE: &str = "%SRCROOT%";

/// The log of a run, with all rules and their pages.
pub fn report(run: &Run<'_>, rules: &[RuleText<'_>]) -> String {
    let results: Vec<Value> =
        run.charts.iter().flat_map(|chart| chart.findings.iter().map(|told| result(chart, told, rules))).collect();
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "chartlint",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "shortDescription": { "text": env!("CARGO_PKG_DESCRIPTION") },
                "rules": rules.iter().map(descriptor).collect::<Vec<_>>(),
            } },
            "invocations": [invocation(run)],
            "originalUriBaseIds": { BASE: { "description": { "text": "The folder in which chartlint ran." } } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    // A tree of JSON is always JSON.
    let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
    text.push('\n');
    text
}

/// How the run went: a chart that was not analysed is a notification, so that nobody takes it for a clean one.
fn invocation(run: &Run<'_>) -> Value {
    let notifications: Vec<Value> = run
        .failures
        .iter()
        .map(|failure| {
            json!({
                "level": "error",
                "message": { "text": escaped(failure.message) },
                "locations": [{ "physicalLocation": { "artifactLocation": artifact(&failure.path) } }],
            })
        })
        .collect();
    json!({ "executionSuccessful": run.failures.is_empty(), "toolExecutionNotifications": notifications })
}

fn descriptor(rule: &RuleText<'_>) -> Value {
    json!({
        "id": rule.name,
        "name": pascal_case(rule.name),
        "shortDescription": { "text": sentence(rule.summary) },
        "fullDescription": { "text": first_paragraph(rule.page) },
        "help": { "text": rule.page, "markdown": rule.page },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": { "tags": ["helm", "kubernetes"] },
    })
}

fn result(chart: &Chart<'_>, told: &Told<'_>, rules: &[RuleText<'_>]) -> Value {
    let Told { finding, sources, suppression } = *told;
    let related = related(finding, sources);
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": { "text": message(finding, &related) },
        "locations": [primary(chart, told)],
        "partialFingerprints": { FINGERPRINT: finding.fingerprint() },
        "properties": { "certainty": finding.certainty.to_string(), "chart": finding.chart },
    });
    let Some(fields) = result.as_object_mut() else { return result };
    if let Some(index) = rules.iter().position(|rule| rule.name == finding.rule) {
        fields.insert("ruleIndex".into(), json!(index));
    }
    if !related.is_empty() {
        let located = related.iter().map(|related| related.location.clone()).collect();
        fields.insert("relatedLocations".into(), Value::Array(located));
    }
    let flows = code_flows(finding, sources);
    if !flows.is_empty() {
        fields.insert("codeFlows".into(), Value::Array(flows));
    }
    if let Some(suppression) = suppression {
        let kind = if suppression.is_in_source { "inSource" } else { "external" };
        let suppression = json!({ "kind": kind, "status": "accepted", "justification": suppression.reason });
        fields.insert("suppressions".into(), json!([suppression]));
    }
    result
}

/// The place that a reader will edit, with the object and the field that it is about.
fn primary(chart: &Chart<'_>, told: &Told<'_>) -> Value {
    let mut location = Map::new();
    let physical = physical(told.finding.primary, told.sources);
    let whole = || json!({ "artifactLocation": artifact(&chart_file(&chart.path)) });
    location.insert("physicalLocation".into(), physical.unwrap_or_else(whole));
    let logical = logical(told.finding);
    if !logical.is_empty() {
        location.insert("logicalLocations".into(), Value::Array(logical));
    }
    Value::Object(location)
}

fn logical(finding: &Finding) -> Vec<Value> {
    let Some(object) = &finding.object else { return Vec::new() };
    let parts = [&object.api_version, &object.kind, &object.namespace, &object.name];
    let named: Vec<&str> = parts.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    let qualified = named.join("/");
    let mut logical = vec![json!({
        "name": object.name,
        "fullyQualifiedName": qualified,
        "kind": "resource",
    })];
    for field in finding.fields.iter().filter(|field| !field.field.is_empty()) {
        logical.push(json!({
            "name": field.field,
            "fullyQualifiedName": format!("{qualified}/{}", field.field),
            "kind": "property",
        }));
    }
    logical
}

/// A place that the message links to.
struct Related {
    says: String,
    location: Value,
}

/// The steps, and the places that write the fields beside the first.
fn related(finding: &Finding, sources: &Sources) -> Vec<Related> {
    let steps = finding.steps.iter().map(|step| (step.span, step.says.clone()));
    let fields = finding.fields.iter().skip(1).map(|field| (field.span, format!("also {}", field.field)));
    let mut related = Vec::new();
    for (span, says) in steps.chain(fields) {
        if let Some(physical) = physical(span, sources) {
            let id = related.len() + 1;
            let location = json!({ "id": id, "physicalLocation": physical, "message": { "text": escaped(&says) } });
            related.push(Related { says, location });
        }
    }
    related
}

/// The title, the steps as links to their places, and the details. A link's number is that of the related location.
fn message(finding: &Finding, related: &[Related]) -> String {
    let mut text = escaped(&finding.title);
    for (index, related) in related.iter().enumerate() {
        let id = index + 1;
        text.push_str(&format!("\n{id}. [{}]({id})", escaped(&related.says)));
    }
    for (name, says) in details(finding) {
        text.push_str(&format!("\n{name}: {}", escaped(says)));
    }
    text
}

/// One flow for each phase that renders something else; a rollback renders nothing.
fn code_flows(finding: &Finding, sources: &Sources) -> Vec<Value> {
    let locations: Vec<Value> = finding
        .steps
        .iter()
        .filter_map(|step| {
            let physical = physical(step.span, sources)?;
            let importance = if step.is_primary { "essential" } else { "important" };
            let location = json!({ "physicalLocation": physical, "message": { "text": escaped(&step.says) } });
            Some(json!({ "location": location, "importance": importance }))
        })
        .collect();
    if locations.is_empty() {
        return Vec::new();
    }
    let flow = |message: Option<String>| {
        let mut flow = json!({ "threadFlows": [{ "locations": locations }] });
        if let (Some(message), Some(fields)) = (message, flow.as_object_mut()) {
            fields.insert("message".into(), json!({ "text": message }));
        }
        flow
    };
    let phases = finding.effects.iter().filter(|effect| effect.operation != "rollback");
    let flows: Vec<Value> =
        phases.map(|effect| flow(Some(format!("{}: {}", effect.operation, escaped(&effect.says))))).collect();
    if flows.is_empty() { vec![flow(None)] } else { flows }
}

fn physical(span: Span, sources: &Sources) -> Option<Value> {
    let at = region(span, sources)?;
    Some(json!({
        "artifactLocation": artifact(&at.path),
        "region": {
            "startLine": at.line,
            "startColumn": at.column,
            "endLine": at.end_line,
            "endColumn": at.end_column,
            "byteOffset": at.offset,
            "byteLength": at.length,
        },
    }))
}

fn artifact(path: &str) -> Value {
    let uri = uri::of_path(path);
    if uri::is_absolute(path) { json!({ "uri": uri }) } else { json!({ "uri": uri, "uriBaseId": BASE }) }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// Text of a message, in which brackets would be links.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '[' | ']' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    // Braces would be placeholders: `{0}`.
    out.replace('{', "{{").replace('}', "}}")
}

/// `render-error` as `RenderError`.
fn pascal_case(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
    });
    words.collect()
}

/// A summary with a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let dot = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{dot}", letters.as_str())
}

/// What a page says between its title and the next blank line.
fn first_paragraph(page: &str) -> String {
    let lines = page.lines().skip_while(|line| line.starts_with('#') || line.trim().is_empty());
    lines.take_while(|line| !line.trim().is_empty()).collect::<Vec<_>>().join(" ")
}
