//! Rendering the phases of a life, each from what the ones before it left.

use super::live::{LiveState, Made};
use super::memory::{First, Memory};
use super::run::{Life, Phase, PhaseKind, World};
use crate::chart::Prepared;
use crate::engine::{
    self, Answer, Cluster, Donor, Earlier, FileNote, Kept, KeySource, Likeness, Limits, Query, ReleaseInfo, Rendering,
};
use crate::manifest::{self, RenderedFile};
use crate::source::Sources;
use crate::template::Cache;
use crate::value::origin::PathId;
use crate::value::{Arena, Key, Plain, PlainData};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What one phase is told; the parts that vary between phases can be chosen one by one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Knobs {
    /// The release fields are those of this phase.
    pub phase: PhaseKind,
    /// Random functions draw as in this phase.
    pub seed: PhaseKind,
    /// The clock is that of this phase.
    pub clock: PhaseKind,
}

impl Knobs {
    pub fn of(kind: PhaseKind) -> Knobs {
        Knobs { phase: kind, seed: kind, clock: kind }
    }
}

/// 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600;

/// The time between phases: 403 days, an hour, a minute and eleven seconds, so that whatever part of a date a template
/// writes differs.
const STEP: i64 = 34_822_871;

/// What one render may cost where conditions are forced: what ends a recursion may be among them.
const FORCED_WORK: u64 = 20_000_000;

/// The phases of one life as they are lived.
pub(super) struct Phases<'a> {
    world: &'a World,
    cache: &'a Cache,
    reader: manifest::Reader,
    made: Made,
    pub list: Vec<Phase>,
    /// The first phase of the chart that is rendered now: those from it on share one graph of origins.
    first: usize,
    /// What that phase left for those after it.
    kept: Option<Arc<Kept>>,
    /// The lives that this one takes over from, and goes on from the graph of, and the places of values that are not as they
    /// were in them.
    before: Vec<(Arc<First>, BTreeSet<PathId>)>,
}

