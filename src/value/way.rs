//! The way of a value: the steps on which what it came from travelled to it.

use super::origin::{Cause, Step};
use super::{Arena, OriginId};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The steps of a live origin with their places, each with its own origin, in the order in which the value travelled.
pub fn steps(arena: &Arena, origin: OriginId) -> Vec<(OriginId, Step, Span)> {
    let mut steps = Vec::new();
    let mut seen = BTreeSet::new();
    let mut todo = vec![origin];
    while let Some(id) = todo.pop() {
        if !id.is_live() || !seen.insert(id) {
            continue;
        }
        let node = arena.origin(id);
        if !matches!(node.step, Step::Joined) {
            steps.push((id, node.step.clone(), node.span));
        }
        todo.extend(node.parents.iter().rev());
    }
    steps.reverse();
    steps
}

/// The shortest way on which a cause came to an origin: its steps with their places, in the order in which the value
/// travelled. Where several things went in, the others are left out.
pub fn way(arena: &Arena, origin: OriginId, is_cause: impl Fn(&Cause) -> bool) -> Vec<(OriginId, Step, Span)> {
    let mut from: BTreeMap<OriginId, OriginId> = BTreeMap::new();
    let mut todo = VecDeque::from([origin]);
    let is_source = |id: OriginId| matches!(arena.origin(id).step, Step::Source) && arena.causes(id).any(&is_cause);
    while let Some(id) = todo.pop_front() {
        if is_source(id) {
            let mut steps = Vec::new();
            let mut at = id;
            loop {
                let node = arena.origin(at);
                if !matches!(node.step, Step::Joined) {
                    steps.push((at, node.step.clone(), node.span));
                }
                match from.get(&at) {
                    Some(next) if at != origin => at = *next,
                    _ => return steps,
                }
            }
        }
        for parent in arena.origin(id).parents.iter().filter(|parent| parent.is_live()) {
            if *parent != origin && !from.contains_key(parent) {
                from.insert(*parent, id);
                todo.push_back(*parent);
            }
        }
    }
    steps(arena, origin)
}
