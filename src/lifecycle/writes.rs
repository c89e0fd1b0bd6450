//! How Helm writes manifests to a cluster (pkg/kube/client.go and pkg/action, checked with 3.17.1 and 4.3.1).

use super::kept::{is_the_servers, with_shared};
use super::live::{self, Identity, LiveState, plain};
use super::operation::{Applied, ErrorKind, OperationError, Reply, Request, Write};
use super::run::World;
use super::words::{event_name, not_mapped, ownership_errors, resource};
use crate::kube::{self, FieldPath, Mode, Outcome, PatchError, Target, Verdict};
use crate::manifest::{HookEvent, Object, ObjectId};
use crate::value::Plain;
use std::collections::BTreeMap;
use std::sync::Arc;

/// An operation that writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Writing {
    Install,
    Upgrade,
    Rollback,
    /// Argo CD brings what was rendered into the cluster, as kubectl applies it or by server-side apply.
    Sync {
        applies: bool,
    },
}

impl Writing {
    /// What Helm calls the manifest that it is about to write.
    fn manifest(self) -> &'static str {
        match self {
            Writing::Install => "release manifest",
            Writing::Upgrade => "new release manifest",
            Writing::Rollback => "target release manifest",
            Writing::Sync { .. } => "manifest",
        }
    }

    /// The hooks before and after it. Argo CD runs those of installs and of upgrades at every sync (its user guide,
    /// "Helm").
    fn events(self) -> [&'static [HookEvent]; 2] {
        match self {
            Writing::Install => [&[HookEvent::PreInstall], &[HookEvent::PostInstall]],
            Writing::Upgrade => [&[HookEvent::PreUpgrade], &[HookEvent::PostUpgrade]],
            Writing::Rollback => [&[HookEvent::PreRollback], &[HookEvent::PostRollback]],
            Writing::Sync { .. } => {
                [&[HookEvent::PreInstall, HookEvent::PreUpgrade], &[HookEvent::PostInstall, HookEvent::PostUpgrade]]
            }
        }
    }
}

/// Takes a cluster from the objects of one manifest to those of another; there are none before an install. `too_large` is
/// the error with which the release cannot be stored.
pub fn write(
    writing: Writing,
    (original, target): (&[Arc<Object>], &[Arc<Object>]),
    too_large: Option<OperationError>,
    live: &LiveState,
    world: &World,
) -> Applied {
    let mut writer = Writer { writing, live: live.clone(), world, writes: Vec::new() };
    let error = writer.all(writing, original, target, too_large).err();
    Applied { writes: writer.writes, error, live: writer.live }
}

/// Deletes the objects of a release; what its policy keeps stays, and so does what hooks made.
pub fn uninstall(objects: &[Arc<Object>], live: &LiveState, world: &World) -> Applied {
    let mut writer = Writer { writing: Writing::Upgrade, live: live.clone(), world, writes: Vec::new() };
    for object in objects.iter().filter(|o| !o.is_hook()).rev() {
        writer.delete(object);
    }
    Applied { writes: writer.writes, error: None, live: writer.live }
}

struct Writer<'a> {
    writing: Writing,
    live: LiveState,
    world: &'a World,
    writes: Vec<Write>,
}