impl<'a> Phases<'a> {
    pub fn new(world: &'a World, cache: &'a Cache) -> Phases<'a> {
        Phases {
            world,
            cache,
            reader: manifest::Reader::new(&world.profile),
            made: Made::default(),
            list: Vec::new(),
            first: 0,
            kept: None,
            before: Vec::new(),
        }
    }

    /// The first phase; from the memory comes what it would render to again.
    pub fn install(&mut self, prepared: &Prepared, sources: &Sources, memory: &mut Memory) {
        if let Some(reader) = memory.reader.take() {
            self.reader = reader;
        }
        let knobs = Knobs::of(PhaseKind::Install);
        let live = LiveState::new_cluster(self.world);
        let is_alike = |first: &&Arc<First>| {
            has_same_templates(&first.prepared, prepared)
                && first.capabilities == self.world.capabilities
                && first.namespace == self.world.namespace
                && first.kept(PhaseKind::Install).is_some()
        };
        let alike: Vec<Arc<First>> = memory.later.iter().chain(&memory.first).filter(is_alike).cloned().collect();
        let phase = if alike.is_empty() {
            self.phase(prepared, knobs, &live, sources, None)
        } else {
            self.made = std::mem::take(&mut memory.made);
            let arena = std::mem::take(&mut memory.arena).unshared();
            let changed = |first: Arc<First>| {
                let changed = changed_paths(&first.prepared.values, &prepared.values, &arena);
                (first, changed)
            };
            let before: Vec<_> = alike.into_iter().map(changed).collect();
            let phase = self.phase_like(prepared, knobs, &live, sources, (&before, arena));
            self.before = before;
            phase
        };
        self.add_first(phase);
    }

    /// An install that takes over from that of lives before.
    fn phase_like(
        &mut self,
        prepared: &Prepared,
        knobs: Knobs,
        live: &LiveState,
        sources: &Sources,
        (before, arena): (&[(Arc<First>, BTreeSet<PathId>)], Arena),
    ) -> Phase {
        let affected: Vec<_> = before
            .iter()
            .map(|(_, changed)| move |note: &FileNote, arena: &Arena| is_touched(note, changed, arena))
            .collect();
        let of_lives = before.iter().zip(&affected).filter_map(|((first, _), is_affected)| {
            let kept = first.kept(PhaseKind::Install)?;
            Some(Donor { kept, likeness: Likeness::SamePhase, is_affected })
        });
        let donors: Vec<Donor<'_>> = of_lives.collect();
        let kept = donors.first().map(|donor| donor.kept);
        let earlier = kept.map(|kept| Earlier { kept, arena, has_same_input: false, donors });
        self.phase(prepared, knobs, live, sources, earlier)
    }

    fn add_first(&mut self, phase: Phase) {
        self.first = self.list.len();
        self.kept = phase.rendering.kept().map(Arc::new);
        self.list.push(phase);
    }

    /// Renders the next phase. Files that do not depend on the phase are taken over from the first of the same chart, those
    /// that do from the same phase of the first life, or from one that is told the same of the release.
    pub fn next(&mut self, kind: PhaseKind, prepared: &Prepared, live: &LiveState, sources: &Sources) {
        let (kept, before) = (self.kept.clone(), std::mem::take(&mut self.before));
        let is_varying = |note: &FileNote, _: &Arena| note.varies;
        let changed: Vec<_> = before
            .iter()
            .map(|(_, changed)| move |note: &FileNote, arena: &Arena| is_touched(note, changed, arena))
            .collect();
        let is_chancy = |note: &FileNote, _: &Arena| note.is_of_chance || kind.is_upgrade() && note.is_of_revision;
        let twin = kind.twin();
        let of_twin = self.list[self.first..].iter().find(|phase| Some(phase.kind) == twin);
        let of_twin = of_twin.filter(|phase| phase.kind != PhaseKind::Install).and_then(|phase| phase.rendering.kept());
        let earlier = kept.as_ref().zip(self.list.last_mut()).map(|(kept, last)| {
            let arena = std::mem::take(&mut last.rendering.rt.arena);
            let mut donors = vec![Donor { kept, likeness: Likeness::Other, is_affected: &is_varying }];
            // The install is what this render goes on from.
            let of_twin = of_twin.as_ref().or(Some(&**kept).filter(|_| twin == Some(PhaseKind::Install)));
            if let Some(kept) = of_twin {
                donors.push(Donor { kept, likeness: Likeness::SameRelease, is_affected: &is_chancy });
            }
            for ((first, _), is_affected) in before.iter().zip(&changed) {
                let kept = first.kept(kind);
                donors.extend(kept.map(|kept| Donor { kept, likeness: Likeness::SamePhase, is_affected }));
            }
            Earlier { kept, arena, has_same_input: true, donors }
        });
        let phase = self.phase(prepared, Knobs::of(kind), live, sources, earlier);
        drop(changed);
        self.before = before;
        self.list.push(phase);
    }

    /// Renders the first phase of another version of the chart.
    pub fn upgrade_to(&mut self, prepared: &Prepared, sources: &Sources, live: &LiveState) {
        let phase = self.phase(prepared, Knobs::of(PhaseKind::Upgrade), live, sources, None);
        self.add_first(phase);
    }

    /// The cluster after the install.
    pub fn installed(&mut self) -> LiveState {
        let empty = LiveState::new_cluster(self.world);
        let objects = self.list.first().map_or(&[][..], |phase| &phase.objects);
        empty.after(&mut self.made, &[], objects, self.world)
    }

    /// The cluster after the upgrade. One that fails changes nothing.
    pub fn upgraded(&mut self, live: &LiveState) -> LiveState {
        match self.list.as_slice() {
            [install, .., upgrade] if upgrade.rendering.error.is_none() && upgrade.manifests.is_ok() => {
                live.after(&mut self.made, &install.objects, &upgrade.objects, self.world)
            }
            _ => live.clone(),
        }
    }

    /// Whether the phases after the install can differ from it.
    pub fn vary(&self) -> bool {
        self.list
            .iter()
            .any(|phase| phase.rendering.error.is_some() || phase.manifests.is_err() || phase.rendering.varies())
    }

    /// The phases, which share the graph of their origins from now on.
    pub fn finish(mut self, prepared: &Arc<Prepared>, memory: &mut Memory) -> Vec<Phase> {
        if let (Some(_), Some(last)) = (self.kept, self.list.last_mut()) {
            let arena = last.rendering.rt.arena.share();
            for phase in &mut self.list[self.first..] {
                phase.rendering.rt.arena = arena.clone();
            }
            // A life with other templates has a graph of its own.
            if !self.before.is_empty() || memory.first.is_none() {
                memory.arena = arena;
                memory.made = self.made;
                memory.first.get_or_insert_with(|| {
                    let kept = |phase: &Phase| Some((phase.kind, phase.rendering.kept()?));
                    Arc::new(First {
                        prepared: prepared.clone(),
                        capabilities: self.world.capabilities.clone(),
                        namespace: self.world.namespace.clone(),
                        phases: self.list.iter().filter_map(kept).collect(),
                    })
                });
            }
        }
        memory.reader = Some(self.reader);
        memory.know(&mut self.list);
        self.list
    }

    /// Renders one phase.
    fn phase(
        &mut self,
        prepared: &Prepared,
        knobs: Knobs,
        live: &LiveState,
        sources: &Sources,
        earlier: Option<Earlier<'_>>,
    ) -> Phase {
        let rendering = self.render(prepared, knobs, live, sources, earlier);
        self.read(knobs.phase, rendering)
    }

    fn render(
        &self,
        prepared: &Prepared,
        knobs: Knobs,
        live: &LiveState,
        sources: &Sources,
        earlier: Option<Earlier<'_>>,
    ) -> Rendering {
        let phase_number = |kind: PhaseKind| PhaseKind::ALL.iter().position(|k| *k == kind).unwrap_or(0) as i64;
        let world = self.world;
        let options = engine::Options {
            release: ReleaseInfo {
                name: world.release.clone(),
                namespace: world.namespace.clone(),
                is_install: !knobs.phase.is_upgrade() && knobs.phase != PhaseKind::Lint,
                is_upgrade: knobs.phase.is_upgrade(),
                revision: knobs.phase.revision(),
            },
            capabilities: world.capabilities.clone(),
            lint: knobs.phase == PhaseKind::Lint,
            seed: phase_number(knobs.seed) as u64 + 1,
            now: (START + phase_number(knobs.clock) * STEP, 123_456_789),
            keys: KeySource::Sample,
            limits: if world.forced.is_some() { Limits { work: FORCED_WORK } } else { Limits::default() },
            profile: world.profile,
            forced: world.forced.clone(),
            is_followed: true,
        };
        let cluster = &Assumed { live, world };
        match earlier {
            Some(earlier) => engine::render_again(prepared, &options, cluster, self.cache, earlier),
            None => engine::render(prepared, &options, cluster, self.cache, sources.clone()),
        }
    }

    /// Reads the manifests of a rendering.
    fn read(&mut self, kind: PhaseKind, rendering: Rendering) -> Phase {
        let mut manifests = self.reader.manifests(&rendering.files);
        let mut dropped = BTreeSet::new();
        if self.world.forced.is_some() && manifests.is_err() {
            let is_manifest = |file: &_| self.reader.manifests(std::slice::from_ref(file)).is_ok();
            let (files, others): (Vec<_>, Vec<_>) = rendering.files.iter().cloned().partition(is_manifest);
            dropped.extend(others.into_iter().map(|file| file.name));
            manifests = self.reader.manifests(&files);
        }
        let objects = manifests.as_ref().map(manifest::objects).unwrap_or_default();
        Phase { kind, rendering, manifests, fresh: objects.clone(), objects, dropped }
    }
}

