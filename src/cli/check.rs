//! `chartlint [PATH…]`: the check of charts.

use super::args::{self, Cli};
use super::format::{self, Format, Target};
use super::input::{Disk, Input, InputError};
use super::output::complain;
use super::progress::Progress;
use super::tell::{Outcome, tell};
use super::{Exit, find, propose};
use crate::check::{self, Checked, Setup, Source};
use crate::kube::Mode;
use crate::source::Sources;
use crate::template::Cache;
use clap::CommandFactory as _;
use rayon::prelude::*;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::time::Instant;

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
    let options = &arguments.options;
    let (setup, reports) = match (setup(options), reports(options)) {
        (Ok(setup), Ok(reports)) => (setup, reports),
        (Err(exit), _) | (_, Err(exit)) => return exit,
    };
    let cache = Cache::default();
    let charts: Vec<&PathBuf> = found.charts.iter().collect();
    if arguments.previous.is_some() && charts.len() != 1 {
        complain("--previous goes with one chart");
        return Exit::Usage;
    }
    let progress = Progress::new(charts.len(), options.quiet);
    let check = |path: &&PathBuf| {
        let outcome = guarded(path, || Ok(check::chart(source(path)?, &setup, &cache)?));
        progress.done(path);
        outcome
    };
    let mut outcomes: Vec<Outcome> = charts.par_iter().map(check).collect();
    progress.end();
    if let (Some(old), [new]) = (&arguments.previous, charts.as_slice()) {
        outcomes.push(guarded(new, || Ok(check::between(source(old)?, source(new)?, &setup, None, &cache)?)));
    }
    for outcome in &outcomes {
        exit = exit.max(reproduce(outcome, options, arguments.previous.as_deref()));
    }
    exit.max(tell(&outcomes, options, &reports, charts.len()))
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
    let (setup, reports) = match (setup(options), reports(options)) {
        (Ok(setup), Ok(reports)) => (setup, reports),
        (Err(exit), _) | (_, Err(exit)) => return exit,
    };
    let mode = if setup.profile.is_helm4() { Mode::Apply } else { Mode::Patch };
    let (old, new) = (&arguments.old, &arguments.new);
    let run = || Ok(check::between(source(old)?, source(new)?, &setup, Some(mode), &Cache::default())?);
    let outcome = guarded(new, run);
    let exit = reproduce(&outcome, options, Some(old));
    exit.max(tell(&[outcome], options, &reports, 1))
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

/// What the charts are checked with. Values that cannot be read are an error here, once.
fn setup(options: &args::CheckOptions) -> Result<Setup, Exit> {
    let profile = options.release.helm;
    let mut sources = Sources::default();
    let values = super::render::values(&options.values, &Disk, &mut sources, &profile).map_err(|refusal| {
        complain(&refusal.helm);
        Exit::Usage
    })?;
    let kubernetes = options.kube_version.as_ref().map(|text| {
        crate::kube::VersionRange::parse(text).map_err(|error| {
            complain(&format!("--kube-version {text}: {error}"));
            Exit::Usage
        })
    });
    Ok(Setup {
        values,
        sources,
        release: options.release.name.clone(),
        namespace: options.release.namespace.clone(),
        profile,
        api_versions: options.release.api_versions.clone(),
        keeps_witnesses: options.reproducer.is_some(),
        kubernetes: kubernetes.transpose()?,
    })
}

/// The files of a chart.
fn source(path: &Path) -> Result<Source, Unread> {
    let failed = |message: String, exit: Exit| Err(Unread { path: Some(path.into()), message, exit });
    match Disk.chart(path) {
        Ok(files) => Ok(Source { files, root: super::input::shown_root(path) }),
        Err(InputError::NotFound(message)) => failed(message, Exit::Usage),
        Err(InputError::Unreadable(message)) => failed(message, Exit::Failed),
    }
}

/// A path that could not be read.
struct Unread {
    path: Option<PathBuf>,
    message: String,
    exit: Exit,
}

impl From<String> for Unread {
    fn from(message: String) -> Unread {
        Unread { path: None, message, exit: Exit::Failed }
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
fn guarded(path: &Path, check: impl FnOnce() -> Result<Checked, Unread>) -> Outcome {
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
