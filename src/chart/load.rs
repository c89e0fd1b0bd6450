//! From the files of a chart to the chart (Helm's `pkg/chart/v2/loader`).

use super::Warning;
use super::archive;
use super::error::{LoadError, LoadErrorKind};
use super::limits::{MAX_ARCHIVE_BYTES, MAX_CHART_DEPTH, MAX_CHARTS};
use super::metadata;
use super::model::{Chart, ChartFile, Metadata, RawFile, Schema};
use super::reading::{self, ReadError};
use crate::profile::Profile;
use crate::source::{Content, Sources};
use crate::value::Plain;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How many bytes all archives in a chart may hold together, those in archives too.
const MAX_NESTED_BYTES: u64 = 4 * MAX_ARCHIVE_BYTES;

/// Where a chart is, for the names of its files.
#[derive(Clone, Debug)]
pub struct LoadAt {
    /// What stands before the path of each file: `./mychart`, or `x.tgz:` for an archive.
    pub root: String,
}

impl LoadAt {
    fn path(&self, path: &str) -> String {
        let separator = if self.root.is_empty() || self.root.ends_with(['/', ':']) { "" } else { "/" };
        [&self.root, separator, path].concat()
    }
}

/// Loads a chart from its files, which become sources.
pub fn load(files: Vec<RawFile>, at: &LoadAt, sources: &mut Sources, profile: &Profile) -> Result<Chart, LoadError> {
    let mut loader = Loader { sources, profile, charts: 0, bytes: 0, partials: BTreeMap::new() };
    loader.chart(files, at, None)
}

struct Loader<'a> {
    sources: &'a mut Sources,
    profile: &'a Profile,
    charts: usize,
    bytes: u64,
    /// The addresses of the files of named templates, by their texts.
    partials: BTreeMap<Content, u32>,
}

/// The chart that a subchart is in.
struct Parent<'a> {
    full_path: &'a str,
    depth: usize,
}

/// What has been found of a chart so far.
#[derive(Default)]
struct Parts {
    metadata: Option<Metadata>,
    values: Option<Plain>,
    schema: Option<Schema>,
    templates: Vec<ChartFile>,
    files: Vec<ChartFile>,
    lock: Option<super::Lock>,
    subcharts: BTreeMap<String, Vec<RawFile>>,
    warnings: Vec<Warning>,
}

