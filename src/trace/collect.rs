//! Looking at lives: every document, NOTES.txt, condition and call of each phase.

use super::fields::{Arrival, Fields};
use super::kind::phase_name;
use super::missed::Looking;
use super::reads::Reads;
use super::tables::Tables;
use super::words::{call_text, condition_text, is_above, object_at, place, query_text, value_at};
use super::{Flow, How, Kind, Only, Phases, Place, Target, Trace};
use crate::engine::{ParsedTemplate, written_at};
use crate::explore::Coverage;
use crate::lifecycle::{Life, Phase};
use crate::manifest::Object;
use crate::source::{Sources, Span};
use crate::value::origin::{Cause, GuardId, PathId};
use crate::value::{OriginId, Plain};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// As many flows are kept.
const MAX_FLOWS: usize = 50_000;

/// Makes a trace from lives.
pub struct Tracer {
    kinds: BTreeSet<Kind>,
    only: Option<Only>,
    trace: Trace,
    tables: Tables,
    /// Flows by what they are, and in which world they were seen first.
    known: FxHashMap<(usize, u32, How, Target), usize>,
    told: FxHashMap<Alike, usize>,
    /// By address.
    shown: FxHashMap<usize, Shown>,
    templates: BTreeMap<u32, ParsedTemplate>,
    files: Sources,
}

/// An object that was looked at.
struct Shown {
    /// It is kept, so that its address stays its own.
    _object: Arc<Object>,
    world: usize,
    flows: Vec<usize>,
}

/// What is the same flow in two worlds, whatever names the objects have there.
type Alike = (Kind, Option<Place>, String, How, String);

/// One phase as it is looked at, with what was worked out of it.
struct Looked<'a> {
    phase: &'a Phase,
    world: usize,
    /// The values of the chart, with the places that they were read from.
    values_of_chart: Option<&'a Plain>,
    causes: FxHashMap<Cause, Option<(usize, u32)>>,
    values: FxHashMap<OriginId, Arc<[Arrival]>>,
    guards: FxHashMap<GuardId, Arc<[Arrival]>>,
}

impl Tracer {
    /// A tracer of some kinds of sources, and perhaps of some fields only.
    pub fn new(chart: &str, kinds: BTreeSet<Kind>, only: Option<Only>) -> Tracer {
        Tracer {
            kinds,
            only,
            trace: Trace { chart: chart.into(), ..Trace::default() },
            tables: Tables::default(),
            known: FxHashMap::default(),
            told: FxHashMap::default(),
            shown: FxHashMap::default(),
            templates: BTreeMap::new(),
            files: Sources::default(),
        }
    }

    /// Looks at a life; whether it showed a flow that was not known. A world of ours that the chart refuses says nothing.
    pub fn add(&mut self, life: &Life, is_given: bool) -> bool {
        let known = self.trace.flows.len();
        self.trace.lived += 1;
        if let (true, Some(error)) = (is_given, &life.refused) {
            self.trace.errors.push(error.message.clone());
        }
        let world = self.tables.world(&mut self.trace, &life.world.flags, life.world.is_assumed());
        for phase in &life.phases {
            self.templates.extend(phase.rendering.trees().iter().map(|t| (t.base, t.clone())));
            if phase.rendering.sources.files().len() > self.files.files().len() {
                self.files = phase.rendering.sources.clone();
            }
            if let (true, Some(error)) = (is_given, &phase.rendering.error) {
                let text = error.helm_text(&life.world.profile);
                if !self.trace.errors.contains(&text) {
                    self.trace.errors.push(text);
                }
            }
            let mut looked = Looked {
                phase,
                world,
                values_of_chart: life.prepared.as_ref().map(|prepared| &prepared.values),
                causes: FxHashMap::default(),
                values: FxHashMap::default(),
                guards: FxHashMap::default(),
            };
            self.conditions(&mut looked);
            for object in &phase.objects {
                let address = Arc::as_ptr(object) as usize;
                match self.shown.get(&address) {
                    // The very same text: what flows into it is known.
                    Some(shown) if shown.world == world => {
                        shown.flows.clone().into_iter().for_each(|flow| self.seen(flow, phase));
                    }
                    Some(_) => {}
                    None => {
                        let flows = self.object(&mut looked, object);
                        self.shown.insert(address, Shown { _object: object.clone(), world, flows });
                    }
                }
            }
            self.notes(&mut looked);
            self.calls(&mut looked);
        }
        self.trace.flows.len() > known
    }

