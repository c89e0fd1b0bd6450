//! An object whose name is another one at every render.

use super::story::{Story, Why};
use super::{Deployer, Evidence, Rule, words};
use crate::finding::{Effect, FieldAt, Finding, Severity};
use crate::lifecycle::ObjectChange;
use std::collections::BTreeSet;

pub static RULE: Rule = Rule {
    name: "object-name-unstable",
    severity: Severity::Error,
    summary: "an object is named by chance, the clock or the revision: every upgrade deletes it and makes another",
    check,
};

/// Kinds that run once: a new name is how some charts make them run again.
const RUNS: [&str; 2] = ["Job", "Pod"];
/// Kinds that hold nothing but what the chart renders: the new one is as good as the old one.
const HOLDS_NOTHING: [&str; 2] = ["ConfigMap", "CronJob"];

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let life = evidence.life;
    let is_wanted =
        |s: &Story| s.path().is_none() && !s.difference.is_hook && s.name_from(life).is_some() && !life.previous;
    let mut told = BTreeSet::new();
    // One object leaves and another one comes: the one that leaves is told.
    let mut groups = evidence.take(is_wanted);
    groups.sort_by_key(|group| (group[0].phases, group[0].difference.change != ObjectChange::Removed));
    for group in groups {
        let lead = group[0];
        let Some((why, origin, place)) = lead.name_from(life) else { continue };
        if !told.insert((lead.difference.id.kind.clone(), place)) {
            continue;
        }
        let id = &lead.difference.id;
        let named = Story { why, origin, guard: None, primary: place, ..lead.clone() };
        let mut finding = words::finding(&RULE, evidence, &[&named], severity(evidence, &named));
        finding.title = format!("{id} gets another name on every upgrade, because of {}", words::why(&named));
        finding.fields = vec![FieldAt { field: "metadata.name".into(), span: place }];
        let runs = RUNS.contains(&id.kind.as_str());
        let says = if runs {
            "deletes it, and runs it again under another name"
        } else {
            "deletes it, and creates another one in its place"
        };
        finding.effects = vec![Effect { operation: "upgrade", says: says.into() }];
        if !matches!(why, Why::Phase) && evidence.targets.counts(Deployer::ArgoCd) {
            let says = "Argo CD: another object at every render, out of sync for ever";
            finding.effects.push(Effect { operation: "offline", says: says.into() });
        }
        finding.help = if runs {
            format!(
                "to run a {} with every upgrade, make it a hook: `helm.sh/hook: post-install,post-upgrade`",
                id.kind
            )
        } else {
            "name it after the release; where the name has to change with the content, put a digest of the content \
             into it"
                .into()
        };
        findings.push(finding);
    }
}

fn severity(evidence: &Evidence<'_>, story: &Story) -> Severity {
    let is_counted = story.why == Why::Phase;
    match (RUNS.contains(&story.difference.id.kind.as_str()), is_counted) {
        (false, _) if HOLDS_NOTHING.contains(&story.difference.id.kind.as_str()) => Severity::Warning,
        (false, _) => Severity::Error,
        // Helm leaves it at what was wanted; Argo CD never gets in sync.
        (true, false) if evidence.targets.asks_for(Deployer::ArgoCd) => Severity::Warning,
        (true, _) => Severity::Info,
    }
}
