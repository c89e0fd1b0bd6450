//! Pods and what makes them, and other types whose defaults depend on their neighbours.

use super::super::tree::{self, key};
use super::identity::Identity;
use super::set;
use crate::value::{Plain, PlainData, PlainMap};

/// The first version with labels under `batch.kubernetes.io/` on Jobs, and the two that mark Jobs as tracked.
const COLUMN_1_27: usize = 8;
const TRACKED: std::ops::RangeInclusive<usize> = 6..=8;

type Map = PlainMap;

/// Fills in what follows from other fields of an object of this type.
pub fn complete(object: &mut Plain, type_name: &str) {
    let Some(map) = object.as_map_mut() else { return };
    match type_name {
        "core.v1.Container" => image_pull_policy(map),
        "core.v1.PodSpec" => service_account(map),
        "core.v1.ServicePort" => copy(map, "port", "targetPort"),
        "core.v1.LimitRangeItem" if text(map, "type") == Some("Container") => copy(map, "default", "defaultRequest"),
        "networking.v1.NetworkPolicySpec" => policy_types(map),
        "batch.v1.JobSpec" => job_spec(map),
        _ => {}
    }
}

fn text<'a>(map: &'a Map, field: &str) -> Option<&'a str> {
    map.get(field.as_bytes()).and_then(Plain::as_str)
}

fn copy(map: &mut Map, from: &str, to: &str) {
    if let Some(value) = map.get(from.as_bytes()).cloned() {
        map.entry(key(to)).or_insert(value);
    }
}

/// Images of the tag `latest`, given or not, are always pulled.
fn image_pull_policy(map: &mut Map) {
    let Some(image) = text(map, "image") else { return };
    let name = image.rsplit('/').next().unwrap_or(image);
    let is_latest = match (image.contains('@'), name.split_once(':')) {
        (true, _) => false,
        (false, None) => true,
        (false, Some((_, tag))) => tag == "latest",
    };
    let policy = if is_latest { "Always" } else { "IfNotPresent" };
    map.entry(key("imagePullPolicy")).or_insert_with(|| Plain::string(policy));
}

/// The account has two names.
fn service_account(map: &mut Map) {
    copy(map, "serviceAccountName", "serviceAccount");
    copy(map, "serviceAccount", "serviceAccountName");
}

fn policy_types(map: &mut Map) {
    let mut types = vec![Plain::string("Ingress")];
    if map.get(&b"egress"[..]).and_then(Plain::as_list).is_some_and(|rules| !rules.is_empty()) {
        types.push(Plain::string("Egress"));
    }
    map.entry(key("policyTypes")).or_insert_with(|| PlainData::List(types).into());
}

fn job_spec(map: &mut Map) {
    let has = |map: &Map, field: &str| map.contains_key(field.as_bytes());
    if !has(map, "completions") && !has(map, "parallelism") {
        map.insert(key("completions"), tree::int(1));
    }
    map.entry(key("parallelism")).or_insert_with(|| tree::int(1));
    let limit = if has(map, "backoffLimitPerIndex") { i64::from(i32::MAX) } else { 6 };
    map.entry(key("backoffLimit")).or_insert_with(|| tree::int(limit));
}

/// A Job selects its Pods by its uid.
pub fn job(object: &mut Plain, identity: &Identity, name: &str, column: usize) {
    if TRACKED.contains(&column) {
        set(object, "metadata.annotations[\"batch.kubernetes.io/job-tracking\"]", Plain::string(""));
    }
    if object.at(&["spec", "manualSelector"]).and_then(Plain::as_bool) == Some(true) {
        return;
    }
    let uid = identity.uid();
    let mut labels = vec![("controller-uid", uid.as_str()), ("job-name", name)];
    let prefixed = [("batch.kubernetes.io/controller-uid", uid.as_str()), ("batch.kubernetes.io/job-name", name)];
    let mut selector = "controller-uid";
    if column >= COLUMN_1_27 {
        labels.extend(prefixed);
        selector = "batch.kubernetes.io/controller-uid";
    }
    for (label, value) in &labels {
        set(object, &format!("spec.template.metadata.labels[\"{label}\"]"), Plain::string(value));
    }
    if object.at(&["metadata", "labels"]).is_none() {
        let all = object.at(&["spec", "template", "metadata", "labels"]).cloned().unwrap_or_else(Plain::map);
        set(object, "metadata.labels", all);
    }
    set(object, "spec.selector", tree::map([("matchLabels", tree::map([(selector, Plain::string(&uid))]))]));
}

/// A ReplicationController without labels takes those of its Pods.
pub fn replication_controller(object: &mut Plain) {
    if object.at(&["metadata", "labels"]).is_none()
        && let Some(labels) = object.at(&["spec", "template", "metadata", "labels"]).cloned()
    {
        set(object, "metadata.labels", labels);
    }
}

/// What admission adds to a Pod.
pub fn pod(object: &mut Plain) {
    let Some(spec) = object.as_map_mut().and_then(|map| map.get_mut(&b"spec"[..])).and_then(Plain::as_map_mut) else {
        return;
    };
    for (field, value) in [
        ("enableServiceLinks", tree::boolean(true)),
        ("preemptionPolicy", Plain::string("PreemptLowerPriority")),
        ("priority", tree::int(0)),
    ] {
        spec.entry(key(field)).or_insert(value);
    }
    let tolerations = spec.entry(key("tolerations")).or_insert_with(|| tree::list([]));
    let PlainData::List(list) = &mut tolerations.data else { return };
    for taint in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
        let is_there = list.iter().any(|t| t.get("key").and_then(Plain::as_str) == Some(taint));
        if !is_there {
            list.push(tree::map([
                ("key", Plain::string(taint)),
                ("operator", Plain::string("Exists")),
                ("effect", Plain::string("NoExecute")),
                ("tolerationSeconds", tree::int(300)),
            ]));
        }
    }
}
