//! Where values come from: causes, origins and guards, all interned in one [`Graph`].
//!
//! A [`Cause`] is an input of a render that may differ from one render to the next. An *origin* says which causes a value
//! depends on and, where one of them is *live* (anything but plain values, files and the release's name), by which steps
//! they reached it. A *guard* is a chain of conditions under which something was written. Ids are small and copyable;
//! equal things have equal ids, so that a template that runs a thousand times makes its origins once.

use crate::source::Span;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// An origin. The top bit says that a live cause is among its causes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct OriginId(u32);

impl OriginId {
    /// A constant.
    pub const NONE: OriginId = OriginId(0);
    const LIVE: u32 = 1 << 31;

    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    pub fn is_live(self) -> bool {
        self.0 & Self::LIVE != 0
    }

    fn index(self) -> usize {
        (self.0 & !Self::LIVE) as usize
    }
}

impl std::fmt::Debug for OriginId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "o{}{}", self.index(), if self.is_live() { "!" } else { "" })
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Debug)]
        pub struct $name(pub u32);

        impl $name {
            pub const NONE: $name = $name(0);

            pub fn is_none(self) -> bool {
                self.0 == 0
            }

            fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A chain of conditions; 0 is none.
    GuardId,
    /// A path of keys below a root (`a.b.c`); 0 is the root itself.
    PathId,
    /// A set of causes; 0 is the empty one.
    CauseSetId
}

/// One call of `lookup`, by its number in the render.
pub type LookupId = u32;
/// One draw of randomness, by its number in the render.
pub type DrawId = u32;

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum PhaseField {
    IsInstall,
    IsUpgrade,
    Revision,
}

/// What may differ from one render to the next.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Cause {
    /// A field of what a `lookup` returned; the root path is whether it returned anything.
    Lookup {
        call: LookupId,
        path: PathId,
    },
    Phase(PhaseField),
    Random {
        draw: DrawId,
    },
    /// The clock, or the local time zone.
    Time {
        at: Span,
    },
    Dns {
        at: Span,
    },
    /// `.Capabilities.…`, as a path below it.
    Capabilities {
        path: PathId,
    },
    /// `.Chart.Version`, `.Chart.AppVersion`: another one in the next release of the chart.
    ChartVersion {
        app: bool,
    },
    /// A path below the root chart's `.Values`.
    Values {
        path: PathId,
    },
    /// A file of the chart.
    Files {
        path: Arc<[u8]>,
    },
    /// `.Release.Name`, `.Namespace`, `.Service`.
    Release {
        field: &'static str,
    },
}

impl Cause {
    /// Differs between two renders of one release with the same values, or with the next version of the chart.
    pub fn is_live(&self) -> bool {
        !matches!(self, Cause::Values { .. } | Cause::Files { .. } | Cause::Release { .. })
    }

    /// Differs between two renders of one version of a chart with the same values.
    pub fn varies(&self) -> bool {
        matches!(
            self,
            Cause::Lookup { .. } | Cause::Phase(_) | Cause::Random { .. } | Cause::Time { .. } | Cause::Dns { .. }
        )
    }
}

/// What happened to a value on its way.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Step {
    /// The value is the cause itself.
    Source,
    /// Assigned to a variable.
    Assigned(Arc<str>),
    /// Handed to a named template as its context.
    Passed(Arc<str>),
    /// Came back as the text of a named template.
    Included(Arc<str>),
    /// A field of it was taken.
    Field(Arc<str>),
    /// Went through a function.
    Through(&'static str),
    /// Decided by a condition on it: the value is another on the other branch.
    Decided,
    /// Stored in a map under a key.
    Stored(Arc<[u8]>),
    /// The elements, keys or length of it.
    Ranged,
    /// Several values together.
    Joined,
}

/// A node of the graph of origins.
#[derive(Clone, Debug)]
pub struct Origin {
    pub causes: CauseSetId,
    pub step: Step,
    /// Where the step happened; empty at address 0 for steps without a place.
    pub span: Span,
    pub parents: Box<[OriginId]>,
    depth: u32,
}

/// How a condition came out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Outcome {
    True,
    False,
    /// `range`: the body ran.
    Some,
    /// `range`: there was nothing to iterate.
    Empty,
}

impl Outcome {
    pub fn is_taken(self) -> bool {
        matches!(self, Outcome::True | Outcome::Some)
    }
}

