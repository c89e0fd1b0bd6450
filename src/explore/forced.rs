//! Worlds in which conditions are forced, after the search for values is over.
//!
//! A call that no world ran stands behind conditions that nothing was found to turn round. From the text of the templates
//! follows which those are: the branches around it, around the call of the template that it stands in, and so on up to a
//! file. As many of them as do not contradict each other are made to come out so in one world. What varies between the
//! phases of a life is left to them.

use super::Explorer;
use super::coverage::Coverage;
use super::goal::Stand;
use super::setting::{self, Setting, changed};
use super::sites::{Position, Turn};
use crate::engine::Forced;
use crate::lifecycle::{Life, World};
use crate::source::Span;
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// As many worlds are made for one chart.
const MAX_WORLDS: usize = 3;
/// Callers of callers are looked at as deep as this.
const MAX_CALLERS: usize = 12;

/// Where the templates of a chart were first seen: a dependency may take part in some worlds only.
#[derive(Default)]
pub struct Homes(Vec<(Stand, BTreeSet<u32>)>);

impl Homes {
    /// Notes the templates of a life that were in none before.
    pub(super) fn add(&mut self, life: &Life, stand: &Stand) {
        let Some(phase) = life.phases.first() else { return };
        let is_new = |base: &u32| !self.0.iter().any(|(_, bases)| bases.contains(base));
        let bases: BTreeSet<u32> = phase.rendering.trees().iter().map(|tree| tree.base).filter(is_new).collect();
        if !bases.is_empty() {
            self.0.push((stand.clone(), bases));
        }
    }

    /// Where the text that holds an address was first seen.
    fn of(&self, address: u32) -> Option<&Stand> {
        let below = |bases: &BTreeSet<u32>| bases.range(..=address).next_back().copied();
        let (stand, _) = self.0.iter().max_by_key(|(_, bases)| below(bases))?;
        Some(stand)
    }
}

/// The way of a call up to a file: the arms to take, and the calls that it goes through.
#[derive(Clone, Default)]
struct Way {
    turns: Vec<Turn>,
    calls: Vec<(Arc<str>, usize)>,
}

/// A world in which conditions are forced.
struct Plan {
    stand: Stand,
    forced: Forced,
    /// The calls that it is made for, with the first call of a template on the way.
    aims: Vec<(u32, Option<(Arc<str>, usize)>)>,
}

/// Makes worlds for what the search has missed.
#[derive(Default)]
pub struct Forcer {
    made: usize,
    /// Calls of templates by which a place was not reached.
    vain: FxHashSet<(u32, Option<(Arc<str>, usize)>)>,
    /// A chart that does not render was looked at once.
    has_looked: bool,
}

impl Forcer {
    /// The next world, and the settings by which dependencies take part in it that do not by themselves.
    pub fn next(&mut self, explorer: &Explorer) -> Option<(World, Vec<Setting>)> {
        if self.made >= MAX_WORLDS {
            return None;
        }
        let plan = self.plan(explorer)?;
        self.made += 1;
        // What it reaches is asked for no more; by the same way nothing else is.
        self.vain.extend(plan.aims);
        let given = explorer.given.get(plan.stand.given)?;
        let world = changed(given, &plan.stand.fixed);
        Some((World { forced: Some(Arc::new(plan.forced)), ..world }, plan.stand.fixed))
    }

    fn plan(&mut self, explorer: &Explorer) -> Option<Plan> {
        let coverage = &explorer.coverage;
        let mut plan: Option<Plan> = None;
        let mut ways: BTreeMap<Arc<str>, Option<Way>> = BTreeMap::new();
        for site in coverage.unreached() {
            let start = site.span.start;
            let Some(stand) = explorer.homes.of(start) else { continue };
            let Some(way) = self.way(coverage, &site.at, &mut ways) else { continue };
            let first = way.calls.first().cloned();
            if self.vain.contains(&(start, first.clone())) {
                continue;
            }
            let plan =
                plan.get_or_insert_with(|| Plan { stand: stand.clone(), forced: Forced::default(), aims: Vec::new() });
            let is_open =
                |turn: &Turn| plan.forced.heads.get(&turn.head.start).is_none_or(|taken| *taken == turn.taken);
            if !way.turns.iter().all(is_open) || !join(&mut plan.stand, stand) {
                continue;
            }
            plan.forced.heads.extend(way.turns.iter().map(|turn| (turn.head.start, turn.taken)));
            plan.aims.push((start, first));
        }
        // What does not render at all is worth a look without a call to aim at.
        let is_blind = !coverage.renders && !std::mem::replace(&mut self.has_looked, true);
        if plan.is_none() && is_blind && !explorer.given.is_empty() {
            return Some(Plan { stand: Stand::default(), forced: Forced::default(), aims: Vec::new() });
        }
        plan
    }

