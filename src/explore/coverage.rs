//! How far the worlds got: which places that matter ran, and which conditions were seen both ways.

use super::reach::{Head, Reach};
use super::sites::{Position, Site};
use crate::chart::Prepared;
use crate::engine::log::Condition;
use crate::lifecycle::{Life, Phase, PhaseKind, is_varying};
use crate::source::Span;
use crate::value::origin::Cause;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The places of a chart that matter, and what the lives saw of them.
#[derive(Default, Clone, Debug)]
pub struct Coverage {
    /// Calls of `lookup` and of what draws, by the address of the call; whether they ran.
    sites: BTreeMap<u32, (Site, bool)>,
    /// Those that ran only where conditions were forced.
    forced: BTreeSet<u32>,
    /// Calls in templates that nothing includes.
    dead: BTreeMap<u32, Site>,
    /// Conditions that decide about something that varies, by the address of the opening action.
    heads: BTreeMap<u32, Head>,
    /// Conditions that the life itself decides: on what a lookup returned, the phase, what was drawn. No world turns them
    /// round, and they are not counted.
    pub(super) lived: FxHashSet<u32>,
    /// Conditions that some value or the cluster decides.
    open: FxHashSet<u32>,
    /// Where named templates are called.
    pub(super) calls: BTreeMap<Arc<str>, Vec<Position>>,
    /// Some world rendered to its end.
    pub(super) renders: bool,
    /// Which outcomes came up.
    outcomes: FxHashMap<u32, (bool, bool)>,
    /// And which where the render does not fail, or in a world that was given.
    seen: FxHashMap<u32, (bool, bool)>,
    /// The texts that were looked at.
    pub(super) texts: FxHashSet<(u32, usize)>,
    /// The charts that took part in some world, by their paths.
    charts: FxHashSet<String>,
    /// Dependencies that did not in some world.
    pub(super) off: FxHashSet<String>,
    /// For the outcomes that were not seen: how many ways were tried, and how many were not.
    pub(super) tried: FxHashMap<(u32, bool), (usize, usize)>,
    /// The search ended before all was tried: it had used up its budget, or the last worlds showed nothing new.
    pub is_cut_off: bool,
}

/// A place that was not seen, or not both ways.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Missed {
    /// The function that never ran, or `condition`.
    pub what: &'static str,
    pub span: Span,
    pub reason: Reason,
    /// The files that a call would write to, as far as the text of the templates tells, by an address in each.
    pub files: Vec<u32>,
}

/// Why a place was missed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// The condition there, around it, came out one way only.
    Behind(Span),
    /// What it stands in was never rendered.
    NeverRendered,
    /// No world rendered to its end.
    NothingRenders,
    /// Only the chart itself, its files or the name of the release decide.
    Settled,
    /// No value is known that would turn the condition round.
    NoValue,
    /// As many values did not.
    Tried(usize),
    /// It does only where the render fails.
    OnlyFails,
    /// The search ended before its turn came.
    Budget,
}

impl Coverage {
    /// Looks at the templates of a life that were not looked at before; whether there are any.
    pub(super) fn look(&mut self, life: &Life) -> bool {
        if let Some(prepared) = &life.prepared {
            for part in &prepared.charts {
                if !self.charts.contains(&part.path) {
                    self.charts.insert(part.path.clone());
                }
            }
        }
        let Some(phase) = life.phases.first() else { return false };
        let trees = phase.rendering.trees();
        if trees.iter().all(|t| self.texts.contains(&(t.base, t.tree.source.len()))) {
            return false;
        }
        let reach = Reach::new(&trees.iter().map(|t| (t.tree.clone(), t.is_partial)).collect::<Vec<_>>());
        let mut bases = FxHashSet::default();
        for parsed in trees {
            let (base, tree) = (parsed.base, &parsed.tree);
            // A library that several subcharts bring is there once.
            if !bases.insert(base) {
                continue;
            }
            self.texts.insert((base, tree.source.len()));
            for Head { span, at } in reach.branches(tree) {
                let span = span.at(base);
                self.heads.entry(span.start).or_insert_with(|| Head { span, at: at.moved(base) });
            }
            let place = |site: Site| Site { span: site.span.at(base), at: site.at.moved(base), ..site };
            let (sites, calls) = reach.calls(tree);
            for call in calls {
                let (known, at) = (self.calls.entry(call.name).or_default(), call.at.moved(base));
                if !known.contains(&at) {
                    known.push(at);
                }
            }
            for site in sites.into_iter().map(place) {
                self.sites.entry(site.span.start).or_insert((site, false));
            }
            self.dead.extend(reach.dead_sites(tree).into_iter().map(place).map(|site| (site.span.start, site)));
        }
        true
    }

