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
    let (says, help) = told(&error.message);
    finding.steps = vec![TraceStep { span, says: says.into(), is_primary: true }];
    finding.help = help.into();
    finding.cause = error.message.clone();
    findings.push(finding);
}

/// What stands at the place, and what to do where Go's words do not say it.
fn told(message: &str) -> (&'static str, &'static str) {
    if message == "unexpected EOF" {
        return ("this has no `{{ end }}`", "");
    }
    let help = if message.starts_with("bad character U+002D") {
        "a key with a dash is no field: `index .Values \"a-b\" \"c\"`, or a subtraction needs `sub`"
    } else if message.starts_with("undefined variable") {
        "declare it before (`{{ $x := … }}`), in this block or in one around it: `=` only assigns, and what \
         `range` and `with` declare ends with them"
    } else {
        ""
    };
    ("here", help)
}