    fn seen(&mut self, flow: usize, phase: &Phase) {
        if let Some(flow) = self.trace.flows.get_mut(flow) {
            flow.phases = flow.phases.with(phase.kind);
        }
    }

    /// The conditions that were evaluated, and how they came out.
    fn conditions(&mut self, looked: &mut Looked<'_>) {
        for condition in &looked.phase.rendering.log.conditions {
            let Some(number) = self.condition(looked, condition.head, condition.origin) else { continue };
            let outcomes = &mut self.trace.conditions[number].outcomes;
            if condition.outcome.is_taken() { outcomes.0 = true } else { outcomes.1 = true }
        }
    }

    /// The number of a condition that depends on something that is wanted.
    fn condition(&mut self, looked: &mut Looked<'_>, head: Span, origin: OriginId) -> Option<usize> {
        let causes = self.values(looked, origin);
        if causes.is_empty() {
            return None;
        }
        let files = &looked.phase.rendering.sources;
        let place = place(files, head)?;
        let number = self.tables.condition(&mut self.trace, place, condition_text(files, head));
        for arrival in causes.iter() {
            if let Arrival::Value { source, path } = arrival {
                let path = self.tables.paths.get(*path as usize).cloned().unwrap_or_default();
                self.trace.conditions[number].by.entry(*source).or_default().insert(path);
            }
        }
        Some(number)
    }

    /// What an origin depends on.
    fn values(&mut self, looked: &mut Looked<'_>, origin: OriginId) -> Arc<[Arrival]> {
        if origin.is_none() {
            return Arc::new([]);
        }
        if let Some(known) = looked.values.get(&origin) {
            return known.clone();
        }
        let rendering = &looked.phase.rendering;
        let mut found: Vec<(usize, u32)> = Vec::new();
        for cause in rendering.rt.arena.causes(origin) {
            if !self.kinds.contains(&Kind::of(cause)) {
                continue;
            }
            let resolved = match looked.causes.get(cause) {
                Some(resolved) => *resolved,
                None => {
                    let resolved = self.resolve(looked, cause);
                    looked.causes.insert(cause.clone(), resolved);
                    resolved
                }
            };
            found.extend(resolved);
        }
        // What lies above another path of the same source was only passed on the way.
        let text = |path: u32| self.tables.paths.get(path as usize).map_or("", String::as_str);
        let is_passed = |(source, path): &(usize, u32)| {
            found.iter().any(|(s, p)| s == source && p != path && is_above(text(*path), text(*p)))
        };
        let mut arrivals: Vec<Arrival> =
            found.iter().filter(|one| !is_passed(one)).map(|&(source, path)| Arrival::Value { source, path }).collect();
        arrivals.sort_unstable();
        arrivals.dedup();
        let arrivals: Arc<[Arrival]> = arrivals.into();
        looked.values.insert(origin, arrivals.clone());
        arrivals
    }

    /// The number of a cause's source, and of what is read of it.
    fn resolve(&mut self, looked: &Looked<'_>, cause: &Cause) -> Option<(usize, u32)> {
        let (rendering, values) = (&looked.phase.rendering, looked.values_of_chart);
        let arena = &rendering.rt.arena;
        let files = &rendering.sources;
        let below = |path: PathId| match arena.path_text(path) {
            text if text.is_empty() || text.starts_with('[') => text,
            text => format!(".{text}"),
        };
        let (what, at, path) = match cause {
            Cause::Lookup { call, path } => {
                let call = rendering.rt.lookups.get(*call)?;
                (query_text(&call.query), Some(call.span), below(*path))
            }
            Cause::Random { draw } => {
                let draw = rendering.rt.draws.get(*draw)?;
                (draw.function.to_string(), Some(draw.span), String::new())
            }
            Cause::Time { at } | Cause::Dns { at } => (call_text(files, *at), Some(*at), String::new()),
            Cause::Phase(field) => (phase_name(*field).to_string(), None, String::new()),
            Cause::Capabilities { path } => {
                let keys = arena.path_keys(*path);
                let first = keys.first().map(|key| format!(".{}", String::from_utf8_lossy(key))).unwrap_or_default();
                let rest = below(*path).strip_prefix(&first).unwrap_or_default().to_string();
                (format!(".Capabilities{first}"), None, rest)
            }
            Cause::ChartVersion { app: false } => (".Chart.Version".to_string(), None, String::new()),
            Cause::ChartVersion { app: true } => (".Chart.AppVersion".to_string(), None, String::new()),
            Cause::Values { path } => (format!(".Values{}", below(*path)), None, String::new()),
            Cause::Files { path } => (String::from_utf8_lossy(path).into_owned(), None, String::new()),
            Cause::Release { field } => (format!(".Release.{field}"), None, String::new()),
        };
        let at = at.and_then(|at| place(files, at));
        let source = self.tables.source(&mut self.trace, Kind::of(cause), what, at);
        if let Cause::Values { path } = cause
            && self.trace.sources[source].places.is_empty()
        {
            let keys = arena.path_keys(*path);
            self.trace.sources[source].places.extend(value_at(values, &keys).and_then(|span| place(files, span)));
        }
        Some((source, self.tables.path(path)))
    }

