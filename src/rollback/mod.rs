//! What a step from one stored manifest to another does to a cluster: a rollback, before or after it failed.
//!
//! The room takes two manifests as `helm get manifest` prints them and, where known, the live objects. It says for each object
//! what Helm sends and what servers of each version answer, and, where one refuses, which ways out there are and what each
//! costs. It knows the facts of `kube` and nothing of charts: nothing is rendered at a rollback.

mod ways;

pub use ways::{Stuck, Way, deletion_cost, ways};

use crate::kube::{self, Context, FieldPath, KubeVersion, Mode, Outcome, Target, VersionRange};
use crate::manifest::{Object, ObjectId};
use crate::value::Plain;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a step is asked about.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// The objects of the manifest that is deployed, and of the one that is wanted; hooks are left out.
    pub current: &'a [Arc<Object>],
    pub target: &'a [Arc<Object>],
    /// The objects as they stand in the cluster; what is not among them is taken for what the manifest makes of it.
    pub live: &'a [Plain],
    pub range: VersionRange,
    pub mode: Mode,
    /// The release: its name, its namespace, and the client's types.
    pub context: Context,
}

/// What becomes of one object.
#[derive(Clone, Debug)]
pub struct Step {
    pub id: ObjectId,
    pub action: Action,
}

/// What Helm does to an object.
#[derive(Clone, Debug)]
pub enum Action {
    Create,
    Delete,
    /// `helm.sh/resource-policy: keep`
    Leave,
    /// Nothing is sent: the patch is empty.
    Nothing,
    /// Helm itself fails, with these words.
    Impossible(String),
    Update(Box<Update>),
}

/// A change of an object that exists.
#[derive(Clone, Debug)]
pub struct Update {
    /// What is sent, as JSON.
    pub sent: Plain,
    /// `strategic merge patch`, `merge patch`, `apply`
    pub form: &'static str,
    /// The fields that change, with the new value; none where it goes.
    pub fields: Vec<(FieldPath, Option<Plain>)>,
    /// What servers say, by ranges of versions.
    pub answers: Vec<Answer>,
    /// The ways out, where some server refuses.
    pub ways: Vec<Way>,
}

/// What the servers of a range of versions say.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    pub range: VersionRange,
    /// The server's words and the fields that it refuses; none if it accepts.
    pub refusal: Option<(String, Vec<String>)>,
    /// Fields that stay as they are although they should change.
    pub kept: Vec<String>,
    /// Fields of which nothing is known.
    pub unknown: Vec<String>,
}

impl Step {
    /// Some server refuses it, or Helm cannot do it.
    pub fn is_refused(&self) -> bool {
        match &self.action {
            Action::Impossible(_) => true,
            Action::Update(update) => update.answers.iter().any(|answer| answer.refusal.is_some()),
            _ => false,
        }
    }
}

/// The steps of all objects, in the order in which Helm takes them: first what is wanted, then what goes.
pub fn steps(question: &Question<'_>) -> Vec<Step> {
    let index = |objects: &'_ [Arc<Object>]| -> BTreeMap<Key, usize> {
        objects.iter().enumerate().filter(|(_, o)| !o.is_hook()).map(|(i, o)| (key(&o.id, question), i)).collect()
    };
    let live: BTreeMap<Key, &Plain> = question.live.iter().map(|o| (live_key(o), o)).collect();
    let (current, target) = (index(question.current), index(question.target));
    // What only the deployed revision has, and a second try after a failure would leave behind.
    let left: Vec<String> = current
        .iter()
        .filter(|(key, _)| !target.contains_key(*key))
        .filter_map(|(_, i)| question.current.get(*i).map(|o| o.id.to_string()))
        .collect();
    let mut steps = Vec::new();
    for object in question.target.iter().filter(|o| !o.is_hook()) {
        let key = key(&object.id, question);
        let before = current.get(&key).and_then(|i| question.current.get(*i));
        let action = match (before, live.get(&key)) {
            (None, None) => Action::Create,
            (None, Some(_)) => adopted(object, question),
            (Some(before), live) => updated(before, object, live.copied(), &left, question),
        };
        steps.push(Step { id: object.id.clone(), action });
    }
    for object in question.current.iter().filter(|o| !o.is_hook()) {
        let key = key(&object.id, question);
        if target.contains_key(&key) {
            continue;
        }
        let is_kept = match live.get(&key) {
            Some(live) => live.at(&["metadata", "annotations", "helm.sh/resource-policy"]).is_some(),
            None => object.is_kept(),
        };
        steps.push(Step { id: object.id.clone(), action: if is_kept { Action::Leave } else { Action::Delete } });
    }
    steps
}

