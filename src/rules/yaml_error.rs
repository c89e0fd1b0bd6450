//! A rendered document that is not YAML, or no object.

use super::{Evidence, Rule, words};
use crate::finding::{Finding, Severity, TraceStep};
use crate::source::Span;

pub static RULE: Rule = Rule {
    name: "yaml-error",
    severity: Severity::Error,
    summary: "what a template renders to is not YAML that Helm can read",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let mut known: Vec<String> = Vec::new();
    for phase in &evidence.life.phases {
        if phase.rendering.error.is_some() {
            continue;
        }
        let Err(error) = &phase.manifests else { continue };
        if known.contains(&error.message) {
            continue;
        }
        known.push(error.message.clone());
        let piece = error.text.pieces().iter().find(|p| p.end as usize > error.offset && p.source != 0);
        let span = piece.map_or(Span::default(), |p| Span::new(p.source, p.source + 1));
        let mut finding = words::problem(&RULE, evidence, Severity::Error, span);
        let phases: Vec<&str> = evidence
            .life
            .phases
            .iter()
            .filter(|p| matches!(&p.manifests, Err(e) if e.message == error.message))
            .map(|p| p.kind.name())
            .collect();
        let when = if phases.len() == evidence.life.phases.len() { String::new() } else { format!(" on {}", phases.join(", ")) };
        finding.title = format!("{}{when}", error.message);
        if span != Span::default() {
            finding.steps = vec![TraceStep { span, says: "the text written here".into(), is_primary: true }];
        }
        finding.cause = error.file.to_string();
        findings.push(finding);
    }
}
