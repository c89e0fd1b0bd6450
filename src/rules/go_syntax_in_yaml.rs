//! A list or map is printed as Go prints it.

use super::objects::{Place, computed, lookups_of, places, written_by};
use super::{Evidence, Rule, words};
use crate::finding::{Effect, Finding, Severity};
use crate::lifecycle::{Phase, PhaseKind};
use crate::manifest::Object;
use crate::value::origin::{Cause, PathId};
use crate::value::yaml::Kind;
use crate::value::{Piece, Plain, PlainData};

pub static RULE: Rule = Rule {
    name: "go-syntax-in-yaml",
    severity: Severity::Error,
    summary: "a list or map is printed without toYaml or toJson: `[a b]` is one string, `map[]` is a word",
    check,
};

/// What the values hold where a piece of text came from.
fn value<'a>(evidence: &'a Evidence<'_>, phase: &Phase, piece: &Piece) -> Option<&'a Plain> {
    let arena = &phase.rendering.rt.arena;
    let values = &evidence.life.prepared.as_ref()?.values;
    let at = |path: PathId| {
        let mut at = values;
        for key in arena.path_keys(path) {
            at = at.as_map()?.get(&key)?;
        }
        Some(at)
    };
    // What a list is printed from are its elements as well.
    let found = arena.causes(piece.origin).filter_map(|cause| match cause {
        Cause::Values { path } => at(*path),
        _ => None,
    });
    found.max_by_key(|value| value.as_list().map_or(0, <[Plain]>::len))
}

/// The text of a piece without quotes, if it ends as Go ends collections.
fn bracketed<'a>(object: &'a Object, piece: &Piece) -> Option<&'a [u8]> {
    let text = object.text.bytes().get(piece.range())?.trim_ascii();
    let text = text.strip_prefix(b"\"").and_then(|t| t.strip_suffix(b"\"")).unwrap_or(text);
    text.ends_with(b"]").then_some(text)
}

/// What kind of collection a piece is that is printed as Go prints it, if it is one.
fn collection(
    evidence: &Evidence<'_>,
    phase: &Phase,
    field: &Place<'_>,
    object: &Object,
    piece: &Piece,
) -> Option<&'static str> {
    let text = bracketed(object, piece)?;
    // What a lookup does not find is told by another rule.
    let misses = |piece: &Piece| lookups_of(&phase.rendering, piece.origin).iter().any(|(_, lookup, _)| !lookup.found);
    let is_missing = || computed(object, &piece.range()).any(misses);
    if text == b"map[]" && is_missing() {
        return None;
    }
    if text.starts_with(b"map[") && text.ends_with(b"]") && matches!(field.node.kind, Kind::Str(_)) {
        return Some("map");
    }
    let inner = text.strip_prefix(b"[")?.strip_suffix(b"]")?;
    let is_whole = piece.start as usize <= field.range.start && piece.end as usize >= field.range.end;
    let is_one = match &field.node.kind {
        Kind::Str(_) => true,
        Kind::Seq(items) => items.len() == 1,
        _ => false,
    };
    if !is_whole || !is_one || inner.is_empty() || inner.iter().any(|b| matches!(b, b',' | b'"')) {
        return None;
    }
    let is_listed = value(evidence, phase, piece).is_some_and(|value| match &value.data {
        PlainData::List(items) => items.len() > 1,
        _ => false,
    });
    // A text in brackets is no list; of what is read from the cluster and has spaces it is one.
    let is_live = || inner.contains(&b' ') && !lookups_of(&phase.rendering, piece.origin).is_empty();
    (is_listed || is_live()).then_some("list")
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    // Lists and maps that chartlint made up to get into a branch may have another shape than the chart asks for.
    if evidence.life.world.flags.contains("--set-json") {
        return;
    }
    for kind in [PhaseKind::Install, PhaseKind::Upgrade] {
        let Some(phase) = evidence.life.phase(kind) else { continue };
        let may_be = |object: &Object| {
            object.text.pieces().iter().any(|piece| !piece.literal && bracketed(object, piece).is_some())
        };
        for object in phase.fresh.iter().filter(|object| may_be(object)) {
            for field in places(object) {
                if !matches!(field.node.kind, Kind::Str(_) | Kind::Seq(_)) {
                    continue;
                }
                for piece in computed(object, &field.range).filter(|piece| !piece.is_mark()) {
                    let Some(what) = collection(evidence, phase, &field, object, piece) else { continue };
                    let path = field.path(object);
                    let _ = evidence.take(|s| s.difference.id == object.id && s.field().field == path);
                    let primary = written_by(phase, object, &piece.range());
                    if findings.iter().any(|f| f.rule == RULE.name && f.primary == primary) {
                        continue;
                    }
                    let title = format!("{} gets a {what} as Go prints it for `{path}`", object.id);
                    let help = "print collections with `toYaml` (and `nindent`) or `toJson`".to_string();
                    let mut finding = words::about(&RULE, evidence, object, primary, (title, help));
                    let is_secret = object.id.kind == "Secret";
                    let says = words::shown(&object.text, &piece.range());
                    let says = if is_secret { "a value (not shown: it is a Secret)".into() } else { says };
                    finding.effects = vec![Effect { operation: kind.name(), says }];
                    finding.cause = format!("go {path}");
                    findings.push(finding);
                }
            }
        }
    }
}
