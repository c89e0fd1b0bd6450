//! A field that the API server never lets change is drawn, timed or decided by the phase.

use super::consequence::{self, Update};
use super::story::{Story, Why};
use super::{Evidence, Rule, words};
use crate::finding::{Effect, Finding, Severity};
use crate::kube::VersionRange;
use crate::manifest::ObjectId;
use std::collections::BTreeSet;

pub static RULE: Rule = Rule {
    name: "immutable-field-unstable",
    severity: Severity::Error,
    summary: "an immutable field is filled from chance, the clock, the revision or the phase: upgrades are refused",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let life = evidence.life;
    let is_candidate = |s: &Story| !matches!(s.why, Why::Lookup(_)) && !s.difference.is_hook && s.path().is_some();
    let key = |s: &Story| (s.difference.id.clone(), words::cause(life, s));
    // The siblings of an immutable field that have the same cause belong to its finding.
    let objects: BTreeSet<(ObjectId, String)> = evidence
        .stories
        .iter()
        .filter(|story| is_candidate(story) && consequence::is_immutable(life, story))
        .map(key)
        .collect();
    for mut group in evidence.take_once(|story| is_candidate(story) && objects.contains(&key(story))) {
        group.sort_by_key(|story| !consequence::is_immutable(life, story));
        let lead = group[0];
        let id = &lead.difference.id;
        let (from, to) = lead.phases;
        let upgrade = Update::new(life, id, from, to);
        let refused = consequence::refusals(upgrade.as_ref(), evidence.targets.kubernetes, &evidence.targets.modes);
        let known = consequence::refusals(upgrade.as_ref(), VersionRange::ALL, &evidence.targets.modes);
        let severity = consequence::severity(&refused, evidence.targets).unwrap_or(Severity::Info);
        let field = lead.field().field;
        let mut finding = words::finding(&RULE, evidence, &group, severity);
        finding.title =
            format!("{id} gets `{field}` from {} {}: the field is immutable", words::why(lead), words::when(lead));
        if !known.is_empty() {
            let says = consequence::words(&known);
            match finding.effects.iter_mut().find(|effect| effect.operation == to.name()) {
                Some(effect) => effect.says = format!("{} - {says}", effect.says),
                None => finding.effects.push(Effect { operation: to.name(), says }),
            }
        }
        let range = evidence.targets.kubernetes;
        finding.versions = if refused.is_empty() {
            format!("none of {range} is known to refuse it")
        } else {
            format!("Kubernetes {} of {range}", consequence::ranges(&refused))
        };
        let kind = id.kind.to_lowercase();
        finding.help = format!(
            "let a value decide, or derive `{field}` from something that stays, such as the release's name\n\
             a release that is stuck: upgrade to a chart that writes into `{field}` what the live {} has there, or \
             `kubectl delete {kind} {}` first",
            id.kind, id.name
        );
        findings.push(finding);
    }
}