impl Writer<'_> {
    fn is_applied(&self) -> bool {
        match self.writing {
            Writing::Sync { applies } => applies,
            _ => self.world.profile.is_helm4(),
        }
    }

    fn is_sync(&self) -> bool {
        matches!(self.writing, Writing::Sync { .. })
    }

    fn note(&mut self, object: &Object, request: Request, reply: Reply) {
        let is_idle = matches!(request, Request::Nothing | Request::Keep);
        self.writes.push(Write { id: object.id.clone(), is_hook: object.is_hook(), request, is_idle, reply });
    }

    fn all(
        &mut self,
        writing: Writing,
        original: &[Arc<Object>],
        target: &[Arc<Object>],
        too_large: Option<OperationError>,
    ) -> Result<(), OperationError> {
        let unable = |what: &str| format!("unable to build kubernetes objects from {what}: ");
        if writing != Writing::Install && !self.is_sync() {
            self.mapped(original).map_err(|e| e.within(&unable("current release manifest")))?;
        }
        self.mapped(target).map_err(|e| e.within(&unable(writing.manifest())))?;
        let adopted = self.adopted(writing, original, target)?;
        too_large.map_or(Ok(()), Err)?;
        let [before, after] = writing.events();
        self.hooks(target, before)?;
        if self.is_sync() {
            self.sync_all(original, target)?;
        } else if writing == Writing::Install && adopted.is_empty() {
            self.create_all(target)?;
        } else {
            let known: Vec<&Object> = original.iter().map(|o| &**o).chain(adopted).filter(|o| !o.is_hook()).collect();
            self.update_all(&known, target)?;
        }
        self.hooks(target, after)
    }

    /// Every kind is served: Helm asks before it writes anything.
    fn mapped(&self, objects: &[Arc<Object>]) -> Result<(), OperationError> {
        let mut errors: Vec<String> = Vec::new();
        let mut kind = ErrorKind::KindNotServed;
        for object in objects.iter().filter(|o| !o.is_hook()) {
            let id = &object.id;
            let error = match (id.api_version.as_str(), id.kind.as_str()) {
                ("", "") => "error validating \"\": error validating data: [apiVersion not set, kind not set]".into(),
                ("", _) => "error validating \"\": error validating data: apiVersion not set".into(),
                (_, "") => "error validating \"\": error validating data: kind not set".into(),
                _ if self.live.serves(&id.api_version, &id.kind) => continue,
                _ => not_mapped(id),
            };
            if id.api_version.is_empty() || id.kind.is_empty() {
                kind = ErrorKind::Manifest;
            }
            if !errors.contains(&error) {
                errors.push(error);
            }
        }
        match errors.as_slice() {
            [] => Ok(()),
            [error] => Err(OperationError::new(kind, error)),
            errors => Err(OperationError::new(kind, format!("[{}]", errors.join(", ")))),
        }
    }

    /// The objects that are there already, not in the manifest before, and that belong to the release.
    fn adopted<'t>(
        &self,
        writing: Writing,
        original: &[Arc<Object>],
        target: &'t [Arc<Object>],
    ) -> Result<Vec<&'t Object>, OperationError> {
        if writing == Writing::Rollback || self.is_sync() {
            return Ok(Vec::new());
        }
        let mut adopted = Vec::new();
        let known = self.index(original.iter().map(|o| &**o));
        for object in target.iter().filter(|o| !o.is_hook()) {
            if known.contains_key(&self.live.identity(&object.id, self.world)) {
                continue;
            }
            let Some(live) = self.live.get(&object.id, self.world) else { continue };
            let errors = ownership_errors(live, self.world);
            if !errors.is_empty() {
                let namespace = self.live.identity(&object.id, self.world).2;
                let unable = if self.is_applied() { "unable" } else { "Unable" };
                let step = if writing == Writing::Install { "install" } else { "update" };
                return Err(OperationError::new(
                    ErrorKind::Exists,
                    format!(
                        "{unable} to continue with {step}: {} {:?} in namespace {namespace:?} exists and cannot be \
                         imported into the current release: invalid ownership metadata; {}",
                        object.id.kind,
                        object.id.name,
                        errors.join("; ")
                    ),
                ));
            }
            adopted.push(&**object);
        }
        Ok(adopted)
    }

    /// The objects that are no hooks by what tells them apart; of two with one identity, the first.
    fn index<'o>(&self, objects: impl DoubleEndedIterator<Item = &'o Object>) -> BTreeMap<Identity, &'o Object> {
        objects.rev().filter(|o| !o.is_hook()).map(|o| (self.live.identity(&o.id, self.world), o)).collect()
    }

    /// An install tries every object and tells all errors.
    fn create_all(&mut self, target: &[Arc<Object>]) -> Result<(), OperationError> {
        let mut errors: Vec<OperationError> = Vec::new();
        for object in target.iter().filter(|o| !o.is_hook()) {
            errors.extend(self.create(object).err());
        }
        let Some(first) = errors.first() else { return Ok(()) };
        let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
        let message = if self.is_applied() {
            messages.join("\n")
        } else {
            let plural = if messages.len() == 1 { "" } else { "s" };
            format!("{} error{plural} occurred:\n\t* {}", messages.len(), messages.join("\n\t* "))
        };
        Err(OperationError::new(first.kind, message))
    }

    fn create(&mut self, object: &Object) -> Result<(), OperationError> {
        let sent = kube::marked(&plain(&object.node), &live::kube_context(self.world, self.live.version()));
        match self.create_refusal(object, &sent) {
            Some((kind, message)) => {
                self.note(object, Request::Create, Reply::Refused(message.clone()));
                Err(OperationError::new(kind, self.told(&object.id, message)))
            }
            None => {
                let stored = live::created(&plain(&object.node), self.world, self.live.version());
                self.live.put(&object.id, stored, self.world);
                self.note(object, Request::Create, Reply::Done { kept: Vec::new() });
                Ok(())
            }
        }
    }

    fn create_refusal(&self, object: &Object, sent: &Plain) -> Option<(ErrorKind, String)> {
        let at = self.live.version();
        let id = &object.id;
        let namespace = self.live.identity(id, self.world).2;
        if !namespace.is_empty() && !self.has_namespace(&namespace) {
            return Some((ErrorKind::NoNamespace, format!("namespaces {namespace:?} not found")));
        }
        if self.is_applied() {
            if let Some(message) = kube::apply_refusal(sent, &namespace, at) {
                return Some((ErrorKind::Form, message));
            }
        } else if self.live.get(id, self.world).is_some() {
            return Some((ErrorKind::Exists, format!("{} {:?} already exists", resource(id), id.name)));
        }
        kube::create_refusal(sent, self.is_applied(), at).map(|message| (ErrorKind::Refused, message))
    }

    fn has_namespace(&self, name: &str) -> bool {
        let id = ObjectId {
            api_version: "v1".into(),
            kind: "Namespace".into(),
            namespace: String::new(),
            name: name.into(),
        };
        self.live.get(&id, self.world).is_some()
    }

    /// Helm 4 says which object it applied.
    fn told(&self, id: &ObjectId, message: String) -> String {
        if !self.is_applied() || self.is_sync() {
            return message;
        }
        let namespace = self.live.identity(id, self.world).2;
        let (group, version) = id.api_version.split_once('/').unwrap_or(("", &id.api_version));
        format!(
            "server-side apply failed for object {namespace}/{} {group}/{version}, Kind={}: {message}",
            id.name, id.kind
        )
    }

    /// An upgrade or a rollback: creates and updates, then deletes. An object that cannot be created ends it, one that
    /// cannot be updated does not, but then nothing is deleted.
    fn update_all(&mut self, original: &[&Object], target: &[Arc<Object>]) -> Result<(), OperationError> {
        let mut errors: Vec<OperationError> = Vec::new();
        let known = self.index(original.iter().copied());
        for object in target.iter().filter(|o| !o.is_hook()) {
            let Some(live) = self.live.get(&object.id, self.world).cloned() else {
                self.create(object).map_err(|e| e.within("failed to create resource: "))?;
                continue;
            };
            let before = match known.get(&self.live.identity(&object.id, self.world)) {
                Some(before) => plain(&before.node),
                // Server-side apply removes only what Helm applied before, and nothing says what that was.
                None if self.takes_live_for_original() => plain(&object.node),
                None => return Err(self.not_in_manifest(&object.id)),
            };
            errors.extend(self.update(object, &before, &live).err());
        }
        if let Some(first) = errors.first() {
            let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
            return Err(OperationError::new(first.kind, messages.join(" && ")));
        }
        let wanted = self.index(target.iter().map(|o| &**o));
        for object in original {
            if !wanted.contains_key(&self.live.identity(&object.id, self.world)) {
                self.delete(object);
            }
        }
        Ok(())
    }

    /// A sync tries every object, whoever made it; what has left the manifest stays until somebody prunes.
    fn sync_all(&mut self, original: &[Arc<Object>], target: &[Arc<Object>]) -> Result<(), OperationError> {
        let mut errors: Vec<OperationError> = Vec::new();
        let known = self.index(original.iter().map(|o| &**o));
        for object in target.iter().filter(|o| !o.is_hook()) {
            let Some(live) = self.live.get(&object.id, self.world).cloned() else {
                errors.extend(self.create(object).err());
                continue;
            };
            // An object that was never applied has nothing that could leave it.
            let before = known.get(&self.live.identity(&object.id, self.world)).map(|before| plain(&before.node));
            let before = before.unwrap_or_else(|| plain(&object.node));
            errors.extend(self.update(object, &before, &live).err());
        }
        let wanted = self.index(target.iter().map(|o| &**o));
        for object in original.iter().filter(|o| !o.is_hook()) {
            let is_wanted = wanted.contains_key(&self.live.identity(&object.id, self.world));
            if !is_wanted && self.live.get(&object.id, self.world).is_some() {
                self.note(object, Request::Keep, Reply::NotSent);
            }
        }
        let Some(first) = errors.first() else { return Ok(()) };
        let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
        Err(OperationError::new(first.kind, messages.join("\n")))
    }

    /// Newer versions of Helm take an object that exists for the original where its manifest does not have it.
    fn takes_live_for_original(&self) -> bool {
        let profile = &self.world.profile;
        profile.since(4, 2, 0) || (profile.since(4, 0, 5) && !profile.since(4, 1, 0))
    }

    fn not_in_manifest(&self, id: &ObjectId) -> OperationError {
        let message = if self.is_applied() {
            format!("original object {} with the name {:?} not found", id.kind, id.name)
        } else {
            format!("no {} with the name {:?} found", id.kind, id.name)
        };
        OperationError::new(ErrorKind::NotInManifest, message)
    }

    fn update(&mut self, object: &Object, before: &Plain, live: &Plain) -> Result<(), OperationError> {
        let at = self.live.version();
        let (id, namespace) = (&object.id, self.live.identity(&object.id, self.world).2);
        let sent = kube::marked(&plain(&object.node), &live::kube_context(self.world, at));
        if self.is_applied()
            && let Some(message) = kube::apply_refusal(&sent, &namespace, at)
        {
            self.note(object, Request::Apply(Vec::new()), Reply::Refused(message.clone()));
            return Err(OperationError::new(ErrorKind::Form, self.told(id, message)));
        }
        let patch = match kube::three_way_patch(before, &sent, live, &id.api_version, &id.kind) {
            Ok(Some(patch)) => patch,
            Ok(None) => {
                self.note(object, Request::Nothing, Reply::Done { kept: Vec::new() });
                return Ok(());
            }
            Err(error) => return self.no_patch(object, &error),
        };
        let after = match kube::apply_patch(live, &patch, &id.api_version, &id.kind) {
            Ok(after) => kube::defaulted(&after, at),
            Err(error) => return self.no_patch(object, &error),
        };
        let after = if self.is_applied() { with_shared(live, &after, before, id) } else { after };
        let changes = kube::changes(live, &after);
        let count = changes.len();
        let mode = if self.is_applied() { Mode::Apply } else { Mode::Patch };
        let target = Target { mode, ..Target::new(&id.api_version, &id.kind, live) };
        let outcome = kube::update_outcome(&target, &changes, at);
        let request = if self.is_applied() { Request::Apply(changes) } else { Request::Patch(patch) };
        match outcome {
            Outcome::Refused { message, .. } => {
                self.note(object, request, Reply::Refused(message.clone()));
                let message = if self.is_applied() || self.is_sync() {
                    self.told(id, message)
                } else {
                    format!("cannot patch {:?} with kind {}: {message}", id.name, id.kind)
                };
                Err(OperationError::new(ErrorKind::Refused, message))
            }
            Outcome::Accepted { fields } => {
                let kept = fields.into_iter().filter(|(_, verdict)| *verdict == Verdict::Ignored);
                let mut kept: Vec<FieldPath> = kept.map(|(field, _)| field).collect();
                let is_idle = count == kept.iter().filter(|field| is_the_servers(field)).count();
                self.live.put(id, kube::with_kept(live, &after, &kept), self.world);
                kept.retain(|field| !is_the_servers(field));
                self.note(object, request, Reply::Done { kept });
                if let Some(write) = self.writes.last_mut() {
                    write.is_idle = is_idle;
                }
                Ok(())
            }
        }
    }

    /// A list lacks its merge key. Server-side apply has keys of its own and was asked before.
    fn no_patch(&mut self, object: &Object, error: &PatchError) -> Result<(), OperationError> {
        if self.is_applied() {
            self.note(object, Request::Apply(Vec::new()), Reply::Done { kept: Vec::new() });
            return Ok(());
        }
        self.note(object, Request::Nothing, Reply::NotSent);
        Err(OperationError::new(ErrorKind::MergeKey, format!("failed to create patch: {error}")))
    }

    fn delete(&mut self, object: &Object) {
        let Some(live) = self.live.get(&object.id, self.world) else { return };
        let policy = live.at(&["metadata", "annotations", "helm.sh/resource-policy"]).and_then(Plain::as_str);
        if policy.is_some_and(|policy| policy.trim().eq_ignore_ascii_case("keep")) {
            self.note(object, Request::Keep, Reply::NotSent);
            return;
        }
        self.live.remove(&object.id, self.world);
        self.note(object, Request::Delete, Reply::Done { kept: Vec::new() });
    }

    /// Runs the hooks of an event: what is left of the run before is deleted, and hooks that succeed may be, too.
    fn hooks(&mut self, objects: &[Arc<Object>], events: &[HookEvent]) -> Result<(), OperationError> {
        let Some(event) = events.first().copied() else { return Ok(()) };
        let mut hooks: Vec<(i64, &Object)> = objects
            .iter()
            .filter(|o| events.iter().any(|event| o.events.contains(event)))
            .map(|o| (weight(o), &**o))
            .collect();
        hooks.sort_by(|(a, x), (b, y)| (a, &x.id.name).cmp(&(b, &y.id.name)));
        let name = event_name(event);
        for (_, object) in hooks {
            if !self.live.serves(&object.id.api_version, &object.id.kind) {
                return Err(OperationError::new(
                    ErrorKind::KindNotServed,
                    format!(
                        "failed {name}: unable to build kubernetes object for {name} hook {}: {}",
                        object.file,
                        not_mapped(&object.id)
                    ),
                ));
            }
            let policy = object.annotation("helm.sh/hook-delete-policy").unwrap_or_default();
            let has = |wanted: &str| policy.split(',').any(|p| p.trim() == wanted);
            if policy.trim().is_empty() || has("before-hook-creation") {
                self.live.remove(&object.id, self.world);
            }
            self.create(object).map_err(|e| e.within(&format!("failed {name}: ")))?;
            if has("hook-succeeded") {
                self.live.remove(&object.id, self.world);
            }
        }
        Ok(())
    }
}

fn weight(object: &Object) -> i64 {
    object.annotation("helm.sh/hook-weight").and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}
