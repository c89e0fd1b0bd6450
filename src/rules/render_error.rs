//! An error of execution, in some phase.

use super::failure::FailureKind;
use super::{Evidence, Rule, words};
use crate::finding::{Finding, Severity};
use crate::lifecycle::PhaseKind;

pub static RULE: Rule = Rule {
    name: "render-error",
    severity: Severity::Error,
    summary: "a template fails while it runs, in the phase that the finding names",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let mut known: Vec<String> = Vec::new();
    // Where the chart asks for values, lint goes on without them: what fails then says nothing.
    let asks = evidence.failures.first().is_some_and(|failure| failure.kind == FailureKind::AsksForValues);
    for failure in evidence.failures.iter().filter(|failure| failure.kind == FailureKind::Other) {
        let (error, text) = (failure.error, failure.error.raw());
        if asks && failure.phase == PhaseKind::Lint || known.contains(&text) {
            continue;
        }
        let same = evidence.failures.iter().filter(|f| f.kind == FailureKind::Other && f.error.raw() == text);
        let phases: Vec<PhaseKind> = same.map(|failure| failure.phase).collect();
        known.push(text);
        let when = words::failing(evidence.life, &phases);
        let mut finding = words::problem(&RULE, evidence, Severity::Error, words::innermost(error));
        finding.title = format!("{when}: {}", words::short(&words::message(error)));
        finding.steps = words::call_stack(error);
        finding.cause = words::message(error);
        findings.push(finding);
    }
}
