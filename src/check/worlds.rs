//! Living one world after another until nothing is left to find, or the budget is used up.

use super::shrink::{Shrinker, about};
use super::{Checked, Setup};
use crate::chart::Prepared;
use crate::explore::{Coverage, Explorer, Forcer, Setting, Smaller};
use crate::finding::Finding;
use crate::lifecycle::{self, Life, Memory, Phase, World};
use crate::rules::{self, Targets};
use crate::template::Cache;
use std::collections::BTreeMap;

/// What is kept of lives is kept for as many grounds.
const MAX_MEMORIES: usize = 3;

/// Who looks at the lives of a chart.
pub trait Watcher {
    /// A life in a world that was given.
    fn given(&mut self, life: &Life);

    /// A life in a world that was made; whether it shows something new. `smaller` makes the worlds with fewer settings, and
    /// the memory is that of this life.
    fn made(&mut self, life: Life, smaller: &dyn Fn() -> Option<Smaller>, memory: &mut Memory) -> bool;

    /// Whether what the search misses is to be forced.
    fn forces(&self) -> bool;

    /// A life in a world in which conditions were forced, and the settings by which dependencies take part in it.
    fn forced(&mut self, life: &Life, settings: &[Setting], explorer: &Explorer);
}

/// Lives the worlds that were given and those that they suggest, and judges them.
pub fn check(chart: &lifecycle::Chart, given: Vec<World>, targets: &Targets, setup: &Setup, cache: &Cache) -> Checked {
    let name = chart.chart.metadata.name.clone();
    let checked = Checked { name, sources: chart.sources.clone(), ..Checked::default() };
    let mut judge = Judge { checked, shrinker: Shrinker::new(chart, targets, cache, setup.keeps_witnesses) };
    let coverage = live_all(chart, given, Explorer::new(targets.kubernetes, setup.worlds), cache, &mut judge);
    Checked { coverage, ..judge.checked }
}

/// Lives the worlds that were given and those that they suggest.
pub fn live_all(
    chart: &lifecycle::Chart,
    given: Vec<World>,
    mut explorer: Explorer,
    cache: &Cache,
    watcher: &mut dyn Watcher,
) -> Coverage {
    // Worlds with other dependencies, or that need other values to render at all, have little in common.
    let mut memories: BTreeMap<String, Memory> = BTreeMap::new();
    for world in given {
        let memory = memories.entry(String::new()).or_default();
        let life = lifecycle::live(chart, world, false, cache, memory);
        explorer.learn(&life, None);
        watcher.given(&life);
    }
    while let Some(plan) = explorer.next_plan() {
        let ground = plan.ground();
        if memories.len() >= MAX_MEMORIES && !memories.contains_key(&ground) {
            memories.pop_last();
        }
        let memory = memories.entry(ground).or_default();
        let goes_on = |prepared: &Prepared, install: &Phase| !explorer.is_vain(&plan, prepared, install);
        let life = lifecycle::live_on(chart, plan.world.clone(), true, cache, memory, &goes_on);
        explorer.learn(&life, Some(&plan));
        if watcher.made(life, &|| explorer.smaller(&plan), memory) {
            explorer.found();
        }
        memory.forget();
    }
    // What was taken over from other lives would not be forced. They are not needed any more.
    drop(memories);
    let mut forcer = Forcer::default();
    while watcher.forces()
        && let Some((world, settings)) = forcer.next(&explorer)
    {
        let life = lifecycle::live(chart, world, true, cache, &mut Memory::default());
        explorer.learn_forced(&life);
        watcher.forced(&life, &settings, &explorer);
    }
    explorer.finish()
}

/// Gathers what the rules say.
struct Judge<'a> {
    checked: Checked,
    shrinker: Shrinker<'a>,
}

impl Judge<'_> {
    fn judge(&mut self, life: &Life, is_given: bool) {
        let Shrinker { targets, keeps_witnesses, .. } = self.shrinker;
        judge(life, targets, is_given, keeps_witnesses, &mut self.checked);
    }
}

impl Watcher for Judge<'_> {
    fn given(&mut self, life: &Life) {
        self.judge(life, true);
    }

    fn made(&mut self, life: Life, smaller: &dyn Fn() -> Option<Smaller>, memory: &mut Memory) -> bool {
        if life.is_vain {
            self.checked.worlds += 1;
            return false;
        }
        let first = self.checked.findings.len();
        self.judge(&life, false);
        let is_new = self.checked.findings.len() > first;
        if let Some(smaller) = is_new.then(smaller).flatten() {
            self.shrinker.shrink(life, &smaller, first, memory, &mut self.checked);
            // Objects that one place writes may be one and the same in a smaller world.
            for finding in self.checked.findings.split_off(first) {
                let is_same = |f: &Finding| f.fingerprint() == finding.fingerprint() && f.primary == finding.primary;
                if !self.checked.findings.iter().any(is_same) {
                    self.checked.findings.push(finding);
                }
            }
        }
        is_new
    }

    fn forces(&self) -> bool {
        true
    }

    fn forced(&mut self, life: &Life, settings: &[Setting], explorer: &Explorer) {
        super::forced::judge(life, settings, explorer, self.shrinker.targets, &mut self.checked);
    }
}

/// Adds what the rules say to a life.
fn judge(life: &Life, targets: &Targets, is_given: bool, keeps_witnesses: bool, checked: &mut Checked) {
    checked.worlds += 1;
    let mut new = rules::check(life, &checked.name, targets);
    if !is_given {
        // A world of ours that the chart refuses says nothing about the chart.
        new.retain(|f| !matches!(f.rule, "render-error" | "yaml-error" | "syntax-error" | "not-analysed"));
    }
    if !life.world.filled.is_empty() {
        // That a status is known after the install and not before it, is what it is looked up for.
        new.retain(|f| f.rule != "unexplained-difference");
    }
    checked.know_sources(life);
    for finding in new.iter().filter(|_| keeps_witnesses) {
        let witness = || super::Witness::new(life, finding);
        checked.witnesses.entry(finding.fingerprint()).or_insert_with(witness);
    }
    add(new, is_given, &mut checked.findings);
}

/// Adds the findings that are not known from another world. An object may have another name there: what was said of a
/// place and a field in a world before is not said again.
fn add(new: Vec<Finding>, is_given: bool, findings: &mut Vec<Finding>) {
    let before = findings.len();
    for finding in new {
        let is_same = |f: &Finding| f.fingerprint() == finding.fingerprint() && f.primary == finding.primary;
        let is_told = |f: &Finding| {
            f.rule == finding.rule
                && f.primary == finding.primary
                && (!is_given || f.object.is_some() && about(f) == about(&finding))
        };
        if !findings.iter().any(is_same) && !findings[..before].iter().any(is_told) {
            findings.push(finding);
        }
    }
}
