//! A release on its way through the operations of Helm, one after the other, on one server.
//!
//! Where [`super::run`] renders the phases that rules compare, a journey does what Helm does with them: it checks kinds,
//! writes to the server, stores revisions, and ends an operation as Helm ends it. Any order of operations can be lived.

use super::live::{self, LiveState};
use super::operation::{Applied, ErrorKind, OperationError, Write};
use super::phases::{self, Knobs};
use super::run::{Chart, Phase, PhaseKind, World};
use super::storage;
use super::writes::{self, Writing};
use crate::chart::{self, PrepareOptions, Prepared};
use crate::engine::Capabilities;
use crate::kube::KubeVersion;
use crate::manifest::{self, Object};
use crate::template::Cache;
use crate::value::{Plain, Text, yaml};
use std::sync::Arc;

/// What a journey is made in.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Values, release and version of Helm. Its capabilities are those of renders without a cluster.
    pub world: World,
    /// The server's version.
    pub version: KubeVersion,
    /// API versions, or `version/Kind`, that the server serves beside its own: those of operators that are there.
    pub api_versions: Vec<String>,
    /// Hooks run (no `--no-hooks`).
    pub hooks: bool,
}

/// One operation of a journey.
#[derive(Default)]
pub struct Step {
    /// `install`, `upgrade again`, `rollback 1`.
    pub name: String,
    /// What was rendered; a rollback renders nothing.
    pub phase: Option<Phase>,
    pub writes: Vec<Write>,
    pub error: Option<OperationError>,
}

/// A revision in Helm's storage.
#[derive(Clone)]
pub struct Revision {
    pub objects: Arc<Vec<Arc<Object>>>,
    /// The operation that made it succeeded.
    pub is_deployed: bool,
    /// Why a rollback to it cannot be stored.
    too_large: Option<OperationError>,
}

/// A release, the cluster it is in, and what was done so far.
pub struct Journey<'a> {
    terms: Terms,
    cache: &'a Cache,
    pub live: LiveState,
    /// In their order; the first is number 1.
    pub revisions: Vec<Revision>,
    pub steps: Vec<Step>,
    prepared: Vec<(Arc<chart::Chart>, Option<String>, Arc<Prepared>)>,
    installs: usize,
}

