//! A checksum over text that differs from render to render.

use super::story::Story;
use super::{Evidence, Rule, fields, words};
use crate::finding::{Finding, Severity};

pub static RULE: Rule = Rule {
    name: "checksum-of-unstable",
    severity: Severity::Warning,
    summary: "a checksum is made over a template that draws values or reads the cluster: upgrades restart pods for nothing",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let life = evidence.life;
    let is_wanted = |s: &Story| {
        let is_place =
            |path: &str| path.contains("annotations") || path.contains("labels") || path.starts_with("spec.template.");
        !s.difference.is_hook
            && s.path().is_some_and(is_place)
            && life.phase(s.told_by).is_some_and(|phase| fields::is_digest(phase, s.origin))
    };
    for group in evidence.take_once(is_wanted) {
        let lead = group[0];
        let id = &lead.difference.id;
        let restarts = super::pod_template_unstable::is_pod_template(lead);
        let severity = if restarts { Severity::Warning } else { Severity::Info };
        let mut finding = words::finding(&RULE, evidence, &group, severity);
        let consequence = if restarts { ": its pods restart" } else { "" };
        finding.title = format!(
            "{id} has a checksum in `{}` that {} changes{consequence} on {}",
            lead.field().field,
            words::why(lead),
            lead.phases.1.name()
        );
        finding.help =
            "make the checksum over what decides, the values (`.Values.auth | toJson | sha256sum`), or keep what is \
                        drawn; a Secret whose content is kept still changes its text when the lookup first finds it"
                .into();
        findings.push(finding);
    }
}