/// Group, kind, namespace (empty for kinds without) and name.
type Key = (String, String, String, String);

fn key(id: &ObjectId, question: &Question<'_>) -> Key {
    let namespace = match (kube::is_namespaced(&id.api_version, &id.kind), id.namespace.is_empty()) {
        (false, _) => String::new(),
        (true, true) => question.context.namespace.clone(),
        (true, false) => id.namespace.clone(),
    };
    (id.group().to_string(), id.kind.clone(), namespace, id.name.clone())
}

fn live_key(object: &Plain) -> Key {
    let text = |path: &[&str]| object.at(path).and_then(Plain::as_str).unwrap_or_default().to_string();
    let group = text(&["apiVersion"]).split_once('/').map_or(String::new(), |(group, _)| group.to_string());
    (group, text(&["kind"]), text(&["metadata", "namespace"]), text(&["metadata", "name"]))
}

/// The object is there and the deployed manifest does not have it.
fn adopted(object: &Object, question: &Question<'_>) -> Action {
    let id = &object.id;
    Action::Impossible(match question.mode {
        Mode::Patch => format!(
            "no {} with the name {:?} found: it is in the cluster and not in the deployed manifest, and Helm before 4.2.0 does not \
             take it over",
            id.kind, id.name
        ),
        Mode::Apply => format!(
            "original object {} with the name {:?} not found: it is in the cluster and not in the deployed manifest, and Helm \
             before 4.0.5, and 4.1, do not take it over",
            id.kind, id.name
        ),
    })
}

fn updated(before: &Object, after: &Object, live: Option<&Plain>, left: &[String], question: &Question<'_>) -> Action {
    let (old, new) = (plain(before), plain(after));
    let at_newest = match change(&old, &new, live, question, question.range.to) {
        Ok(Some(change)) => change,
        Ok(None) => return Action::Nothing,
        Err(message) => return Action::Impossible(format!("failed to create patch: {message}")),
    };
    let answers = answers(&old, &new, live, question);
    let mut update = Update {
        sent: at_newest.sent,
        form: at_newest.form,
        fields: at_newest.fields.into_iter().map(|change| (change.field, change.to)).collect(),
        answers,
        ways: Vec::new(),
    };
    let refused: Vec<&Answer> = update.answers.iter().filter(|answer| answer.refusal.is_some()).collect();
    if !refused.is_empty() {
        // After a failure the manifest that was wanted is the one that the next try starts from.
        let second = self::answers(&new, &new, live, question);
        let is_refused = |answers: &[Answer]| answers.iter().any(|answer| answer.refusal.is_some());
        let accepted = update.answers.iter().filter(|answer| answer.refusal.is_none()).map(|a| a.range).collect();
        let stuck = Stuck {
            id: after.id.clone(),
            namespace: key(&after.id, question).2,
            release: question.context.release.clone(),
            release_namespace: question.context.namespace.clone(),
            mode: question.mode,
            accepted,
            takes_second_try: question.mode == Mode::Patch && !is_refused(&second),
            left: left.to_vec(),
            fields: distinct(refused.iter().flat_map(|a| a.refusal.iter().flat_map(|r| r.1.clone()))),
        };
        update.ways = ways(&stuck);
    }
    Action::Update(Box::new(update))
}