/// One condition of a chain.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    /// The enclosing condition.
    pub parent: GuardId,
    /// A second chain that holds as well: text that was made under one and written under another.
    pub also: GuardId,
    /// The opening action of the branch.
    pub condition: Span,
    pub outcome: Outcome,
    /// What the condition depended on.
    pub origin: OriginId,
    pub depth: u32,
}

#[derive(Debug, Clone)]
struct PathNode {
    parent: PathId,
    key: Arc<[u8]>,
}

/// More causes than this in one set are cut off, and the set says so.
const MAX_CAUSES: usize = 512;
/// Longer chains of steps keep their causes and lose their newest steps.
const MAX_DEPTH: u32 = 96;

/// Holds all causes, origins and guards of a life. Grows with the templates, not with the number of values.
#[derive(Debug, Clone)]
pub struct Graph {
    paths: Vec<PathNode>,
    path_ids: FxHashMap<(PathId, Arc<[u8]>), PathId>,
    causes: Vec<Cause>,
    cause_ids: FxHashMap<Cause, u32>,
    sets: Vec<Arc<[u32]>>,
    set_ids: FxHashMap<Arc<[u32]>, CauseSetId>,
    origins: Vec<Origin>,
    step_ids: FxHashMap<(Step, Span, Box<[OriginId]>), OriginId>,
    joins: FxHashMap<(OriginId, OriginId), OriginId>,
    plain_ids: FxHashMap<CauseSetId, OriginId>,
    guards: Vec<Guard>,
    guard_ids: FxHashMap<(GuardId, GuardId, Span, Outcome, OriginId), GuardId>,
    /// Some set of causes was cut off.
    pub overflowed: bool,
}

impl Default for Graph {
    fn default() -> Self {
        let none: Arc<[u32]> = Arc::new([]);
        let origin =
            Origin { causes: CauseSetId(0), step: Step::Source, span: Span::default(), parents: [].into(), depth: 0 };
        let guard = Guard {
            parent: GuardId::NONE,
            also: GuardId::NONE,
            condition: Span::default(),
            outcome: Outcome::True,
            origin: OriginId::NONE,
            depth: 0,
        };
        Graph {
            paths: vec![PathNode { parent: PathId::NONE, key: Arc::new([]) }],
            path_ids: FxHashMap::default(),
            causes: Vec::new(),
            cause_ids: FxHashMap::default(),
            set_ids: FxHashMap::from_iter([(none.clone(), CauseSetId(0))]),
            sets: vec![none],
            origins: vec![origin],
            step_ids: FxHashMap::default(),
            joins: FxHashMap::default(),
            plain_ids: FxHashMap::default(),
            guards: vec![guard],
            guard_ids: FxHashMap::default(),
            overflowed: false,
        }
    }
}

impl Graph {
    /// The path of `key` below `parent`.
    pub fn path(&mut self, parent: PathId, key: &Arc<[u8]>) -> PathId {
        if let Some(id) = self.path_ids.get(&(parent, key.clone())) {
            return *id;
        }
        let id = PathId(self.paths.len() as u32);
        self.paths.push(PathNode { parent, key: key.clone() });
        self.path_ids.insert((parent, key.clone()), id);
        id
    }

    /// The keys of a path from the root on.
    pub fn path_keys(&self, mut path: PathId) -> Vec<Arc<[u8]>> {
        let mut keys = Vec::new();
        while !path.is_none() {
            let node = &self.paths[path.index()];
            keys.push(node.key.clone());
            path = node.parent;
        }
        keys.reverse();
        keys
    }

    /// A path as `a.b[0].c`; keys that hold a dot are quoted.
    pub fn path_text(&self, path: PathId) -> String {
        let mut out = String::new();
        for key in self.path_keys(path) {
            let key = String::from_utf8_lossy(&key);
            if key.starts_with('[') {
                out.push_str(&key);
                continue;
            }
            if !out.is_empty() {
                out.push('.');
            }
            if key.contains('.') { out.push_str(&format!("{key:?}")) } else { out.push_str(&key) }
        }
        out
    }

    fn cause(&mut self, cause: Cause) -> u32 {
        if let Some(id) = self.cause_ids.get(&cause) {
            return *id;
        }
        let id = self.causes.len() as u32;
        self.causes.push(cause.clone());
        self.cause_ids.insert(cause, id);
        id
    }

