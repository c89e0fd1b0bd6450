//! `chartlint [PATH…]`: the check of charts.

use super::args::{self, Format};
use super::input::{Disk, Input, InputError};
use super::{Exit, find, output};
use crate::chart::{self, LoadAt, RawFile};
use crate::engine::Capabilities;
use crate::explore::{self, Reach};
use crate::finding::{Finding, Severity};
use crate::kube::Mode;
use crate::lifecycle::{self, Life, World};
use crate::report::{concise, human, json};
use crate::rules::{self, Targets};
use crate::source::Sources;
use crate::template::Cache;
use crate::value::Plain;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What came of one chart.
pub struct Checked {
    pub findings: Vec<Finding>,
    pub sources: Sources,
    /// Why the chart was not checked at all.
    pub failure: Option<(String, Exit)>,
}

/// Runs the command and prints.
pub fn run(arguments: &args::Check) -> Exit {
    let paths = match paths(&arguments.paths) {
        Ok(paths) => paths,
        Err(message) => {
            complain(&message);
            return Exit::Usage;
        }
    };
    let found = find::find(&paths);
    let mut exit = Exit::Clean;
    for path in &found.missing {
        complain(&format!("{}: no such file or folder", path.display()));
        exit = exit.max(Exit::Usage);
    }
    for path in &found.empty {
        complain(&format!("{}: no chart here or below (no Chart.yaml)", path.display()));
        exit = exit.max(Exit::Nothing);
    }
    for message in &found.unreadable {
        complain(message);
        exit = exit.max(Exit::Failed);
    }
    let options = &arguments.options;
    let targets = match asked_targets(options) {
        Ok(targets) => targets,
        Err(exit) => return exit,
    };
    let cache = Cache::default();
    let charts: Vec<&PathBuf> = found.charts.iter().collect();
    if arguments.previous.is_some() && charts.len() != 1 {
        complain("--previous goes with one chart");
        return Exit::Usage;
    }
    let mut checked: Vec<Checked> =
        charts.par_iter().map(|path| guarded(path, || check(path, options, targets, &cache))).collect();
    if let (Some(old), [new]) = (&arguments.previous, charts.as_slice()) {
        checked.push(guarded(new, || check_between(old, new, options, targets, &cache, false)));
    }
    exit.max(print(&checked, options, charts.len()))
}

/// Runs `chartlint diff` and prints.
pub fn diff(arguments: &args::Diff) -> Exit {
    let options = &arguments.options;
    let targets = match asked_targets(options) {
        Ok(targets) => targets,
        Err(exit) => return exit,
    };
    let cache = Cache::default();
    let new = &arguments.new;
    let checked = guarded(new, || check_between(&arguments.old, new, options, targets, &cache, true));
    print(&[checked], options, 1)
}

/// The Kubernetes versions that were asked for. Values that cannot be read are an error here, once.
fn asked_targets(options: &args::CheckOptions) -> Result<Option<crate::kube::VersionRange>, Exit> {
    let profile = &options.release.helm;
    if let Err(refusal) = super::render::values(&options.values, &Disk, &mut Sources::default(), profile) {
        complain(&refusal.helm);
        return Err(Exit::Usage);
    }
    let Some(text) = &options.kube_version else { return Ok(None) };
    crate::kube::VersionRange::parse(text).map(Some).map_err(|error| {
        complain(&format!("--kube-version {text}: {error}"));
        Exit::Usage
    })
}

/// The paths to check; `-` stands for a list on standard input.
fn paths(given: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    if given.is_empty() {
        return Ok(vec![PathBuf::from(".")]);
    }
    let mut paths = Vec::new();
    for path in given {
        if path.as_os_str() == "-" {
            let list = std::io::read_to_string(std::io::stdin()).map_err(|e| format!("standard input: {e}"))?;
            paths.extend(list.lines().map(str::trim).filter(|line| !line.is_empty()).map(PathBuf::from));
        } else {
            paths.push(path.clone());
        }
    }
    Ok(paths)
}

fn complain(message: &str) {
    // A closed standard error leaves nobody to tell.
    let _ = writeln!(std::io::stderr(), "chartlint: {message}");
}

/// Checks a chart; a panic of ours is a failure of this chart alone.
fn guarded(path: &Path, check: impl FnOnce() -> Checked) -> Checked {
    let result = std::panic::catch_unwind(AssertUnwindSafe(check));
    result.unwrap_or_else(|_| Checked {
        findings: Vec::new(),
        sources: Sources::default(),
        failure: Some((
            format!(
                "{}: chartlint failed on this chart; this is a bug of chartlint's, please report it",
                path.display()
            ),
            Exit::Failed,
        )),
    })
}

