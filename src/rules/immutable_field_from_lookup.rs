//! A field that the API server never lets change, or only sets once, is filled from a lookup.

use super::consequence::{self, Refusal, Update};
use super::story::Why;
use super::{Evidence, Rule, Targets, words};
use crate::finding::{Effect, Finding, Severity};
use crate::kube::{self, KubeVersion, VersionRange};
use crate::lifecycle::{Life, PhaseKind};
use crate::manifest::ObjectId;
use crate::rollback::{self, Stuck};
use std::collections::BTreeSet;

pub static RULE: Rule = Rule {
    name: "immutable-field-from-lookup",
    severity: Severity::Error,
    summary: "an immutable field is filled from a lookup: absent on install, there on upgrade, null on rollback",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let life = evidence.life;
    let is_candidate =
        |s: &super::Story| matches!(s.why, Why::Lookup(_)) && s.phases.0 == PhaseKind::Install && !s.difference.is_hook;
    // The siblings of an immutable field that come from the same lookup belong to its finding.
    let objects: BTreeSet<(ObjectId, String)> = evidence
        .stories
        .iter()
        .filter(|story| is_candidate(story) && consequence::is_immutable(life, story))
        .map(|story| (story.difference.id.clone(), words::cause(life, story)))
        .collect();
    let groups = evidence.take(|story| {
        is_candidate(story) && objects.contains(&(story.difference.id.clone(), words::cause(life, story)))
    });
    for mut group in groups {
        let id = group[0].difference.id.clone();
        group.sort_by_key(|story| !consequence::is_immutable(life, story));
        let lead = group[0];
        let rollback = Update::new(life, &id, PhaseKind::Upgrade, PhaseKind::Install);
        let upgrade = Update::new(life, &id, PhaseKind::Install, PhaseKind::Upgrade);
        let all = VersionRange::ALL;
        let refusals =
            |update: &Option<Update>, range| consequence::refusals(update.as_ref(), range, &evidence.targets.modes);
        let range = evidence.targets.kubernetes;
        let mut refused = refusals(&rollback, range);
        refused.extend(refusals(&upgrade, range));
        let severity = consequence::severity(&refused, evidence.targets).unwrap_or(Severity::Info);
        let field = lead.field().field;
        let mut finding = words::finding(&RULE, evidence, &group, severity);
        finding.title = format!("{id} gets `{field}` from a lookup {}", words::when(lead));
        for (name, update, what) in [("upgrade", &upgrade, "sets it"), ("rollback", &rollback, "unsets it")] {
            let known = refusals(update, all);
            let says = if known.is_empty() {
                format!("{what}: every server that was asked takes it and keeps the value")
            } else {
                let is_refused = |version: &KubeVersion| known.iter().any(|r| r.range.contains(*version));
                let others = if kube::recorded().iter().all(is_refused) { "" } else { "; other versions take it" };
                format!("{what}: {}{others}", consequence::words(&known))
            };
            match finding.effects.iter_mut().find(|e| e.operation == name) {
                Some(effect) if !known.is_empty() => effect.says = format!("{} - {says}", effect.says),
                Some(_) => {}
                None => finding.effects.push(Effect { operation: name, says }),
            }
        }
        finding.effects.push(Effect {
            operation: "offline",
            says: "absent: helm template and Argo CD render without a cluster".into(),
        });
        finding.versions = if refused.is_empty() {
            format!("none of {range} refuses it")
        } else {
            format!("Kubernetes {} of {range}", consequence::ranges(&refused))
        };
        finding.help = help(&id, &field, &refused, life, evidence.targets);
        findings.push(finding);
    }
}

fn help(id: &ObjectId, field: &str, refused: &[Refusal], life: &Life, targets: &Targets) -> String {
    let instead = match id.kind.as_str() {
        "Service" | "PersistentVolumeClaim" => {
            "leave fields that the cluster fills in out of the template: an update that does not name them keeps them"
        }
        _ => "let a value decide what stands here, never a lookup",
    };
    if refused.is_empty() {
        return instead.into();
    }
    let world = &life.world;
    let namespace = match (kube::is_namespaced(&id.api_version, &id.kind), id.namespace.as_str()) {
        (false, _) => String::new(),
        (true, "") => world.namespace.clone(),
        (true, namespace) => namespace.into(),
    };
    let stuck = Stuck {
        id: id.clone(),
        namespace,
        release: world.release.clone(),
        release_namespace: world.namespace.clone(),
        mode: targets.modes.first().copied().unwrap_or_default(),
        // Which of these ways are open is for the two manifests to say.
        accepted: Vec::new(),
        takes_second_try: false,
        left: Vec::new(),
        fields: vec![field.into()],
    };
    let mut ways = rollback::ways(&stuck).into_iter().filter(|way| !way.commands.is_empty());
    // To delete a Service or a Job is cheap, and what else is deleted takes more along.
    let way = if matches!(id.kind.as_str(), "Service" | "Job") { ways.next() } else { ways.nth(1) };
    let Some(way) = way else { return instead.into() };
    let command = way.commands.first().map(|command| format!(" (`{command}`)")).unwrap_or_default();
    format!(
        "{instead}\na release that is stuck: {}{command}; {}\n`chartlint rollback` says which ways more there are",
        way.title, way.cost
    )
}
