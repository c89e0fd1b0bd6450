//! Lives that a release can have: the straight one, and those beside it that rules ask about.
//!
//! Each function lives one from its first install and hands the journey back; its steps say what was rendered, what was
//! written, and how each operation ended.

use super::journey::{Journey, Terms};
use super::live::created;
use super::run::{Chart, PhaseKind, World};
use crate::chart::{self, PrepareOptions};
use crate::kube::KubeVersion;
use crate::manifest::{Object, ObjectId};
use crate::template::Cache;
use crate::value::{Plain, PlainData};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most replicas of a StatefulSet whose claims are made.
const MAX_REPLICAS: i64 = 16;

/// Install, upgrade, upgrade again, roll back to the first revision, and two renders offline. With `previous`, the install
/// is that of an older version of the chart, and after the rollback the upgrade is tried once more. What Helm would not
/// get to after a failure is left out.
pub fn whole<'a>(chart: &Chart, previous: Option<&Chart>, terms: Terms, cache: &'a Cache) -> Journey<'a> {
    let values = terms.world.values.clone();
    let mut journey = Journey::new(terms, cache);
    journey.install(previous.unwrap_or(chart), &values);
    if journey.is_well() {
        journey.upgrade("upgrade", chart, &values);
        if journey.is_well() {
            journey.upgrade("upgrade again", chart, &values);
        }
        journey.rollback(1);
        if previous.is_some() && journey.is_well() {
            journey.upgrade("upgrade after rollback", chart, &values);
        }
    }
    journey.offline("offline", chart, &values, PhaseKind::Offline);
    journey.offline("offline again", chart, &values, PhaseKind::OfflineAgain);
    journey
}

/// The syncs of Argo CD: twice with one version of the chart. With `previous`, that one is synced first, and after the new
/// version the old one once more, as when a change is taken back in git. A sync that fails is followed by the next one all
/// the same.
pub fn synced<'a>(
    chart: &Chart,
    previous: Option<&Chart>,
    applies: bool,
    terms: Terms,
    cache: &'a Cache,
) -> Journey<'a> {
    let values = terms.world.values.clone();
    let mut journey = Journey::new(terms, cache);
    let steps = match previous {
        None => vec![("sync", chart), ("sync again", chart)],
        Some(old) => vec![("sync", old), ("sync the new version", chart), ("sync again", chart), ("sync back", old)],
    };
    let seeds = [PhaseKind::Install, PhaseKind::Upgrade, PhaseKind::UpgradeAgain, PhaseKind::Offline];
    for ((name, chart), seed) in steps.into_iter().zip(seeds) {
        journey.sync(name, chart, &values, seed, applies);
    }
    journey
}

/// Install, upgrade, and roll back to any revision: `revisions` of upgrades are made before it.
pub fn rolled_back<'a>(chart: &Chart, upgrades: usize, to: usize, terms: Terms, cache: &'a Cache) -> Journey<'a> {
    let values = terms.world.values.clone();
    let mut journey = Journey::new(terms, cache);
    journey.install(chart, &values);
    for number in 1..=upgrades {
        if journey.is_well() {
            journey.upgrade(&format!("upgrade {number}"), chart, &values);
        }
    }
    journey.rollback(to);
    journey
}

/// Install, uninstall, and install again over what is left: objects kept by their policy, claims of StatefulSets, and what
/// hooks made.
pub fn over_leftovers<'a>(chart: &Chart, terms: Terms, cache: &'a Cache) -> Journey<'a> {
    let values = terms.world.values.clone();
    let mut journey = Journey::new(terms, cache);
    journey.install(chart, &values);
    if journey.is_well() {
        make_claims(&mut journey);
        journey.uninstall();
        journey.install(chart, &values);
    }
    journey
}