    /// The cheapest way of a place up to a file: through as few conditions as can be that never came out so.
    fn way(&self, coverage: &Coverage, at: &Position, ways: &mut BTreeMap<Arc<str>, Option<Way>>) -> Option<Way> {
        let own = || at.within.iter().filter(|turn| !coverage.lived.contains(&turn.head.start)).copied();
        let Some(template) = &at.template else { return Some(Way { turns: own().collect(), calls: Vec::new() }) };
        let above = match ways.get(template) {
            Some(way) => way.clone(),
            None => {
                let way = upwards(coverage, template, &|call| self.vain.iter().any(|(_, c)| c.as_ref() == Some(call)));
                ways.insert(template.clone(), way.clone());
                way
            }
        }?;
        let mut turns: Vec<Turn> = own().collect();
        let contradicts = |turn: &Turn| turns.iter().any(|own| own.head == turn.head && own.taken != turn.taken);
        if above.turns.iter().any(contradicts) {
            return None;
        }
        turns.extend(above.turns);
        Some(Way { turns, calls: above.calls })
    }
}

/// Puts the settings of two worlds together, if they stand on one ground.
fn join(stand: &mut Stand, other: &Stand) -> bool {
    let is_apart =
        |new: &Setting| stand.fixed.contains(new) || !stand.fixed.iter().any(|own| setting::contradict(own, new));
    if stand.given != other.given || !other.fixed.iter().all(is_apart) {
        return false;
    }
    for new in &other.fixed {
        if !stand.fixed.contains(new) {
            setting::add(&mut stand.fixed, new.clone());
        }
    }
    true
}

/// The cheapest way of a named template up to a file.
fn upwards(coverage: &Coverage, template: &Arc<str>, is_vain: &dyn Fn(&(Arc<str>, usize)) -> bool) -> Option<Way> {
    // What it costs to come to a template, and by which call: told in rounds, until nothing changes.
    let mut best: BTreeMap<&Arc<str>, (usize, usize)> = BTreeMap::new();
    for _ in 0..MAX_CALLERS {
        let mut has_changed = false;
        for (name, calls) in &coverage.calls {
            for (number, call) in calls.iter().enumerate() {
                let above = match &call.template {
                    None => Some(0),
                    Some(caller) => best.get(caller).map(|(cost, _)| *cost),
                };
                let Some(above) = above else { continue };
                // What is vain for one is a way for others, if there is no better one.
                let vain = if name == template && is_vain(&(name.clone(), number)) { 1000 } else { 0 };
                let cost = above + vain + 1 + call.within.iter().map(|turn| price(coverage, turn)).sum::<usize>();
                if best.get(name).is_none_or(|(known, _)| cost < *known) {
                    best.insert(name, (cost, number));
                    has_changed = true;
                }
            }
        }
        if !has_changed {
            break;
        }
    }
    let mut way = Way::default();
    let mut at = template;
    let mut seen = BTreeSet::new();
    while seen.insert(at) {
        let (_, number) = best.get(at)?;
        let call = coverage.calls.get(at)?.get(*number)?;
        way.calls.push((at.clone(), *number));
        let turns = call.within.iter().filter(|turn| !coverage.lived.contains(&turn.head.start));
        for turn in turns {
            if way.turns.iter().any(|other| other.head == turn.head && other.taken != turn.taken) {
                return None;
            }
            way.turns.push(*turn);
        }
        match &call.template {
            Some(caller) => at = caller,
            None => return Some(way),
        }
    }
    None
}

/// A condition that comes out so by itself costs little.
fn price(coverage: &Coverage, turn: &Turn) -> usize {
    if coverage.lived.contains(&turn.head.start) || coverage.has_come_out(turn.head, turn.taken) { 1 } else { 10 }
}

impl Explorer {
    /// Notes what a world showed in which conditions were forced.
    pub fn learn_forced(&mut self, life: &Life) {
        self.coverage.add_forced(life);
    }

    /// Whether some world rendered to its end without force.
    pub fn renders(&self) -> bool {
        self.coverage.renders
    }

    /// Whether a place is, or holds, a call that ran only where conditions were forced.
    pub fn has_forced(&self, place: Span) -> bool {
        self.coverage.has_forced(place)
    }
}
