//! NOTES.txt uses a lookup that finds nothing.

use super::failure::{self, FailureKind};
use super::{Evidence, Rule, words};
use crate::finding::{Finding, Severity};

pub static RULE: Rule = Rule {
    name: "lookup-in-notes",
    severity: Severity::Warning,
    summary: "NOTES.txt uses a lookup's result where it can be empty: a text that nobody needs makes the operation fail",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    findings.extend(failure::findings(&RULE, evidence, FailureKind::Notes, |failure, when| {
        let asked = failure.lookup.map_or_else(String::new, |lookup| words::asked(&lookup.query));
        let title =
            format!("{when} because of NOTES.txt: its lookup of {asked} found nothing and is used all the same");
        let help = "NOTES.txt is rendered before anything is created, so a first install finds nothing: print a \
                    `kubectl get` command that the reader runs, or put `{{ with }}` around the use";
        (title, help.into())
    }));
}
