//! Decoded YAML as Go prints it with `%#v`; it occurs in messages.

use super::node::{Key, KeyKind, Kind, Node};
use std::fmt::Write as _;

/// What is nested deeper is left out.
const MAX_DEPTH: usize = 200;

/// A value that stands alone.
pub(super) fn value(node: &Node) -> String {
    let mut out = String::new();
    match node.kind {
        Kind::Null => out.push_str("<nil>"),
        _ => write(node, &mut out, 0),
    }
    out
}

fn write(node: &Node, out: &mut String, depth: usize) {
    match &node.kind {
        Kind::Null => out.push_str("interface {}(nil)"),
        Kind::Bool(b) => push(out, format_args!("{b}")),
        Kind::Int(i) => push(out, format_args!("{i}")),
        Kind::Uint(u) => push(out, format_args!("{u:#x}")),
        Kind::Float(f) => out.push_str(&super::number::float_text(*f)),
        Kind::Str(text) => quote(text, out),
        _ if depth > MAX_DEPTH => out.push('…'),
        Kind::Seq(items) => {
            out.push_str("[]interface {}{");
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                write(item, out, depth + 1);
            }
            out.push('}');
        }
        Kind::Map(entries) => {
            out.push_str("map[interface {}]interface {}{");
            let mut sorted: Vec<_> = entries.iter().collect();
            // Go orders keys by type first, as the types lie in the program; text comes before numbers there.
            let rank = |key: &Key| (key.kind != KeyKind::Str, key.text.clone());
            sorted.sort_by_key(|entry| rank(&entry.0));
            for (i, (key, item)) in sorted.into_iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                write_key(key, out);
                out.push(':');
                write(item, out, depth + 1);
            }
            out.push('}');
        }
    }
}

fn write_key(key: &Key, out: &mut String) {
    match key.kind {
        KeyKind::Str => quote(&key.text, out),
        KeyKind::Bool | KeyKind::Int => out.push_str(&key.text),
        KeyKind::Uint(u) => push(out, format_args!("{u:#x}")),
        KeyKind::Float(f) => out.push_str(&super::number::float_text(f)),
        KeyKind::Null => out.push_str("interface {}(nil)"),
    }
}

fn push(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = out.write_fmt(arguments);
}

fn quote(text: &str, out: &mut String) {
    push(out, format_args!("{text:?}"));
}
