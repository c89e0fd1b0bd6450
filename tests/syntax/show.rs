//! Trees of templates in the notation of `tests/syntax/go/verdicts/tree.go`, to compare with Go's.

use chartlint::template::ast::{List, Node, Operand, OperandKind, Pipeline, Tree};
use chartlint::template::print;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The tree as the Go program prints it.
pub fn show(tree: &Tree, file: &str) -> String {
    let mut templates: BTreeMap<&str, (bool, List)> = BTreeMap::new();
    let root_is_empty = tree.nodes(tree.root).iter().all(|node| match node {
        Node::Text(span) => String::from_utf8_lossy(&tree.source[span.range()]).trim().is_empty(),
        _ => false,
    });
    let defines = tree.defines.iter().map(|define| (&*define.name, define.is_empty, define.body));
    for (name, is_empty, list) in defines.chain([(file, root_is_empty, tree.root)]) {
        if templates.get(name).is_none_or(|(was_empty, _)| *was_empty) {
            templates.insert(name, (is_empty, list));
        }
    }
    let mut out = String::new();
    for (name, (is_empty, list)) in templates {
        let _ = write!(out, "{} empty={is_empty}", chartlint::template::quoted(name.as_bytes()));
        show_list(&mut out, tree, list);
        out.push('\n');
    }
    out
}

fn show_list(out: &mut String, tree: &Tree, list: List) {
    out.push('[');
    for node in tree.nodes(list) {
        let (kind, branch) = match node {
            Node::Text(span) => {
                let _ = write!(out, "(text {} {})", span.start, span.end - span.start);
                continue;
            }
            Node::Action(pipeline) => {
                show_pipeline(out, tree, pipeline);
                continue;
            }
            Node::Template(call) => {
                let call = tree.call(*call);
                let _ = write!(out, "(template {} {}", call.pos(), print::template_call(tree, call));
                if let Some(argument) = &call.argument {
                    show_pipeline(out, tree, argument);
                }
                out.push(')');
                continue;
            }
            Node::Break(_) => {
                out.push_str("(break)");
                continue;
            }
            Node::Continue(_) => {
                out.push_str("(continue)");
                continue;
            }
            Node::If(branch) => ("if", branch),
            Node::With(branch) => ("with", branch),
            Node::Range(branch) => ("range", branch),
        };
        let branch = tree.branch(*branch);
        let _ = write!(out, "({kind} {}", branch.pos());
        show_pipeline(out, tree, &branch.pipeline);
        show_list(out, tree, branch.body);
        if let Some(otherwise) = branch.otherwise {
            show_list(out, tree, otherwise);
        }
        out.push(')');
    }
    out.push(']');
}

fn show_pipeline(out: &mut String, tree: &Tree, pipeline: &Pipeline) {
    let _ = write!(out, "(pipe {}", pipeline.pos());
    for symbol in pipeline.declares() {
        let _ = write!(out, " {}", tree.names[*symbol as usize]);
    }
    let _ = write!(out, " assign={}", pipeline.is_assign);
    for command in tree.commands(pipeline) {
        let _ = write!(out, "(command {}", command.pos());
        for operand in tree.operands(command) {
            show_operand(out, tree, operand);
        }
        out.push(')');
    }
    out.push(')');
}

fn show_operand(out: &mut String, tree: &Tree, operand: &Operand) {
    let pos = tree.pos(operand);
    let _ = match operand.kind {
        OperandKind::Pipeline(inner) => {
            show_pipeline(out, tree, tree.pipeline(inner));
            return;
        }
        OperandKind::Chain(base, path) => {
            let path: Vec<&str> = tree.fields(path).iter().map(|name| &**name).collect();
            let _ = write!(out, "(chain {pos} {}", path.join("."));
            show_operand(out, tree, tree.operand(base));
            write!(out, ")")
        }
        OperandKind::Number(number) => {
            let number = tree.number(number);
            let _ = write!(out, "(number {pos} {}", number.text);
            let _ = number.int.map(|value| write!(out, " int={value}"));
            let _ = number.uint.map(|value| write!(out, " uint={value}"));
            let _ = number.float.map(|value| write!(out, " float={:x}", value.to_bits()));
            let _ = number.complex.map(|(a, b)| write!(out, " complex={:x},{:x}", a.to_bits(), b.to_bits()));
            write!(out, ")")
        }
        OperandKind::String(value) => {
            let _ = write!(out, "(string {pos} ");
            for byte in tree.string(value).iter() {
                let _ = write!(out, "{byte:02x}");
            }
            write!(out, ")")
        }
        OperandKind::Function(name, _) => write!(out, "(function {pos} {})", tree.function(name)),
        _ => write!(out, "({pos} {})", print::operand(tree, operand)),
    };
}
