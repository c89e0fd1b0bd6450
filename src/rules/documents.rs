//! Questions about rendered objects that several rules ask: where a field stands, whose an object is, and under which
//! conditions a whole document was written.

use super::{Evidence, Rule, story, words};
use crate::engine::{LookupCall, Query};
use crate::finding::{Finding, ObjectRef, Severity};
use crate::kube::{self, Fault, FieldPath, Step};
use crate::lifecycle::{Difference, Life, ObjectChange, Phase, pieces_in};
use crate::manifest::{Object, ObjectId};
use crate::value::origin::{Cause, Guard, Outcome, PathId};
use crate::value::yaml::{Kind, Node};
use crate::value::{Arena, OriginId, Plain, PlainData};
use std::ops::Range;

/// The object of a finding.
pub fn object_ref(id: &ObjectId) -> ObjectRef {
    ObjectRef {
        api_version: id.api_version.clone(),
        kind: id.kind.clone(),
        namespace: id.namespace.clone(),
        name: id.name.clone(),
    }
}

/// Where a field stands in its document; as far down the path as there is something.
pub fn range_of(object: &Object, path: &FieldPath) -> Range<usize> {
    let mut node = &*object.node;
    let mut range = node.span.clone();
    for step in path.steps() {
        let next: Option<(&Node, usize)> = match (step, &node.kind) {
            (Step::Key(key), Kind::Map(entries)) => {
                entries.iter().find(|(k, _)| *k.text == **key).map(|(k, v)| (v, k.span.start))
            }
            (Step::Index(index), Kind::Seq(items)) => items.get(*index).map(|item| (item, item.span.start)),
            _ => None,
        };
        let Some((next, start)) = next else { break };
        node = next;
        range = start..next.span.end.max(start + 1);
    }
    range
}

/// A finding about an object, at what wrote a range of its document.
pub fn finding(
    rule: &Rule,
    evidence: &Evidence<'_>,
    severity: Severity,
    (phase, object): (&Phase, &Object),
    range: &Range<usize>,
) -> Finding {
    let primary = story::written_at(&phase.rendering, &object.text, range);
    let mut finding = words::problem(rule, evidence, severity, primary);
    finding.object = Some(object_ref(&object.id));
    finding
}

/// Whether what differs is what Helm writes into every object, whatever the manifest says.
pub fn is_helms(difference: &Difference) -> bool {
    let ObjectChange::Field { field, .. } = &difference.change else { return false };
    field.starts_with("metadata.annotations[\"meta.helm.sh/")
        || field == "metadata.labels[\"app.kubernetes.io/managed-by\"]"
}

/// Whether a rule before has spoken of the object.
pub fn is_told(findings: &[Finding], id: &ObjectId) -> bool {
    findings.iter().any(|f| f.object.as_ref().is_some_and(|o| o.kind == id.kind && o.name == id.name))
}

/// Whether a lookup asks for this object.
pub fn asks_for(query: &Query, id: &ObjectId, life: &Life) -> bool {
    let group = query.api_version.split_once('/').map_or("", |(group, _)| group);
    let namespace = if id.namespace.is_empty() { &life.world.namespace } else { &id.namespace };
    let is_there = query.namespace == *namespace || !kube::is_namespaced(&query.api_version, &query.kind);
    query.name == id.name && query.kind == id.kind && group == id.group() && is_there
}

/// Whether the chart renders what a lookup asks for, in some phase; of lists, whether it renders one of the kind.
pub fn is_own(life: &Life, query: &Query) -> bool {
    let mut objects = life.phases.iter().flat_map(|phase| &phase.objects);
    if query.name.is_empty() {
        return objects.any(|object| object.id.kind == query.kind);
    }
    objects.any(|object| asks_for(query, &object.id, life))
}

/// The lookup of an object that the chart does not render and that a condition depends on, and that found nothing. What
/// asks whether there is a cluster, or whether it knows a kind, is none.
pub fn foreign_lookup<'a>(life: &Life, phase: &'a Phase, guard: &Guard) -> Option<&'a LookupCall> {
    let arena = &phase.rendering.rt.arena;
    let is_probe = |kind: &str| matches!(kind, "CustomResourceDefinition" | "APIService" | "Namespace");
    arena.causes(guard.origin).find_map(|cause| {
        let Cause::Lookup { call, .. } = cause else { return None };
        let lookup = phase.rendering.rt.lookups.get(*call)?;
        let query = &lookup.query;
        // A list is found even where nothing is in it.
        let is_absent = !lookup.found || query.name.is_empty();
        (is_absent && !is_probe(&query.kind) && !is_own(life, query)).then_some(lookup)
    })
}

/// The conditions under which all of an object's document was written, innermost first.
pub fn conditions(arena: &Arena, object: &Object) -> Vec<Guard> {
    let Kind::Map(entries) = &object.node.kind else { return Vec::new() };
    let keys = entries.iter().filter(|(key, _)| matches!(&*key.text, "apiVersion" | "kind" | "metadata"));
    let mut common: Option<Vec<Guard>> = None;
    for (key, _) in keys {
        let mut guards: Vec<Guard> = Vec::new();
        for piece in pieces_in(&object.text, &key.span).filter(|piece| !piece.is_mark()) {
            for guard in arena.guards(piece.guard) {
                if !guards.iter().any(|g| g.condition == guard.condition) {
                    guards.push(guard);
                }
            }
        }
        common = Some(match common {
            None => guards,
            Some(common) => common.into_iter().filter(|a| guards.iter().any(|b| a.condition == b.condition)).collect(),
        });
    }
    common.unwrap_or_default()
}

