//! A certificate and the authority that is published for it come from different draws.

use super::fields::{self, Leaf};
use super::story::Why;
use super::{Evidence, Rule, words};
use crate::finding::{Effect, Finding, Severity};
use crate::lifecycle::{Phase, PhaseKind};
use crate::manifest::{HookEvent, ObjectId};
use crate::source::Span;
use crate::value::origin::Cause;
use std::collections::BTreeSet;

pub static RULE: Rule = Rule {
    name: "certificate-split",
    severity: Severity::Error,
    summary: "an authority and its certificate are drawn apart, or one of them is kept and the other is not: they do not match",
    check,
};

/// A field that holds a certificate or a key that was drawn.
struct Part<'a> {
    leaf: Leaf<'a>,
    draws: BTreeSet<u32>,
    is_key: bool,
}

const KEYS: [&str; 4] =
    ["PRIVATE KEY-----", "LS0tLS1CRUdJTiBSU0EgUFJJ", "LS0tLS1CRUdJTiBQUklWQVRF", "LS0tLS1CRUdJTiBFQyBQUklW"];

/// The certificates and keys of a phase.
fn parts<'a>(phase: &'a Phase) -> Vec<Part<'a>> {
    let draws = &phase.rendering.rt.draws;
    let is_certificate = |draw: u32| {
        let function = draws.get(draw).map_or("", |draw| draw.function);
        function.starts_with("genCA") || function.contains("SignedCert")
    };
    let mut parts = Vec::new();
    if !draws.numbered().any(|(draw, _)| is_certificate(draw)) {
        return parts;
    }
    for object in phase.objects.iter().filter(|object| phase.varies(object)) {
        for (field, node) in fields::leaves(&object.node, "") {
            let leaf = Leaf { field, node, object, phase };
            let mut draws = BTreeSet::new();
            for origin in leaf.origins().into_iter().filter(|origin| !fields::is_digest(phase, *origin)) {
                draws.extend(phase.rendering.rt.arena.causes(origin).filter_map(|cause| match cause {
                    Cause::Random { draw } if is_certificate(*draw) => Some(*draw),
                    _ => None,
                }));
            }
            if !draws.is_empty() {
                let shown = String::from_utf8_lossy(leaf.bytes()).into_owned();
                let is_key = KEYS.iter().any(|key| shown.contains(key));
                parts.push(Part { leaf, draws, is_key });
            }
        }
    }
    parts
}

/// The parts that belong together: those that share a draw, directly or by way of others.
fn families<'a>(parts: Vec<Part<'a>>) -> Vec<Vec<Part<'a>>> {
    let mut families: Vec<(BTreeSet<u32>, Vec<Part<'a>>)> = Vec::new();
    for part in parts {
        let (same, mut others): (Vec<_>, Vec<_>) =
            families.into_iter().partition(|(draws, _)| !draws.is_disjoint(&part.draws));
        let mut joined = (part.draws.clone(), Vec::new());
        for (draws, parts) in same {
            joined.0.extend(draws);
            joined.1.extend(parts);
        }
        joined.1.push(part);
        others.push(joined);
        families = others;
    }
    families.into_iter().map(|(_, parts)| parts).collect()
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let Some(install) = evidence.whole(PhaseKind::Install).filter(|_| !evidence.life.previous) else { return };
    let families = families(parts(install));
    drawn_apart(evidence, install, &families, findings);
    if let Some(upgrade) = evidence.whole(PhaseKind::Upgrade) {
        for family in &families {
            kept_in_part(evidence, upgrade, family, findings);
        }
    }
}

/// A certificate is published whose key is nowhere, and another one was drawn at the same place.
fn drawn_apart(evidence: &Evidence<'_>, phase: &Phase, families: &[Vec<Part<'_>>], findings: &mut Vec<Finding>) {
    let sites = |family: &[Part<'_>]| -> BTreeSet<Span> {
        let draws = family.iter().flat_map(|part| &part.draws);
        draws.filter_map(|draw| phase.rendering.rt.draws.get(*draw).map(|draw| draw.span)).collect()
    };
    for family in families.iter().filter(|family| family.iter().all(|part| !part.is_key)) {
        let here = sites(family);
        let other =
            families.iter().find(|other| other.iter().any(|part| part.is_key) && !sites(other).is_disjoint(&here));
        let (Some(part), Some(other)) = (family.first(), other) else { continue };
        let Some(key) = other.iter().find(|part| part.is_key) else { continue };
        let leaves: Vec<&Leaf<'_>> = family.iter().map(|part| &part.leaf).collect();
        let mut finding = fields::finding(&RULE, evidence, &leaves, Severity::Error, "drawn apart");
        let (id, holder) = (&part.leaf.object.id, &key.leaf.object.id);
        finding.title =
            format!("{id} publishes in `{}` a certificate that is not the one of {holder}", part.leaf.field);
        // That they differ from render to render is part of it.
        let _ = evidence.take(|story| {
            let is_of =
                |leaf: &&Leaf<'_>| leaf.object.id == story.difference.id && story.path() == Some(leaf.field.as_str());
            evidence.is_drawn(story) && leaves.iter().any(is_of)
        });
        let origin = part.leaf.origin_with(|cause| matches!(cause, Cause::Random { .. })).unwrap_or_default();
        finding.steps = fields::trace(phase, origin, finding.primary, "is drawn here, once for each that asks");
        let says =
            format!("the key of another draw is in {holder}: whoever trusts this certificate does not trust that one");
        finding.effects.push(Effect { operation: "every render", says });
        finding.help = help();
        findings.push(finding);
    }
}

