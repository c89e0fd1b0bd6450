//! The life of a chart, phase by phase.

use super::live::LiveState;
use super::memory::Memory;
use super::phases::Phases;
use crate::chart::{self, PrepareError, PrepareErrorKind, PrepareOptions, Prepared};
use crate::engine::{Capabilities, Forced, Query, Rendering};
use crate::manifest::{ManifestError, Manifests, Object};
use crate::profile::Profile;
use crate::source::Sources;
use crate::template::Cache;
use crate::value::Plain;
use std::collections::{BTreeMap, BTreeSet};
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
    /// Objects that the chart does not render and that are there all the same, with a content that is not known.
    pub foreign: BTreeSet<Query>,
    /// What a controller has put into objects that the chart renders: fields, by the lookup that reads them.
    pub filled: BTreeMap<Query, BTreeMap<Vec<String>, Plain>>,
    /// Conditions that are made to come out otherwise than they would. Nothing of it ends a render.
    pub forced: Option<Arc<Forced>>,
}

impl World {
    /// A world with these values, the release of this name and namespace, and nothing assumed.
    pub fn new(values: Plain, release: (&str, &str), profile: Profile, capabilities: Capabilities) -> World {
        let (release, namespace) = (release.0.to_string(), release.1.to_string());
        let (foreign, filled) = Default::default();
        World { values, flags: String::new(), release, namespace, profile, capabilities, foreign, filled, forced: None }
    }

    /// Something in it is assumed, so that no user could make it as it stands.
    pub fn is_assumed(&self) -> bool {
        !self.foreign.is_empty() || !self.filled.is_empty() || self.forced.is_some()
    }
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

    /// The phase before it that is told the same of the release, its revision aside.
    pub(super) fn twin(self) -> Option<PhaseKind> {
        match self {
            PhaseKind::Offline => Some(PhaseKind::Install),
            PhaseKind::OfflineAgain => Some(PhaseKind::Offline),
            PhaseKind::UpgradeAgain => Some(PhaseKind::Upgrade),
            PhaseKind::Install | PhaseKind::Upgrade | PhaseKind::Lint => None,
        }
    }

    pub(super) fn is_upgrade(self) -> bool {
        matches!(self, PhaseKind::Upgrade | PhaseKind::UpgradeAgain)
    }

    pub(super) fn revision(self) -> i64 {
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
    pub objects: Vec<Arc<Object>>,
    /// Those that no phase before it and no life of the chart before it rendered: what can be said of an object alone
    /// was not said yet.
    pub fresh: Vec<Arc<Object>>,
    /// Files whose text is no manifest, left out where conditions are forced.
    pub dropped: BTreeSet<Arc<str>>,
}

impl Phase {
    /// Whether something that differs between renders with the same values (a lookup, the phase, chance, the clock) went
    /// into the file of an object, or decided about it.
    pub fn varies(&self, object: &Object) -> bool {
        self.rendering.journal.get(&object.file).is_none_or(|note| note.varies)
    }
}

/// A life in a world.
pub struct Life {
    pub world: World,
    /// Why nothing could be rendered.
    pub refused: Option<PrepareError>,
    pub prepared: Option<Arc<Prepared>>,
    /// In the order of [`PhaseKind::ALL`]; install alone when nothing in it can differ in another phase, and nothing
    /// rendered once more that can only be the same.
    pub phases: Vec<Phase>,
    /// The install is that of an older version of the chart.
    pub previous: bool,
    /// What is in the cluster after the install.
    pub live: LiveState,
    /// And after the first upgrade.
    pub live_after_upgrade: LiveState,
    /// It parsed a template, or made a lookup, that no life of the chart before it did.
    pub has_new_texts: bool,
    /// It was not worth going on from the install: nothing is to be said of it.
    pub is_vain: bool,
}

impl Life {
    fn refused(world: World, error: PrepareError, previous: bool) -> Life {
        Life { refused: Some(error), ..Life::empty(world, previous) }
    }

    /// Of a life that nothing was rendered in yet.
    fn empty(world: World, previous: bool) -> Life {
        Life {
            world,
            refused: None,
            prepared: None,
            phases: Vec::new(),
            previous,
            live: LiveState::default(),
            live_after_upgrade: LiveState::default(),
            has_new_texts: false,
            is_vain: false,
        }
    }

    /// Whether some phase renders an object that a lookup asks for.
    pub fn renders(&self, query: &Query) -> bool {
        let group = query.api_version.split_once('/').map_or("", |(group, _)| group);
        let is_it = |object: &Arc<Object>| {
            object.id.group() == group
                && object.id.kind == query.kind
                && (query.name.is_empty() || object.id.name == query.name)
        };
        self.phases.iter().any(|phase| phase.objects.iter().any(is_it))
    }