/// Install the old version of a chart, and upgrade to the new one with `--reuse-values`: the new chart sees the old one's
/// defaults, and its own only in subcharts.
pub fn reusing_values<'a>(old: &Chart, new: &Chart, terms: Terms, cache: &'a Cache) -> Journey<'a> {
    let values = terms.world.values.clone();
    let profile = terms.world.profile;
    let mut journey = Journey::new(terms, cache);
    journey.install(old, &values);
    if !journey.is_well() {
        return journey;
    }
    let options = PrepareOptions { skip_schemas: true, ..PrepareOptions::default() };
    let Ok(prepared) = chart::prepare(&old.chart, &values, &options, &profile) else { return journey };
    let reused = chart::Chart { values: prepared.values, ..(*new.chart).clone() };
    let reused = Chart { chart: Arc::new(reused), sources: new.sources.clone() };
    journey.upgrade("upgrade --reuse-values", &reused, &values);
    journey
}

/// Install on one version of Kubernetes, upgrade the cluster, then upgrade the release and roll it back.
pub fn through_cluster_upgrade<'a>(chart: &Chart, to: KubeVersion, terms: Terms, cache: &'a Cache) -> Journey<'a> {
    let values = terms.world.values.clone();
    let mut journey = Journey::new(terms, cache);
    journey.install(chart, &values);
    if journey.is_well() {
        journey.upgrade_cluster(to);
        journey.upgrade("upgrade", chart, &values);
        journey.rollback(1);
    }
    journey
}

/// An upgrade to a version of a chart that fails on its way, and the next try with another one: what the first try wrote
/// is there, and the manifest of the last revision that was deployed is what the second one is compared with.
pub fn after_failed_upgrade<'a>(
    old: &Chart,
    failing: &Chart,
    next: &Chart,
    terms: Terms,
    cache: &'a Cache,
) -> Journey<'a> {
    let values = terms.world.values.clone();
    let mut journey = Journey::new(terms, cache);
    journey.install(old, &values);
    if journey.is_well() {
        journey.upgrade("failed upgrade", failing, &values);
        journey.upgrade("next upgrade", next, &values);
    }
    journey
}

/// The claims that the controller of StatefulSets makes.
fn make_claims(journey: &mut Journey<'_>) {
    let Some(revision) = journey.revisions.last().cloned() else { return };
    let world = journey.world().clone();
    let sets = revision.objects.iter().filter(|o| o.id.kind == "StatefulSet" && o.id.group() == "apps");
    for set in sets {
        for (id, claim) in claims(set, &world) {
            let stored = created(&claim, &world, journey.live.version());
            journey.live.put(&id, stored, &world);
        }
    }
}

fn claims(set: &Object, world: &World) -> Vec<(ObjectId, Plain)> {
    let plain = super::live::plain(&set.node);
    let replicas = match plain.at(&["spec", "replicas"]).map(|replicas| &replicas.data) {
        Some(PlainData::Int(replicas)) => (*replicas).clamp(0, MAX_REPLICAS),
        _ => 1,
    };
    let templates = plain.at(&["spec", "volumeClaimTemplates"]).and_then(Plain::as_list).unwrap_or_default();
    let namespace = if set.id.namespace.is_empty() { &world.namespace } else { &set.id.namespace };
    let labels = plain.at(&["spec", "selector", "matchLabels"]).cloned().unwrap_or_else(Plain::map);
    let mut out = Vec::new();
    for template in templates {
        let template_name = template.at(&["metadata", "name"]).and_then(Plain::as_str).unwrap_or_default();
        for ordinal in 0..replicas {
            let name = format!("{template_name}-{}-{ordinal}", set.id.name);
            let entry = |key: &str, value: Plain| (Arc::from(key.as_bytes()), value);
            let metadata = BTreeMap::from([
                entry("name", Plain::string(&name)),
                entry("namespace", Plain::string(namespace)),
                entry("labels", labels.clone()),
            ]);
            let claim = BTreeMap::from([
                entry("apiVersion", Plain::string("v1")),
                entry("kind", Plain::string("PersistentVolumeClaim")),
                entry("metadata", PlainData::Map(metadata.into()).into()),
                entry("spec", template.get("spec").cloned().unwrap_or_else(Plain::map)),
            ]);
            let id = ObjectId {
                api_version: "v1".into(),
                kind: "PersistentVolumeClaim".into(),
                namespace: namespace.clone(),
                name,
            };
            out.push((id, PlainData::Map(claim.into()).into()));
        }
    }
    out
}
