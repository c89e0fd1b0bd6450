//! A variable is declared once more where the outer one was meant.

use super::{Evidence, Rule, words};
use crate::finding::{Finding, Severity, TraceStep};

pub static RULE: Rule = Rule {
    name: "shadowed-assignment",
    severity: Severity::Warning,
    summary: "`:=` in an inner block declares a variable that nobody reads; the outer one of that name keeps its value",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    for flow in evidence.flows() {
        for (number, inner) in flow.variables.iter().enumerate() {
            let Some(outer) = inner.shadows else { continue };
            let Some(around) = flow.variables.get(outer) else { continue };
            let is_read = flow.reads_of(number).any(|read| !read.is_for_itself);
            // Read behind the block, or by the next iteration.
            let is_missed = flow.reads_of(outer).any(|read| read.span.start >= inner.end && !read.is_for_itself);
            let is_same_block = around.end == inner.end;
            if inner.is_of_branch
                || inner.is_outer_changed
                || around.is_of_branch
                || is_read
                || !is_missed
                || is_same_block
                || *inner.name == *"$_"
            {
                continue;
            }
            let name = &inner.name;
            let title =
                format!("`{name} :=` declares another {name} that nobody reads; the outer {name} keeps its value");
            let help = format!("write `{name} =` to assign to the outer variable");
            let mut finding = words::of_text(&RULE, evidence, inner.span, (title, help));
            let outer = TraceStep { span: around.span, says: format!("declares {name}"), is_primary: false };
            let primary = TraceStep { span: inner.span, says: "declares another one".into(), is_primary: true };
            finding.steps = vec![outer, primary];
            if let Some(read) =
                flow.reads.iter().find(|r| Some(r.variable) == inner.shadows && r.span.start >= inner.end)
            {
                finding.steps.push(TraceStep {
                    span: read.span,
                    says: "reads the outer one".into(),
                    is_primary: false,
                });
            }
            findings.push(finding);
        }
    }
}
