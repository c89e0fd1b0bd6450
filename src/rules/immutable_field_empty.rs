//! An immutable field that the server fills in is written, and empty.

use super::consequence::{self, Update};
use super::fields::{self, Leaf, leaves_at};
use super::{Evidence, Rule};
use crate::finding::{Effect, Finding, Severity};
use crate::kube::VersionRange;
use crate::lifecycle::{self, Phase};
use crate::manifest::Object;
use crate::value::yaml::{Kind, Node};

pub static RULE: Rule = Rule {
    name: "immutable-field-empty",
    severity: Severity::Warning,
    summary: "a field that the server fills in and never lets change is written empty: the next upgrade is refused",
    check,
};

fn is_empty(node: &Node) -> bool {
    match &node.kind {
        Kind::Null => true,
        Kind::Str(text) => text.is_empty(),
        Kind::Seq(items) => items.is_empty(),
        Kind::Map(entries) => entries.is_empty(),
        _ => false,
    }
}

/// Whether each render makes another object, which no upgrade changes.
fn is_named_anew(phase: &Phase, object: &Object) -> bool {
    let arena = &phase.rendering.rt.arena;
    let names = leaves_at(phase, object, &["metadata", "name"]);
    names.iter().flat_map(Leaf::origins).any(|origin| lifecycle::varies(arena, origin))
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let Some(phase) = evidence.current() else { return };
    let life = evidence.life;
    let targets = evidence.targets;
    for object in phase.fresh.iter().filter(|object| !object.is_hook() && !is_named_anew(phase, object)) {
        let id = &object.id;
        let leaves = fields::wanted_at(phase, object, &["spec"], is_empty);
        let empty: Vec<&Leaf<'_>> =
            leaves.iter().filter(|leaf| consequence::is_field_immutable(life, id, &leaf.field)).collect();
        if empty.is_empty() {
            continue;
        }
        let update = Update::again(life, phase.kind, id);
        let known = consequence::refusals(update.as_ref(), VersionRange::ALL, &targets.modes);
        let refused = consequence::refusals(update.as_ref(), targets.kubernetes, &targets.modes);
        let is_refused =
            |leaf: &&&Leaf<'_>| refused.iter().any(|r| r.fields.iter().any(|f| f.starts_with(leaf.field.as_str())));
        let hurt: Vec<&Leaf<'_>> = empty.iter().filter(is_refused).copied().collect();
        let Some(lead) = hurt.first() else { continue };
        let severity = consequence::severity(&refused, targets).map_or(Severity::Info, |s| s.min(RULE.severity));
        let mut finding = fields::finding(&RULE, evidence, &hurt, severity, "empty");
        finding.title =
            format!("{id} writes an empty `{}`, which the server fills in and never lets change", lead.field);
        finding.steps = fields::trace(phase, Default::default(), finding.primary, "writes nothing into the field");
        finding.effects.push(Effect { operation: "upgrade", says: consequence::words(&known) });
        finding.versions = format!("Kubernetes {} of {}", consequence::ranges(&refused), targets.kubernetes);
        finding.help = format!(
            "leave the field out where there is nothing to write: `{{{{- with .Values.… }}}}` around `{}`",
            lead.field
        );
        findings.push(finding);
    }
}
