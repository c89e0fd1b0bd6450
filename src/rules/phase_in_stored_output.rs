//! The phase of the release decides something in an object that is stored.

use super::story::{Story, Why};
use super::{Deployer, Evidence, Rule, words};
use crate::finding::{Effect, Finding, Severity};

pub static RULE: Rule = Rule {
    name: "phase-in-stored-output",
    severity: Severity::Warning,
    summary: "IsInstall, IsUpgrade or Revision decides about a field of an object that is no hook",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let groups = evidence.take_all_once(|s: &Story| s.why == Why::Phase && s.path().is_some() && !s.difference.is_hook);
    for group in groups {
        let lead = group[0];
        let id = &lead.difference.id;
        let severity = if evidence.targets.asks_for(Deployer::ArgoCd) { Severity::Warning } else { Severity::Info };
        let mut finding = words::finding(&RULE, evidence, &group, severity);
        finding.title = format!("{id} has `{}` by the phase of the release: {}", lead.field().field, words::when(lead));
        if evidence.targets.counts(Deployer::ArgoCd) {
            let says = "Argo CD: always what a first install gets, revision 1";
            finding.effects.push(Effect { operation: "offline", says: says.into() });
        }
        finding.help = "let a value decide; what only an upgrade has to do belongs into a hook".into();
        findings.push(finding);
    }
}
