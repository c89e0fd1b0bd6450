//! What of an object stays as it is, whatever Helm writes.

use crate::kube::{self, FieldPath};
use crate::manifest::ObjectId;
use crate::value::Plain;

/// What Helm does not own stays when it applies an object: what a controller wrote beside it, and what the server filled
/// in. `before` is what Helm applied last.
pub fn with_shared(live: &Plain, after: &Plain, before: &Plain, id: &ObjectId) -> Plain {
    // A patch takes the rolling update away along with the type of the strategy, and apply does not.
    let fields: [(&str, &str, &[&str]); 2] = [
        ("", "PersistentVolumeClaim", &["spec", "volumeName"]),
        ("apps", "Deployment", &["spec", "strategy", "rollingUpdate"]),
    ];
    let is_claim = id.kind == "PersistentVolumeClaim";
    let kept = fields.into_iter().filter(|(group, kind, field)| {
        let is_gone = live.at(field).is_some() && after.at(field).is_none();
        id.kind == *kind && id.group() == *group && is_gone && (is_claim || before.at(field).is_none())
    });
    let kept: Vec<FieldPath> = kept.map(|(.., field)| FieldPath::parse(&field.join("."))).collect();
    if kept.is_empty() { after.clone() } else { kube::with_kept(live, after, &kept) }
}

/// A field that the server keeps whatever manifests say: tools write `creationTimestamp: null` and an empty `status`.
pub fn is_the_servers(field: &FieldPath) -> bool {
    let field = field.to_string();
    field == "metadata.creationTimestamp" || field == "status" || field.starts_with("status.")
}
