//! An upgrade asks for a value that the install did not need.

use super::failure::{self, FailureKind};
use super::{Evidence, Rule, words};
use crate::finding::{Finding, Severity};

pub static RULE: Rule = Rule {
    name: "upgrade-needs-value",
    severity: Severity::Warning,
    summary: "an upgrade with the values that installed is refused by `fail` or `required`: automated upgrades stop",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let mut found = failure::findings(&RULE, evidence, FailureKind::UpgradeNeedsValue, |failure, when| {
        let title = format!("{when} with the values that installed: {}", words::short(&words::message(failure.error)));
        let help = "what an upgrade needs and the install made can be read from the live object; ask for it only when it \
                    is not there either, and say in the message how to get at it";
        (title, help.into())
    });
    // The message tells values apart; the place is to be mended once.
    found.iter_mut().for_each(|finding| finding.cause = "upgrade".into());
    findings.append(&mut found);
}
