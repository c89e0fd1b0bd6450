//! A guard and what it guards stand in one `and` or `or`.

use super::flow::{Flow, Place, function};
use super::{Evidence, Rule, words};
use crate::finding::{Finding, Severity};
use crate::source::Span;
use crate::template::ast::{Branch, Command, Operand, OperandKind, Symbol};
use std::sync::Arc;

pub static RULE: Rule = Rule {
    name: "short-circuit-on-old-helm",
    severity: Severity::Info,
    summary: "a guard and the use of a lookup in one `and` or `or`: Helm before 3.10 evaluates both, and fails",
    check,
};

/// A variable of an operand, through `not`, `empty` and parentheses.
fn guarded(operand: &Operand, depth: usize) -> Option<Symbol> {
    match &operand.kind {
        OperandKind::Variable(symbol, _) => Some(*symbol),
        OperandKind::Pipeline(inner) if depth < 20 => {
            let command = inner.commands.last()?;
            match function(command) {
                Some("not" | "empty") => guarded(command.operands.get(1)?, depth + 1),
                Some(_) => None,
                None => guarded(command.operands.first()?, depth + 1),
            }
        }
        _ => None,
    }
}

/// Where an operand fails when the variable is an empty map.
fn fails(operand: &Operand, symbol: Symbol, depth: usize) -> Option<Span> {
    if depth > 50 {
        return None;
    }
    match &operand.kind {
        OperandKind::Variable(s, fields) if *s == symbol && fields.len() > 1 => Some(operand.span),
        OperandKind::Pipeline(inner) => inner.commands.iter().find_map(|command| {
            let reads = |operand: &Operand| {
                matches!(&operand.kind, OperandKind::Variable(s, fields) if *s == symbol && fields.len() == 1)
            };
            let is_strict = matches!(function(command), Some("index" | "get" | "hasKey" | "len" | "keys"));
            match command.operands.get(1) {
                Some(first) if is_strict && reads(first) => Some(command.span),
                _ => command.operands.iter().find_map(|operand| fails(operand, symbol, depth + 1)),
            }
        }),
        OperandKind::Chain(base, _) => fails(base, symbol, depth + 1),
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
    let operands = command.operands.get(1..)?;
    for (index, operand) in operands.iter().enumerate() {
        let Some(symbol) = guarded(operand, 0) else { continue };
        let Some(name) = flow.name(symbol).filter(|name| holds(flow, name)) else { continue };
        let span = operands.get(index + 1..)?.iter().find_map(|operand| fails(operand, symbol, 0));
        // Guarded once more from outside.
        let is_guarded = around.iter().any(|branch| {
            branch.pipeline.commands.iter().flat_map(|c| &c.operands).any(|o| guarded(o, 0) == Some(symbol))
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
            let operator = function(command).unwrap_or("and");
            let title = format!("`{operator}` guards {name} and uses it: Helm before 3.10 evaluates both and fails");
            let help =
                format!("nest the conditions, or read through empty results: `dig \"data\" \"key\" \"\" {name}`");
            findings.push(words::of_text(&RULE, evidence, span, (title, help)));
        }
    }
}
