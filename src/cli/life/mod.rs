//! `chartlint life`: what each operation of Helm renders, sends and is answered, over a release's life.

mod fields;
mod human;
mod json;

use super::args::{self, StepFormat};
use super::input::{Disk, Input, InputError};
use super::{Exit, render};
use crate::chart::{self, LoadAt};
use crate::engine::Capabilities;
use crate::kube::KubeVersion;
use crate::lifecycle::{self, Journey, Step, Terms, World, lives};
use crate::profile::Profile;
use crate::source::Sources;
use crate::template::Cache;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

/// The pairs of steps whose manifests are compared.
const PAIRS: [(&str, &str); 10] = [
    ("install", "upgrade"),
    ("upgrade", "upgrade again"),
    ("install", "upgrade again"),
    ("upgrade", "offline"),
    ("install", "offline"),
    ("offline", "offline again"),
    ("sync", "sync again"),
    ("sync", "sync the new version"),
    ("sync the new version", "sync again"),
    ("sync", "sync back"),
];

/// What is told of a life, beside its steps.
struct Title {
    chart: String,
    previous: Option<String>,
    release: String,
    namespace: String,
    /// What brings it into the cluster, where that is not Helm itself.
    target: Option<&'static str>,
    helm: String,
    kubernetes: String,
}

/// Runs the command and prints.
pub fn run(arguments: &args::Life) -> Exit {
    let cache = Cache::default();
    match lived(arguments, &cache) {
        Ok((title, journey)) => {
            let text = match arguments.format {
                StepFormat::Human => human::text(&title, &journey),
                StepFormat::Json => json::text(&title, &journey),
            };
            let has_failed = journey.steps.iter().any(|step| step.error.is_some());
            match super::output::write(text.as_bytes()) {
                Exit::Clean if has_failed => Exit::Findings,
                exit => exit,
            }
        }
        Err((message, exit)) => {
            // A closed standard error leaves nobody to tell.
            let _ = writeln!(std::io::stderr(), "chartlint: {message}");
            exit
        }
    }
}

fn lived<'a>(arguments: &args::Life, cache: &'a Cache) -> Result<(Title, Journey<'a>), (String, Exit)> {
    let profile = profile(arguments)?;
    let mut capabilities = Capabilities::defaults(&profile);
    let version = match &arguments.kube_version {
        Some(text) => KubeVersion::parse(text).map_err(|error| (error.to_string(), Exit::Usage))?,
        None => KubeVersion::parse(&capabilities.version).unwrap_or(KubeVersion::NEWEST),
    };
    if !version.is_known() {
        let error = crate::kube::VersionError::Unknown(version.to_string());
        return Err((error.to_string(), Exit::Usage));
    }
    capabilities.api_versions.extend(arguments.release.api_versions.iter().cloned());
    let mut sources = Sources::default();
    let previous = match &arguments.previous {
        Some(path) => Some(load(path, &mut sources, &profile)?),
        None => None,
    };
    let chart = load(&arguments.chart, &mut sources, &profile)?;
    let values = render::values(&arguments.values, &Disk, &mut sources, &profile)
        .map_err(|refusal| (refusal.helm, refusal.exit))?;
    let with_sources = |chart: Arc<chart::Chart>| lifecycle::Chart { chart, sources: sources.clone() };
    let (chart, previous) = (with_sources(chart), previous.map(with_sources));
    let world = World::new(values, (&arguments.release.name, &arguments.release.namespace), profile, capabilities);
    let title = Title {
        chart: arguments.chart.display().to_string(),
        previous: arguments.previous.as_ref().map(|path| path.display().to_string()),
        release: world.release.clone(),
        namespace: world.namespace.clone(),
        target: match arguments.target {
            Some(args::Target::ArgoCd) if arguments.server_side => Some("Argo CD with server-side apply"),
            Some(args::Target::ArgoCd) => Some("Argo CD"),
            Some(args::Target::Flux) => Some("Flux"),
            _ => None,
        },
        helm: profile.helm.to_string(),
        kubernetes: version.to_string(),
    };
    let terms =
        Terms { world, version, api_versions: arguments.release.api_versions.clone(), hooks: !arguments.no_hooks };
    let journey = match arguments.target {
        Some(args::Target::ArgoCd) => lives::synced(&chart, previous.as_ref(), arguments.server_side, terms, cache),
        _ => lives::whole(&chart, previous.as_ref(), terms, cache),
    };
    Ok((title, journey))
}

/// The version of Helm that renders. Argo CD has Helm 3 in it.
fn profile(arguments: &args::Life) -> Result<Profile, (String, Exit)> {
    use args::Target;
    let usage = |message: &str| Err((message.to_string(), Exit::Usage));
    if arguments.server_side && arguments.target != Some(Target::ArgoCd) {
        return usage("--server-side goes with --target argocd; Helm 4 always applies, and Helm 3 never does");
    }
    let three = Profile { helm: crate::profile::NEWEST_3 };
    match (arguments.target, arguments.release.helm) {
        (Some(Target::Helm3), Some(helm)) if helm.is_helm4() => usage("--target helm3 and --helm do not go together"),
        (Some(Target::Helm4), Some(helm)) if !helm.is_helm4() => usage("--target helm4 and --helm do not go together"),
        (_, Some(helm)) => Ok(helm),
        (Some(Target::Helm3 | Target::ArgoCd), None) => Ok(three),
        (_, None) => Ok(Profile::default()),
    }
}

fn load(
    path: &Path,
    sources: &mut Sources,
    profile: &crate::profile::Profile,
) -> Result<Arc<chart::Chart>, (String, Exit)> {
    let said = |message: String| format!("{}: {message}", path.display());
    let files = Disk.chart(path).map_err(|error| match error {
        InputError::NotFound(message) => (said(message), Exit::Usage),
        InputError::Unreadable(message) => (said(message), Exit::Failed),
    })?;
    let at = LoadAt { root: super::input::shown_root(path) };
    let chart = chart::load(files, &at, sources, profile).map_err(|error| (said(error.message), Exit::Failed))?;
    Ok(Arc::new(chart))
}

/// The differences between the manifests of two steps, where both have one.
fn between(journey: &Journey<'_>, from: &str, to: &str) -> Option<Vec<fields::FieldLine>> {
    let good = |step: &&Step| step.error.is_none();
    let find = |name: &str| journey.steps.iter().filter(good).find(|step| step.name == name)?.phase.as_ref();
    Some(fields::between(find(from)?, find(to)?))
}