/// What becomes of a part on upgrade.
#[derive(PartialEq, Eq)]
enum Fate {
    Kept,
    Drawn,
    Else,
}

fn fate(evidence: &Evidence<'_>, upgrade: &Phase, part: &Part<'_>) -> Fate {
    let object = part.leaf.object;
    let runs_on_upgrade = object.events.iter().any(|e| matches!(e, HookEvent::PreUpgrade | HookEvent::PostUpgrade));
    if object.is_hook() {
        let is_installed = object.events.iter().any(|e| matches!(e, HookEvent::PreInstall | HookEvent::PostInstall));
        return if is_installed && !runs_on_upgrade { Fate::Kept } else { Fate::Else };
    }
    let Some(now) = upgrade.objects.iter().find(|o| !o.is_hook() && o.id == object.id) else {
        return if object.is_kept() { Fate::Kept } else { Fate::Else };
    };
    let leaves = fields::leaves(&now.node, "");
    let Some((field, node)) = leaves.into_iter().find(|(field, _)| *field == part.leaf.field) else {
        return Fate::Else;
    };
    let leaf = Leaf { field, node, object: now, phase: upgrade };
    let causes = leaf.causes();
    let is_found = |cause: &&&Cause| match cause {
        Cause::Lookup { call, path } => {
            !path.is_none() && upgrade.rendering.rt.lookups.get(*call).is_some_and(|call| call.found)
        }
        _ => false,
    };
    // A key says nothing of who signs: its certificate does.
    let shares = |other: &Part<'_>| {
        causes.iter().any(|cause| matches!(cause, Cause::Random { draw } if other.draws.contains(draw)))
            && other.leaf.causes().iter().any(|cause| is_found(&cause))
    };
    if part.is_key && parts(upgrade).iter().any(shares) {
        return Fate::Else;
    }
    let is_looked_up = causes.iter().any(|cause| is_found(&cause));
    let is_drawn = causes.iter().any(|cause| matches!(cause, Cause::Random { .. }));
    let differs = evidence.stories.iter().any(|s| {
        s.phases.0 == PhaseKind::Install
            && s.difference.id == object.id
            && matches!(s.why, Why::Random(_))
            && s.path() == Some(leaf.field.as_str())
    });
    match (is_looked_up, is_drawn) {
        (true, false) => Fate::Kept,
        (false, true) if differs => Fate::Drawn,
        // Signed anew by what is kept.
        _ => Fate::Else,
    }
}

/// One part of what belongs together is kept on upgrade, another is drawn.
fn kept_in_part(evidence: &Evidence<'_>, upgrade: &Phase, family: &[Part<'_>], findings: &mut Vec<Finding>) {
    let fates: Vec<(Fate, &Part<'_>)> = family.iter().map(|part| (fate(evidence, upgrade, part), part)).collect();
    let Some((_, kept)) = fates.iter().find(|(fate, _)| *fate == Fate::Kept) else { return };
    let drawn: BTreeSet<(ObjectId, &str)> = fates
        .iter()
        .filter(|(fate, _)| *fate == Fate::Drawn)
        .map(|(_, part)| (part.leaf.object.id.clone(), part.leaf.field.as_str()))
        .collect();
    let groups = evidence.take(|story| {
        matches!(story.why, Why::Random(_))
            && story.phases == (PhaseKind::Install, PhaseKind::Upgrade)
            && story.path().is_some_and(|path| drawn.contains(&(story.difference.id.clone(), path)))
    });
    for group in groups {
        let lead = group[0];
        let mut finding = words::finding(&RULE, evidence, &group, Severity::Error);
        let from = &kept.leaf.object.id;
        let whose = if *from == lead.difference.id { String::new() } else { format!(" of {from}") };
        finding.title = format!(
            "{} draws `{}` anew on upgrade, while `{}`{whose} is kept",
            lead.difference.id,
            lead.field().field,
            kept.leaf.field
        );
        finding.help = help();
        findings.push(finding);
    }
}

fn help() -> String {
    "draw authority and certificate in one place and keep them together: one lookup of the Secret decides about all of its \
     parts, and what is published elsewhere (`caBundle`) is taken from the same variable, in the same file"
        .into()
}
