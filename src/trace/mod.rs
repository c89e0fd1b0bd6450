//! Where what a chart reads flows: from each source of difference to the conditions that it decides and the fields that it
//! ends up in.
//!
//! The room is shown the lives of a chart, one after the other, and gives one [`Trace`]: the sources (calls of `lookup`,
//! tests of the phase, draws, …), what they come to, under which values, and what was not reached with the reason. It
//! reads the provenance that renders left and the syntax trees; it lives no lives and prints nothing.

mod collect;
mod fields;
mod kind;
mod missed;
mod only;
mod reads;
mod tables;
mod words;

pub use collect::Tracer;
pub use kind::Kind;
pub use only::{Only, OnlyError};

use crate::lifecycle::PhaseKind;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Everything that a chart reads of the wanted kinds, and where it goes.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// The chart's name.
    pub chart: String,
    /// In the order of their kinds, of files and of lines.
    pub sources: Vec<Source>,
    pub conditions: Vec<Condition>,
    /// The objects that something flows into.
    pub objects: Vec<ObjectAt>,
    /// The worlds in which flows were seen first; those that were given come first.
    pub worlds: Vec<WorldAt>,
    pub flows: Vec<Flow>,
    pub missed: Vec<Missed>,
    /// How many worlds were lived.
    pub lived: usize,
    /// Calls of `lookup` that ran, and all of them.
    pub lookups: (usize, usize),
    /// Draws that ran, and all of them.
    pub draws: (usize, usize),
    /// Errors that ended renders in worlds that were given: what comes after them was not seen there.
    pub errors: Vec<String>,
    /// There were more worlds to live than the budget allows.
    pub is_cut_off: bool,
    /// There were more flows than are kept.
    pub is_full: bool,
    /// Of all objects that are rendered, kind and name; only where some fields alone are wanted.
    pub rendered: BTreeSet<String>,
    /// The fields that alone are wanted are rendered.
    pub is_found: bool,
}

/// A place in a file, counted from 1.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    pub path: Arc<str>,
    pub line: u32,
    pub column: u32,
}

/// Something that is read.
#[derive(Clone, PartialEq, Debug)]
pub struct Source {
    pub kind: Kind,
    /// What is read, in words: `v1 Service default/web`, `.Release.IsInstall`, `randAlphaNum`.
    pub what: String,
    /// Of a call, its place; of what has a name, the places that read it.
    pub places: Vec<Place>,
    /// A render ended in an error after it, and before the next lookup.
    pub fails: bool,
}

/// A branch that depends on sources.
#[derive(Clone, PartialEq, Debug)]
pub struct Condition {
    /// As it is written, without delimiters: `if $service`.
    pub text: String,
    pub place: Place,
    /// By the number of the source, what of it was looked at.
    pub by: BTreeMap<usize, BTreeSet<String>>,
    /// It was seen to come out true, and to come out false.
    pub outcomes: (bool, bool),
}

/// An object of a manifest.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ObjectAt {
    pub api_version: String,
    pub kind: String,
    pub namespace: String,
    pub name: String,
    /// The template file.
    pub file: Arc<str>,
    pub is_hook: bool,
}

/// A world in which flows were seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WorldAt {
    /// The values as a user would pass them, beside those that were given; empty for none.
    pub flags: String,
    /// Objects of somebody else are assumed in it.
    pub is_assumed: bool,
}

/// Where a flow ends.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Target {
    /// A field of an object, and what is below it; the object as a whole where the field is empty.
    Field { object: usize, field: String },
    /// The text of a NOTES.txt.
    Notes { file: Arc<str> },
    /// The arguments of another source.
    Source(usize),
}

/// How a source comes to where a flow ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum How {
    /// It, or what was made of it, is written there.
    Value,
    /// A condition on it decides whether that is written.
    Decides(usize),
    /// A condition on it could write something there, and was not seen to.
    Could(usize),
}

impl How {
    /// The condition that it goes through.
    pub fn condition(self) -> Option<usize> {
        match self {
            How::Value => None,
            How::Decides(condition) | How::Could(condition) => Some(condition),
        }
    }
}

/// From a source to where it ends.
#[derive(Clone, PartialEq, Debug)]
pub struct Flow {
    pub source: usize,
    /// What of the source: `.spec.clusterIP`; empty for itself.
    pub path: String,
    pub how: How,
    pub target: Target,
    /// What writes it.
    pub written: Option<Place>,
    /// The first world in which it was seen.
    pub world: usize,
    pub phases: Phases,
}

/// A set of phases.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Phases(u8);

impl Phases {
    /// The same with one more.
    pub fn with(self, kind: PhaseKind) -> Phases {
        let index = PhaseKind::ALL.iter().position(|k| *k == kind).unwrap_or(0);
        Phases(self.0 | 1 << index)
    }

    /// Those of both.
    pub fn and(self, other: Phases) -> Phases {
        Phases(self.0 | other.0)
    }

    /// The names of the phases in the order of a life.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        self.list().map(PhaseKind::name)
    }

    fn list(self) -> impl Iterator<Item = PhaseKind> {
        PhaseKind::ALL.into_iter().enumerate().filter(move |(i, _)| self.0 & 1 << i != 0).map(|(_, kind)| kind)
    }

    /// Only upgrades saw it, which find what the install left.
    pub fn is_only_upgrade(self) -> bool {
        self.0 != 0 && self.list().all(|kind| matches!(kind, PhaseKind::Upgrade | PhaseKind::UpgradeAgain))
    }

    /// No upgrade saw it.
    pub fn is_never_upgrade(self) -> bool {
        self.list().all(|kind| !matches!(kind, PhaseKind::Upgrade | PhaseKind::UpgradeAgain))
    }
}

/// Something that no world reached. Those for one reason stand together.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Missed {
    /// The condition that kept it from being reached.
    pub at: Option<Place>,
    /// Why, in words.
    pub why: String,
    pub place: Place,
    /// `lookup`, a condition as it is written, the name of a function, `.Release.IsInstall`.
    pub what: String,
}

impl Trace {
    /// The same with the paths of places below a root, for readers who know of what it is a trace.
    pub fn below(&self, root: &str) -> Trace {
        let mut trace = self.clone();
        let below = |place: &mut Place| {
            let rest =
                place.path.strip_prefix(root.trim_end_matches('/')).and_then(|rest| rest.strip_prefix(['/', ':']));
            if let Some(rest) = rest.filter(|rest| !rest.is_empty()) {
                place.path = Arc::from(rest);
            }
        };
        trace.sources.iter_mut().flat_map(|source| &mut source.places).for_each(below);
        trace.conditions.iter_mut().map(|condition| &mut condition.place).for_each(below);
        trace.flows.iter_mut().filter_map(|flow| flow.written.as_mut()).for_each(below);
        trace.missed.iter_mut().flat_map(|missed| missed.at.iter_mut().chain([&mut missed.place])).for_each(below);
        for flow in &mut trace.flows {
            if let Target::Notes { file } = &mut flow.target {
                let mut place = Place { path: file.clone(), line: 1, column: 1 };
                below(&mut place);
                *file = place.path;
            }
        }
        trace
    }
}