fn check(
    path: &Path,
    arguments: &args::CheckOptions,
    targets: Option<crate::kube::VersionRange>,
    cache: &Cache,
) -> Checked {
    let mut sources = Sources::default();
    let failed = |message: String, exit: Exit, sources: Sources| Checked {
        findings: Vec::new(),
        sources,
        failure: Some((format!("{}: {message}", path.display()), exit)),
    };
    let files = match Disk.chart(path) {
        Ok(files) => files,
        Err(InputError::NotFound(message)) => return failed(message, Exit::Usage, sources),
        Err(InputError::Unreadable(message)) => return failed(message, Exit::Failed, sources),
    };
    let profile = arguments.release.helm;
    let ci: Vec<RawFile> = files.iter().filter(|f| is_ci_values(&f.path)).cloned().collect();
    let at = LoadAt { root: super::input::shown_root(path) };
    let loaded = match chart::load(files, &at, &mut sources, &profile) {
        Ok(chart) => chart,
        Err(error) => return failed(error.message, Exit::Failed, sources),
    };
    let user = match super::render::values(&arguments.values, &Disk, &mut sources, &profile) {
        Ok(values) => values,
        Err(refusal) => return failed(refusal.helm, Exit::Usage, sources),
    };
    let name = loaded.metadata.name.clone();
    if loaded.is_library() {
        // Its templates are looked at in the charts that call them.
        return Checked { findings: Vec::new(), sources, failure: None };
    }
    let targets = arguments.deployed(targets_of(&loaded, targets));
    let mut capabilities = Capabilities::defaults(&profile);
    capabilities.api_versions.extend(arguments.release.api_versions.iter().cloned());
    let world = |values: Plain, flags: String| World {
        values,
        flags,
        release: arguments.release.name.clone(),
        namespace: arguments.release.namespace.clone(),
        profile,
        capabilities: capabilities.clone(),
    };
    let mut worlds = vec![world(user.clone(), String::new())];
    for file in ci {
        let mut ci_sources = Sources::default();
        let flags = chart::ValueFlags { files: vec![(file.path.clone(), file.bytes.clone())], ..Default::default() };
        let read = &mut |_: &str| Err(String::new());
        if let Ok(mut values) = chart::user_values(&flags, read, &mut ci_sources, &profile) {
            chart::merge_values(&mut values, user.clone());
            worlds.push(world(values, format!("-f {}", file.path)));
        }
    }
    let (loaded, missing) = without_missing(loaded);
    let chart = lifecycle::Chart { chart: Arc::new(loaded), sources };
    let mut findings: Vec<Finding> = Vec::new();
    let add = |new: Vec<Finding>, findings: &mut Vec<Finding>| {
        for finding in new {
            let known =
                findings.iter().any(|f| f.fingerprint() == finding.fingerprint() && f.primary == finding.primary);
            if !known {
                findings.push(finding);
            }
        }
    };
    let mut seen = BTreeSet::new();
    let mut sources = chart.sources.clone();
    let mut flips = 0;
    let mut todo: std::collections::VecDeque<(World, bool)> = worlds.into_iter().map(|w| (w, true)).collect();
    while let Some((world, is_given)) = todo.pop_front() {
        let life = lifecycle::live(&chart, world, cache);
        let mut new = rules::check(&life, &name, &targets);
        if !is_given {
            // A world of ours that the chart refuses says nothing about the chart.
            new.retain(|f| !matches!(f.rule, "render-error" | "yaml-error" | "syntax-error" | "not-analysed"));
        }
        if let Some(phase) = life.phases.iter().max_by_key(|p| p.rendering.sources.files().len())
            && phase.rendering.sources.files().len() > sources.files().len()
        {
            sources = phase.rendering.sources.clone();
        }
        add(new, &mut findings);
        for flip in next_flips(&life, &seen, cache) {
            if flips >= explore::MAX_FLIPS {
                break;
            }
            flips += 1;
            seen.insert(flip.clone());
            todo.push_back((explore::flipped(&life.world, &flip), false));
        }
    }
    rules::without_dependencies(&name, &missing, &sources, &mut findings);
    Checked { findings, sources, failure: None }
}

