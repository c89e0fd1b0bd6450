//! Rendering the phases of a life.

use super::live::LiveState;
use crate::chart::{self, PrepareError, PrepareOptions, Prepared};
use crate::engine::{self, Capabilities, KeySource, Limits, ReleaseInfo, Rendering};
use crate::manifest::{self, ManifestError, Manifests, Object};
use crate::profile::Profile;
use crate::source::Sources;
use crate::template::Cache;
use crate::value::Plain;
use crate::value::origin::Cause;
use std::sync::Arc;

/// A chart that was loaded, with the files that it came from.
#[derive(Clone, Debug)]
pub struct Chart {
    pub chart: Arc<chart::Chart>,
    pub sources: Sources,
}

/// What a life is lived in: everything that is the same in all its phases.
#[derive(Clone, Debug)]
pub struct World {
    /// The user's values.
    pub values: Plain,
    /// The values as the user would pass them: `-f ci/x-values.yaml`, `--set a.b=true`; empty for the defaults.
    pub flags: String,
    pub release: String,
    pub namespace: String,
    pub profile: Profile,
    pub capabilities: Capabilities,
}

/// A moment of a life that renders.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum PhaseKind {
    Install,
    Upgrade,
    UpgradeAgain,
    /// `helm template`, Argo CD.
    Offline,
    OfflineAgain,
    Lint,
}

impl PhaseKind {
    pub const ALL: [PhaseKind; 6] = [
        PhaseKind::Install,
        PhaseKind::Upgrade,
        PhaseKind::UpgradeAgain,
        PhaseKind::Offline,
        PhaseKind::OfflineAgain,
        PhaseKind::Lint,
    ];

    pub fn name(self) -> &'static str {
        match self {
            PhaseKind::Install => "install",
            PhaseKind::Upgrade => "upgrade",
            PhaseKind::UpgradeAgain => "upgrade again",
            PhaseKind::Offline => "offline",
            PhaseKind::OfflineAgain => "offline again",
            PhaseKind::Lint => "lint",
        }
    }

    /// It is rendered once more to be compared with the one before.
    pub fn is_again(self) -> bool {
        matches!(self, PhaseKind::UpgradeAgain | PhaseKind::OfflineAgain)
    }

    fn is_upgrade(self) -> bool {
        matches!(self, PhaseKind::Upgrade | PhaseKind::UpgradeAgain)
    }

    fn revision(self) -> i64 {
        match self {
            PhaseKind::Install | PhaseKind::Offline | PhaseKind::OfflineAgain => 1,
            PhaseKind::Upgrade => 2,
            PhaseKind::UpgradeAgain => 3,
            PhaseKind::Lint => 0,
        }
    }
}

/// One render of a life.
pub struct Phase {
    pub kind: PhaseKind,
    pub rendering: Rendering,
    pub manifests: Result<Manifests, ManifestError>,
    /// What the manifests hold; hooks among them.
    pub objects: Vec<Object>,
}

/// A life in a world.
pub struct Life {
    pub world: World,
    /// Why nothing could be rendered.
    pub refused: Option<PrepareError>,
    pub prepared: Option<Prepared>,
    /// In the order of [`PhaseKind::ALL`]; install alone when nothing in it can differ in another phase.
    pub phases: Vec<Phase>,
    /// The install is that of an older version of the chart.
    pub previous: bool,
    /// What is in the cluster after the install.
    pub live: LiveState,
    /// And after the first upgrade.
    pub live_after_upgrade: LiveState,
}

impl Life {
    pub fn phase(&self, kind: PhaseKind) -> Option<&Phase> {
        self.phases.iter().find(|p| p.kind == kind)
    }
}

/// What one phase is told; the parts that vary between phases can be chosen one by one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Knobs {
    /// The release fields are those of this phase.
    pub phase: PhaseKind,
    /// Random functions draw as in this phase.
    pub seed: PhaseKind,
    /// The clock is that of this phase.
    pub clock: PhaseKind,
}

impl Knobs {
    pub fn of(kind: PhaseKind) -> Knobs {
        Knobs { phase: kind, seed: kind, clock: kind }
    }
}

/// 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600;

/// The time between phases: 403 days, an hour, a minute and eleven seconds, so that whatever part of a date a template
/// writes differs.
const STEP: i64 = 34_822_871;

/// Renders one phase of a life.
pub fn render_phase(
    prepared: &Prepared,
    world: &World,
    kind: PhaseKind,
    knobs: Knobs,
    live: &LiveState,
    cache: &Cache,
    sources: &Sources,
) -> Phase {
    let phase_number = |kind: PhaseKind| PhaseKind::ALL.iter().position(|k| *k == kind).unwrap_or(0) as i64;
    let options = engine::Options {
        release: ReleaseInfo {
            name: world.release.clone(),
            namespace: world.namespace.clone(),
            is_install: !knobs.phase.is_upgrade() && knobs.phase != PhaseKind::Lint,
            is_upgrade: knobs.phase.is_upgrade(),
            revision: knobs.phase.revision(),
        },
        capabilities: world.capabilities.clone(),
        lint: knobs.phase == PhaseKind::Lint,
        seed: phase_number(knobs.seed) as u64 + 1,
        now: (START + phase_number(knobs.clock) * STEP, 123_456_789),
        keys: KeySource::Sample,
        limits: Limits::default(),
        profile: world.profile,
    };
    let rendering = engine::render(prepared, &options, live, cache, sources.clone());
    let manifests = manifest::manifests(&rendering.files, &world.profile);
    let objects = manifests.as_ref().map(manifest::objects).unwrap_or_default();
    Phase { kind, rendering, manifests, objects }
}

