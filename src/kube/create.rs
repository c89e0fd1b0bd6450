//! What a server says to a new object.
//!
//! Only what was seen: names (their forms are those of apimachinery's validation), and requirements that real charts ran
//! into in the recorded lives. What is not here is not known to be refused.

use super::kinds::group_of;
use super::version::KubeVersion;
use crate::value::{Plain, PlainData};

/// Why a server of this version does not create the object, in its words: `Ingress.networking.k8s.io "x" is invalid: …`.
pub fn create_refusal(object: &Plain, by_apply: bool, at: KubeVersion) -> Option<String> {
    let text = |path: &[&str]| object.at(path).and_then(Plain::as_str).unwrap_or_default();
    let (api_version, kind, name) = (text(&["apiVersion"]), text(&["kind"]), text(&["metadata", "name"]));
    super::kinds::kind(api_version, kind)?;
    let mut errors: Vec<String> = Vec::new();
    errors.extend(name_error(api_version, kind, name));
    match (group_of(api_version), kind) {
        ("networking.k8s.io", "Ingress") => errors.extend(ingress_error(object, by_apply && at >= VERSION_OF_NULLS)),
        ("", "Service") => errors.extend(service_error(object)),
        ("apps", "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet") => errors.extend(selector_error(object)),
        _ => {}
    }
    let kind = match group_of(api_version) {
        "" => kind.to_string(),
        group => format!("{kind}.{group}"),
    };
    match errors.as_slice() {
        [] => None,
        [error] => Some(format!("{kind} \"{name}\" is invalid: {error}")),
        errors => Some(format!("{kind} \"{name}\" is invalid: [{}]", errors.join(", "))),
    }
}

/// The version seen to print a missing list as `null`.
const VERSION_OF_NULLS: KubeVersion = KubeVersion::new(1, 33, 0);

const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const DNS_1035: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

/// Names that are no more than a part of a path.
const FREE_NAMES: [&str; 4] = ["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"];

fn name_error(api_version: &str, kind: &str, name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("metadata.name: Required value: name or generateName is required".into());
    }
    if FREE_NAMES.contains(&kind) && group_of(api_version) == "rbac.authorization.k8s.io" {
        return None;
    }
    let (words, is_label, max) = match (group_of(api_version), kind) {
        ("", "Service") => (DNS_1035, true, 63),
        ("", "Namespace") => (LABEL, true, 63),
        ("batch", "CronJob") => (SUBDOMAIN, false, 52),
        ("apiregistration.k8s.io" | "flowcontrol.apiserver.k8s.io" | "certificates.k8s.io", _) => return None,
        _ => (SUBDOMAIN, false, 253),
    };
    let too_long = name.len() > max;
    let parts: Vec<&str> = if is_label { vec![name] } else { name.split('.').collect() };
    let is_part = |part: &str| {
        let end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        end(part.chars().next())
            && end(part.chars().last())
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let starts_well = words != DNS_1035 || name.starts_with(|c: char| c.is_ascii_lowercase());
    if !(starts_well && parts.iter().all(|part| is_part(part))) {
        return Some(format!("metadata.name: Invalid value: \"{name}\": {words}"));
    }
    too_long.then(|| format!("metadata.name: Invalid value: \"{name}\": must be no more than {max} characters"))
}

fn ingress_error(object: &Plain, prints_null: bool) -> Option<String> {
    let spec = object.get("spec");
    let is_there = |field: &str| spec.and_then(|spec| spec.get(field)).is_some_and(|value| !is_empty(value));
    if is_there("rules") || is_there("defaultBackend") || is_there("backend") {
        return None;
    }
    let value = if prints_null { "null" } else { "[]networking.IngressRule(nil)" };
    Some(format!("spec: Invalid value: {value}: either `defaultBackend` or `rules` must be specified"))
}

fn service_error(object: &Plain) -> Option<String> {
    let text = |field: &str| object.at(&["spec", field]).and_then(Plain::as_str).unwrap_or_default();
    let has_ports = object.at(&["spec", "ports"]).is_some_and(|ports| !is_empty(ports));
    let needs_ports = text("type") != "ExternalName" && text("clusterIP") != "None";
    (needs_ports && !has_ports).then(|| "spec.ports: Required value".into())
}

fn selector_error(object: &Plain) -> Option<String> {
    let wanted = object.at(&["spec", "selector", "matchLabels"]).and_then(Plain::as_map);
    let labels = object.at(&["spec", "template", "metadata", "labels"]);
    let has = |key: &[u8], value: &Plain| {
        labels.and_then(Plain::as_map).and_then(|map| map.get(key)).is_some_and(|label| label.data == value.data)
    };
    let wanted = wanted?;
    if wanted.iter().all(|(key, value)| has(key, value)) {
        return None;
    }
    let shown = labels.map(go_map).unwrap_or_else(|| "map[string]string(nil)".into());
    Some(format!("spec.template.metadata.labels: Invalid value: {shown}: `selector` does not match template `labels`"))
}

/// `map[string]string{"a":"b"}`
fn go_map(labels: &Plain) -> String {
    let entries = labels
        .as_map()
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{:?}:{:?}", String::from_utf8_lossy(key), value.as_str().unwrap_or_default()));
    format!("map[string]string{{{}}}", entries.collect::<Vec<_>>().join(", "))
}

fn is_empty(value: &Plain) -> bool {
    match &value.data {
        PlainData::Null => true,
        PlainData::List(items) => items.is_empty(),
        PlainData::Map(map) => map.is_empty(),
        _ => false,
    }
}
