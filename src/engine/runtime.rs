//! The state of one render that functions and the evaluator share.

use super::calls::Calls;
use super::function::Failure;
use crate::profile::Profile;
use crate::source::Span;
use crate::value::origin::{Cause, GuardId, PathId, PhaseField};
use crate::value::{Arena, Data, Heap, OriginId, Plain, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// What a render asks of the world.
pub trait Cluster {
    /// What `lookup` returns.
    fn lookup(&self, query: &Query) -> Answer;
}

/// The arguments of `lookup`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Query {
    pub api_version: String,
    pub kind: String,
    pub namespace: String,
    /// Empty: list all.
    pub name: String,
}

/// What `lookup` returns.
#[derive(Clone, Debug)]
pub enum Answer {
    /// No such object: an empty map.
    Nothing,
    /// The object, or a list.
    Found(Arc<Plain>),
    /// An object of which nothing is known.
    Unknown,
    /// The request failed, and with it the render.
    Failed(String),
}

/// A cluster without objects: `helm template`.
pub struct Offline;

impl Cluster for Offline {
    fn lookup(&self, _: &Query) -> Answer {
        Answer::Nothing
    }
}

/// One call of `lookup` that was made.
#[derive(Clone, Debug)]
pub struct LookupCall {
    pub span: Span,
    pub query: Query,
    pub found: bool,
    /// What the cluster said.
    pub answer: Answer,
    /// What the arguments depended on.
    pub arguments: OriginId,
    pub guard: GuardId,
}

/// One draw of randomness that was made.
#[derive(Clone, Debug)]
pub struct Draw {
    pub span: Span,
    pub function: &'static str,
    pub guard: GuardId,
}

/// Where certificates and keys get their key pairs from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum KeySource {
    /// A few sample keys that are part of the program: for analysis, where only shapes and differences count.
    #[default]
    Sample,
    /// Made from the seed, which takes a while.
    Fresh,
}

/// Bounds of one render.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of text and elements of lists made, and nodes executed.
    pub work: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { work: 400_000_000 }
    }
}

/// A value whose shape is not known.
#[derive(Clone, Debug)]
pub struct Unknown {
    pub origin: OriginId,
    /// Where it stands below what it came from, for the text that it prints as.
    pub path: PathId,
}

/// The state of one render.
pub struct Runtime {
    pub heap: Heap,
    pub arena: Arena,
    pub profile: Profile,
    pub lookups: Calls<LookupCall>,
    pub draws: Calls<Draw>,
    /// Something asked what time it is.
    pub reads_clock: bool,
    pub unknowns: Vec<Unknown>,
    /// The seed of everything random in this render.
    pub seed: u64,
    /// The time that `now` gives: seconds and nanoseconds since 1970.
    pub now: (i64, u32),
    pub limits: Limits,
    /// What is left of `limits.work`.
    pub left: u64,
    pub keys: KeySource,
    /// The conditions under which the current node runs.
    pub guard: GuardId,
    /// What the number of changes that branches not taken would have made to maps depends on; noted for what follows.
    pub heap_marks: OriginId,
    /// The path of calls that leads to the current node.
    pub call_path: u64,
    pub(super) draw_counts: FxHashMap<u64, u64>,
    /// Regular expressions are compiled once a render.
    pub(super) patterns: super::functions::regex::Patterns,
    /// The journal and the log of conditions are kept.
    pub(super) is_followed: bool,
    /// What conditions depended on since the file began.
    pub(super) decisions: FxHashSet<OriginId>,
    /// What is forced in this render, and what came of it; nothing in a render as Helm makes it.
    pub forcing: Option<Box<super::forced::Forcing>>,
    /// Two renders of the same input may differ here for a reason that is no cause (map order); each reason once.
    pub nondeterministic: Vec<(Span, &'static str)>,
}

impl Runtime {
    pub fn new(options: &super::Options) -> Runtime {
        Runtime {
            heap: Heap::default(),
            arena: Arena::default(),
            profile: options.profile,
            lookups: Calls::default(),
            draws: Calls::default(),
            reads_clock: false,
            unknowns: Vec::new(),
            seed: options.seed,
            now: options.now,
            limits: options.limits,
            left: options.limits.work,
            keys: options.keys,
            guard: GuardId::NONE,
            heap_marks: OriginId::NONE,
            call_path: 0,
            draw_counts: FxHashMap::default(),
            patterns: Default::default(),
            is_followed: options.is_followed,
            decisions: FxHashSet::default(),
            forcing: options.forced.clone().map(super::forced::Forcing::new),
            nondeterministic: Vec::new(),
        }
    }

    /// Notes what a condition depended on.
    pub(super) fn decided(&mut self, origin: OriginId) {
        if self.is_followed && !origin.is_none() {
            self.decisions.insert(origin);
        }
    }