/// The upgrade of a life as it renders where there is no cluster: `helm upgrade --dry-run`, `helm template --is-upgrade`.
/// Of files that ask nothing of the cluster there is nothing.
pub fn upgrade_without_cluster(life: &Life) -> Option<Phase> {
    rendered_in(life, PhaseKind::Upgrade, &LiveState::offline())
}

/// A phase of a life as it renders in another cluster. Of files to which the cluster makes no difference there is nothing.
pub(super) fn rendered_in(life: &Life, kind: PhaseKind, live: &LiveState) -> Option<Phase> {
    let prepared = life.prepared.as_ref()?;
    let rendering = &life.phase(kind)?.rendering;
    let kept = rendering.kept()?;
    let donor = Donor { kept: &kept, likeness: Likeness::SamePhase, is_affected: &|_, _| false };
    let arena = rendering.rt.arena.clone();
    let earlier = Earlier { kept: &kept, arena, has_same_input: true, donors: vec![donor] };
    let cache = Cache::default();
    let mut phases = Phases::new(&life.world, &cache);
    let mut other = phases.render(prepared, Knobs::of(kind), live, &rendering.sources, Some(earlier));
    let is_same = |file: &RenderedFile| {
        rendering.files.iter().any(|own| own.name == file.name && own.text.identity() == file.text.identity())
    };
    other.files.retain(|file| !is_same(file));
    Some(phases.read(kind, other))
}

/// A phase of a life of one chart, rendered once more with nothing taken over: what the phase has to be.
pub fn rendered_alone(life: &Life, kind: PhaseKind) -> Option<Phase> {
    let live = match kind {
        PhaseKind::Install => LiveState::new_cluster(&life.world),
        PhaseKind::Upgrade => life.live.clone(),
        PhaseKind::UpgradeAgain => life.live_after_upgrade.clone(),
        PhaseKind::Offline | PhaseKind::OfflineAgain | PhaseKind::Lint => LiveState::offline(),
    };
    again(life, kind, &live)
}

