//! A lookup finds the object whose values it is meant to keep, and they are drawn anew all the same.

use super::fields::{self, leaves_at};
use super::random_without_reuse::is_salted;
use super::story::Story;
use super::{Evidence, Rule, words};
use crate::finding::{Finding, Severity, TraceStep};
use crate::lifecycle::{Phase, PhaseKind};
use crate::value::origin::Cause;

pub static RULE: Rule = Rule {
    name: "reuse-is-broken",
    severity: Severity::Error,
    summary: "a lookup finds the object that it is meant to keep, and every value is drawn anew all the same",
    check,
};

/// What an upgrade does with the live object that it finds, of which a value is drawn anew.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reuse {
    /// It does not ask for it, or does not find it.
    None,
    /// It keeps nothing.
    Nothing,
    /// It keeps other values.
    Some,
}

/// Whether the template of a drawn value looks up its own object, and what it keeps of it.
pub fn reuse(evidence: &Evidence<'_>, story: &Story) -> Reuse {
    let id = &story.difference.id;
    let is_drawn = evidence.is_drawn(story)
        && story.phases == (PhaseKind::Install, PhaseKind::Upgrade)
        && matches!(id.kind.as_str(), "Secret" | "ConfigMap")
        && story.path().is_some_and(|path| path.starts_with("data") || path.starts_with("stringData"))
        && !story.difference.is_hook
        && !evidence.life.previous
        && !is_salted(evidence, story);
    if !is_drawn {
        return Reuse::None;
    }
    let Some(phase) = evidence.whole(PhaseKind::Upgrade) else { return Reuse::None };
    let Some(call) = fields::own_lookup(evidence.life, phase, id) else { return Reuse::None };
    let Some(object) = phase.objects.iter().find(|object| object.id == *id) else { return Reuse::None };
    let lookups = &phase.rendering.rt.lookups;
    let is_own = |cause: &&Cause| match cause {
        Cause::Lookup { call, path } => {
            !path.is_none() && lookups.get(*call).is_some_and(|c| fields::is_lookup_of(evidence.life, &c.query, id))
        }
        _ => false,
    };
    let mut leaves = leaves_at(phase, object, &["data"]);
    leaves.extend(leaves_at(phase, object, &["stringData"]));
    let is_kept = |leaf: &fields::Leaf<'_>| {
        let causes = leaf.causes();
        causes.iter().any(is_own) && !causes.iter().any(|cause| matches!(cause, Cause::Random { .. }))
    };
    let kept = leaves.iter().any(is_kept);
    let drawn = leaves.iter().find(|leaf| story.path() == Some(leaf.field.as_str()));
    match (kept, drawn) {
        (true, _) => Reuse::Some,
        (false, Some(leaf)) if is_meant(phase, leaf, call) => Reuse::Nothing,
        _ => Reuse::None,
    }
}

/// Whether a lookup is there for the sake of a drawn value: it decides about it, or stands in the same template as the
/// draw. Others look whether they may go on.
fn is_meant(phase: &Phase, leaf: &fields::Leaf<'_>, call: u32) -> bool {
    let rt = &phase.rendering.rt;
    let Some(lookup) = rt.lookups.get(call) else { return false };
    let decides = |cause: &&Cause| matches!(cause, Cause::Lookup { call: c, .. } if *c == call);
    let mut draws = leaf.causes().into_iter().filter_map(|cause| match cause {
        Cause::Random { draw } => rt.draws.get(*draw),
        _ => None,
    });
    leaf.causes().iter().chain(&leaf.conditions()).any(decides)
        || draws.any(|draw| is_one_template(phase, lookup.span.start, draw.span.start))
}

/// Whether no `define` begins between two places of a file.
fn is_one_template(phase: &Phase, a: u32, b: u32) -> bool {
    let Some(file) = phase.rendering.sources.file_at(a) else { return false };
    let (from, to) = (a.min(b), a.max(b));
    let between = from.checked_sub(file.base).and_then(|from| {
        let range = from as usize..to.checked_sub(file.base)? as usize;
        file.text.get(range)
    });
    between.is_some_and(|text| !text.windows(7).any(|word| word == b"define "))
}

/// The lookup that found the object, before the way of what is drawn.
pub fn lookup_step(evidence: &Evidence<'_>, story: &Story) -> Option<TraceStep> {
    let phase = evidence.whole(PhaseKind::Upgrade)?;
    let call = fields::own_lookup(evidence.life, phase, &story.difference.id)?;
    let call = phase.rendering.rt.lookups.get(call)?;
    let says = format!("finds the live {} {} on upgrade", call.query.kind, call.query.name);
    Some(TraceStep { span: call.span, says, is_primary: false })
}

