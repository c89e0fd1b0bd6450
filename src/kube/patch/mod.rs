//! Helm's patches, and what a server makes of them.
//!
//! Helm sends a three-way strategic merge patch for the kinds its client knows: what left the manifest since the last
//! revision becomes null, and what differs between the new manifest and the live object is set. Other kinds get a JSON
//! merge patch from the old manifest to the new one, whatever the live object is like. Lists that are merged by a key are
//! patched element by element. The forms are those of Kubernetes' strategicpatch package (checked against 1.31).

mod apply;
mod diff;
mod json;
mod list;

pub use apply::apply_patch;

use super::path::FieldPath;
use super::types::Type;
use super::{edits::FieldChange, kinds, tree};
use crate::value::{Plain, PlainData};
use std::fmt;

/// Deeper objects are not patched.
const MAX_DEPTH: usize = 200;

/// Says what becomes of an element of a merged list.
const PATCH: &str = "$patch";
/// Names the fields that stay in a map.
const RETAIN_KEYS: &str = "$retainKeys";
/// Names the elements of a list of scalars that are removed.
const DELETE: &str = "$deleteFromPrimitiveList/";
/// Names the order of a merged list.
const ORDER: &str = "$setElementOrder/";

/// Why no patch can be made, or applied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PatchError {
    /// An element of a list lacks the field that tells its elements apart.
    NoMergeKey {
        /// The list.
        field: String,
        /// The field that is missing.
        key: String,
        /// The element, as Go prints it.
        element: String,
    },
    /// The objects are nested too deep.
    TooDeep,
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PatchError::NoMergeKey { key, element, .. } => {
                write!(f, "map: {element} does not contain declared merge key: {key}")
            }
            PatchError::TooDeep => f.write_str("the objects are nested too deep to be patched"),
        }
    }
}

impl std::error::Error for PatchError {}

/// The kinds are merged as their types say; others as JSON.
pub(super) fn merge_type(api_version: &str, kind: &str) -> Option<Type> {
    // Helm's client has no types for these, although the server does.
    let is_unknown_to_helm = kinds::group_of(api_version) == "apiregistration.k8s.io"
        || (api_version, kind) == ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition");
    Type::of_kind(api_version, kind).filter(|_| !is_unknown_to_helm)
}

/// The patch that Helm sends: `original` is the manifest of the last revision, `modified` the one to be, `current` the live
/// object. None if it is empty: then nothing is sent.
pub fn three_way_patch(
    original: &Plain,
    modified: &Plain,
    current: &Plain,
    api_version: &str,
    kind: &str,
) -> Result<Option<Plain>, PatchError> {
    let patch = match merge_type(api_version, kind) {
        None => json::diff(original, modified, 0)?,
        Some(root) => {
            let changes = diff::maps(current, modified, Some(root), diff::Wanted::Changes, "", 0)?;
            let deletions = diff::maps(original, modified, Some(root), diff::Wanted::Deletions, "", 0)?;
            list::combined(deletions, &changes, Some(root), 0)?
        }
    };
    Ok(patch.as_map().is_some_and(|map| !map.is_empty()).then_some(patch))
}

/// The single fields in which two states of an object differ: what a patch, once applied, asks of the server.
pub fn changes(before: &Plain, after: &Plain) -> Vec<FieldChange> {
    let mut out = Vec::new();
    collect(&FieldPath::default(), before, after, &mut out, 0);
    out
}

fn collect(path: &FieldPath, before: &Plain, after: &Plain, out: &mut Vec<FieldChange>, depth: usize) {
    let change = |path: &FieldPath, to: Option<&Plain>| FieldChange { field: path.clone(), to: to.cloned() };
    match (&before.data, &after.data) {
        _ if depth > MAX_DEPTH => out.push(change(path, Some(after))),
        (PlainData::Map(old), PlainData::Map(new)) => {
            let mut keys: Vec<_> = old.keys().chain(new.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                let path = path.child(&String::from_utf8_lossy(key));
                match (old.get(key), new.get(key)) {
                    (Some(old), Some(new)) => collect(&path, old, new, out, depth + 1),
                    (Some(_), None) => out.push(change(&path, None)),
                    (None, new) => out.push(change(&path, new)),
                }
            }
        }
        (PlainData::List(old), PlainData::List(new))
            if old.len() == new.len() && old.iter().all(|v| v.as_map().is_some()) =>
        {
            for (i, (old, new)) in old.iter().zip(new).enumerate() {
                let mut steps = path.steps().to_vec();
                steps.push(super::path::Step::Index(i));
                collect(&FieldPath::from(steps), old, new, out, depth + 1);
            }
        }
        _ if tree::same(before, after) => {}
        _ => out.push(change(path, Some(after))),
    }
}
