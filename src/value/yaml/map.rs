//! Entries of a map while it is read: keys as strings, the last of equal keys wins.

use super::error::YamlError;
use super::go_syntax;
use super::node::{Key, KeyKind, Kind, Node, Note};
use super::number::float32_text;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Smaller maps are searched from end to end.
const INDEXED: usize = 12;

#[derive(Default)]
pub(super) struct MapBuilder {
    pub entries: Vec<(Key, Node)>,
    /// Where the last entry ends that is written in the map itself.
    pub end: usize,
    /// The places of the keys, once there are many.
    index: FxHashMap<Arc<str>, usize>,
}

impl MapBuilder {
    /// Adds an entry, or replaces the one with this key.
    pub fn insert(&mut self, key: Key, node: Node) -> Option<Note> {
        if !key.is_merged {
            self.end = self.end.max(key.span.end).max(node.span.end);
        }
        let known = if self.entries.len() < INDEXED {
            self.entries.iter().position(|(k, _)| k.text == key.text)
        } else {
            if self.index.is_empty() {
                self.index = self.entries.iter().enumerate().map(|(i, (k, _))| (k.text.clone(), i)).collect();
            }
            self.index.get(&key.text).copied()
        };
        let Some(entry) = known.and_then(|at| self.entries.get_mut(at)) else {
            if self.entries.len() >= INDEXED {
                self.index.insert(key.text.clone(), self.entries.len());
            }
            self.entries.push((key, node));
            return None;
        };
        let (first, second) = (entry.0.span.clone(), key.span.clone());
        let note = if entry.0.kind != key.kind {
            Some(Note::CollidingKeys { first, second })
        } else if entry.0.is_merged || key.is_merged {
            None
        } else {
            Some(Note::DuplicateKey { first, second })
        };
        *entry = (key, node);
        note
    }
}

/// The key that a node is.
pub(super) fn key(mut node: Node, is_merged: bool) -> Result<Key, YamlError> {
    let (text, kind): (Arc<str>, KeyKind) = match &node.kind {
        Kind::Str(text) => (text.clone(), KeyKind::Str),
        Kind::Bool(true) => ("true".into(), KeyKind::Bool),
        Kind::Bool(false) => ("false".into(), KeyKind::Bool),
        Kind::Int(i) => (i.to_string().into(), KeyKind::Int),
        Kind::Uint(u) => (u.to_string().into(), KeyKind::Uint(*u)),
        Kind::Float(f) => {
            let text = match float32_text(*f).as_str() {
                "+Inf" => ".inf".into(),
                "-Inf" => "-.inf".into(),
                "NaN" => ".nan".into(),
                text => text.into(),
            };
            (text, KeyKind::Float(*f))
        }
        Kind::Null => ("null".into(), KeyKind::Null),
        Kind::Seq(_) | Kind::Map(_) => {
            let message = format!("yaml: invalid map key: {}", go_syntax::value(&node));
            return Err(YamlError::plain(message, node.span.start));
        }
    };
    Ok(Key { text, span: std::mem::take(&mut node.span), kind, is_merged })
}
