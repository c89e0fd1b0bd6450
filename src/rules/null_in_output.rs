//! A lookup that may be empty is printed.

use super::objects::{computed, fields, lookups_of, written_by};
use super::{Evidence, Rule, words};
use crate::finding::{Effect, Finding, Severity, TraceStep};
use crate::lifecycle::{ObjectChange, PhaseKind};
use crate::manifest::Object;
use crate::value::yaml::Kind;

pub static RULE: Rule = Rule {
    name: "null-in-output",
    severity: Severity::Warning,
    summary: "a lookup that found nothing is printed: `null`, `map[]`, `%!s(<nil>)` or nothing at all where a value should be",
    check,
};

/// What nothing prints as; the text of a field that is there and says nothing is empty.
fn printed(field: &super::objects::Field<'_>) -> Option<&'static str> {
    let text = match &field.node.kind {
        Kind::Null => return Some("null"),
        Kind::Str(text) => text,
        _ => return None,
    };
    ["%!s(<nil>)", "%!v(<nil>)", "%!d(<nil>)", "<nil>", "map[]"].into_iter().find(|word| text.contains(word)).or(
        match &**text {
            "null" => Some("null"),
            _ => None,
        },
    )
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    for kind in [PhaseKind::Install, PhaseKind::Upgrade, PhaseKind::Offline] {
        let Some(phase) = evidence.life.phase(kind) else { continue };
        for object in phase.objects.iter().filter(|object| phase.varies(object)) {
            for field in fields(object) {
                let Some(word) = printed(&field) else { continue };
                let found = computed(object, &field.range)
                    .flat_map(|piece| lookups_of(&phase.rendering, piece.origin))
                    .find(|(_, lookup, _)| !lookup.found);
                let Some((_, lookup, _)) = found else { continue };
                if is_told(evidence, object, &field.path) {
                    continue;
                }
                let primary = written_by(phase, object, &field.range);
                let effect = Effect { operation: kind.name(), says: format!("{}: {word}", field.path) };
                if let Some(finding) = findings.iter_mut().find(|f| f.rule == RULE.name && f.primary == primary) {
                    if finding.effects.iter().all(|e| e.operation != effect.operation) {
                        finding.effects.push(effect);
                    }
                    continue;
                }
                let title = format!(
                    "{} gets {word} for `{}` where the lookup of {} finds nothing",
                    object.id,
                    field.path,
                    words::asked(&lookup.query)
                );
                let help = "give a default (`| default \"...\"`), or leave the field out: `{{ with ... }}` around it";
                let mut finding = words::about(&RULE, evidence, object, primary, (title, help.into()));
                let says = "finds nothing before the object exists, and never without a cluster".to_string();
                finding.steps = vec![
                    TraceStep { span: lookup.span, says, is_primary: false },
                    TraceStep { span: primary, says: "is printed here".into(), is_primary: true },
                ];
                finding.effects = vec![effect];
                finding.cause = format!("{} {}", words::query(&lookup.query), field.path);
                findings.push(finding);
            }
        }
    }
}

/// That the field comes and goes is what another rule says.
fn is_told(evidence: &Evidence<'_>, object: &Object, path: &str) -> bool {
    evidence.stories.iter().any(|story| {
        story.difference.id == object.id
            && match &story.difference.change {
                ObjectChange::Field { field, .. } => path.starts_with(field.as_str()) || field.starts_with(path),
                _ => true,
            }
    })
}
