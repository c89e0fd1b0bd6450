//! `chartlint [PATH…]`: the check of charts.

use super::args::{self, Cli};
use super::format::{self, Format, Target};
use super::input::{Disk, Input, InputError};
use super::output::complain;
use super::progress::Progress;
use super::settings::{self, Settings};
use super::since::{self, Since};
use super::tell::{Heard, Outcome, tell};
use super::verdict::{self, Kind};
use super::{Exit, Failure, find, propose};
use crate::check::{self, Checked, Setup, Source};
use crate::config::Config;
use crate::kube::Mode;
use crate::source::Sources;
use crate::template::Cache;
use clap::CommandFactory as _;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// What came of the paths of a command line.
pub struct Wanted {
    pub charts: Vec<PathBuf>,
    /// Of what was not found.
    pub exit: Exit,
}

/// A chart and what it is checked with.
pub struct Job {
    pub path: PathBuf,
    pub settings: Settings,
    pub setup: Arc<Setup>,
}

/// Runs the command and prints.
pub fn run(arguments: &args::Check) -> Exit {
    let options = &arguments.options;
    let run = || {
        let Wanted { charts, exit } = wanted(&arguments.paths)?;
        let mut jobs = jobs(&charts, &Asked::of(options))?;
        let reports = reports(options)?;
        if let Some(revision) = &arguments.since {
            changed(&mut jobs, revision, options)?;
        }
        if arguments.previous.is_some() && jobs.len() != 1 && (charts.len() != 1 || arguments.since.is_none()) {
            complain("--previous goes with one chart");
            return Err(Exit::Usage);
        }
        Ok((jobs, reports, exit))
    };
    let (jobs, reports, exit) = match run() {
        Ok(jobs) => jobs,
        Err(exit) => return exit,
    };
    // The process ends after the check: its trees are not taken apart for it.
    let cache = std::mem::ManuallyDrop::new(Cache::default());
    let is_plain = is_plain(&options.values, &options.release, &options.kube_version) && options.target.is_empty();
    let progress = Progress::new(jobs.len(), options.quiet);
    let check = |job: &Job| {
        let mut parts = vec![guarded(&job.path, || Ok(check::chart(source(&job.path)?, &job.setup, &cache)?))];
        if let Some(old) = &arguments.previous {
            parts.push(guarded(&job.path, || {
                let (old, new) = (since::previous(old, &job.path)?, source(&job.path)?);
                Ok(check::between(old, new, &job.setup, None, &cache)?)
            }));
        }
        progress.done(&job.path);
        settled(job, parts, Kind { is_plain, is_between: arguments.previous.is_some() })
    };
    let heard: Vec<Heard> = super::each(&jobs, check);
    progress.end();
    let outcomes = heard.iter().flat_map(|h| &h.outcomes);
    let exit =
        outcomes.fold(exit, |exit, outcome| exit.max(reproduce(outcome, options, arguments.previous.as_deref())));
    let exit = exit.max(tell(&heard, options, &reports));
    super::unused::tell(&heard, &options.known);
    exit
}

/// Writes the reproducers of a chart, if they are wanted.
fn reproduce(outcome: &Outcome, options: &args::CheckOptions, previous: Option<&Path>) -> Exit {
    let (Ok(checked), Some(root)) = (&outcome.checked, &options.reproducer) else { return Exit::Clean };
    match super::reproducer::write(checked, root, &outcome.path, previous) {
        Ok(()) => Exit::Clean,
        Err(message) => {
            complain(&format!("--reproducer: {message}"));
            Exit::Failed
        }
    }
}

/// Runs `chartlint diff` and prints.
pub fn diff(arguments: &args::Diff) -> Exit {
    let options = &arguments.options;
    let asked = || Ok((jobs(std::slice::from_ref(&arguments.new), &Asked::of(options))?, reports(options)?));
    let (jobs, reports) = match asked() {
        Ok(asked) => asked,
        Err(exit) => return exit,
    };
    let check = |job: &Job| {
        let mode = if job.setup.profile.is_helm4() { Mode::Apply } else { Mode::Patch };
        let run = || {
            let old = since::previous(&arguments.old, &job.path)?;
            Ok(check::between(old, source(&job.path)?, &job.setup, Some(mode), &Cache::default())?)
        };
        settled(job, vec![guarded(&job.path, run)], Kind { is_plain: false, is_between: true })
    };
    let heard: Vec<Heard> = jobs.iter().map(check).collect();
    let outcomes = heard.iter().flat_map(|h| &h.outcomes);
    let exit = outcomes.fold(Exit::Clean, |exit, outcome| exit.max(reproduce(outcome, options, Some(&arguments.old))));
    exit.max(tell(&heard, options, &reports))
}