/// The key that an upgrade takes for another one of its own object, which the install drew.
fn other_key(evidence: &Evidence<'_>, story: &Story) -> Option<String> {
    let id = &story.difference.id;
    let field = story.path().filter(|path| path.starts_with("data") || path.starts_with("stringData"))?;
    let is_secret = matches!(id.kind.as_str(), "Secret" | "ConfigMap");
    if story.phases != (PhaseKind::Install, PhaseKind::Upgrade)
        || !is_secret
        || story.difference.is_hook
        || evidence.life.previous
    {
        return None;
    }
    let key = |path: &str| path.trim_start_matches("stringData").trim_start_matches("data").to_string();
    let leaf_of = |kind: PhaseKind| {
        let phase = evidence.whole(kind)?;
        let object = phase.objects.iter().find(|object| !object.is_hook() && object.id == *id)?;
        let mut leaves = leaves_at(phase, object, &["data"]);
        leaves.extend(leaves_at(phase, object, &["stringData"]));
        leaves.into_iter().find(|leaf| leaf.field == field)
    };
    let is_drawn = |leaf: &fields::Leaf<'_>| leaf.causes().iter().any(|c| matches!(c, Cause::Random { .. }));
    let (first, next) = (leaf_of(PhaseKind::Install)?, leaf_of(PhaseKind::Upgrade)?);
    if !is_drawn(&first) || is_drawn(&next) {
        return None;
    }
    let rt = &next.phase.rendering.rt;
    let read = next.causes().into_iter().filter_map(|cause| match cause {
        Cause::Lookup { call, path } if !path.is_none() => {
            let is_own = rt.lookups.get(*call).is_some_and(|c| fields::is_lookup_of(evidence.life, &c.query, id));
            is_own.then(|| rt.arena.path_text(*path))
        }
        _ => None,
    });
    let mut read: Vec<String> = read.filter(|path| path.starts_with("data") && *path != "data").collect();
    read.dedup();
    match read.as_slice() {
        [one] if key(one) != key(field) => Some(one.clone()),
        _ => None,
    }
}

/// A key that is kept from where another one stands.
fn crossed(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    for group in evidence.take(|story| other_key(evidence, story).is_some()) {
        let lead = group[0];
        let Some(read) = other_key(evidence, lead) else { continue };
        let (id, field) = (&lead.difference.id, lead.field().field);
        let mut finding = words::finding(&RULE, evidence, &group, Severity::Error);
        finding.title =
            format!("{id} reads its live `{read}` for `{field}`: what the install drew there is lost on upgrade");
        finding.help = format!(
            "read each key from where it stands: `dig {} \"\" $live`, or `\"key\"` of the helper that looks it up; \
             a release that was upgraded has one value under both keys",
            key_path(&field)
        );
        findings.push(finding);
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    crossed(evidence, findings);
    for group in evidence.take(|story| reuse(evidence, story) == Reuse::Nothing) {
        let lead = group[0];
        let id = &lead.difference.id;
        let field = lead.field().field;
        let mut finding = words::finding(&RULE, evidence, &group, Severity::Error);
        if let Some(step) = lookup_step(evidence, lead).filter(|s| finding.steps.iter().all(|t| t.span != s.span)) {
            finding.steps.insert(0, step);
        }
        finding.title = format!("{id} looks itself up and draws `{field}` anew all the same");
        if let Some(switch) = switched_off(evidence, lead) {
            finding.help = format!(
                "`{switch}` is off, and with it nothing is kept: let it be on by default, or let the lookup alone decide, \
                 with the draw only where it finds nothing"
            );
            findings.push(finding);
            continue;
        }
        finding.help = format!(
            "what is kept must be read from where it stands: `dig {} \"\" $live`, with `$live` the result of the lookup; \
             look for a key that is spelled otherwise, `hasKey` on the object instead of its `data`, and `:=` inside of \
             a block where `=` was meant",
            key_path(&field)
        );
        findings.push(finding);
    }
}

/// The value that turns the reuse of a drawn value off: a condition around the draw that is false for it alone.
fn switched_off(evidence: &Evidence<'_>, story: &Story) -> Option<String> {
    let (phase, prepared) = (evidence.whole(PhaseKind::Upgrade)?, evidence.life.prepared.as_ref()?);
    let object = phase.objects.iter().find(|object| object.id == story.difference.id)?;
    let arena = &phase.rendering.rt.arena;
    let leaf = leaves_at(phase, object, &[]).into_iter().find(|leaf| story.path() == Some(leaf.field.as_str()))?;
    leaf.conditions().into_iter().find_map(|cause| {
        let Cause::Values { path } = cause else { return None };
        let value = fields::value_at(&prepared.values, &arena.path_keys(*path))?;
        let name = arena.path_text(*path);
        let is_of_reuse =
            ["reuse", "keep", "retain", "preserve", "existing"].iter().any(|w| name.to_lowercase().contains(w));
        (value.as_bool() == Some(false) && is_of_reuse).then_some(name)
    })
}

/// `"data" "password"`
pub fn key_path(field: &str) -> String {
    let key = field.trim_start_matches("stringData").trim_start_matches("data").trim_matches(['.', '[', ']', '"']);
    format!("\"data\" \"{key}\"")
}
