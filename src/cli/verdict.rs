//! What of a chart's findings the user wants to hear: comments, config and baseline, in this order.

use super::settings::{Known, Settings, absolute, relative};
use crate::baseline::Stale;
use crate::check::Checked;
use crate::config::{self, ChartAt};
use crate::rules;
use crate::suppress::{self, Part, Run};
use std::collections::BTreeSet;
use std::path::Path;

/// What kind of run it is.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// No flag of the command line changes what is found: what is missing is gone.
    pub is_plain: bool,
    /// The chart was also compared with the version before it.
    pub is_between: bool,
}

/// What was said in vain.
#[derive(Default)]
pub struct Vain {
    /// What the baseline knows and is gone.
    pub stale: Vec<Stale>,
    /// The entries of the config's `ignore` that mean nothing in this chart.
    pub unused: BTreeSet<usize>,
}

/// Settles what of one chart's findings is told, and says what was said in vain. The first part is of the chart alone, unless
/// there is only one that compares.
pub fn settle(parts: &mut [&mut Checked], chart: &Path, settings: &Settings, kind: Kind) -> Vain {
    let root = super::input::shown_root(chart);
    let name = parts.first().map(|part| part.name.clone()).unwrap_or_default();
    let could_speak = could_speak(parts, settings, kind);
    let view = |part: &mut &mut Checked| {
        let Checked { findings, sources, .. } = &mut **part;
        Part { findings: std::mem::take(findings), sources: sources.clone() }
    };
    let mut views: Vec<Part> = parts.iter_mut().map(view).collect();
    suppress::apply(&mut views, &Run { chart: &name, root: &root, could_speak: &could_speak });
    let at = ChartAt { root: &root, folder: &absolute(chart) };
    let mut used = BTreeSet::new();
    for (part, view) in parts.iter_mut().zip(views) {
        part.findings = view.findings;
        settings.config.set_levels(&mut part.findings);
        settings.config.suppress(&mut part.findings, &part.sources, &at, &mut used);
    }
    let unused = settings.config.unused(&used, &could_speak);
    let Some(known) = &settings.baseline else { return Vain { unused, ..Vain::default() } };
    let key = key(known, chart);
    for part in parts.iter_mut() {
        known.baseline.suppress(&key, part.findings.iter_mut());
    }
    let stale = known.baseline.stale(&key, parts.iter().flat_map(|part| &part.findings), &could_speak);
    Vain { stale, unused }
}

/// Whether a rule would have spoken, were there something to say.
pub fn could_speak<'s>(parts: &[&mut Checked], settings: &'s Settings, kind: Kind) -> impl Fn(&str) -> bool + use<'s> {
    let is_whole = kind.is_plain && parts.iter().all(|part| is_whole(part));
    move |rule| {
        let is_of_two = rules::OF_TWO_CHARTS.contains(&rule);
        is_whole && !settings.config.is_off(rule) && (kind.is_between || !is_of_two)
    }
}

/// Whether all of the chart was seen: where a render failed, what was not found may still be there.
fn is_whole(checked: &Checked) -> bool {
    let failures = ["not-analysed", "syntax-error", "render-error", "yaml-error", "lookup-unguarded"];
    !checked.findings.iter().any(|finding| failures.contains(&finding.rule))
}

/// How a baseline names a chart.
pub fn key(known: &Known, chart: &Path) -> String {
    let file = absolute(&known.path);
    let folder = file.parent().unwrap_or(Path::new(""));
    config::slashes(&relative(folder, &absolute(chart)))
}
