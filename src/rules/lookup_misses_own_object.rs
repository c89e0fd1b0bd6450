//! The object that is looked up is almost, and not always, the one that is rendered.

use super::objects::{computed, fields, lookups_of};
use super::story::{self, Why};
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

/// The places of the lookups that decide about something drawn at random in an object, with the place that writes it: what
/// they should have kept. The install draws it.
fn keepers(evidence: &Evidence<'_>, object: &Object) -> BTreeMap<Span, Span> {
    let Some(phase) = evidence.life.phase(PhaseKind::Install) else { return BTreeMap::new() };
    let rendering = &phase.rendering;
    let arena = &rendering.rt.arena;
    let is_random = |origin: OriginId| arena.causes(origin).any(|cause| matches!(cause, Cause::Random { .. }));
    let mut keepers = BTreeMap::new();
    for drawn in phase.objects.iter().filter(|drawn| drawn.id == object.id) {
        for piece in drawn.text.pieces().iter().filter(|piece| is_random(piece.origin)) {
            let guards = arena.guards(piece.guard);
            let origins = guards.iter().map(|guard| guard.origin).chain([piece.origin]);
            let lookups = origins.flat_map(|origin| lookups_of(rendering, origin)).map(|(_, lookup, _)| lookup.span);
            let place = story::writer(rendering, &drawn.text, piece).map(|piece| story::extent(rendering, piece));
            for span in lookups {
                keepers.entry(span).or_insert(place.unwrap_or_default());
            }
        }
    }
    keepers
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
    let mut told: BTreeSet<Span> = BTreeSet::new();
    for object in phase.objects.iter().filter(|object| !object.is_hook()) {
        let keepers = keepers(evidence, object);
        let all = &phase.rendering.rt.lookups;
        let lookups: Vec<&LookupCall> = all.iter().filter(|lookup| keepers.contains_key(&lookup.span)).collect();
        // The object is read by another lookup: this one looks for something else, such as an older name.
        let is_read = lookups.iter().any(|lookup| lookup.found && is_same(evidence, &lookup.query, object));
        for lookup in lookups {
            let missed = if is_same(evidence, &lookup.query, object) {
                strays(phase, object, lookup)
            } else if is_read {
                None
            } else {
                misses(evidence, phase, object, lookup)
            };
            let Some((certainty, what)) = missed.filter(|_| told.insert(lookup.span)) else { continue };
            let cause = words::query(&lookup.query);
            if certainty == Certainty::Proved {
                // That it is drawn anew is what this says.
                let is_it = |why| matches!(why, Why::Random(_) | Why::Lookup(_));
                let _ = evidence.take(|s| s.difference.id == object.id && is_it(s.why) && !s.field().field.is_empty());
            }
            let mut finding = finding(evidence, object, lookup, certainty, what);
            if let Some(&span) =
                keepers.get(&lookup.span).filter(|span| **span != lookup.span && **span != Span::default())
            {
                let says = "keeps what is found, and draws it where nothing is".into();
                finding.steps.insert(0, TraceStep { span, says, is_primary: false });
            }
            finding.cause = cause;
            findings.push(finding);
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
    // A helper looks for the objects of many, and two may have one name by default: all that it was asked is taken together.
    let is_same = |other: &&LookupCall| other.span == lookup.span && other.query == lookup.query;
    let asking = phase.rendering.rt.lookups.iter().filter(is_same);
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
    let asked: BTreeSet<String> = asking.flat_map(|lookup| values(lookup.arguments)).collect();
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
    finding
}
