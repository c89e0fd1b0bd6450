//! How far the worlds got: which places that matter ran, and which conditions were seen both ways.

use super::reach::{Reach, Site};
use crate::engine::FunctionTable;
use crate::engine::log::Condition;
use crate::lifecycle::{Life, Phase};
use crate::source::Span;
use crate::template::Cache;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// The places of a chart that matter, and what the lives saw of them.
#[derive(Default, Clone, Debug)]
pub struct Coverage {
    /// Calls of `lookup` and of what draws, by the address of the call; whether they ran.
    pub sites: BTreeMap<u32, (Site, bool)>,
    /// Conditions that decide about something that varies, by the address of the opening action.
    pub heads: BTreeMap<u32, Span>,
    /// Conditions that the life itself decides: on what a lookup returned, the phase, what was drawn. No world turns them
    /// round, and they are not counted.
    lived: FxHashSet<u32>,
    /// Which outcomes were seen.
    outcomes: FxHashMap<u32, (bool, bool)>,
    /// The texts that were looked at.
    texts: FxHashSet<(u32, usize)>,
    /// There were more worlds to live than the budget allows.
    pub is_cut_off: bool,
}

impl Coverage {
    /// Looks at the templates of a life that were not looked at before.
    pub fn look(&mut self, life: &Life, cache: &Cache) {
        let Some(prepared) = &life.prepared else { return };
        let templates = prepared.templates();
        if templates.iter().all(|t| self.texts.contains(&(t.base, t.text.len()))) {
            return;
        }
        let profile = &life.world.profile;
        let table = FunctionTable::new(profile);
        let parse = |t: &crate::chart::Template| cache.parse(&t.text, &t.name, &|f| table.find(f), profile).ok();
        let trees: Vec<_> = templates.iter().filter_map(|t| Some((t.base, parse(t)?, t.is_partial))).collect();
        let reach =
            Reach::new(&trees.iter().map(|(_, tree, is_partial)| (tree.clone(), *is_partial)).collect::<Vec<_>>());
        for (base, tree, _) in &trees {
            self.texts.insert((*base, tree.source.len()));
            self.heads.extend(reach.branches(tree).into_iter().map(|head| (base + head.start, head.at(*base))));
            for site in reach.sites(tree) {
                let site = Site { span: site.span.at(*base), ..site };
                self.sites.entry(site.span.start).or_insert((site, false));
            }
        }
    }

    /// Notes what ran in a life.
    pub fn add(&mut self, life: &Life) {
        for phase in &life.phases {
            self.add_phase(phase);
        }
    }

    fn add_phase(&mut self, phase: &Phase) {
        let rt = &phase.rendering.rt;
        let calls = rt.lookups.iter().map(|call| call.span).chain(rt.draws.iter().map(|draw| draw.span));
        for span in calls {
            if let Some((_, ran)) = self.sites.get_mut(&span.start) {
                *ran = true;
            }
        }
        let graph = &phase.rendering.rt.arena;
        for condition in &phase.rendering.log.conditions {
            if graph.causes(condition.origin).any(crate::lifecycle::is_varying) {
                self.lived.insert(condition.head.start);
            }
            let seen = self.outcomes.entry(condition.head.start).or_default();
            if super::is_taken(condition) { seen.0 = true } else { seen.1 = true }
        }
    }

    pub fn is_interesting(&self, condition: &Condition) -> bool {
        self.heads.contains_key(&condition.head.start)
    }

    /// Whether the condition was seen to come out so.
    pub fn has_seen(&self, head: Span, taken: bool) -> bool {
        self.outcomes.get(&head.start).is_some_and(|seen| if taken { seen.0 } else { seen.1 })
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
    pub fn one_sided(&self) -> impl Iterator<Item = Span> {
        let both = |head: &u32| self.outcomes.get(head).is_some_and(|(taken, not)| *taken && *not);
        let is_missed = move |head: &u32| !both(head) && !self.lived.contains(head);
        self.heads.iter().filter(move |(head, _)| is_missed(head)).map(|(_, span)| *span)
    }

    /// Conditions of interest that were seen both ways, and all of them.
    pub fn conditions(&self) -> (usize, usize) {
        let all = self.heads.keys().filter(|head| !self.lived.contains(head)).count();
        (all - self.one_sided().count(), all)
    }

    /// The calls that no world ran.
    pub fn missed(&self) -> impl Iterator<Item = &Site> {
        self.sites.values().filter(|(_, ran)| !ran).map(|(site, _)| site)
    }
}
