//! A value that is drawn anew by every upgrade.

use super::{Evidence, Rule, words};
use crate::finding::{Finding, Severity};
use crate::lifecycle::{ObjectChange, PhaseKind};

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
    for group in groups {
        let lead = group[0];
        let id = &lead.difference.id;
        let field = lead.field().field;
        let is_secret = id.kind == "Secret" && (field.starts_with("data") || field.starts_with("stringData"));
        let severity = if is_secret { Severity::Error } else { Severity::Warning };
        let mut finding = words::finding(&RULE, evidence, &group, severity);
        finding.title = format!("{id} gets a new random `{field}` on every upgrade");
        finding.help = if is_secret {
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
