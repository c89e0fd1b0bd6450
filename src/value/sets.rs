//! Sets of causes, each kept once.

use super::numbers::Numbers;
use super::origin::CauseSetId;
use std::sync::Arc;

/// More causes than this in one set are cut off, and the set says so.
const MAX_CAUSES: usize = 512;

/// How many sets of one cause are made at a time.
const ALONE: usize = 256;

/// Sets of causes by number. Most hold one cause: those are told by its number and kept nowhere.
#[derive(Clone, Debug)]
pub(super) struct CauseSets {
    /// Each number at its own place: a set of one is a part of it.
    alone: Vec<u32>,
    /// The empty set, and those of several causes, ascending.
    several: Vec<Arc<[u32]>>,
    ids: Numbers,
    /// Some set was cut off.
    pub overflowed: bool,
}

impl Default for CauseSets {
    fn default() -> Self {
        let none: Arc<[u32]> = Arc::new([]);
        CauseSets { alone: Vec::new(), several: vec![none], ids: Numbers::default(), overflowed: false }
    }
}

/// What two sets are together.
pub(super) enum Union {
    First,
    Second,
    Both(CauseSetId),
}

impl CauseSets {
    /// Makes room for as many causes, and as many sets of several.
    pub(super) fn reserve(&mut self, causes: usize, sets: usize) {
        self.alone.reserve(causes + ALONE);
        self.several.reserve(sets);
        self.ids.reserve(sets);
    }

    /// The set of this cause alone.
    pub(super) fn of_one(&mut self, cause: u32) -> CauseSetId {
        if self.alone.len() <= cause as usize {
            self.alone.extend(self.alone.len() as u32..(cause + 1).next_multiple_of(ALONE as u32));
        }
        CauseSetId::of_one(cause)
    }

    pub(super) fn get(&self, id: CauseSetId) -> &[u32] {
        match id.alone() {
            Some(cause) => &self.alone[cause as usize..=cause as usize],
            None => &self.several[id.index()],
        }
    }

    /// The set of what is in either.
    pub(super) fn union(&mut self, a: CauseSetId, b: CauseSetId) -> Union {
        let (first, second) = (self.get(a), self.get(b));
        if is_subset(second, first) {
            return Union::First;
        }
        if is_subset(first, second) {
            return Union::Second;
        }
        let mut union = merged(first, second);
        if union.len() > MAX_CAUSES {
            union.truncate(MAX_CAUSES);
            self.overflowed = true;
        }
        Union::Both(self.of_several(&union))
    }

    fn of_several(&mut self, causes: &[u32]) -> CauseSetId {
        let next = self.several.len();
        if let Some(id) = self.ids.find_or_add(causes, next, |n| &*self.several[n]) {
            return CauseSetId(id);
        }
        self.several.push(causes.into());
        CauseSetId(next as u32)
    }
}

/// Whether sorted `small` is part of sorted `large`.
fn is_subset(small: &[u32], large: &[u32]) -> bool {
    if let [one] = small {
        return large.binary_search(one).is_ok();
    }
    if small.len() > large.len() {
        return false;
    }
    let mut rest = large.iter();
    small.iter().all(|x| rest.any(|y| y == x))
}

/// What is in one of two sorted lists, sorted.
fn merged(mut a: &[u32], mut b: &[u32]) -> Vec<u32> {
    let mut out = Vec::with_capacity(a.len() + b.len());
    while let ([x, rest_a @ ..], [y, rest_b @ ..]) = (a, b) {
        out.push(*x.min(y));
        if x <= y {
            a = rest_a;
        }
        if y <= x {
            b = rest_b;
        }
    }
    out.extend_from_slice(a);
    out.extend_from_slice(b);
    out
}
