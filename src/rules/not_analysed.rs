//! What kept chartlint from seeing the whole chart.

use super::{Evidence, Rule, words};
use crate::engine::RenderError;
use crate::finding::{Finding, Severity};
use crate::lifecycle::PhaseKind;
use crate::source::Span;

pub static RULE: Rule = Rule {
    name: "not-analysed",
    severity: Severity::Info,
    summary: "what a budget, a missing dependency or a missing value kept chartlint from seeing",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    if let Some(refused) = &evidence.life.refused {
        let mut finding = words::problem(&RULE, evidence, Severity::Info, refused.span.unwrap_or_default());
        finding.title = format!("not rendered: {}", refused.message);
        finding.cause = refused.message.clone();
        findings.push(finding);
        return;
    }
    let Some(phase) = evidence.life.phase(PhaseKind::Install) else { return };
    match &phase.rendering.error {
        Some(RenderError::Exec(error)) if error.is_budget() => {
            let mut finding = words::problem(&RULE, evidence, Severity::Info, words::innermost(error));
            finding.title = format!("the render did not end: {}", words::message(error));
            finding.cause = "budget".into();
            findings.push(finding);
        }
        Some(RenderError::Exec(error)) => {
            if let Some(message) = error.failed_with() {
                let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
                let mut finding = words::problem(&RULE, evidence, Severity::Info, words::innermost(error));
                finding.title = format!("not rendered with these values, the chart asks for others: {message}");
                finding.help = "pass the values it asks for with `-f` or `--set`, or put them into ci/*-values.yaml".into();
                finding.steps = words::call_stack(error);
                finding.cause = message;
                findings.push(finding);
            }
        }
        _ => {}
    }
    if phase.rendering.rt.arena.overflowed {
        let mut finding = words::problem(&RULE, evidence, Severity::Info, Span::default());
        finding.title = "a value depends on more than chartlint keeps track of; some causes are left out".into();
        finding.cause = "causes".into();
        findings.push(finding);
    }
}
