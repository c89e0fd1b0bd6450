//! The graph that holds all causes, origins and guards.

use super::numbers::Numbers;
use super::origin::{Cause, CauseSetId, Guard, GuardId, Origin, OriginId, Outcome, PathId, Step};
use super::sets::{CauseSets, Union};
use crate::source::Span;
use rustc_hash::FxHashMap;
use std::sync::Arc;

#[derive(Debug, Clone)]
struct PathNode {
    parent: PathId,
    key: Arc<[u8]>,
}

impl PathNode {
    fn what(&self) -> (PathId, &[u8]) {
        (self.parent, &self.key)
    }
}

/// Longer chains of steps keep their causes and lose their newest steps.
const MAX_DEPTH: u32 = 96;

/// Holds all causes, origins and guards of a life. Grows with the templates, not with the number of values.
#[derive(Debug, Clone)]
pub struct Graph {
    paths: Vec<PathNode>,
    path_ids: Numbers,
    causes: Vec<Cause>,
    /// Of those that are no values.
    cause_ids: Numbers,
    sets: CauseSets,
    /// All but those of one plain cause.
    origins: Vec<Origin>,
    /// What those are, but for the cause.
    alone: Origin,
    /// Of the live ones.
    step_ids: Numbers,
    joins: FxHashMap<(OriginId, OriginId), OriginId>,
    /// The origin of each set of several causes that is nothing but them.
    plain_ids: Vec<OriginId>,
    /// The origin of each path of values.
    value_ids: Vec<OriginId>,
    guards: Vec<Guard>,
    guard_ids: Numbers,
}

impl Default for Graph {
    fn default() -> Self {
        let causes = CauseSetId::NONE;
        let origin = Origin { causes, step: Step::Source, span: Span::default(), parents: [].into(), depth: 0 };
        let alone = Origin { step: Step::Joined, ..origin.clone() };
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
            path_ids: Numbers::default(),
            causes: Vec::new(),
            cause_ids: Numbers::default(),
            sets: CauseSets::default(),
            origins: vec![origin],
            alone,
            step_ids: Numbers::default(),
            joins: FxHashMap::default(),
            plain_ids: Vec::new(),
            value_ids: Vec::new(),
            guards: vec![guard],
            guard_ids: Numbers::default(),
        }
    }
}

impl Graph {
    /// Whether no values came in yet.
    pub fn has_no_values(&self) -> bool {
        self.value_ids.is_empty()
    }

    /// Makes room for as many values and what usually comes of them, where there are none yet.
    pub fn reserve(&mut self, values: usize) {
        if !self.has_no_values() {
            return;
        }
        let (some, more) = (values / 4, values + values / 4);
        self.paths.reserve(more);
        self.path_ids.reserve(more);
        self.causes.reserve(more);
        self.sets.reserve(more, some);
        self.origins.reserve(2 * some);
        self.step_ids.reserve(some);
        self.joins.reserve(some);
        self.value_ids.reserve(more);
        self.guards.reserve(values);
        self.guard_ids.reserve(some);
    }

    /// The path of `key` below `parent`.
    pub fn path(&mut self, parent: PathId, key: &Arc<[u8]>) -> PathId {
        self.path_or_new(parent, key, || key.clone())
    }

    /// The same for a key that nobody holds.
    pub fn path_of_bytes(&mut self, parent: PathId, key: &[u8]) -> PathId {
        self.path_or_new(parent, key, || key.into())
    }

    fn path_or_new(&mut self, parent: PathId, key: &[u8], hold: impl FnOnce() -> Arc<[u8]>) -> PathId {
        let next = self.paths.len();
        if let Some(id) = self.path_ids.find_or_add((parent, key), next, |n| self.paths[n].what()) {
            return PathId(id);
        }
        self.paths.push(PathNode { parent, key: hold() });
        PathId(next as u32)
    }

    /// The path of a key below one that has no such key yet.
    pub fn new_path(&mut self, parent: PathId, key: &Arc<[u8]>) -> PathId {
        let next = self.paths.len() as u32;
        self.path_ids.insert(next, (parent, &**key));
        self.paths.push(PathNode { parent, key: key.clone() });
        PathId(next)
    }

