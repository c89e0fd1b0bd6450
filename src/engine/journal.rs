//! What the render of a file read and changed beside its own text, and what of an earlier render can be taken over.
//!
//! Most files of a chart render to the same text in every phase and in most worlds. A file is rendered again only where
//! something that it read has changed, which its provenance tells: the causes of its text and of every condition that
//! ran. A file that asks the cluster or draws is always rendered again, since its provenance holds numbers of the calls
//! of its render; so is one that changes maps which other files see.

use super::context::Imported;
use super::render::Program;
use super::runtime::Runtime;
use super::{Unit, Write};
use crate::manifest::RenderedFile;
use crate::source::Sources;
use crate::value::origin::{Cause, PathId};
use crate::value::{Arena, OriginId, Text};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What the render of one file read and changed.
#[derive(Clone, Debug)]
pub struct FileNote {
    /// Something that it depends on may differ between two renders with the same values: a lookup, the phase, randomness,
    /// the clock, the network.
    pub varies: bool,
    /// The paths of the values that it depends on, in the order of their ids.
    pub values: Arc<[PathId]>,
    /// It called `lookup` or drew something.
    asks: bool,
    /// It changed maps that other files see.
    touches_others: bool,
}

/// What a render leaves for later ones. Its origins are in the graph that was handed on.
#[derive(Clone)]
pub struct Kept {
    pub(super) files: Vec<RenderedFile>,
    pub(super) notes: Vec<RenderedFile>,
    pub(super) writes: FxHashMap<Arc<str>, Arc<[Write]>>,
    pub(super) heap_marks: FxHashMap<Arc<str>, OriginId>,
    pub(super) journal: FxHashMap<Arc<str>, FileNote>,
    pub(super) is_cut_off: bool,
    pub(super) program: Arc<Program>,
    pub(super) imported: Imported,
    pub(super) texts: FxHashMap<Arc<[u8]>, Arc<Unit>>,
    pub(super) sources: Sources,
    pub(super) patterns: super::functions::regex::Patterns,
}

/// A render whose files may be taken over.
pub struct Earlier<'a> {
    pub kept: &'a Kept,
    /// The graph of the render before this one; it has all origins of what is kept.
    pub arena: Arena,
    /// The values and capabilities are those of what is kept, and the graph has grown from that render's.
    pub has_same_input: bool,
    /// Whether a file depends on what is not as it was.
    pub is_affected: &'a dyn Fn(&FileNote, &Arena) -> bool,
}

/// Where a file began.
pub(super) struct Start {
    asked: usize,
}

impl Start {
    pub fn new(rt: &mut Runtime) -> Start {
        rt.heap.watch();
        rt.decisions.clear();
        Start { asked: rt.lookups.len() + rt.draws.len() }
    }

    /// The note of the file that has ended.
    pub fn note(self, rt: &mut Runtime, text: &Text) -> FileNote {
        let mut origins = std::mem::take(&mut rt.decisions);
        let mut guards = FxHashSet::default();
        for piece in text.pieces() {
            origins.insert(piece.origin);
            if guards.insert(piece.guard) {
                let origin = rt.arena.guard_origin(piece.guard, crate::value::origin::GuardId::NONE);
                origins.insert(origin);
            }
        }
        let (varies, values) = inputs(&rt.arena, &origins);
        origins.clear();
        rt.decisions = origins;
        let asks = rt.lookups.len() + rt.draws.len() > self.asked;
        FileNote { varies, values, asks, touches_others: rt.heap.is_touched() }
    }
}

fn inputs(arena: &Arena, origins: &FxHashSet<OriginId>) -> (bool, Arc<[PathId]>) {
    let mut varies = false;
    let mut values = BTreeSet::new();
    let sets: FxHashSet<_> = origins.iter().map(|origin| arena.cause_set(*origin)).collect();
    for cause in sets.into_iter().flat_map(|set| arena.causes_in(set)) {
        match cause {
            Cause::Values { path } => {
                values.insert(*path);
            }
            cause => varies |= cause.varies(),
        }
    }
    (varies, values.into_iter().collect())
}

/// Goes through the files of a render and says which can be taken over from an earlier one.
pub(super) struct Journal<'a> {
    earlier: Option<&'a Kept>,
    is_affected: &'a dyn Fn(&FileNote, &Arena) -> bool,
    /// A file that was affected has changed what others see: all that follow are rendered.
    is_spilt: bool,
}

impl<'a> Journal<'a> {
    pub fn new(earlier: Option<&'a Kept>, is_affected: &'a dyn Fn(&FileNote, &Arena) -> bool) -> Journal<'a> {
        // Where causes were cut off nothing is known.
        let earlier = earlier.filter(|kept| !kept.is_cut_off);
        Journal { earlier, is_affected, is_spilt: false }
    }

    /// The earlier render, if it holds what this file renders to now.
    pub fn take(&self, unit: &Unit, arena: &Arena) -> Option<&'a Kept> {
        let earlier = self.earlier.filter(|_| !self.is_spilt)?;
        let note = earlier.journal.get(&unit.name)?;
        let is_same = !note.asks && !note.touches_others && !(self.is_affected)(note, arena);
        is_same.then_some(earlier)
    }

    /// A file was rendered.
    pub fn rendered(&mut self, unit: &Unit, note: &FileNote, arena: &Arena) {
        let Some(earlier) = self.earlier else { return };
        let was_affected = earlier.journal.get(&unit.name).is_none_or(|note| (self.is_affected)(note, arena));
        self.is_spilt |= was_affected && note.touches_others;
    }
}
