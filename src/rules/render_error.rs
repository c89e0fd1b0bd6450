//! An error of execution, in some phase.

use super::failure::FailureKind;
use super::{Evidence, Rule, words};
use crate::finding::{Finding, Severity};
use crate::lifecycle::{Phase, PhaseKind};

pub static RULE: Rule = Rule {
    name: "render-error",
    severity: Severity::Error,
    summary: "a template fails while it runs, in the phase that the finding names",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let mut known: Vec<String> = Vec::new();
    // Where the chart asks for values, lint goes on without them: what fails then says nothing.
    let asks = evidence.asks_for_values();
    let is_wanted = |kind: FailureKind| matches!(kind, FailureKind::Other | FailureKind::LacksValue);
    for failure in evidence.failures.iter().filter(|failure| is_wanted(failure.kind)) {
        let (error, text) = (failure.error, failure.error.raw());
        if asks && failure.phase == PhaseKind::Lint || known.contains(&text) {
            continue;
        }
        let same = evidence.failures.iter().filter(|f| is_wanted(f.kind) && f.error.raw() == text);
        let phases: Vec<PhaseKind> = same.map(|failure| failure.phase).collect();
        known.push(text);
        let when = words::failing(evidence.life, &phases);
        let mut finding = words::problem(&RULE, evidence, Severity::Error, words::innermost(error));
        let message = words::message(error);
        finding.title = format!("{when}: {}", words::short(&message));
        if failure.kind == FailureKind::LacksValue {
            // The chart wants values, and does not say so.
            finding.severity = Severity::Warning;
            finding.title = format!("{when} without a value for `{}`: {}", failure.field, words::short(&message));
            finding.help = format!(
                "give it a default in values.yaml, or ask for it in words: `required \"{} is missing\"`; a chart that renders \
                 only with values of somebody's has some of them in ci/*-values.yaml",
                failure.field
            );
        }
        if let Some(name) = missing_template(&message) {
            finding.help = evidence.life.phase(failure.phase).map(|phase| told_of(name, phase)).unwrap_or_default();
        }
        finding.steps = words::call_stack(error);
        finding.cause = message;
        findings.push(finding);
    }
}

/// The name of the template that a message misses.
fn missing_template(message: &str) -> Option<&str> {
    let rest = message.split_once("no template \"").or_else(|| message.split_once("template \""))?.1;
    rest.split_once('"')
        .map(|(name, _)| name)
        .filter(|_| message.contains("no template") || message.ends_with("not defined"))
}

/// What to do for want of a named template: another name that is near, or where such names come from.
fn told_of(name: &str, phase: &Phase) -> String {
    let defines = phase.rendering.trees().iter().flat_map(|template| &template.tree.defines);
    match crate::near::nearest(name, defines.map(|define| &*define.name)) {
        Some(near) => format!("the name that is nearest is `{near}`"),
        None => "it comes with a library that Chart.yaml has to name and `charts/` to hold, or with the chart that this one is \
                 a part of: then check that one"
            .into(),
    }
}
