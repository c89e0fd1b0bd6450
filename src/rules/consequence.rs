//! What API servers answer when an operation of a life reaches them.

use crate::finding::Severity;
use crate::kube::{self, FieldChange, FieldPath, KubeVersion, Mode, Outcome, Step, Target, VersionRange};
use crate::lifecycle::{self, Life, ObjectChange, PhaseKind, plain};
use crate::manifest::ObjectId;
use crate::value::Plain;

use super::Targets;
use super::story::Story;

/// A step from one manifest to another on an object that exists.
pub struct Update {
    id: ObjectId,
    live: Plain,
    changes: Vec<FieldChange>,
    /// The same where the manifest is applied.
    applied: Vec<FieldChange>,
}

/// Versions that refuse an update in the same words.
#[derive(Clone, PartialEq, Debug)]
pub struct Refusal {
    pub range: VersionRange,
    pub message: String,
    pub fields: Vec<String>,
}

/// The object as two phases render it.
fn rendered(life: &Life, kind: PhaseKind, id: &ObjectId) -> Option<Plain> {
    let phase = life.phase(kind)?;
    let object = phase.objects.iter().find(|o| !o.is_hook() && o.id == *id)?;
    Some(plain(&object.node))
}

/// Labels of a pod template that the selector does not name may change; the recorded answer is of one that it names.
fn is_free_label(live: &Plain, id: &ObjectId, path: &FieldPath) -> bool {
    let keys: Vec<&str> = path.steps().iter().map(|s| if let Step::Key(key) = s { &**key } else { "" }).collect();
    let ["spec", "template", "metadata", "labels", rest @ ..] = keys.as_slice() else { return false };
    let Some(selected) = live.at(&["spec", "selector", "matchLabels"]) else { return false };
    id.kind != "Job" && rest.first().is_some_and(|label| selected.get(label).is_none())
}

/// The object with a patch, as a server judges it: what the patch empties has its default again.
fn patched(live: &Plain, patch: &Plain, id: &ObjectId) -> Option<Plain> {
    let after = kube::apply_patch(live, patch, &id.api_version, &id.kind).ok()?;
    Some(kube::defaulted(&after, KubeVersion::NEWEST))
}

/// The changes that a server judges.
fn judged(mut changes: Vec<FieldChange>, live: &Plain, id: &ObjectId) -> Vec<FieldChange> {
    changes.retain(|change| !is_free_label(live, id, &change.field));
    changes
}

impl Update {
    /// The update of an object from the manifest of one phase to that of another, when the cluster holds what the
    /// first one left.
    pub fn new(life: &Life, id: &ObjectId, from: PhaseKind, to: PhaseKind) -> Option<Update> {
        let (old, new) = (rendered(life, from, id)?, rendered(life, to, id)?);
        let state = if from == PhaseKind::Install { &life.live } else { &life.live_after_upgrade };
        let live = (**state.get(id, &life.world)?).clone();
        let patch = kube::three_way_patch(&old, &new, &live, &id.api_version, &id.kind).ok()??;
        let after = patched(&live, &patch, id)?;
        Some(Update::between(id, live, &after, &old))
    }

    fn between(id: &ObjectId, live: Plain, after: &Plain, before: &Plain) -> Update {
        let changes = judged(kube::changes(&live, after), &live, id);
        let applied = judged(kube::changes(&live, &lifecycle::with_shared(&live, after, before, id)), &live, id);
        Update { id: id.clone(), live, changes, applied }
    }

    /// The manifest of the current phase, sent once more to the object that it made.
    pub fn again(life: &Life, phase: PhaseKind, id: &ObjectId) -> Option<Update> {
        let manifest = rendered(life, phase, id)?;
        let live = (**life.live.get(id, &life.world)?).clone();
        let patch = kube::three_way_patch(&manifest, &manifest, &live, &id.api_version, &id.kind).ok()??;
        let after = patched(&live, &patch, id)?;
        Some(Update::between(id, live, &after, &manifest))
    }