/// Lives a chart's life.
pub fn live(chart: &Chart, world: World, cache: &Cache) -> Life {
    let options = PrepareOptions { kube_version: None, skip_schemas: true, allow_library: false };
    let prepared = match chart::prepare(&chart.chart, &world.values, &options, &world.profile) {
        Ok(prepared) => prepared,
        Err(error) => {
            return Life {
                world,
                refused: Some(error),
                prepared: None,
                phases: Vec::new(),
                previous: false,
                live: LiveState::default(),
                live_after_upgrade: LiveState::default(),
            };
        }
    };
    let empty = LiveState::new_cluster(&world);
    let render = |kind: PhaseKind, live: &LiveState| {
        render_phase(&prepared, &world, kind, Knobs::of(kind), live, cache, &chart.sources)
    };
    let install = render(PhaseKind::Install, &empty);
    let varies = install.rendering.error.is_some() || install.manifests.is_err() || varies(&install.rendering);
    let after_install = empty.after(&[], &install.objects, &world);
    let mut phases = vec![install];
    let mut live_after_upgrade = after_install.clone();
    if varies {
        let upgrade = render(PhaseKind::Upgrade, &after_install);
        // An upgrade that fails changes nothing.
        let after_upgrade = if upgrade.rendering.error.is_some() || upgrade.manifests.is_err() {
            after_install.clone()
        } else {
            after_install.after(&phases[0].objects, &upgrade.objects, &world)
        };
        phases.push(upgrade);
        phases.push(render(PhaseKind::UpgradeAgain, &after_upgrade));
        live_after_upgrade = after_upgrade;
        let offline = LiveState::offline();
        for kind in [PhaseKind::Offline, PhaseKind::OfflineAgain, PhaseKind::Lint] {
            phases.push(render(kind, &offline));
        }
    }
    Life {
        world,
        refused: None,
        prepared: Some(prepared),
        phases,
        previous: false,
        live: after_install,
        live_after_upgrade,
    }
}

/// Lives the life of a release that is installed with one version of a chart and upgraded to another. Both charts are
/// among the sources of `new`.
pub fn live_between(old: &Chart, new: &Chart, world: World, cache: &Cache) -> Life {
    let options = PrepareOptions { kube_version: None, skip_schemas: true, allow_library: false };
    let prepare = |chart: &Chart| chart::prepare(&chart.chart, &world.values, &options, &world.profile);
    let (old, prepared) = match (prepare(old), prepare(new)) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(error), _) | (_, Err(error)) => {
            return Life {
                world,
                refused: Some(error),
                prepared: None,
                phases: Vec::new(),
                previous: true,
                live: LiveState::default(),
                live_after_upgrade: LiveState::default(),
            };
        }
    };
    let render = |prepared: &Prepared, kind: PhaseKind, live: &LiveState| {
        render_phase(prepared, &world, kind, Knobs::of(kind), live, cache, &new.sources)
    };
    let empty = LiveState::new_cluster(&world);
    let install = render(&old, PhaseKind::Install, &empty);
    let after_install = empty.after(&[], &install.objects, &world);
    let upgrade = render(&prepared, PhaseKind::Upgrade, &after_install);
    let after_upgrade = after_install.after(&install.objects, &upgrade.objects, &world);
    let again = render(&prepared, PhaseKind::UpgradeAgain, &after_upgrade);
    Life {
        world,
        refused: None,
        prepared: Some(prepared),
        phases: vec![install, upgrade, again],
        previous: true,
        live: after_install,
        live_after_upgrade: after_upgrade,
    }
}

/// Whether anything that was rendered depends on what differs between the phases of one life.
pub fn varies(rendering: &Rendering) -> bool {
    let arena = &rendering.rt.arena;
    let differs = |origin: crate::value::OriginId| {
        origin.is_live()
            && arena.causes(origin).any(|cause| {
                matches!(
                    cause,
                    Cause::Lookup { .. }
                        | Cause::Phase(_)
                        | Cause::Random { .. }
                        | Cause::Time { .. }
                        | Cause::Dns { .. }
                )
            })
    };
    let mut known = rustc_hash::FxHashMap::default();
    let mut check = |origin| *known.entry(origin).or_insert_with(|| differs(origin));
    rendering.heap_marks.values().any(|origin| check(*origin))
        || arena.all_guards().any(|guard| check(guard.origin))
        || rendering.files.iter().flat_map(|f| f.text.pieces()).any(|piece| check(piece.origin))
}
