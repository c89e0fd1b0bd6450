//! A Job with a fixed name whose pod template changes with the next version of the chart.

use super::fields::{self, Leaf, leaves_at};
use super::{Evidence, Rule};
use crate::finding::{Effect, Finding, Severity};
use crate::manifest::Object;
use crate::value::OriginId;
use crate::value::origin::Cause;

pub static RULE: Rule = Rule {
    name: "job-template-unstable",
    severity: Severity::Warning,
    summary: "a Job keeps its name, is no hook, and has a version, an image tag or a checksum in its pod template",
    check,
};

/// What changes in a leaf of a pod template with the next version, and its origin.
fn unstable(evidence: &Evidence<'_>, leaf: &Leaf<'_>) -> Option<(&'static str, OriginId)> {
    if let Some((origin, is_app)) = fields::version_in(evidence.life, leaf) {
        return Some((if is_app { "the chart's appVersion" } else { "the chart's version" }, origin));
    }
    let is_digest = |bytes: &[u8]| bytes.len() >= 40 && bytes.iter().all(u8::is_ascii_hexdigit);
    if leaf.field.contains("checksum") && is_digest(leaf.bytes().trim_ascii()) {
        return Some(("a checksum", leaf.origins().first().copied().unwrap_or_default()));
    }
    let is_image = leaf.field.ends_with(".image");
    tag_in(leaf).filter(|_| is_image).map(|origin| ("an image tag", origin))
}

/// The origin of a leaf that a tag went into.
fn tag_in(leaf: &Leaf<'_>) -> Option<OriginId> {
    let arena = &leaf.phase.rendering.rt.arena;
    leaf.origin_with(|cause| match cause {
        Cause::Values { path } => arena
            .path_keys(*path)
            .last()
            .is_some_and(|key| String::from_utf8_lossy(key).to_lowercase().ends_with("tag")),
        _ => false,
    })
}

/// Whether the Job gets another name when its template changes, or is gone before an upgrade comes.
fn is_replaced(evidence: &Evidence<'_>, object: &Object, leaf: &Leaf<'_>) -> bool {
    let names = leaves_at(leaf.phase, object, &["metadata", "name"]);
    let is_named_by_it = names.iter().any(|name| {
        unstable(evidence, name).is_some()
            || tag_in(name).is_some()
            || name
                .causes()
                .iter()
                .any(|cause| !matches!(cause, Cause::Values { .. } | Cause::Release { .. } | Cause::Files { .. }))
    });
    is_named_by_it
        || fields::at(&object.node, &["spec", "ttlSecondsAfterFinished"]).is_some_and(|node| !node.is_null())
        || object.annotation("argocd.argoproj.io/hook").is_some()
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let Some(phase) = evidence.current() else { return };
    for object in phase.objects.iter().filter(|o| !o.is_hook() && o.id.kind == "Job" && o.id.group() == "batch") {
        let is_told = findings.iter().any(|f| f.object.as_ref() == Some(&fields::reference(&object.id)));
        let leaves = leaves_at(phase, object, &["spec", "template"]);
        let changing: Vec<&Leaf<'_>> = leaves.iter().filter(|leaf| unstable(evidence, leaf).is_some()).collect();
        let Some((lead, (what, origin))) = changing.first().and_then(|l| Some((l, unstable(evidence, l)?))) else {
            continue;
        };
        if is_told || is_replaced(evidence, object, lead) {
            continue;
        }
        let id = &object.id;
        let mut finding = fields::finding(&RULE, evidence, &changing, Severity::Warning, "version");
        // It is the Job that is to be changed, not what it shares with other objects.
        finding.primary = lead.place_in_file();
        finding.title = format!("{id} keeps its name and has {what} in `{}`, which is immutable", lead.field);
        finding.steps = fields::trace(phase, origin, finding.primary, "changes with a version of the chart");
        finding.effects = vec![Effect {
            operation: "next version",
            says: "refused while the Job of the last one exists: the pod template of a Job is immutable".into(),
        }];
        finding.help = format!(
            "make it a hook (`helm.sh/hook: post-install,post-upgrade` with `helm.sh/hook-delete-policy: \
             before-hook-creation`), set `ttlSecondsAfterFinished`, or put what changes into the name\na release that is \
             stuck: `kubectl delete job {}` before the upgrade",
            id.name
        );
        findings.push(finding);
    }
}
