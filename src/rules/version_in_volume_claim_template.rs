//! A claim template that holds the version of the chart or of the application.

use super::fields::leaves_at;
use super::version_in_selector::versioned;
use super::{Evidence, Rule};
use crate::finding::{Finding, Severity};

pub static RULE: Rule = Rule {
    name: "version-in-volume-claim-template",
    severity: Severity::Error,
    summary: "a volumeClaimTemplate holds the version of the chart or of the application: the next version is refused",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let Some(phase) = evidence.current() else { return };
    for object in phase.fresh.iter().filter(|object| !object.is_hook() && object.id.kind == "StatefulSet") {
        let leaves = leaves_at(phase, object, &["spec", "volumeClaimTemplates"]);
        if let Some(mut finding) = versioned(&RULE, evidence, phase, object, &leaves) {
            finding.help = format!(
                "give claims only labels that stay: the chart's name and the release's\na release that is stuck: `kubectl \
                 delete statefulset {} --cascade=orphan` before the upgrade; pods and claims stay",
                object.id.name
            );
            findings.push(finding);
        }
    }
}
