//! What a server stores for an object that is sent to it.
//!
//! Constants were learned from pairs of objects sent and stored, by type of the schema and by version; what depends on
//! more than the place is computed here. What a server draws (uids, addresses, node ports, times) follows from the
//! object's identity and a seed. No controllers run: no Pods start, no claims are bound.

mod custom;
mod identity;
mod service;
mod table;
mod walk;
mod workload;

use super::tree::{self, key};
use super::types::Type;
use super::version::{KubeVersion, column};
use super::{kinds, path::FieldPath};
use crate::value::{Plain, PlainData};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use identity::Identity;

/// When all objects are made.
const CREATED: &str = "2026-01-01T00:00:00Z";

/// Who sends an object, and to which server.
#[derive(Clone, Debug)]
pub struct Context {
    /// The namespace of objects that name none, and of the release.
    pub namespace: String,
    /// The name of the release.
    pub release: String,
    /// What is drawn differs by it.
    pub seed: u64,
    pub version: KubeVersion,
    /// Helm sends it, and marks it as its own.
    pub by_helm: bool,
    /// The minor of Kubernetes whose types the client has: 32 for Helm 3.17.
    pub client: u16,
}

impl Context {
    /// Helm sends objects of this release to a server of the newest version known.
    pub fn new(namespace: &str, release: &str) -> Context {
        Context {
            namespace: namespace.into(),
            release: release.into(),
            seed: 0,
            version: KubeVersion::NEWEST,
            by_helm: true,
            client: super::patch::NEWEST_CLIENT,
        }
    }
}

/// What a server stores for a rendered object.
pub fn live_object(rendered: &Plain, context: &Context) -> Plain {
    let text = |path: &[&str]| rendered.at(path).and_then(Plain::as_str).unwrap_or_default().to_string();
    let (api_version, kind, name) = (text(&["apiVersion"]), text(&["kind"]), text(&["metadata", "name"]));
    let mut object = walk::without_nulls(rendered);
    let Some(map) = object.as_map_mut() else { return object };
    if kinds::kind(&api_version, &kind).is_some_and(|k| k.has_status) {
        map.remove(&b"status"[..]);
    }
    if map.get(&b"metadata"[..]).is_none_or(|metadata| metadata.as_map().is_none()) {
        map.insert(key("metadata"), Plain::map());
    }
    let namespace = if !kinds::is_namespaced(&api_version, &kind) {
        String::new()
    } else if let Some(own) = Some(text(&["metadata", "namespace"])).filter(|own| !own.is_empty()) {
        own
    } else {
        context.namespace.clone()
    };
    let identity = Identity::new(context.seed, kinds::group_of(&api_version), &kind, &namespace, &name);
    let new = New {
        api_version: &api_version,
        kind: &kind,
        name: &name,
        namespace: &namespace,
        identity,
        column: column(context.version),
    };
    if context.by_helm {
        mark(&mut object, context);
    }
    if let Some(root) = Type::of_kind(&api_version, &kind) {
        walk::fill(&mut object, root, new.column);
    }
    new.complete(&mut object);
    object
}

/// An updated object as a server sees it when it validates the update: constants are filled in where fields are missing,
/// fields that the version does not know are gone, and quantities are written in their own way. What is allocated or kept
/// from the object before is not filled in: whether a server does that is for [`super::update_outcome`] to say.
pub fn defaulted(object: &Plain, version: KubeVersion) -> Plain {
    let text = |field: &str| object.get(field).and_then(Plain::as_str).unwrap_or_default();
    let mut out = object.clone();
    if let Some(root) = Type::of_kind(text("apiVersion"), text("kind")) {
        walk::fill(&mut out, root, column(version));
        match (text("apiVersion"), text("kind")) {
            ("v1", "Secret") => secret(&mut out),
            ("v1", "Pod") => workload::pod(&mut out),
            _ => {}
        }
    }
    out
}

/// The object as Helm sends it: with its label and annotations.
pub fn marked(object: &Plain, context: &Context) -> Plain {
    let mut out = object.clone();
    if out.as_map().is_some() {
        mark(&mut out, context);
    }
    out
}

