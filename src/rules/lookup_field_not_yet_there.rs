//! A field that a controller writes is used before it is there.

use super::failure::{self, FailureKind};
use super::{Evidence, Rule, words};
use crate::finding::{Finding, Severity};

pub static RULE: Rule = Rule {
    name: "lookup-field-not-yet-there",
    severity: Severity::Warning,
    summary: "a field that a controller writes is used without a default: what comes too early fails or renders nothing",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    findings.extend(failure::findings(&RULE, evidence, FailureKind::FieldNotYetThere, |failure, when| {
        let asked = failure.lookup.map_or_else(String::new, |lookup| words::asked(&lookup.query));
        let field = if failure.field.is_empty() { "a field".into() } else { format!("`{}`", failure.field) };
        let title = format!("{when}: {asked} is found, and {field} of it is not there yet");
        let help = "a field that a controller writes comes some time after the object: read it with `dig` and a default, \
                    or `{{ with }}` around the use";
        (title, help.into())
    }));
}
