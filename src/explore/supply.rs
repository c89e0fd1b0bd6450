//! Worlds that give what a chart asked for when it ended in `required` or `fail`.

use super::goal::{Goal, Stand};
use super::setting::{self, Setting};
use super::{Explorer, Plan, Remedy, solve};
use crate::engine::RenderError;
use crate::engine::log::Condition;
use crate::lifecycle::{Life, Phase, PhaseKind, is_varying};

/// A chart that asks for more than this one after the other is left alone.
const MAX_ERRORS: usize = 32;
/// So often one message is looked at.
const MAX_ALIKE: usize = 3;
/// More values that are missing are not looked at together.
const MAX_MISSING: usize = 64;
/// As many errors are got past for a goal.
const MAX_PATH: usize = 2;
/// As many worlds are made for one error.
const MAX_WAYS: usize = 4;

impl Explorer {
    /// Plans worlds that get past the error that ended the install.
    /// The goals of the plan are those of the worlds, too; the culprits among them set what the error depends on.
    pub(super) fn supply(&mut self, life: &Life, stand: &Stand, plan: Option<&Plan>, culprits: &[usize]) {
        let Some(phase) = life.phases.first() else { return };
        let Some(RenderError::Exec(error)) = &phase.rendering.error else { return };
        let message = error.root().raw();
        // A world of ours that breaks is a bad world, unless the chart says what it wants.
        if error.failed_with().is_none() && !self.usual.contains(&message) {
            return;
        }
        let goals = plan.map(|plan| plan.goals.clone()).unwrap_or_default();
        // What switches dependencies on is of the ground, and so is what these ask for. Ground that renders asks for nothing.
        let is_switch = |number: &usize| self.goals.get(*number).is_some_and(Goal::is_switch);
        let is_firm = self.rendered.contains(&(stand.given, stand.fixed.clone()));
        let is_of_ground = !is_firm && culprits.iter().all(is_switch);
        let mut path = plan.map(|plan| plan.path.clone()).unwrap_or_default();
        path.push(message.clone());
        // The given worlds are to render whatever it takes; for a goal what helped before is tried, and little else.
        let is_vain = !goals.is_empty() && path.len() > MAX_PATH;
        if let Some(remedy) = self.remedies.get(&message) {
            let with = with(stand, remedy, is_of_ground);
            if with != *stand {
                let helps = goals.is_empty() || self.healed.contains(&message);
                let goals = self.still_served(&goals, stand, &with).filter(|_| helps && !is_vain);
                let remedied = goals.and_then(|goals| self.plan(with, goals, None));
                self.urgent_along(path, remedied.into_iter().collect());
                return;
            }
        }
        // The same words may ask for several values, one after the other.
        let is_new = (0..MAX_ALIKE).any(|number| self.errors.insert(format!("{message}#{number}")));
        if !is_new || self.errors.len() > MAX_ERRORS || is_vain {
            return;
        }
        self.remedies.remove(&message);
        let graph = &phase.rendering.rt.arena;
        let log = &phase.rendering.log.conditions;
        // What `required` asks for is logged last; `fail` stands in a branch, and its conditions lead to it.
        let mut led: Vec<&Condition> = log.last().into_iter().filter(|last| !is_branch(phase, Some(last))).collect();
        let is_required = !led.is_empty();
        let guard = error.levels().last().map(|level| level.guard).unwrap_or_default();
        for guard in graph.guards(guard) {
            let of_guard =
                |c: &&Condition| c.head == guard.condition && c.outcome == guard.outcome && c.origin == guard.origin;
            led.extend(log.iter().rev().find(of_guard));
        }
        if led.is_empty() {
            led.extend(log.last());
        }
        led.retain(|condition| !graph.causes(condition.origin).any(is_varying));
        let mut plans: Vec<Plan> = Vec::new();
        let also = if is_required && culprits.is_empty() { self.also_missing(life) } else { Vec::new() };
        for condition in led {
            let Some(scope) = self.scope(life, phase, condition) else { continue };
            let wanted = !condition.outcome.is_taken();
            for mut candidate in solve::candidates(condition, wanted, &scope).into_iter().take(MAX_WAYS - 1) {
                if plans.is_empty() {
                    let is_apart = |new: &&Setting| !candidate.iter().any(|own| setting::contradict(own, new));
                    let apart: Vec<Setting> = also.iter().filter(is_apart).cloned().collect();
                    candidate.extend(apart);
                }
                let with = with(stand, &candidate, is_of_ground);
                let Some(goals) = self.still_served(&goals, stand, &with) else { continue };
                let ground = is_of_ground.then(|| stand.fixed.clone());
                let remedy = Remedy { error: message.clone(), settings: candidate, ground };
                plans.extend(self.plan(with, goals, Some(remedy)));
            }
            if plans.len() >= MAX_WAYS {
                break;
            }
        }
        plans.truncate(MAX_WAYS);
        self.urgent_along(path, plans);
    }

    /// Worlds that come before all others, and the errors that they are to get past.
    fn urgent_along(&mut self, path: Vec<String>, plans: Vec<Plan>) {
        let along = |plan: Plan| Plan { path: path.clone(), ..plan };
        plans.into_iter().rev().for_each(|plan| self.urgent.push_front(along(plan)));
    }

    /// What else `required` would ask for, one after the other: a lint goes on and comes by all of it.
    fn also_missing(&self, life: &Life) -> Vec<Setting> {
        let Some(phase) = life.phase(PhaseKind::Lint) else { return Vec::new() };
        let mut settings: Vec<Setting> = Vec::new();
        for condition in phase.rendering.log.missing.iter().take(MAX_MISSING) {
            let Some(scope) = self.scope(life, phase, condition) else { continue };
            let first = solve::candidates(condition, true, &scope).into_iter().next().unwrap_or_default();
            let is_apart = |new: &Setting| !settings.iter().any(|old| setting::contradict(old, new));
            if first.iter().all(is_apart) {
                settings.extend(first);
            }
        }
        settings
    }

    /// The goals whose ways what gets past an error does not undo; nothing where that leaves none.
    fn still_served(&self, goals: &[usize], stand: &Stand, with: &Stand) -> Option<Vec<usize>> {
        let is_undone = |setting: &Setting| stand.has(setting) && !with.has(setting);
        let is_served = |number: &usize| {
            let way = self.goals.get(*number).and_then(|goal| goal.tries.front());
            way.is_none_or(|way| !way.candidate.iter().chain(&way.stand.settings).any(is_undone))
        };
        let served: Vec<usize> = goals.iter().copied().filter(is_served).collect();
        (goals.is_empty() || !served.is_empty()).then_some(served)
    }
}

/// A stand with settings that it, or one of its goals, cannot do without.
fn with(stand: &Stand, settings: &[Setting], is_of_ground: bool) -> Stand {
    let mut stand = stand.clone();
    for setting in settings {
        // What was set for another reason does not speak against what the chart asks for.
        stand.settings.retain(|old| !setting::contradict(old, setting));
        let to = if is_of_ground { &mut stand.fixed } else { &mut stand.settings };
        setting::add(to, setting.clone());
    }
    stand
}

/// Whether a condition is that of a branch, which begins with its opening action.
pub(super) fn is_branch(phase: &Phase, condition: Option<&Condition>) -> bool {
    let Some(start) = condition.map(|condition| condition.head.start) else { return false };
    let file = phase.rendering.sources.file_at(start);
    file.is_some_and(|file| file.text.get((start - file.base) as usize..).is_some_and(|rest| rest.starts_with(b"{{")))
}
