//! A workload has a number of replicas while an autoscaler of the same chart sets it.

use super::fields::{self, leaves_at};
use super::{Evidence, Rule};
use crate::finding::{Effect, Finding, Severity};
use crate::manifest::Object;

pub static RULE: Rule = Rule {
    name: "replicas-fight-autoscaler",
    severity: Severity::Warning,
    summary: "`replicas` is rendered while the chart's own autoscaler sets it: every upgrade scales back",
    check,
};

/// Kind and name of what an autoscaler scales.
fn scaled(object: &Object) -> Option<(String, String)> {
    let target = |path: &[&str]| {
        let target = fields::at(&object.node, path)?;
        let kind = fields::text(target, &["kind"]);
        Some((kind, fields::text(target, &["name"])))
    };
    match (object.id.group(), object.id.kind.as_str()) {
        ("autoscaling", "HorizontalPodAutoscaler") => target(&["spec", "scaleTargetRef"]),
        ("keda.sh", "ScaledObject") => {
            let (kind, name) = target(&["spec", "scaleTargetRef"])?;
            Some((if kind.is_empty() { "Deployment".into() } else { kind }, name))
        }
        _ => None,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let Some(phase) = evidence.current() else { return };
    for scaler in phase.objects.iter().filter(|object| !object.is_hook()) {
        let Some((kind, name)) = scaled(scaler) else { continue };
        let is_target = |o: &Object| {
            !o.is_hook() && o.id.kind == kind && o.id.name == name && o.id.namespace == scaler.id.namespace
        };
        let Some(object) = phase.objects.iter().find(|o| is_target(o)) else { continue };
        let leaves = leaves_at(phase, object, &["spec", "replicas"]);
        let Some(leaf) = leaves.iter().find(|leaf| !leaf.node.is_null()) else { continue };
        let shown = fields::shown(object, &leaf.node.span);
        let id = &object.id;
        let mut finding = fields::finding(&RULE, evidence, &[leaf], Severity::Warning, "autoscaler");
        finding.title = format!("{id} renders `spec.replicas` while {} sets it", scaler.id);
        finding.steps = fields::trace(phase, Default::default(), finding.primary, "is written in every phase");
        finding.effects.push(Effect {
            operation: "upgrade",
            says: format!("sets {shown} again, whatever the autoscaler had set"),
        });
        finding.help =
            "write `replicas` only where the autoscaler is off: `{{- if not .Values.autoscaling.enabled }}`".into();
        findings.push(finding);
    }
}
