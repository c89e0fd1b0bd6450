//! Nodes printed from the tree, as the `at <…>` of Go's execution errors shows them: one space between operands,
//! literals as written, comments and the author's white space gone.

use super::ast::{Command, Operand, OperandKind, Pipeline, TemplateCall, Tree};
use super::quote::quoted;
use std::sync::Arc;

/// A pipeline, with its declarations.
pub fn pipeline(tree: &Tree, pipeline: &Pipeline) -> String {
    print(tree, vec![Piece::Pipeline(pipeline)])
}

/// A command.
pub fn command(tree: &Tree, command: &Command) -> String {
    print(tree, vec![Piece::Command(command)])
}

/// An operand on its own: a pipeline has parentheses only inside of a command.
pub fn operand(tree: &Tree, operand: &Operand) -> String {
    match operand.kind {
        OperandKind::Pipeline(inner) => pipeline(tree, tree.pipeline(inner)),
        _ => print(tree, vec![Piece::Operand(operand)]),
    }
}

/// A call of a template, `{{template "x" .}}`.
pub fn template_call(tree: &Tree, call: &TemplateCall) -> String {
    let mut out = format!("{{{{template {}", quoted(call.name.as_bytes()));
    if let Some(argument) = &call.argument {
        out.push(' ');
        out.push_str(&pipeline(tree, argument));
    }
    out.push_str("}}");
    out
}

/// What is still to be printed. A stack of our own, since parentheses may be nested deeply.
enum Piece<'a> {
    Text(&'a str),
    Path(&'a [Arc<str>]),
    Pipeline(&'a Pipeline),
    Command(&'a Command),
    Operand(&'a Operand),
}

fn print<'a>(tree: &'a Tree, mut todo: Vec<Piece<'a>>) -> String {
    let mut out = String::new();
    while let Some(piece) = todo.pop() {
        let mark = todo.len();
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Path(path) => {
                for name in path {
                    out.push('.');
                    out.push_str(name);
                }
            }
            Piece::Pipeline(pipeline) => {
                for (i, symbol) in pipeline.declares().iter().enumerate() {
                    todo.push(Piece::Text(if i > 0 { ", " } else { "" }));
                    todo.push(Piece::Text(variable(tree, *symbol)));
                }
                if !pipeline.declares().is_empty() {
                    todo.push(Piece::Text(if pipeline.is_assign { " = " } else { " := " }));
                }
                for (i, command) in tree.commands(pipeline).iter().enumerate() {
                    todo.push(Piece::Text(if i > 0 { " | " } else { "" }));
                    todo.push(Piece::Command(command));
                }
            }
            Piece::Command(command) => {
                for (i, operand) in tree.operands(command).iter().enumerate() {
                    todo.push(Piece::Text(if i > 0 { " " } else { "" }));
                    todo.push(Piece::Operand(operand));
                }
            }
            Piece::Operand(operand) => match operand.kind {
                OperandKind::Dot => out.push('.'),
                OperandKind::Nil => out.push_str("nil"),
                OperandKind::Bool(value) => out.push_str(if value { "true" } else { "false" }),
                OperandKind::Number(number) => out.push_str(&tree.number(number).text),
                OperandKind::String(_) => out.push_str(&tree.written(operand.span)),
                OperandKind::Field(path) => todo.push(Piece::Path(tree.fields(path))),
                OperandKind::Variable(symbol, path) => {
                    out.push_str(variable(tree, symbol));
                    todo.push(Piece::Path(tree.fields(path)));
                }
                OperandKind::Function(name, _) => out.push_str(tree.function(name)),
                OperandKind::Chain(base, path) => {
                    todo.push(Piece::Operand(tree.operand(base)));
                    todo.push(Piece::Path(tree.fields(path)));
                }
                OperandKind::Pipeline(inner) => {
                    todo.extend([Piece::Text("("), Piece::Pipeline(tree.pipeline(inner)), Piece::Text(")")]);
                }
            },
        }
        if let Some(added) = todo.get_mut(mark..) {
            added.reverse();
        }
    }
    out
}

fn variable(tree: &Tree, symbol: u32) -> &str {
    tree.names.get(symbol as usize).map_or("", |name| name)
}
