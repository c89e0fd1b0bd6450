//! The object that is looked up is almost, and not always, the one that is rendered.

use super::objects::{computed, fields, lookups_of};
use super::{Evidence, Rule, words};
use crate::engine::{LookupCall, Query};
use crate::finding::{Certainty, Effect, Finding, Severity, TraceStep};
use crate::kube;
use crate::lifecycle::{Phase, PhaseKind};
use crate::manifest::Object;
use crate::source::Span;
use crate::value::OriginId;
use crate::value::origin::Cause;
use std::collections::{BTreeMap, BTreeSet};

pub static RULE: Rule = Rule {
    name: "lookup-misses-own-object",
    severity: Severity::Error,
    summary: "what is looked up is almost, but not always, the object that is rendered: nothing of it is kept",
    check,
};

/// What an object's text has of a lookup.
#[derive(Default)]
struct Tie {
    /// Something random is drawn that the lookup should have kept.
    is_random: bool,
}

/// The lookups that decide about something in an object, by the number of the call.
fn ties(phase: &Phase, object: &Object) -> BTreeMap<u32, Tie> {
    let arena = &phase.rendering.rt.arena;
    let mut ties: BTreeMap<u32, Tie> = BTreeMap::new();
    for piece in object.text.pieces() {
        let guards = arena.guards(piece.guard);
        let origins: Vec<OriginId> = std::iter::once(piece.origin).chain(guards.iter().map(|g| g.origin)).collect();
        let is_random = arena.causes(piece.origin).any(|cause| matches!(cause, Cause::Random { .. }));
        for (call, _, _) in origins.iter().flat_map(|origin| lookups_of(&phase.rendering, *origin)) {
            ties.entry(call).or_default().is_random |= is_random;
        }
    }
    ties
}

fn namespace<'a>(evidence: &'a Evidence<'_>, object: &'a Object) -> &'a str {
    match (kube::is_namespaced(&object.id.api_version, &object.id.kind), object.id.namespace.as_str()) {
        (false, _) => "",
        (true, "") => &evidence.life.world.namespace,
        (true, namespace) => namespace,
    }
}

fn is_kind(query: &Query, object: &Object) -> bool {
    query.kind == object.id.kind
        && query.api_version.split_once('/').map_or("", |(group, _)| group) == object.id.group()
}

/// Whether a lookup asks for an object.
fn is_same(evidence: &Evidence<'_>, query: &Query, object: &Object) -> bool {
    let namespace = namespace(evidence, object);
    is_kind(query, object) && query.name == object.id.name && (namespace.is_empty() || query.namespace == namespace)
}

/// Two names of which one is the other with a word more or less.
fn is_near(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    if short.len() < 3 || short == long {
        return false;
    }
    let affix = long.strip_prefix(short).or_else(|| long.strip_suffix(short));
    affix.is_some_and(|rest| rest.len() <= 16 && (rest.starts_with('-') || rest.ends_with('-') || rest.len() == 1))
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let Some(phase) = evidence.life.phase(PhaseKind::Upgrade) else { return };
    let lookups = &phase.rendering.rt.lookups;
    let mut told: BTreeSet<Span> = BTreeSet::new();
    for object in phase.objects.iter().filter(|object| !object.is_hook()) {
        let ties = ties(phase, object);
        // The object is read by another lookup: this one looks for something else, such as an older name.
        let is_read = ties
            .keys()
            .any(|call| lookups.get(*call as usize).is_some_and(|l| l.found && is_same(evidence, &l.query, object)));
        for (call, tie) in &ties {
            let Some(lookup) = lookups.get(*call as usize) else { continue };
            let missed = if is_same(evidence, &lookup.query, object) {
                strays(phase, object, lookup)
            } else if is_read || !tie.is_random {
                None
            } else {
                misses(evidence, phase, object, lookup)
            };
            let Some((certainty, what)) = missed.filter(|_| tie.is_random && told.insert(lookup.span)) else {
                continue;
            };
            findings.push(finding(evidence, object, lookup, certainty, what));
        }
    }
}

/// The lookup found nothing though the release is installed, and asks for nearly what is rendered.
fn misses(evidence: &Evidence<'_>, phase: &Phase, object: &Object, lookup: &LookupCall) -> Option<(Certainty, String)> {
    let query = &lookup.query;
    if lookup.found || query.name.is_empty() || !is_kind(query, object) {
        return None;
    }
    if phase.objects.iter().any(|other| is_same(evidence, query, other)) {
        return None;
    }
    let namespace = namespace(evidence, object);
    if query.name == object.id.name {
        let what = format!("is looked up in the namespace {} and rendered in {namespace}", or_none(&query.namespace));
        return Some((Certainty::Proved, what));
    }
    is_near(&query.name, &object.id.name).then(|| (Certainty::Proved, format!("is looked up as {}", query.name)))
}

fn or_none(namespace: &str) -> &str {
    if namespace.is_empty() { "\"\"" } else { namespace }
}

/// The lookup found it with these values, and others move the object and not the lookup.
fn strays(phase: &Phase, object: &Object, lookup: &LookupCall) -> Option<(Certainty, String)> {
    let arena = &phase.rendering.rt.arena;
    if !lookup.found || !kube::is_namespaced(&object.id.api_version, &object.id.kind) {
        return None;
    }
    let all = fields(object);
    let values = |origin: OriginId| -> BTreeSet<String> {
        let paths = arena.causes(origin).filter_map(|cause| match cause {
            Cause::Values { path } if !path.is_none() => Some(arena.path_text(*path)),
            _ => None,
        });
        paths.collect()
    };
    let asked = values(lookup.arguments);
    for (path, word) in [("metadata.namespace", "the namespace"), ("metadata.name", "the name")] {
        let Some(field) = all.iter().find(|field| field.path == path) else { continue };
        let used: BTreeSet<String> = computed(object, &field.range).flat_map(|piece| values(piece.origin)).collect();
        let moved: Vec<&String> = used.iter().filter(|value| !asked.contains(*value)).collect();
        if let Some(value) = moved.first() {
            let what = format!("is rendered with {word} that `{value}` gives it, and looked up without");
            return Some((Certainty::Derived, what));
        }
    }
    None
}

fn finding(
    evidence: &Evidence<'_>,
    object: &Object,
    lookup: &LookupCall,
    certainty: Certainty,
    what: String,
) -> Finding {
    // With values that are not set nothing is lost yet.
    let severity = if certainty == Certainty::Proved { Severity::Error } else { Severity::Warning };
    let title = format!("{} {what}: what it should keep is drawn anew by every upgrade", object.id);
    let help = "name the object once, in a named template, and use it in the lookup and in the metadata";
    let mut finding = words::about(&RULE, evidence, object, lookup.span, (title, help.into()));
    finding.severity = severity;
    finding.certainty = certainty;
    let says = format!("asks for {} in {}", words::asked(&lookup.query), or_none(&lookup.query.namespace));
    finding.steps = vec![TraceStep { span: lookup.span, says, is_primary: true }];
    let says = format!("renders {} in {}", object.id, namespace(evidence, object));
    finding.effects = vec![Effect { operation: "upgrade", says }];
    finding.cause = words::query(&lookup.query);
    finding
}
