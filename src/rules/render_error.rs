//! An error of execution, in some phase.

use super::{Evidence, Rule, words};
use crate::engine::RenderError;
use crate::finding::{Finding, Severity};
use crate::lifecycle::{Phase, PhaseKind};

pub static RULE: Rule = Rule {
    name: "render-error",
    severity: Severity::Error,
    summary: "a template fails while it runs, in the phase that the finding names",
    check,
};

/// The error of a phase, unless another rule speaks of it: missing values are not an error of the chart.
fn error_of(phase: &Phase) -> Option<&crate::engine::Error> {
    match &phase.rendering.error {
        Some(RenderError::Exec(error)) if error.failed_with().is_none() && !error.is_budget() => Some(error),
        _ => None,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let mut known: Vec<String> = Vec::new();
    // Where the chart asks for values, lint goes on without them: what fails then says nothing.
    let asks = evidence.life.phases.first().is_some_and(|phase| match &phase.rendering.error {
        Some(RenderError::Exec(error)) => error.failed_with().is_some(),
        _ => false,
    });
    for phase in &evidence.life.phases {
        let Some(error) = error_of(phase) else { continue };
        if asks && phase.kind == PhaseKind::Lint {
            continue;
        }
        if super::lookup_unguarded::lookup_of(phase, error).is_some() {
            continue;
        }
        let text = error.raw();
        if known.contains(&text) {
            continue;
        }
        let phases: Vec<PhaseKind> = evidence
            .life
            .phases
            .iter()
            .filter(|p| error_of(p).is_some_and(|e| e.raw() == text))
            .map(|p| p.kind)
            .collect();
        known.push(text);
        let when = words::failing(evidence.life, &phases);
        let mut finding = words::problem(&RULE, evidence, Severity::Error, words::innermost(error));
        finding.title = format!("{when}: {}", words::message(error));
        finding.steps = words::call_stack(error);
        finding.cause = words::message(error);
        findings.push(finding);
    }
}