    /// Notes what ran in a life.
    pub(super) fn add(&mut self, life: &Life, is_given: bool) {
        for phase in &life.phases {
            self.renders |= phase.rendering.error.is_none() && phase.kind != PhaseKind::Lint;
            self.add_phase(phase, is_given);
        }
    }

    fn add_phase(&mut self, phase: &Phase, is_given: bool) {
        let rt = &phase.rendering.rt;
        let calls = rt.lookups.iter().map(|call| call.span).chain(rt.draws.iter().map(|draw| draw.span));
        // What becomes of a call is seen where the render does not fail, and a lint keeps nothing. That a world fails which
        // was given is told by itself.
        let is_seen = is_given || phase.rendering.error.is_none() && phase.kind != PhaseKind::Lint;
        for span in calls.filter(|_| is_seen) {
            if let Some((_, ran)) = self.sites.get_mut(&span.start) {
                *ran = true;
            }
        }
        let graph = &phase.rendering.rt.arena;
        for condition in &phase.rendering.log.conditions {
            let start = condition.head.start;
            if !self.lived.contains(&start) && graph.causes(condition.origin).any(is_varying) {
                self.lived.insert(start);
            }
            if !self.open.contains(&start) && graph.causes(condition.origin).any(is_chosen) {
                self.open.insert(start);
            }
            let is_taken = super::is_taken(condition);
            let note = |outcomes: &mut FxHashMap<u32, (bool, bool)>| {
                let (taken, not) = outcomes.entry(start).or_default();
                *(if is_taken { taken } else { not }) = true;
            };
            note(&mut self.outcomes);
            if is_seen {
                note(&mut self.seen);
            }
        }
    }

    /// Whether an install shows something that was not seen before.
    pub(super) fn is_news(&self, prepared: &Prepared, install: &Phase) -> bool {
        let rt = &install.rendering.rt;
        let mut calls = rt.lookups.iter().map(|call| call.span).chain(rt.draws.iter().map(|draw| draw.span));
        let is_new_outcome = |condition: &Condition| {
            self.is_interesting(condition) && !self.has_come_out(condition.head, super::is_taken(condition))
        };
        calls.any(|span| self.sites.get(&span.start).is_some_and(|(_, ran)| !ran))
            || install.rendering.log.conditions.iter().any(is_new_outcome)
            || prepared.charts.iter().any(|part| !self.charts.contains(&part.path))
            || !install.rendering.trees().iter().all(|t| self.texts.contains(&(t.base, t.tree.source.len())))
    }

    pub(super) fn is_interesting(&self, condition: &Condition) -> bool {
        self.heads.contains_key(&condition.head.start)
    }

    /// Whether the condition came out so, whatever became of the render.
    pub(super) fn has_come_out(&self, head: Span, taken: bool) -> bool {
        self.outcomes.get(&head.start).is_some_and(|seen| if taken { seen.0 } else { seen.1 })
    }

    /// Whether a chart took part in some world.
    pub(super) fn has_chart(&self, path: &str) -> bool {
        self.charts.contains(path)
    }

