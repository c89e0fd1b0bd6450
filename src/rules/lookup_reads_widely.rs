//! A lookup reads more than the release's own namespace.

use super::{Evidence, Rule, documents, words};
use crate::engine::Query;
use crate::finding::{Finding, Severity};
use crate::kube;

pub static RULE: Rule = Rule {
    name: "lookup-reads-widely",
    severity: Severity::Info,
    summary: "a lookup reads all namespaces, another one, or the cluster: a right that many installers lack",
    check,
};

/// Asking for one of these asks what the cluster is like; nearly everybody may.
const PROBES: [&str; 4] = ["Namespace", "CustomResourceDefinition", "APIService", "APIGroup"];

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    for (_, lookup) in evidence.lookups() {
        let query = &lookup.query;
        let is_probe = PROBES.contains(&query.kind.as_str()) && !query.name.is_empty();
        if is_probe || query.namespace.contains('{') {
            continue;
        }
        // Of other kinds nobody knows whether they have a namespace.
        let Some(kind) = kube::kind(&query.api_version, &query.kind) else { continue };
        let what = if !kind.is_namespaced {
            "objects of the whole cluster".to_string()
        } else if query.namespace.is_empty() && query.name.is_empty() {
            "all namespaces".into()
        } else if query.namespace.is_empty() || query.namespace == evidence.life.world.namespace {
            continue;
        } else {
            format!("the namespace {}", query.namespace)
        };
        // Helm reads what it has rendered before it writes it.
        if !query.name.is_empty() && documents::is_own(evidence.life, query) {
            continue;
        }
        let namespace = if kind.is_namespaced { query.namespace.clone() } else { String::new() };
        let asked = words::asked(&Query { namespace, ..query.clone() });
        let mut finding = words::problem(&RULE, evidence, Severity::Info, lookup.span);
        finding.title = format!("the lookup of {asked} reads {what}");
        finding.help =
            "whoever installs needs the right to read it, or the render fails; many installers may read their \
                        own namespace alone"
                .into();
        finding.cause = words::query(query);
        findings.push(finding);
    }
}
