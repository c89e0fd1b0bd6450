//! A condition that is a literal.

use super::flow::Flow;
use super::{Evidence, Rule, words};
use crate::finding::{Finding, Severity};
use crate::source::Span;
use crate::template::ast::{Branch, Command, OperandKind, Tree};

pub static RULE: Rule = Rule {
    name: "constant-condition",
    severity: Severity::Warning,
    summary: "a text in quotes is a condition, or an operand of `and` or `or` in one: it is always true",
    check,
};

/// A text that is not empty, among the operands of a command, where each is asked for its truth.
fn literal<'a>(tree: &'a Tree, command: &Command) -> Option<(&'a str, Span)> {
    let operands = match (tree.called(command), tree.operands(command)) {
        (Some("and" | "or" | "not"), operands) => operands.get(1..)?,
        (_, operands @ [_]) => operands,
        _ => return None,
    };
    operands.iter().find_map(|operand| match operand.kind {
        OperandKind::String(id) if !tree.string(id).is_empty() => {
            Some((std::str::from_utf8(tree.string(id)).ok()?, operand.span))
        }
        OperandKind::Pipeline(inner) => {
            tree.commands(tree.pipeline(inner)).last().and_then(|command| literal_call(tree, command))
        }
        _ => None,
    })
}

/// The same in parentheses; a text alone in them is found there too.
fn literal_call<'a>(tree: &'a Tree, command: &Command) -> Option<(&'a str, Span)> {
    let is_value = tree.called(command).is_some() || tree.operands(command).len() == 1;
    if is_value { literal(tree, command) } else { None }
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
    let of_branch = |branch: &'a Branch| {
        let command = flow.tree.commands(&branch.pipeline).last()?;
        let (text, span) = literal(flow.tree, command).filter(|_| branch.pipeline.declares().is_empty())?;
        Some((text, span.at(flow.base)))
    };
    flow.ifs().filter_map(of_branch).collect()
}
