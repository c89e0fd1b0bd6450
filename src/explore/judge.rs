//! What came of a world: which of its goals were reached, and which of them made it fail.

use super::goal::{Goal, MAX_SHARED, Target};
use super::setting::{self, Setting};
use super::{Coverage, Explorer, Plan, conditions, errors, is_reached, is_taken, supply, words};
use crate::chart::Prepared;
use crate::engine::RenderError;
use crate::engine::log::Condition;
use crate::lifecycle::{Life, Phase, is_varying};
use crate::source::Span;
use crate::value::origin::Cause;
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

impl Explorer {
    /// The goals of a plan that have to do with the first error that worlds of ours alone end in: those that set what it
    /// depends on.
    pub(super) fn culprits(&self, life: &Life, plan: &Plan) -> Vec<usize> {
        let failed = life.phases.iter().find_map(|phase| match &phase.rendering.error {
            Some(RenderError::Exec(error)) if !self.is_usual(&error.root().raw(), plan) => Some((phase, error)),
            _ => None,
        });
        let Some((phase, error)) = failed else { return Vec::new() };
        let graph = &phase.rendering.rt.arena;
        let mut origins = Vec::new();
        for level in error.levels() {
            origins.push(level.about);
            origins.extend(graph.guards(level.guard).into_iter().map(|guard| guard.origin));
        }
        if !supply::is_branch(phase, phase.rendering.log.conditions.last()) {
            origins.extend(phase.rendering.log.conditions.last().map(|last| last.origin));
        }
        let paths: BTreeSet<_> = origins
            .into_iter()
            .flat_map(|origin| graph.causes(origin))
            .filter_map(|cause| match cause {
                Cause::Values { path } => Some(*path),
                _ => None,
            })
            .collect();
        let paths: Vec<Vec<String>> = paths.into_iter().map(|path| words(graph, path)).collect();
        let touches = |setting: &Setting| {
            setting.path().is_some_and(|own| paths.iter().any(|path| setting::is_related(own, path)))
        };
        // Of the dependencies that take part it is the innermost that the error is in.
        let at = error.levels().first().map(|level| level.file.clone()).unwrap_or_default();
        let home = |number: &usize| match &self.goals.get(*number)?.target {
            Target::Switch(path) => at.strip_prefix(path.as_str()).filter(|rest| rest.starts_with('/')).map(str::len),
            Target::Condition { .. } => None,
        };
        let innermost = plan.goals.iter().filter_map(home).min();
        let is_culprit = |number: &usize| {
            let way = self.goals.get(*number).and_then(|goal| goal.tries.front());
            way.is_some_and(|way| way.candidate.iter().any(touches))
                || innermost.is_some_and(|innermost| home(number) == Some(innermost))
        };
        plan.goals.iter().copied().filter(is_culprit).collect()
    }

    /// Whether an install fails in which nothing but dependencies were switched on, where it would not without them.
    pub(super) fn fails_for_switches(&self, life: &Life, plan: &Plan) -> bool {
        let is_switch = |number: &usize| self.goals.get(*number).is_some_and(Goal::is_switch);
        let error = life.phases.first().and_then(|phase| phase.rendering.error.as_ref());
        let is_usual = |error: &RenderError| match error {
            RenderError::Exec(error) => self.is_usual(&error.root().raw(), plan),
            _ => true,
        };
        let rendered = |number: &usize| {
            let way = self.goals.get(*number).and_then(|goal| goal.tries.front());
            way.is_some_and(|way| {
                self.rendered.iter().any(|(given, on)| *given == way.stand.given && *on == way.stand.fixed)
            })
        };
        plan.stand.settings.is_empty()
            && !plan.goals.is_empty()
            && plan.goals.iter().all(|number| is_switch(number) && rendered(number))
            && error.is_some_and(|error| !is_usual(error))
    }

    /// Whether the install of a world tells that nothing comes of it: nothing is to be seen that was not seen before, and it
    /// ends as others did, or what it was made for comes out as ever, and what else the life may show was lived before.
    pub fn is_vain(&self, plan: &Plan, prepared: &Prepared, install: &Phase) -> bool {
        let rendering = &install.rendering;
        let graph = &rendering.rt.arena;
        let is_missed = |number: &usize| match self.goals.get(*number) {
            Some(Goal { target: Target::Condition { head, wanted }, is_hidden: false, .. }) => {
                let own = || rendering.log.conditions.iter().filter(|condition| condition.head == *head);
                let is_settled = |c: &Condition| is_taken(c) != *wanted && !graph.causes(c.origin).any(is_varying);
                own().next().is_some() && own().all(is_settled)
            }
            _ => false,
        };
        let ends_as_others = match &rendering.error {
            Some(RenderError::Exec(error)) => self.met.contains(&error.root().raw()),
            Some(_) => false,
            None => {
                !rendering.varies_anew
                    && install.manifests.is_ok()
                    && plan.remedy.is_none()
                    && plan.goals.iter().all(is_missed)
            }
        };
        ends_as_others && !plan.goals.is_empty() && !self.coverage.is_news(prepared, install)
    }