impl<'a> Journey<'a> {
    /// Before the first install.
    pub fn new(terms: Terms, cache: &'a Cache) -> Journey<'a> {
        let live = LiveState::new_server(&terms.world, terms.version).also_serving(&terms.api_versions);
        Journey { terms, cache, live, revisions: Vec::new(), steps: Vec::new(), prepared: Vec::new(), installs: 0 }
    }

    pub fn world(&self) -> &World {
        &self.terms.world
    }

    /// The last step ended without an error.
    pub fn is_well(&self) -> bool {
        self.steps.last().is_some_and(|step| step.error.is_none())
    }

    /// The phase of a step.
    pub fn phase(&self, step: &str) -> Option<&Phase> {
        self.steps.iter().find(|s| s.name == step)?.phase.as_ref()
    }

    /// `helm install`.
    pub fn install(&mut self, chart: &Chart, values: &Plain) {
        // Each install draws its random values anew.
        let seed = if self.installs == 0 { PhaseKind::Install } else { PhaseKind::Lint };
        self.installs += 1;
        self.revisions.clear();
        let knobs = Knobs { seed, clock: seed, ..Knobs::of(PhaseKind::Install) };
        self.render_and_write("install", chart, values, knobs, Writing::Install);
    }

    /// `helm upgrade`, under the name that the step is to have.
    pub fn upgrade(&mut self, name: &str, chart: &Chart, values: &Plain) {
        let kind = if self.revisions.len() > 1 { PhaseKind::UpgradeAgain } else { PhaseKind::Upgrade };
        self.render_and_write(name, chart, values, Knobs::of(kind), Writing::Upgrade);
    }

    fn render_and_write(&mut self, name: &str, chart: &Chart, values: &Plain, knobs: Knobs, writing: Writing) {
        let prefix = if writing == Writing::Install { "INSTALLATION FAILED: " } else { "UPGRADE FAILED: " };
        let (phase, result) = match self.rendered(chart, values, knobs, None, writing == Writing::Install) {
            Ok((phase, prepared)) => {
                let error = error_of(&phase, &self.terms.world);
                let too_large = phase.manifests.as_ref().ok().zip(prepared.charts.first()).and_then(|(m, root)| {
                    let number = self.revisions.len() + 1;
                    storage::refusal(&root.chart, values, m, (&self.terms.world.release, number), self.live.version())
                });
                (Some(phase), error.map_or(Ok(too_large), Err))
            }
            Err(error) => (None, Err(error)),
        };
        let (writes, error) = match (&phase, result) {
            (Some(phase), Ok(too_large)) => {
                let objects = Arc::new(phase.objects.clone());
                self.store(writing, objects, too_large)
            }
            (_, Err(error)) => (Vec::new(), Some(error)),
            (None, Ok(_)) => (Vec::new(), None),
        };
        self.steps.push(Step { name: name.into(), phase, writes, error: error.map(|e| e.within(prefix)) });
    }

    /// Writes the objects of a new revision, and stores it.
    fn store(
        &mut self,
        writing: Writing,
        objects: Arc<Vec<Arc<Object>>>,
        too_large: Option<OperationError>,
    ) -> (Vec<Write>, Option<OperationError>) {
        // An upgrade starts from the last revision that was deployed, a rollback from the last one.
        let last = match writing {
            Writing::Rollback => self.revisions.last(),
            _ => self.revisions.iter().rev().find(|r| r.is_deployed).or(self.revisions.last()),
        };
        let original = last.map(|revision| revision.objects.clone()).unwrap_or_default();
        let Applied { writes, error, live } =
            writes::write(writing, (&original, &objects), too_large.clone(), &self.live, &self.terms.world);
        self.live = live;
        // What fails before anything is written leaves no revision.
        let is_stored = !error.as_ref().is_some_and(|e| {
            matches!(e.kind, ErrorKind::KindNotServed | ErrorKind::Manifest | ErrorKind::TooLarge) && writes.is_empty()
        });
        if is_stored {
            self.revisions.push(Revision { objects, is_deployed: error.is_none(), too_large });
        }
        (writes, error)
    }

    /// `helm rollback`, to a revision by its number.
    pub fn rollback(&mut self, to: usize) {
        let name = format!("rollback {to}");
        let target = to.checked_sub(1).and_then(|index| self.revisions.get(index)).cloned();
        let (writes, error) = match target {
            Some(target) => self.store(Writing::Rollback, target.objects, target.too_large),
            None => (Vec::new(), Some(OperationError::new(ErrorKind::Chart, "release: not found"))),
        };
        self.steps.push(Step { name, phase: None, writes, error });
    }

    /// A sync of Argo CD. It renders as `helm template` does, with the versions of the cluster: as a first install, and `lookup`
    /// finds nothing (its user guide, "Helm"). `seed` is what random functions draw from; `applies` is its option `ServerSideApply`.
    pub fn sync(&mut self, name: &str, chart: &Chart, values: &Plain, seed: PhaseKind, applies: bool) {
        let knobs = Knobs { seed, clock: seed, ..Knobs::of(PhaseKind::Install) };
        let (phase, error) = match self.rendered(chart, values, knobs, Some(&LiveState::offline()), true) {
            Ok((phase, _)) => {
                let error = error_of(&phase, &self.terms.world);
                (Some(phase), error)
            }
            Err(error) => (None, Some(error)),
        };
        let (writes, error) = match (&phase, error) {
            (Some(phase), None) => self.store(Writing::Sync { applies }, Arc::new(phase.objects.clone()), None),
            (_, error) => (Vec::new(), error),
        };
        self.steps.push(Step { name: name.into(), phase, writes, error });
    }

    /// `helm uninstall`.
    pub fn uninstall(&mut self) {
        let objects = self.revisions.last().map(|revision| revision.objects.clone()).unwrap_or_default();
        let Applied { writes, error, live } = writes::uninstall(&objects, &self.live, &self.terms.world);
        self.live = live;
        self.steps.push(Step { name: "uninstall".into(), phase: None, writes, error });
    }

    /// The server is upgraded to another version; the objects in it stay.
    pub fn upgrade_cluster(&mut self, version: KubeVersion) {
        self.live = self.live.on(version);
    }

    /// `helm template`.
    pub fn offline(&mut self, name: &str, chart: &Chart, values: &Plain, kind: PhaseKind) {
        let version = self.offline_version();
        let (phase, error) = match self.prepare(chart, values, Some(version)) {
            Ok(prepared) => {
                let world = World { values: values.clone(), ..self.terms.world.clone() };
                let phase = self.render(chart, &prepared, &world, Knobs::of(kind), &LiveState::offline());
                let error = error_of(&phase, &world);
                (Some(phase), error)
            }
            Err(error) => (None, Some(error)),
        };
        self.steps.push(Step { name: name.into(), phase, writes: Vec::new(), error });
    }

    fn offline_version(&self) -> String {
        shown_version(&self.terms.world.capabilities, &self.terms.world)
    }

    /// What templates are told of the server.
    fn capabilities(&self) -> Capabilities {
        let mut capabilities = self.terms.world.capabilities.clone();
        let version = self.live.version();
        let patch = if version.patch == KubeVersion::ANY_PATCH { 0 } else { version.patch };
        // Three numbers are a version to every Helm.
        let _ = capabilities
            .set_version(&format!("v{}.{}.{patch}", version.major, version.minor), &self.terms.world.profile);
        capabilities.api_versions = self.live.api_versions();
        capabilities
    }

    fn rendered(
        &mut self,
        chart: &Chart,
        values: &Plain,
        knobs: Knobs,
        seen: Option<&LiveState>,
        is_install: bool,
    ) -> Result<(Phase, Arc<Prepared>), OperationError> {
        let version = shown_version(&self.capabilities(), &self.terms.world);
        let prepared = self.prepare(chart, values, Some(version))?;
        if is_install {
            self.install_definitions(&prepared)?;
        }
        let world = World { capabilities: self.capabilities(), values: values.clone(), ..self.terms.world.clone() };
        let phase = self.render(chart, &prepared, &world, knobs, seen.unwrap_or(&self.live));
        Ok((phase, prepared))
    }

    fn render(&self, chart: &Chart, prepared: &Prepared, world: &World, knobs: Knobs, live: &LiveState) -> Phase {
        let mut phase = phases::alone(prepared, world, knobs, live, self.cache, &chart.sources);
        if !self.terms.hooks {
            phase.objects.retain(|object| !object.is_hook());
        }
        phase
    }

    fn prepare(
        &mut self,
        chart: &Chart,
        values: &Plain,
        kube_version: Option<String>,
    ) -> Result<Arc<Prepared>, OperationError> {
        let is_known = |c: &Arc<chart::Chart>, v: &Option<String>| Arc::ptr_eq(c, &chart.chart) && *v == kube_version;
        // Values do not change between steps that share a chart and a version, except where a caller says so.
        let known = self.prepared.iter().find(|(c, v, _)| is_known(c, v) && *values == self.terms.world.values);
        if let Some((_, _, prepared)) = known {
            return Ok(prepared.clone());
        }
        let options = PrepareOptions { kube_version: kube_version.clone(), ..PrepareOptions::default() };
        let prepared = chart::prepare(&chart.chart, values, &options, &self.terms.world.profile)
            .map_err(|error| OperationError::new(ErrorKind::Chart, error.message))?;
        let prepared = Arc::new(prepared);
        if *values == self.terms.world.values {
            self.prepared.push((chart.chart.clone(), kube_version, prepared.clone()));
        }
        Ok(prepared)
    }

    /// Creates what is in the `crds/` of the charts and not there yet: Helm does so at installs, before it renders.
    fn install_definitions(&mut self, prepared: &Prepared) -> Result<(), OperationError> {
        let world = &self.terms.world;
        for chart in &prepared.charts {
            for file in chart.chart.crds() {
                for text in manifest::split(&Text::of_file(&file.bytes), &world.profile) {
                    let Ok(document) = yaml::read(text.bytes()) else { continue };
                    let object = live::plain(&document.root);
                    let field = |path: &[&str]| object.at(path).and_then(Plain::as_str).unwrap_or_default();
                    let (api_version, kind) = (field(&["apiVersion"]), field(&["kind"]));
                    if kind.is_empty() {
                        continue;
                    }
                    if !self.live.serves(api_version, kind) {
                        return Err(OperationError::new(
                            ErrorKind::KindNotServed,
                            format!(
                                "failed to install CRD {}: resource mapping not found for name: {:?} namespace: {:?} \
                                 from \"\": no matches for kind {kind:?} in version {api_version:?}\nensure CRDs are \
                                 installed first",
                                file.path,
                                field(&["metadata", "name"]),
                                field(&["metadata", "namespace"]),
                            ),
                        ));
                    }
                    let id = manifest::ObjectId {
                        api_version: api_version.into(),
                        kind: kind.into(),
                        namespace: field(&["metadata", "namespace"]).into(),
                        name: field(&["metadata", "name"]).into(),
                    };
                    if self.live.get(&id, world).is_none() {
                        let stored = live::created(&object, world, self.live.version());
                        self.live.put(&id, stored, world);
                    }
                }
            }
        }
        Ok(())
    }
}

/// The version as Helm compares it with the chart's `kubeVersion`.
fn shown_version(capabilities: &Capabilities, world: &World) -> String {
    // Helm 3 checks the version as it shows it, Helm 4 without its suffix.
    if world.profile.is_helm4() { capabilities.normalized.clone() } else { capabilities.version.clone() }
}

/// Why a phase gives no manifest.
fn error_of(phase: &Phase, world: &World) -> Option<OperationError> {
    if let Some(error) = &phase.rendering.error {
        return Some(OperationError::new(ErrorKind::Render, error.helm_text(&world.profile)));
    }
    let error = phase.manifests.as_ref().err()?;
    Some(OperationError::new(ErrorKind::Manifest, error.message.clone()))
}
