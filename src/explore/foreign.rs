//! Objects of others: a lookup of what the chart does not render finds nothing in one world, and something in another.

use super::goal::Stand;
use super::setting::{self, Setting};
use crate::engine::log::Condition;
use crate::engine::{Answer, Cluster, LookupCall, Query};
use crate::lifecycle::{Life, PhaseKind};
use crate::value::origin::{Cause, Graph};
use crate::value::{Key, Plain, PlainData};
use rustc_hash::FxHashSet;
use std::collections::{BTreeSet, VecDeque};

/// The lookups that found nothing yet, with where that was.
#[derive(Default)]
pub(super) struct Strangers {
    /// Calls that found something in some world, by their place.
    found: FxHashSet<u32>,
    /// Fields of own objects that were filled in some world.
    filled: FxHashSet<(Query, Vec<String>)>,
    waiting: VecDeque<(Stand, Vec<(u32, Query)>)>,
    fillings: VecDeque<Stand>,
    /// The same, of worlds that fail: for charts that no world of which renders.
    of_failing: VecDeque<Stand>,
}

/// Whether an object can have the name, or it is none: text of a template cannot.
fn is_name(name: &str) -> bool {
    !name.contains(|c: char| c.is_whitespace() || "{}\"/%".contains(c))
}

impl Strangers {
    /// Looks at the lookups of a life. For a world that was `given` the world with the objects is made at once.
    pub fn learn(&mut self, life: &Life, stand: &Stand, is_given: bool) -> Option<Stand> {
        for call in life.phases.iter().flat_map(|phase| phase.rendering.rt.lookups.iter()).filter(|call| call.found) {
            self.found.insert(call.span.start);
        }
        let phase = life.phase(PhaseKind::Upgrade).filter(|phase| phase.rendering.error.is_none())?;
        let mut missed: Vec<(u32, Query)> = Vec::new();
        let is_open = |call: &&LookupCall| !call.found && !call.query.kind.is_empty() && is_name(&call.query.name);
        // What of the stand each of them needs to be asked, by the call that needs the least.
        let mut needed: Vec<Vec<bool>> = Vec::new();
        for call in phase.rendering.rt.lookups.iter().filter(is_open) {
            let entry = (call.span.start, call.query.clone());
            if self.found.contains(&entry.0) || life.renders(&call.query) {
                continue;
            }
            let own = needs_of(&phase.rendering.rt.arena, call, stand);
            let count = |needs: &[bool]| needs.iter().filter(|is_needed| **is_needed).count();
            match missed.iter().position(|other| *other == entry).and_then(|at| needed.get_mut(at)) {
                Some(other) if count(&own) < count(other) => *other = own,
                Some(_) => {}
                None => {
                    missed.push(entry);
                    needed.push(own);
                }
            }
        }
        if missed.is_empty() || life.world.is_assumed() {
            return None;
        }
        let is_needed = |(number, _): &(usize, &Setting)| needed.iter().any(|needs| needs.get(*number) == Some(&true));
        let settings =
            stand.settings.iter().enumerate().filter(is_needed).map(|(_, setting)| setting.clone()).collect();
        self.waiting.push_back((Stand { settings, ..stand.clone() }, missed));
        if is_given { self.next_stand(true) } else { None }
    }

    /// The next world in which something is there that was missed.
    pub fn next_stand(&mut self, renders: bool) -> Option<Stand> {
        while let Some((mut stand, missed)) = self.waiting.pop_front() {
            let missed: Vec<_> = missed.into_iter().filter(|(place, _)| !self.found.contains(place)).collect();
            for (place, query) in &missed {
                setting::add(&mut stand.settings, Setting::Foreign(query.clone()));
                self.found.insert(*place);
            }
            if !missed.is_empty() {
                return Some(stand);
            }
        }
        self.fillings.pop_front().or_else(|| self.of_failing.pop_front().filter(|_| !renders))
    }

