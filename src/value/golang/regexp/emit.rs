//! Patterns in the syntax of the regex crate.

use super::syntax::{Kind, Node};
use std::fmt::Write;

pub(super) fn emit(node: &Node) -> String {
    let mut out = String::new();
    write_node(node, &mut out);
    out
}

/// The depth is that of the tree, which is limited.
fn write_node(node: &Node, out: &mut String) {
    match &node.kind {
        Kind::Empty => out.push_str("(?:)"),
        Kind::Literal(rune) => folded(node, out, |out| match char::from_u32(*rune) {
            Some(c) if c.is_ascii_alphanumeric() => out.push(c),
            // Writing to a String does not fail.
            Some(c) => drop(write!(out, r"\x{{{:x}}}", c as u32)),
            None => out.push_str(r"[^\x{0}-\x{10ffff}]"),
        }),
        Kind::Class(class) => folded(node, out, |out| {
            let (negation, items) = match (class.is_negated, class.items.as_str()) {
                (false, "") => ("^", r"\x{0}-\x{10ffff}"),
                (true, "") => ("", r"\x{0}-\x{10ffff}"),
                (true, items) => ("^", items),
                (false, items) => ("", items),
            };
            out.extend(["[", negation, items, "]"]);
        }),
        Kind::AnyButNewline => out.push_str(r"[^\n]"),
        Kind::Any => out.push_str(r"(?s:.)"),
        Kind::BeginText => out.push_str(r"\A"),
        Kind::EndText => out.push_str(r"\z"),
        Kind::BeginLine => out.push_str("(?m:^)"),
        Kind::EndLine => out.push_str("(?m:$)"),
        Kind::WordBoundary => out.push_str(r"(?-u:\b)"),
        Kind::NoWordBoundary => out.push_str(r"(?-u:\B)"),
        Kind::Capture(node) => {
            out.push('(');
            write_node(node, out);
            out.push(')');
        }
        Kind::Concat(nodes) => {
            for node in nodes {
                write_part(node, out);
            }
        }
        Kind::Alternate(nodes) => {
            for (index, node) in nodes.iter().enumerate() {
                if index > 0 {
                    out.push('|');
                }
                write_node(node, out);
            }
        }
        Kind::Repeat { node, min, max, is_greedy } => {
            out.push_str("(?:");
            write_node(node, out);
            out.push(')');
            match (min, max) {
                (0, None) => out.push('*'),
                (1, None) => out.push('+'),
                (0, Some(1)) => out.push('?'),
                (min, None) => drop(write!(out, "{{{min},}}")),
                (min, Some(max)) => drop(write!(out, "{{{min},{max}}}")),
            }
            if !is_greedy {
                out.push('?');
            }
        }
    }
}

/// A part of a sequence; an alternation in it must be grouped.
fn write_part(node: &Node, out: &mut String) {
    if matches!(node.kind, Kind::Alternate(_)) {
        out.push_str("(?:");
        write_node(node, out);
        out.push(')');
    } else {
        write_node(node, out);
    }
}

fn folded(node: &Node, out: &mut String, write: impl Fn(&mut String)) {
    if node.folds_case {
        out.push_str("(?i:");
        write(out);
        out.push(')');
    } else {
        write(out);
    }
}
