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
use crate::value::{Plain, PlainData, PlainMap};
use diff::{Diff, Wanted};
use merge::Merging;
use schema::Place;
use std::fmt;

type Map = PlainMap;

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
    /// The elements that the patch changes stand in another order than the one that it names: elements with one key.
    Order,
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
            PatchError::Order => f.write_str("The order in patch list doesn't match $setElementOrder list"),
            PatchError::Directive => f.write_str("a directive of the patch is not valid"),
            PatchError::TooDeep => f.write_str("the objects are nested too deep to be patched"),
        }
    }
}

impl std::error::Error for PatchError {}

/// The type with which a client of this minor of Kubernetes merges objects of the kind; others are merged as JSON.
fn client_type(api_version: &str, kind: &str, client: u16) -> Option<Type> {
    // Helm's client has no types for these, although the server does.
    let is_unknown = kinds::group_of(api_version) == "apiregistration.k8s.io"
        || (api_version, kind) == ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition")
        || (api_version, kind) == ("policy/v1beta1", "PodSecurityPolicy")
        || (api_version.starts_with("autoscaling/v2beta") && client >= WITHOUT_V2BETA)
        || kinds::kind(api_version, kind).is_some_and(|k| k.first_minor() > client);
    // Versions that went before the first recorded schema are merged as the one that followed them.
    let successor = || {
        let (group, version) = api_version.split_once('/')?;
        let known = kinds::kind(api_version, kind).is_some() && version.contains("beta");
        let group = if group == "extensions" { "networking.k8s.io" } else { group };
        Type::of_kind(&format!("{group}/v1"), kind).filter(|_| known)
    };
    if is_unknown { None } else { Type::of_kind(api_version, kind).or_else(successor) }
}

/// The type with which the newest client merges objects of the kind.
pub(super) fn merge_type(api_version: &str, kind: &str) -> Option<Type> {
    client_type(api_version, kind, NEWEST_CLIENT)
}

/// The minors of Kubernetes whose client lost the types of autoscaling/v2beta1 and v2beta2, began to keep large integers in JSON
/// merge patches, and reads null in annotations as empty text. Recorded with 1.32 and 1.37; where between, is not known.
const WITHOUT_V2BETA: u16 = 35;
const EXACT_INTEGERS: u16 = 35;
const NULL_IS_EMPTY: u16 = 33;

/// The patch of an object, in the form in which it is sent.
#[derive(Clone, Debug)]
pub struct HelmPatch {
    pub body: Plain,
    /// A strategic merge patch, otherwise a JSON merge patch.
    pub is_strategic: bool,
}

impl HelmPatch {
    /// The object as the patch leaves it, before the server fills in what it fills in.
    pub fn applied_to(&self, live: &Plain) -> Result<Plain, PatchError> {
        let text = |field: &str| live.get(field).and_then(Plain::as_str).unwrap_or_default();
        if self.is_strategic {
            return apply_patch(live, &self.body, text("apiVersion"), text("kind"));
        }
        json::apply(live, &self.body, 0)
    }
}

/// An object of a manifest as Helm sends it: in the namespace of its release, and marked as the release's.
pub fn sent_by_helm(manifest: &Plain, context: &Context) -> Plain {
    let mut object = in_namespace(manifest, context);
    if context.by_helm {
        for field in ["labels", "annotations"] {
            keep_texts(&mut object, field, context.client);
        }
        defaults::mark(&mut object, context);
    }
    object
}

/// Helm reads labels and annotations as texts before it adds its own: one that is none costs all the others.
fn keep_texts(object: &mut Plain, field: &str, client: u16) {
    let metadata = object.as_map_mut().and_then(|map| map.get_mut(&b"metadata"[..])).and_then(Plain::as_map_mut);
    let Some(map) = metadata.and_then(|map| map.get_mut(field.as_bytes())).and_then(Plain::as_map_mut) else { return };
    if client >= NULL_IS_EMPTY {
        map.values_mut().filter(|value| value.is_null()).for_each(|value| *value = Plain::string(""));
    }
    if !map.values().all(|value| value.as_str().is_some()) {
        map.clear();
    }
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
) -> Result<Option<HelmPatch>, PatchError> {
    let modified = sent_by_helm(modified, context);
    patch(&in_namespace(original, context), &modified, live, context.client)
}

/// The patch from `original`, the manifest of the last revision, to `modified`, the one to be, where `current` is the live
/// object, as the newest client makes it. None if it is empty: then nothing is sent.
pub fn three_way_patch(
    original: &Plain,
    modified: &Plain,
    current: &Plain,
    api_version: &str,
    kind: &str,
) -> Result<Option<Plain>, PatchError> {
    let is_named = |plain: &Plain| plain.get("kind").is_some();
    let mut named = modified.clone();
    if let (false, Some(map)) = (is_named(modified), named.as_map_mut()) {
        map.insert(tree::key("apiVersion"), Plain::string(api_version));
        map.insert(tree::key("kind"), Plain::string(kind));
    }
    let mut patch = patch(original, &named, current, NEWEST_CLIENT)?.map(|patch| patch.body);
    if let (false, Some(map)) = (is_named(modified), patch.as_mut().and_then(Plain::as_map_mut)) {
        map.remove(&b"apiVersion"[..]);
        map.remove(&b"kind"[..]);
        return Ok(patch.filter(|patch| patch.as_map().is_some_and(|map| !map.is_empty())));
    }
    Ok(patch)
}

/// The minor of Kubernetes whose types the newest Helm has.
pub(super) const NEWEST_CLIENT: u16 = 37;

fn patch(original: &Plain, modified: &Plain, live: &Plain, client: u16) -> Result<Option<HelmPatch>, PatchError> {
    let text = |field: &str| modified.get(field).and_then(Plain::as_str).unwrap_or_default();
    let map = |plain: &Plain| plain.as_map().cloned().unwrap_or_default();
    let (old, new) = (map(original), map(modified));
    let of = client_type(text("apiVersion"), text("kind"), client).filter(|of| typed::fits(modified, *of));
    let patch = match of {
        None => json::diff(&old, &new, json::Integers { are_exact: client >= EXACT_INTEGERS }, 0)?,
        Some(of) => {
            let place = Place::root(of);
            let changes = Diff::new(Wanted::Changes).maps(&map(live), &new, place, 0)?;
            let deletions = Diff::new(Wanted::Deletions).maps(&old, &new, place, 0)?;
            Merging::Patch.maps(deletions, changes, place, 0)?
        }
    };
    let body = PlainData::Map(patch).into();
    let is_empty = |body: &Plain| body.as_map().is_none_or(|map| map.is_empty());
    Ok((!is_empty(&body)).then_some(HelmPatch { body, is_strategic: of.is_some() }))
}

/// The object as the patch leaves it, before the server fills in what it fills in.
pub fn apply_patch(object: &Plain, patch: &Plain, api_version: &str, kind: &str) -> Result<Plain, PatchError> {
    match (client_type(api_version, kind, NEWEST_CLIENT), patch.as_map()) {
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
