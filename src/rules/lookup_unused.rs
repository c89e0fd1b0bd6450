//! The result of a lookup is never used.

use super::flow::Place;
use super::{Evidence, Rule, words};
use crate::engine::LookupCall;
use crate::finding::{Finding, Severity};
use crate::lifecycle::PhaseKind;
use std::collections::BTreeMap;

pub static RULE: Rule = Rule {
    name: "lookup-unused",
    severity: Severity::Info,
    summary: "a lookup's result is never used, or the same object is asked for again and again",
    check,
};

/// As many equal requests in one render are worth a word: each goes to the API server.
const MANY: usize = 10;

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    for flow in evidence.flows() {
        for site in &flow.sites {
            let Place::Variable(number) = site.place else { continue };
            let Some(variable) = flow.variables.get(number).filter(|variable| *variable.name != *"$_") else {
                continue;
            };
            if flow.reads_of(number).next().is_some() {
                continue;
            }
            let kind = site.literal(1).unwrap_or("an object");
            let title = format!("the lookup of {kind} is kept in {}, which nobody reads", variable.name);
            let help = "take it out: it costs a request, and installers need the right to read the object";
            findings.push(words::of_text(&RULE, evidence, site.span, (title, help.into())));
        }
    }
    let Some(phase) = evidence.life.phase(PhaseKind::Install) else { return };
    let mut calls: BTreeMap<_, Vec<&LookupCall>> = BTreeMap::new();
    for lookup in phase.rendering.rt.lookups.iter() {
        calls.entry(&lookup.query).or_default().push(lookup);
    }
    for (query, calls) in calls.iter().filter(|(_, calls)| calls.len() >= MANY) {
        let Some(first) = calls.first() else { continue };
        let mut finding = words::problem(&RULE, evidence, Severity::Info, first.span);
        finding.title = format!("one render looks {} up {} times", words::asked(query), calls.len());
        finding.help =
            "nothing is remembered between lookups, each is a request: look it up once and hand the result on".into();
        finding.cause = words::query(query);
        findings.push(finding);
    }
}