    fn path_below(&self, parent: PathId, key: &[u8]) -> Option<PathId> {
        self.path_ids.find((parent, key), |n| self.paths[n].what()).map(PathId)
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

    /// Some set of causes was cut off.
    pub fn has_overflowed(&self) -> bool {
        self.sets.overflowed
    }

    fn cause(&mut self, cause: Cause) -> u32 {
        let next = self.causes.len();
        if let Some(id) = self.cause_ids.find_or_add(&cause, next, |n| &self.causes[n]) {
            return id;
        }
        self.causes.push(cause);
        next as u32
    }

    fn plain(&mut self, causes: CauseSetId) -> OriginId {
        if let Some(cause) = causes.alone() {
            return OriginId::of_one(cause);
        }
        let (ids, index) = (&mut self.plain_ids, causes.index());
        while ids.len() <= index {
            ids.push(OriginId::NONE);
        }
        if ids[index].is_none() {
            ids[index] = OriginId::new(self.origins.len() as u32, false);
            self.origins.push(Origin { causes, ..self.alone.clone() });
        }
        ids[index]
    }

    /// The origin of a value that is the cause itself, read at `span` (of interest for live causes only).
    pub fn source(&mut self, cause: Cause, span: Span) -> OriginId {
        if let Cause::Values { path } = cause {
            return self.value(path);
        }
        let live = cause.is_live();
        let id = self.cause(cause);
        let causes = self.sets.of_one(id);
        if live { self.node(causes, Step::Source, span, &[]) } else { self.plain(causes) }
    }

    /// The origin of what is at a path of the values.
    fn value(&mut self, path: PathId) -> OriginId {
        if let Some(known) = self.value_ids.get(path.index()).filter(|known| !known.is_none()) {
            return *known;
        }
        let causes = self.sets.of_one(self.causes.len() as u32);
        self.causes.push(Cause::Values { path });
        let origin = self.plain(causes);
        if self.value_ids.len() <= path.index() {
            self.value_ids.resize(path.index() + 1, OriginId::NONE);
        }
        self.value_ids[path.index()] = origin;
        origin
    }

    fn node(&mut self, causes: CauseSetId, step: Step, span: Span, parents: &[OriginId]) -> OriginId {
        let what = (&step, span, parents, parents.is_empty().then_some(causes));
        let depth = parents.iter().map(|p| self.origin(*p).depth + 1).max().unwrap_or(0);
        if depth > MAX_DEPTH {
            // There is none that is so deep.
            return self.shortened(causes, step, span, parents);
        }
        let next = self.origins.len();
        if let Some(id) = self.step_ids.find_or_add(what, next, |n| self.origins[n].what()) {
            return OriginId::new(id, true);
        }
        let id = next as u32;
        self.origins.push(Origin { causes, step, span, parents: parents.into(), depth });
        OriginId::new(id, true)
    }

    /// The end of a chain that is too long. Steps are left out of its middle, and causes never.
    fn shortened(&mut self, causes: CauseSetId, step: Step, span: Span, parents: &[OriginId]) -> OriginId {
        let first = parents[0];
        if self.cause_set(first) == causes {
            return first;
        }
        let mut parents = parents.to_vec();
        for parent in &mut parents {
            while self.origin(*parent).depth > MAX_DEPTH / 2
                && let Some(above) = self.origin(*parent).parents.first()
            {
                *parent = *above;
            }
        }
        self.node(causes, step, span, &parents)
    }

    /// A step of a live value; plain origins pass unchanged.
    pub fn step(&mut self, parent: OriginId, step: impl FnOnce() -> Step, span: Span) -> OriginId {
        if !parent.is_live() {
            return parent;
        }
        let causes = self.cause_set(parent);
        self.node(causes, step(), span, &[parent])
    }

    /// A field of a looked-up object: the cause becomes the longer path, the chain goes on.
    pub fn field_step(&mut self, parent: OriginId, field: OriginId, name: &Arc<str>, span: Span) -> OriginId {
        if !parent.is_live() {
            return self.join(parent, field);
        }
        let causes = self.cause_set(field);
        self.node(causes, Step::Field(name.clone()), span, &[parent])
    }

    /// The origin of what depends on both.
    #[inline]
    pub fn join(&mut self, a: OriginId, b: OriginId) -> OriginId {
        if a == b || b.is_none() {
            a
        } else if a.is_none() {
            b
        } else {
            self.joined(a, b)
        }
    }

    /// The join of two different ones that are something.
    fn joined(&mut self, a: OriginId, b: OriginId) -> OriginId {
        if let Some(id) = self.joins.get(&(a, b)) {
            return *id;
        }
        let id = match self.sets.union(self.cause_set(a), self.cause_set(b)) {
            Union::First => a,
            Union::Second => b,
            Union::Both(causes) if a.is_live() || b.is_live() => {
                self.node(causes, Step::Joined, Span::default(), &[a, b])
            }
            Union::Both(causes) => self.plain(causes),
        };
        self.joins.insert((a, b), id);
        id
    }

    pub fn origin(&self, id: OriginId) -> &Origin {
        match id.alone() {
            Some(_) => &self.alone,
            None => &self.origins[id.index()],
        }
    }

    /// The causes of an origin, in the order in which the render met them.
    pub fn causes(&self, id: OriginId) -> impl Iterator<Item = &Cause> + '_ {
        self.causes_in(self.cause_set(id))
    }

    /// The set of causes of an origin.
    pub fn cause_set(&self, id: OriginId) -> CauseSetId {
        match id.alone() {
            Some(cause) => CauseSetId::of_one(cause),
            None => self.origins[id.index()].causes,
        }
    }

    /// The causes of a set.
    pub fn causes_in(&self, set: CauseSetId) -> impl Iterator<Item = &Cause> + '_ {
        self.sets.get(set).iter().map(|c| &self.causes[*c as usize])
    }

    /// The path of these keys, if anything has come from there.
    pub fn known_path(&self, keys: &[Arc<[u8]>]) -> Option<PathId> {
        keys.iter().try_fold(PathId::NONE, |path, key| self.path_below(path, key))
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
        let depth = self.guards[parent.index()].depth + 1;
        let guard = Guard { parent, also, condition: at, outcome, origin, depth };
        let next = self.guards.len();
        if let Some(id) = self.guard_ids.find_or_add(guard.what(), next, |n| self.guards[n].what()) {
            return GuardId(id);
        }
        self.guards.push(guard);
        GuardId(next as u32)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What depends on the phase and on many values depends on each of them, whatever becomes of the steps.
    #[test]
    fn long_joins_lose_no_cause() {
        let mut graph = Graph::default();
        let phase = Cause::Phase(crate::value::origin::PhaseField::Revision);
        let mut origin = graph.source(phase, Span::default());
        let count = 3 * MAX_DEPTH as usize;
        for n in 0..count {
            let path = graph.path(PathId::default(), &Arc::from(n.to_string().into_bytes()));
            let value = graph.source(Cause::Values { path }, Span::default());
            origin = graph.join(origin, value);
        }
        assert_eq!(graph.causes(origin).count(), count + 1);
        assert!(graph.origin(origin).depth <= MAX_DEPTH);
    }
}
