//! With two versions of a chart: an upgrade that keeps the old values lacks the new defaults.

use super::{Evidence, Rule, documents, story, words};
use crate::engine::RenderError;
use crate::finding::{Effect, FieldAt, Finding, Severity};
use crate::lifecycle::{self, Difference, ObjectChange, Phase, PhaseKind, Reused};
use crate::manifest::{How, ObjectId};
use crate::source::Span;
use crate::value::origin::Cause;
use std::collections::BTreeMap;

pub static RULE: Rule = Rule {
    name: "reuse-values-breaks",
    severity: Severity::Warning,
    summary: "with two charts: `helm upgrade --reuse-values` lacks values that the new one has, and fails or writes nothing",
    check,
};

/// A field that comes out empty, and the value that is missing.
struct Empty {
    field: String,
    span: Span,
    value: String,
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let Some(reused) = evidence.reused else { return };
    let Some(upgrade) = evidence.life.phase(PhaseKind::Upgrade) else { return };
    if let Some(RenderError::Exec(error)) = &reused.phase.rendering.error {
        let message = words::message(error);
        let mut finding = words::problem(&RULE, evidence, Severity::Warning, words::innermost(error));
        finding.title = format!("`helm upgrade --reuse-values` from the old version fails: {message}");
        finding.steps = words::call_stack(error);
        finding.cause = message.clone();
        finish(&mut finding, message);
        findings.push(finding);
        return;
    }
    if let Err(error) = &reused.phase.manifests {
        let place = story::written_at(&reused.phase.rendering, &error.text, &(error.offset..error.offset + 1));
        let mut finding = words::problem(&RULE, evidence, Severity::Warning, place);
        finding.title = format!("`helm upgrade --reuse-values` from the old version fails: {}", error.message);
        finding.cause = "yaml".into();
        finish(&mut finding, error.message.clone());
        findings.push(finding);
        return;
    }
    let mut groups: BTreeMap<ObjectId, Vec<Empty>> = BTreeMap::new();
    for difference in lifecycle::differences(upgrade, &reused.phase) {
        if let Some(empty) = empty(upgrade, reused, &difference) {
            groups.entry(difference.id.clone()).or_default().push(empty);
        }
    }
    for (id, fields) in groups {
        let Some(lead) = fields.first() else { continue };
        let mut finding = words::problem(&RULE, evidence, Severity::Warning, lead.span);
        finding.title = format!(
            "{id} has an empty `{}` after `helm upgrade --reuse-values`: the old version has no `{}`",
            lead.field, lead.value
        );
        finding.object = Some(documents::object_ref(&id));
        finding.fields = fields.iter().map(|f| FieldAt { field: f.field.clone(), span: f.span }).collect();
        finding.cause = format!("values {}", lead.value);
        let says = format!("`{}` is missing, and `{}` comes out empty", lead.value, lead.field);
        finish(&mut finding, says);
        findings.push(finding);
    }
}

fn finish(finding: &mut Finding, says: String) {
    finding.effects = vec![
        Effect { operation: "upgrade", says: "without the flag: the new defaults are there, and it renders".into() },
        Effect { operation: "--reuse-values", says },
    ];
    finding.help =
        "read a value that older versions do not have so that it may be missing: `((.Values.a).b) | default \"c\"`\n\
         whoever upgrades: `--reset-then-reuse-values` (Helm 3.14 and newer) takes the new defaults under the old values"
            .into();
}

/// A field that an ordinary upgrade fills and this one does not, because of a value that the old version does not have.
fn empty(upgrade: &Phase, reused: &Reused, difference: &Difference) -> Option<Empty> {
    let ObjectChange::Field { field, how: How::Changed } = &difference.change else { return None };
    let shown = |phase: &Phase, place: &Option<(usize, std::ops::Range<usize>)>| {
        let (index, range) = place.as_ref()?;
        let text = &phase.objects.get(*index)?.text;
        Some(String::from_utf8_lossy(text.bytes().get(range.clone())?).trim().to_string())
    };
    let is_empty =
        |text: &str| matches!(text, "" | "null" | "~" | "\"\"" | "''" | "{}" | "[]") || text.contains("nil>");
    let (before, after) = (shown(upgrade, &difference.from)?, shown(&reused.phase, &difference.to)?);
    // A part of the text may be missing as well: an image without its tag.
    let is_cut = after.ends_with([':', '/', '-']) && !before.ends_with([':', '/', '-']);
    if is_empty(&before) || !(is_empty(&after) || is_cut) {
        return None;
    }
    let (index, range) = difference.to.as_ref()?;
    let object = reused.phase.objects.get(*index)?;
    let arena = &reused.phase.rendering.rt.arena;
    let start = range.start.saturating_sub(1);
    let around = start..range.end + 1;
    let causes = lifecycle::pieces_in(&object.text, &around).flat_map(|piece| {
        let guards = arena.guards(piece.guard).into_iter().map(|guard| guard.origin);
        std::iter::once(piece.origin).chain(guards).flat_map(|origin| arena.causes(origin).cloned().collect::<Vec<_>>())
    });
    let mut missing = causes.filter_map(|cause| match cause {
        Cause::Values { path } if !reused.has(&arena.path_keys(path)) => Some(arena.path_text(path)),
        _ => None,
    });
    let value = missing.next()?;
    let span = story::written_at(&reused.phase.rendering, &object.text, &around);
    Some(Empty { field: field.clone(), span, value })
}
