//! What came of a world: which of its goals were reached, and which of them made it fail.

use super::goal::{MAX_SHARED, Target};
use super::setting::{self, Setting};
use super::{Explorer, Plan, conditions, errors, is_reached, supply, words};
use crate::engine::RenderError;
use crate::lifecycle::Life;
use crate::source::Span;
use crate::value::origin::Cause;
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

impl Explorer {
    /// The goals of a plan that have to do with the first error that worlds of ours alone end in: those that set what it
    /// depends on.
    pub(super) fn culprits(&self, life: &Life, plan: &Plan) -> Vec<usize> {
        let failed = life.phases.iter().find_map(|phase| match &phase.rendering.error {
            Some(RenderError::Exec(error)) if !self.usual.contains(&error.root().raw()) => Some((phase, error)),
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
        let is_culprit = |number: &usize| {
            let way = self.goals.get(*number).and_then(|goal| goal.tries.front());
            way.is_some_and(|way| way.candidate.iter().any(touches))
        };
        plan.goals.iter().copied().filter(is_culprit).collect()
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
        let fails = now.iter().any(|error| !self.usual.contains(error));
        if now.is_empty() {
            self.healed.extend(plan.path.iter().cloned());
        }
        let ends = matches!(life.phases.first().map(|phase| &phase.rendering.error), None | Some(Some(_)));
        let heads: FxHashSet<Span> = conditions(life).map(|(_, condition)| condition.head).collect();
        let is_shared = plan.goals.len() > 1;
        for number in &plan.goals {
            let Some(goal) = self.goals.get_mut(*number) else { continue };
            let came_up = match &goal.target {
                Target::Condition { head, .. } => heads.contains(head),
                Target::Switch(_) => true,
            };
            // What fails goes on by itself, and the others without it; where nobody knows what fails, in halves.
            let limit = match (culprits.is_empty(), culprits.contains(number)) {
                (_, true) => 1,
                (false, false) => goal.limit,
                (true, false) => plan.goals.len() / 2,
            };
            goal.is_hidden = false;
            if is_reached(goal, &self.coverage) {
                // What fails hides what else there is to see.
                // By itself, what makes it fail would fail again.
                let is_the_culprit = culprits == [*number];
                let is_condition = matches!(goal.target, Target::Condition { .. });
                goal.is_hidden = is_shared && fails && is_condition && !is_the_culprit;
                if goal.is_hidden {
                    goal.limit = limit;
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
