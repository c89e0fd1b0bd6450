//! A template that does not parse.

use super::{Evidence, Rule, words};
use crate::engine::RenderError;
use crate::finding::{Finding, Severity, TraceStep};
use crate::lifecycle::PhaseKind;

pub static RULE: Rule = Rule {
    name: "syntax-error",
    severity: Severity::Error,
    summary: "a template does not parse: no command of Helm's renders the chart",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let Some(phase) = evidence.life.phase(PhaseKind::Install) else { return };
    let Some(RenderError::Syntax { base, error, .. }) = &phase.rendering.error else { return };
    let span = error.span.at(*base);
    let mut finding = words::problem(&RULE, evidence, Severity::Error, span);
    finding.title = format!("the template does not parse: {}", error.message);
    finding.steps = vec![TraceStep { span, says: "here".into(), is_primary: true }];
    finding.cause = error.message.clone();
    findings.push(finding);
}
