//! Some values of a live object are kept, others are drawn anew.

use super::reuse_is_broken::{Reuse, key_path, lookup_step, reuse};
use super::{Evidence, Rule, words};
use crate::finding::{Finding, Severity};

pub static RULE: Rule = Rule {
    name: "reuse-misses-keys",
    severity: Severity::Warning,
    summary: "some keys of a live object are kept by a lookup, others are drawn anew by every upgrade",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    for group in evidence.take(|story| reuse(evidence, story) == Reuse::Some) {
        let lead = group[0];
        let id = &lead.difference.id;
        let field = lead.field().field;
        let mut finding = words::finding(&RULE, evidence, &group, Severity::Warning);
        if let Some(step) = lookup_step(evidence, lead).filter(|s| finding.steps.iter().all(|t| t.span != s.span)) {
            finding.steps.insert(0, step);
        }
        finding.title = format!("{id} keeps some of its values and draws `{field}` anew on every upgrade");
        finding.help = format!(
            "keep each key for itself: `dig {} \"\" $live`, with `$live` the result of the lookup",
            key_path(&field)
        );
        findings.push(finding);
    }
}
