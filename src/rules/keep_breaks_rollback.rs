//! An object that Helm keeps leaves the manifest, so that the way back finds it where nothing is expected.

use super::story::{Mode, Story, Why};
use super::{Evidence, Rule, words};
use crate::finding::{Effect, Finding, Severity};
use crate::lifecycle::ObjectChange;
use crate::manifest::Object;

pub static RULE: Rule = Rule {
    name: "keep-breaks-rollback",
    severity: Severity::Warning,
    summary: "an object that Helm keeps leaves the manifest on upgrade: it is left unmanaged, and rollback fails",
    check,
};

/// The object of the earlier phase.
fn before<'a>(evidence: &Evidence<'a>, story: &Story) -> Option<&'a Object> {
    let (index, _) = story.difference.from.as_ref()?;
    evidence.life.phase(story.phases.0)?.objects.get(*index).map(|object| &**object)
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let groups = evidence.take(|story| {
        matches!(story.why, Why::Lookup(_) | Why::Phase)
            && story.mode == Mode::Presence
            && story.difference.change == ObjectChange::Removed
            && !story.difference.is_hook
            && !story.has_random_name(evidence.life)
            && before(evidence, story).is_some_and(Object::is_kept)
    });
    for group in groups {
        let lead = group[0];
        let id = &lead.difference.id;
        let (first, second) = (lead.phases.0.name(), lead.phases.1.name());
        let mut finding = words::finding(&RULE, evidence, &group, Severity::Warning);
        finding.title = format!(
            "{id} leaves the manifest on {second}, because of {}, and is kept: unmanaged, and rollback fails",
            words::why(lead)
        );
        finding.effects = vec![
            Effect { operation: first, says: "renders the object".into() },
            Effect {
                operation: second,
                says:
                    "the object leaves the manifest; `helm.sh/resource-policy: keep` leaves it in the cluster, and no \
                       later upgrade changes it"
                        .into(),
            },
            Effect {
                operation: "rollback",
                says: format!(
                    "to the revision that has it: Helm 3, and Helm 4 before 4.0.5 and in 4.1, fail with \
                     `no {} with the name \"{}\" found`",
                    id.kind, id.name
                ),
            },
        ];
        let kind = id.kind.to_lowercase();
        finding.help = format!(
            "always render {id}; `keep` is for the day on which the release is uninstalled. For \"create once\" use a \
             hook with `helm.sh/hook: pre-install`\n\
             a release that is stuck: upgrade to a chart that always renders {id} (Helm takes back what bears its \
             annotations), or, where its content may go, `kubectl delete {kind} {}` and roll back",
            id.name
        );
        findings.push(finding);
    }
}
