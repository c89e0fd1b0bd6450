//! The analysis of one chart: which worlds are lived, what the rules say to each life, and all of it as one list.
//!
//! The room joins `explore` and `rules` and does no input or output: a face hands it the files of a chart and prints
//! what comes back.

mod forced;
mod shrink;
mod trace;
mod witness;
mod worlds;

pub use trace::{TraceAsked, trace};
pub use witness::Witness;

use crate::chart::{self, LoadAt, RawFile};
use crate::engine::Capabilities;
use crate::explore::Coverage;
use crate::finding::Finding;
use crate::kube::{Mode, VersionRange};
use crate::lifecycle::{self, World};
use crate::profile::Profile;
use crate::rules::{self, Targets};
use crate::source::Sources;
use crate::template::Cache;
use crate::value::Plain;
use std::collections::BTreeMap;
use std::sync::Arc;

pub use crate::explore::MAX_WORLDS;
pub use crate::explore::{Reason, Site};
pub use crate::rules::Deployer;

/// What charts are checked with.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The user's values.
    pub values: Plain,
    /// The files that the values came from.
    pub sources: Sources,
    pub release: String,
    pub namespace: String,
    pub profile: Profile,
    /// API versions that templates are told of beside those of every cluster.
    pub api_versions: Vec<String>,
    /// Findings are to be shown again: what each was seen in is kept.
    pub keeps_witnesses: bool,
    /// The Kubernetes versions that were asked for; the chart's, or all, when nobody asked.
    pub kubernetes: Option<VersionRange>,
    /// The deployers that count; all of them when nobody asked.
    pub deployers: Vec<Deployer>,
    /// The most worlds that are made up for one chart.
    pub worlds: usize,
}

/// The files of a chart and what stands before their paths in messages.
#[derive(Clone, Debug)]
pub struct Source {
    pub files: Vec<RawFile>,
    pub root: String,
}

/// What came of one chart.
#[derive(Debug, Default)]
pub struct Checked {
    /// The chart's name.
    pub name: String,
    pub findings: Vec<Finding>,
    /// What the findings were seen in, by fingerprint, where that was asked for.
    pub witnesses: BTreeMap<String, Witness>,
    pub sources: Sources,
    /// How many worlds were lived.
    pub worlds: usize,
    /// How far they got.
    pub coverage: Coverage,
}

impl Checked {
    /// Texts that `tpl` made are sources, too: those of the life with the most are kept.
    fn know_sources(&mut self, life: &lifecycle::Life) {
        if let Some(phase) = life.phases.iter().max_by_key(|p| p.rendering.sources.files().len())
            && phase.rendering.sources.files().len() > self.sources.files().len()
        {
            self.sources = phase.rendering.sources.clone();
        }
    }
}

impl Setup {
    fn world(&self, values: Plain, flags: String) -> World {
        let mut capabilities = Capabilities::defaults(&self.profile);
        capabilities.api_versions.extend(self.api_versions.iter().cloned());
        World { flags, ..World::new(values, (&self.release, &self.namespace), self.profile, capabilities) }
    }

    /// The Kubernetes versions that count: those asked for, else the chart's, else all that are known.
    fn targets(&self, chart: &chart::Chart) -> Targets {
        let targets = match self.kubernetes {
            Some(kubernetes) => Targets { kubernetes, is_claimed: true, ..rules::targets_of("") },
            None => rules::targets_of(&chart.metadata.kube_version),
        };
        targets.deployed_by(&self.deployers)
    }
}

/// A chart that was read, with the worlds to begin with.
struct Loaded {
    name: String,
    chart: lifecycle::Chart,
    targets: Targets,
    /// Dependencies that are not there.
    missing: Vec<String>,
    given: Vec<World>,
}

