//! An object that is rendered only if it does not exist yet.

use super::story::{Mode, Story, Why};
use super::{Evidence, Rule, documents, words};
use crate::finding::{Effect, Finding, Severity};
use crate::lifecycle::ObjectChange;

pub static RULE: Rule = Rule {
    name: "lookup-guards-own-object",
    severity: Severity::Error,
    summary: "an object is rendered only if it does not exist: the next upgrade deletes it",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let groups = evidence.take(|story| {
        matches!(story.why, Why::Lookup(_))
            && story.mode == Mode::Presence
            && !matches!(story.difference.change, ObjectChange::Field { .. })
            && !story.difference.is_hook
            && !story.has_random_name(evidence.life)
    });
    for group in groups {
        let lead = group[0];
        let is_removed = lead.difference.change == ObjectChange::Removed;
        let side = evidence.life.phase(if is_removed { lead.phases.0 } else { lead.phases.1 });
        let place = if is_removed { &lead.difference.from } else { &lead.difference.to };
        let object = place.as_ref().and_then(|(i, _)| side?.objects.get(*i));
        let is_kept = object.is_some_and(|o| o.is_kept());
        // What is kept and leaves the manifest is another rule's.
        let severity = if is_kept || waits_for_other(evidence, lead) { Severity::Warning } else { Severity::Error };
        let mut finding = words::finding(&RULE, evidence, &group, severity);
        let id = &lead.difference.id;
        finding.title = format!("{id} is rendered {}, because of a lookup", words::when(lead));
        let upgrade = if is_removed {
            "the object leaves the manifest: Helm deletes it, and the next upgrade creates it again"
        } else {
            "the object enters the manifest"
        };
        finding.effects.retain(|effect| effect.operation != lead.phases.1.name());
        finding.effects.push(Effect { operation: lead.phases.1.name(), says: upgrade.into() });
        finding.help = if waits_for_other(evidence, lead) {
            format!(
                "render {id} from the first install on: its controller waits for what is not there yet. What has to come \
                 later is let in by a value, never by a lookup"
            )
        } else {
            format!(
                "always render {id}, and let a value decide whether it exists, never a lookup; to keep its data, read each \
             key with `dig \"data\" \"key\" \"\"` from the lookup and fall back to a new one. For \"create once\" use a \
             hook with `helm.sh/hook: pre-install`"
            )
        };
        findings.push(finding);
    }
}

/// Whether an object comes when another one of the chart is there: in two steps, and it stays.
fn waits_for_other(evidence: &Evidence<'_>, story: &Story) -> bool {
    let (Why::Lookup(call), Some(phase)) = (story.why, evidence.life.phase(story.told_by)) else { return false };
    let lookup = phase.rendering.rt.lookups.get(call);
    story.difference.change == ObjectChange::Added
        && lookup.is_some_and(|lookup| !documents::asks_for(&lookup.query, &story.difference.id, evidence.life))
}
