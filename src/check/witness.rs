//! What a finding was seen in, so that it can be shown again.

use crate::finding::Finding;
use crate::kube;
use crate::lifecycle::{Life, PhaseKind, plain};
use crate::manifest::ObjectId;

/// The world and the phases of a life in which a finding was seen.
#[derive(Clone, Debug, Default)]
pub struct Witness {
    /// The user's values, as JSON.
    pub values: String,
    pub release: String,
    pub namespace: String,
    /// The major of Helm.
    pub helm: u16,
    /// The install was that of an older version of the chart.
    pub previous: bool,
    /// The manifests of the phases, by the name of the phase.
    pub manifests: Vec<(&'static str, String)>,
    /// The object that the finding is about as it stands after the upgrade, as JSON.
    pub live: Option<String>,
    /// The patches of the object that the upgrade and the rollback send, as JSON.
    pub patches: Vec<(&'static str, String)>,
}

impl Witness {
    pub fn new(life: &Life, finding: &Finding) -> Witness {
        let world = &life.world;
        let manifest = |phase: &crate::lifecycle::Phase| {
            let documents = phase.manifests.as_ref().map(|m| m.objects.as_slice()).unwrap_or_default();
            let texts = documents
                .iter()
                .map(|d| format!("---\n# Source: {}\n{}\n", d.file, String::from_utf8_lossy(d.text.bytes())));
            texts.collect::<String>()
        };
        let id = finding.object.as_ref().map(|object| ObjectId {
            api_version: object.api_version.clone(),
            kind: object.kind.clone(),
            namespace: object.namespace.clone(),
            name: object.name.clone(),
        });
        let live = id.as_ref().and_then(|id| life.live_after_upgrade.get(id, world));
        let steps =
            [("upgrade", PhaseKind::Install, PhaseKind::Upgrade), ("rollback", PhaseKind::Upgrade, PhaseKind::Install)];
        let patch = |(name, from, to): (&'static str, PhaseKind, PhaseKind)| {
            let of = |kind| {
                let objects = &life.phase(kind)?.objects;
                objects.iter().find(|o| !o.is_hook() && Some(&o.id) == id.as_ref()).map(|o| plain(&o.node))
            };
            let live = if from == PhaseKind::Install { life.live.get(id.as_ref()?, world) } else { live };
            let context = kube::Context::new(&world.namespace, &world.release);
            let patch = kube::helm_patch(&of(from)?, &of(to)?, live?, &context).ok()??;
            Some((name, kube::to_json(&patch.body)))
        };
        Witness {
            values: kube::to_json(&world.values),
            release: world.release.clone(),
            namespace: world.namespace.clone(),
            helm: world.profile.helm.0,
            previous: life.previous,
            manifests: life.phases.iter().map(|phase| (phase.kind.name(), manifest(phase))).collect(),
            live: live.map(|live| kube::to_json(live)),
            patches: steps.into_iter().filter_map(patch).collect(),
        }
    }
}
