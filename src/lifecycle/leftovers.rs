//! What an uninstall leaves in the cluster, and the install after it.

use super::live::{LiveState, plain};
use super::phases::rendered_in;
use super::run::{Life, Phase, PhaseKind};
use crate::engine::{Answer, Cluster as _};
use crate::manifest::{Object, ObjectId};
use crate::value::{Key, Plain, PlainData, PlainMap};
use std::collections::BTreeMap;

/// Of a StatefulSet that asks for more replicas, claims of these are enough to be found.
const MAX_REPLICAS: i64 = 3;

/// The cluster after the release of a life was uninstalled: objects that Helm keeps, objects that hooks made and no policy
/// deletes, and the claims of StatefulSets.
pub fn leftovers(life: &Life) -> LiveState {
    let mut left = LiveState::new_cluster(&life.world);
    let Some(install) = life.phase(PhaseKind::Install) else { return left };
    let last = life.phase(PhaseKind::Upgrade).filter(|p| p.rendering.error.is_none()).unwrap_or(install);
    let live = &life.live_after_upgrade;
    // What was kept and has left the manifest is still there, too.
    for object in install.objects.iter().chain(&last.objects) {
        if !object.is_hook() && !object.is_kept() {
            continue;
        }
        if let Some(found) = live.get(&object.id, &life.world) {
            left.add((**found).clone(), &life.world);
        }
    }
    for object in last.objects.iter().filter(|o| !o.is_hook() && o.id.kind == "StatefulSet") {
        for claim in claims(object, &life.world.namespace) {
            left.add(claim, &life.world);
        }
    }
    left
}

/// The claims that the controller has made of a StatefulSet's templates.
fn claims(object: &Object, namespace: &str) -> Vec<Plain> {
    let set = plain(&object.node);
    let is_deleted = set.at(&["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"]);
    if is_deleted.and_then(Plain::as_str) == Some("Delete") {
        return Vec::new();
    }
    let replicas = match set.at(&["spec", "replicas"]).map(|r| &r.data) {
        Some(PlainData::Int(n)) => (*n).clamp(0, MAX_REPLICAS),
        _ => 1,
    };
    let namespace = if object.id.namespace.is_empty() { namespace } else { &object.id.namespace };
    let templates = set.at(&["spec", "volumeClaimTemplates"]).and_then(Plain::as_list).unwrap_or_default();
    let mut claims = Vec::new();
    for template in templates {
        let Some(name) = template.at(&["metadata", "name"]).and_then(Plain::as_str) else { continue };
        for index in 0..replicas {
            let key = |text: &str| Key::from(text.as_bytes());
            let metadata = BTreeMap::from([
                (key("name"), Plain::string(&format!("{name}-{}-{index}", object.id.name))),
                (key("namespace"), Plain::string(namespace)),
            ]);
            let entries = [
                ("apiVersion", Plain::string("v1")),
                ("kind", Plain::string("PersistentVolumeClaim")),
                ("metadata", PlainData::Map(metadata.into()).into()),
                ("spec", template.get("spec").cloned().unwrap_or_else(Plain::map)),
            ];
            let claim: PlainMap = entries.into_iter().map(|(name, value)| (key(name), value)).collect();
            claims.push(PlainData::Map(claim).into());
        }
    }
    claims
}

/// The install of a release that was installed before, with the same draws and the same clock as the first one: what
/// differs is the work of what it finds. Of files that find the same there is nothing, and `None` when all do.
pub fn install_again(life: &Life) -> Option<Phase> {
    let install = life.phase(PhaseKind::Install)?;
    if life.previous || install.rendering.error.is_some() || install.manifests.is_err() {
        return None;
    }
    let lookups = &install.rendering.rt.lookups;
    if lookups.is_empty() {
        return None;
    }
    let left = leftovers(life);
    let ids = |query: &crate::engine::Query| ObjectId {
        api_version: query.api_version.clone(),
        kind: query.kind.clone(),
        namespace: query.namespace.clone(),
        name: query.name.clone(),
    };
    let is_new = |query: &crate::engine::Query| match query.name.is_empty() {
        true => {
            matches!(left.lookup(query), Answer::Found(list) if list.get("items").and_then(Plain::as_list).is_some_and(|items| !items.is_empty()))
        }
        false => left.get(&ids(query), &life.world).is_some(),
    };
    if !lookups.iter().any(|lookup| (!lookup.found || lookup.query.name.is_empty()) && is_new(&lookup.query)) {
        return None;
    }
    rendered_in(life, PhaseKind::Install, &left)
}
