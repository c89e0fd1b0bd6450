//! With two versions of a chart: a change that API servers refuse.

use super::consequence::{self, Update};
use super::{Evidence, Rule, story, words};
use crate::finding::{Effect, FieldAt, Finding, ObjectRef, Severity};
use crate::kube::VersionRange;
use crate::lifecycle::{self, Difference, ObjectChange, Phase, PhaseKind};
use crate::manifest::Object;
use crate::source::Span;

pub static RULE: Rule = Rule {
    name: "immutable-change-between-versions",
    severity: Severity::Error,
    summary: "with two charts: an immutable field differs, so that releases cannot be upgraded or cannot go back",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let life = evidence.life;
    let (true, Some(upgrade)) = (life.previous, life.phase(PhaseKind::Upgrade)) else { return };
    let range = evidence.targets.kubernetes;
    let differences = life.phase(PhaseKind::Install).map_or_else(Vec::new, |old| lifecycle::differences(old, upgrade));
    for object in upgrade.objects.iter().filter(|o| !o.is_hook()) {
        let is_told = findings
            .iter()
            .any(|f| f.object.as_ref().is_some_and(|o| o.kind == object.id.kind && o.name == object.id.name));
        if is_told {
            continue;
        }
        let mut effects = Vec::new();
        let mut refused = Vec::new();
        for (name, from, to) in
            [("upgrade", PhaseKind::Install, PhaseKind::Upgrade), ("rollback", PhaseKind::Upgrade, PhaseKind::Install)]
        {
            let update = Update::new(life, &object.id, from, to);
            let known = consequence::refusals(update.as_ref(), VersionRange::ALL, &evidence.targets.modes);
            if !known.is_empty() {
                effects.push(Effect { operation: name, says: consequence::words(&known) });
            }
            refused.extend(consequence::refusals(update.as_ref(), range, &evidence.targets.modes));
        }
        let Some(severity) = consequence::severity(&refused, evidence.targets) else { continue };
        let id = &object.id;
        let mut fields: Vec<String> = refused.iter().flat_map(|r| r.fields.iter().cloned()).collect();
        fields.sort();
        fields.dedup();
        let span = place(&differences, upgrade, object, &fields);
        let mut finding = words::problem(&RULE, evidence, severity, span);
        let operations: Vec<&str> = effects.iter().map(|e| e.operation).collect();
        finding.title = format!("{id} changes {}: {} refused", fields.join(", "), operations.join(" and "));
        finding.object = Some(ObjectRef {
            api_version: id.api_version.clone(),
            kind: id.kind.clone(),
            namespace: id.namespace.clone(),
            name: id.name.clone(),
        });
        finding.fields = fields.into_iter().map(|field| FieldAt { field, span }).collect();
        finding.effects = effects;
        finding.help = format!(
            "keep the field as it was, or give the new object another name; a release in between needs \
             `kubectl delete {} {}` first",
            id.kind.to_lowercase(),
            id.name
        );
        finding.cause = "versions".into();
        findings.push(finding);
    }
}

/// What writes the first of the fields that differ, else the object.
fn place(differences: &[Difference], phase: &Phase, object: &Object, fields: &[String]) -> Span {
    let is_refused = |field: &str| fields.iter().any(|f| f.starts_with(field) || field.starts_with(f.as_str()));
    let field = differences.iter().filter(|d| d.id == object.id).find_map(|d| match (&d.change, &d.to) {
        (ObjectChange::Field { field, .. }, Some((_, range))) if is_refused(field) => Some(range),
        _ => None,
    });
    story::written_at(&phase.rendering, &object.text, field.unwrap_or(&object.node.span))
}