impl Loader<'_> {
    fn chart(&mut self, mut files: Vec<RawFile>, at: &LoadAt, parent: Option<Parent>) -> Result<Chart, LoadError> {
        let depth = parent.as_ref().map_or(0, |parent| parent.depth + 1);
        self.charts += 1;
        if self.charts > MAX_CHARTS {
            return Err(LoadError::new(
                LoadErrorKind::TooLarge,
                format!("there are more than {MAX_CHARTS} charts in this chart"),
            ));
        }
        if depth > MAX_CHART_DEPTH {
            let message = format!("charts are nested more than {MAX_CHART_DEPTH} levels deep");
            return Err(LoadError::new(LoadErrorKind::TooLarge, message));
        }
        for file in &mut files {
            if let Some(rest) = file.bytes.strip_prefix(b"\xef\xbb\xbf") {
                file.bytes = rest.into();
            }
        }
        let mut parts = Parts::default();
        for file in files.iter().filter(|file| file.path == "Chart.yaml") {
            self.chart_yaml(file, at, &mut parts)?;
        }
        if depth == 0
            && self.profile.is_helm4()
            && let Some(metadata) = &parts.metadata
            && !matches!(metadata.api_version.as_str(), "v1" | "v2" | "v3")
        {
            let span = metadata.field("apiVersion").map(|plain| plain.span);
            return Err(LoadError::invalid("unsupported chart version").at(span));
        }
        let name = parts.metadata.as_ref().map(|metadata| metadata.name.clone()).unwrap_or_default();
        let full_path = parent.map_or(name.clone(), |parent| format!("{}/charts/{name}", parent.full_path));
        for file in files {
            self.file(file, at, &full_path, &mut parts)?;
        }
        let Some(mut metadata) = parts.metadata else {
            return Err(LoadError::new(LoadErrorKind::NotAChart, "Chart.yaml file is missing"));
        };
        metadata::validate(&mut metadata, self.profile)?;
        let dependencies = self.subcharts(parts.subcharts, at, &metadata.name, &full_path, depth)?;
        let mut warnings = parts.warnings;
        let mut names = BTreeSet::new();
        for child in &dependencies {
            if !names.insert(&child.metadata.name) {
                let message = format!(
                    "two subcharts have the name {:?}; which of their templates of one path Helm renders changes from run to run",
                    child.metadata.name
                );
                warnings.push(Warning { message, span: child.metadata.field("name").map(|plain| plain.span) });
            }
        }
        Ok(Chart {
            metadata,
            values: parts.values.unwrap_or_else(Plain::map),
            schema: parts.schema,
            templates: in_order(parts.templates),
            files: in_order(parts.files),
            lock: parts.lock,
            dependencies,
            warnings,
        })
    }

    /// Makes a file a source, and gives its address.
    fn add(&mut self, file: &RawFile, at: &LoadAt, name: &str) -> Result<u32, LoadError> {
        let base = self.sources.add(at.path(&file.path), name.into(), file.bytes.clone());
        base.ok_or_else(too_large)
    }

    /// The same for a file whose text other charts call.
    fn add_shared(&mut self, file: &RawFile, at: &LoadAt, name: &str) -> Result<u32, LoadError> {
        let base = self.sources.add_shared(at.path(&file.path), name.into(), file.bytes.clone());
        base.ok_or_else(too_large)
    }

    /// Makes a template a source, and gives its address. A library that several subcharts bring is there once: of named
    /// templates that are defined several times only one counts, and what is said of its text is said of all.
    fn template(&mut self, file: &RawFile, at: &LoadAt, full_path: &str, is_library: bool) -> Result<u32, LoadError> {
        let is_partial = file.path.rsplit('/').next().is_some_and(|name| name.starts_with('_'));
        if let Some(base) = self.partials.get(&file.bytes).filter(|_| is_partial) {
            return Ok(*base);
        }
        let name = [full_path, "/", &file.path].concat();
        let base = if is_library { self.add_shared(file, at, &name) } else { self.add(file, at, &name) }?;
        if is_partial {
            self.partials.insert(file.bytes.clone(), base);
        }
        Ok(base)
    }

    /// Reads a YAML file of the chart.
    fn yaml(&mut self, file: &RawFile, at: &LoadAt, parts: &mut Parts) -> Result<Plain, LoadError> {
        let base = self.add(file, at, "")?;
        reading::document(&file.bytes, base, &mut parts.warnings).map_err(|e| cannot_load(&file.path, e))
    }

    fn chart_yaml(&mut self, file: &RawFile, at: &LoadAt, parts: &mut Parts) -> Result<(), LoadError> {
        let plain = self.yaml(file, at, parts)?;
        let metadata = parts.metadata.get_or_insert_default();
        metadata::decode(&plain, metadata).map_err(|e| cannot_load(&file.path, e))?;
        metadata.raw = plain;
        if metadata.api_version.is_empty() {
            metadata.api_version = "v1".into();
        }
        Ok(())
    }

    fn file(&mut self, file: RawFile, at: &LoadAt, full_path: &str, parts: &mut Parts) -> Result<(), LoadError> {
        match file.path.as_str() {
            "Chart.yaml" => {}
            "Chart.lock" => parts.lock = Some(self.lock(&file, at, parts)?),
            "values.yaml" => {
                let base = self.add(&file, at, "")?;
                let values = reading::values(&file.bytes, base, self.profile, &mut parts.warnings)
                    .map_err(|e| cannot_load(&file.path, e))?;
                parts.values = Some(values);
            }
            "values.schema.json" => {
                let base = self.add(&file, at, "")?;
                parts.schema = Some(Schema { file: chart_file(file, base), compiled: Arc::default() });
            }
            "requirements.yaml" => self.requirements(file, at, parts)?,
            "requirements.lock" => {
                parts.lock = Some(self.lock(&file, at, parts)?);
                self.deprecated(
                    file,
                    parts,
                    "Warning: Dependency locking is handled in Chart.lock since apiVersion \"v2\". We recommend migrating to Chart.lock.",
                );
            }
            path if path.starts_with("templates/") => {
                let is_library = parts.metadata.as_ref().is_some_and(|metadata| metadata.kind == "library");
                let base = self.template(&file, at, full_path, is_library)?;
                parts.templates.push(chart_file(file, base));
            }
            path if path.starts_with("charts/") && !path.ends_with(".prov") => {
                let path = path["charts/".len()..].to_string();
                let name = path.split('/').next().unwrap_or_default().to_string();
                parts.subcharts.entry(name).or_default().push(RawFile { path, ..file });
            }
            _ => parts.files.push(chart_file(file, 0)),
        }
        Ok(())
    }

    fn lock(&mut self, file: &RawFile, at: &LoadAt, parts: &mut Parts) -> Result<super::Lock, LoadError> {
        let plain = self.yaml(file, at, parts)?;
        metadata::decode_lock(plain).map_err(|e| cannot_load(&file.path, e))
    }

    fn requirements(&mut self, file: RawFile, at: &LoadAt, parts: &mut Parts) -> Result<(), LoadError> {
        let plain = self.yaml(&file, at, parts)?;
        let metadata = parts.metadata.get_or_insert_default();
        let api_version = metadata.api_version.clone();
        metadata::decode(&plain, metadata).map_err(|e| cannot_load(&file.path, e))?;
        metadata.requirements = Some(plain);
        let message = "Warning: Dependencies are handled in Chart.yaml since apiVersion \"v2\". We recommend migrating dependencies to Chart.yaml.";
        if api_version != "v1" {
            parts.warnings.push(Warning { message: message.into(), span: None });
        }
        if metadata.api_version == "v1" {
            parts.files.push(chart_file(file, 0));
        }
        Ok(())
    }

    /// Keeps a file of the old layout for charts of the old version, and warns of it in others.
    fn deprecated(&mut self, file: RawFile, parts: &mut Parts, message: &str) {
        if parts.metadata.get_or_insert_default().api_version == "v1" {
            parts.files.push(chart_file(file, 0));
        } else {
            parts.warnings.push(Warning { message: message.into(), span: None });
        }
    }

    fn subcharts(
        &mut self,
        groups: BTreeMap<String, Vec<RawFile>>,
        at: &LoadAt,
        name: &str,
        full_path: &str,
        depth: usize,
    ) -> Result<Vec<Arc<Chart>>, LoadError> {
        let what = if self.profile.since(3, 17, 0) { "subchart " } else { "" };
        let mut charts = Vec::new();
        for (directory, files) in groups {
            if directory.starts_with(['_', '.']) {
                continue;
            }
            let parent = Parent { full_path, depth };
            let at = |suffix: &str| LoadAt { root: at.path(&format!("charts/{directory}{suffix}")) };
            let loaded = if directory.ends_with(".tgz") {
                if let Some(file) = files.first()
                    && file.path != directory
                {
                    return Err(LoadError::invalid(format!(
                        "error unpacking {what}tar in {name}: expected {directory}, got {}",
                        file.path
                    )));
                }
                self.unpack(&files).and_then(|files| self.chart(files, &at(":"), Some(parent)))
            } else {
                self.chart(below(files), &at(""), Some(parent))
            };
            let chart = loaded.map_err(|e| {
                // A directory without Chart.yaml is not the whole chart missing.
                let kind = if e.kind == LoadErrorKind::NotAChart { LoadErrorKind::Invalid } else { e.kind };
                LoadError { kind, ..e.within(format!("error unpacking {what}{directory} in {name}")) }
            })?;
            charts.push(Arc::new(chart));
        }
        Ok(charts)
    }

    fn unpack(&mut self, files: &[RawFile]) -> Result<Vec<RawFile>, LoadError> {
        let bytes = files.first().map(|file| file.bytes.clone()).unwrap_or_default();
        let unpacked = archive::read(&bytes, self.profile)?;
        self.bytes += unpacked.iter().map(|file| file.bytes.len() as u64).sum::<u64>();
        if self.bytes > MAX_NESTED_BYTES {
            let message = format!("the archives in this chart hold more than {MAX_NESTED_BYTES} bytes");
            return Err(LoadError::new(LoadErrorKind::TooLarge, message));
        }
        Ok(unpacked)
    }
}

/// The files of a directory, by their paths in it.
fn below(files: Vec<RawFile>) -> Vec<RawFile> {
    let inner = |file: RawFile| {
        let path = file.path.split_once('/')?.1.to_string();
        Some(RawFile { path, ..file })
    };
    files.into_iter().filter_map(inner).collect()
}

fn chart_file(file: RawFile, base: u32) -> ChartFile {
    ChartFile { path: file.path, base, bytes: file.bytes }
}

/// Files in the order of their paths; of several with one path the last.
fn in_order(files: Vec<ChartFile>) -> Vec<ChartFile> {
    files.into_iter().map(|file| (file.path.clone(), file)).collect::<BTreeMap<_, _>>().into_values().collect()
}

fn too_large() -> LoadError {
    LoadError::new(LoadErrorKind::TooLarge, "the charts are larger than 4 GiB")
}

fn cannot_load(path: &str, e: ReadError) -> LoadError {
    LoadError::invalid(format!("cannot load {path}: {}", e.message)).at(e.span)
}
