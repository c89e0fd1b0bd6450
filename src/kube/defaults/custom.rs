//! Definitions of custom resources.

use super::super::tree;
use super::set;
use crate::value::{Plain, PlainData};

/// Fills in the names that follow from the kind, and the status that the server writes once it serves the kind.
pub fn definition(object: &mut Plain, created: &str) {
    let text = |object: &Plain, path: &[&str]| object.at(path).and_then(Plain::as_str).unwrap_or_default().to_string();
    let kind = text(object, &["spec", "names", "kind"]);
    if kind.is_empty() {
        return;
    }
    if text(object, &["spec", "names", "singular"]).is_empty() {
        set(object, "spec.names.singular", Plain::string(&kind.to_lowercase()));
    }
    if text(object, &["spec", "names", "listKind"]).is_empty() {
        set(object, "spec.names.listKind", Plain::string(&format!("{kind}List")));
    }
    let names = object.at(&["spec", "names"]).cloned().unwrap_or_else(Plain::map);
    let condition = |of: &str, reason: &str, message: &str| {
        tree::map([
            ("type", Plain::string(of)),
            ("status", Plain::string("True")),
            ("lastTransitionTime", Plain::string(created)),
            ("reason", Plain::string(reason)),
            ("message", Plain::string(message)),
        ])
    };
    let versions = object.at(&["spec", "versions"]).and_then(Plain::as_list).unwrap_or_default();
    let is_stored = |version: &&Plain| version.get("storage").and_then(Plain::as_bool) == Some(true);
    let stored: Vec<Plain> = versions.iter().filter(is_stored).filter_map(|v| v.get("name").cloned()).collect();
    let status = tree::map([
        (
            "conditions",
            tree::list([
                condition("NamesAccepted", "NoConflicts", "no conflicts found"),
                condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
            ]),
        ),
        ("acceptedNames", names),
        ("storedVersions", PlainData::List(stored).into()),
    ]);
    set(object, "status", status);
}
