//! What kept chartlint from seeing the whole chart.

use super::failure::FailureKind;
use super::{Evidence, Rule, words};
use crate::finding::{Certainty, Finding, Severity};
use crate::lifecycle::PhaseKind;
use crate::source::{Sources, Span};

pub static RULE: Rule = Rule {
    name: "not-analysed",
    severity: Severity::Info,
    summary: "what a budget, a missing dependency or a missing value kept chartlint from seeing",
    check,
};

/// Dependencies that are not in charts/: what needs them is seen as far as it can be forced. Errors that may come of it are not the chart's and
/// leave the list.
pub fn without_dependencies(chart: &str, missing: &[String], sources: &Sources, findings: &mut Vec<Finding>) {
    if missing.is_empty() {
        return;
    }
    findings.retain(|f| f.rule != super::render_error::RULE.name || !is_for_want(&f.cause));
    // A chart may depend on another more than once, by several aliases.
    let mut names: Vec<&str> = Vec::new();
    for name in missing {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    findings.push(Finding {
        rule: RULE.name,
        severity: Severity::Info,
        certainty: Certainty::Proved,
        title: format!("not in charts/, and what needs it was looked at in part: {}", names.join(", ")),
        chart: chart.into(),
        object: None,
        fields: Vec::new(),
        primary: missing.first().map_or(Span::default(), |name| declaration(name, sources)),
        steps: Vec::new(),
        effects: Vec::new(),
        versions: String::new(),
        help: "`helm dependency build` fetches dependencies; Helm renders nothing without them".into(),
        values: String::new(),
        cause: "dependencies".into(),
        suppressed: None,
    });
}

/// Whether an error may arise for want of a dependency: its templates, or the defaults that it has below its name.
fn is_for_want(message: &str) -> bool {
    const TEMPLATES: [&str; 2] = ["no template \"", "\" not defined"];
    const VALUES: [&str; 5] = [
        "nil pointer evaluating ",
        "invalid value; expected ",
        "; got interface {}",
        "index of nil pointer",
        "index of untyped nil",
    ];
    TEMPLATES.iter().chain(&VALUES).any(|words| message.contains(words))
}

/// Where a chart says that it needs another: the entry's name in Chart.yaml or requirements.yaml.
fn declaration(name: &str, sources: &Sources) -> Span {
    let is_list = |path: &str| path.ends_with("Chart.yaml") || path.ends_with("requirements.yaml");
    for file in sources.files().iter().filter(|f| is_list(&f.path)) {
        let mut start = 0;
        for line in file.text.split_inclusive(|b| *b == b'\n') {
            let entry = line.trim_ascii().strip_prefix(b"- ").unwrap_or(line.trim_ascii()).trim_ascii();
            let value = entry.strip_prefix(b"name:").map(<[u8]>::trim_ascii);
            let is_inside = matches!(line.first(), Some(b' ' | b'-'));
            if is_inside && value == Some(name.as_bytes()) {
                let from = file.base + (start + line.len() - line.trim_ascii_start().len()) as u32;
                return Span::new(from, from + line.trim_ascii().len() as u32);
            }
            start += line.len();
        }
    }
    Span::default()
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    if let Some(refused) = &evidence.life.refused {
        let mut finding = words::problem(&RULE, evidence, Severity::Info, refused.span.unwrap_or_default());
        finding.title = format!("not rendered: {}", refused.message);
        finding.cause = refused.message.clone();
        findings.push(finding);
        return;
    }
    let Some(phase) = evidence.life.phase(PhaseKind::Install) else { return };
    let failure = evidence.failures.iter().find(|failure| failure.phase == PhaseKind::Install);
    match failure.map(|failure| (failure.kind, failure.error)) {
        Some((FailureKind::Budget, error)) => {
            let mut finding = words::problem(&RULE, evidence, Severity::Info, words::innermost(error));
            finding.title = format!("the render did not end: {}", words::message(error));
            finding.cause = "budget".into();
            findings.push(finding);
        }
        Some((FailureKind::AsksForValues, error)) => {
            if let Some(message) = error.failed_with() {
                let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
                let mut finding = words::problem(&RULE, evidence, Severity::Info, words::innermost(error));
                let said = message.trim_matches(|c: char| !c.is_alphanumeric() && !"`'\"\u{201c}.$".contains(c));
                let said = if said.is_empty() { &message } else { said };
                finding.title =
                    format!("not rendered with these values, the chart asks for others: {}", words::short(said));
                finding.help =
                    "pass the values it asks for with `-f` or `--set`, or put them into ci/*-values.yaml".into();
                finding.steps = words::call_stack(error);
                finding.cause = message;
                findings.push(finding);
            }
        }
        _ => {}
    }
    if phase.rendering.is_cut_off {
        let mut finding = words::problem(&RULE, evidence, Severity::Info, Span::default());
        finding.title = "a value depends on more than chartlint keeps track of; some causes are left out".into();
        finding.cause = "causes".into();
        findings.push(finding);
    }
}
