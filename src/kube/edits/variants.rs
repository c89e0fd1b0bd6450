//! Which of the recorded base objects speaks for a live one, and which of the recorded values for a new one.

use super::super::path::FieldPath;
use super::super::{quantity, tree};
use super::table::Row;
use crate::value::Plain;
use std::cmp::Ordering;

/// How well a base object stands for the live object: 0 best; none where it says nothing about it.
pub fn fit(row: &Row, live: &Plain, grows: Option<bool>) -> Option<u8> {
    let text = |path: &[&str]| live.at(path).and_then(Plain::as_str).unwrap_or_default();
    let yes = |condition: bool| condition.then_some(0);
    let field = row.text.as_str();
    match row.variant.as_str() {
        "service-externalname" => yes(text(&["spec", "type"]) == "ExternalName"),
        "service-headless" => yes(is_headless(live)),
        "service-loadbalancer" => yes(text(&["spec", "type"]) == "LoadBalancer"),
        "service-nodeport" => match text(&["spec", "type"]) {
            "NodePort" => Some(0),
            // Its ports have node ports, too.
            "LoadBalancer" if field.ends_with("nodePort") => Some(1),
            _ => None,
        },
        "service-ipfamily" if is_headless(live) => None,
        "service-clusterip" | "service-clusterips" | "service-ipfamily" | "service-looked-up" => {
            match text(&["spec", "type"]) {
                "ExternalName" => None,
                "NodePort" | "LoadBalancer" => Some(2),
                _ if is_headless(live) && row.variant != "service-looked-up" => Some(2),
                _ => Some(0),
            }
        }
        "job" if is_suspended(live) && field.starts_with("spec.template") => None,
        "job" => Some(if is_suspended(live) || is_indexed(live) { 2 } else { 0 }),
        "job-suspended" => yes(is_suspended(live)),
        "job-policies" if is_indexed(live) => Some(0),
        "job-policies" => (field != "spec" && field != "spec.completions").then_some(3),
        "pvc" if is_bound(live) => (!row.note.contains("unbound")).then_some(2),
        "pvc-bound" | "pvc-bound-no-expansion" if !is_bound(live) => None,
        "pvc-bound" => (grows != Some(false) || !row.note.starts_with("larger")).then_some(0),
        "pvc-bound-no-expansion" => (grows == Some(false)).then_some(0),
        "pvc-volumename-bound-by-controller" => is_bound(live).then_some(1),
        "secret-immutable" | "configmap-immutable" => yes(is_immutable(live)),
        "secret-tls" => yes(text(&["type"]) == "kubernetes.io/tls"),
        "secret" if text(&["type"]) == "kubernetes.io/tls" => Some(2),
        "secret" | "configmap" => Some(if is_immutable(live) { 2 } else { 0 }),
        _ => Some(0),
    }
}

fn is_headless(live: &Plain) -> bool {
    live.at(&["spec", "clusterIP"]).and_then(Plain::as_str) == Some("None")
}

fn is_suspended(live: &Plain) -> bool {
    live.at(&["spec", "suspend"]).and_then(Plain::as_bool) == Some(true)
}

fn is_indexed(live: &Plain) -> bool {
    live.at(&["spec", "completionMode"]).and_then(Plain::as_str) == Some("Indexed")
}

fn is_bound(live: &Plain) -> bool {
    live.at(&["status", "phase"]).and_then(Plain::as_str) == Some("Bound")
}

fn is_immutable(live: &Plain) -> bool {
    live.get("immutable").and_then(Plain::as_bool) == Some(true)
}

/// Fields whose recorded values do not stand for any other value.
const BY_VALUE: [&str; 10] = [
    "spec.type",
    "spec.ipFamilyPolicy",
    "spec.ipFamilies",
    "spec.completionMode",
    "spec.podReplacementPolicy",
    "spec.preserveUnknownFields",
    "spec.strategy",
    "spec.updateStrategy",
    "roleRef.kind",
    "immutable",
];

/// How well the recorded new value stands for this one: 0 the same, 1 another one of its sort; none if it does not.
pub fn value_fit(row: &Row, live: &Plain, field: &FieldPath, to: &Plain) -> Option<u8> {
    if tree::same(&row.to, to) {
        return Some(0);
    }
    let before = tree::at(live, field);
    let compared = || before.and_then(|before| quantity::compare(to, before));
    let is = |condition: bool| condition.then_some(1);
    match row.note.as_str() {
        note if note.starts_with("larger") || note == "longer" => is(compared() == Some(Ordering::Greater)),
        note if note.starts_with("smaller") || note == "shorter" => is(compared() == Some(Ordering::Less)),
        "added" => is(before.is_some_and(|before| contains_all(to, before))),
        "to headless" | "from absent to empty" | "two addresses in one string" | "replace the stored version" => None,
        "from absent" => is(to.as_str().is_some_and(|text| !text.is_empty())),
        // An empty value is none: it does not stand for another one, nor the other way round.
        _ if is_empty_text(to) || is_empty_text(&row.to) => None,
        _ => is(!BY_VALUE.contains(&row.text.as_str())),
    }
}

fn is_empty_text(plain: &Plain) -> bool {
    plain.as_str() == Some("")
}

/// Every element of `part` is in the list.
fn contains_all(list: &Plain, part: &Plain) -> bool {
    let (Some(list), Some(part)) = (list.as_list(), part.as_list()) else { return false };
    part.iter().all(|p| list.iter().any(|l| tree::same(l, p)))
}
