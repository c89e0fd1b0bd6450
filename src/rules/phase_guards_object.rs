//! An object that only installs or only upgrades render.

use super::story::{Mode, Why};
use super::{Evidence, Rule, words};
use crate::finding::{Effect, Finding, Severity};
use crate::lifecycle::ObjectChange;

pub static RULE: Rule = Rule {
    name: "phase-guards-object",
    severity: Severity::Error,
    summary: "an object is rendered by installs alone or by upgrades alone: deleted by the next upgrade, or missing",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let groups = evidence.take(|story| {
        story.why == Why::Phase
            && story.mode == Mode::Presence
            && !matches!(story.difference.change, ObjectChange::Field { .. })
            && !story.difference.is_hook
            && !story.has_random_name(evidence.life)
    });
    for group in groups {
        let lead = group[0];
        let is_removed = lead.difference.change == ObjectChange::Removed;
        let mut finding = words::finding(&RULE, evidence, &group, Severity::Error);
        let id = &lead.difference.id;
        finding.title = format!("{id} is rendered {}", words::when(lead));
        let says = if is_removed {
            "the object leaves the manifest: Helm deletes it"
        } else {
            "the object is created only now; until the first upgrade it is missing"
        };
        finding.effects.retain(|effect| effect.operation != lead.phases.1.name());
        finding.effects.push(Effect { operation: lead.phases.1.name(), says: says.into() });
        finding.help = format!(
            "render {id} in every phase, or make it a hook (`helm.sh/hook: pre-install` or `post-upgrade`): hooks are \
             not part of the release's manifest and may come and go"
        );
        findings.push(finding);
    }
}