    /// Takes from the budget.
    #[inline]
    pub fn spend(&mut self, work: usize) -> Result<(), Failure> {
        match self.left.checked_sub(work as u64) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(self.spent()),
        }
    }

    #[cold]
    fn spent(&mut self) -> Failure {
        self.left = 0;
        Failure::Budget(format!("the render was stopped after {} units of work", self.limits.work))
    }

    /// Everything a value depends on, its pieces and nested entries included. Each map and list counts once, also where
    /// one holds itself or is shared many times.
    pub fn deep_origin(&mut self, value: &Value) -> OriginId {
        match &value.data {
            Data::List(_) | Data::Map(_) | Data::Object(_) => self.nested_origin(value),
            _ => self.flat_origin(value),
        }
    }

    /// What a value without entries depends on.
    fn flat_origin(&mut self, value: &Value) -> OriginId {
        let mut origin = value.origin;
        match &value.data {
            Data::Str(text) | Data::Bytes(text) => {
                // Neighbours often come from one place under one condition.
                let (mut last_origin, mut last_guard) = (OriginId::NONE, GuardId::NONE);
                for piece in text.pieces() {
                    if piece.origin != last_origin {
                        last_origin = piece.origin;
                        origin = self.arena.join(origin, piece.origin);
                    }
                    if piece.guard != last_guard {
                        last_guard = piece.guard;
                        let guard = self.guard_origin(piece.guard);
                        origin = self.arena.join(origin, guard);
                    }
                }
            }
            Data::Unknown(id) => {
                if let Some(unknown) = self.unknowns.get(*id as usize) {
                    origin = self.arena.join(origin, unknown.origin);
                }
            }
            _ => {}
        }
        origin
    }

    fn nested_origin(&mut self, value: &Value) -> OriginId {
        let mut origin = OriginId::NONE;
        let mut maps = FxHashSet::default();
        let mut lists = FxHashSet::default();
        let mut todo = vec![value.clone()];
        while let Some(value) = todo.pop() {
            self.left = self.left.saturating_sub(1);
            let own = self.flat_origin(&value);
            origin = self.arena.join(origin, own);
            // What is pushed last comes next: the entries are taken in their order.
            match &value.data {
                Data::List(list) if lists.insert(list.items().as_ptr() as usize) => {
                    todo.extend(list.items().iter().rev().filter(|item| may_depend(item)).cloned());
                }
                Data::Map(id) if maps.insert(*id) => {
                    let map = self.heap.get(*id);
                    origin = self.arena.join(origin, map.shape);
                    todo.extend(map.entries.values().rev().filter(|entry| may_depend(entry)).cloned());
                }
                Data::Object(object) => {
                    let fields = object.fields.iter().rev().map(|field| &field.value);
                    todo.extend(fields.filter(|field| may_depend(field)).cloned());
                }
                _ => {}
            }
        }
        origin
    }

    /// What a chain of guards depends on beyond the current one (under which everything is written anyway).
    pub fn guard_origin(&mut self, guard: GuardId) -> OriginId {
        let current = self.guard;
        if self.arena.implies(guard, current) {
            self.arena.guard_origin(guard, current)
        } else {
            self.arena.guard_origin(guard, GuardId::NONE)
        }
    }

    /// Notes a draw of randomness at a place and gives its origin and the seed to draw with. Two renders with one seed
    /// draw the same at the same place of the same path of calls.
    pub fn draw(&mut self, span: Span, function: &'static str) -> (OriginId, [u8; 32]) {
        let id = self.draws.add(Draw { span, function, guard: self.guard });
        let mut hasher = rustc_hash::FxHasher::default();
        (self.seed, span, self.call_path, function).hash(&mut hasher);
        let site = hasher.finish();
        let count = self.draw_counts.entry(site).or_default();
        *count += 1;
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&site.to_le_bytes());
        seed[8..16].copy_from_slice(&count.to_le_bytes());
        seed[16..24].copy_from_slice(&self.seed.to_le_bytes());
        (self.arena.source(Cause::Random { draw: id }, span), seed)
    }

    /// The origin of what the clock says.
    pub fn time_origin(&mut self, span: Span) -> OriginId {
        self.reads_clock = true;
        self.arena.source(Cause::Time { at: span }, span)
    }

    pub fn phase_origin(&mut self, field: PhaseField) -> OriginId {
        self.arena.source(Cause::Phase(field), Span::default())
    }
}

/// `false` for constants without parts.
fn may_depend(value: &Value) -> bool {
    !value.origin.is_none()
        || match &value.data {
            Data::Str(text) | Data::Bytes(text) => !text.pieces().is_empty(),
            Data::List(_) | Data::Map(_) | Data::Object(_) | Data::Unknown(_) => true,
            _ => false,
        }
}