/// The findings of a chart for `chartlint baseline`.
pub fn found(job: &Job, is_plain: bool, cache: &Cache) -> Heard {
    let part = guarded(&job.path, || Ok(check::chart(source(&job.path)?, &job.setup, cache)?));
    settled(job, vec![part], Kind { is_plain, is_between: false })
}

fn settled(job: &Job, mut outcomes: Vec<Outcome>, kind: Kind) -> Heard {
    let kind = Kind { is_plain: kind.is_plain && outcomes.iter().all(|outcome| outcome.checked.is_ok()), ..kind };
    let mut parts: Vec<&mut Checked> =
        outcomes.iter_mut().filter_map(|outcome| outcome.checked.as_mut().ok()).collect();
    let vain = verdict::settle(&mut parts, &job.path, &job.settings, kind);
    Heard { outcomes, vain, settings: job.settings.clone() }
}

/// The charts that paths mean; what is wrong with them is said.
pub fn wanted(paths: &[PathBuf]) -> Result<Wanted, Exit> {
    let paths = self::paths(paths).map_err(|message| {
        complain(&message);
        Exit::Usage
    })?;
    let found = find::find(&paths);
    let mut exit = Exit::Clean;
    for path in &found.missing {
        complain(&format!("{}: no such file or folder{}", path.display(), meant(path)));
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
    Ok(Wanted { charts: found.charts.into_iter().collect(), exit })
}

/// Keeps the charts that changed since a revision.
fn changed(jobs: &mut Vec<Job>, revision: &str, options: &args::CheckOptions) -> Result<(), Exit> {
    let mut since = Since::new(revision);
    let mut failed = None;
    jobs.retain(|job| {
        // A chart is also another one when what it is checked with has changed.
        let others: Vec<PathBuf> = job.settings.files.iter().chain(&options.values.values).cloned().collect();
        since.has_changed(&job.path, &others).unwrap_or_else(|message| {
            failed.get_or_insert(format!("--since {revision}: {message}"));
            true
        })
    });
    match failed {
        Some(message) => {
            complain(&message);
            Err(Exit::Usage)
        }
        None => Ok(()),
    }
}

/// What the command line asks of the analysis.
pub struct Asked<'a> {
    pub values: &'a args::ValueFlags,
    pub release: &'a args::CheckRelease,
    pub kube_version: &'a Option<String>,
    pub known: &'a args::KnownFlags,
    pub target: &'a [args::Target],
    /// Findings are to be shown again on a cluster.
    pub is_reproduced: bool,
}

