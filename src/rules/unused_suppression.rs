//! A comment that suppresses a finding which is not there.

use super::Rule;
use super::words::{AtComment, about_comment, needs_all_findings};
use crate::finding::{Finding, Severity};

pub static RULE: Rule = Rule {
    name: "unused-suppression",
    severity: Severity::Warning,
    summary: "a comment suppresses a finding that is not there",
    check: needs_all_findings,
};

/// A rule is named beside a place of which it says nothing.
pub fn finding(at: &AtComment<'_>, rule: &str) -> Finding {
    Finding {
        title: format!("the suppression of `{rule}` suppresses nothing"),
        help: "take it out: it would hide the next finding of this rule here".into(),
        cause: format!("{} {rule}", at.path),
        ..about_comment(&RULE, RULE.severity, at)
    }
}
