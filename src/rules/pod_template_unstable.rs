//! A pod template that differs at every upgrade.

use super::story::{Mode, Story, Why};
use super::{Deployer, Evidence, Rule, documents, words};
use crate::finding::{Effect, Finding, Severity};
use crate::lifecycle::{Life, PhaseKind};
use std::ops::Range;

pub static RULE: Rule = Rule {
    name: "pod-template-unstable",
    severity: Severity::Warning,
    summary: "chance, the clock, the revision or the phase is in a pod template: upgrades restart pods for nothing",
    check,
};

/// Whether a story is of the pod template of something that keeps pods running.
pub fn is_pod_template(story: &Story) -> bool {
    matches!(story.difference.id.kind.as_str(), "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Rollout")
        && story.path().is_some_and(|path| path.starts_with("spec.template.") || path == "spec.template")
        && !story.difference.is_hook
}

/// The maps of a pod template: an entry without a text is one all the same.
const MAPS: [&str; 5] = [".annotations", ".labels", ".nodeSelector", ".limits", ".requests"];

/// Whether a field comes or goes that is an empty text: to a server that is no field at all, and nothing changes.
fn is_nothing(life: &Life, story: &Story) -> bool {
    let sides = [(story.phases.0, &story.difference.from), (story.phases.1, &story.difference.to)];
    let is_empty = |(kind, place): &(PhaseKind, &Option<(usize, Range<usize>)>)| match place {
        Some((object, range)) => {
            let object = life.phase(*kind).and_then(|phase| phase.objects.get(*object));
            let shown = object.map(|object| words::shown(&object.text, range)).unwrap_or_default();
            // What comes and goes does so with its key.
            matches!(shown.split_once(": ").map_or(shown.as_str(), |(_, value)| value), "\"\"" | "''")
        }
        None => true,
    };
    let is_of_map = story.path().is_some_and(|path| MAPS.iter().any(|map| path.contains(map)));
    story.mode == Mode::Presence && !is_of_map && sides.iter().all(is_empty)
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let groups = evidence.take_once(|story| {
        is_pod_template(story) && !matches!(story.why, Why::Lookup(_)) && !is_nothing(evidence.life, story)
    });
    for group in groups {
        let lead = group[0];
        let id = &lead.difference.id;
        // An annotation that is nothing but drawn, timed or counted is there to restart the pods.
        let is_meant =
            group.iter().all(|s| s.path().is_some_and(|p| p.starts_with("spec.template.metadata.annotations")));
        let is_offline_too = lead.why != Why::Phase && evidence.targets.counts(Deployer::ArgoCd);
        // Who switches such an annotation on wants what it does.
        let is_asked_for = is_meant && documents::is_made_up(evidence.life);
        let severity = if is_meant && !is_offline_too || is_asked_for { Severity::Info } else { Severity::Warning };
        let mut finding = words::finding(&RULE, evidence, &group, severity);
        let field = lead.field().field;
        finding.title = format!("{id} restarts its pods on upgrade: `{field}` comes from {}", words::why(lead));
        if is_offline_too {
            let says = "Argo CD: differs at every render, so every sync restarts the pods";
            finding.effects.push(Effect { operation: "offline", says: says.into() });
        }
        finding.help = if is_meant {
            "where a restart is wanted when the configuration changes, write a digest of the configuration: \
             `checksum/config: {{ include (print $.Template.BasePath \"/configmap.yaml\") . | sha256sum }}`"
                .into()
        } else {
            "let a value decide, or take it from a Secret or ConfigMap at run time".into()
        };
        findings.push(finding);
    }
}
