//! A trace as a graph for Graphviz.

use super::graph::{End, Graph, Limits, Node};
use super::{Told, counts, limits};
use std::fmt::Write;

const LIMITS: Limits = Limits { sources: 100, middle: 200, boxes: 150, rows: 400 };

/// The text of the graph.
pub fn text(told: &Told<'_>) -> String {
    let graph = Graph::new(told, LIMITS);
    let mut out = String::from("digraph trace {\n");
    let mut title = format!("{}: {}", told.path, counts(told.trace));
    if !graph.left_out.is_empty() {
        let _ = write!(title, "\nleft out: {}", graph.left_out);
    }
    for note in limits(told.trace) {
        let _ = write!(title, "\n{note}");
    }
    // Writing to a string does not fail.
    let _ = writeln!(out, "  graph [rankdir=LR, labelloc=t, label={}, fontname=\"monospace\"];", quoted(&title));
    out.push_str("  node [shape=box, fontname=\"monospace\", fontsize=10];\n  edge [arrowsize=0.6];\n");
    for (number, node) in graph.sources.iter().enumerate() {
        let _ = writeln!(out, "  s{number} [label={}, style=filled, fillcolor=\"#dbeafe\"];", label(node));
    }
    for (number, node) in graph.middle.iter().enumerate() {
        let shape = if node.decides { "diamond" } else { "ellipse" };
        let _ = writeln!(out, "  m{number} [label={}, shape={shape}];", label(node));
    }
    for (number, objects) in graph.objects.iter().enumerate() {
        let _ = writeln!(out, "  subgraph cluster_o{number} {{\n    label={};", quoted(&objects.names.join("\n")));
        let is_whole = graph.edges.iter().any(|edge| edge.to == End::Objects(number));
        if is_whole || objects.rows.is_empty() {
            let _ = writeln!(out, "    o{number} [label=\"all of it\", shape=plaintext];");
        }
        for (row, fields) in objects.rows.iter().enumerate() {
            let _ = writeln!(out, "    o{number}f{row} [label={}, shape=plaintext];", quoted(&fields.join("\n")));
        }
        out.push_str("  }\n");
    }
    for edge in &graph.edges {
        let style = if edge.decides { " [style=dashed]" } else { "" };
        let _ = writeln!(out, "  {} -> {}{style};", id(edge.from), id(edge.to));
    }
    out.push_str("}\n");
    out
}

fn id(end: End) -> String {
    match end {
        End::Source(number) => format!("s{number}"),
        End::Middle(number) => format!("m{number}"),
        End::Objects(number) => format!("o{number}"),
        End::Row(number, row) => format!("o{number}f{row}"),
    }
}

fn label(node: &Node) -> String {
    let lines = [&node.text, &node.place, &node.given];
    quoted(&lines.into_iter().filter(|line| !line.is_empty()).map(String::as_str).collect::<Vec<_>>().join("\n"))
}

/// A string of the language: quotes and backslashes are escaped, lines are broken by an escape, and nothing else that
/// controls is left.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_end_where_they_should() {
        assert_eq!(quoted("a \"b\" \\ c\n\td\\"), r#""a \"b\" \\ c\n d\\""#);
    }
}
