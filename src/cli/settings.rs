//! Configs and baselines of charts: where they are, and what is wrong with them.

use super::args::KnownFlags;
use super::input::{Disk, Input};
use super::output;
use crate::baseline::{self, Baseline};
use crate::config::{self, Config, Mistake};
use crate::report::diagnostic::{Problem, draw};
use crate::source::Sources;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// What is known beside a chart's own files.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub config: Arc<Config>,
    /// The config and those that it goes on from.
    pub files: Vec<PathBuf>,
    /// Their texts.
    pub sources: Arc<Sources>,
    pub baseline: Option<Arc<Known>>,
}

/// A baseline and where it lies.
#[derive(Clone, PartialEq, Debug)]
pub struct Known {
    pub path: PathBuf,
    pub baseline: Baseline,
}

/// A config, the files that it came from, and their texts.
type ReadConfig = (Arc<Config>, Vec<PathBuf>, Arc<Sources>);

/// Reads configs and baselines, each once.
pub struct Reader<'a> {
    flags: &'a KnownFlags,
    configs: BTreeMap<PathBuf, ReadConfig>,
    baselines: BTreeMap<PathBuf, Arc<Known>>,
}

/// Configs go on from others this far.
const MAX_EXTENDS: usize = 16;

impl<'a> Reader<'a> {
    pub fn new(flags: &'a KnownFlags) -> Reader<'a> {
        Reader { flags, configs: BTreeMap::new(), baselines: BTreeMap::new() }
    }

    /// The settings of a chart. The error is a text to print.
    pub fn settings(&mut self, chart: &Path) -> Result<Settings, String> {
        let (config, files, sources) = match config_of(chart, self.flags) {
            Some(path) => self.config(&path)?,
            None => Default::default(),
        };
        let baseline = match baseline_of(chart, self.flags) {
            Some(path) => Some(self.baseline(&path)?),
            None => None,
        };
        Ok(Settings { config, files, sources, baseline })
    }

    fn config(&mut self, path: &Path) -> Result<ReadConfig, String> {
        if let Some(known) = self.configs.get(path) {
            return Ok(known.clone());
        }
        let mut sources = Sources::default();
        let mut files = Vec::new();
        let config = config(path, &mut sources, &mut files, 0)?;
        let read = (Arc::new(config), files, Arc::new(sources));
        self.configs.insert(path.to_path_buf(), read.clone());
        Ok(read)
    }

    fn baseline(&mut self, path: &Path) -> Result<Arc<Known>, String> {
        if let Some(known) = self.baselines.get(path) {
            return Ok(known.clone());
        }
        let known = Arc::new(Known { path: path.to_path_buf(), baseline: read_baseline(path)? });
        self.baselines.insert(path.to_path_buf(), known.clone());
        Ok(known)
    }
}

/// The config that counts for a chart: the one asked for, or the nearest from the chart upwards.
fn config_of(chart: &Path, flags: &KnownFlags) -> Option<PathBuf> {
    match &flags.config {
        _ if flags.no_config => None,
        Some(path) => Some(path.clone()),
        None => nearest(chart, config::FILE),
    }
}

/// The baseline that counts for a chart.
fn baseline_of(chart: &Path, flags: &KnownFlags) -> Option<PathBuf> {
    match &flags.baseline {
        _ if flags.no_baseline => None,
        Some(path) => Some(path.clone()),
        None => nearest(chart, baseline::FILE),
    }
}

/// Where the baseline of charts is written: where it is, else beside the config, else in the working directory.
pub fn baseline_path(charts: &[PathBuf], flags: &KnownFlags) -> PathBuf {
    let first = charts.first().map_or(Path::new("."), PathBuf::as_path);
    let known = flags.baseline.clone().or_else(|| nearest(first, baseline::FILE));
    let beside = || Some(config_of(first, flags)?.parent()?.join(baseline::FILE));
    known.or_else(beside).unwrap_or_else(|| PathBuf::from(baseline::FILE))
}

/// Reads a baseline; the error is a text to print.
pub fn read_baseline(path: &Path) -> Result<Baseline, String> {
    let fail = |message: String| format!("chartlint: {}: {message}\n", path.display());
    let bytes = Disk.file(path).map_err(|message| format!("chartlint: {message}\n"))?;
    Baseline::read(&bytes).map_err(fail)
}

/// The nearest file of a name, from a chart upwards; the top of a repository is the last folder that is looked into.
fn nearest(chart: &Path, name: &str) -> Option<PathBuf> {
    for folder in absolute(chart).ancestors() {
        let path = folder.join(name);
        if path.is_file() {
            return Some(shown(&path));
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

/// A path as an absolute one, `..` and `.` worked out by the text.
pub fn absolute(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let mut clean = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::ParentDir => _ = clean.pop(),
            Component::CurDir => {}
            part => clean.push(part),
        }
    }
    clean
}

/// A path as a person would type it: relative to the working directory where that is shorter.
pub fn shown(path: &Path) -> PathBuf {
    let Ok(here) = std::env::current_dir() else { return path.to_path_buf() };
    let here = relative(&here, path);
    match here.components().filter(|part| *part == Component::ParentDir).count() {
        0..=3 => here,
        _ => path.to_path_buf(),
    }
}

/// The way from a folder to a path; both are absolute.
pub fn relative(folder: &Path, path: &Path) -> PathBuf {
    let common = folder.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return path.to_path_buf();
    }
    let up = folder.components().skip(common).map(|_| Component::ParentDir);
    let way: PathBuf = up.chain(path.components().skip(common)).collect();
    if way.as_os_str().is_empty() { PathBuf::from(".") } else { way }
}

/// A config and all that it goes on from.
fn config(path: &Path, sources: &mut Sources, files: &mut Vec<PathBuf>, depth: usize) -> Result<Config, String> {
    let fail = |message: String| format!("chartlint: {message}\n");
    let bytes = Disk.file(path).map_err(fail)?;
    let base = sources.add(path.display().to_string(), String::new(), bytes.clone());
    let base = base.ok_or_else(|| fail(format!("{}: larger than 4 GiB", path.display())))?;
    let folder = absolute(path).parent().map(Path::to_path_buf).unwrap_or_default();
    let mut config =
        config::read(&bytes, base, &folder).map_err(|mistakes| drawn(&mistakes, sources, miette::Severity::Error))?;
    let mut missing = Vec::new();
    for (file, span) in config.extends.iter().chain(&config.values) {
        if !file.is_file() {
            let message = format!("there is no file {}", shown(&absolute(file)).display());
            missing.push(Mistake { message, span: *span, help: None });
        }
    }
    if !missing.is_empty() {
        return Err(drawn(&missing, sources, miette::Severity::Error));
    }
    files.push(path.to_path_buf());
    for (other, span) in std::mem::take(&mut config.extends) {
        let is_circle = files.iter().any(|known| absolute(known) == absolute(&other));
        if is_circle || depth >= MAX_EXTENDS {
            let message =
                if is_circle { "the configs go on from each other in a circle" } else { "this goes on too far" };
            let mistake = Mistake { message: message.into(), span, help: None };
            return Err(drawn(&[mistake], sources, miette::Severity::Error));
        }
        let below = self::config(&shown(&absolute(&other)), sources, files, depth + 1)?;
        config = config.over(below);
    }
    Ok(config)
}

/// Mistakes, drawn at their places.
pub fn drawn(mistakes: &[Mistake], sources: &Sources, severity: miette::Severity) -> String {
    let style = output::style(&std::io::stderr());
    let draw = |mistake: &Mistake| {
        let problem = Problem {
            code: None,
            severity,
            message: mistake.message.clone(),
            labels: vec![(mistake.span, String::new())],
            help: mistake.help.clone(),
        };
        draw(&problem, sources, style)
    };
    mistakes.iter().map(draw).collect()
}

/// Writes a new config into a folder, unless there is one.
pub fn init(folder: &Path) -> Result<PathBuf, String> {
    let path = match folder.as_os_str() {
        folder if folder == "." => PathBuf::from(config::FILE),
        _ => folder.join(config::FILE),
    };
    let mut file = std::fs::File::create_new(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => format!("{} is there already, and is left as it is", path.display()),
        _ => format!("{}: {}", path.display(), super::input::system_message(&error)),
    })?;
    file.write_all(config::NEW.as_bytes()).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}
