//! A lookup of a kind that the group does not have.

use super::{Evidence, Rule, words};
use crate::finding::{Certainty, Finding, Severity};
use crate::kube::{self, KindLookup};
use crate::source::Span;
use std::collections::BTreeMap;

pub static RULE: Rule = Rule {
    name: "lookup-unknown-kind",
    severity: Severity::Error,
    summary: "no server has a kind of this name in this group: the lookup never finds anything, and nobody is told",
    check,
};

/// No version of the range that serves the group has the kind in it, and some version serves the group.
fn is_unknown(evidence: &Evidence<'_>, api_version: &str, kind: &str) -> bool {
    let range = evidence.targets.kubernetes;
    let versions = || kube::recorded().iter().filter(|version| range.contains(**version));
    let mut answers = versions().map(|version| kube::lookup(api_version, kind, *version)).peekable();
    answers.peek().is_some()
        && answers.all(|answer| !matches!(answer, KindLookup::Served(_)))
        && versions().any(|version| matches!(kube::lookup(api_version, kind, *version), KindLookup::UnknownKind))
        // A kind that the group had once is no mistake in writing.
        && kube::kind(api_version, kind).is_none()
}

/// The kind that was meant: of this group by another spelling, or of another group by this name.
fn meant(api_version: &str, kind: &str) -> Option<&'static kube::Kind> {
    let lower = kind.to_lowercase();
    let is_same =
        |k: &&kube::Kind| k.kind.to_lowercase() == lower || k.plural == lower || k.short_names.contains(&&*lower);
    let here = || kube::kinds().iter().filter(|k| k.api_version == api_version);
    let near = || {
        let plural = crate::near::nearest(kind, here().map(|k| k.plural))?;
        here().find(|k| k.plural == plural)
    };
    here().find(is_same).or_else(|| kube::kinds().iter().rfind(is_same)).or_else(near)
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let mut asked: BTreeMap<(Span, String, String), Certainty> = BTreeMap::new();
    for flow in evidence.flows() {
        for site in &flow.sites {
            if let (Some(api_version), Some(kind)) = (site.literal(0), site.literal(1)) {
                asked.insert((site.span, api_version.into(), kind.into()), Certainty::Possible);
            }
        }
    }
    for (_, lookup) in evidence.lookups() {
        let query = &lookup.query;
        asked.insert((lookup.span, query.api_version.clone(), query.kind.clone()), Certainty::Proved);
    }
    for ((span, api_version, kind), certainty) in asked {
        if kind.contains("{{") || !is_unknown(evidence, &api_version, &kind) {
            continue;
        }
        let title = format!("{api_version} has no kind {kind}: the lookup finds nothing, ever");
        let help = match meant(&api_version, &kind) {
            Some(meant) => {
                format!("write `lookup \"{}\" \"{}\"`; kinds are case-sensitive", meant.api_version, meant.kind)
            }
            None => "`kubectl api-resources` lists the kinds of each group; the names are case-sensitive".into(),
        };
        let mut finding = words::of_text(&RULE, evidence, span, (title, help));
        finding.certainty = certainty;
        findings.push(finding);
    }
}
