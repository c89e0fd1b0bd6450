//! Findings of a world that was made are told with the fewest settings that show them.

use super::{Checked, Witness};
use crate::explore::Smaller;
use crate::finding::{Certainty, Finding};
use crate::lifecycle::{self, Life, Memory, World};
use crate::rules::{self, Targets};
use crate::source::Span;
use crate::template::Cache;
use crate::value::Plain;
use std::collections::{BTreeMap, BTreeSet};

/// As many worlds of a chart are lived for this.
const MAX_WORLDS: usize = 32;

/// And as many for one finding.
const MAX_WORLDS_OF_ONE: usize = 10;

/// As many findings are made of the fields that the smallest world of the first one does not show.
const MAX_REST: usize = 4;

/// What smaller worlds are lived with, and what they showed.
pub struct Shrinker<'a> {
    pub chart: &'a lifecycle::Chart,
    pub targets: &'a Targets,
    pub cache: &'a Cache,
    pub keeps_witnesses: bool,
    /// What worlds showed that were lived.
    lived: BTreeMap<String, Vec<(Finding, Option<Witness>)>>,
    /// The rules whose findings are shrunk.
    wanted: BTreeSet<&'static str>,
    /// The parts of the world at hand that were kept in smaller ones.
    tried: Vec<Vec<usize>>,
    left: usize,
    /// The schema takes the values that the chart comes with.
    is_strict: Option<bool>,
}

impl<'a> Shrinker<'a> {
    pub fn new(chart: &'a lifecycle::Chart, targets: &'a Targets, cache: &'a Cache, keeps_witnesses: bool) -> Self {
        let (lived, wanted, tried) = Default::default();
        Shrinker { chart, targets, cache, keeps_witnesses, lived, wanted, tried, left: MAX_WORLDS, is_strict: None }
    }

    /// Replaces the findings from `first` on, which a life has shown, by what the smallest worlds show of them.
    pub fn shrink(&mut self, life: Life, smaller: &Smaller, first: usize, memory: &mut Memory, checked: &mut Checked) {
        let guess = |finding: &Finding| smaller.relevant(&life, &finding.spans().collect::<Vec<Span>>());
        let guesses: Vec<Vec<bool>> = checked.findings.iter().skip(first).map(guess).collect();
        self.tried.clear();
        let wanted: BTreeSet<&str> = checked.findings.iter().skip(first).map(|finding| finding.rule).collect();
        if !wanted.is_subset(&self.wanted) {
            self.lived.clear();
        }
        self.wanted = wanted;
        // Smaller worlds have most in common with this one.
        memory.lean_on(life);
        for (index, guess) in (first..).zip(guesses) {
            let finding = checked.findings[index].clone();
            let mut kept: Vec<usize> = (0..smaller.count()).collect();
            let lead = Wanted { finding: &finding, place: None };
            if let Some((found, witness)) = self.smallest(lead, smaller, &guess, &mut kept, memory, checked) {
                if let Some(witness) = witness {
                    checked.witnesses.remove(&finding.fingerprint());
                    checked.witnesses.insert(found.fingerprint(), witness);
                }
                checked.findings[index] = found;
            }
            self.note_refusal(&smaller.world_again(&kept), &mut checked.findings[index]);
            self.shrink_rest(&finding, smaller, &guess, memory, checked);
        }
        memory.lean_on_none();
    }

    /// What a finding says of several fields may hold under other settings for each: adds findings for those that the
    /// smallest world of the first one does not show.
    fn shrink_rest(
        &mut self,
        finding: &Finding,
        smaller: &Smaller,
        guess: &[bool],
        memory: &mut Memory,
        checked: &mut Checked,
    ) {
        let tells = |told: &Finding, place: Span| told.fields.iter().any(|field| field.span == place);
        let most = checked.findings.len() + MAX_REST;
        for place in finding.fields.iter().skip(1).map(|field| field.span) {
            if checked.findings.len() >= most {
                return;
            }
            let is_told = |told: &Finding| told.rule == finding.rule && tells(told, place);
            if checked.findings.iter().any(is_told) {
                continue;
            }
            let mut kept: Vec<usize> = (0..smaller.count()).collect();
            let wanted = Wanted { finding, place: Some(place) };
            let Some((mut found, witness)) = self.smallest(wanted, smaller, guess, &mut kept, memory, checked) else {
                return;
            };
            self.note_refusal(&smaller.world_again(&kept), &mut found);
            if let Some(witness) = witness {
                checked.witnesses.insert(found.fingerprint(), witness);
            }
            checked.findings.push(found);
        }
    }

    /// Says of a finding that it holds under values which the chart's schema refuses.
    fn note_refusal(&mut self, world: &World, finding: &mut Finding) {
        if self.is_refused(world) {
            finding.values.push_str(" --skip-schema-validation");
            finding.certainty = finding.certainty.min(Certainty::Derived);
        }
    }

