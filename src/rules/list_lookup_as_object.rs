//! The list that a lookup without a name returns is used as if it were an object, or its items.

use super::failure::{self, Failure, FailureKind};
use super::flow::{Flow, Place, Site};
use super::{Evidence, Rule, documents, words};
use crate::finding::{Finding, Severity};
use crate::source::Span;
use std::sync::Arc;

pub static RULE: Rule = Rule {
    name: "list-lookup-as-object",
    severity: Severity::Error,
    summary: "a lookup without a name returns a list, and the list is used instead of its `.items`",
    check,
};

/// The fields that a list has.
const FIELDS: [&str; 4] = ["items", "metadata", "kind", "apiVersion"];

/// Whether a lookup lists: an empty name is written, or that is what it was asked each time.
pub(super) fn is_list(evidence: &Evidence<'_>, site: &Site<'_>) -> bool {
    match site.literal(3) {
        Some(name) => name.is_empty(),
        None => {
            let calls = evidence.life.phases.iter().flat_map(|phase| phase.rendering.rt.lookups.iter());
            let mut calls = calls.filter(|lookup| lookup.span == site.span).peekable();
            // A name that is empty because a value is not set is another matter.
            calls.peek().is_some() && calls.all(|lookup| lookup.query.name.is_empty() && lookup.arguments.is_none())
        }
    }
}

/// The places that use what a lookup returns: at once, and through its variable.
pub(super) fn uses<'a, 'b>(flow: &'b Flow<'a>, site: &'b Site<'a>) -> Vec<(Place<'a>, &'a [Arc<str>], Span)> {
    match site.place {
        Place::Variable(variable) if site.fields.is_empty() => {
            flow.reads_of(variable).map(|read| (read.place, read.fields, read.span)).collect()
        }
        _ => vec![(site.place, site.fields, site.span)],
    }
}

/// Whether a value that the world passes went into the arguments of the lookup that a failure is about.
fn is_named_by_world(evidence: &Evidence<'_>, failure: &Failure<'_>) -> bool {
    let (Some(lookup), Some(phase)) = (failure.lookup, evidence.life.phase(failure.phase)) else { return false };
    documents::depends_on_passed(evidence.life, phase, lookup.arguments)
}

const WITHOUT_NAME: &str = "the name is empty here, and a lookup without a name returns a list: ask only where there is a \
                            name, with `{{ if }}` around the lookup";

/// Whether the lookup that a failure is about writes a name, which came out empty: nobody wanted a list.
fn is_meant_by_name(evidence: &Evidence<'_>, failure: &Failure<'_>) -> bool {
    let (Some(lookup), Some(phase)) = (failure.lookup, evidence.life.phase(failure.phase)) else { return false };
    let Some(file) = phase.rendering.sources.file_at(lookup.span.start) else { return false };
    let range =
        lookup.span.start.saturating_sub(file.base) as usize..lookup.span.end.saturating_sub(file.base) as usize;
    file.text.get(range).is_some_and(|text| !text.windows(2).any(|quotes| quotes == b"\"\""))
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let help = "a lookup without a name returns a list: its objects are in `.items`";
    let mut failing = failure::findings(&RULE, evidence, FailureKind::ListAsObject, |failure, when| {
        let asked = failure.lookup.map_or_else(String::new, |lookup| words::asked(&lookup.query));
        let title = format!("{when}: the list of {asked} is used as if it were one object");
        (title, if is_meant_by_name(evidence, failure) { WITHOUT_NAME.into() } else { help.into() })
    });
    // A name that is empty because a value was made so says nothing of the chart.
    if documents::is_made_up(evidence.life) && evidence.failures.iter().any(|f| is_named_by_world(evidence, f)) {
        failing.clear();
    }
    findings.append(&mut failing);
    for flow in evidence.flows() {
        for site in flow.sites.iter().filter(|site| is_list(evidence, site)) {
            let kind = site.literal(1).unwrap_or("these objects");
            // A run has failed for it.
            let is_told = |f: &Finding| f.rule == RULE.name && f.steps.iter().any(|step| step.span == site.span);
            if findings.iter().any(is_told) {
                continue;
            }
            for (place, fields, span) in uses(flow, site) {
                let what = match (place, fields.first()) {
                    (_, Some(field)) if !FIELDS.contains(&&**field) => format!("has no field `{field}`"),
                    (Place::Range(_), None) => "is ranged over: that gives apiVersion, items, kind and metadata".into(),
                    (Place::Argument(command, _), None)
                        if matches!(flow.tree.called(command), Some("index" | "first" | "last")) =>
                    {
                        format!("goes to `{}`", flow.tree.called(command).unwrap_or_default())
                    }
                    _ => continue,
                };
                if findings.iter().any(|finding| finding.rule == RULE.name && finding.primary == span) {
                    continue;
                }
                let title = format!("the list that the lookup of {kind} returns {what}");
                findings.push(words::of_text(&RULE, evidence, span, (title, help.into())));
            }
        }
    }
}