    fn target(&self, mode: Mode) -> Target<'_> {
        Target { mode, name: &self.id.name, ..Target::new(&self.id.api_version, &self.id.kind, &self.live) }
    }

    /// The versions of the range that refuse it.
    pub fn refusals(&self, range: VersionRange, mode: Mode) -> Vec<Refusal> {
        let target = self.target(mode);
        let changes = if mode == Mode::Apply { &self.applied } else { &self.changes };
        let answers = kube::over_range(range, |at| match kube::update_outcome(&target, changes, at) {
            Outcome::Refused { message, fields } => Some((message, fields)),
            Outcome::Accepted { .. } => None,
        });
        let refused = answers.into_iter().filter_map(|stretch| {
            let (message, fields) = stretch.answer?;
            let fields = fields.iter().map(|f| f.to_string()).collect();
            Some(Refusal { range: stretch.range, message, fields })
        });
        refused.collect()
    }
}

/// The versions of the range that refuse an update when it is written in one of these ways: the first that is refused.
pub fn refusals(update: Option<&Update>, range: VersionRange, modes: &[Mode]) -> Vec<Refusal> {
    let Some(update) = update else { return Vec::new() };
    modes.iter().map(|mode| update.refusals(range, *mode)).find(|refusals| !refusals.is_empty()).unwrap_or_default()
}

/// Whether some server that was asked refuses an edit of the field: of those that are made when it comes, changes or
/// goes.
pub fn is_immutable(life: &Life, story: &Story) -> bool {
    let ObjectChange::Field { field, .. } = &story.difference.change else { return false };
    is_field_immutable(life, &story.difference.id, field)
}

/// The same for a field of an object.
pub fn is_field_immutable(life: &Life, id: &ObjectId, field: &str) -> bool {
    let path = FieldPath::parse(field);
    // Of most fields this is known without the object.
    if !kube::may_be_refused(&id.kind, &path) {
        return false;
    }
    let Some(live) = life.live_after_upgrade.get(id, &life.world).or_else(|| life.live.get(id, &life.world)) else {
        return false;
    };
    let target = Target::new(&id.api_version, &id.kind, live);
    if is_free_label(live, id, &path) {
        return false;
    }
    kube::is_ever_refused(&target, &path)
}

/// Refused where somebody claims the version or maintains it is an error; what only servers past their end of life
/// refuse, and nobody claims, is a warning.
pub fn severity(refusals: &[Refusal], targets: &Targets) -> Option<Severity> {
    if refusals.is_empty() {
        return None;
    }
    let counts = |refusal: &Refusal| targets.is_claimed || !refusal.range.is_past_end_of_life();
    Some(if refusals.iter().any(counts) { Severity::Error } else { Severity::Warning })
}

/// Words such as: refused by Kubernetes 1.20.0-1.20.10 with `…`.
pub fn words(refusals: &[Refusal]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut messages: Vec<&str> = refusals.iter().map(|r| r.message.as_str()).collect();
    messages.dedup();
    for message in messages {
        let same = refusals.iter().filter(|r| r.message == message);
        let ranges: Vec<String> = same.map(|r| r.range.to_string()).collect();
        parts.push(format!("refused by Kubernetes {} with `{message}`", ranges.join(", ")));
    }
    parts.join("; ")
}

/// The versions that refuse, neighbours as one range: `1.20.0-1.20.10, 1.21.0-1.21.4`.
pub fn ranges(refusals: &[Refusal]) -> String {
    let mut ranges: Vec<VersionRange> = refusals.iter().map(|r| r.range).collect();
    ranges.sort();
    let mut joined: Vec<VersionRange> = Vec::new();
    for range in ranges {
        let follows = |last: &VersionRange| {
            let is_next_minor = last.to.patch == KubeVersion::ANY_PATCH
                && range.from.patch == 0
                && range.from.minor == last.to.minor + 1;
            range.from <= last.to || is_next_minor
        };
        match joined.last_mut() {
            Some(last) if follows(last) => last.to = last.to.max(range.to),
            _ => joined.push(range),
        }
    }
    joined.iter().map(VersionRange::to_string).collect::<Vec<_>>().join(", ")
}