    /// Whether the chart's schema refuses the values, and not those that it comes with.
    fn is_refused(&mut self, world: &World) -> bool {
        let has_schema = |chart: &crate::chart::Chart| chart.schema.is_some();
        let chart = &self.chart.chart;
        if !has_schema(chart) && !chart.dependencies.iter().any(|inner| has_schema(inner)) {
            return false;
        }
        let defaults = || World { values: Plain::map(), ..world.clone() };
        let is_strict =
            *self.is_strict.get_or_insert_with(|| !lifecycle::is_refused_by_schema(self.chart, &defaults()));
        is_strict && lifecycle::is_refused_by_schema(self.chart, world)
    }

    /// The finding as the smallest world has it; none where that is the one that it comes from.
    fn smallest(
        &mut self,
        wanted: Wanted<'_>,
        smaller: &Smaller,
        guess: &[bool],
        kept: &mut Vec<usize>,
        memory: &mut Memory,
        checked: &mut Checked,
    ) -> Option<(Finding, Option<Witness>)> {
        let mut best = None;
        // What was lived for another finding may show this one.
        for fewer in self.tried.iter().filter(|fewer| !fewer.is_empty()) {
            if fewer.len() < kept.len()
                && let Some(world) = smaller.world(fewer)
                && let Some(found) = self.seen(wanted, &world.flags)
            {
                (*kept, best) = (fewer.clone(), Some(found));
            }
        }
        // One finding does not use up what there is for all.
        let least = self.left.saturating_sub(MAX_WORLDS_OF_ONE);
        let guessed: Vec<usize> = kept.iter().copied().filter(|number| guess.get(*number) == Some(&true)).collect();
        if guessed.len() < kept.len()
            && let Some(found) = self.still(wanted, smaller, &guessed, memory, checked)
        {
            (*kept, best) = (guessed, Some(found));
        }
        // What is left goes in ever smaller parts, the last first: it was added to the others.
        let mut part = if best.is_some() { 1 } else { kept.len().div_ceil(2) };
        loop {
            let mut end = kept.len();
            while end > 0 && kept.len() > 1 && self.left > least {
                let start = end.saturating_sub(part);
                let fewer: Vec<usize> = [&kept[..start], &kept[end..]].concat();
                if let Some(found) = self.still(wanted, smaller, &fewer, memory, checked) {
                    (*kept, best) = (fewer, Some(found));
                }
                end = start;
            }
            if part == 1 || self.left <= least {
                return best;
            }
            part = part.div_ceil(2).min(kept.len().div_ceil(2)).max(1);
        }
    }

    /// The finding in a smaller world, if it is there.
    fn still(
        &mut self,
        wanted: Wanted<'_>,
        smaller: &Smaller,
        kept: &[usize],
        memory: &mut Memory,
        checked: &mut Checked,
    ) -> Option<(Finding, Option<Witness>)> {
        // What a world that was lived before shows was said then.
        let world = smaller.world(kept)?;
        let flags = world.flags.clone();
        if !self.lived.contains_key(&flags) {
            self.left = self.left.checked_sub(1)?;
            checked.worlds += 1;
            self.tried.push(kept.to_vec());
            // Rules say once what they say of an object, and here it is to be said again.
            let known = memory.set_aside();
            let life = lifecycle::live(self.chart, world, true, self.cache, memory);
            let found = rules::check_for(&life, &checked.name, self.targets, &self.wanted);
            memory.put_back(known);
            let with_witness = |finding: Finding| {
                let witness = self.keeps_witnesses.then(|| Witness::new(&life, &finding));
                (finding, witness)
            };
            self.lived.insert(flags.clone(), found.into_iter().map(with_witness).collect());
        }
        self.seen(wanted, &flags)
    }

    /// The finding as a world that was lived has it.
    fn seen(&self, wanted: Wanted<'_>, flags: &str) -> Option<(Finding, Option<Witness>)> {
        self.lived.get(flags)?.iter().find(|(found, _)| wanted.is(found)).cloned()
    }
}

/// What a smaller world is to show.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    finding: &'a Finding,
    /// Of the fields of the finding the one that is written here; otherwise the first.
    place: Option<Span>,
}

impl Wanted<'_> {
    fn is(self, found: &Finding) -> bool {
        let Wanted { finding, place } = self;
        found.rule == finding.rule
            && match place {
                None => found.primary == finding.primary && about(found) == about(finding),
                Some(place) => {
                    about(found).0 == about(finding).0 && found.fields.iter().any(|field| field.span == place)
                }
            }
    }
}

/// What a finding is about, whatever the object is called there.
pub fn about(finding: &Finding) -> (Option<&str>, Option<&str>) {
    (finding.object.as_ref().map(|o| o.kind.as_str()), finding.fields.first().map(|field| field.field.as_str()))
}