    pub fn phase(&self, kind: PhaseKind) -> Option<&Phase> {
        self.phases.iter().find(|p| p.kind == kind)
    }
}

fn prepare(chart: &Chart, world: &World) -> Result<Arc<Prepared>, PrepareError> {
    let options = PrepareOptions { kube_version: None, skip_schemas: true, allow_library: false };
    chart::prepare(&chart.chart, &world.values, &options, &world.profile).map(Arc::new)
}

/// Whether the chart's schema refuses the values of a world, which Helm then renders only if it is told not to look.
pub fn is_refused_by_schema(chart: &Chart, world: &World) -> bool {
    let options = PrepareOptions { kube_version: None, skip_schemas: false, allow_library: false };
    let prepared = chart::prepare(&chart.chart, &world.values, &options, &world.profile);
    prepared.is_err_and(|error| error.kind == PrepareErrorKind::Schema)
}

/// Lives a chart's life. What the memory holds of the lives before is taken over, and this life is remembered. A world that
/// is made up is lived as far as it may show something.
pub fn live(chart: &Chart, world: World, is_made_up: bool, cache: &Cache, memory: &mut Memory) -> Life {
    live_on(chart, world, is_made_up, cache, memory, &|_, _| true)
}

/// The same; a life ends with its install where that is not worth going on from. Nothing is known of it then.
pub fn live_on(
    chart: &Chart,
    world: World,
    is_made_up: bool,
    cache: &Cache,
    memory: &mut Memory,
    goes_on: &dyn Fn(&Prepared, &Phase) -> bool,
) -> Life {
    let prepared = match prepare(chart, &world) {
        Ok(prepared) => prepared,
        Err(error) => return Life::refused(world, error, false),
    };
    let mut phases = Phases::new(&world, cache);
    phases.install(&prepared, &chart.sources, memory);
    if phases.list.last().is_some_and(|install| !goes_on(&prepared, install)) {
        let known = memory.set_aside();
        let phases = phases.finish(&prepared, memory);
        memory.put_back(known);
        return Life { prepared: Some(prepared), phases, is_vain: true, ..Life::empty(world, false) };
    }
    let live = phases.installed();
    let mut live_after_upgrade = live.clone();
    // Nobody is told what a lint says of a world that is made up. Where the chart asks for other values a lint goes on, and
    // shows what lies behind; that no other phase renders is known then.
    let install = phases.list.last().map(|phase| &phase.rendering);
    let lints = !is_made_up || install.is_some_and(Rendering::asks_for_values);
    let is_hopeless = is_made_up && install.is_some_and(Rendering::always_fails);
    let offline = LiveState::offline();
    // A phase hands its graph of origins on to the next, and cannot be asked again.
    let varies = phases.vary();
    if varies && !is_hopeless {
        phases.next(PhaseKind::Upgrade, &prepared, &live, &chart.sources);
        live_after_upgrade = phases.upgraded(&live);
        phases.next(PhaseKind::UpgradeAgain, &prepared, &live_after_upgrade, &chart.sources);
        phases.next(PhaseKind::Offline, &prepared, &offline, &chart.sources);
        // Without a cluster nothing but chance and the clock tells one render from the next.
        if phases.list.last().is_some_and(|phase| phase.rendering.is_chancy()) {
            phases.next(PhaseKind::OfflineAgain, &prepared, &offline, &chart.sources);
        }
    }
    if varies && lints {
        phases.next(PhaseKind::Lint, &prepared, &offline, &chart.sources);
    }
    let phases = phases.finish(&prepared, memory);
    let has_new_texts = memory.has_new_texts(&phases);
    Life {
        world,
        refused: None,
        prepared: Some(prepared),
        phases,
        previous: false,
        live,
        live_after_upgrade,
        has_new_texts,
        is_vain: false,
    }
}

/// Lives the life of a release that is installed with one version of a chart and upgraded to another. Both charts are
/// among the sources of `new`.
pub fn live_between(old: &Chart, new: &Chart, world: World, cache: &Cache) -> Life {
    let (old, prepared) = match (prepare(old, &world), prepare(new, &world)) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(error), _) | (_, Err(error)) => return Life::refused(world, error, true),
    };
    let mut phases = Phases::new(&world, cache);
    phases.install(&old, &new.sources, &mut Memory::default());
    let live = phases.installed();
    phases.upgrade_to(&prepared, &new.sources, &live);
    let live_after_upgrade = phases.upgraded(&live);
    phases.next(PhaseKind::UpgradeAgain, &prepared, &live_after_upgrade, &new.sources);
    let phases = phases.finish(&prepared, &mut Memory::default());
    Life {
        world,
        refused: None,
        prepared: Some(prepared),
        phases,
        previous: true,
        live,
        live_after_upgrade,
        has_new_texts: true,
        is_vain: false,
    }
}
