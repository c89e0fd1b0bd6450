//! What the render of a file read and changed beside its own text, and what of earlier renders can be taken over.
//!
//! Most files of a chart render to the same text in every phase and in most worlds. A file is rendered again only where
//! something that it read has changed, which its provenance tells: the causes of its text and of every condition that
//! ran. A file that draws is taken over from the same phase of another world alone, where the same is drawn; one that asks
//! the cluster also from a phase that is told the same of the release; and both only if the cluster gives the same
//! answers. A file that changes maps which other files see is always rendered.

use super::context::Imported;
use super::error::Error;
use super::program::Program;
use super::runtime::Runtime;
use super::{Answer, Cluster, Draw, LookupCall, Unit, Write};
use crate::manifest::RenderedFile;
use crate::source::{Sources, Span};
use crate::value::origin::{Cause, GuardId, PathId, PhaseField};
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
    /// Chance, the clock or the network is among that.
    pub is_of_chance: bool,
    /// The number of the revision is among that.
    pub is_of_revision: bool,
    /// The paths of the values that it depends on, in the order of their ids.
    pub values: Arc<[PathId]>,
    /// Its calls of `lookup` and of what draws; nothing where their numbers do not stay.
    calls: Option<Arc<FileCalls>>,
    /// It asked what time it is.
    reads_clock: bool,
    /// It ran texts through `tpl` that no render before had.
    has_new_texts: bool,
    /// It changed maps that other files see.
    touches_others: bool,
    /// What failed without ending the render, where conditions are forced.
    pub failures: Arc<[Span]>,
}

/// The calls of a file, numbered.
#[derive(Debug)]
struct FileCalls {
    lookups: Box<[(u32, LookupCall)]>,
    draws: Box<[(u32, Draw)]>,
}

impl FileNote {
    /// It called `lookup` or drew something.
    fn asks(&self) -> bool {
        self.calls.as_ref().is_none_or(|calls| !calls.lookups.is_empty() || !calls.draws.is_empty())
    }

    /// It drew nothing and did not ask for the time, and knows all that it asked for.
    fn is_settled(&self) -> bool {
        let is_known = |(_, call): &(u32, LookupCall)| !matches!(call.answer, Answer::Unknown);
        let is_quiet = |calls: &Arc<FileCalls>| calls.draws.is_empty() && calls.lookups.iter().all(is_known);
        !self.reads_clock && !self.is_of_chance && self.calls.as_ref().is_some_and(is_quiet)
    }

    /// It may render to something else with the same values.
    pub(super) fn may_vary(&self) -> bool {
        self.varies || self.reads_clock || self.asks()
    }

    /// The cluster says now what it said then.
    fn has_same_answers(&self, cluster: &dyn Cluster) -> bool {
        let is_same = |(_, call): &(u32, LookupCall)| match (&call.answer, cluster.lookup(&call.query)) {
            (Answer::Nothing, Answer::Nothing) | (Answer::Unknown, Answer::Unknown) => true,
            (Answer::Found(before), Answer::Found(now)) => Arc::ptr_eq(before, &now) || *before == now,
            _ => false,
        };
        self.calls.as_ref().is_some_and(|calls| calls.lookups.iter().all(is_same))
    }

    /// Notes its calls as those of another render, which takes it over.
    pub(super) fn hand_over(&self, rt: &mut Runtime) {
        rt.reads_clock |= self.reads_clock;
        let Some(calls) = &self.calls else { return };
        calls.lookups.iter().for_each(|(number, call)| rt.lookups.insert(*number, call.clone()));
        calls.draws.iter().for_each(|(number, draw)| rt.draws.insert(*number, draw.clone()));
    }
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

/// What is at hand of earlier renders.
pub struct Earlier<'a> {
    /// The render that this one goes on from: its templates, and the texts that `tpl` ran.
    pub kept: &'a Kept,
    /// The graph of the render before this one; it has all origins of what is kept.
    pub arena: Arena,
    /// The values and capabilities are those of what is kept, and the graph has grown from that render's.
    pub has_same_input: bool,
    /// The renders whose files may be taken over, the best one first.
    pub donors: Vec<Donor<'a>>,
}

/// A render whose files may be taken over.
pub struct Donor<'a> {
    pub kept: &'a Kept,
    pub likeness: Likeness,
    /// Whether a file depends on what is not as it was, the answers of the cluster aside.
    pub is_affected: &'a dyn Fn(&FileNote, &Arena) -> bool,
}

/// How much the phase of a donor is like the one that is rendered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Likeness {
    /// The same phase, of another world: it drew the same, at the same time.
    SamePhase,
    /// Another phase that was told the same of the release.
    SameRelease,
    /// Any other phase.
    Other,
}

impl Donor<'_> {
    /// What the file asked, and what it drew, is the same now.
    fn answers_alike(&self, note: &FileNote, cluster: &dyn Cluster) -> bool {
        match self.likeness {
            Likeness::SamePhase => note.has_same_answers(cluster),
            Likeness::SameRelease => note.is_settled() && note.has_same_answers(cluster),
            Likeness::Other => !note.asks(),
        }
    }
}

/// Where a file began.
pub(super) struct Start {
    reads_clock: bool,
    texts: usize,
}

impl Start {
    /// `texts` is how many texts `tpl` has run.
    pub fn new(rt: &mut Runtime, texts: usize) -> Start {
        rt.heap.watch();
        rt.decisions.clear();
        Start { reads_clock: std::mem::take(&mut rt.reads_clock), texts }
    }

