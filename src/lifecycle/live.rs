//! What is in the cluster.

use super::run::World;
use crate::engine::{Answer, Cluster, Query};
use crate::kube;
use crate::manifest::{HookEvent, Object, ObjectId};
use crate::value::yaml::Node;
use crate::value::{Plain, PlainData};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Group, kind, namespace (empty for cluster-scoped kinds) and name.
pub(super) type Identity = (String, String, String, String);

/// The objects that `lookup` can find.
#[derive(Clone, Debug, Default)]
pub struct LiveState {
    objects: BTreeMap<Arc<Identity>, Arc<Stored>>,
    /// The version of the server; without one, it serves every kind of every version.
    version: Option<kube::KubeVersion>,
    /// API versions, or `version/Kind`, that the server serves whatever is known of it.
    also_served: Arc<Vec<String>>,
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
            state.add_namespace(name, world);
        }
        state
    }

    /// The cluster of a server of this version before the first install: what it does not serve is not found.
    pub fn new_server(world: &World, version: kube::KubeVersion) -> LiveState {
        let mut state = LiveState::new_cluster(world);
        state.version = Some(version);
        // Servers make these themselves, too.
        for name in ["kube-public", "kube-node-lease"] {
            state.add_namespace(name, world);
        }
        state
    }

    fn add_namespace(&mut self, name: &str, world: &World) {
        let metadata = BTreeMap::from([(Arc::from(&b"name"[..]), Plain::string(name))]);
        let namespace = BTreeMap::from([
            (Arc::from(&b"apiVersion"[..]), Plain::string("v1")),
            (Arc::from(&b"kind"[..]), Plain::string("Namespace")),
            (Arc::from(&b"metadata"[..]), PlainData::Map(metadata.into()).into()),
        ]);
        self.add(PlainData::Map(namespace.into()).into(), world);
    }

    /// The same server, which serves these API versions, or `version/Kind`, too.
    pub fn also_serving(self, api_versions: &[String]) -> LiveState {
        LiveState { also_served: Arc::new(api_versions.to_vec()), ..self }
    }

    /// The version of the server, or the newest one known.
    pub fn version(&self) -> kube::KubeVersion {
        self.version.unwrap_or(kube::KubeVersion::NEWEST)
    }

    /// The same objects on a server of another version.
    pub fn on(&self, version: kube::KubeVersion) -> LiveState {
        LiveState { version: Some(version), ..self.clone() }
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
        self.put(&id, object, world);
    }

    pub fn get(&self, id: &ObjectId, world: &World) -> Option<&Arc<Plain>> {
        self.objects.get(&self.identity(id, world)).map(|stored| stored.object())
    }

    /// Puts an object in, or back as it is now.
    pub(super) fn put(&mut self, id: &ObjectId, object: Plain, world: &World) {
        self.objects.insert(Arc::new(self.identity(id, world)), Arc::new(Stored::Given(Arc::new(object))));
    }

    pub(super) fn remove(&mut self, id: &ObjectId, world: &World) -> bool {
        let id = self.identity(id, world);
        self.objects.remove(&id).is_some()
    }

    /// What tells the object apart in this cluster: kinds of its CustomResourceDefinitions have the scope that they say.
    pub(super) fn identity(&self, id: &ObjectId, world: &World) -> Identity {
        let mut identity = identity(id, world);
        if kube::kind(&id.api_version, &id.kind).is_none() && self.is_defined_for_clusters(id.group(), &id.kind) {
            identity.2 = String::new();
        }
        identity
    }

    /// All objects with this kind.
    pub fn of_kind<'a>(&'a self, group: &'a str, kind: &'a str) -> impl Iterator<Item = &'a Arc<Plain>> {
        self.stored(group, kind).map(|stored| stored.object())
    }

    fn stored<'a>(&'a self, group: &'a str, kind: &'a str) -> impl Iterator<Item = &'a Arc<Stored>> {
        self.objects.iter().filter(move |(id, _)| id.0 == group && id.1 == kind).map(|(_, stored)| stored)
    }

    /// A definition in the cluster makes the kind one without namespaces.
    fn is_defined_for_clusters(&self, group: &str, kind: &str) -> bool {
        let definition = self.stored("apiextensions.k8s.io", "CustomResourceDefinition").find(|definition| {
            definition.text(&["spec", "group"]) == Some(group)
                && definition.text(&["spec", "names", "kind"]) == Some(kind)
        });
        definition.and_then(|definition| definition.text(&["spec", "scope"])) == Some("Cluster")
    }

    /// The server serves the kind in this version of its group: it is built in, or defined in the cluster.
    pub fn serves(&self, api_version: &str, kind: &str) -> bool {
        let at = self.version();
        kube::kind(api_version, kind).is_some_and(|k| k.is_served(at))
            || self.also_served.iter().any(|served| match served.strip_prefix(api_version) {
                Some("") => true,
                Some(rest) => rest.strip_prefix('/') == Some(kind),
                None => false,
            })
            || self
                .defined(api_version)
                .any(|definition| definition.at(&["spec", "names", "kind"]).and_then(Plain::as_str) == Some(kind))
    }

    /// The definitions of custom resources of this group and version.
    fn defined<'a>(&'a self, api_version: &'a str) -> impl Iterator<Item = &'a Arc<Plain>> {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        self.of_kind("apiextensions.k8s.io", "CustomResourceDefinition").filter(move |definition| {
            definition.at(&["spec", "group"]).and_then(Plain::as_str) == Some(group)
                && served_versions(definition).any(|served| served == version)
        })
    }

    /// The API versions of the server and `version/Kind` of all that it serves, as templates are told of them.
    pub fn api_versions(&self) -> Vec<String> {
        let at = self.version();
        let mut out: Vec<String> = self.also_served.to_vec();
        for kind in kube::kinds().iter().filter(|kind| kind.is_served(at)) {
            out.push(kind.api_version.to_string());
            out.push(format!("{}/{}", kind.api_version, kind.kind));
        }
        for definition in self.of_kind("apiextensions.k8s.io", "CustomResourceDefinition") {
            let text = |path: &[&str]| definition.at(path).and_then(Plain::as_str).unwrap_or_default();
            for version in served_versions(definition) {
                let api_version = format!("{}/{version}", text(&["spec", "group"]));
                out.push(format!("{api_version}/{}", text(&["spec", "names", "kind"])));
                out.push(api_version);
            }
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    /// What a server says to a lookup before it looks for objects; none where it serves the kind.
    fn lookup_refusal(&self, query: &Query) -> Option<Answer> {
        let at = self.version?;
        match kube::lookup(&query.api_version, &query.kind, at) {
            kube::KindLookup::Served(_) => None,
            _ if self.serves(&query.api_version, &query.kind) => None,
            kube::KindLookup::UnknownKind => Some(Answer::Nothing),
            kube::KindLookup::UnknownGroup { .. } if self.defined(&query.api_version).next().is_some() => {
                Some(Answer::Nothing)
            }
            kube::KindLookup::UnknownGroup { message } => Some(Answer::Failed(message)),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// The cluster after a step from the manifests of one revision to those of the next: what left them is deleted, what
    /// is new is created, what changed is changed and keeps what the server and others filled in.
    pub(super) fn after(&self, made: &mut Made, old: &[Arc<Object>], new: &[Arc<Object>], world: &World) -> LiveState {
        let mut next = self.clone();
        let ids = |objects: &[Arc<Object>]| objects.iter().map(|o| self.identity(&o.id, world)).collect::<Vec<_>>();
        let (old_ids, new_ids) = (ids(old), ids(new));
        let is_sent = |(_, object): &(&Identity, &Arc<Object>)| !object.is_hook();
        let mut before: FxHashMap<&Identity, &Arc<Object>> = FxHashMap::default();
        for (id, object) in old_ids.iter().zip(old).filter(is_sent) {
            before.entry(id).or_insert(object);
        }
        let there: FxHashSet<&Identity> = new_ids.iter().zip(new).filter(is_sent).map(|(id, _)| id).collect();
        for (id, object) in old_ids.iter().zip(old).filter(is_sent) {
            if !there.contains(id) && !object.is_kept() {
                next.objects.remove(id);
            }
        }
        let context = Arc::new(kube_context(world, self.version()));
        for (id, object) in new_ids.iter().zip(new) {
            let is_left = !object.is_hook() || stays(object, old.is_empty());
            if !is_left {
                continue;
            }
            let stored = match next.objects.get(id) {
                Some(live) if !object.is_hook() => {
                    made.updated(live, before.get(id).copied().unwrap_or(object), object, self.version())
                }
                _ => made.created(object, &context),
            };
            match next.objects.get_mut(id) {
                Some(place) => *place = stored,
                None => _ = next.objects.insert(Arc::new(id.clone()), stored),
            }
        }
        next
    }
}

/// An object in the cluster. What became of one that was sent is worked out when somebody asks for it: of most objects
/// nobody does.
#[derive(Debug)]
enum Stored {
    Given(Arc<Plain>),
    Created(Arc<Object>, Arc<kube::Context>, OnceLock<Arc<Plain>>),
    Updated(Arc<Stored>, Step, kube::KubeVersion, OnceLock<Arc<Plain>>),
}

/// The manifest before and the manifest now.
#[derive(Debug)]
struct Step {
    old: Arc<Object>,
    new: Arc<Object>,
}

impl Stored {
    fn object(&self) -> &Arc<Plain> {
        match self {
            Stored::Given(object) => object,
            Stored::Created(sent, context, object) => {
                object.get_or_init(|| Arc::new(filled(kube::live_object(&plain(&sent.node), context))))
            }
            Stored::Updated(live, step, version, object) => {
                let make =
                    || updated(live.object(), &plain(&step.old.node), &plain(&step.new.node), &step.new.id, *version);
                object.get_or_init(|| Arc::new(make()))
            }
        }
    }

    /// A text of the object that a server does not write itself.
    fn text(&self, path: &[&str]) -> Option<&str> {
        match self {
            Stored::Created(sent, ..) => path.iter().try_fold(&*sent.node, |node, key| node.get(key))?.as_str(),
            _ => self.object().at(path)?.as_str(),
        }
    }
}

/// What became of objects, so that worlds and phases that send the same ones need not ask again. It is for one release
/// and one server.
#[derive(Default)]
pub(super) struct Made {
    /// By what was sent, which is held and so keeps its address.
    created: FxHashMap<usize, Arc<Stored>>,
    /// By what was there, what was sent before, and what was sent.
    updated: FxHashMap<(usize, usize, usize), Arc<Stored>>,
}

fn address<T>(of: &Arc<T>) -> usize {
    Arc::as_ptr(of) as usize
}

impl Made {
    /// Forgets what became of some objects.
    pub fn forget(&mut self, objects: &FxHashSet<usize>) {
        self.created.retain(|object, _| !objects.contains(object));
        self.updated.retain(|(_, old, new), _| !objects.contains(old) && !objects.contains(new));
    }

    fn created(&mut self, object: &Arc<Object>, context: &Arc<kube::Context>) -> Arc<Stored> {
        let make = || Arc::new(Stored::Created(object.clone(), context.clone(), OnceLock::new()));
        self.created.entry(address(object)).or_insert_with(make).clone()
    }

    fn updated(
        &mut self,
        live: &Arc<Stored>,
        old: &Arc<Object>,
        new: &Arc<Object>,
        version: kube::KubeVersion,
    ) -> Arc<Stored> {
        let key = (address(live), address(old), address(new));
        let step = || Step { old: old.clone(), new: new.clone() };
        let make = || Arc::new(Stored::Updated(live.clone(), step(), version, OnceLock::new()));
        self.updated.entry(key).or_insert_with(make).clone()
    }
}

/// Who sends objects, and to which server.
pub(super) fn kube_context(world: &World, version: kube::KubeVersion) -> kube::Context {
    kube::Context { version, ..kube::Context::new(&world.namespace, &world.release) }
}

/// What a server and its controllers make of a new object.
pub(super) fn created(manifest: &Plain, world: &World, version: kube::KubeVersion) -> Plain {
    filled(kube::live_object(manifest, &kube_context(world, version)))
}

/// The names of the versions that a CustomResourceDefinition serves.
fn served_versions(definition: &Plain) -> impl Iterator<Item = &str> {
    let versions = definition.at(&["spec", "versions"]).and_then(Plain::as_list).unwrap_or_default();
    let served = versions.iter().filter(|version| version.get("served").and_then(Plain::as_bool) != Some(false));
    let old = definition.at(&["spec", "version"]).and_then(Plain::as_str);
    served.filter_map(|version| version.get("name")?.as_str()).chain(old)
}

/// A hook object that is still there after the install, and that the operation creates.
pub(super) fn stays(object: &Object, is_install: bool) -> bool {
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

/// What the server makes of the patch from one manifest to the next.
fn updated(live: &Plain, old: &Plain, new: &Plain, id: &ObjectId, version: kube::KubeVersion) -> Plain {
    let patch = kube::three_way_patch(old, new, live, &id.api_version, &id.kind);
    // A patch that cannot be made, or is empty, leaves the object as it is.
    let Ok(Some(patch)) = patch else { return live.clone() };
    match kube::apply_patch(live, &patch, &id.api_version, &id.kind) {
        Ok(object) => kube::defaulted(&object, version),
        Err(_) => live.clone(),
    }
}

/// What controllers write into a fresh object: a claim is bound to a volume.
fn filled(mut object: Plain) -> Plain {
    if object.get("kind").and_then(Plain::as_str) != Some("PersistentVolumeClaim") {
        return object;
    }
    let uid = object.at(&["metadata", "uid"]).and_then(Plain::as_str).unwrap_or("0").to_string();
    let spec = object.as_map_mut().and_then(|map| map.get_mut(&b"spec"[..]));
    if let Some(spec) = spec.and_then(Plain::as_map_mut) {
        spec.entry(Arc::from(&b"volumeName"[..])).or_insert_with(|| Plain::string(&format!("pvc-{uid}")));
    }
    if let Some(map) = object.as_map_mut() {
        let phase = BTreeMap::from([(Arc::from(&b"phase"[..]), Plain::string("Bound"))]);
        map.insert(Arc::from(&b"status"[..]), PlainData::Map(phase.into()).into());
    }
    object
}

/// A document as data: what Go's JSON decoder makes of it, integers kept.
pub fn plain(node: &Node) -> Plain {
    node.to_plain()
}

impl Cluster for LiveState {
    fn lookup(&self, query: &Query) -> Answer {
        if self.objects.is_empty() {
            return Answer::Nothing;
        }
        if let Some(refusal) = self.lookup_refusal(query) {
            return refusal;
        }
        let group = query.api_version.split_once('/').map_or("", |(group, _)| group);
        let is_namespaced = match kube::kind(&query.api_version, &query.kind) {
            Some(kind) => kind.is_namespaced,
            None => {
                kube::is_namespaced(&query.api_version, &query.kind)
                    && !self.is_defined_for_clusters(group, &query.kind)
            }
        };
        if query.name.is_empty() {
            let found = self.objects.iter().filter(|(id, _)| {
                id.0 == group
                    && id.1 == query.kind
                    && (query.namespace.is_empty() || !is_namespaced || id.2 == query.namespace)
            });
            let item = |stored: &Stored| (*versioned(stored.object(), &query.api_version)).clone();
            let items: Vec<Plain> = found.map(|(_, stored)| item(stored)).collect();
            let list = BTreeMap::from([
                (Arc::from(&b"apiVersion"[..]), Plain::string(&query.api_version)),
                (Arc::from(&b"kind"[..]), Plain::string(&format!("{}List", query.kind))),
                (Arc::from(&b"metadata"[..]), Plain::map()),
                (Arc::from(&b"items"[..]), PlainData::List(items).into()),
            ]);
            return Answer::Found(Arc::new(PlainData::Map(list.into()).into()));
        }
        let namespace = if is_namespaced { query.namespace.clone() } else { String::new() };
        let id = (group.to_string(), query.kind.clone(), namespace, query.name.clone());
        match self.objects.get(&id) {
            Some(stored) => Answer::Found(versioned(stored.object(), &query.api_version)),
            None => Answer::Nothing,
        }
    }
}

/// The object in the API version that was asked for.
fn versioned(object: &Arc<Plain>, api_version: &str) -> Arc<Plain> {
    if object.get("apiVersion").and_then(Plain::as_str) == Some(api_version) {
        return object.clone();
    }
    let mut object = (**object).clone();
    if let Some(map) = object.as_map_mut() {
        map.insert(Arc::from(&b"apiVersion"[..]), Plain::string(api_version));
    }
    Arc::new(object)
}