/// Reads a chart. The error says why it could not be read.
fn load(source: Source, setup: &Setup) -> Result<Loaded, String> {
    let mut sources = setup.sources.clone();
    let ci: Vec<RawFile> = source.files.iter().filter(|f| is_ci_values(&f.path)).cloned().collect();
    let loaded = chart::load(source.files, &LoadAt { root: source.root }, &mut sources, &setup.profile);
    let loaded = loaded.map_err(|error| error.message)?;
    let name = loaded.metadata.name.clone();
    let targets = setup.targets(&loaded);
    let (loaded, missing) = without_missing(loaded);
    let chart = lifecycle::Chart { chart: Arc::new(loaded), sources };
    let mut given = vec![setup.world(setup.values.clone(), String::new())];
    for file in ci {
        let flags = chart::ValueFlags { files: vec![(file.path.clone(), file.bytes.clone())], ..Default::default() };
        let read = &mut |_: &str| Err(String::new());
        if let Ok(mut values) = chart::user_values(&flags, read, &mut Sources::default(), &setup.profile) {
            chart::merge_values(&mut values, setup.values.clone());
            given.push(setup.world(values, format!("-f {}", file.path)));
        }
    }
    Ok(Loaded { name, chart, targets, missing, given })
}

/// Checks a chart. The error says why it could not be read.
pub fn chart(source: Source, setup: &Setup, cache: &Cache) -> Result<Checked, String> {
    let Loaded { name, chart, targets, missing, given } = load(source, setup)?;
    if chart.chart.is_library() {
        // Its templates are looked at in the charts that call them.
        return Ok(Checked { name, sources: chart.sources, ..Checked::default() });
    }
    let mut checked = worlds::check(&chart, given, &targets, setup, cache);
    rules::without_dependencies(&checked.name, &missing, &checked.sources, &mut checked.findings);
    Ok(checked)
}

/// Checks what an upgrade from one version of a chart to another does, and the rollback after it. `mode` is how manifests
/// are written where only one way counts.
pub fn between(old: Source, new: Source, setup: &Setup, mode: Option<Mode>, cache: &Cache) -> Result<Checked, String> {
    let mut sources = setup.sources.clone();
    let mut load = |source: Source| {
        let loaded = chart::load(source.files, &LoadAt { root: source.root }, &mut sources, &setup.profile);
        loaded.map(without_missing).map_err(|error| error.message)
    };
    let ((old, _), (new, missing)) = (load(old)?, load(new)?);
    let name = new.metadata.name.clone();
    let mut targets = setup.targets(&new);
    if let Some(mode) = mode {
        targets.modes = vec![mode];
    }
    let [old, new] = [old, new].map(|chart| lifecycle::Chart { chart: Arc::new(chart), sources: sources.clone() });
    let life = lifecycle::live_between(&old, &new, setup.world(setup.values.clone(), String::new()), cache);
    let reused = lifecycle::reuse_values(&old, &new, &life, cache);
    let mut findings = rules::check_between(&life, reused.as_ref(), &name, &targets);
    let mut witnesses = BTreeMap::new();
    if setup.keeps_witnesses {
        witnesses.extend(findings.iter().map(|finding| (finding.fingerprint(), Witness::new(&life, finding))));
    }
    let last = life.phases.iter().max_by_key(|p| p.rendering.sources.files().len());
    let sources = last.map_or(sources, |phase| phase.rendering.sources.clone());
    rules::without_dependencies(&name, &missing, &sources, &mut findings);
    Ok(Checked { name, findings, witnesses, sources, worlds: 1, coverage: Coverage::default() })
}

/// A chart whose missing dependencies are left out, so that the rest can be looked at, and their names.
fn without_missing(mut chart: chart::Chart) -> (chart::Chart, Vec<String>) {
    let present: Vec<String> = chart.dependencies.iter().map(|d| d.metadata.name.clone()).collect();
    let mut missing = Vec::new();
    if let Some(dependencies) = &mut chart.metadata.dependencies {
        missing.extend(dependencies.iter().map(|d| d.name.clone()).filter(|name| !present.contains(name)));
        dependencies.retain(|d| present.contains(&d.name));
    }
    (chart, missing)
}

fn is_ci_values(path: &str) -> bool {
    path.strip_prefix("ci/").is_some_and(|name| name.ends_with("-values.yaml") && !name.contains('/'))
}
