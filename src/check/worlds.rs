//! Living one world after another until nothing is left to find, or the budget is used up.

use super::Checked;
use crate::explore::{Coverage, Explorer};
use crate::finding::Finding;
use crate::lifecycle::{self, Life, World};
use crate::rules::{self, Targets};
use crate::template::Cache;

/// Lives the worlds that were given and those that they suggest, and judges them.
pub fn check(
    chart: &lifecycle::Chart,
    given: Vec<World>,
    targets: &Targets,
    keeps_witnesses: bool,
    cache: &Cache,
) -> Checked {
    let name = chart.chart.metadata.name.clone();
    let mut checked = Checked { name, sources: chart.sources.clone(), ..Checked::default() };
    let judge = &mut |life: &Life, is_given: bool| judge(life, targets, is_given, keeps_witnesses, &mut checked);
    let coverage = live_all(chart, given, cache, judge);
    checked.coverage = coverage;
    checked
}

/// Lives the worlds that were given and those that they suggest, and shows each life, with whether its world was given.
pub fn live_all(
    chart: &lifecycle::Chart,
    given: Vec<World>,
    cache: &Cache,
    show: &mut dyn FnMut(&Life, bool),
) -> Coverage {
    let mut memory = lifecycle::Memory::default();
    let mut explorer = Explorer::default();
    for world in given {
        let life = lifecycle::live(chart, world, false, cache, &mut memory);
        explorer.coverage.look(&life, cache);
        explorer.learn(&life, None);
        show(&life, true);
    }
    while let Some(plan) = explorer.next_plan() {
        let life = lifecycle::live(chart, plan.world.clone(), true, cache, &mut memory);
        explorer.coverage.look(&life, cache);
        explorer.learn(&life, Some(&plan));
        show(&life, false);
    }
    explorer.coverage
}

/// Adds what the rules say to a life.
fn judge(life: &Life, targets: &Targets, is_given: bool, keeps_witnesses: bool, checked: &mut Checked) {
    checked.worlds += 1;
    let mut new = rules::check(life, &checked.name, targets);
    if !is_given {
        // A world of ours that the chart refuses says nothing about the chart.
        new.retain(|f| !matches!(f.rule, "render-error" | "yaml-error" | "syntax-error" | "not-analysed"));
    }
    if let Some(phase) = life.phases.iter().max_by_key(|p| p.rendering.sources.files().len())
        && phase.rendering.sources.files().len() > checked.sources.files().len()
    {
        checked.sources = phase.rendering.sources.clone();
    }
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
        let about = |f: &Finding| {
            (f.object.as_ref().map(|o| o.kind.clone()), f.fields.first().map(|field| field.field.clone()))
        };
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
