//! A value that is drawn anew by every upgrade.

use super::story::Story;
use super::{Deployer, Evidence, Rule, documents, words};
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
    let depends_on_brought = |story: &Story| is_kept_in_brought(evidence, story);
    for mut group in by_object(groups) {
        group.retain(|story| !depends_on_brought(story));
        if group.is_empty() {
            continue;
        }
        // A hash with a new salt is the least of what is drawn.
        group.sort_by_key(|story| is_salted(evidence, story));
        let lead = group[0];
        let id = &lead.difference.id;
        let field = lead.field().field;
        let is_secret = id.kind == "Secret" && (field.starts_with("data") || field.starts_with("stringData"));
        let is_resigned = is_resigned(evidence, &group);
        let is_salted = group.iter().all(|story| is_salted(evidence, story));
        let severity = match is_salted {
            true if evidence.targets.asks_for(Deployer::ArgoCd) => Severity::Warning,
            true => Severity::Info,
            false if is_secret && !is_resigned => Severity::Error,
            false => Severity::Warning,
        };
        let is_certificate = group.iter().all(|story| is_of_certificate(evidence, story));
        let mut finding = words::finding(&RULE, evidence, &group, severity);
        let what = if is_salted { "salt in" } else { "random" };
        finding.title = format!("{id} gets a new {what} `{field}` on every upgrade");
        finding.help = if is_salted {
            "the password stays and its hash is another one: nobody is locked out, but the object differs at every render; \
             keep the live hash, or let a value give it"
                .to_string()
        } else if is_resigned {
            "keep the certificate and its key together with the authority: who trusts the authority trusts the new one too, \
             but pods hold the old one until they restart"
                .to_string()
        } else if is_secret && is_certificate {
            format!(
                "keep all of it or draw all of it: where the live {} \
                 (`(lookup \"v1\" \"Secret\" .Release.Namespace \"{}\").data`) has a certificate, take that, its key and its \
                 authority from there, and draw them together only where there is none; let values, or a Secret that the \
                 user names, give them to renderers without a cluster",
                id.kind, id.name
            )
        } else if is_secret {
            format!(
                "take the value from the user first, then from the live {} \
                 (`(lookup \"v1\" \"Secret\" .Release.Namespace \"{}\").data`, each key for itself), and draw one only \
                 when both are missing; renderers without a cluster need the user's value",
                id.kind, id.name
            )
        } else if is_certificate {
            "keep the authority with its certificate in a Secret, all of it by one lookup, and write that same authority \
             here: until pods have the new certificate, what trusts only the new authority refuses them"
                .to_string()
        } else {
            "let a value decide, or derive it from something that stays (the release's name, a checksum of the input)"
                .to_string()
        };
        findings.push(finding);
    }
}

/// Whether nothing is drawn but the salt of a hash: the password that is hashed stays.
pub fn is_salted(evidence: &Evidence<'_>, story: &Story) -> bool {
    is_all_drawn_by(evidence, story, &["bcrypt", "htpasswd"])
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

/// A certificate that an authority signs anew which stays, and its key: no authority is drawn.
fn is_resigned(evidence: &Evidence<'_>, group: &[&Story]) -> bool {
    group.iter().all(|story| is_all_drawn_by(evidence, story, &["genSignedCert", "genSignedCertWithKey"]))
}

/// Authorities, certificates and their keys, and nothing else.
fn is_of_certificate(evidence: &Evidence<'_>, story: &Story) -> bool {
    let drawn = drawn_by(evidence, story);
    !drawn.is_empty() && drawn.iter().all(|function| function.starts_with("genCA") || function.contains("SignedCert"))
}

/// A value that is drawn for want of an object that the values of a made-up world name: who passes the name has it.
fn is_kept_in_brought(evidence: &Evidence<'_>, story: &Story) -> bool {
    let Some(phase) = evidence.life.phase(story.told_by) else { return false };
    let rt = &phase.rendering.rt;
    let mut lookups = rt.arena.causes(story.origin).filter_map(|cause| match cause {
        Cause::Lookup { call, .. } => rt.lookups.get(*call),
        _ => None,
    });
    lookups.any(|lookup| documents::is_brought(evidence.life, phase, lookup))
}

fn is_all_drawn_by(evidence: &Evidence<'_>, story: &Story, functions: &[&str]) -> bool {
    let drawn = drawn_by(evidence, story);
    !drawn.is_empty() && drawn.iter().all(|function| functions.contains(function))
}

/// The functions that draw what is in a value.
fn drawn_by(evidence: &Evidence<'_>, story: &Story) -> Vec<&'static str> {
    let Some(phase) = evidence.life.phase(story.told_by) else { return Vec::new() };
    let rt = &phase.rendering.rt;
    let draw = |cause: &Cause| match cause {
        Cause::Random { draw } => rt.draws.get(*draw).map(|draw| draw.function),
        _ => None,
    };
    rt.arena.causes(story.origin).filter_map(draw).collect()
}
