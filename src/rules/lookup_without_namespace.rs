//! A lookup of a named object of a namespaced kind in no namespace.

use super::{Evidence, Rule, words};
use crate::finding::{Finding, Severity};
use crate::kube;

pub static RULE: Rule = Rule {
    name: "lookup-without-namespace",
    severity: Severity::Error,
    summary: "a name of a namespaced kind is looked up in the namespace \"\": it is never found",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    for (_, lookup) in evidence.lookups() {
        let query = &lookup.query;
        let is_namespaced = kube::kind(&query.api_version, &query.kind).is_some_and(|kind| kind.is_namespaced);
        if !is_namespaced || !query.namespace.is_empty() || query.name.is_empty() {
            continue;
        }
        let mut finding = words::problem(&RULE, evidence, Severity::Error, lookup.span);
        finding.title = format!(
            "{} {} is looked up without a namespace, and is never found: {}s have one",
            query.kind, query.name, query.kind
        );
        finding.help =
            "give the namespace, such as `.Release.Namespace`; \"\" stands for all of them only where the name is \
                        empty too"
                .into();
        finding.cause = words::query(query);
        findings.push(finding);
    }
}