    fn set(&mut self, causes: Vec<u32>) -> CauseSetId {
        let mut causes = causes;
        if causes.len() > MAX_CAUSES {
            causes.truncate(MAX_CAUSES);
            self.overflowed = true;
        }
        let causes: Arc<[u32]> = causes.into();
        if let Some(id) = self.set_ids.get(&causes) {
            return *id;
        }
        let id = CauseSetId(self.sets.len() as u32);
        self.sets.push(causes.clone());
        self.set_ids.insert(causes, id);
        id
    }

    fn add(&mut self, origin: Origin, live: bool) -> OriginId {
        let id = OriginId(self.origins.len() as u32 | if live { OriginId::LIVE } else { 0 });
        self.origins.push(origin);
        id
    }

    fn plain(&mut self, causes: CauseSetId) -> OriginId {
        if let Some(id) = self.plain_ids.get(&causes) {
            return *id;
        }
        let origin = Origin { causes, step: Step::Joined, span: Span::default(), parents: [].into(), depth: 0 };
        let id = self.add(origin, false);
        self.plain_ids.insert(causes, id);
        id
    }

    /// The origin of a value that is the cause itself, read at `span` (of interest for live causes only).
    pub fn source(&mut self, cause: Cause, span: Span) -> OriginId {
        let live = cause.is_live();
        let id = self.cause(cause);
        let causes = self.set(vec![id]);
        if live { self.node(causes, Step::Source, span, [].into()) } else { self.plain(causes) }
    }

    fn node(&mut self, causes: CauseSetId, step: Step, span: Span, parents: Box<[OriginId]>) -> OriginId {
        // Sources have no parents, so their causes have to be part of the key.
        let key_parents: Box<[OriginId]> =
            if parents.is_empty() { [OriginId(causes.0), OriginId::NONE].into() } else { parents.clone() };
        let key = (step, span, key_parents);
        if let Some(id) = self.step_ids.get(&key) {
            return *id;
        }
        let depth = parents.iter().map(|p| self.origins[p.index()].depth + 1).max().unwrap_or(0);
        if depth > MAX_DEPTH {
            return parents[0];
        }
        let id = self.add(Origin { causes, step: key.0.clone(), span, parents, depth }, true);
        self.step_ids.insert(key, id);
        id
    }

    /// A step of a live value; plain origins pass unchanged.
    pub fn step(&mut self, parent: OriginId, step: impl FnOnce() -> Step, span: Span) -> OriginId {
        if !parent.is_live() {
            return parent;
        }
        let causes = self.origins[parent.index()].causes;
        self.node(causes, step(), span, [parent].into())
    }

    /// A field of a looked-up object: the cause becomes the longer path, the chain goes on.
    pub fn field_step(&mut self, parent: OriginId, field: OriginId, name: &Arc<str>, span: Span) -> OriginId {
        if !parent.is_live() {
            return self.join(parent, field);
        }
        let causes = self.origins[field.index()].causes;
        self.node(causes, Step::Field(name.clone()), span, [parent].into())
    }

    /// The origin of what depends on both.
    pub fn join(&mut self, a: OriginId, b: OriginId) -> OriginId {
        if a == b || b.is_none() {
            return a;
        }
        if a.is_none() {
            return b;
        }
        if let Some(id) = self.joins.get(&(a, b)) {
            return *id;
        }
        let (set_a, set_b) = (self.origins[a.index()].causes, self.origins[b.index()].causes);
        let (list_a, list_b) = (self.sets[set_a.index()].clone(), self.sets[set_b.index()].clone());
        let id = if is_subset(&list_b, &list_a) {
            a
        } else if is_subset(&list_a, &list_b) {
            b
        } else {
            let mut union: Vec<u32> = list_a.iter().chain(list_b.iter()).copied().collect();
            union.sort_unstable();
            union.dedup();
            let causes = self.set(union);
            if a.is_live() || b.is_live() {
                self.node(causes, Step::Joined, Span::default(), [a, b].into())
            } else {
                self.plain(causes)
            }
        };
        self.joins.insert((a, b), id);
        id
    }

    pub fn origin(&self, id: OriginId) -> &Origin {
        &self.origins[id.index()]
    }

