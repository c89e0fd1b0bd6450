//! A chart writes back what others wrote into its own object.

use super::fields::{self, leaves_at};
use super::story::{Story, Why};
use super::{Evidence, Rule, consequence, words};
use crate::finding::{Effect, Finding, Severity};
use crate::lifecycle::{Phase, PhaseKind};
use crate::manifest::ObjectId;
use crate::value::origin::Cause;

pub static RULE: Rule = Rule {
    name: "live-state-copied",
    severity: Severity::Warning,
    summary: "a field of the live object is written back by the chart: it freezes, and a rollback empties it",
    check,
};

/// Whether the story is of text that was copied out of the live object itself.
fn is_copied(evidence: &Evidence<'_>, story: &Story) -> bool {
    let (Why::Lookup(_), Some(phase)) = (story.why, evidence.life.phase(story.told_by)) else { return false };
    let rt = &phase.rendering.rt;
    let Some(field) = story.path() else { return false };
    let own =
        || rt.arena.causes(story.origin).filter(|cause| is_own_field(evidence, phase, &story.difference.id, cause));
    // What is only computed from the live object is not written back; nor is another field, whatever was looked at on the
    // way to it.
    let is_way = |cause: &Cause| own().any(|other| is_below(phase, other, &path_of(phase, cause)));
    let is_copy = |cause: &Cause| is_below(phase, cause, field) || reads(phase, cause, field) && !is_way(cause);
    !story.difference.is_hook && !evidence.is_drawn(story) && own().any(is_copy)
}

fn is_own_field(evidence: &Evidence<'_>, phase: &Phase, id: &ObjectId, cause: &Cause) -> bool {
    match cause {
        Cause::Lookup { call, path } => {
            let query = phase.rendering.rt.lookups.get(*call).map(|call| &call.query);
            !path.is_none() && query.is_some_and(|query| fields::is_lookup_of(evidence.life, query, id))
        }
        _ => false,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    for group in evidence.take_once(|story| is_copied(evidence, story)) {
        let lead = group[0];
        let id = &lead.difference.id;
        let mut finding = words::finding(&RULE, evidence, &group, Severity::Warning);
        finding.title = format!("{id} writes back its live `{}` {}", lead.field().field, words::when(lead));
        finding.effects.push(Effect { operation: "rollback", says: "puts back what the install rendered".into() });
        finding.help = help();
        findings.push(finding);
    }
    frozen(evidence, findings);
}

/// Fields of the specification that an upgrade takes from the live object while the install had them from values: no
/// phase differs, and what others write there stays for ever.
fn frozen(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let Some(phase) = evidence.whole(PhaseKind::Upgrade).filter(|_| !evidence.life.previous) else { return };
    for object in phase.objects.iter().filter(|o| !o.is_hook() && phase.varies(o)) {
        let id = &object.id;
        let is_told = |field: &str| {
            evidence.stories.iter().any(|s| s.difference.id == *id && s.path().is_some_and(|p| field.starts_with(p)))
        };
        let leaves = leaves_at(phase, object, &["spec"]);
        let is_own = |cause: &Cause| is_own_field(evidence, phase, id, cause);
        // What was drawn once is kept: the right use. What is only computed from the live object is not written back.
        let is_copy = |leaf: &&fields::Leaf<'_>| {
            let same = |cause: &Cause| is_own(cause) && reads(phase, cause, &leaf.field);
            // What nothing may change is best taken from where it stands.
            leaf.origin_with(same).is_some()
                && !is_told(&leaf.field)
                && !was_drawn(evidence, id, &leaf.field)
                && !consequence::is_field_immutable(evidence.life, id, &leaf.field)
        };
        let copied: Vec<_> = leaves.iter().filter(is_copy).collect();
        let Some((lead, origin)) = copied.first().and_then(|leaf| Some((leaf, leaf.origin_with(is_own)?))) else {
            continue;
        };
        let mut finding = fields::finding(&RULE, evidence, &copied, Severity::Info, "live");
        finding.title = format!("{id} writes back its live `{}` on every upgrade", lead.field);
        finding.steps = fields::trace(phase, origin, finding.primary, "reads the live object");
        finding.effects.push(Effect {
            operation: "upgrade",
            says: "keeps what is live, also where the chart would write something else today".into(),
        });
        finding.effects.push(Effect {
            operation: "offline",
            says: "not kept: Argo CD and helm template see no live object".into(),
        });
        finding.help = help();
        findings.push(finding);
    }
}

/// Whether a cause is the field of the same name.
fn reads(phase: &Phase, cause: &Cause, field: &str) -> bool {
    let Cause::Lookup { path, .. } = cause else { return false };
    let read = phase.rendering.rt.arena.path_text(*path);
    !read.is_empty()
        && (field == read || field.starts_with(&format!("{read}.")) || field.starts_with(&format!("{read}[")))
}

/// The path that a lookup was read at.
fn path_of(phase: &Phase, cause: &Cause) -> String {
    match cause {
        Cause::Lookup { path, .. } => phase.rendering.rt.arena.path_text(*path),
        _ => String::new(),
    }
}

/// Whether a cause is of something below the field: that came as a whole.
fn is_below(phase: &Phase, cause: &Cause, field: &str) -> bool {
    let Cause::Lookup { path, .. } = cause else { return false };
    let read = phase.rendering.rt.arena.path_text(*path);
    read.strip_prefix(field).is_some_and(|rest| rest.starts_with(['.', '[']))
}

/// Whether the install drew the field.
fn was_drawn(evidence: &Evidence<'_>, id: &ObjectId, field: &str) -> bool {
    let Some(phase) = evidence.whole(PhaseKind::Install) else { return false };
    let Some(object) = phase.objects.iter().find(|o| !o.is_hook() && o.id == *id) else { return false };
    let leaves = leaves_at(phase, object, &["spec"]);
    let is_random = |cause: &Cause| matches!(cause, Cause::Random { .. } | Cause::Time { .. });
    leaves.iter().any(|leaf| leaf.field == field && leaf.origin_with(is_random).is_some())
}

fn help() -> String {
    "leave out what others own: an update that does not name a field keeps it; where a value decides, let the value alone \
     decide"
        .into()
}
