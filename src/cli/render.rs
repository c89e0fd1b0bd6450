//! `chartlint render`: the manifest of one phase, as Helm prints it.

use super::Exit;
use super::args::{self, ErrorFormat, OriginFormat, Phase};
use super::input::{Disk, Input, InputError};
use crate::chart::{self, LoadAt, PrepareOptions};
use crate::engine::{
    self, Answer, Capabilities, Cluster, KeySource, Limits, Query, ReleaseInfo, RenderError, Rendering,
};
use crate::lifecycle::{LiveState, World};
use crate::manifest::{self, Manifests};
use crate::report::diagnostic::Problem;
use crate::report::{diagnostic, origins};
use crate::source::{Sources, Span};
use crate::template::Cache;
use crate::value::{Plain, Text};
use std::borrow::Cow;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

/// What is printed on success.
pub struct Rendered {
    pub output: Text,
    pub rendering: Rendering,
    pub prepared: chart::Prepared,
    /// The documents that were printed; none of one file alone.
    pub manifests: Manifests,
}

/// Why there is no manifest.
#[derive(Debug)]
pub struct Refusal {
    /// Helm's message, without its `Error: `.
    pub helm: String,
    /// The places to draw, the most telling one first.
    pub labels: Vec<(Span, String)>,
    pub exit: Exit,
}

impl Refusal {
    fn new(helm: impl Into<String>, exit: Exit) -> Refusal {
        Refusal { helm: helm.into(), labels: Vec::new(), exit }
    }

    fn at(self, span: Option<Span>) -> Refusal {
        Refusal { labels: span.into_iter().map(|span| (span, String::new())).collect(), ..self }
    }
}

/// Runs the command and prints.
pub fn run(arguments: &args::Render) -> Exit {
    let mut sources = Sources::default();
    match render(arguments, &Disk, &mut sources) {
        Ok(rendered) => {
            let text = match arguments.origins {
                None => Cow::Borrowed(rendered.output.bytes()),
                Some(OriginFormat::Text) => {
                    origins::annotated(&rendered.output, &rendered.rendering).into_bytes().into()
                }
                Some(OriginFormat::Json) => {
                    let lines = origins::lines(&rendered.output, &rendered.rendering);
                    let mut json = serde_json::to_vec_pretty(&lines).unwrap_or_default();
                    json.push(b'\n');
                    json.into()
                }
            };
            let exit = super::output::write(&text);
            // The process ends now: nothing is taken apart for it.
            drop(text);
            std::mem::forget(rendered);
            exit
        }
        Err(refusal) => {
            let text = match arguments.error_format {
                ErrorFormat::Plain => format!("{}\n", refusal.helm),
                ErrorFormat::Human => {
                    let problem = Problem {
                        code: None,
                        severity: miette::Severity::Error,
                        message: refusal.helm.clone(),
                        labels: refusal.labels.clone(),
                        help: None,
                    };
                    diagnostic::draw(&problem, &sources, super::output::style(&std::io::stderr()))
                }
            };
            // A closed standard error leaves nobody to tell.
            let _ = std::io::stderr().write_all(text.as_bytes());
            refusal.exit
        }
    }
}

/// Renders as the arguments say; the files come from `input`.
pub fn render(arguments: &args::Render, input: &dyn Input, sources: &mut Sources) -> Result<Rendered, Refusal> {
    let profile = arguments.release.helm;
    let mut capabilities = Capabilities::defaults(&profile);
    if let Some(version) = &arguments.release.kube_version {
        capabilities.set_version(version, &profile).map_err(|message| Refusal::new(message, Exit::Usage))?;
    }
    capabilities.api_versions.extend(arguments.release.api_versions.iter().cloned());
    let user = values(&arguments.values, input, sources, &profile)?;
    let files = input.chart(&arguments.chart).map_err(|error| match error {
        InputError::NotFound(message) => Refusal::new(message, Exit::Usage),
        InputError::Unreadable(message) => Refusal::new(message, Exit::Failed),
    })?;
    let at = LoadAt { root: super::input::shown_root(&arguments.chart) };
    let loaded = chart::load(files, &at, sources, &profile)
        .map_err(|error| Refusal::new(error.message, Exit::Failed).at(error.span))?;
    let options = PrepareOptions {
        // Helm 3 checks the version as it shows it, Helm 4 without its suffix.
        kube_version: Some(if profile.is_helm4() { &capabilities.normalized } else { &capabilities.version }.clone()),
        skip_schemas: arguments.skip_schema_validation,
        allow_library: arguments.phase == Phase::Lint,
    };
    let prepared = chart::prepare(&Arc::new(loaded), &user, &options, &profile)
        .map_err(|error| Refusal::new(error.message, Exit::Findings).at(error.span))?;
    let is_upgrade = arguments.is_upgrade || arguments.phase == Phase::Upgrade;
    let default_revision = match arguments.phase {
        Phase::Install => 1,
        Phase::Upgrade => 2,
        Phase::Lint => 0,
    };
    let live = match &arguments.state {
        None => None,
        Some(path) => {
            let release = (&*arguments.release.name, &*arguments.release.namespace);
            Some(state(path, input, sources, &World::new(user, release, profile, capabilities.clone()))?)
        }
    };
    let engine_options = engine::Options {
        release: ReleaseInfo {
            name: arguments.release.name.clone(),
            namespace: arguments.release.namespace.clone(),
            is_install: !is_upgrade && arguments.phase != Phase::Lint,
            is_upgrade,
            revision: arguments.revision.unwrap_or(default_revision),
        },
        capabilities,
        lint: arguments.phase == Phase::Lint,
        seed: arguments.seed,
        now: super::input::now(),
        keys: KeySource::Fresh,
        limits: arguments.budget.map_or_else(Limits::default, |work| Limits { work }),
        profile,
        forced: None,
        // Origins are told with their causes in the order in which they were met, and the log meets some.
        is_followed: arguments.origins.is_some(),
    };
    let cluster = State(live);
    let rendering = engine::render(&prepared, &engine_options, &cluster, &Cache::default(), sources.clone());
    *sources = rendering.sources.clone();
    if let Some(error) = &rendering.error {
        return Err(refusal_of(error, &profile));
    }
    let (output, manifests) = output(arguments, &prepared, &rendering, &profile)?;
    Ok(Rendered { output, rendering, prepared, manifests })
}