/// The query in words: `Secret web`, `all Nodes`.
pub fn asked(query: &Query) -> String {
    if query.name.is_empty() { format!("any {}", query.kind) } else { format!("{} {}", query.kind, query.name) }
}

/// The cause of a lookup, in words without places.
pub fn lookup_cause(query: &Query) -> String {
    format!("lookup {} {} {} {}", query.api_version, query.kind, query.namespace, query.name)
}

/// The conditions that a render met where it wrote something or stayed silent, each once.
pub fn met(phase: &Phase) -> Vec<Guard> {
    let arena = &phase.rendering.rt.arena;
    let mut out: Vec<Guard> = Vec::new();
    let mut chains = rustc_hash::FxHashSet::default();
    let mut seen = rustc_hash::FxHashSet::default();
    for piece in phase.rendering.files.iter().flat_map(|file| file.text.pieces()) {
        if chains.insert(piece.guard) {
            let guards = arena.guards(piece.guard).into_iter();
            out.extend(guards.filter(|g| seen.insert((g.condition, g.outcome, g.origin, g.parent))));
        }
    }
    out
}

/// The chart asks the cluster what to write in a range of an object's document. What this world's cluster does not say (a
/// render without one knows no single kinds) is no fault of the chart.
pub fn is_picked(phase: &Phase, object: &Object, range: &Range<usize>) -> bool {
    let arena = &phase.rendering.rt.arena;
    let is_asked = |origin| arena.causes(origin).any(|cause| matches!(cause, Cause::Capabilities { .. }));
    pieces_in(&object.text, range)
        .any(|piece| is_asked(piece.origin) || arena.guards(piece.guard).iter().any(|guard| is_asked(guard.origin)))
}

/// The world was made by turning a condition round: its values are made up, and what goes with them may be missing.
pub fn is_made_up(life: &Life) -> bool {
    life.world.flags.contains("--set")
}

/// What a range of an object's document starts with was taken from somewhere: the template does not write it itself.
pub fn is_inserted(object: &Object, range: &Range<usize>) -> bool {
    let start = range.start..range.start + 1;
    !pieces_in(&object.text, &start).any(|piece| piece.literal && !piece.is_mark())
}

/// Whether a value that the world passes is among the causes of an origin.
pub fn depends_on_passed(life: &Life, phase: &Phase, origin: OriginId) -> bool {
    let arena = &phase.rendering.rt.arena;
    let is_passed = |path: PathId| {
        let keys = arena.path_keys(path);
        !keys.is_empty() && keys.iter().try_fold(&life.world.values, |at, key| at.as_map()?.get(key)).is_some()
    };
    arena.causes(origin).any(|cause| matches!(cause, Cause::Values { path } if is_passed(*path)))
}

/// Whether a range of an object's document is written for the elements of a list that the world passes.
pub fn is_of_passed_list(life: &Life, phase: &Phase, object: &Object, range: &Range<usize>) -> bool {
    let arena = &phase.rendering.rt.arena;
    let is_of_list = |guard: &Guard| guard.outcome == Outcome::Some && depends_on_passed(life, phase, guard.origin);
    pieces_in(&object.text, range).any(|piece| arena.guards(piece.guard).iter().any(is_of_list))
}

/// Whether a value that the world passes went into what stands at a field.
fn is_passed(life: &Life, phase: &Phase, object: &Object, path: &FieldPath) -> bool {
    let range = range_of(object, path);
    pieces_in(&object.text, &range).any(|piece| depends_on_passed(life, phase, piece.origin))
}

/// Whether a value gives the name of what a lookup asks for.
pub fn is_named_by_value(life: &Life, phase: &Phase, lookup: &LookupCall) -> bool {
    let (arena, Some(prepared)) = (&phase.rendering.rt.arena, &life.prepared) else { return false };
    !lookup.query.name.is_empty()
        && arena.causes(lookup.arguments).any(|cause| match cause {
            Cause::Values { path } => super::fields::value_at(&prepared.values, &arena.path_keys(*path))
                .and_then(Plain::as_str)
                .is_some_and(|value| value == lookup.query.name),
            _ => false,
        })
}

/// Whether a lookup asks for an object that a made-up world names: whoever passes the name has the object, with what is
/// wanted of it in it. Whatever the world has under that name is another one's, by chance.
pub fn is_brought(life: &Life, phase: &Phase, lookup: &LookupCall) -> bool {
    is_made_up(life) && is_named_by_value(life, phase, lookup) && depends_on_passed(life, phase, lookup.arguments)
}

/// Whether two entries have one key because values that nobody passes are the same.
pub fn is_chance(life: &Life, phase: &Phase, object: &Object, fault: &Fault) -> bool {
    let Fault::Twice { first, second, key } = fault else { return false };
    let names = key.split(',').filter_map(|part| Some(part.split_once('=')?.0));
    is_made_up(life)
        && names.flat_map(|name| [first.child(name), second.child(name)]).any(|at| is_passed(life, phase, object, &at))
}

/// Whether what stands at a field, or below it, is empty for want of a value that the chart does not have.
pub fn is_absent_value(life: &Life, phase: &Phase, object: &Object, path: &FieldPath) -> bool {
    let (arena, Some(prepared)) = (&phase.rendering.rt.arena, &life.prepared) else { return false };
    let range = range_of(object, path);
    // What is empty has no bytes: its piece stands at the end of the field's key.
    pieces_in(&object.text, &(range.start..range.end + 1)).any(|piece| {
        arena.causes(piece.origin).any(|cause| match cause {
            Cause::Values { path } => {
                let value = super::fields::value_at(&prepared.values, &arena.path_keys(*path));
                value.is_none_or(|value| value.data == PlainData::Null)
            }
            _ => false,
        })
    })
}
