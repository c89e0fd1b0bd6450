//! Which worlds to live.
//!
//! The defaults, what the user passes, each `ci/*-values.yaml`; then, for each condition that was seen with one outcome
//! and decides about something that varies, worlds that should turn it round. A world that ends in `required` or `fail`
//! leads to one that gives what was asked for. An object of somebody else that a lookup asks for is there in one world
//! and not in the other. The room decides what to live next, says how far that got, and does not judge what comes of it.

mod coverage;
mod reach;
mod setting;
mod solve;

pub use coverage::Coverage;
pub use reach::{Reach, Site};
pub use setting::{Setting, changed};

use crate::engine::RenderError;
use crate::engine::log::Condition;
use crate::lifecycle::{Life, PhaseKind, World, is_varying};
use crate::source::Span;
use crate::value::origin::Outcome;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;

/// The most worlds that are made for one chart, beside those that are given.
pub const MAX_WORLDS: usize = 96;

/// A world that is to be lived, and what for.
pub struct Plan {
    pub world: World,
    goal: Goal,
}

/// What a world of ours is made for.
#[derive(Clone, PartialEq, Debug)]
enum Goal {
    /// The condition comes out so.
    Condition { head: Span, taken: bool },
    /// The render gets past this error.
    Error(String),
    /// Lookups find what the chart does not render.
    Foreign,
}

/// The worlds of one chart that were lived and are to be lived.
#[derive(Default)]
pub struct Explorer {
    pub coverage: Coverage,
    todo: VecDeque<Plan>,
    /// Candidates that wait until the ones before them have failed.
    waiting: FxHashMap<(Span, bool), VecDeque<World>>,
    /// Outcomes for which candidates were made.
    planned: FxHashSet<(Span, bool)>,
    errors: FxHashSet<String>,
    /// What was changed in the worlds that were made.
    lived: FxHashSet<String>,
    made: usize,
    has_foreign: bool,
}

impl Explorer {
    /// The next world.
    pub fn next(&mut self) -> Option<Plan> {
        while let Some(plan) = self.todo.pop_front() {
            // Another world may have got there in the meantime.
            let is_reached = match &plan.goal {
                Goal::Condition { head, taken } => self.coverage.has_seen(*head, *taken),
                Goal::Error(_) | Goal::Foreign => false,
            };
            if is_reached {
                continue;
            }
            if !self.lived.insert(plan.world.flags.clone()) {
                // This very world was lived for another goal.
                self.retry(Some(&plan));
                continue;
            }
            if self.made >= MAX_WORLDS {
                self.coverage.is_cut_off = true;
                return None;
            }
            self.made += 1;
            return Some(plan);
        }
        None
    }

    /// Looks at a life and plans what it suggests. `plan` is what it was lived for, if it was made here.
    pub fn learn(&mut self, life: &Life, plan: Option<&Plan>) {
        self.coverage.add(life);
        self.retry(plan);
        self.supply(life);
        self.turn_round(life);
        self.foreign(life);
    }

    /// Tries the next candidate for a goal that was missed.
    fn retry(&mut self, plan: Option<&Plan>) {
        let Some(Plan { goal: Goal::Condition { head, taken }, .. }) = plan else { return };
        if self.coverage.has_seen(*head, *taken) {
            self.waiting.remove(&(*head, *taken));
        } else if let Some(world) = self.waiting.get_mut(&(*head, *taken)).and_then(VecDeque::pop_front) {
            self.todo.push_front(Plan { world, goal: Goal::Condition { head: *head, taken: *taken } });
        }
    }

    /// Gives what the render asked for when it ended.
    fn supply(&mut self, life: &Life) {
        let Some(phase) = life.phases.first() else { return };
        let Some(RenderError::Exec(error)) = &phase.rendering.error else { return };
        let message = error.root().raw();
        if !self.errors.insert(message.clone()) || self.errors.len() > MAX_ERRORS {
            return;
        }
        // What was decided last led to the error.
        let graph = &phase.rendering.rt.arena;
        let last = phase.rendering.log.conditions.iter().rev().filter(|c| !graph.causes(c.origin).any(is_varying));
        let mut plans = Vec::new();
        for condition in last.take(2) {
            let wanted = !condition.outcome.is_taken();
            for candidate in solve::candidates(condition, wanted, graph).into_iter().take(2) {
                plans.push(Plan { world: changed(&life.world, &candidate), goal: Goal::Error(message.clone()) });
            }
        }
        plans.into_iter().rev().for_each(|plan| self.todo.push_front(plan));
    }

    /// Plans worlds in which conditions that were seen with one outcome have the other.
    fn turn_round(&mut self, life: &Life) {
        for phase in &life.phases {
            let graph = &phase.rendering.rt.arena;
            for condition in &phase.rendering.log.conditions {
                let wanted = !condition.outcome.is_taken();
                let is_wanted = self.coverage.is_interesting(condition)
                    && !self.coverage.has_seen(condition.head, wanted)
                    && !graph.causes(condition.origin).any(is_varying);
                if !is_wanted || !self.planned.insert((condition.head, wanted)) {
                    continue;
                }
                let candidates = solve::candidates(condition, wanted, graph);
                let mut worlds: VecDeque<World> =
                    candidates.iter().map(|candidate| changed(&life.world, candidate)).collect();
                if let Some(world) = worlds.pop_front() {
                    self.todo.push_back(Plan { world, goal: Goal::Condition { head: condition.head, taken: wanted } });
                    self.waiting.insert((condition.head, wanted), worlds);
                }
            }
        }
    }

    /// Plans the world in which everything is there that the chart looks up and does not render.
    fn foreign(&mut self, life: &Life) {
        if self.has_foreign || !life.world.foreign.is_empty() {
            return;
        }
        let Some(phase) = life.phase(PhaseKind::Upgrade) else { return };
        if phase.rendering.error.is_some() {
            return;
        }
        let missed = phase.rendering.rt.lookups.iter().filter(|call| !call.found && !call.query.kind.is_empty());
        let mut settings: Vec<Setting> = Vec::new();
        for call in missed {
            let is_own = life.renders(&call.query);
            let setting = Setting::Foreign(call.query.clone());
            if !is_own && !settings.contains(&setting) {
                settings.push(setting);
            }
        }
        if settings.is_empty() {
            return;
        }
        self.has_foreign = true;
        self.todo.push_back(Plan { world: changed(&life.world, &settings), goal: Goal::Foreign });
    }
}

/// A chart that asks for more than this one after the other is left alone.
const MAX_ERRORS: usize = 24;

/// Whether a condition came out true.
pub(crate) fn is_taken(condition: &Condition) -> bool {
    matches!(condition.outcome, Outcome::True | Outcome::Some)
}
