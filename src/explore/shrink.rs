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
}

impl Smaller {
    pub(super) fn new(given: World, settings: Vec<Setting>) -> Smaller {
        Smaller { given, settings }
    }

    /// How many settings there are.
    pub fn count(&self) -> usize {
        self.settings.len()
    }

    /// The settings, in the order in which they are made.
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// The world with some of the settings, by their numbers.
    pub fn world(&self, kept: &[usize]) -> World {
        let settings: Vec<Setting> = kept.iter().filter_map(|number| self.settings.get(*number).cloned()).collect();
        changed(&self.given, &settings)
    }
}

/// Whether what a life shows at some places depends on each of some settings: by the conditions under which the places
/// ran and were written.
pub fn relevant(life: &Life, places: &[Span], settings: &[Setting]) -> Vec<bool> {
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
