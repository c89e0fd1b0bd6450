//! A guard and what it guards stand in one `and` or `or`.

use super::flow::{Flow, Place};
use super::{Evidence, Rule, words};
use crate::finding::{Finding, Severity};
use crate::source::Span;
use crate::template::ast::{Branch, Command, Operand, OperandKind, Symbol, Tree};
use std::sync::Arc;

pub static RULE: Rule = Rule {
    name: "short-circuit-on-old-helm",
    severity: Severity::Info,
    summary: "a guard and the use of a lookup in one `and` or `or`: Helm before 3.10 evaluates both, and fails",
    check,
};

/// A variable of an operand, through `not`, `empty` and parentheses.
fn guarded(tree: &Tree, operand: &Operand, depth: usize) -> Option<Symbol> {
    match operand.kind {
        OperandKind::Variable(symbol, _) => Some(symbol),
        OperandKind::Pipeline(inner) if depth < 20 => {
            let command = tree.commands(tree.pipeline(inner)).last()?;
            let operands = tree.operands(command);
            match tree.called(command) {
                Some("not" | "empty") => guarded(tree, operands.get(1)?, depth + 1),
                Some(_) => None,
                None => guarded(tree, operands.first()?, depth + 1),
            }
        }
        _ => None,
    }
}

/// Where an operand fails when the variable is an empty map.
fn fails(tree: &Tree, operand: &Operand, symbol: Symbol, depth: usize) -> Option<Span> {
    if depth > 50 {
        return None;
    }
    let count = |fields| tree.fields(fields).len();
    match operand.kind {
        OperandKind::Variable(s, fields) if s == symbol && count(fields) > 1 => Some(operand.span),
        OperandKind::Pipeline(inner) => tree.commands(tree.pipeline(inner)).iter().find_map(|command| {
            let reads = |operand: &Operand| {
                matches!(operand.kind, OperandKind::Variable(s, fields) if s == symbol && count(fields) == 1)
            };
            let is_strict = matches!(tree.called(command), Some("index" | "get" | "hasKey" | "len" | "keys"));
            let operands = tree.operands(command);
            match operands.get(1) {
                Some(first) if is_strict && reads(first) => Some(command.span),
                _ => operands.iter().find_map(|operand| fails(tree, operand, symbol, depth + 1)),
            }
        }),
        OperandKind::Chain(base, _) => fails(tree, tree.operand(base), symbol, depth + 1),
        _ => None,
    }
}

/// The variables of a body that hold a lookup's result.
fn holds(flow: &Flow<'_>, name: &Arc<str>) -> bool {
    flow.sites.iter().any(|site| match site.place {
        Place::Variable(number) => {
            site.fields.is_empty() && flow.variables.get(number).is_some_and(|v| v.name == *name)
        }
        _ => false,
    })
}

fn found<'a>(flow: &Flow<'a>, command: &'a Command, around: &[&'a Branch]) -> Option<(Span, Arc<str>)> {
    let tree = flow.tree;
    let operands = tree.operands(command).get(1..)?;
    for (index, operand) in operands.iter().enumerate() {
        let Some(symbol) = guarded(tree, operand, 0) else { continue };
        let Some(name) = flow.name(symbol).filter(|name| holds(flow, name)) else { continue };
        let span = operands.get(index + 1..)?.iter().find_map(|operand| fails(tree, operand, symbol, 0));
        // Guarded once more from outside.
        let is_guarded = around.iter().any(|branch| {
            let mut operands = tree.commands(&branch.pipeline).iter().flat_map(|command| tree.operands(command));
            operands.any(|operand| guarded(tree, operand, 0) == Some(symbol))
        });
        if let Some(span) = span.filter(|_| !is_guarded) {
            return Some((span.at(flow.base), name));
        }
    }
    None
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    // The first Go whose `and` and `or` stop early is that of Helm 3.10; nobody else is hurt.
    if evidence.life.world.profile.go() >= 18 {
        return;
    }
    for flow in evidence.flows() {
        for (command, around) in &flow.choices {
            let Some((span, name)) = found(flow, command, around) else { continue };
            let operator = flow.tree.called(command).unwrap_or("and");
            let title = format!("`{operator}` guards {name} and uses it: Helm before 3.10 evaluates both and fails");
            let help =
                format!("nest the conditions, or read through empty results: `dig \"data\" \"key\" \"\" {name}`");
            findings.push(words::of_text(&RULE, evidence, span, (title, help)));
        }
    }
}
