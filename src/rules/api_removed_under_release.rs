//! A manifest names an API that some version of the cluster no longer serves.

use super::{Evidence, Rule, documents};
use crate::finding::{Effect, Finding, Severity};
use crate::kube::{self, KubeVersion, VersionRange};
use crate::lifecycle::{Phase, PhaseKind, pieces_in};
use crate::manifest::{HookEvent, Object, ObjectId};
use crate::source::Span;
use crate::value::origin::{Cause, Guard};
use std::ops::Range;

pub static RULE: Rule = Rule {
    name: "api-removed-under-release",
    severity: Severity::Error,
    summary: "an object names an API that Kubernetes removed: no install there, and no upgrade of a release from before",
    check,
};

/// The versions that serve the API, and those of the range that do not.
struct Removed {
    /// The last version that serves it; none of those known.
    last: Option<KubeVersion>,
    without: Vec<KubeVersion>,
    instead: Option<&'static str>,
}

/// An API of a built-in kind that left, or had left before, within a range. None for what all of it serves, for kinds that
/// are not built in, and for APIs that came later than the range.
fn removed(id: &ObjectId, range: VersionRange) -> Option<Removed> {
    let newest = |kind: &str| {
        let served = kube::kinds().iter().filter(|k| k.kind == kind && k.is_served(KubeVersion::NEWEST));
        served.map(|k| k.api_version).max_by_key(|v| (!v.contains("beta"), v.to_string()))
    };
    let asked: Vec<KubeVersion> = kube::recorded().iter().copied().filter(|v| range.contains(*v)).collect();
    let Some(kind) = kube::kind(&id.api_version, &id.kind) else {
        // Groups of betas that were gone before all versions known.
        let is_old = matches!(id.api_version.as_str(), "extensions/v1beta1" | "apps/v1beta1" | "apps/v1beta2");
        return is_old.then(|| Removed { last: None, without: asked, instead: newest(&id.kind) });
    };
    let last = kube::recorded().iter().copied().filter(|v| kind.is_served(*v)).max()?;
    let without: Vec<KubeVersion> = asked.into_iter().filter(|v| *v > last).collect();
    (!without.is_empty()).then(|| Removed { last: Some(last), without, instead: newest(&id.kind) })
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let life = evidence.life;
    let kind = if life.previous { PhaseKind::Upgrade } else { PhaseKind::Install };
    // A chart may want something of the cluster before it installs; what it renders without one says as much of its APIs.
    let whole = |kind| life.phase(kind).filter(|p: &&Phase| p.rendering.error.is_none());
    let Some(phase) = whole(kind).or_else(|| whole(PhaseKind::Offline)) else { return };
    let mut known: Vec<(&str, &str, Span)> = Vec::new();
    for object in &phase.objects {
        let Some(removed) = removed(&object.id, evidence.targets.kubernetes) else { continue };
        let range = documents::range_of(object, &kube::FieldPath::parse("apiVersion"));
        let mut finding = documents::finding(&RULE, evidence, Severity::Error, (phase, object), &range);
        if is_picked(phase, object, &range) {
            continue;
        }
        let site = (object.id.api_version.as_str(), object.id.kind.as_str(), finding.primary);
        if known.contains(&site) {
            continue;
        }
        known.push(site);
        // A test fails, and nothing else.
        if felt_by(object) == "test" {
            finding.severity = Severity::Warning;
        }
        // Only servers past their end of life, that nobody claims: no one is hurt.
        if !evidence.targets.is_claimed && removed.without.iter().all(|v| v.is_past_end_of_life()) {
            finding.severity = Severity::Warning;
        }
        describe(&mut finding, object, &removed);
        findings.push(finding);
    }
}

/// Whether the cluster's version, or what it has of a built-in API, decides about the API: what it has of others does not.
fn is_picked(phase: &Phase, object: &Object, range: &Range<usize>) -> bool {
    let arena = &phase.rendering.rt.arena;
    let is_asked = |origin| arena.causes(origin).any(|cause| matches!(cause, Cause::Capabilities { .. }));
    pieces_in(&object.text, range).any(|piece| {
        let asks = |guard: &Guard| {
            is_asked(guard.origin) && super::capability_guards_object::custom_api(phase, guard).is_none()
        };
        is_asked(piece.origin) || arena.guards(piece.guard).iter().any(asks)
    })
}

fn minor(version: KubeVersion) -> String {
    format!("{}.{}", version.major, version.minor)
}

/// The operation that sends an object to the server first.
fn felt_by(object: &Object) -> &'static str {
    const EVENTS: [(HookEvent, &str); 9] = [
        (HookEvent::PreInstall, "install"),
        (HookEvent::PostInstall, "install"),
        (HookEvent::PreUpgrade, "upgrade"),
        (HookEvent::PostUpgrade, "upgrade"),
        (HookEvent::PreRollback, "rollback"),
        (HookEvent::PostRollback, "rollback"),
        (HookEvent::PreDelete, "uninstall"),
        (HookEvent::PostDelete, "uninstall"),
        (HookEvent::Test, "test"),
    ];
    let felt = EVENTS.iter().find(|(event, _)| object.events.contains(event));
    felt.map_or("install", |(_, operation)| operation)
}

fn describe(finding: &mut Finding, object: &Object, removed: &Removed) {
    let id = &object.id;
    let (api, kind) = (&id.api_version, &id.kind);
    let next = removed.last.map(|last| KubeVersion { minor: last.minor + 1, ..last });
    finding.title = match next {
        Some(next) => format!("{id} is of {api}, which Kubernetes {} no longer serves", minor(next)),
        None => format!("{id} is of {api}, which no Kubernetes since 1.16 serves"),
    };
    let refused = format!("no matches for kind \"{kind}\" in version \"{api}\"");
    finding.effects.push(Effect { operation: felt_by(object), says: format!("there: fails with `{refused}`") });
    if let (Some(next), false) = (next, object.is_hook()) {
        finding.effects.push(Effect {
            operation: "upgrade",
            says: format!(
                "of a release that was installed before its cluster became {}: fails before it starts, `unable to build \
                 kubernetes objects from current release manifest`, whatever the new chart renders",
                minor(next)
            ),
        });
    }
    let instead = match removed.instead {
        Some(instead) => format!("write `apiVersion: {instead}`"),
        None => format!("take the {kind} out, or render it only where `.Capabilities.APIVersions.Has \"{api}\"`"),
    };
    let stuck = if removed.last.is_some() {
        "\na release that is stuck: rewrite the API in its stored manifest (the plugin helm-mapkubeapis does), then \
         upgrade; before a cluster is upgraded, upgrade the release to a mended chart"
    } else {
        ""
    };
    finding.help = format!("{instead}{stuck}");
    if let (Some(first), Some(last)) = (removed.without.first(), removed.without.last()) {
        finding.versions = format!("Kubernetes {}-{}", minor(*first), minor(*last));
    }
    finding.cause = format!("{api} {kind}");
}