/// Checks what an upgrade from one version of a chart to another does, and the rollback after it. `alone` is a diff, whose
/// `--helm` also says how manifests are written.
fn check_between(
    old: &Path,
    new: &Path,
    options: &args::CheckOptions,
    targets: Option<crate::kube::VersionRange>,
    cache: &Cache,
    alone: bool,
) -> Checked {
    let mut sources = Sources::default();
    let profile = options.release.helm;
    let mut charts = Vec::new();
    let mut missing = Vec::new();
    for path in [old, new] {
        let loaded = match Disk.chart(path) {
            Ok(files) => {
                let at = LoadAt { root: super::input::shown_root(path) };
                chart::load(files, &at, &mut sources, &profile).map_err(|e| (e.message, Exit::Failed))
            }
            Err(InputError::NotFound(message)) => Err((message, Exit::Usage)),
            Err(InputError::Unreadable(message)) => Err((message, Exit::Failed)),
        };
        match loaded {
            Ok(chart) => {
                let (chart, without) = without_missing(chart);
                charts.push(Arc::new(chart));
                missing = without;
            }
            Err((message, exit)) => {
                let failure = Some((format!("{}: {message}", path.display()), exit));
                return Checked { findings: Vec::new(), sources, failure };
            }
        }
    }
    let user = match super::render::values(&options.values, &Disk, &mut sources, &profile) {
        Ok(values) => values,
        Err(refusal) => {
            let failure = Some((refusal.helm, Exit::Usage));
            return Checked { findings: Vec::new(), sources, failure };
        }
    };
    let [old, new] = [0, 1].map(|i| lifecycle::Chart { chart: charts[i].clone(), sources: sources.clone() });
    let mut capabilities = Capabilities::defaults(&profile);
    capabilities.api_versions.extend(options.release.api_versions.iter().cloned());
    let world = World {
        values: user,
        flags: String::new(),
        release: options.release.name.clone(),
        namespace: options.release.namespace.clone(),
        profile,
        capabilities,
    };
    let mut targets = options.deployed(targets_of(&new.chart, targets));
    if alone {
        targets.modes = vec![if profile.is_helm4() { Mode::Apply } else { Mode::Patch }];
    }
    let life = lifecycle::live_between(&old, &new, world, cache);
    let mut findings = rules::check(&life, &new.chart.metadata.name, &targets);
    let last = life.phases.iter().max_by_key(|p| p.rendering.sources.files().len());
    let sources = last.map_or(sources, |phase| phase.rendering.sources.clone());
    if alone {
        rules::without_dependencies(&new.chart.metadata.name, &missing, &sources, &mut findings);
    }
    Checked { findings, sources, failure: None }
}

/// The flips that a life suggests: of conditions that decide about something that varies.
fn next_flips(life: &Life, seen: &BTreeSet<explore::Flip>, cache: &Cache) -> Vec<explore::Flip> {
    let Some(prepared) = &life.prepared else { return Vec::new() };
    let profile = &life.world.profile;
    let table = crate::engine::FunctionTable::new(profile);
    let templates = prepared.templates();
    let trees: Vec<_> = templates
        .iter()
        .filter_map(|t| Some((t.base, cache.parse(&t.text, &t.name, &|f| table.find(f), profile).ok()?)))
        .collect();
    let reach = Reach::new(&trees.iter().map(|(_, tree)| tree.clone()).collect::<Vec<_>>());
    let heads: BTreeSet<u32> =
        trees.iter().flat_map(|(base, tree)| reach.branches(tree).into_iter().map(move |head| base + head)).collect();
    explore::flips(life, seen, |condition| heads.contains(&condition.head.start))
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

/// The Kubernetes versions that count: those asked for, else the chart's, else all that are known.
fn targets_of(chart: &chart::Chart, asked: Option<crate::kube::VersionRange>) -> Targets {
    match asked {
        Some(kubernetes) => Targets { kubernetes, is_claimed: true, ..rules::targets_of("") },
        None => rules::targets_of(&chart.metadata.kube_version),
    }
}

/// Prints all results and gives the exit code.
fn print(checked: &[Checked], arguments: &args::CheckOptions, charts: usize) -> Exit {
    let mut exit = Exit::Clean;
    let mut text = String::new();
    let mut entries = Vec::new();
    let mut all: Vec<Finding> = Vec::new();
    let style = output::style(&std::io::stdout());
    for chart in checked {
        if let Some((message, code)) = &chart.failure {
            complain(message);
            exit = exit.max(*code);
        }
        let mut findings: Vec<&Finding> = chart.findings.iter().collect();
        findings.sort_by_key(|f| std::cmp::Reverse(f.severity));
        for finding in findings {
            if finding.severity >= arguments.fail_on.severity() {
                exit = exit.max(Exit::Findings);
            }
            match arguments.format {
                Format::Human => text.push_str(&human::finding(finding, &chart.sources, style)),
                Format::Concise => text.push_str(&concise::finding(finding, &chart.sources)),
                Format::Json => entries.push(json::entry(finding, &chart.sources)),
            }
            all.push(finding.clone());
        }
    }
    match arguments.format {
        Format::Json => {
            let report = json::Report { version: json::VERSION, findings: entries };
            text = serde_json::to_string_pretty(&report).unwrap_or_default();
            text.push('\n');
        }
        Format::Human => {
            let failed = checked.iter().filter(|c| c.failure.is_some()).count();
            text.push_str(&human::summary(&all, charts.saturating_sub(failed)));
            text.push('\n');
        }
        Format::Concise => {}
    }
    exit.max(output::write(text.as_bytes()))
}

impl args::FailOn {
    fn severity(self) -> Severity {
        match self {
            args::FailOn::Error => Severity::Error,
            args::FailOn::Warning => Severity::Warning,
            args::FailOn::Info => Severity::Info,
        }
    }
}
