//! Only some fields: `Service/web:spec.clusterIP`. And the order in which a trace is told.

use super::words::is_above;
use super::{Condition, Flow, How, Target, Trace};
use crate::manifest::{ObjectId, push_key};
use crate::value::yaml::{Kind, Node};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Which fields are wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Only {
    /// Without regard to case; `NOTES` for the notes.
    kind: String,
    /// None for all names; `*` stands for any characters.
    name: Option<String>,
    /// None for all fields.
    field: Option<String>,
}

/// Why a text does not say which fields are wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OnlyError;

impl fmt::Display for OnlyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("write KIND, KIND/NAME or KIND/NAME:FIELD, as in Service/web:spec.clusterIP, or NOTES")
    }
}

impl std::error::Error for OnlyError {}

impl Only {
    /// Reads `Service`, `Service/web`, `Service/web:spec.clusterIP`, `Service:spec`, `NOTES`.
    pub fn parse(text: &str) -> Result<Only, OnlyError> {
        // Names of some kinds (`system:web`) hold colons: the field stands behind the last one.
        let (object, field) = match text.rsplit_once(':') {
            Some((object, field)) => (object, Some(field.trim().trim_start_matches('.').to_string())),
            None => (text, None),
        };
        let (kind, name) = match object.split_once('/') {
            Some((kind, name)) => (kind, Some(name.trim().to_string())),
            None => (object, None),
        };
        let is_word = !kind.trim().is_empty() && !kind.contains(char::is_whitespace);
        if !is_word || name.as_deref() == Some("") || field.as_deref() == Some("") {
            return Err(OnlyError);
        }
        Ok(Only { kind: kind.trim().to_lowercase(), name, field })
    }

    /// The notes are wanted.
    pub fn is_notes(&self) -> bool {
        self.kind == "notes" || self.kind == "notes.txt"
    }

    /// An object is wanted, or something in it.
    pub fn is_object(&self, id: &ObjectId) -> bool {
        self.kind == id.kind.to_lowercase() && self.name.as_deref().is_none_or(|name| matches(name, &id.name))
    }

    /// The wanted field is in an object.
    pub(super) fn is_field_of(&self, root: &Node) -> bool {
        let Some(field) = &self.field else { return true };
        let mut todo = vec![(root, String::new())];
        while let Some((node, path)) = todo.pop() {
            if path == *field {
                return true;
            }
            if !path.is_empty() && !is_within(field, &path) {
                continue;
            }
            match &node.kind {
                Kind::Map(entries) => todo.extend(entries.iter().map(|(key, value)| {
                    let mut below = path.clone();
                    push_key(&mut below, &key.text);
                    (value, below)
                })),
                Kind::Seq(items) => {
                    todo.extend(items.iter().enumerate().map(|(i, item)| (item, format!("{path}[{i}]"))));
                }
                _ => {}
            }
        }
        false
    }

    fn is_wanted(&self, target: &Target) -> bool {
        match target {
            // Of objects that are not wanted nothing was kept.
            Target::Field { field, .. } => self
                .field
                .as_ref()
                .is_none_or(|wanted| field.is_empty() || is_within(field, wanted) || is_within(wanted, field)),
            Target::Notes { .. } => self.is_notes(),
            Target::Source(_) => false,
        }
    }
}