    /// The note of the file that has ended.
    pub fn note(self, rt: &mut Runtime, text: &Text, texts: usize) -> FileNote {
        let mut origins = std::mem::take(&mut rt.decisions);
        let mut guards = FxHashSet::default();
        for piece in text.pieces() {
            origins.insert(piece.origin);
            if guards.insert(piece.guard) {
                let origin = rt.arena.guard_origin(piece.guard, GuardId::NONE);
                origins.insert(origin);
            }
        }
        let Inputs { varies, is_of_chance, is_of_revision, values } = inputs(&rt.arena, &origins);
        origins.clear();
        rt.decisions = origins;
        let calls = rt.lookups.of_file().zip(rt.draws.of_file());
        let calls = calls.map(|(lookups, draws)| Arc::new(FileCalls { lookups: lookups.into(), draws: draws.into() }));
        let reads_clock = rt.reads_clock;
        rt.reads_clock |= self.reads_clock;
        let has_new_texts = texts != self.texts;
        let (touches_others, failures) = (rt.heap.is_touched(), rt.take_failures());
        FileNote {
            varies,
            is_of_chance,
            is_of_revision,
            values,
            calls,
            reads_clock,
            has_new_texts,
            touches_others,
            failures,
        }
    }
}

/// What some origins come from.
struct Inputs {
    varies: bool,
    is_of_chance: bool,
    is_of_revision: bool,
    values: Arc<[PathId]>,
}

fn inputs(arena: &Arena, origins: &FxHashSet<OriginId>) -> Inputs {
    let (mut varies, mut is_of_chance, mut is_of_revision) = (false, false, false);
    let mut values = BTreeSet::new();
    let sets: FxHashSet<_> = origins.iter().map(|origin| arena.cause_set(*origin)).collect();
    for cause in sets.into_iter().flat_map(|set| arena.causes_in(set)) {
        match cause {
            Cause::Values { path } => {
                values.insert(*path);
            }
            cause => {
                varies |= cause.varies();
                is_of_chance |= matches!(cause, Cause::Random { .. } | Cause::Time { .. } | Cause::Dns { .. });
                is_of_revision |= matches!(cause, Cause::Phase(PhaseField::Revision));
            }
        }
    }
    Inputs { varies, is_of_chance, is_of_revision, values: values.into_iter().collect() }
}

/// Whether the file that ended with an error may end otherwise with the same values, and whether it ends with an error
/// whatever comes before that.
pub(super) fn end(rt: &mut Runtime, error: &Error) -> (bool, bool) {
    let mut origins = FxHashSet::from_iter([rt.heap_marks]);
    for level in error.levels() {
        origins.insert(level.about);
        origins.insert(rt.arena.guard_origin(level.guard, GuardId::NONE));
    }
    let recurs = !varies(&rt.arena, origins.iter().copied());
    origins.extend(&rt.decisions);
    let has_asked = |calls: Option<usize>| calls != Some(0);
    let may_vary = has_asked(rt.lookups.of_file().map(<[_]>::len))
        || has_asked(rt.draws.of_file().map(<[_]>::len))
        || rt.reads_clock
        || varies(&rt.arena, origins);
    (may_vary, recurs)
}

/// Whether one of these origins has a cause that differs between renders with the same values.
pub(super) fn varies(arena: &Arena, origins: impl IntoIterator<Item = OriginId>) -> bool {
    inputs(arena, &origins.into_iter().collect()).varies
}

/// Goes through the files of a render and says which can be taken over from an earlier one.
pub(super) struct Journal<'a> {
    donors: Vec<(Donor<'a>, Spilt)>,
    /// The render that this one goes on from.
    base: Option<&'a Kept>,
}

/// A file that was affected has changed what others see: all that follow are rendered.
type Spilt = bool;

impl<'a> Journal<'a> {
    pub fn new(base: Option<&'a Kept>, donors: Vec<Donor<'a>>) -> Journal<'a> {
        // Where causes were cut off nothing is known.
        let donors = donors.into_iter().filter(|donor| !donor.kept.is_cut_off);
        Journal { donors: donors.map(|donor| (donor, false)).collect(), base }
    }

    /// An earlier render, if it holds what this file renders to now.
    pub fn take(&self, unit: &Unit, arena: &Arena, cluster: &dyn Cluster) -> Option<&'a Kept> {
        let holds = |(donor, is_spilt): &&(Donor<'a>, Spilt)| {
            let Some(note) = donor.kept.journal.get(&unit.name).filter(|_| !is_spilt) else { return false };
            // Addresses of texts are those of the render that this one goes on from.
            let is_base = self.base.is_some_and(|base| std::ptr::eq(base, donor.kept));
            !note.touches_others
                && (is_base || !note.has_new_texts)
                && !(donor.is_affected)(note, arena)
                && (!note.asks() || donor.answers_alike(note, cluster))
        };
        self.donors.iter().find(holds).map(|(donor, _)| donor.kept)
    }

    /// Whether the same phase of an earlier life wrote these bytes.
    pub fn has_written(&self, file: &RenderedFile) -> bool {
        let is_it = |other: &RenderedFile| other.name == file.name && other.text.bytes() == file.text.bytes();
        let same_phase = self.donors.iter().filter(|(donor, _)| donor.likeness == Likeness::SamePhase);
        same_phase.into_iter().any(|(donor, _)| donor.kept.files.iter().any(is_it))
    }

    /// A file was rendered.
    pub fn rendered(&mut self, unit: &Unit, note: &FileNote, arena: &Arena, cluster: &dyn Cluster) {
        for (donor, is_spilt) in &mut self.donors {
            let is_same = |note: &FileNote| {
                let is_alike = || donor.likeness == Likeness::Other || donor.answers_alike(note, cluster);
                !(donor.is_affected)(note, arena) && is_alike()
            };
            let was_same = donor.kept.journal.get(&unit.name).is_some_and(is_same);
            *is_spilt |= !was_same && note.touches_others;
        }
    }
}
