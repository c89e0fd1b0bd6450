//! What the server writes into an object is rendered from a lookup.

use super::objects::{computed, fields, lookups_of, written_by};
use super::{Evidence, Rule, words};
use crate::finding::{Effect, Finding, Severity, TraceStep};
use crate::lifecycle::PhaseKind;

pub static RULE: Rule = Rule {
    name: "server-metadata-copied",
    severity: Severity::Error,
    summary: "`resourceVersion`, `uid`, `managedFields`, `status` or a whole live object is rendered from a lookup",
    check,
};

/// What only the server writes, in the order in which it leads.
const FIELDS: [&str; 7] = [
    "metadata.resourceVersion",
    "metadata.uid",
    "metadata.managedFields",
    "metadata.creationTimestamp",
    "metadata.generation",
    "metadata.selfLink",
    "status",
];

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let Some(phase) = evidence.life.phase(PhaseKind::Upgrade) else { return };
    for object in phase.objects.iter().filter(|object| phase.varies(object)) {
        let all = fields(object);
        let mut copied = Vec::new();
        for name in FIELDS {
            let Some(field) = all.iter().find(|field| field.path == name) else { continue };
            let lookup = computed(object, &field.range)
                .flat_map(|piece| lookups_of(&phase.rendering, piece.origin))
                .find(|(_, lookup, _)| lookup.found);
            copied.extend(lookup.map(|(_, lookup, _)| (field, lookup)));
        }
        let Some((lead, lookup)) = copied.first() else { continue };
        let names: Vec<&str> = copied.iter().map(|(field, _)| field.path.as_str()).collect();
        // What else differs because the object is copied is said here: a live one also names its namespace, and so looks
        // like another object.
        let cause = words::query(&lookup.query);
        let _ = evidence.take(|story| {
            let id = &story.difference.id;
            id.kind == object.id.kind && id.name == object.id.name && words::cause(evidence.life, story) == cause
        });
        let primary = written_by(phase, object, &lead.range);
        let title = format!("{} gets {} from a lookup", object.id, quoted(&names));
        let help = "copy what you need, field by field (`.data`, a label): what the server keeps for itself makes the next \
                    update fail (`the object has been modified`) or is ignored";
        let mut finding = words::about(&RULE, evidence, object, primary, (title, help.into()));
        finding.steps = vec![
            TraceStep { span: lookup.span, says: "reads the live object".into(), is_primary: false },
            TraceStep { span: primary, says: "and writes what only the server writes".into(), is_primary: true },
        ];
        finding.effects = vec![Effect { operation: "upgrade", says: format!("sends {}", quoted(&names)) }];
        finding.cause = cause;
        findings.push(finding);
    }
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
