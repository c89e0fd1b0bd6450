//! The words in which Helm and its client tell of objects.

use super::run::World;
use crate::kube;
use crate::manifest::{HookEvent, ObjectId};
use crate::value::Plain;

/// A kind that the server does not serve, in the words of its client.
pub fn not_mapped(id: &ObjectId) -> String {
    format!(
        "resource mapping not found for name: {:?} namespace: {:?} from \"\": no matches for kind {:?} in version \
         {:?}\nensure CRDs are installed first",
        id.name, id.namespace, id.kind, id.api_version
    )
}

/// The resource as servers name it: `deployments.apps`.
pub fn resource(id: &ObjectId) -> String {
    let plural = kube::kind(&id.api_version, &id.kind)
        .map_or_else(|| format!("{}s", id.kind.to_ascii_lowercase()), |kind| kind.plural.to_string());
    if id.group().is_empty() { plural } else { format!("{plural}.{}", id.group()) }
}

/// The event in annotations and messages.
pub fn event_name(event: HookEvent) -> &'static str {
    match event {
        HookEvent::PreInstall => "pre-install",
        HookEvent::PostInstall => "post-install",
        HookEvent::PreDelete => "pre-delete",
        HookEvent::PostDelete => "post-delete",
        HookEvent::PreUpgrade => "pre-upgrade",
        HookEvent::PostUpgrade => "post-upgrade",
        HookEvent::PreRollback => "pre-rollback",
        HookEvent::PostRollback => "post-rollback",
        HookEvent::Test => "test",
    }
}

/// Why a live object does not belong to the release.
pub fn ownership_errors(live: &Plain, world: &World) -> Vec<String> {
    let wanted = [
        ("label", "labels", "app.kubernetes.io/managed-by", "Helm"),
        ("annotation", "annotations", "meta.helm.sh/release-name", world.release.as_str()),
        ("annotation", "annotations", "meta.helm.sh/release-namespace", world.namespace.as_str()),
    ];
    let error = |(what, map, key, wanted): (&str, &str, &str, &str)| match live
        .at(&["metadata", map, key])
        .and_then(Plain::as_str)
    {
        Some(found) if found == wanted => None,
        Some(found) => {
            Some(format!("{what} validation error: key {key:?} must equal {wanted:?}: current value is {found:?}"))
        }
        None => Some(format!("{what} validation error: missing key {key:?}: must be set to {wanted:?}")),
    };
    wanted.into_iter().filter_map(error).collect()
}
