//! What the lives of one chart have in common, remembered from one to the next.

use super::live::Made;
use super::run::{Life, Phase, PhaseKind};
use crate::chart::Prepared;
use crate::engine::{Capabilities, Kept, Query};
use crate::manifest::{self, Object};
use crate::source::Span;
use crate::value::Arena;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// What was rendered is known for as many lives.
const MAX_LIVES: usize = 4;

/// What the worlds of one chart share: the files of the first life's phases, which later ones render again only where
/// they differ.
#[derive(Default)]
pub struct Memory {
    pub(super) first: Option<Arc<First>>,
    /// A later life that has more in common with those to come.
    pub(super) later: Option<Arc<First>>,
    pub(super) arena: Arena,
    /// Holds the objects that are known.
    pub(super) reader: Option<manifest::Reader>,
    pub(super) made: Made,
    pub(super) known: Known,
}

/// What rules have looked at in the lives of a chart.
#[derive(Default)]
pub struct Known {
    /// The objects that were rendered, by identity.
    objects: FxHashSet<usize>,
    /// The templates that were parsed, by address and length.
    texts: FxHashSet<(u32, usize)>,
    lookups: FxHashSet<(Span, Query)>,
}

/// The first life of a chart.
pub(super) struct First {
    pub(super) prepared: Arc<Prepared>,
    pub(super) capabilities: Capabilities,
    pub(super) namespace: String,
    pub(super) phases: Vec<(PhaseKind, Kept)>,
}

impl First {
    pub(super) fn kept(&self, kind: PhaseKind) -> Option<&Kept> {
        self.phases.iter().find(|(k, _)| *k == kind).map(|(_, kept)| kept)
    }
}

impl Memory {
    /// Takes over from a life first. It must be one of those that are remembered, and the last one.
    pub fn lean_on(&mut self, life: Life) {
        let is_of_graph = life.phases.first().is_some_and(|phase| phase.rendering.rt.arena.is_shared_with(&self.arena));
        let Some(prepared) = life.prepared.filter(|_| is_of_graph) else { return };
        let (capabilities, namespace) = (life.world.capabilities, life.world.namespace);
        let kept = |phase: Phase| Some((phase.kind, phase.rendering.into_kept()?));
        let phases = life.phases.into_iter().filter_map(kept).collect();
        self.later = Some(Arc::new(First { prepared, capabilities, namespace, phases }));
    }

    /// Takes over from the first life alone.
    pub fn lean_on_none(&mut self) {
        self.later = None;
    }

    /// Forgets what only lives held that are long over.
    pub fn forget(&mut self) {
        let Some(reader) = &mut self.reader else { return };
        // They are held here until nobody knows them by their address any more.
        let old = reader.end_round(MAX_LIVES);
        let addresses: FxHashSet<usize> = old.iter().map(|object| Arc::as_ptr(object) as usize).collect();
        self.known.objects.retain(|address| !addresses.contains(address));
        self.made.forget(&addresses);
    }

    /// Forgets what was said of lives, which rules then say again, and gives it.
    pub fn set_aside(&mut self) -> Known {
        std::mem::take(&mut self.known)
    }

    /// Knows again what was set aside, and nothing of the lives since.
    pub fn put_back(&mut self, known: Known) {
        self.known = known;
    }

    /// Whether a life parsed templates or made lookups that no life before did; they are known from now on.
    pub(super) fn has_new_texts(&mut self, phases: &[Phase]) -> bool {
        let mut is_new = false;
        for phase in phases {
            for template in phase.rendering.trees() {
                is_new |= self.known.texts.insert((template.base, template.tree.source.len()));
            }
            for call in phase.rendering.rt.lookups.iter() {
                is_new |= self.known.lookups.insert((call.span, call.query.clone()));
            }
        }
        is_new
    }

    /// Tells each phase which of its objects are fresh; they are known from now on. Of a render that failed rules say
    /// less: what it left is fresh once more.
    pub(super) fn know(&mut self, phases: &mut [Phase]) {
        for phase in phases.iter_mut().filter(|phase| phase.rendering.error.is_none()) {
            let is_new = |object: &&Arc<Object>| self.known.objects.insert(Arc::as_ptr(object) as usize);
            phase.fresh = phase.objects.iter().filter(is_new).cloned().collect();
        }
    }
}
