//! What is still to be reached, and which goals share a world.
//!
//! A goal is a condition that should come out another way, or a dependency that should take part. It is tried from where
//! it was seen: with those settings of that world that it depends on, and with what should turn it. Goals whose settings
//! do not touch what another depends on share a world; a world of several that fails, or shows less than it should, is
//! cut in halves.

use super::setting::{self, Setting, contradict, is_related};
use crate::source::Span;
use rustc_hash::FxHashSet;
use std::collections::VecDeque;

/// Where a world stands: the world that was given, and what was changed in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Stand {
    /// The number of the world that was given.
    pub given: usize,
    /// Without these it does not render, or lacks a dependency.
    pub fixed: Vec<Setting>,
    pub settings: Vec<Setting>,
}

impl Stand {
    pub fn all(&self) -> impl Iterator<Item = &Setting> {
        self.fixed.iter().chain(&self.settings)
    }

    /// Whether a setting is among those that are made.
    pub fn has(&self, setting: &Setting) -> bool {
        self.all().any(|other| other == setting)
    }
}

/// What is to be reached.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Target {
    /// The condition comes out so.
    Condition { head: Span, wanted: bool },
    /// The dependency takes part: its path in the names of templates.
    Switch(String),
}

/// A way to reach a goal.
#[derive(Clone, Debug)]
pub(super) struct Try {
    pub stand: Stand,
    pub candidate: Vec<Setting>,
    /// The values that decide whether the goal comes up at all.
    pub needs: Vec<Vec<String>>,
}

impl Try {
    /// The world that it makes.
    fn stand(&self, is_switch: bool, grounds: &[(Vec<Setting>, Vec<Setting>)]) -> Stand {
        let mut stand = self.stand.clone();
        // Each ground that renders was made from one that does not.
        for (from, to) in grounds {
            if stand.fixed == *from {
                stand.fixed = to.clone();
            }
        }
        let to = if is_switch { &mut stand.fixed } else { &mut stand.settings };
        self.candidate.iter().for_each(|new| setting::add(to, new.clone()));
        stand
    }
}

pub(super) struct Goal {
    pub target: Target,
    pub tries: VecDeque<Try>,
    /// How many tries there were in all, those to come included.
    pub tried: usize,
    /// Worlds of more goals than this have failed.
    pub limit: usize,
    /// It was seen, in a world in which something failed that may hide what comes of it.
    pub is_hidden: bool,
}

/// More ways are not tried for one goal.
const MAX_TRIES: usize = 5;
/// More goals do not share a world.
pub(super) const MAX_SHARED: usize = 32;

impl Goal {
    pub fn new(target: Target) -> Goal {
        Goal { target, tries: VecDeque::new(), tried: 0, limit: MAX_SHARED, is_hidden: false }
    }

    /// Adds a way, unless there were enough.
    pub fn add(&mut self, way: Try) {
        if self.tried < MAX_TRIES && !self.tries.iter().any(|other| other.candidate == way.candidate) {
            self.tried += 1;
            self.tries.push_back(way);
        }
    }

    pub fn is_full(&self) -> bool {
        self.tried >= MAX_TRIES
    }

    pub fn is_switch(&self) -> bool {
        matches!(self.target, Target::Switch(_))
    }
}

/// Puts the goals that are open into the order in which they are tried, and returns how many of them may share the next
/// world. `before_calls` are the outcomes of conditions behind which calls stand that never ran.
///
/// What was tried least comes first, and of that what leads to such calls. What leads away from them comes last, and by
/// itself: it would hide them in a world that it shares.
pub(super) fn sort(goals: &[Goal], open: &mut [usize], before_calls: &FxHashSet<(u32, bool)>) -> usize {
    let place = |number: &usize| {
        let goal = goals.get(*number)?;
        let (leads_on, leads_away) = match &goal.target {
            Target::Condition { head, wanted } => {
                let is_before = |outcome: bool| before_calls.contains(&(head.start, outcome));
                (is_before(*wanted), is_before(!wanted))
            }
            Target::Switch(_) => (false, false),
        };
        Some((!leads_on && leads_away, goal.tried - goal.tries.len(), !leads_on))
    };
    open.sort_by_cached_key(place);
    let is_away = |number: &usize| place(number).is_some_and(|(is_away, ..)| is_away);
    open.iter().position(is_away).filter(|first| *first > 0).unwrap_or(open.len())
}

/// The goals that share the next world, as their numbers, and where it stands. `open` are the goals that are not reached.
/// `grounds` are settings that do not render, with those that do in their place.
pub(super) fn batch(
    goals: &[Goal],
    open: &[usize],
    grounds: &[(Vec<Setting>, Vec<Setting>)],
) -> Option<(Vec<usize>, Stand)> {
    let (first, others) = open.split_first()?;
    let goal = goals.get(*first)?;
    let way = goal.tries.front()?;
    let mut stand = way.stand(goal.is_switch(), grounds);
    let is_switched = goal.is_switch();
    let mut needs: Vec<&Vec<String>> = way.needs.iter().collect();
    let mut members = vec![*first];
    let mut limit = goal.limit;
    for number in others {
        let Some(goal) = goals.get(*number) else { continue };
        let Some(way) = goal.tries.front() else { continue };
        if members.len() >= limit.min(goal.limit) || way.stand.given != stand.given {
            continue;
        }
        let own = way.stand(goal.is_switch(), grounds);
        // Worlds on other ground have little in common with this one. Dependencies are switched on together.
        if !(own.fixed == stand.fixed || is_switched && goal.is_switch()) {
            continue;
        }
        if !is_compatible(&stand, &needs, &own, &way.needs) {
            continue;
        }
        own.fixed.into_iter().for_each(|new| setting::add(&mut stand.fixed, new));
        own.settings.into_iter().for_each(|new| setting::add(&mut stand.settings, new));
        needs.extend(&way.needs);
        members.push(*number);
        limit = limit.min(goal.limit);
    }
    Some((members, stand))
}

/// Whether what is changed in either world is not what the other depends on.
fn is_compatible(a: &Stand, needs_a: &[&Vec<String>], b: &Stand, needs_b: &[Vec<String>]) -> bool {
    let touches = |setting: &Setting, needs: &[Vec<String>]| {
        setting.path().is_some_and(|path| needs.iter().any(|need| is_related(path, need)))
    };
    let touches_any =
        |setting: &Setting| setting.path().is_some_and(|path| needs_a.iter().any(|need| is_related(path, need)));
    let is_apart = |mine: &Setting| b.has(mine) || !b.all().any(|other| contradict(mine, other));
    a.all().all(is_apart)
        && a.all().filter(|setting| !b.has(setting)).all(|setting| !touches(setting, needs_b))
        && b.all().filter(|setting| !a.has(setting)).all(|setting| !touches_any(setting))
}
