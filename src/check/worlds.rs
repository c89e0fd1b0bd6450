//! Living one world after another until no condition is left to flip.

use super::Checked;
use crate::explore::{self, Reach};
use crate::finding::Finding;
use crate::lifecycle::{self, Life, World};
use crate::rules::{self, Targets};
use crate::template::Cache;
use std::collections::{BTreeSet, VecDeque};

/// Lives the worlds that were given and those that they suggest.
pub fn check(chart: &lifecycle::Chart, given: Vec<World>, targets: &Targets, cache: &Cache) -> Checked {
    let name = chart.chart.metadata.name.clone();
    let mut checked = Checked { name, sources: chart.sources.clone(), ..Checked::default() };
    let mut branches = Branches::default();
    let mut memory = lifecycle::Memory::default();
    let mut seen = BTreeSet::new();
    let mut todo: VecDeque<(World, bool)> = given.into_iter().map(|world| (world, true)).collect();
    while let Some((world, is_given)) = todo.pop_front() {
        let life = lifecycle::live(chart, world, cache, &mut memory);
        checked.worlds += 1;
        let mut new = rules::check(&life, &checked.name, targets);
        if !is_given {
            // A world of ours that the chart refuses says nothing about the chart.
            new.retain(|f| !matches!(f.rule, "render-error" | "yaml-error" | "syntax-error" | "not-analysed"));
        }
        if let Some(phase) = life.phases.iter().max_by_key(|p| p.rendering.sources.files().len())
            && phase.rendering.sources.files().len() > checked.sources.files().len()
        {
            checked.sources = phase.rendering.sources.clone();
        }
        add(new, &mut checked.findings);
        branches.look(&life, cache);
        for flip in explore::flips(&life, &seen, |condition| branches.heads.contains(&condition.head.start)) {
            if seen.len() >= explore::MAX_FLIPS {
                break;
            }
            seen.insert(flip.clone());
            todo.push_back((explore::flipped(&life.world, &flip), false));
        }
    }
    checked
}

/// Adds the findings that are not known from another world.
fn add(new: Vec<Finding>, findings: &mut Vec<Finding>) {
    for finding in new {
        let known = findings.iter().any(|f| f.fingerprint() == finding.fingerprint() && f.primary == finding.primary);
        if !known {
            findings.push(finding);
        }
    }
}

/// Where the templates of a chart branch on the way to something that varies.
#[derive(Default)]
struct Branches {
    /// The texts that were looked at.
    texts: Vec<(u32, usize)>,
    heads: BTreeSet<u32>,
}

impl Branches {
    fn look(&mut self, life: &Life, cache: &Cache) {
        let Some(prepared) = &life.prepared else { return };
        let templates = prepared.templates();
        let texts: Vec<(u32, usize)> = templates.iter().map(|t| (t.base, t.text.len())).collect();
        if texts == self.texts {
            return;
        }
        self.texts = texts;
        let profile = &life.world.profile;
        let table = crate::engine::FunctionTable::new(profile);
        let parse = |t: &crate::chart::Template| cache.parse(&t.text, &t.name, &|f| table.find(f), profile).ok();
        let trees: Vec<_> = templates.iter().filter_map(|t| Some((t.base, parse(t)?))).collect();
        let reach = Reach::new(&trees.iter().map(|(_, tree)| tree.clone()).collect::<Vec<_>>());
        let heads = trees.iter().flat_map(|(base, tree)| reach.branches(tree).into_iter().map(move |head| base + head));
        self.heads = heads.collect();
    }
}
