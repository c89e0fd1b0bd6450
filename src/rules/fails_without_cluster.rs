//! `fail` or `required` is reached because a lookup is empty.

use super::failure::{self, FailureKind};
use super::{Evidence, Rule, words};
use crate::finding::{Finding, Severity};

pub static RULE: Rule = Rule {
    name: "fails-without-cluster",
    severity: Severity::Warning,
    summary: "`fail` or `required` is reached because a lookup is empty: renderers without a cluster cannot render the chart",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    findings.extend(failure::findings(&RULE, evidence, FailureKind::WithoutCluster, |failure, when| {
        let asked = failure.lookup.map_or_else(String::new, |lookup| words::asked(&lookup.query));
        let message = words::message(failure.error);
        let when = failure::ends(evidence.life, failure, when);
        let title = format!("{when} because the lookup of {asked} is empty: {}", words::short(&message));
        let help = "without a cluster every lookup is empty (helm template, Argo CD, a dry run): fail only where a bad \
                    state is found, or let a value switch the check off";
        (title, help.into())
    }));
}