/// The user's values.
pub fn values(
    flags: &args::ValueFlags,
    input: &dyn Input,
    sources: &mut Sources,
    profile: &crate::profile::Profile,
) -> Result<Plain, Refusal> {
    let mut files = Vec::new();
    for path in &flags.values {
        let bytes = input.file(path).map_err(|message| Refusal::new(message, Exit::Usage))?;
        files.push((path.display().to_string(), bytes));
    }
    let flags = chart::ValueFlags {
        files,
        set_json: flags.set_json.clone(),
        set: flags.set.clone(),
        set_string: flags.set_string.clone(),
        set_file: flags.set_file.clone(),
        set_literal: flags.set_literal.clone(),
    };
    chart::user_values(&flags, &mut |path| input.file(path.as_ref()), sources, profile)
        .map_err(|error| Refusal::new(error.message, Exit::Usage).at(error.span))
}

/// An error of the templates, with its call stack.
fn refusal_of(error: &RenderError, profile: &crate::profile::Profile) -> Refusal {
    let mut labels: Vec<(Span, String)> = Vec::new();
    match error {
        RenderError::Syntax { base, error, .. } => labels.push((error.span.at(*base), error.message.clone())),
        RenderError::Exec(error) => {
            for (index, level) in error.levels().iter().rev().enumerate() {
                let says = if index == 0 { "here".to_string() } else { "called from here".to_string() };
                if !labels.iter().any(|(span, _)| *span == level.span) && labels.len() < 8 {
                    labels.push((level.span, says));
                }
            }
        }
    }
    Refusal { helm: error.helm_text(profile), labels, exit: Exit::Findings }
}

/// The live objects of `--state`.
fn state(path: &Path, input: &dyn Input, sources: &mut Sources, world: &World) -> Result<LiveState, Refusal> {
    let bytes = input.file(path).map_err(|message| Refusal::new(message, Exit::Usage))?;
    let shown = path.display().to_string();
    let mut live = LiveState::new_cluster(world);
    let base = sources.add(shown.clone(), String::new(), bytes.clone()).unwrap_or(0);
    for text in manifest::split(&Text::constant(&*bytes), &crate::profile::Profile { helm: crate::profile::NEWEST_3 }) {
        let document = crate::value::yaml::read(text.bytes()).map_err(|error| {
            Refusal::new(format!("{shown}: {error}"), Exit::Usage).at(Some(Span::new(base, base + 1)))
        })?;
        let object = crate::lifecycle::plain(&document.root);
        let items = match object.get("items").and_then(Plain::as_list) {
            Some(items) => items.to_vec(),
            None => vec![object],
        };
        for item in items.into_iter().filter(|item| item.as_map().is_some()) {
            live.add(item, world);
        }
    }
    Ok(live)
}

/// The cluster of `--state`; without it there is none.
struct State(Option<LiveState>);

impl Cluster for State {
    fn lookup(&self, query: &Query) -> Answer {
        match &self.0 {
            Some(live) => live.lookup(query),
            None => Answer::Nothing,
        }
    }
}

/// What goes to standard output.
fn output(
    arguments: &args::Render,
    prepared: &chart::Prepared,
    rendering: &Rendering,
    profile: &crate::profile::Profile,
) -> Result<(Text, Manifests), Refusal> {
    if let Some(wanted) = &arguments.raw {
        let wanted = wanted.replace('\\', "/");
        let files = rendering.files.iter().chain(&rendering.notes);
        let found = files
            .into_iter()
            .find(|file| *file.name == *wanted || file.name.split_once('/').is_some_and(|(_, path)| path == wanted));
        return match found {
            Some(file) => Ok((file.text.clone(), Manifests::default())),
            None => Err(Refusal::new(format!("could not find template {wanted} in chart"), Exit::Usage)),
        };
    }
    let manifests = manifest::manifests(&rendering.files, profile).map_err(|error| {
        let source = error.text.pieces().iter().find(|p| p.end as usize > error.offset && p.source != 0);
        let span = source.map(|piece| Span::new(piece.source, piece.source + 1));
        Refusal::new(error.message, Exit::Findings).at(span)
    })?;
    let mut crds = Vec::new();
    if arguments.include_crds {
        for prepared_chart in &prepared.charts {
            for file in prepared_chart.chart.crds() {
                let path = if profile.since(3, 13, 0) {
                    format!("{}/{}", prepared_chart.path, file.path)
                } else {
                    file.path.clone()
                };
                crds.push((path, file.bytes.to_vec()));
            }
        }
    }
    let printed = manifest::Printed { crds, no_hooks: arguments.no_hooks, skip_tests: arguments.skip_tests };
    let output = manifest::print(&manifests, &printed);
    if arguments.show_only.is_empty() {
        return Ok((output, manifests));
    }
    let matches = |pattern: &str, path: &str| {
        crate::value::golang::path::matches(pattern.as_bytes(), path.as_bytes()).unwrap_or(false)
    };
    let output = manifest::show_only(&output, &arguments.show_only, matches, profile)
        .map_err(|pattern| Refusal::new(format!("could not find template {pattern} in chart"), Exit::Usage))?;
    Ok((output, manifests))
}
