//! A lookup's result is used where it can be empty.

use super::failure::{self, FailureKind};
use super::{Deployer, Evidence, Rule, words};
use crate::finding::{Finding, Severity};

pub static RULE: Rule = Rule {
    name: "lookup-unguarded",
    severity: Severity::Error,
    summary: "a lookup's result is used where it can be empty: the render fails without the object or without a cluster",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    findings.extend(failure::findings(&RULE, evidence, FailureKind::Unguarded, |failure, when| {
        let asked = failure.lookup.map_or_else(String::new, |lookup| words::asked(&lookup.query));
        let when = failure::ends(evidence.life, failure, when);
        let title = format!("{when}: the lookup of {asked} found nothing, and its result is used all the same");
        let help = "read through empty results: `dig \"data\" \"key\" \"\" $object`, or `{{ with }}`/`{{ if }}` around the use";
        (title, help.into())
    }));
    // Where the object is somebody else's and there, only renders without a cluster fail.
    let is_offline = |finding: &Finding| finding.effects.iter().all(|e| matches!(e.operation, "offline" | "lint"));
    if !evidence.targets.asks_for(Deployer::ArgoCd) {
        let own = findings.iter_mut().filter(|finding| finding.rule == RULE.name);
        own.filter(|finding| is_offline(finding)).for_each(|finding| finding.severity = Severity::Warning);
    }
}
