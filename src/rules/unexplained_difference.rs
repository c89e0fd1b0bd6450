//! The catch-all: two phases differ and no other rule says why.

use super::story::Why;
use super::{Evidence, Rule, words};
use crate::finding::{Certainty, Finding, ObjectRef, Severity};
use crate::lifecycle::ObjectChange;
use crate::manifest::How;
use crate::source::Span;

pub static RULE: Rule = Rule {
    name: "unexplained-difference",
    severity: Severity::Warning,
    summary: "install and upgrade render different manifests, and no other rule says why",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    for group in evidence.take(|story| !story.difference.is_hook) {
        let lead = group[0];
        // What an object of somebody else's holds is not known: that a lookup finds it now says little.
        let is_known = !evidence.life.world.is_assumed() || !matches!(lead.why, Why::Lookup(_));
        let severity = if is_known { Severity::Warning } else { Severity::Info };
        let mut finding = words::finding(&RULE, evidence, &group, severity);
        let field = lead.field().field;
        let what = if field.is_empty() { String::new() } else { format!(" `{field}`") };
        let differs = match &lead.difference.change {
            ObjectChange::Field { how: How::Changed, .. } => {
                format!("differs between {} and {}", lead.phases.0.name(), lead.phases.1.name())
            }
            _ => format!("is there {}", words::when(lead)),
        };
        finding.title = format!("{}{what} {differs}, because of {}", lead.difference.id, words::why(lead));
        finding.help =
            "nobody asked for this change: with the same values an upgrade renders what the install rendered, \
                        unless the template asks the cluster, the phase, the clock or chance"
                .into();
        findings.push(finding);
    }
    for (a, b, difference) in evidence.unexplained.iter().filter(|(_, _, d)| !d.is_hook) {
        let id = &difference.id;
        findings.push(Finding {
            rule: RULE.name,
            severity: Severity::Warning,
            certainty: Certainty::Proved,
            title: format!("{id} differs between {} and {}, and chartlint cannot say why", a.name(), b.name()),
            chart: evidence.chart.into(),
            object: Some(ObjectRef {
                api_version: id.api_version.clone(),
                kind: id.kind.clone(),
                namespace: id.namespace.clone(),
                name: id.name.clone(),
            }),
            fields: Vec::new(),
            primary: Span::default(),
            steps: Vec::new(),
            effects: Vec::new(),
            versions: String::new(),
            help: "please report this chart: the provenance of this field was lost".into(),
            values: evidence.life.world.flags.clone(),
            cause: "unknown".into(),
            suppressed: None,
        });
    }
}
