//! Two documents compared field by field.

use crate::value::yaml::{Kind, Node};
use std::collections::BTreeMap;
use std::ops::Range;

/// How a field differs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum How {
    Added,
    Removed,
    Changed,
}

/// A field that differs between two documents.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldDifference {
    /// `spec.ports[0].nodePort`; keys that hold a dot or a bracket are quoted.
    pub field: String,
    pub how: How,
    /// The bytes of the value in the first document; with its key where the whole field is missing in the other.
    pub from: Option<Range<usize>>,
    /// The same in the second document.
    pub to: Option<Range<usize>>,
}

/// All fields that differ, in the order of their paths. Lists of one length are compared element by element; others are
/// one change.
pub fn compare(a: &Node, b: &Node) -> Vec<FieldDifference> {
    let mut out = Vec::new();
    nodes(a, b, &mut String::new(), &mut out, 0);
    out
}

/// Deeper documents than the YAML reader accepts do not occur; this bounds the recursion all the same.
const MAX_DEPTH: usize = 10_000;

fn nodes(a: &Node, b: &Node, path: &mut String, out: &mut Vec<FieldDifference>, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    match (&a.kind, &b.kind) {
        (Kind::Map(x), Kind::Map(y)) => {
            let left: BTreeMap<&str, _> = x.iter().map(|(k, v)| (&*k.text, (k, v))).collect();
            let right: BTreeMap<&str, _> = y.iter().map(|(k, v)| (&*k.text, (k, v))).collect();
            let mut names: Vec<&str> = left.keys().chain(right.keys()).copied().collect();
            names.sort_unstable();
            names.dedup();
            for name in names {
                let before = path.len();
                push_key(path, name);
                match (left.get(name), right.get(name)) {
                    (Some((_, x)), Some((_, y))) => nodes(x, y, path, out, depth + 1),
                    (Some((key, x)), None) => out.push(FieldDifference {
                        field: path.clone(),
                        how: How::Removed,
                        from: Some(key.span.start..x.span.end.max(key.span.end)),
                        to: None,
                    }),
                    (None, Some((key, y))) => out.push(FieldDifference {
                        field: path.clone(),
                        how: How::Added,
                        from: None,
                        to: Some(key.span.start..y.span.end.max(key.span.end)),
                    }),
                    (None, None) => {}
                }
                path.truncate(before);
            }
        }
        (Kind::Seq(x), Kind::Seq(y)) if x.len() == y.len() => {
            for (i, (x, y)) in x.iter().zip(y).enumerate() {
                let before = path.len();
                path.push_str(&format!("[{i}]"));
                nodes(x, y, path, out, depth + 1);
                path.truncate(before);
            }
        }
        _ if a.same_value(b) => {}
        _ => out.push(FieldDifference {
            field: path.clone(),
            how: How::Changed,
            from: Some(a.span.clone()),
            to: Some(b.span.clone()),
        }),
    }
}

/// Appends a key to a path.
pub fn push_key(path: &mut String, key: &str) {
    if key.contains(['.', '[', ']', '/']) || key.is_empty() {
        path.push_str(&format!("[{key:?}]"));
        return;
    }
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(key);
}
