//! A lookup's result is used because the release exists, and there need not be a cluster to find it in.

use super::failure::{self, FailureKind};
use super::{Evidence, Rule, words};
use crate::finding::{Effect, Finding, Severity};

pub static RULE: Rule = Rule {
    name: "phase-is-not-existence",
    severity: Severity::Error,
    summary: "a lookup's result is used under IsUpgrade as if that meant that it is found: dry runs, diffs and lint fail",
    check,
};

/// What renders an upgrade and sees no cluster.
const DRY: &str = "helm upgrade --dry-run, template --is-upgrade";

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let kind = FailureKind::PhaseIsNotExistence;
    let says = |failure: &failure::Failure<'_>, when: &str| {
        let asked = failure.lookup.map_or_else(String::new, |lookup| words::asked(&lookup.query));
        let title = format!("{when}: the phase says that {asked} exists, and its lookup found nothing");
        let help = "ask the lookup itself (`{{ with }}`, `{{ if $live }}`, `dig \"data\" \"key\" \"\" $live`), not the \
                    phase: an upgrade is also rendered where there is no cluster";
        (title, help.to_string())
    };
    let mut found = failure::findings(&RULE, evidence, kind, says);
    let phase = failure::upgrade_without_cluster(evidence.life);
    if let Some(failure) = phase.as_ref().and_then(|phase| failure::failure(phase, true)).filter(|f| f.kind == kind) {
        let primary = failure.primary();
        let effect = Effect { operation: "dry run", says: format!("{} ({DRY})", words::message(failure.error)) };
        match found.iter_mut().find(|finding| finding.primary == primary) {
            Some(finding) => finding.effects.push(effect),
            None => {
                let says =
                    |failure: &failure::Failure<'_>, _: &str| says(failure, "an upgrade without a cluster fails");
                let mut finding = failure::finding(&RULE, evidence, &failure, &[], &says);
                finding.effects.push(effect);
                found.push(finding);
            }
        }
    }
    findings.append(&mut found);
}
