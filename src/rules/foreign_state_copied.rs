//! Live data of an object that the chart does not own is copied into the release.

use super::fields::{self, Leaf};
use super::{Evidence, Rule};
use crate::finding::{Effect, Finding, Severity};
use crate::lifecycle::{Phase, PhaseKind};
use crate::value::origin::Cause;
use std::collections::BTreeSet;

pub static RULE: Rule = Rule {
    name: "foreign-state-copied",
    severity: Severity::Info,
    summary: "live data of an object that the chart does not own is copied into the release: stale from then on",
    check,
};

/// The call that read a field of somebody else's object, if the cause is one.
fn foreign(evidence: &Evidence<'_>, phase: &Phase, cause: &Cause) -> Option<u32> {
    let Cause::Lookup { call, path } = cause else { return None };
    let lookup = phase.rendering.rt.lookups.get(*call).filter(|lookup| lookup.found)?;
    let query = &lookup.query;
    let is_own = |phase: &Phase| phase.objects.iter().any(|o| fields::is_lookup_of(evidence.life, query, &o.id));
    // A list is of no object; whether it is empty says nothing of what is in it.
    let is_foreign = !path.is_none() && !query.name.is_empty() && !evidence.life.phases.iter().any(is_own);
    is_foreign.then_some(*call)
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let mut told = BTreeSet::new();
    for kind in [PhaseKind::Upgrade, PhaseKind::Install] {
        let Some(phase) = evidence.whole(kind) else { continue };
        if phase.rendering.rt.lookups.is_empty() {
            continue;
        }
        for object in phase.objects.iter().filter(|object| !object.is_hook() && phase.varies(object)) {
            for (field, node) in fields::leaves(&object.node, "") {
                let leaf = Leaf { field, node, object, phase };
                let is_foreign = |cause: &Cause| foreign(evidence, phase, cause).is_some();
                // A checksum tells that the other has changed, and copies nothing of it.
                let Some(origin) = leaf.origin_with(is_foreign).filter(|o| !fields::is_digest(phase, *o)) else {
                    continue;
                };
                let mut calls = phase.rendering.rt.arena.causes(origin).filter_map(|c| foreign(evidence, phase, c));
                let Some(call) = calls.next().and_then(|call| phase.rendering.rt.lookups.get(call)) else {
                    continue;
                };
                let query = &call.query;
                if !told.insert((object.id.clone(), query.clone())) {
                    continue;
                }
                let cause = format!("lookup {} {} {} {}", query.api_version, query.kind, query.namespace, query.name);
                let mut finding = fields::finding(&RULE, evidence, &[&leaf], Severity::Info, &cause);
                finding.title = format!(
                    "{} copies `{}` from {} {}, which the chart does not own",
                    object.id, leaf.field, query.kind, query.name
                );
                finding.steps = fields::trace(phase, origin, finding.primary, "reads an object of somebody else's");
                let stale = "what was live at the last upgrade; a change of the other object is not followed";
                finding.effects.push(Effect { operation: "upgrade", says: stale.into() });
                let offline = "without a cluster there is nothing to copy: Argo CD renders something else";
                finding.effects.push(Effect { operation: "offline", says: offline.into() });
                finding.help = if query.kind == "Secret" {
                    "let the pod read the Secret (`secretKeyRef`, a mounted volume): a copy lies in the release's record".into()
                } else {
                    "let a value give it".into()
                };
                findings.push(finding);
            }
        }
    }
}