fn again(life: &Life, kind: PhaseKind, live: &LiveState) -> Option<Phase> {
    let prepared = life.prepared.as_ref()?;
    let rendering = &life.phase(kind)?.rendering;
    let cache = Cache::default();
    let mut phases = Phases::new(&life.world, &cache);
    // Texts that `tpl` ran keep their addresses, and with them what is drawn in them; no file is taken over.
    let kept = rendering.kept();
    let earlier =
        kept.as_ref().map(|kept| Earlier { kept, arena: Arena::default(), has_same_input: false, donors: Vec::new() });
    Some(phases.phase(prepared, Knobs::of(kind), live, &rendering.sources, earlier))
}

/// A cluster in which some objects of others are there, and some of the chart's own have more fields.
struct Assumed<'a> {
    live: &'a LiveState,
    world: &'a World,
}

impl Cluster for Assumed<'_> {
    fn lookup(&self, query: &Query) -> Answer {
        match self.live.lookup(query) {
            // Without a cluster there is nothing at all.
            Answer::Nothing if !self.live.is_empty() && self.world.foreign.contains(query) => Answer::Unknown,
            Answer::Found(object) => match self.world.filled.get(query) {
                Some(fields) => Answer::Found(Arc::new(filled(&object, fields))),
                None => Answer::Found(object),
            },
            answer => answer,
        }
    }
}

/// An object with fields that it does not have yet.
fn filled(object: &Plain, fields: &BTreeMap<Vec<String>, Plain>) -> Plain {
    let mut object = object.clone();
    fields.iter().for_each(|(path, value)| fill(&mut object, path, value));
    object
}

/// Puts a value where there is nothing.
fn fill(at: &mut Plain, path: &[String], value: &Plain) {
    let Some((key, rest)) = path.split_first() else {
        if at.is_null() {
            *at = value.clone();
        }
        return;
    };
    if at.is_null() {
        *at = Plain::map();
    }
    if let Some(map) = at.as_map_mut() {
        fill(map.entry(Key::from(key.as_bytes())).or_default(), rest, value);
    }
}

/// Renders one phase by itself.
pub(super) fn alone(
    prepared: &Prepared,
    world: &World,
    knobs: Knobs,
    live: &LiveState,
    cache: &Cache,
    sources: &Sources,
) -> Phase {
    Phases::new(world, cache).phase(prepared, knobs, live, sources, None)
}

fn has_same_templates(a: &Prepared, b: &Prepared) -> bool {
    let is_same = |(a, b): (&crate::chart::PreparedChart, &crate::chart::PreparedChart)| {
        Arc::ptr_eq(&a.chart, &b.chart) && a.path == b.path && a.parent == b.parent && a.metadata == b.metadata
    };
    a.charts.len() == b.charts.len() && a.charts.iter().zip(&b.charts).all(is_same)
}

/// The places of values that differ, as far as anything has come from them; the root where that cannot be told.
fn changed_paths(a: &Plain, b: &Plain, arena: &Arena) -> BTreeSet<PathId> {
    let mut changed = BTreeSet::new();
    let mut todo: Vec<(Vec<Key>, &Plain, &Plain)> = vec![(Vec::new(), a, b)];
    while let Some((path, a, b)) = todo.pop() {
        let (PlainData::Map(left), PlainData::Map(right)) = (&a.data, &b.data) else {
            if a.data != b.data {
                changed.extend(nearest(&path, arena));
            }
            continue;
        };
        if left.is_shared_with(right) {
            continue;
        }
        for key in left.keys().chain(right.keys().filter(|key| !left.contains_key(key))) {
            let mut path = path.clone();
            path.push(key.clone());
            match (left.get(key), right.get(key)) {
                (Some(a), Some(b)) => todo.push((path, a, b)),
                // What asks for keys that are not there, or for the set of keys, depends on the table too.
                _ => changed.extend(nearest(&path, arena)),
            }
        }
    }
    changed
}

/// The id of a path, or of the nearest above it that has one.
fn nearest(path: &[Key], arena: &Arena) -> Option<PathId> {
    (0..=path.len()).rev().find_map(|length| arena.known_path(&path[..length]))
}

fn is_touched(note: &FileNote, changed: &BTreeSet<PathId>, arena: &Arena) -> bool {
    note.values.iter().any(|path| changed.iter().any(|changed| arena.is_related(*path, *changed)))
}