/// What servers put into a field of a type where it is missing; none where that depends on more than the place.
pub(super) fn default_of(type_name: &str, field: &str) -> Option<Plain> {
    table::defaults(type_name).iter().find(|fact| fact.field == field).map(table::Fact::value)
}

/// Helm's label and annotations.
pub(super) fn mark(object: &mut Plain, context: &Context) {
    let mut put = |map: &str, name: &str, value: &str| {
        let path = FieldPath::parse("metadata").child(map).child(name);
        tree::set(object, path.steps(), Plain::string(value));
    };
    put("labels", "app.kubernetes.io/managed-by", "Helm");
    put("annotations", "meta.helm.sh/release-name", &context.release);
    put("annotations", "meta.helm.sh/release-namespace", &context.namespace);
}

/// A new object on its way into the store.
struct New<'a> {
    api_version: &'a str,
    kind: &'a str,
    name: &'a str,
    namespace: &'a str,
    identity: Identity,
    column: usize,
}

impl New<'_> {
    fn complete(&self, object: &mut Plain) {
        self.metadata(object);
        match (kinds::group_of(self.api_version), self.kind) {
            ("", "Service") => service::complete(object, &self.identity, self.column),
            ("batch", "Job") => workload::job(object, &self.identity, self.name, self.column),
            ("", "Pod") => workload::pod(object),
            ("apps", "DaemonSet") => {
                set(object, "metadata.annotations[\"deprecated.daemonset.template.generation\"]", Plain::string("1"));
            }
            ("", "ReplicationController") => workload::replication_controller(object),
            ("apiextensions.k8s.io", "CustomResourceDefinition") => custom::definition(object, CREATED),
            ("", "Namespace") => {
                set(object, "metadata.labels[\"kubernetes.io/metadata.name\"]", Plain::string(self.name))
            }
            ("", "Secret") => secret(object),
            _ => {}
        }
        for fact in table::new(self.api_version, self.kind).iter().filter(|fact| fact.holds(self.column)) {
            match fact.field {
                "generation" => set(object, "metadata.generation", fact.value()),
                "finalizers" => set(object, "metadata.finalizers", fact.value()),
                _ => set(object, fact.field, with_time(fact.value())),
            }
        }
        if Type::of_kind(self.api_version, self.kind).is_none() && !self.kind.is_empty() {
            set(object, "metadata.generation", tree::int(1));
        }
    }

    fn metadata(&self, object: &mut Plain) {
        if !self.namespace.is_empty() {
            set(object, "metadata.namespace", Plain::string(self.namespace));
        }
        set(object, "metadata.uid", Plain::string(&self.identity.uid()));
        set(object, "metadata.resourceVersion", Plain::string(&self.identity.resource_version()));
        set(object, "metadata.creationTimestamp", Plain::string(CREATED));
    }
}

fn set(object: &mut Plain, path: &str, value: Plain) {
    tree::set(object, FieldPath::parse(path).steps(), value);
}

/// Times in what was learned are the time of creation.
fn with_time(value: Plain) -> Plain {
    match value.data {
        PlainData::Map(map) => {
            let entries = map.into_iter().map(|(key, value)| {
                let is_time = value.as_str() == Some("TIME");
                (key, if is_time { Plain::string(CREATED) } else { value })
            });
            PlainData::Map(entries.collect()).into()
        }
        _ => value,
    }
}

/// `stringData` becomes `data`.
fn secret(object: &mut Plain) {
    let Some(map) = object.as_map_mut() else { return };
    let Some(plain) = map.remove(&b"stringData"[..]) else { return };
    let data = map.entry(key("data")).or_insert_with(Plain::map);
    let (Some(data), Some(plain)) = (data.as_map_mut(), plain.as_map()) else { return };
    for (name, value) in plain {
        if let PlainData::String(bytes) = &value.data {
            data.insert(name.clone(), Plain::string(&STANDARD.encode(bytes)));
        }
    }
}
