//! What of an object stays as it is, whatever Helm writes.

use crate::kube::{self, FieldPath};
use crate::manifest::ObjectId;
use crate::value::Plain;

/// A field that a controller owns, too, stays when Helm no longer applies it.
pub fn with_shared(live: &Plain, after: &Plain, id: &ObjectId) -> Plain {
    let volume = FieldPath::parse("spec.volumeName");
    let is_claim = id.kind == "PersistentVolumeClaim" && id.group().is_empty();
    let is_unset = is_claim && after.at(&["spec", "volumeName"]).is_none();
    if is_unset { kube::with_kept(live, after, &[volume]) } else { after.clone() }
}

/// A field that the server keeps whatever manifests say: tools write `creationTimestamp: null` and an empty `status`.
pub fn is_the_servers(field: &FieldPath) -> bool {
    let field = field.to_string();
    field == "metadata.creationTimestamp" || field == "status" || field.starts_with("status.")
}