/// Whether a field is another or lies below it.
fn is_within(field: &str, outer: &str) -> bool {
    field.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Whether a name is as a pattern with `*` says. Parts between stars are looked for from left to right.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Leaves out what is not wanted, and what nothing comes from, and puts the rest into order.
pub(super) fn settle(trace: &mut Trace, only: Option<&Only>) {
    without_the_obvious(trace);
    if let Some(only) = only {
        trace.flows.retain(|flow| only.is_wanted(&flow.target));
        let used: BTreeSet<usize> = trace.flows.iter().filter_map(|flow| flow.how.condition()).collect();
        for (number, condition) in trace.conditions.iter_mut().enumerate() {
            if !used.contains(&number) {
                condition.by.clear();
            }
        }
        trace.missed.clear();
    }
    let order = |trace: &Trace, a: usize, b: usize| -> Ordering {
        let (a, b) = (&trace.sources[a], &trace.sources[b]);
        (a.kind, a.places.first(), &a.what).cmp(&(b.kind, b.places.first(), &b.what))
    };
    let ends: BTreeSet<usize> = trace.flows.iter().flat_map(ends).collect();
    let used = |trace: &Trace, n: &usize| {
        ends.contains(n) || only.is_none() || trace.conditions.iter().any(|condition| condition.by.contains_key(n))
    };
    let mut numbers: Vec<usize> = (0..trace.sources.len()).filter(|n| used(trace, n)).collect();
    numbers.sort_by(|a, b| order(trace, *a, *b));
    renumber_sources(trace, &numbers);
    let mut numbers: Vec<usize> = (0..trace.conditions.len()).filter(|n| !trace.conditions[*n].by.is_empty()).collect();
    numbers.sort_by(|a, b| trace.conditions[*a].place.cmp(&trace.conditions[*b].place));
    renumber_conditions(trace, &numbers);
    let objects = std::mem::take(&mut trace.objects);
    let mut sorted: Vec<usize> = (0..objects.len()).collect();
    sorted.sort_by(|a, b| objects[*a].cmp_by_kind(&objects[*b]));
    let place: BTreeMap<usize, usize> = sorted.iter().enumerate().map(|(new, old)| (*old, new)).collect();
    trace.objects = sorted.iter().map(|old| objects[*old].clone()).collect();
    for flow in &mut trace.flows {
        if let Target::Field { object, .. } = &mut flow.target {
            *object = place.get(object).copied().unwrap_or(*object);
        }
    }
    trace.flows.sort_by(|a, b| {
        (a.source, a.world, a.how, &a.target, &a.path).cmp(&(b.source, b.world, b.how, &b.target, &b.path))
    });
}

/// Leaves out what other flows say better.
fn without_the_obvious(trace: &mut Trace) {
    let decided = |flow: &Flow| matches!(flow.how, How::Decides(_)).then(|| (flow.source, flow.how.condition()));
    let deciding: BTreeSet<_> = trace.flows.iter().filter_map(decided).collect();
    // By source and object, the values that are written there.
    let mut written: BTreeMap<(usize, usize), Vec<(String, String)>> = BTreeMap::new();
    for flow in &trace.flows {
        if let (How::Value, Target::Field { object, field }) = (flow.how, &flow.target) {
            written.entry((flow.source, *object)).or_default().push((field.clone(), flow.path.clone()));
        }
    }
    trace.flows.retain(|flow| {
        let Target::Field { object, field } = &flow.target else { return true };
        let values = written.get(&(flow.source, *object)).map(Vec::as_slice).unwrap_or_default();
        match flow.how {
            // A condition that was seen to decide something, or chooses what is written, needs no telling of where else it
            // could.
            How::Could(_) => !deciding.contains(&(flow.source, flow.how.condition())) && values.is_empty(),
            // What lies above another path was only passed on the way.
            How::Value => !values.iter().any(|(f, path)| is_within(f, field) && is_above(&flow.path, path)),
            How::Decides(_) => true,
        }
    });
}

/// The sources that a flow names.
fn ends(flow: &Flow) -> impl Iterator<Item = usize> + use<> {
    let to = match flow.target {
        Target::Source(to) => Some(to),
        _ => None,
    };
    std::iter::once(flow.source).chain(to)
}

fn renumber_sources(trace: &mut Trace, numbers: &[usize]) {
    let new: BTreeMap<usize, usize> = numbers.iter().enumerate().map(|(new, old)| (*old, new)).collect();
    trace.sources = numbers.iter().map(|old| trace.sources[*old].clone()).collect();
    for flow in &mut trace.flows {
        flow.source = new.get(&flow.source).copied().unwrap_or_default();
        if let Target::Source(to) = &mut flow.target {
            *to = new.get(to).copied().unwrap_or_default();
        }
    }
    for Condition { by, .. } in &mut trace.conditions {
        *by = std::mem::take(by).into_iter().filter_map(|(old, paths)| Some((*new.get(&old)?, paths))).collect();
    }
}

fn renumber_conditions(trace: &mut Trace, numbers: &[usize]) {
    let new: BTreeMap<usize, usize> = numbers.iter().enumerate().map(|(new, old)| (*old, new)).collect();
    trace.conditions = numbers.iter().map(|old| trace.conditions[*old].clone()).collect();
    for flow in &mut trace.flows {
        let renumbered = |old: usize| new.get(&old).copied().unwrap_or_default();
        flow.how = match flow.how {
            How::Value => How::Value,
            How::Decides(old) => How::Decides(renumbered(old)),
            How::Could(old) => How::Could(renumbered(old)),
        };
    }
}

impl super::ObjectAt {
    fn cmp_by_kind(&self, other: &Self) -> Ordering {
        let key = |o: &Self| (o.kind.clone(), o.name.clone(), o.namespace.clone(), o.api_version.clone());
        key(self).cmp(&key(other)).then_with(|| (&self.file, self.is_hook).cmp(&(&other.file, other.is_hook)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_is_read() {
        let only = Only::parse("Service/web-*:.spec.clusterIP").unwrap();
        assert_eq!((only.kind.as_str(), only.name.as_deref()), ("service", Some("web-*")));
        assert_eq!(only.field.as_deref(), Some("spec.clusterIP"));
        let only = Only::parse("ClusterRole/system:web:rules").unwrap();
        assert_eq!((only.name.as_deref(), only.field.as_deref()), (Some("system:web"), Some("rules")));
        assert!(Only::parse("NOTES.txt").unwrap().is_notes());
        for wrong in ["", "/web", "Service/", "Service/web:", "a service"] {
            assert_eq!(Only::parse(wrong), Err(OnlyError), "{wrong}");
        }
    }

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, name, is_it) in [
            ("web", "web", true),
            ("web", "web-1", false),
            ("*", "web", true),
            ("w*b", "web", true),
            ("*-web", "release-web", true),
            ("a*b*c", "axbxc", true),
            ("a*b*c", "axc", false),
            ("ab*b", "ab", false),
        ] {
            assert_eq!(matches(pattern, name), is_it, "{pattern} {name}");
        }
    }

    #[test]
    fn a_field_is_within_itself_and_those_above() {
        assert!(is_within("spec.ports[0]", "spec.ports") && is_within("spec", "spec"));
        assert!(!is_within("spec.portsX", "spec.ports") && !is_within("spec", "spec.ports"));
    }
}