    /// The conditions of a chain that depend on something that is wanted.
    fn guards(&mut self, looked: &mut Looked<'_>, guard: GuardId) -> Arc<[Arrival]> {
        if guard.is_none() {
            return Arc::new([]);
        }
        if let Some(known) = looked.guards.get(&guard) {
            return known.clone();
        }
        let mut arrivals = BTreeSet::new();
        for guard in looked.phase.rendering.rt.arena.guards(guard) {
            let Some(condition) = self.condition(looked, guard.condition, guard.origin) else { continue };
            for arrival in self.values(looked, guard.origin).iter() {
                if let Arrival::Value { source, .. } = arrival {
                    arrivals.insert(Arrival::Decides { condition, source: *source });
                }
            }
        }
        let arrivals: Arc<[Arrival]> = arrivals.into_iter().collect();
        looked.guards.insert(guard, arrivals.clone());
        arrivals
    }

    /// What flows into an object.
    fn object(&mut self, looked: &mut Looked<'_>, object: &Object) -> Vec<usize> {
        let mut flows = Vec::new();
        if let Some(only) = &self.only {
            self.trace.rendered.insert(object.id.to_string());
            if !only.is_object(&object.id) {
                return flows;
            }
            self.trace.is_found |= only.is_field_of(&object.node);
        }
        let mut fields: Option<Fields> = None;
        // Where a condition wrote nothing: the first such place is enough.
        let mut silent: BTreeMap<Arrival, usize> = BTreeMap::new();
        for piece in object.text.pieces() {
            let guards = self.guards(looked, piece.guard);
            if piece.is_mark() {
                guards.iter().for_each(|arrival| _ = silent.entry(*arrival).or_insert(piece.start as usize));
                continue;
            }
            let values = self.values(looked, piece.origin);
            if !guards.is_empty() || !values.is_empty() {
                let fields = fields.get_or_insert_with(|| Fields::new(&object.node));
                fields.arrive(&piece.range(), &guards);
                fields.arrive(&piece.range(), &values);
            }
        }
        if fields.is_none() && silent.is_empty() {
            return flows;
        }
        let fields = fields.unwrap_or_else(|| Fields::new(&object.node));
        let number = self.tables.object(&mut self.trace, object_at(object));
        for (arrival, at) in silent {
            if let Arrival::Decides { condition, source } = arrival {
                let target = Target::Field { object: number, field: fields.around(at).to_string() };
                flows.extend(self.flow(looked, (source, 0), How::Could(condition), target, None));
            }
        }
        let rendering = &looked.phase.rendering;
        for (arrival, field, range) in fields.arrivals() {
            let written = || place(&rendering.sources, written_at(rendering, &object.text, &range));
            let target = Target::Field { object: number, field };
            let added = match arrival {
                Arrival::Value { source, path } => self.flow(looked, (source, path), How::Value, target, written()),
                Arrival::Decides { condition, source } => {
                    self.flow(looked, (source, 0), How::Decides(condition), target, None)
                }
            };
            flows.extend(added);
        }
        flows
    }

