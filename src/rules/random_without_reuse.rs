//! A value that is drawn anew by every upgrade.

use super::story::Story;
use super::{Evidence, Rule, words};
use crate::finding::{Finding, Severity};
use crate::lifecycle::{ObjectChange, PhaseKind};
use crate::value::origin::Cause;

pub static RULE: Rule = Rule {
    name: "random-without-reuse",
    severity: Severity::Error,
    summary: "a random credential, certificate or other value is drawn anew by every upgrade",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let groups = evidence.take(|story| {
        evidence.is_drawn(story)
            && story.phases == (PhaseKind::Install, PhaseKind::Upgrade)
            && matches!(story.difference.change, ObjectChange::Field { .. })
            && !story.difference.is_hook
    });
    // What is drawn is the same in the next upgrade: said once.
    let _ = evidence.take(|story| evidence.is_drawn(story) && story.phases.0 == PhaseKind::Upgrade);
    for group in by_object(groups) {
        let lead = group[0];
        let id = &lead.difference.id;
        let field = lead.field().field;
        let is_secret = id.kind == "Secret" && (field.starts_with("data") || field.starts_with("stringData"));
        let is_resigned = is_resigned(evidence, &group);
        let severity = if is_secret && !is_resigned { Severity::Error } else { Severity::Warning };
        let mut finding = words::finding(&RULE, evidence, &group, severity);
        finding.title = format!("{id} gets a new random `{field}` on every upgrade");
        finding.help = if is_resigned {
            "keep the certificate and its key together with the authority: who trusts the authority trusts the new one too, \
             but pods hold the old one until they restart"
                .to_string()
        } else if is_secret {
            format!(
                "take the value from the user first, then from the live {} \
                 (`(lookup \"v1\" \"Secret\" .Release.Namespace \"{}\").data`, each key for itself), and draw one only \
                 when both are missing; renderers without a cluster need the user's value",
                id.kind, id.name
            )
        } else {
            "let a value decide, or derive it from something that stays (the release's name, a checksum of the input)"
                .to_string()
        };
        findings.push(finding);
    }
}

/// Whatever is drawn in one object is mended together, whatever lookup was made before.
fn by_object(groups: Vec<Vec<&Story>>) -> Vec<Vec<&Story>> {
    let mut merged: Vec<Vec<&Story>> = Vec::new();
    for group in groups {
        match merged.iter_mut().find(|other| other[0].difference.id == group[0].difference.id) {
            Some(other) => other.extend(group),
            None => merged.push(group),
        }
    }
    merged
}

/// A certificate that a kept authority signs anew, and its key.
fn is_resigned(evidence: &Evidence<'_>, group: &[&Story]) -> bool {
    let is_of_certificate = |story: &Story| {
        let Some(phase) = evidence.life.phase(story.told_by) else { return false };
        let rt = &phase.rendering.rt;
        rt.arena.causes(story.origin).all(|cause| match cause {
            Cause::Random { draw } => rt.draws.get(*draw).is_some_and(|draw| draw.function.contains("SignedCert")),
            _ => true,
        })
    };
    let has_found = |story: &Story| {
        let Some(phase) = evidence.life.phase(story.told_by) else { return false };
        let rt = &phase.rendering.rt;
        rt.arena.causes(story.origin).any(|cause| match cause {
            Cause::Lookup { call, .. } => rt.lookups.get(*call).is_some_and(|call| call.found),
            _ => false,
        })
    };
    group.iter().all(|story| is_of_certificate(story)) && group.iter().any(|story| has_found(story))
}
