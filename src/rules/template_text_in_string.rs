//! A lookup is asked for a text that should have been a template.

use super::{Evidence, Rule, words};
use crate::finding::{Finding, Severity};

pub static RULE: Rule = Rule {
    name: "template-text-in-string",
    severity: Severity::Error,
    summary: "an argument of lookup holds `{{ }}` in quotes, which nothing expands: it never finds anything",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let mut told = Vec::new();
    let mut add = |span, text: &str, help: &str| {
        if told.contains(&span) {
            return;
        }
        told.push(span);
        let title = format!("the lookup asks for \"{text}\" as it stands: nothing expands a template in quotes");
        findings.push(words::of_text(&RULE, evidence, span, (title, help.into())));
    };
    for flow in evidence.flows() {
        for site in &flow.sites {
            let text = (0..4).filter_map(|index| site.literal(index)).find(|text| text.contains("{{"));
            if let Some(text) = text {
                add(site.span, text, "put the text together: `(printf \"%s-x\" .Release.Name)`");
            }
        }
    }
    for (_, lookup) in evidence.lookups() {
        let query = &lookup.query;
        if let Some(text) = [&query.kind, &query.namespace, &query.name].into_iter().find(|text| text.contains("{{")) {
            add(lookup.span, text, "run a value that may hold a template through `tpl`: `(tpl .Values.name .)`");
        }
    }
}