    /// What flows into NOTES.txt.
    fn notes(&mut self, looked: &mut Looked<'_>) {
        if self.only.as_ref().is_some_and(|only| !only.is_notes()) {
            return;
        }
        let rendering = &looked.phase.rendering;
        for file in &rendering.notes {
            self.trace.is_found = true;
            let name: Arc<str> = rendering
                .sources
                .files()
                .iter()
                .find(|f| *f.name == *file.name)
                .map_or_else(|| file.name.clone(), |f| Arc::from(f.path.as_str()));
            for piece in file.text.pieces().iter().filter(|piece| !piece.is_mark()) {
                let target = || Target::Notes { file: name.clone() };
                for arrival in self.values(looked, piece.origin).iter().chain(self.guards(looked, piece.guard).iter()) {
                    match *arrival {
                        Arrival::Value { source, path } => {
                            let written = place(&rendering.sources, written_at(rendering, &file.text, &piece.range()));
                            self.flow(looked, (source, path), How::Value, target(), written)
                        }
                        Arrival::Decides { condition, source } => {
                            self.flow(looked, (source, 0), How::Decides(condition), target(), None)
                        }
                    };
                }
            }
        }
    }

    /// What flows into the arguments of lookups.
    fn calls(&mut self, looked: &mut Looked<'_>) {
        if self.only.is_some() || !self.kinds.contains(&Kind::Lookup) {
            return;
        }
        let rendering = &looked.phase.rendering;
        let last = rendering.rt.lookups.len().saturating_sub(1);
        for (index, call) in rendering.rt.lookups.iter().enumerate() {
            let at = place(&rendering.sources, call.span);
            let to = self.tables.source(&mut self.trace, Kind::Lookup, query_text(&call.query), at.clone());
            self.trace.sources[to].fails |= index == last && rendering.error.is_some();
            for arrival in self.values(looked, call.arguments).iter() {
                if let Arrival::Value { source, path } = *arrival {
                    self.flow(looked, (source, path), How::Value, Target::Source(to), at.clone());
                }
            }
        }
    }

    /// Notes a flow, unless it was told in a world before; gives its number.
    fn flow(
        &mut self,
        looked: &Looked<'_>,
        (source, path): (usize, u32),
        how: How,
        target: Target,
        written: Option<Place>,
    ) -> Option<usize> {
        let phases = Phases::default().with(looked.phase.kind);
        let key = (source, path, how, target);
        if let Some(number) = self.known.get(&key) {
            let number = *number;
            if self.trace.flows[number].world == looked.world {
                self.seen(number, looked.phase);
            }
            return Some(number);
        }
        let target = key.3.clone();
        let path = self.tables.paths.get(path as usize).cloned().unwrap_or_default();
        let path = if how == How::Value { path } else { String::new() };
        let from = &self.trace.sources[source];
        let alike = (from.kind, from.places.first().cloned(), path.clone(), how, self.alike(&from.what, &target));
        if *self.told.entry(alike).or_insert(looked.world) != looked.world {
            return None;
        }
        if self.trace.flows.len() >= MAX_FLOWS {
            self.trace.is_full = true;
            return None;
        }
        let number = self.trace.flows.len();
        self.trace.flows.push(Flow { source, path, how, target, written, world: looked.world, phases });
        self.known.insert(key, number);
        Some(number)
    }

    /// A target without the names of objects and without the numbers of elements; with the name of a source that has no
    /// place.
    fn alike(&self, what: &str, target: &Target) -> String {
        let what = if what.starts_with('.') { what } else { "" };
        let target = match target {
            Target::Field { object, field } => {
                let object = &self.trace.objects[*object];
                let field: String = field.chars().filter(|c| !c.is_ascii_digit()).collect();
                format!("{} {} {field}", object.kind, object.file)
            }
            Target::Notes { file } => file.to_string(),
            Target::Source(number) => {
                let source = &self.trace.sources[*number];
                format!("{:?}", source.places)
            }
        };
        format!("{what} {target}")
    }

    /// The trace, when all lives were looked at.
    pub fn finish(mut self, coverage: &Coverage) -> Trace {
        let reads = Reads::new(self.templates.values());
        let trace = &mut self.trace;
        for source in trace.sources.iter_mut().filter(|source| source.places.is_empty()) {
            let own = reads.reads.iter().filter(|read| read.kind == Some(source.kind) && read.what == source.what);
            let places: BTreeSet<Place> = own.filter_map(|read| place(&self.files, read.span)).collect();
            source.places = places.into_iter().collect();
        }
        let has_failed = !trace.errors.is_empty();
        trace.missed = Looking { coverage, reads: &reads, files: &self.files, has_failed }.missed(&self.kinds);
        trace.lookups = coverage.lookups();
        trace.draws = coverage.draws();
        trace.is_cut_off = coverage.is_cut_off;
        super::only::settle(&mut self.trace, self.only.as_ref());
        self.trace
    }
}