fn distinct(fields: impl Iterator<Item = String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for field in fields {
        if !out.contains(&field) {
            out.push(field);
        }
    }
    out
}

/// What is sent for an object, and what it changes.
struct Change {
    sent: Plain,
    form: &'static str,
    live: Plain,
    fields: Vec<kube::FieldChange>,
    conflict: Option<String>,
}

fn change(
    old: &Plain,
    new: &Plain,
    live: Option<&Plain>,
    question: &Question<'_>,
    at: KubeVersion,
) -> Result<Option<Change>, String> {
    let context = Context { version: at, ..question.context.clone() };
    let live = live.cloned().unwrap_or_else(|| kube::live_object(old, &context));
    if question.mode == Mode::Apply {
        let (before, sent) = (kube::sent_by_helm(old, &context), kube::sent_by_helm(new, &context));
        let applied = kube::apply(&live, &before, &sent);
        let fields = kube::changes(&live, &kube::defaulted(&applied.object, at));
        let conflict = (!applied.conflicts.is_empty()).then(|| kube::conflict_message(&applied.conflicts));
        let is_idle = fields.is_empty() && conflict.is_none();
        return Ok((!is_idle).then_some(Change { sent, form: "apply", live, fields, conflict }));
    }
    let patch = kube::helm_patch(old, new, &live, &context).map_err(|error| error.to_string())?;
    let Some(patch) = patch else { return Ok(None) };
    let after = patch.applied_to(&live).map_err(|error| error.to_string())?;
    let fields = kube::changes(&live, &after);
    let form = if patch.is_strategic { "strategic merge patch" } else { "merge patch" };
    Ok(Some(Change { sent: patch.body, form, live, fields, conflict: None }))
}

fn answers(old: &Plain, new: &Plain, live: Option<&Plain>, question: &Question<'_>) -> Vec<Answer> {
    let text = |field: &str| new.get(field).and_then(Plain::as_str).unwrap_or_default();
    let namespace = match new.at(&["metadata", "namespace"]).and_then(Plain::as_str) {
        _ if !kube::is_namespaced(text("apiVersion"), text("kind")) => "",
        Some(namespace) => namespace,
        None => &question.context.namespace,
    };
    let answer = |at: KubeVersion| -> (Option<(String, Vec<String>)>, Vec<String>, Vec<String>) {
        let Ok(Some(change)) = change(old, new, live, question, at) else { return Default::default() };
        let form = || match question.mode {
            Mode::Apply => kube::apply_refusal(&change.sent, namespace, at),
            Mode::Patch => None,
        };
        if let Some(message) = form().or(change.conflict) {
            return (Some((message, Vec::new())), Vec::new(), Vec::new());
        }
        let target = Target { mode: question.mode, ..Target::new(text("apiVersion"), text("kind"), &change.live) };
        match kube::update_outcome(&target, &change.fields, at) {
            Outcome::Refused { message, fields } => {
                let fields = fields.iter().map(FieldPath::to_string).collect();
                (Some((message, fields)), Vec::new(), Vec::new())
            }
            Outcome::Accepted { fields } => {
                let of = |wanted: kube::Verdict| {
                    let of = fields.iter().filter(|(_, verdict)| *verdict == wanted);
                    of.map(|(field, _)| field.to_string()).collect()
                };
                (None, of(kube::Verdict::Ignored), of(kube::Verdict::Unknown))
            }
        }
    };
    let stretches = kube::over_range(question.range, answer);
    let answer = |stretch: kube::Stretch<_>| {
        let (refusal, kept, unknown) = stretch.answer;
        Answer { range: stretch.range, refusal, kept, unknown }
    };
    stretches.into_iter().map(answer).collect()
}

/// The object of a manifest as data.
fn plain(object: &Object) -> Plain {
    object.node.to_plain()
}
