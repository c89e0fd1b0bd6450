//! A lookup in a group that the server may not serve.

use super::{Evidence, Rule, words};
use crate::engine::LookupCall;
use crate::finding::{Effect, Finding, Severity};
use crate::kube::{self, KindLookup};
use crate::lifecycle::Phase;
use crate::value::origin::Cause;

pub static RULE: Rule = Rule {
    name: "lookup-unserved-group",
    severity: Severity::Error,
    summary: "a lookup in a group that the cluster may not serve, with no check for it: the render fails there",
    check,
};

/// A condition around the call asks what the cluster serves, or looks for the definition of the kind.
fn is_guarded(phase: &Phase, lookup: &LookupCall) -> bool {
    let rt = &phase.rendering.rt;
    let asks = |cause: &Cause| match cause {
        Cause::Capabilities { .. } => true,
        Cause::Lookup { call, .. } => rt.lookups.get(*call).is_some_and(|l| l.query.kind == "CustomResourceDefinition"),
        _ => false,
    };
    // The group itself may have been chosen by what is served.
    rt.arena.causes(lookup.arguments).any(asks)
        || rt.arena.guards(lookup.guard).iter().any(|guard| rt.arena.causes(guard.origin).any(asks))
}

fn group(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

/// The chart itself needs the group: it brings the definition in crds/, or renders objects of the group, whose install
/// fails as well where nobody serves it.
fn is_needed(evidence: &Evidence<'_>, phase: &Phase, group_name: &str) -> bool {
    let renders = phase.objects.iter().any(|object| object.id.group() == group_name);
    let line = format!("group: {group_name}");
    let charts = evidence.life.prepared.iter().flat_map(|prepared| &prepared.charts);
    let defines = |bytes: &[u8]| {
        String::from_utf8_lossy(bytes)
            .lines()
            .any(|l| l.trim().replace(['"', '\''], "").trim_start_matches("- ") == line)
    };
    renders || charts.flat_map(|chart| chart.chart.crds()).any(|file| defines(&file.bytes))
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let range = evidence.targets.kubernetes;
    let mut told = Vec::new();
    for (phase, lookup) in evidence.lookups() {
        let query = &lookup.query;
        let is_odd = query.api_version.is_empty() || query.api_version.contains("{{") || query.kind.is_empty();
        if is_odd || told.contains(&(lookup.span, query.api_version.clone())) {
            continue;
        }
        let answers = kube::over_range(range, |at| {
            matches!(kube::lookup(&query.api_version, &query.kind, at), KindLookup::UnknownGroup { .. })
        });
        let unserved: Vec<String> = answers.iter().filter(|s| s.answer).map(|s| s.range.to_string()).collect();
        // A version without a group is one of the core group, and that has but one.
        let is_core = !query.api_version.contains('/');
        let is_custom = !kube::kinds().iter().any(|kind| kind.api_version == query.api_version);
        if unserved.is_empty()
            || is_guarded(phase, lookup)
            || is_custom && !is_core && is_needed(evidence, phase, group(&query.api_version))
        {
            continue;
        }
        told.push((lookup.span, query.api_version.clone()));
        let severity = if is_core { Severity::Error } else { Severity::Warning };
        let mut finding = words::problem(&RULE, evidence, severity, lookup.span);
        let whom = match is_custom {
            true if is_core => "with a cluster: no group is named, and the core group has only v1".to_string(),
            true => "where nobody has installed its definitions".to_string(),
            false => format!("on Kubernetes {}, which does not serve it", unserved.join(", ")),
        };
        finding.title = format!("the lookup of {} in {} fails every render {whom}", query.kind, query.api_version);
        if !is_custom {
            finding.versions = format!("Kubernetes {}", unserved.join(", "));
        }
        let says = format!("unable to get apiresource from unstructured: {}, Kind={}", query.api_version, query.kind);
        finding.effects = vec![Effect { operation: "install", says }];
        finding.help = match is_core {
            true => format!(
                "name the group that has the kind: `lookup \"<group>/{}\" \"{}\"`",
                query.api_version, query.kind
            ),
            false => format!("ask before: `{{{{ if .Capabilities.APIVersions.Has \"{}\" }}}}`", query.api_version),
        };
        finding.cause = words::query(query);
        findings.push(finding);
    }
}