    /// The causes of an origin, in the order in which the render met them.
    pub fn causes(&self, id: OriginId) -> impl Iterator<Item = &Cause> + '_ {
        self.causes_in(self.cause_set(id))
    }

    /// The set of causes of an origin.
    pub fn cause_set(&self, id: OriginId) -> CauseSetId {
        self.origins[id.index()].causes
    }

    /// The causes of a set.
    pub fn causes_in(&self, set: CauseSetId) -> impl Iterator<Item = &Cause> + '_ {
        self.sets[set.index()].iter().map(|c| &self.causes[*c as usize])
    }

    /// The path of these keys, if anything has come from there.
    pub fn known_path(&self, keys: &[Arc<[u8]>]) -> Option<PathId> {
        keys.iter().try_fold(PathId::NONE, |path, key| self.path_ids.get(&(path, key.clone())).copied())
    }

    /// Whether one path is the other or lies above or below it.
    pub fn is_related(&self, a: PathId, b: PathId) -> bool {
        self.is_within(a, b) || self.is_within(b, a)
    }

    fn is_within(&self, mut path: PathId, outer: PathId) -> bool {
        // A path is made after those above it.
        while path > outer {
            path = self.paths[path.index()].parent;
        }
        path == outer
    }

    /// The chain with one more condition. A condition without causes adds nothing.
    pub fn guard(&mut self, parent: GuardId, condition: Span, outcome: Outcome, origin: OriginId) -> GuardId {
        if origin.is_none() {
            return parent;
        }
        self.guard_node(parent, GuardId::NONE, condition, outcome, origin)
    }

    /// A guard of a condition that was made to come out so: it is there although nothing decides about it.
    pub fn forced_guard(&mut self, parent: GuardId, condition: Span, outcome: Outcome, origin: OriginId) -> GuardId {
        self.guard_node(parent, GuardId::NONE, condition, outcome, origin)
    }

    /// Both chains.
    pub fn both_guards(&mut self, a: GuardId, b: GuardId) -> GuardId {
        if self.implies(a, b) {
            a
        } else if self.implies(b, a) {
            b
        } else {
            let guard = self.guards[b.index()];
            self.guard_node(a, b, guard.condition, guard.outcome, guard.origin)
        }
    }

    fn guard_node(&mut self, parent: GuardId, also: GuardId, at: Span, outcome: Outcome, origin: OriginId) -> GuardId {
        let key = (parent, also, at, outcome, origin);
        if let Some(id) = self.guard_ids.get(&key) {
            return *id;
        }
        let id = GuardId(self.guards.len() as u32);
        let depth = self.guards[parent.index()].depth + 1;
        self.guards.push(Guard { parent, also, condition: at, outcome, origin, depth });
        self.guard_ids.insert(key, id);
        id
    }

    /// Whether chain `inner` holds all conditions of chain `outer` because it grew from it.
    pub fn implies(&self, mut inner: GuardId, outer: GuardId) -> bool {
        let depth = self.guards[outer.index()].depth;
        while self.guards[inner.index()].depth > depth {
            inner = self.guards[inner.index()].parent;
        }
        inner == outer
    }

    /// All conditions that were met, in the order in which they were.
    pub fn all_guards(&self) -> impl Iterator<Item = &Guard> + '_ {
        self.guards.iter().skip(1)
    }

    /// The conditions of a chain, innermost first, each once.
    pub fn guards(&self, id: GuardId) -> Vec<Guard> {
        let mut out: Vec<Guard> = Vec::new();
        let mut seen = rustc_hash::FxHashSet::default();
        let mut todo = vec![id];
        while let Some(mut id) = todo.pop() {
            while !id.is_none() && seen.insert(id) {
                let guard = self.guards[id.index()];
                if guard.also.is_none() {
                    out.push(guard);
                } else {
                    todo.push(guard.also);
                }
                id = guard.parent;
            }
        }
        out
    }

    /// What a chain depends on, from its innermost condition out to (and without) the chain `outer`.
    pub fn guard_origin(&mut self, id: GuardId, outer: GuardId) -> OriginId {
        let mut origin = OriginId::NONE;
        let (mut at, depth) = (id, self.guards[outer.index()].depth);
        while !at.is_none() && at != outer && self.guards[at.index()].depth > depth {
            let guard = self.guards[at.index()];
            origin = self.join(origin, guard.origin);
            if !guard.also.is_none() {
                for inner in self.guards(guard.also) {
                    origin = self.join(origin, inner.origin);
                }
            }
            at = guard.parent;
        }
        origin
    }
}

/// Whether sorted `small` is part of sorted `large`.
fn is_subset(small: &[u32], large: &[u32]) -> bool {
    if small.len() > large.len() {
        return false;
    }
    let mut rest = large.iter();
    small.iter().all(|x| rest.any(|y| y == x))
}