impl<'a> Asked<'a> {
    fn of(options: &'a args::CheckOptions) -> Asked<'a> {
        let args::CheckOptions { values, release, kube_version, known, target, .. } = options;
        let is_reproduced = options.reproducer.is_some();
        Asked { values, release, kube_version, known, target, is_reproduced }
    }
}

/// Whether nothing on the command line changes what is found in a chart.
pub fn is_plain(values: &args::ValueFlags, release: &args::CheckRelease, kube_version: &Option<String>) -> bool {
    let args::ValueFlags { values, set, set_string, set_json, set_file, set_literal } = values;
    let is_default = release.name == "release-name" && release.namespace == "default";
    let has_values = [set, set_string, set_json, set_file, set_literal].iter().any(|flags| !flags.is_empty());
    let has_targets = kube_version.is_some() || release.helm.is_some() || !release.api_versions.is_empty();
    values.is_empty() && !has_values && !has_targets && is_default
}

/// The charts with their settings. A config or values that cannot be read are an error here, once.
pub fn jobs(charts: &[PathBuf], asked: &Asked<'_>) -> Result<Vec<Job>, Exit> {
    let mut reader = settings::Reader::new(asked.known);
    let mut setups: BTreeMap<Option<PathBuf>, Arc<Setup>> = BTreeMap::new();
    // What the command line says is judged even where no chart is found.
    setups.insert(None, Arc::new(setup(asked, &Config::default())?));
    let mut jobs = Vec::new();
    for path in charts {
        let settings = reader.settings(path).map_err(|message| {
            // A closed standard error leaves nobody to tell.
            let _ = std::io::stderr().write_all(message.as_bytes());
            Exit::Usage
        })?;
        let key = settings.files.first().cloned();
        let setup = match setups.get(&key) {
            Some(setup) => setup.clone(),
            None => setups.entry(key).or_insert(Arc::new(setup(asked, &settings.config)?)).clone(),
        };
        jobs.push(Job { path: path.clone(), settings, setup });
    }
    Ok(jobs)
}

/// What charts are checked with: the flags, and below them the config.
fn setup(asked: &Asked<'_>, config: &Config) -> Result<Setup, Exit> {
    let profile = asked.release.helm.or(config.helm).unwrap_or_default();
    let mut sources = Sources::default();
    let files = config.values.iter().map(|(path, _)| settings::shown(&settings::absolute(path)));
    let flags =
        args::ValueFlags { values: files.chain(asked.values.values.iter().cloned()).collect(), ..asked.values.clone() };
    let values = super::render::values(&flags, &Disk, &mut sources, &profile).map_err(|refusal| {
        complain(&refusal.helm);
        Exit::Usage
    })?;
    let kubernetes = asked.kube_version.as_ref().map(|text| {
        crate::kube::VersionRange::parse(text).map_err(|error| {
            complain(&format!("--kube-version {text}: {error}"));
            Exit::Usage
        })
    });
    Ok(Setup {
        values,
        sources,
        release: asked.release.name.clone(),
        namespace: asked.release.namespace.clone(),
        profile,
        api_versions: asked.release.api_versions.clone(),
        kubernetes: kubernetes.transpose()?.or(config.kube_version),
        deployers: match asked.target {
            [] => config.deployers.clone(),
            targets => targets.iter().map(|target| target.deployer()).collect(),
        },
        keeps_witnesses: asked.is_reproduced,
        worlds: config.worlds.unwrap_or(crate::check::MAX_WORLDS),
    })
}

/// The files of a chart.
pub fn source(path: &Path) -> Result<Source, Failure> {
    let failed = |message: String, exit: Exit| Err(Failure { path: Some(path.into()), message, exit });
    match Disk.chart(path) {
        Ok(files) => Ok(Source { files, root: super::input::shown_root(path) }),
        Err(InputError::NotFound(message)) => failed(message, Exit::Usage),
        Err(InputError::Unreadable(message)) => failed(message, Exit::Failed),
    }
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

/// Checks a chart; a panic of ours is a failure of this chart alone.
fn guarded(path: &Path, check: impl FnOnce() -> Result<Checked, Failure>) -> Outcome {
    let started = Instant::now();
    let result = std::panic::catch_unwind(AssertUnwindSafe(check));
    let result = result.unwrap_or_else(|_| {
        Err("chartlint failed on this chart; this is a bug of chartlint's, please report it".to_string().into())
    });
    let checked = result.map_err(|failure| {
        let path = failure.path.as_deref().unwrap_or(path);
        (format!("{}: {}", path.display(), failure.message), failure.exit)
    });
    Outcome { path: path.into(), checked, time: started.elapsed() }
}

/// What somebody may have meant by a path that is not there: a verb.
fn meant(path: &Path) -> String {
    let word = path.to_string_lossy();
    if word.contains(['/', '\\', '.']) {
        return String::new();
    }
    let command = Cli::command();
    let near = propose::near(&word, command.get_subcommands().map(clap::Command::get_name));
    near.map(|verb| format!("; did you mean `chartlint {verb}`?")).unwrap_or_default()
}

/// The reports that were asked for, and where each goes.
fn reports(options: &args::CheckOptions) -> Result<Vec<(Format, Target)>, Exit> {
    format::pairs(&options.format, &options.output).map_err(|message| {
        complain(&message);
        Exit::Usage
    })
}
