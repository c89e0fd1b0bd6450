//! Helm's patches, and what a server makes of them.
//!
//! Helm sends a three-way strategic merge patch for the kinds its client knows: what left the manifest since the last
//! revision becomes null, and what differs between the new manifest and the live object is set. Other kinds get a JSON
//! merge patch from the old manifest to the new one, whatever the live object is like, and so do objects that the client's types
//! cannot hold. Lists that are merged by a key are patched element by element. The forms are those of Kubernetes'
//! strategicpatch package (checked against 0.34), quirks of its sorts included; `tests/kube_patch.rs` compares with what real
//! Helm sends.

mod diff;
mod json;
mod merge;
mod order;
mod schema;
mod typed;

use super::defaults::{self, Context};
use super::path::FieldPath;
use super::types::Type;
use super::{edits::FieldChange, kinds, tree};
use crate::value::{Key, Plain, PlainData};
use diff::{Diff, Wanted};
use merge::Merging;
use schema::Place;
use std::collections::BTreeMap;
use std::fmt;

type Map = BTreeMap<Key, Plain>;

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
        /// The field that is missing.
        key: String,
        /// The element, as Go prints it.
        element: String,
    },
    /// A map or list that changed is a field that its kind does not have.
    NoField {
        /// The type, as Go names it.
        of: String,
        field: String,
    },
    /// A map that changed lies in a map whose keys are the user's.
    NotStruct,
    /// The elements of a merged list are of several types.
    MixedList,
    /// A merged list holds lists.
    ListOfLists,
    /// A directive that says nothing, or contradicts another.
    Directive,
    /// The objects are nested too deep.
    TooDeep,
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PatchError::NoMergeKey { key, element } => {
                write!(f, "map: {element} does not contain declared merge key: {key}")
            }
            PatchError::NoField { of, field } => {
                write!(f, "unable to find api field in struct {of} for the json field {field:?}")
            }
            PatchError::NotStruct => {
                f.write_str("merging an object in json but data type is not struct, instead is: map")
            }
            PatchError::MixedList => f.write_str("list element types are not identical"),
            PatchError::ListOfLists => f.write_str("lists of lists are not supported"),
            PatchError::Directive => f.write_str("a directive of the patch is not valid"),
            PatchError::TooDeep => f.write_str("the objects are nested too deep to be patched"),
        }
    }
}

impl std::error::Error for PatchError {}

/// The kinds are merged as their types say; others as JSON.
fn merge_type(api_version: &str, kind: &str) -> Option<Type> {
    // Helm's client has no types for these, although the server does.
    let is_unknown_to_helm = kinds::group_of(api_version) == "apiregistration.k8s.io"
        || (api_version, kind) == ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition");
    Type::of_kind(api_version, kind).filter(|_| !is_unknown_to_helm)
}

/// An object of a manifest as Helm sends it: in the namespace of its release, and marked as the release's.
pub fn sent_by_helm(manifest: &Plain, context: &Context) -> Plain {
    let mut object = in_namespace(manifest, context);
    if context.by_helm {
        defaults::mark(&mut object, context);
    }
    object
}

fn in_namespace(manifest: &Plain, context: &Context) -> Plain {
    let text = |path: &[&str]| manifest.at(path).and_then(Plain::as_str).unwrap_or_default();
    let mut object = manifest.clone();
    if kinds::is_namespaced(text(&["apiVersion"]), text(&["kind"])) && text(&["metadata", "namespace"]).is_empty() {
        let path = FieldPath::parse("metadata.namespace");
        tree::set(&mut object, path.steps(), Plain::string(&context.namespace));
    }
    object
}

/// The patch that Helm sends for an object of a release: from the manifest of the last revision to the one to be, given the
/// live object. None if it is empty: then nothing is sent.
pub fn helm_patch(
    original: &Plain,
    modified: &Plain,
    live: &Plain,
    context: &Context,
) -> Result<Option<Plain>, PatchError> {
    let modified = sent_by_helm(modified, context);
    let text = |field: &str| modified.get(field).and_then(Plain::as_str).unwrap_or_default();
    three_way_patch(&in_namespace(original, context), &modified, live, text("apiVersion"), text("kind"))
}

/// Whether the patch from one manifest to the next is a strategic merge; a JSON merge otherwise.
pub fn is_strategic(modified: &Plain, api_version: &str, kind: &str) -> bool {
    merge_type(api_version, kind).is_some_and(|of| typed::fits(modified, of))
}

/// The patch from `original`, the manifest of the last revision, to `modified`, the one to be, where `current` is the live
/// object. None if it is empty: then nothing is sent.
pub fn three_way_patch(
    original: &Plain,
    modified: &Plain,
    current: &Plain,
    api_version: &str,
    kind: &str,
) -> Result<Option<Plain>, PatchError> {
    let empty = Map::new();
    let map = |plain: &'_ Plain| plain.as_map().cloned().unwrap_or_else(|| empty.clone());
    let (original, new, current) = (map(original), map(modified), map(current));
    let patch = match merge_type(api_version, kind).filter(|of| typed::fits(modified, *of)) {
        None => json::diff(&original, &new, 0)?,
        Some(of) => {
            let place = Place::root(of);
            let changes = Diff::new(Wanted::Changes).maps(&current, &new, place, 0)?;
            let deletions = Diff::new(Wanted::Deletions).maps(&original, &new, place, 0)?;
            Merging::Patch.maps(deletions, changes, place, 0)?
        }
    };
    Ok((!patch.is_empty()).then(|| PlainData::Map(patch).into()))
}

/// The object as the patch leaves it, before the server fills in what it fills in.
pub fn apply_patch(object: &Plain, patch: &Plain, api_version: &str, kind: &str) -> Result<Plain, PatchError> {
    match (merge_type(api_version, kind), patch.as_map()) {
        (Some(of), Some(patch)) => {
            let map = object.as_map().cloned().unwrap_or_default();
            let merged = Merging::Object.maps(map, patch.clone(), Place::root(of), 0)?;
            Ok(Plain { data: PlainData::Map(merged), span: object.span })
        }
        _ => json::apply(object, patch, 0),
    }
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
