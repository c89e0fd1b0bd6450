//! An object that only installs or only upgrades render.

use super::story::{Mode, Story, Why};
use super::{Evidence, Rule, documents, fields, words};
use crate::finding::{Effect, Finding, Severity};
use crate::lifecycle::{Life, ObjectChange, PhaseKind};
use crate::manifest::{HookEvent, Object};
use crate::value::Plain;
use crate::value::yaml::Node;
use std::sync::Arc;

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
    // No server takes an object without a name.
    for group in groups.into_iter().filter(|group| !group[0].difference.id.name.is_empty()) {
        let lead = group[0];
        // With values of ours that let it come late nothing is lost.
        let is_late = lead.difference.change == ObjectChange::Added && documents::is_made_up(evidence.life);
        let severity = match turn(evidence.life, lead) {
            Turn::Whole if is_late => Severity::Warning,
            Turn::Whole => Severity::Error,
            Turn::OfHook => Severity::Warning,
            Turn::IntoHook | Turn::Done => Severity::Info,
        };
        let mut finding = words::finding(&RULE, evidence, &group, severity);
        finding.effects.retain(|effect| effect.operation != lead.phases.1.name());
        match turn(evidence.life, lead) {
            turn @ (Turn::OfHook | Turn::IntoHook) => as_hook(&mut finding, lead, turn == Turn::OfHook),
            _ => as_object(&mut finding, lead),
        }
        findings.push(finding);
    }
}

/// What an object is in the phase that does not render it among the release's objects.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// It is not there at all.
    Whole,
    /// It was a hook of the install, left for the upgrade to adopt.
    OfHook,
    /// It becomes a hook.
    IntoHook,
    /// It goes when its work is done, or with the Job that it serves.
    Done,
}

/// The kinds of objects that Jobs are served by, and that hold nothing themselves.
const SERVING: [&str; 7] =
    ["ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "NetworkPolicy", "ConfigMap"];

fn turn(life: &Life, story: &Story) -> Turn {
    let id = &story.difference.id;
    let is_removed = story.difference.change == ObjectChange::Removed;
    let is_done = || matches!(id.kind.as_str(), "Job" | "Pod") || serves_job(life, story);
    let other = if is_removed { story.phases.1 } else { story.phases.0 };
    let mut objects = life.phase(other).into_iter().flat_map(|phase| &phase.objects);
    let hook = objects.find(|object| object.is_hook() && object.id == *id);
    let stays = |object: &Object| {
        let policy = object.annotation("helm.sh/hook-delete-policy").unwrap_or_default();
        object.annotation("meta.helm.sh/release-name").is_some() && !policy.contains("hook-succeeded")
    };
    match hook {
        Some(_) if is_removed => Turn::IntoHook,
        Some(hook) if stays(hook) => Turn::OfHook,
        None if is_removed && is_done() => Turn::Done,
        _ => Turn::Whole,
    }
}

/// Whether an object serves Jobs alone, and none of those that are still there when it is not: a Job names it, or its
/// pods are what a NetworkPolicy selects.
fn serves_job(life: &Life, story: &Story) -> bool {
    let id = &story.difference.id;
    let (Some(here), Some(there)) = (life.phase(story.phases.0), life.phase(story.phases.1)) else { return false };
    let Some(object) = here.objects.iter().find(|o| o.id == *id).filter(|_| SERVING.contains(&id.kind.as_str())) else {
        return false;
    };
    let selected = fields::at(&object.node, &["spec", "podSelector", "matchLabels"]).map(Node::to_plain);
    let is_served = |other: &Object| match (id.kind.as_str(), selected.as_ref().and_then(Plain::as_map)) {
        ("NetworkPolicy", Some(selected)) => {
            let labels = fields::at(&other.node, &["spec", "template", "metadata", "labels"]).map(Node::to_plain);
            let labels = labels.as_ref().and_then(Plain::as_map);
            !selected.is_empty()
                && labels.is_some_and(|l| selected.iter().all(|(key, value)| l.get(key) == Some(value)))
        }
        ("NetworkPolicy", None) => false,
        _ => {
            let (text, name) = (other.text.bytes(), id.name.as_bytes());
            text.windows(name.len()).any(|at| at == name)
        }
    };
    let workload = |o: &&Arc<Object>| fields::at(&o.node, &["spec", "template"]).is_some() || o.id.kind == "CronJob";
    let of_jobs = |objects: &[Arc<Object>]| {
        let mut served = objects.iter().filter(workload).filter(|o| is_served(o)).peekable();
        served.peek().is_some() && served.all(|o| o.id.kind == "Job")
    };
    // A hook of the install is done by then, though upgrades render it, too.
    let of_install = |event: &HookEvent| matches!(event, HookEvent::PreInstall | HookEvent::PostInstall);
    let is_done = |o: &Object| {
        o.is_hook()
            && matches!(story.phases.1, PhaseKind::Upgrade | PhaseKind::UpgradeAgain)
            && o.events.iter().all(of_install)
    };
    of_jobs(&here.objects) && !there.objects.iter().filter(workload).any(|o| is_served(o) && !is_done(o))
}

fn as_object(finding: &mut Finding, lead: &Story) {
    let id = &lead.difference.id;
    finding.title = format!("{id} is rendered {}", words::when(lead));
    let says = if lead.difference.change == ObjectChange::Removed {
        "the object leaves the manifest: Helm deletes it"
    } else {
        "the object is created only now; until the first upgrade it is missing"
    };
    finding.effects.push(Effect { operation: lead.phases.1.name(), says: says.into() });
    finding.help = format!(
        "render {id} in every phase, or make it a hook (`helm.sh/hook: pre-install` or `post-upgrade`): hooks are \
         not part of the release's manifest and may come and go"
    );
}

fn as_hook(finding: &mut Finding, lead: &Story, is_adopted: bool) {
    let (id, first, second) = (&lead.difference.id, lead.phases.0.name(), lead.phases.1.name());
    let (object, hook) = if is_adopted { (second, first) } else { (first, second) };
    finding.title = format!("{id} is an object of the release on {object} and a hook on {hook}");
    let (operation, says) = match is_adopted {
        true => ("rollback", "to the first revision deletes it: no hook is in the manifest"),
        false => (second, "the object leaves the manifest: Helm deletes it, after the hook has used its name"),
    };
    finding.effects.push(Effect { operation, says: says.into() });
    finding.help = format!("let {id} be a hook in every phase (`helm.sh/hook: pre-install,pre-upgrade`), or in none");
}