    /// Dependencies that were switched on together and fail are switched on apart.
    pub(super) fn part(&mut self, plan: &Plan, culprits: &[usize]) {
        for number in &plan.goals {
            let Some(goal) = self.goals.get_mut(*number) else { continue };
            goal.is_hidden = true;
            goal.limit = limit(goal, *number, plan, culprits);
            if !self.open.contains(number) {
                self.open.push(*number);
            }
        }
    }

    /// Looks at what a world was made for.
    pub(super) fn judge(&mut self, life: &Life, plan: &Plan, culprits: &[usize]) {
        let now: Vec<String> = errors(life).collect();
        if let Some(remedy) = &plan.remedy
            && !now.contains(&remedy.error)
        {
            self.remedies.entry(remedy.error.clone()).or_insert_with(|| remedy.settings.clone());
            // What has rendered needs nothing: that it failed here has to do with what else was set.
            let given = plan.stand.given;
            let fails = |ground: &&Vec<Setting>| !self.rendered.contains(&(given, ground.to_vec()));
            let ground = remedy.ground.as_ref().filter(fails);
            if plan.goals.is_empty() && ground.is_some() {
                self.needed.extend(remedy.settings.iter().cloned());
            }
            if let Some(ground) = ground {
                self.grounds.push((ground.clone(), plan.stand.fixed.clone()));
            }
        }
        // Where no upgrade renders whatever is set, one that fails hides nothing.
        let install_fails = life.phases.first().is_some_and(|phase| phase.rendering.error.is_some());
        let hides = install_fails || self.of_ground(plan).next().is_none();
        let fails = hides && now.iter().any(|error| !self.is_usual(error, plan));
        if now.is_empty() {
            self.healed.extend(plan.path.iter().cloned());
        }
        let ends = matches!(life.phases.first().map(|phase| &phase.rendering.error), None | Some(Some(_)));
        let heads: FxHashSet<Span> = conditions(life).map(|(_, condition)| condition.head).collect();
        let is_shared = plan.goals.len() > 1;
        let before_calls = self.coverage.before_calls();
        for number in &plan.goals {
            let Some(goal) = self.goals.get_mut(*number) else { continue };
            let came_up = match &goal.target {
                Target::Condition { head, .. } => heads.contains(head),
                Target::Switch(_) => true,
            };
            let limit = limit(goal, *number, plan, culprits);
            goal.is_hidden = false;
            if is_reached(goal, &self.coverage) {
                // What fails hides what else there is to see.
                // By itself, what makes it fail would fail again.
                let is_the_culprit = culprits == [*number];
                let is_condition = matches!(goal.target, Target::Condition { .. });
                goal.is_hidden = is_shared && fails && is_condition && !is_the_culprit;
                if goal.is_hidden {
                    goal.limit = limit;
                } else if fails && is_the_culprit && is_before_calls(goal, &self.coverage, &before_calls) {
                    // Another way may come by what this one fails before.
                    goal.tries.pop_front();
                    goal.is_hidden = !goal.tries.is_empty();
                }
            } else if is_shared && (ends || !came_up) {
                goal.limit = if ends { limit } else { plan.goals.len() / 2 };
            } else if plan.remedy.is_none() || !ends {
                goal.tries.pop_front();
                if !ends {
                    // What kept it from sharing a world was this way to it.
                    goal.limit = MAX_SHARED;
                }
            }
        }
    }
}

/// Whether calls that never ran stand behind a condition that came out as a goal wants it where renders fail alone.
fn is_before_calls(goal: &Goal, coverage: &Coverage, before_calls: &FxHashSet<(u32, bool)>) -> bool {
    match &goal.target {
        Target::Condition { head, wanted } => {
            before_calls.contains(&(head.start, *wanted)) && !coverage.has_seen(*head, *wanted)
        }
        Target::Switch(_) => false,
    }
}

/// With how many others a goal of a world that failed is tried again: what fails goes on by itself, and the others without
/// it; where nobody knows what fails, in halves.
fn limit(goal: &Goal, number: usize, plan: &Plan, culprits: &[usize]) -> usize {
    match (culprits.is_empty(), culprits.contains(&number)) {
        (_, true) => 1,
        (false, false) => goal.limit,
        (true, false) => plan.goals.len() / 2,
    }
}

/// The conditions that the error which ended an install stands behind.
pub(super) fn leading_to_error(life: &Life) -> impl Fn(Span) -> bool + use<> {
    let failed = life.phases.first().and_then(|phase| match &phase.rendering.error {
        Some(RenderError::Exec(error)) => Some((&phase.rendering.rt.arena, error)),
        _ => None,
    });
    let mut heads: FxHashSet<Span> = FxHashSet::default();
    for (graph, level) in failed.iter().flat_map(|(graph, error)| error.levels().into_iter().map(move |l| (graph, l))) {
        heads.extend(graph.guards(level.guard).iter().map(|guard| guard.condition));
    }
    move |head| heads.contains(&head)
}
