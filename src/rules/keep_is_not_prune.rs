//! Helm's policy to keep an object does not keep Argo CD from pruning it.

use super::{Evidence, Rule, documents};
use crate::finding::{Effect, Finding, Severity};
use crate::lifecycle::PhaseKind;
use crate::manifest::Object;
use crate::value::origin::Cause;
use std::collections::BTreeMap;

pub static RULE: Rule = Rule {
    name: "keep-is-not-prune",
    severity: Severity::Info,
    summary: "`helm.sh/resource-policy: keep` on an object that a value takes away: Argo CD prunes it all the same",
    check,
};

fn is_pruned(object: &Object) -> bool {
    let options = object.annotation("argocd.argoproj.io/sync-options").unwrap_or_default();
    !options.split(',').any(|option| option.trim() == "Prune=false")
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let life = evidence.life;
    let Some(phase) = life.phase(PhaseKind::Install) else { return };
    let arena = &phase.rendering.rt.arena;
    let mut groups: BTreeMap<String, Vec<&Object>> = BTreeMap::new();
    for object in phase.objects.iter().filter(|o| !o.is_hook() && o.is_kept() && is_pruned(o)) {
        if documents::is_told(findings, &object.id) {
            continue;
        }
        // What Argo CD renders depends on values and on APIs, never on lookups or phases.
        let conditions = documents::conditions(arena, object);
        let mut causes: Vec<String> = Vec::new();
        for cause in conditions.iter().rev().flat_map(|guard| arena.causes(guard.origin)) {
            let is_open = matches!(cause, Cause::Values { .. } | Cause::Capabilities { .. });
            let text = match cause {
                Cause::Values { path } => format!("`{}`", arena.path_text(*path)),
                Cause::Capabilities { path } => format!("`.Capabilities.{}`", arena.path_text(*path)),
                _ => phase.rendering.cause_text(cause),
            };
            if is_open && !causes.contains(&text) {
                causes.push(text);
            }
        }
        if let Some(first) = causes.into_iter().next() {
            groups.entry(first).or_default().push(object);
        }
    }
    for (cause, group) in groups {
        let Some(&lead) = group.first() else { continue };
        let mut finding = documents::finding(&RULE, evidence, Severity::Info, (phase, lead), &lead.node.span);
        let others = match group.len() - 1 {
            0 => String::new(),
            n => format!(" (and {n} more)"),
        };
        finding.title =
            format!("{}{others} is kept by Helm, and pruned by Argo CD when {cause} takes it away", lead.id);
        finding.effects = vec![
            Effect { operation: "upgrade", says: "Helm leaves it when it leaves the manifest".into() },
            Effect {
                operation: "argo cd",
                says: "a sync with pruning deletes it: it heeds `helm.sh/resource-policy` only when the application is deleted"
                    .into(),
            },
        ];
        if group.len() > 1 {
            let names: Vec<String> = group.iter().skip(1).take(8).map(|o| o.id.to_string()).collect();
            let more = if group.len() > 9 { ", …" } else { "" };
            finding.effects.push(Effect { operation: "also", says: format!("{}{more}", names.join(", ")) });
        }
        finding.help =
            "for Argo CD add the annotation `argocd.argoproj.io/sync-options: Prune=false` beside Helm's".into();
        finding.cause = cause;
        findings.push(finding);
    }
}
