//! With two versions of a chart: an object that holds data is in the old one only.

use super::{Evidence, Rule, documents, story, words};
use crate::finding::{Effect, Finding, Severity};
use crate::lifecycle::{ObjectChange, Phase, PhaseKind, varies};
use crate::manifest::Object;

pub static RULE: Rule = Rule {
    name: "object-lost-between-versions",
    severity: Severity::Warning,
    summary: "with two charts: an object that holds data is renamed or gone in the new one, and Helm deletes it",
    check,
};

/// What is lost with an object; `None` for objects that hold nothing.
fn loss(phase: &Phase, object: &Object) -> Option<&'static str> {
    let spec = object.node.field("spec");
    match object.id.kind.as_str() {
        "PersistentVolumeClaim" => Some("the claim, and with it its volume, unless the volume is retained"),
        "CustomResourceDefinition" => Some("the definition, and with it all custom resources of the kind"),
        "StatefulSet" if spec.is_some_and(|s| s.field("volumeClaimTemplates").is_some_and(|t| !t.is_null())) => {
            Some("the StatefulSet; its claims stay, and one of another name gets empty ones")
        }
        "Secret" => {
            // What values make is made again under the new name; what was drawn, or kept by a lookup, is not.
            let arena = &phase.rendering.rt.arena;
            let is_drawn = |key: &str| {
                let data = object.node.field(key)?;
                Some(crate::lifecycle::pieces_in(&object.text, &data.span).any(|piece| varies(arena, piece.origin)))
            };
            let drawn = ["data", "stringData"].iter().any(|key| is_drawn(key).unwrap_or(false));
            drawn.then_some("the Secret, with values that were drawn once")
        }
        _ => None,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let life = evidence.life;
    let (true, Some(old), Some(new)) = (life.previous, life.phase(PhaseKind::Install), life.phase(PhaseKind::Upgrade))
    else {
        return;
    };
    if new.rendering.error.is_some() || new.manifests.is_err() {
        return;
    }
    let is_in = |phase: &Phase, object: &Object| {
        phase.objects.iter().any(|o| !o.is_hook() && o.id.identity() == object.id.identity())
    };
    for object in old.objects.iter().filter(|o| !o.is_hook() && !o.is_kept() && !is_in(new, o)) {
        let Some(loss) = loss(old, object) else { continue };
        if documents::is_told(findings, &object.id) {
            continue;
        }
        let id = &object.id;
        let heir = new.objects.iter().find(|o| !o.is_hook() && o.id.kind == id.kind && !is_in(old, o));
        let primary = match heir {
            Some(heir) => story::written_at(&new.rendering, &heir.text, &heir.node.span),
            None => story::written_at(&old.rendering, &object.text, &object.node.span),
        };
        // What is drawn in either of them is no reason of its own.
        let is_either = |other: &crate::manifest::ObjectId| *other == *id || heir.is_some_and(|heir| heir.id == *other);
        let _ = evidence.take(|story| {
            !matches!(story.difference.change, ObjectChange::Field { .. }) && is_either(&story.difference.id)
        });
        let mut finding = words::problem(&RULE, evidence, Severity::Warning, primary);
        finding.object = Some(documents::object_ref(id));
        finding.title = match heir {
            Some(heir) => {
                format!("{id} of the old version may have become {}: the upgrade deletes the old one", heir.id)
            }
            None => format!("{id} of the old version is not in the new one: the upgrade deletes it"),
        };
        finding.effects = vec![
            Effect { operation: "upgrade", says: format!("deletes {loss}") },
            Effect { operation: "rollback", says: "creates an empty one".into() },
        ];
        let kind = id.kind.to_lowercase();
        finding.help = format!(
            "keep the name, or, before the upgrade, `kubectl annotate {kind} {} helm.sh/resource-policy=keep` and copy \
             what is in it",
            id.name
        );
        finding.cause = "versions".into();
        findings.push(finding);
    }
}
