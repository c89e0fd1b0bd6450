//! What is in the cluster.

use super::run::World;
use crate::engine::{Answer, Cluster, Query};
use crate::kube;
use crate::manifest::{HookEvent, Object, ObjectId};
use crate::value::yaml::{Kind, Node};
use crate::value::{Plain, PlainData};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Group, kind, namespace (empty for cluster-scoped kinds) and name.
type Identity = (String, String, String, String);

/// The objects that `lookup` can find.
#[derive(Clone, Debug, Default)]
pub struct LiveState {
    objects: BTreeMap<Identity, Arc<Plain>>,
}

impl LiveState {
    /// No cluster at all.
    pub fn offline() -> LiveState {
        LiveState::default()
    }

    /// A cluster before the first install: the namespaces are there.
    pub fn new_cluster(world: &World) -> LiveState {
        let mut state = LiveState::default();
        for name in ["default", "kube-system", world.namespace.as_str()] {
            let metadata = BTreeMap::from([(Arc::from(&b"name"[..]), Plain::string(name))]);
            let namespace = BTreeMap::from([
                (Arc::from(&b"apiVersion"[..]), Plain::string("v1")),
                (Arc::from(&b"kind"[..]), Plain::string("Namespace")),
                (Arc::from(&b"metadata"[..]), PlainData::Map(metadata).into()),
            ]);
            state.add(PlainData::Map(namespace).into(), world);
        }
        state
    }

    /// Adds an object as it stands.
    pub fn add(&mut self, object: Plain, world: &World) {
        let text = |path: &[&str]| object.at(path).and_then(Plain::as_str).unwrap_or_default().to_string();
        let id = ObjectId {
            api_version: text(&["apiVersion"]),
            kind: text(&["kind"]),
            namespace: text(&["metadata", "namespace"]),
            name: text(&["metadata", "name"]),
        };
        self.objects.insert(identity(&id, world), Arc::new(object));
    }

    pub fn get(&self, id: &ObjectId, world: &World) -> Option<&Arc<Plain>> {
        self.objects.get(&identity(id, world))
    }

    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// The cluster after a step from the manifests of one revision to those of the next: what left them is deleted, what
    /// is new is created, what changed is changed and keeps what the server and others filled in.
    pub fn after(&self, old: &[Object], new: &[Object], world: &World) -> LiveState {
        let mut next = self.clone();
        let is_there = |objects: &[Object], id: &Identity| {
            objects.iter().any(|o| !o.is_hook() && identity(&o.id, world) == *id)
        };
        for object in old.iter().filter(|o| !o.is_hook() && !o.is_kept()) {
            let id = identity(&object.id, world);
            if !is_there(new, &id) {
                next.objects.remove(&id);
            }
        }
        for object in new {
            let is_left = !object.is_hook() || stays(object, old.is_empty());
            if !is_left {
                continue;
            }
            let id = identity(&object.id, world);
            let rendered = kube::live_object(&plain(&object.node), &kube_context(world));
            let stored = match next.objects.get(&id) {
                Some(live) if !object.is_hook() => {
                    let before = old.iter().find(|o| !o.is_hook() && identity(&o.id, world) == id);
                    let before = before.map(|o| plain(&o.node)).unwrap_or_default();
                    merged(live, &before, &plain(&object.node))
                }
                _ => rendered,
            };
            next.objects.insert(id, Arc::new(stored));
        }
        next
    }
}

fn kube_context(world: &World) -> kube::Context {
    kube::Context::new(&world.namespace, &world.release)
}

/// A hook object that is still there after the install, and that the operation creates.
fn stays(object: &Object, is_install: bool) -> bool {
    let runs = object.events.iter().any(|event| match event {
        HookEvent::PreInstall | HookEvent::PostInstall => is_install,
        HookEvent::PreUpgrade | HookEvent::PostUpgrade => !is_install,
        _ => false,
    });
    let policy = object.annotation("helm.sh/hook-delete-policy").unwrap_or_default();
    runs && !policy.split(',').any(|p| p.trim() == "hook-succeeded")
}

