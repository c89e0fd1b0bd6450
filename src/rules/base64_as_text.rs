//! What a Secret holds is used as plain text without being decoded.

use super::objects::{computed, fields, lookups_of, written_by};
use super::{Evidence, Rule, words};
use crate::finding::{Finding, Severity, TraceStep};
use crate::lifecycle::PhaseKind;
use crate::manifest::ObjectId;

pub static RULE: Rule = Rule {
    name: "base64-as-text",
    severity: Severity::Warning,
    summary: "a Secret's `.data` (base64) is used as plain text, without `b64dec`",
    check,
};

/// A field that wants base64.
fn wants_base64(path: &str) -> bool {
    let path = path.to_lowercase();
    ["cabundle", "checksum", "b64", "base64", "certificateauthoritydata"].iter().any(|word| path.contains(word))
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let life = evidence.life;
    let Some(phase) = life.phase(PhaseKind::Upgrade) else { return };
    for object in phase.objects.iter().filter(|object| phase.varies(object)) {
        for field in fields(object) {
            let Some(text) = field.node.as_str().filter(|text| text.len() > 3) else { continue };
            // Secrets that grow are told by another rule.
            if object.id.kind == "Secret" || wants_base64(&field.path) {
                continue;
            }
            let found = computed(object, &field.range)
                .flat_map(|piece| lookups_of(&phase.rendering, piece.origin))
                .find(|(_, lookup, path)| {
                    let query = &lookup.query;
                    let id = ObjectId {
                        api_version: query.api_version.clone(),
                        kind: query.kind.clone(),
                        namespace: query.namespace.clone(),
                        name: query.name.clone(),
                    };
                    let live = || life.live.get(&id, &life.world);
                    let key = path.strip_prefix("data.").map(|key| key.trim_matches('"'));
                    let value = || Some(live()?.at(&["data", key?])?.as_str()?.to_string());
                    lookup.found && query.kind == "Secret" && value().is_some_and(|value| text.contains(&value))
                });
            let Some((_, lookup, path)) = found else { continue };
            // That it differs from what the install wrote is said here.
            let _ = evidence.take(|s| s.difference.id == object.id && s.field().field == field.path);
            let primary = written_by(phase, object, &field.range);
            let title = format!(
                "{} gets `{path}` of {} in base64 for `{}`",
                object.id,
                words::asked(&lookup.query),
                field.path
            );
            let help = "what is live in a Secret's `.data` is base64: put `| b64dec` behind it";
            let mut finding = words::about(&RULE, evidence, object, primary, (title, help.into()));
            let says = "reads the live Secret, whose data is base64".to_string();
            finding.steps = vec![
                TraceStep { span: lookup.span, says, is_primary: false },
                TraceStep { span: primary, says: "is written as it is".into(), is_primary: true },
            ];
            finding.cause = format!("{} {}", words::query(&lookup.query), field.path);
            findings.push(finding);
        }
    }
}