    /// How much was seen: calls, outcomes of conditions of interest, and charts.
    pub(super) fn reached(&self) -> usize {
        let ran = self.sites.values().filter(|(_, ran)| *ran).count();
        let outcomes = self.heads.keys().filter_map(|head| self.outcomes.get(head));
        let seen: usize = outcomes.map(|(taken, not)| usize::from(*taken) + usize::from(*not)).sum();
        ran + seen + self.charts.len()
    }

    /// Notes what ran where conditions were forced.
    pub(super) fn add_forced(&mut self, life: &Life) {
        for phase in &life.phases {
            let rt = &phase.rendering.rt;
            let calls = rt.lookups.iter().map(|call| call.span).chain(rt.draws.iter().map(|draw| draw.span));
            let is_new = |span: &Span| self.sites.get(&span.start).is_some_and(|(_, ran)| !ran);
            self.forced.extend(calls.filter(is_new).map(|span| span.start));
            // What the life decides is known now of conditions that were never come to.
            let graph = &rt.arena;
            for condition in &phase.rendering.log.conditions {
                let start = condition.head.start;
                let is_new = !self.lived.contains(&start) && !self.outcomes.contains_key(&start);
                if is_new && graph.causes(condition.origin).any(is_varying) {
                    self.lived.insert(start);
                }
            }
        }
    }

    /// The calls that neither ran nor were reached by force.
    pub(super) fn unreached(&self) -> impl Iterator<Item = &Site> {
        let is_missed = |(start, (_, ran)): &(&u32, &(Site, bool))| !ran && !self.forced.contains(start);
        self.sites.iter().filter(is_missed).map(|(_, (site, _))| site)
    }

    /// The outcomes of conditions behind which calls stand that never ran, as far as the text of the templates tells.
    pub(super) fn before_calls(&self) -> FxHashSet<(u32, bool)> {
        let mut outcomes = FxHashSet::default();
        let mut seen: FxHashSet<&Arc<str>> = FxHashSet::default();
        let mut todo: Vec<&Position> = self.sites.values().filter(|(_, ran)| !ran).map(|(site, _)| &site.at).collect();
        while let Some(at) = todo.pop() {
            outcomes.extend(at.within.iter().map(|turn| (turn.head.start, turn.taken)));
            if let Some(name) = at.template.as_ref().filter(|name| seen.insert(name)) {
                todo.extend(self.calls.get(name).into_iter().flatten());
            }
        }
        outcomes
    }

    /// Whether a place is, or holds, a call that ran only where conditions were forced.
    pub fn has_forced(&self, place: Span) -> bool {
        self.forced.contains(&place.start) || self.forced.range(place.start..place.end).next().is_some()
    }

    /// The calls that ran only where conditions were forced.
    pub fn forced_calls(&self) -> impl Iterator<Item = &Site> {
        self.forced.iter().filter_map(|start| self.sites.get(start)).map(|(site, _)| site)
    }

    /// Calls of `lookup`, and of what draws, that ran only where conditions were forced.
    pub fn forced(&self) -> (usize, usize) {
        let (lookups, draws): (Vec<_>, Vec<_>) = self.forced_calls().partition(|site| site.function == "lookup");
        (lookups.len(), draws.len())
    }

    /// Calls of `lookup` that ran, and all of them.
    pub fn lookups(&self) -> (usize, usize) {
        self.count(|site| site.function == "lookup")
    }

    /// Calls that draw something that ran, and all of them.
    pub fn draws(&self) -> (usize, usize) {
        self.count(|site| site.function != "lookup")
    }

    fn count(&self, is_counted: impl Fn(&Site) -> bool) -> (usize, usize) {
        let counted = self.sites.values().filter(|(site, _)| is_counted(site));
        let (ran, all): (Vec<bool>, Vec<()>) = counted.map(|(_, ran)| (*ran, ())).unzip();
        (ran.into_iter().filter(|ran| *ran).count(), all.len())
    }

    /// Conditions of interest that were not seen both ways.
    pub fn one_sided(&self) -> impl Iterator<Item = &Head> {
        self.heads.values().filter(|head| !self.lived.contains(&head.span.start) && !self.has_both(head.span))
    }

