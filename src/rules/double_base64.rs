//! What is base64 already goes through base64 again.

use super::objects::{places, written_by};
use super::{Evidence, Rule, words};
use crate::finding::{Finding, Severity};
use crate::lifecycle::{Life, ObjectChange, PhaseKind};
use crate::value::origin::Cause;
use base64::Engine as _;

pub static RULE: Rule = Rule {
    name: "double-base64",
    severity: Severity::Error,
    summary: "what a Secret holds (base64) is encoded once more: it grows at every upgrade; or plain text is decoded",
    check,
};

/// What `b64dec` makes of a text that is not base64.
const NOT_BASE64: &str = "illegal base64 data";
/// How that begins in base64.
const ENCODED: &str = "aWxsZWdhbCBiYXNlNjQgZGF0";

fn encoded(text: &[u8]) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD.encode(text).into_bytes()
}

/// The bytes of one side of a difference, without quotes.
fn side(life: &Life, kind: PhaseKind, place: &Option<(usize, std::ops::Range<usize>)>) -> Option<Vec<u8>> {
    let (object, range) = place.as_ref()?;
    let object = life.phase(kind)?.objects.get(*object)?;
    let text = object.text.bytes().get(range.clone())?.trim_ascii();
    let unquoted = text.strip_prefix(b"\"").and_then(|t| t.strip_suffix(b"\"")).unwrap_or(text);
    Some(unquoted.to_vec())
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let life = evidence.life;
    let grows = |story: &super::Story| {
        let (a, b) = story.phases;
        let ObjectChange::Field { field, .. } = &story.difference.change else { return false };
        let is_data =
            story.difference.id.kind == "Secret" && (field.starts_with("data") || field.starts_with("stringData"));
        let (from, to) = (side(life, a, &story.difference.from), side(life, b, &story.difference.to));
        match (from, to) {
            (Some(from), Some(to)) => is_data && !from.is_empty() && encoded(&from) == to,
            _ => false,
        }
    };
    for group in evidence.take(grows) {
        let Some(lead) = group.first() else { continue };
        let (id, field) = (&lead.difference.id, lead.field().field);
        let mut finding = words::finding(&RULE, evidence, &group, Severity::Error);
        // What is made of it goes wrong with it.
        let others = evidence.take(|story| story.difference.id == *id && reads_one_of(life, story, &group));
        finding.fields.extend(others.iter().flatten().map(|story| story.field()));
        finding.title = format!("{id} gets `{field}` encoded once more at every upgrade");
        finding.help = if field.starts_with("stringData") {
            "what is live in `.data` is base64, and `stringData` wants plain text: `| b64dec`, or write it to `data` as it is".into()
        } else {
            "what is live in `.data` is base64 already: write it as it is, or `b64dec` it before `b64enc`".into()
        };
        findings.push(finding);
    }
    decoded(evidence, findings);
}

/// Whether a story is of a value of the Secret that is made of one of these in its live object.
fn reads_one_of(life: &Life, story: &super::Story, grown: &[&super::Story]) -> bool {
    let Some(phase) = life.phase(story.told_by) else { return false };
    let arena = &phase.rendering.rt.arena;
    let is_grown = |read: &str| grown.iter().any(|other| other.path().is_some_and(|path| path == read));
    story.path().is_some_and(|path| path.starts_with("data"))
        && arena.causes(story.origin).any(|cause| match cause {
            Cause::Lookup { path, .. } => is_grown(&arena.path_text(*path)),
            _ => false,
        })
}

/// Text that `b64dec` refused; it says so in its result.
fn decoded(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    // What an object of somebody else holds is not known, and no base64.
    if evidence.life.world.is_assumed() {
        return;
    }
    let Some(phase) = life_phase(evidence) else { return };
    for object in &phase.fresh {
        for field in places(object) {
            let Some(text) = field.node.as_str() else { continue };
            let data = || base64::engine::general_purpose::STANDARD.decode(text).unwrap_or_default();
            let is_refused =
                text.starts_with(NOT_BASE64) || text.starts_with(ENCODED) && data().starts_with(NOT_BASE64.as_bytes());
            if !is_refused {
                continue;
            }
            let primary = written_by(phase, object, &field.range);
            if findings.iter().any(|f| f.rule == RULE.name && f.primary == primary) {
                continue;
            }
            let path = field.path(object);
            let title = format!("{} gets the message \"{NOT_BASE64}\" for `{path}`", object.id);
            let help = "`default X $live | b64dec` decodes the default as well: decode what is live alone, \
                        `default X ($live | b64dec)`";
            let mut finding = words::about(&RULE, evidence, object, primary, (title, help.into()));
            finding.cause = format!("decoded {path}");
            findings.push(finding);
        }
    }
}

fn life_phase<'a>(evidence: &Evidence<'a>) -> Option<&'a crate::lifecycle::Phase> {
    evidence.life.phase(PhaseKind::Install)
}
