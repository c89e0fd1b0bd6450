//! `chartlint [PATH…]`: the check of charts.

use super::args::{self, Format};
use super::input::{Disk, Input, InputError};
use super::{Exit, find, output};
use crate::check::{self, Checked, Setup, Source};
use crate::finding::{Finding, Severity};
use crate::kube::Mode;
use crate::report::{concise, human, json};
use crate::source::Sources;
use crate::template::Cache;
use rayon::prelude::*;
use std::io::Write as _;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};

/// What came of one chart, or why it was not checked at all.
type Outcome = Result<Checked, (String, Exit)>;

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
    let setup = match setup(options) {
        Ok(setup) => setup,
        Err(exit) => return exit,
    };
    let cache = Cache::default();
    let charts: Vec<&PathBuf> = found.charts.iter().collect();
    if arguments.previous.is_some() && charts.len() != 1 {
        complain("--previous goes with one chart");
        return Exit::Usage;
    }
    let mut checked: Vec<Outcome> =
        charts.par_iter().map(|path| guarded(path, || Ok(check::chart(source(path)?, &setup, &cache)?))).collect();
    if let (Some(old), [new]) = (&arguments.previous, charts.as_slice()) {
        checked.push(guarded(new, || Ok(check::between(source(old)?, source(new)?, &setup, None, &cache)?)));
    }
    exit.max(print(&checked, options, charts.len()))
}

/// Runs `chartlint diff` and prints.
pub fn diff(arguments: &args::Diff) -> Exit {
    let options = &arguments.options;
    let setup = match setup(options) {
        Ok(setup) => setup,
        Err(exit) => return exit,
    };
    let mode = if setup.profile.is_helm4() { Mode::Apply } else { Mode::Patch };
    let (old, new) = (&arguments.old, &arguments.new);
    let run = || Ok(check::between(source(old)?, source(new)?, &setup, Some(mode), &Cache::default())?);
    print(&[guarded(new, run)], options, 1)
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
        kubernetes: kubernetes.transpose()?,
    })
}

/// The files of a chart.
fn source(path: &Path) -> Result<Source, Failure> {
    let failed = |message: String, exit: Exit| Err(Failure { path: Some(path.into()), message, exit });
    match Disk.chart(path) {
        Ok(files) => Ok(Source { files, root: super::input::shown_root(path) }),
        Err(InputError::NotFound(message)) => failed(message, Exit::Usage),
        Err(InputError::Unreadable(message)) => failed(message, Exit::Failed),
    }
}

/// A path that could not be read.
struct Failure {
    path: Option<PathBuf>,
    message: String,
    exit: Exit,
}

impl From<String> for Failure {
    fn from(message: String) -> Failure {
        Failure { path: None, message, exit: Exit::Failed }
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

fn complain(message: &str) {
    // A closed standard error leaves nobody to tell.
    let _ = writeln!(std::io::stderr(), "chartlint: {message}");
}

/// Checks a chart; a panic of ours is a failure of this chart alone.
fn guarded(path: &Path, check: impl FnOnce() -> Result<Checked, Failure>) -> Outcome {
    let result = std::panic::catch_unwind(AssertUnwindSafe(check));
    let result = result.unwrap_or_else(|_| {
        Err("chartlint failed on this chart; this is a bug of chartlint's, please report it".to_string().into())
    });
    result.map_err(|failure| {
        let path = failure.path.as_deref().unwrap_or(path);
        (format!("{}: {}", path.display(), failure.message), failure.exit)
    })
}

/// Prints all results and gives the exit code.
fn print(outcomes: &[Outcome], arguments: &args::CheckOptions, charts: usize) -> Exit {
    let mut exit = Exit::Clean;
    let mut text = String::new();
    let mut entries = Vec::new();
    let mut all: Vec<Finding> = Vec::new();
    let style = output::style(&std::io::stdout());
    for outcome in outcomes {
        let chart = match outcome {
            Ok(chart) => chart,
            Err((message, code)) => {
                complain(message);
                exit = exit.max(*code);
                continue;
            }
        };
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
            let failed = outcomes.iter().filter(|outcome| outcome.is_err()).count();
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
