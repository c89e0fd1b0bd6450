//! A comment that looks like a suppression and is none.

use super::words::{AtComment, about_comment, needs_all_findings};
use super::{RULES, Rule};
use crate::finding::{Finding, Severity};
use crate::near::nearest;

pub static RULE: Rule = Rule {
    name: "unknown-suppression",
    severity: Severity::Error,
    summary: "a comment names no rule or an unknown one, and suppresses nothing",
    check: needs_all_findings,
};

/// A name that is no rule's.
pub fn finding(at: &AtComment<'_>, rule: &str) -> Finding {
    let meant = nearest(rule, RULES.iter().map(|rule| rule.name));
    said(
        at,
        format!("there is no rule `{rule}` to suppress"),
        rule,
        match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "the name of a rule stands in the brackets of its findings".into(),
        },
    )
}

/// `ignore` without the names of rules.
pub fn blanket(at: &AtComment<'_>) -> Finding {
    let help = "name what is meant, `chartlint: ignore[rule] reason`: everything would also be what comes tomorrow";
    said(at, "a suppression that names no rule suppresses nothing".into(), "", help.into())
}

/// A word that is neither `ignore` nor `ignore-file`.
pub fn no_word(at: &AtComment<'_>, word: &str, meant: Option<&str>) -> Finding {
    said(
        at,
        format!("`chartlint: {word}` is no suppression"),
        word,
        match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "write `chartlint: ignore[rule] reason`, or `ignore-file[rule]` at the top of a file".into(),
        },
    )
}

/// `ignore-file` below the first line that is no comment.
pub fn below_top(at: &AtComment<'_>) -> Finding {
    let help = "move it above the first line that is no comment, or write `ignore` beside the place";
    said(at, "`ignore-file` suppresses nothing below the top of the file".into(), "ignore-file", help.into())
}

fn said(at: &AtComment<'_>, title: String, word: &str, help: String) -> Finding {
    Finding { title, help, cause: format!("{} {word}", at.path), ..about_comment(&RULE, RULE.severity, at) }
}
