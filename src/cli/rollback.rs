//! `chartlint rollback CURRENT TARGET`: what a rollback will do, for the person whose release is stuck.

use super::args;
use super::input::{Disk, Input as _};
use super::{Exit, output};
use crate::kube::{Context, Mode, VersionRange};
use crate::manifest::{self, Object, RenderedFile};
use crate::report::diagnostic::{self, Problem, Style};
use crate::report::steps::{self, Told};
use crate::rollback::{self, Question};
use crate::source::{Sources, Span};
use crate::value::{Plain, Text};
use std::path::Path;

/// Runs the command and prints.
pub fn run(arguments: &args::Rollback) -> Exit {
    let mut sources = Sources::default();
    match told(arguments, &mut sources) {
        Ok((text, exit)) => exit.max(output::write(text.as_bytes())),
        Err(problem) => {
            let style = output::style(&std::io::stderr());
            eprint!("{}", diagnostic::draw(&problem, &sources, style));
            Exit::Usage
        }
    }
}

fn told(arguments: &args::Rollback, sources: &mut Sources) -> Result<(String, Exit), Box<Problem>> {
    let profile = arguments.helm;
    let range = match &arguments.kube_version {
        Some(text) => VersionRange::parse(text).map_err(|error| problem(error.to_string()))?,
        None => VersionRange::ALL,
    };
    let current = objects(&arguments.current, sources, &profile)?;
    let target = objects(&arguments.target, sources, &profile)?;
    let live = match &arguments.live {
        Some(path) => live(path, sources)?,
        None => Vec::new(),
    };
    let owner = |field: &str| {
        let name = format!("meta.helm.sh/release-{field}");
        live.iter().find_map(|o| o.at(&["metadata", "annotations", &name]).and_then(Plain::as_str).map(str::to_string))
    };
    let namespace = arguments.namespace.clone().or_else(|| owner("namespace")).unwrap_or_else(|| "default".into());
    let release = arguments.name.clone().or_else(|| owner("name")).unwrap_or_else(|| "RELEASE".into());
    let mut context = Context::new(&namespace, &release);
    context.client = profile.kube_client();
    let mode = if profile.is_helm4() && !arguments.client_side { Mode::Apply } else { Mode::Patch };
    let question = Question { current: &current, target: &target, live: &live, range, mode, context };
    let steps = rollback::steps(&question);
    let told = Told { steps: &steps, range, helm: profile.helm.0, mode, has_live: arguments.live.is_some() };
    let style: Style = output::style(&std::io::stdout());
    let text = match arguments.format {
        args::StepFormat::Human => steps::human(&told, style),
        args::StepFormat::Json => steps::json(&told),
    };
    let is_refused = steps.iter().any(rollback::Step::is_refused);
    Ok((text, if is_refused { Exit::Findings } else { Exit::Clean }))
}

fn problem(message: String) -> Box<Problem> {
    Box::new(Problem { code: None, severity: miette::Severity::Error, message, labels: Vec::new(), help: None })
}

/// A problem with a file, drawn at its place.
fn at(path: &Path, base: u32, offset: usize, message: &str, help: &str) -> Box<Problem> {
    let start = base.saturating_add(u32::try_from(offset).unwrap_or(0));
    let mut problem = problem(format!("{} cannot be read as YAML: {message}", path.display()));
    problem.labels.push((Span::new(start, start + 1), "here".into()));
    problem.help = Some(help.into());
    problem
}

/// The objects of a stored manifest.
fn objects(
    path: &Path,
    sources: &mut Sources,
    profile: &crate::profile::Profile,
) -> Result<Vec<std::sync::Arc<Object>>, Box<Problem>> {
    const HELP: &str = "a manifest is what `helm get manifest RELEASE --revision N` prints";
    let bytes = Disk.file(path).map_err(problem)?;
    let base = sources.add(path.display().to_string(), String::new(), bytes.clone()).unwrap_or(0);
    let file = RenderedFile { name: path.display().to_string().into(), text: Text::constant(&*bytes) };
    let manifests = manifest::manifests(&[file], profile).map_err(|error| {
        let document = error.text.bytes();
        let start = bytes.windows(document.len().max(1)).position(|window| window == document).unwrap_or(0);
        let message = error.message.rsplit("error converting YAML to JSON: ").next().unwrap_or_default().to_string();
        at(path, base, start + error.offset, &message, HELP)
    })?;
    let objects = manifest::objects(&manifests);
    if objects.is_empty() {
        let mut problem = problem(format!("{}: there are no objects in it", path.display()));
        problem.help = Some(HELP.into());
        return Err(problem);
    }
    Ok(objects)
}

/// Live objects: a List, or a stream of objects.
fn live(path: &Path, sources: &mut Sources) -> Result<Vec<Plain>, Box<Problem>> {
    const HELP: &str = "live objects are what `kubectl get KIND NAME -o yaml --show-managed-fields` prints";
    let bytes = Disk.file(path).map_err(problem)?;
    let base = sources.add(path.display().to_string(), String::new(), bytes.clone()).unwrap_or(0);
    let profile = crate::profile::Profile { helm: crate::profile::NEWEST_3 };
    let mut out = Vec::new();
    for text in manifest::split(&Text::constant(&*bytes), &profile) {
        let document = crate::value::yaml::read(text.bytes()).map_err(|error| {
            let start = bytes.windows(text.bytes().len().max(1)).position(|window| window == text.bytes()).unwrap_or(0);
            at(path, base, start + error.offset(), &error.to_string(), HELP)
        })?;
        let object = document.root.to_plain();
        match object.get("items").and_then(Plain::as_list) {
            Some(items) => out.extend(items.iter().cloned()),
            None => out.push(object),
        }
    }
    out.retain(|object| object.get("kind").is_some());
    if out.is_empty() {
        let mut problem = problem(format!("{}: there are no live objects in it", path.display()));
        problem.help = Some(HELP.into());
        return Err(problem);
    }
    Ok(out)
}