    /// Whether the condition came out so where the render does not fail.
    pub fn has_seen(&self, head: Span, taken: bool) -> bool {
        self.seen.get(&head.start).is_some_and(|seen| if taken { seen.0 } else { seen.1 })
    }

    fn has_both(&self, head: Span) -> bool {
        self.has_seen(head, true) && self.has_seen(head, false)
    }

    /// Conditions of interest that were seen both ways, and all of them.
    pub fn conditions(&self) -> (usize, usize) {
        let all = self.heads.keys().filter(|head| !self.lived.contains(head)).count();
        (all - self.one_sided().count(), all)
    }

    /// The calls that no world ran, and the conditions that came out one way only, each with the reason.
    pub fn missed(&self) -> Vec<Missed> {
        let calls = self.unreached().map(|site| {
            let reason = self.behind(&site.at, MAX_CALLERS);
            Missed { what: site.function, span: site.span, reason, files: self.written_to(&site.at) }
        });
        let conditions = self.one_sided().map(|head| {
            let reason = self.why(head);
            Missed { what: "condition", span: head.span, reason, files: Vec::new() }
        });
        calls.chain(conditions).collect()
    }

    /// The calls in templates that nothing includes. They are not among all calls.
    pub fn unreachable(&self) -> impl Iterator<Item = &Site> {
        self.dead.values().filter(|site| !self.sites.contains_key(&site.span.start))
    }

    /// The files that what stands there would be written to, as far as the text of the templates tells, by an address in each.
    fn written_to(&self, at: &Position) -> Vec<u32> {
        let mut files = BTreeSet::new();
        let mut seen: FxHashSet<&Arc<str>> = FxHashSet::default();
        let mut todo = vec![at];
        while let Some(at) = todo.pop() {
            match &at.template {
                None => {
                    files.insert(at.base);
                }
                Some(name) if seen.insert(name) => todo.extend(self.calls.get(name).into_iter().flatten()),
                Some(_) => {}
            }
        }
        files.into_iter().collect()
    }

    /// Why what stands there never ran.
    fn behind(&self, at: &Position, depth: u32) -> Reason {
        let heads = at.within.iter().rev().map(|turn| turn.head);
        // The innermost condition that was met led elsewhere.
        let met = heads.into_iter().find(|head| self.outcomes.contains_key(&head.start));
        if let Some(head) = met.filter(|head| !self.has_both(*head)) {
            return Reason::Behind(head);
        }
        // What calls the template may stand behind one.
        let callers = at.template.as_ref().and_then(|name| self.calls.get(name)).into_iter().flatten();
        let behind = depth.checked_sub(1).and_then(|depth| {
            callers.map(|caller| self.behind(caller, depth)).find(|reason| matches!(reason, Reason::Behind(_)))
        });
        match behind {
            Some(reason) => reason,
            None if !self.renders => Reason::NothingRenders,
            None if self.is_cut_off => Reason::Budget,
            None => Reason::NeverRendered,
        }
    }

    /// Why a condition came out one way only.
    fn why(&self, head: &Head) -> Reason {
        let Some((taken, _)) = self.outcomes.get(&head.span.start) else { return self.behind(&head.at, MAX_CALLERS) };
        match self.tried.get(&(head.span.start, !taken)) {
            _ if self.has_come_out(head.span, true) && self.has_come_out(head.span, false) => Reason::OnlyFails,
            Some((_, 1..)) if self.is_cut_off => Reason::Budget,
            Some((tried @ 1.., _)) => Reason::Tried(*tried),
            _ if !self.open.contains(&head.span.start) => Reason::Settled,
            _ => Reason::NoValue,
        }
    }
}

/// Callers of callers are looked at as deep as this.
const MAX_CALLERS: u32 = 4;

/// Somebody who installs the chart chooses it.
fn is_chosen(cause: &Cause) -> bool {
    matches!(cause, Cause::Values { .. } | Cause::Capabilities { .. })
        || matches!(cause, Cause::Release { field } if *field == "Namespace")
}