    /// Plans a world in which a controller has filled the fields of the chart's own objects that conditions ask for and
    /// that are not there.
    pub fn fill(&mut self, life: &Life, stand: &Stand, is_interesting: impl Fn(&Condition) -> bool) {
        let Some(phase) = life.phase(PhaseKind::Upgrade).filter(|_| !life.world.is_assumed()) else { return };
        let graph = &phase.rendering.rt.arena;
        let fails = phase.rendering.error.is_some();
        let mut stand = stand.clone();
        let before = stand.settings.len();
        for condition in phase.rendering.log.conditions.iter().filter(|c| !super::is_taken(c) && is_interesting(c)) {
            for cause in graph.causes(condition.origin) {
                let Cause::Lookup { call, path } = cause else { continue };
                let Some(lookup) = phase.rendering.rt.lookups.get(*call).filter(|call| call.found) else {
                    continue;
                };
                let keys: Vec<String> =
                    graph.path_keys(*path).iter().map(|key| String::from_utf8_lossy(key).into_owned()).collect();
                let field = (lookup.query.clone(), keys.clone());
                if is_left_to_others(life, &lookup.query, &keys)
                    && if fails { !self.filled.contains(&field) } else { self.filled.insert(field) }
                {
                    let value = filling(&keys);
                    let setting = Setting::Filled { query: lookup.query.clone(), path: keys, value };
                    setting::add(&mut stand.settings, setting);
                }
            }
        }
        if stand.settings.len() > before {
            if fails { &mut self.of_failing } else { &mut self.fillings }.push_back(stand);
        }
    }
}

/// Which settings of a stand decide whether and what a call asks.
fn needs_of(graph: &Graph, call: &LookupCall, stand: &Stand) -> Vec<bool> {
    let origins = graph.guards(call.guard).into_iter().map(|guard| guard.origin).chain([call.arguments]);
    let causes = origins.flat_map(|origin| graph.causes(origin));
    let paths = causes.filter_map(|cause| match cause {
        Cause::Values { path } => Some(*path),
        _ => None,
    });
    let paths: BTreeSet<_> = paths.collect();
    let paths: Vec<Vec<String>> = paths.into_iter().map(|path| super::words(graph, path)).collect();
    let is_needed =
        |setting: &Setting| setting.path().is_none_or(|own| paths.iter().any(|path| setting::is_related(own, path)));
    stand.settings.iter().map(is_needed).collect()
}

/// Whether a field of an object is one that a controller writes and the chart leaves alone.
fn is_left_to_others(life: &Life, query: &Query, keys: &[String]) -> bool {
    let Some(first) = keys.first().filter(|_| !query.name.is_empty() && keys.iter().all(|key| !key.starts_with('[')))
    else {
        return false;
    };
    match (first.as_str(), query.kind.as_str()) {
        ("status", _) => true,
        ("secrets" | "imagePullSecrets", "ServiceAccount") => true,
        // A Secret without data is there to be filled, with a certificate for one.
        ("data", "Secret" | "ConfigMap") => match life.live.lookup(query) {
            Answer::Found(object) => object.get("data").and_then(Plain::as_map).is_none_or(|data| data.is_empty()),
            _ => false,
        },
        _ => false,
    }
}

/// What a controller may put into a field.
fn filling(keys: &[String]) -> Plain {
    let name = keys.last().map(String::as_str).unwrap_or_default();
    let named = |entries: &[(&str, &str)]| {
        let entries = entries.iter().map(|(key, value)| (Key::from(key.as_bytes()), Plain::string(value)));
        Plain::from(PlainData::Map(entries.collect()))
    };
    match (keys.first().map(String::as_str), name) {
        // What base64 makes of "example".
        (Some("data"), name) if name != "data" => Plain::string("ZXhhbXBsZQ=="),
        (_, "data") => named(&[("example", "ZXhhbXBsZQ==")]),
        (_, "annotations" | "labels" | "loadBalancer") => named(&[("example", "example")]),
        (_, "ingress") => PlainData::List(vec![named(&[("ip", "192.0.2.1"), ("hostname", "lb.example.com")])]).into(),
        (_, name) if name.ends_with('s') && !name.ends_with("ss") && !name.ends_with("status") => {
            PlainData::List(vec![named(&[("name", "example"), ("type", "Ready"), ("status", "True")])]).into()
        }
        _ => Plain::string("example"),
    }
}
