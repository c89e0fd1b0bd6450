//! A comment that suppresses a finding and does not say why.

use super::Rule;
use super::words::{AtComment, about_comment, needs_all_findings};
use crate::finding::{Finding, Severity};

pub static RULE: Rule = Rule {
    name: "suppression-without-reason",
    severity: Severity::Info,
    summary: "a comment suppresses a finding and does not say why",
    check: needs_all_findings,
};

/// Nothing stands behind the brackets.
pub fn finding(at: &AtComment<'_>, rules: &[&str]) -> Finding {
    let rules = rules.join(",");
    Finding {
        title: format!("the suppression of `{rules}` does not say why"),
        help: format!("write the reason behind the bracket: `chartlint: ignore[{rules}] because …`"),
        cause: format!("{} {rules}", at.path),
        ..about_comment(&RULE, RULE.severity, at)
    }
}