fn identity(id: &ObjectId, world: &World) -> Identity {
    let namespace = if kube::is_namespaced(&id.api_version, &id.kind) {
        if id.namespace.is_empty() { world.namespace.clone() } else { id.namespace.clone() }
    } else {
        String::new()
    };
    (id.group().to_string(), id.kind.clone(), namespace, id.name.clone())
}

/// The live object with a changed manifest: what the manifest states is set, what left it is removed, the rest stays.
/// Lists are replaced as a whole.
fn merged(live: &Plain, old: &Plain, new: &Plain) -> Plain {
    let (Some(live_map), Some(new_map)) = (live.as_map(), new.as_map()) else { return new.clone() };
    let empty = BTreeMap::new();
    let old_map = old.as_map().unwrap_or(&empty);
    let mut map = live_map.clone();
    for key in old_map.keys() {
        if !new_map.contains_key(key) {
            map.remove(key);
        }
    }
    for (key, value) in new_map {
        let value = match (live_map.get(key), old_map.get(key)) {
            // An unchanged list keeps what the server filled into its elements.
            (Some(live), Some(old)) if old == value && value.as_list().is_some() => live.clone(),
            (Some(live), old) => merged(live, old.unwrap_or(&Plain::default()), value),
            (None, _) => value.clone(),
        };
        map.insert(key.clone(), value);
    }
    Plain { data: PlainData::Map(map), span: live.span }
}

/// A document as data: what Go's JSON decoder makes of it, integers kept.
pub fn plain(node: &Node) -> Plain {
    let data = match &node.kind {
        Kind::Null => PlainData::Null,
        Kind::Bool(b) => PlainData::Bool(*b),
        Kind::Int(i) => PlainData::Int(*i),
        Kind::Uint(u) => PlainData::Float(*u as f64),
        Kind::Float(f) => PlainData::Float(*f),
        Kind::Str(text) => PlainData::String(text.as_bytes().into()),
        Kind::Seq(items) => PlainData::List(items.iter().map(plain).collect()),
        Kind::Map(entries) => {
            PlainData::Map(entries.iter().map(|(k, v)| (Arc::from(k.text.as_bytes()), plain(v))).collect())
        }
    };
    data.into()
}

impl Cluster for LiveState {
    fn lookup(&self, query: &Query) -> Answer {
        if self.objects.is_empty() {
            return Answer::Nothing;
        }
        let group = query.api_version.split_once('/').map_or("", |(group, _)| group);
        let is_namespaced = kube::is_namespaced(&query.api_version, &query.kind);
        if query.name.is_empty() {
            let found = self.objects.iter().filter(|((g, kind, namespace, _), _)| {
                g == group && *kind == query.kind && (query.namespace.is_empty() || !is_namespaced || *namespace == query.namespace)
            });
            let items: Vec<Plain> = found.map(|(_, object)| versioned(object, &query.api_version)).collect();
            let list = BTreeMap::from([
                (Arc::from(&b"apiVersion"[..]), Plain::string(&query.api_version)),
                (Arc::from(&b"kind"[..]), Plain::string(&format!("{}List", query.kind))),
                (Arc::from(&b"metadata"[..]), Plain::map()),
                (Arc::from(&b"items"[..]), PlainData::List(items).into()),
            ]);
            return Answer::Found(Arc::new(PlainData::Map(list).into()));
        }
        let namespace = if is_namespaced { query.namespace.clone() } else { String::new() };
        let id = (group.to_string(), query.kind.clone(), namespace, query.name.clone());
        match self.objects.get(&id) {
            Some(object) => Answer::Found(Arc::new(versioned(object, &query.api_version))),
            None => Answer::Nothing,
        }
    }
}

/// The object in the API version that was asked for.
fn versioned(object: &Plain, api_version: &str) -> Plain {
    let mut object = object.clone();
    if let Some(map) = object.as_map_mut() {
        map.insert(Arc::from(&b"apiVersion"[..]), Plain::string(api_version));
    }
    object
}
