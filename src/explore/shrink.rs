//! The smallest overlay that shows a finding.
//!
//! A world holds what several goals needed. What a finding needs of it is guessed from the conditions at its places and
//! tried by living the smaller worlds; `check` lives them and says in which the finding is still seen.

use super::setting::{self, Setting, changed};
use crate::lifecycle::{Life, World};
use crate::source::Span;
use crate::value::OriginId;
use crate::value::origin::{Cause, GuardId};
use rustc_hash::FxHashSet;

/// The settings of a world, and what it would be with fewer of them.
pub struct Smaller {
    given: World,
    settings: Vec<Setting>,
    /// What can be left out: the numbers of settings that go together. The others are needed for anything to render.
    parts: Vec<Vec<usize>>,
    /// The worlds that were lived before.
    lived: FxHashSet<String>,
}

impl Smaller {
    /// `parts` are the numbers of the settings that can be left out, as they go together.
    pub(super) fn new(given: World, settings: Vec<Setting>, parts: Vec<Vec<usize>>) -> Smaller {
        Smaller { given, settings, parts, lived: FxHashSet::default() }
    }

    /// Worlds of these names were lived.
    pub(super) fn knowing(self, lived: FxHashSet<String>) -> Smaller {
        Smaller { lived, ..self }
    }

    /// How many parts there are.
    pub fn count(&self) -> usize {
        self.parts.len()
    }

    /// The world with some of the parts, by their numbers; none where that was lived before, which showed what it has.
    pub fn world(&self, kept: &[usize]) -> Option<World> {
        let settings = self.settings(kept);
        (!self.lived.contains(&name(&self.given, &settings))).then(|| changed(&self.given, &settings))
    }

    /// The same, whether it was lived or not.
    pub fn world_again(&self, kept: &[usize]) -> World {
        changed(&self.given, &self.settings(kept))
    }

    fn settings(&self, kept: &[usize]) -> Vec<Setting> {
        let is_left_out = |number: usize| {
            self.parts.iter().enumerate().any(|(part, numbers)| !kept.contains(&part) && numbers.contains(&number))
        };
        let kept = self.settings.iter().enumerate().filter(|(number, _)| !is_left_out(*number));
        kept.map(|(_, setting)| setting.clone()).collect()
    }

    /// Whether what a life shows at some places depends on each of the parts.
    pub fn relevant(&self, life: &Life, places: &[Span]) -> Vec<bool> {
        let relevant = relevant(life, places, &self.settings);
        let is_relevant = |numbers: &Vec<usize>| numbers.iter().any(|number| relevant.get(*number) == Some(&true));
        self.parts.iter().map(is_relevant).collect()
    }
}

/// A name of the world with some settings, whatever order they are made in.
pub(super) fn name(given: &World, settings: &[Setting]) -> String {
    let mut flags: Vec<String> = settings.iter().map(Setting::flag).collect();
    flags.sort_unstable();
    format!("{} {}", given.flags, flags.join(" "))
}

/// Whether what a life shows at some places depends on each of some settings: by the conditions under which the places
/// ran and were written.
fn relevant(life: &Life, places: &[Span], settings: &[Setting]) -> Vec<bool> {
    let at = |address: u32| places.iter().any(|span| span.start == address && address != 0);
    let mut paths: Vec<Vec<String>> = Vec::new();
    let mut of_cluster = false;
    for phase in &life.phases {
        let rt = &phase.rendering.rt;
        let graph = &rt.arena;
        let mut guards: FxHashSet<GuardId> = FxHashSet::default();
        let mut origins: FxHashSet<OriginId> = FxHashSet::default();
        for call in rt.lookups.iter().filter(|call| at(call.span.start)) {
            guards.insert(call.guard);
            origins.insert(call.arguments);
        }
        guards.extend(rt.draws.iter().filter(|draw| at(draw.span.start)).map(|draw| draw.guard));
        for condition in phase.rendering.log.conditions.iter().filter(|condition| at(condition.head.start)) {
            guards.insert(condition.guard);
            origins.insert(condition.origin);
        }
        for piece in phase.rendering.files.iter().flat_map(|file| file.text.pieces()).filter(|piece| at(piece.source)) {
            guards.insert(piece.guard);
            origins.insert(piece.origin);
        }
        let of_guards = guards.into_iter().flat_map(|guard| graph.guards(guard)).map(|guard| guard.origin);
        origins.extend(of_guards.collect::<Vec<_>>());
        for cause in origins.into_iter().flat_map(|origin| graph.causes(origin)) {
            match cause {
                Cause::Values { path } => {
                    paths.push(super::words(graph, *path));
                }
                cause => of_cluster |= matches!(cause, Cause::Lookup { .. } | Cause::Capabilities { .. }),
            }
        }
    }
    let is_relevant = |setting: &Setting| match setting.path() {
        Some(own) => paths.iter().any(|path| setting::is_related(own, path)),
        None => of_cluster,
    };
    settings.iter().map(is_relevant).collect()
}
