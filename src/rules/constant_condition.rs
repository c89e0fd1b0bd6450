//! A condition that is a literal.

use super::flow::{Flow, function};
use super::{Evidence, Rule, words};
use crate::finding::{Finding, Severity};
use crate::source::Span;
use crate::template::ast::{Command, OperandKind};

pub static RULE: Rule = Rule {
    name: "constant-condition",
    severity: Severity::Warning,
    summary: "a text in quotes is a condition, or an operand of `and` or `or` in one: it is always true",
    check,
};

/// A text that is not empty, among the operands of a command, where each is asked for its truth.
fn literal(command: &Command) -> Option<(&str, Span)> {
    let operands = match function(command) {
        Some("and" | "or" | "not") => command.operands.get(1..)?,
        _ if command.operands.len() == 1 => &command.operands,
        _ => return None,
    };
    operands.iter().find_map(|operand| match &operand.kind {
        OperandKind::String { value, .. } if !value.is_empty() => {
            Some((std::str::from_utf8(value).ok()?, operand.span))
        }
        OperandKind::Pipeline(inner) => inner.commands.last().and_then(literal_call),
        _ => None,
    })
}

/// The same in parentheses; a text alone in them is found there too.
fn literal_call(command: &Command) -> Option<(&str, Span)> {
    if function(command).is_some() || command.operands.len() == 1 { literal(command) } else { None }
}

/// A path as a template writes it: `.Values.a`; from the first key on that is no name, by `index`.
fn unquoted(path: &str) -> String {
    let keys: Vec<&str> = path.split('.').collect();
    let is_name = |key: &&str| key.chars().all(|c| c == '_' || c.is_alphanumeric());
    match keys.iter().position(|key| !is_name(key)) {
        None => format!(".{path}"),
        Some(at) => {
            let (before, rest) = keys.split_at(at);
            let rest: Vec<String> = rest.iter().map(|key| format!(" {key:?}")).collect();
            format!("index .{}{}", before.join("."), rest.concat())
        }
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    for flow in evidence.flows() {
        for (text, span) in conditions(flow) {
            let what = match text.trim_start_matches('.').split_once('.') {
                Some(("Release" | "Values" | "Capabilities" | "Chart", _)) => {
                    format!("write `{}`, without the quotes", unquoted(text.trim_start_matches('.')))
                }
                _ => "compare it with something (`eq .Values.x \"a\"`), once for each text: `or (eq $x \"a\") (eq $x \"b\")`".into(),
            };
            let title = format!("\"{text}\" is a condition: a text that is not empty is always true");
            findings.push(words::of_text(&RULE, evidence, span, (title, what)));
        }
    }
}

/// The literals among the conditions of `if` in a body; `with` a literal gives it a name.
fn conditions<'a>(flow: &Flow<'a>) -> Vec<(&'a str, Span)> {
    let of_branch = |branch: &&'a crate::template::ast::Branch| {
        let command = branch.pipeline.commands.last()?;
        let (text, span) = literal(command).filter(|_| branch.pipeline.declares.is_empty())?;
        Some((text, span.at(flow.base)))
    };
    flow.ifs().filter_map(|branch| of_branch(&branch)).collect()
}
