//! The list that a lookup without a name returns is used as a condition.

use super::flow::{Place, branch_of};
use super::list_lookup_as_object::{is_list, uses};
use super::{Evidence, Rule, words};
use crate::finding::{Finding, Severity};

pub static RULE: Rule = Rule {
    name: "list-lookup-as-boolean",
    severity: Severity::Warning,
    summary: "a list lookup is a condition: true with a cluster even when nothing is found, false without one",
    check,
};

/// Of these every cluster has some: asking for them asks whether there is a cluster.
const EVERYWHERE: [&str; 7] = ["Namespace", "Node", "ServiceAccount", "APIService", "ClusterRole", "Service", "Pod"];

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    for flow in evidence.flows() {
        for site in flow.sites.iter().filter(|site| is_list(evidence, site)) {
            let kind = site.literal(1).unwrap_or("these objects");
            let all = uses(flow, site);
            // Whoever looks at the items as well knows that it is a list.
            let knows = all.iter().any(|(_, fields, _)| fields.first().is_some_and(|field| &**field == "items"));
            let is_probe = EVERYWHERE.contains(&kind) && site.literal(2).is_none_or(|namespace| namespace.is_empty());
            if knows || is_probe {
                continue;
            }
            for (place, fields, span) in all {
                let is_condition = match place {
                    Place::If(_) => true,
                    Place::Argument(command, _) => {
                        matches!(flow.tree.called(command), Some("not" | "and" | "or" | "empty"))
                            && branch_of(place).is_some()
                    }
                    _ => false,
                };
                if is_condition && fields.is_empty() {
                    let title = format!(
                        "the list of {kind} is a condition: true with a cluster even when there are none, false without one"
                    );
                    let help = "ask for the items: `(lookup ...).items`";
                    findings.push(words::of_text(&RULE, evidence, span, (title, help.into())));
                }
            }
        }
    }
}
